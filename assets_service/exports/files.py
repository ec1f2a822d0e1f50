"""An export as parts to send or as a file to keep: one snapshot, and a note of who took it before the first byte leaves."""

import tempfile
from collections.abc import Callable, Generator, Iterator
from enum import StrEnum
from pathlib import Path

from assets_service.exports import inventory as inventories
from assets_service.exports import ledger_lines
from assets_service.exports.columns import Edition
from assets_service.exports.commands import note_taken
from assets_service.exports.delimited import Flavour, delimited
from assets_service.exports.events import InventoryTaken, LedgerTaken
from assets_service.exports.inventory import Asked, Inventory, Progress, read_as_of
from assets_service.exports.lines import json_lines
from assets_service.exports.paper import write_paper
from assets_service.exports.workbook import write_workbook
from assets_service.flags.queries import Flags
from assets_service.kernel.db import Database
from assets_service.kernel.errors import invalid
from assets_service.ledger.stamp import Stamp

UNCONFIRMED_AFTER_DAYS = 14


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"
    PDF = "pdf"


MEDIA_TYPES = {
    Format.CSV: "text/csv",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.JSONL: "application/jsonl",
    Format.PDF: "application/pdf",
}
_PART_BYTES = 1 << 16
Parts = Generator[bytes, None, None]


def inventory_parts(
    db: Database,
    stamp: Stamp,
    asked: Asked,
    form: Format,
    *,
    flavour: Flavour = Flavour.RFC4180,
    unconfirmed_after_days: int = UNCONFIRMED_AFTER_DAYS,
    progress: Progress | None = None,
) -> Parts:
    """The file, part by part. Its first part is made only after the taking is recorded; closing it closes the snapshot.

    Raises, with the first part, `Invalid` for an office that cannot be seen and `TooManyForPaper`.
    """
    with inventories.opened(db, asked, stamp, Flags(unconfirmed_after_days)) as inventory:
        event = InventoryTaken(
            format=form.value, edition=asked.edition.value, as_of=asked.as_of, under=asked.under, rows=inventory.count
        )
        with db.writing() as session:
            note_taken(session, event, stamp=stamp)
        yield from _parts_of(inventory, form, flavour, progress)


def counted(db: Database, stamp: Stamp, asked: Asked, *, unconfirmed_after_days: int = UNCONFIRMED_AFTER_DAYS) -> int:
    """How many devices the file would hold. Raises `Invalid`."""
    with inventories.opened(db, asked, stamp, Flags(unconfirmed_after_days)) as inventory:
        return inventory.count


def ledger_parts(db: Database, stamp: Stamp, *, progress: Progress | None = None) -> Parts:
    with ledger_lines.opened(db, stamp) as copy:
        with db.writing() as session:
            note_taken(session, LedgerTaken(entries=copy.count), stamp=stamp)
        for part in copy.lines():
            if progress:
                progress(copy.entries)
            yield part


def write_inventory(
    db: Database,
    path: Path,
    stamp: Stamp,
    *,
    as_of: str | None = None,
    office: str | None = None,
    edition: Edition = Edition.INTERNAL,
    flavour: Flavour = Flavour.RFC4180,
    unconfirmed_after_days: int = UNCONFIRMED_AFTER_DAYS,
    progress: Progress | None = None,
) -> int:
    """The inventory as a file, its format by its ending; how many devices. Nothing stands under the name until it is whole.

    Raises `Invalid` for an unknown ending, a wrong or future `as_of`, an office that cannot be seen.
    """
    ending = path.suffix.lower().lstrip(".")
    if ending not in set(Format):
        raise invalid("file", "A file's name must end in .csv, .xlsx, .jsonl or .pdf.")
    asked = Asked(edition=edition, as_of=read_as_of(as_of, stamp.at), under=office)
    done = 0

    def count(rows: int) -> None:
        nonlocal done
        done = rows
        if progress:
            progress(rows)

    parts = inventory_parts(
        db, stamp, asked, Format(ending), flavour=flavour, unconfirmed_after_days=unconfirmed_after_days, progress=count
    )
    _write(path, parts)
    return done


def write_ledger(db: Database, path: Path, stamp: Stamp, *, progress: Progress | None = None) -> int:
    """Every ledger entry in scope as JSON lines; how many."""
    done = 0

    def count(entries: int) -> None:
        nonlocal done
        done = entries
        if progress:
            progress(entries)

    _write(path, ledger_parts(db, stamp, progress=count))
    return done


def _parts_of(inventory: Inventory, form: Format, flavour: Flavour, progress: Progress | None) -> Iterator[bytes]:
    if form is Format.CSV:
        yield from _counted(delimited(inventory, flavour), inventory, progress)
    elif form is Format.JSONL:
        yield from _counted(json_lines(inventory), inventory, progress)
    elif form is Format.XLSX:
        yield from _from_disk(lambda path: write_workbook(inventory, path, progress))
    else:
        yield from _from_disk(lambda path: write_paper(inventory, path, progress))


def _counted(parts: Iterator[bytes], inventory: Inventory, progress: Progress | None) -> Iterator[bytes]:
    for part in parts:
        if progress:
            progress(inventory.rows)
        yield part


def _from_disk(write: Callable[[Path], None]) -> Iterator[bytes]:
    """Formats that are whole only at their end are written to disk first, then sent from there."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export"
        write(path)
        with path.open("rb") as file:
            while part := file.read(_PART_BYTES):
                yield part


def _write(path: Path, parts: Parts) -> None:
    unfinished = path.with_name(path.name + ".part")
    try:
        with unfinished.open("wb") as file:
            for part in parts:
                file.write(part)
        unfinished.replace(path)
    finally:
        parts.close()
        unfinished.unlink(missing_ok=True)
