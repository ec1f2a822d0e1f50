"""An export as parts to send or as a file to keep: one snapshot, and a note of who took it before the first byte leaves."""

import tempfile
from collections.abc import Callable, Generator, Iterator
from enum import StrEnum
from functools import partial
from itertools import chain
from pathlib import Path

from msgspec import UNSET

from assets_service.access.stamp import Stamp
from assets_service.exports import inventory as inventories
from assets_service.exports import ledger_lines
from assets_service.exports.asks import Asked, Chosen, read_as_of
from assets_service.exports.bundle import PROOFS, bundled
from assets_service.exports.columns import Edition
from assets_service.exports.commands import note_taken
from assets_service.exports.delimited import Flavour, delimited
from assets_service.exports.events import InventoryTaken, LedgerTaken
from assets_service.exports.inventory import Inventory, Progress
from assets_service.exports.lines import json_lines
from assets_service.exports.paper import write_paper
from assets_service.exports.workbook import write_workbook
from assets_service.flags.queries import Flags
from assets_service.kernel.db import Database
from assets_service.kernel.errors import invalid
from assets_service.ledger.events import Event


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
Beside = Callable[[Iterator[bytes]], object]


def inventory_parts(
    db: Database,
    stamp: Stamp,
    asked: Asked,
    form: Format,
    *,
    flavour: Flavour = Flavour.RFC4180,
    unconfirmed_after_days: int,
    progress: Progress | None = None,
    bundle: str | None = None,
    beside: Beside | None = None,
) -> Parts:
    """The file in parts. The first is made only after the taking is recorded; closing the iterator closes the snapshot.

    `bundle`: the name of the file in a ZIP that also holds its proofs. `beside` is given the proofs after the last part.
    Raises, with the first part, `Invalid` for an office that cannot be seen and `TooManyForPaper`.
    """
    with inventories.opened(db, asked, stamp, Flags(unconfirmed_after_days)) as inventory:
        note_inventory(db, stamp, asked, form, inventory.count)
        if bundle:
            yield from with_proofs(inventory, form, bundle, flavour)
            return
        yield from parts_of(inventory, form, flavour, progress)
        if beside:
            beside(inventory.proofs())


def with_proofs(
    inventory: Inventory, form: Format, name: str, flavour: Flavour = Flavour.RFC4180
) -> Generator[bytes, None, None]:
    """The file and its proofs in one ZIP, from one snapshot."""
    return bundled(name, parts_of(inventory, form, flavour), inventory.proofs())


def note_inventory(db: Database, stamp: Stamp, asked: Asked, form: Format, count: int) -> None:
    """Record who takes this inventory, before the first byte leaves."""
    event = InventoryTaken(
        format=form.value,
        edition=asked.edition.value,
        as_of=asked.as_of,
        under=asked.under,
        office_only=asked.alone or UNSET,
        chosen=asked.chosen.said() or UNSET,
        rows=count,
    )
    _record(db, event, stamp)


def counted(db: Database, stamp: Stamp, asked: Asked, *, unconfirmed_after_days: int) -> int:
    """How many devices the file would hold. Raises `Invalid`."""
    with inventories.opened(db, asked, stamp, Flags(unconfirmed_after_days)) as inventory:
        return inventory.count


def ledger_parts(
    db: Database,
    stamp: Stamp,
    *,
    progress: Progress | None = None,
    bundle: str | None = None,
    beside: Beside | None = None,
) -> Parts:
    """The ledger's file in parts; `bundle` and `beside` as for an inventory."""
    with ledger_lines.opened(db, stamp) as copy:
        _record(db, LedgerTaken(entries=copy.count), stamp)
        if bundle:
            yield from bundled(bundle, copy.lines(), copy.proofs())
            return
        for part in copy.lines():
            if progress:
                progress(copy.entries)
            yield part
        if beside:
            beside(copy.proofs())


def _record(db: Database, event: Event, stamp: Stamp) -> None:
    """Who takes it along, before the first part is made; a HEAD takes nothing. Raises `OnlyRead`."""
    if not db.hands_nothing_out:
        with db.writing() as session:
            note_taken(session, event, stamp=stamp)


def write_inventory(
    db: Database,
    path: Path,
    stamp: Stamp,
    *,
    as_of: str | None = None,
    office: str | None = None,
    office_only: bool = False,
    chosen: Chosen | None = None,
    edition: Edition = Edition.INTERNAL,
    flavour: Flavour = Flavour.RFC4180,
    unconfirmed_after_days: int,
    progress: Progress | None = None,
) -> int:
    """Write the inventory to a file, in the format of its ending; returns how many devices it holds.

    Nothing stands under the name until the file is whole. Raises `Invalid` for an unknown ending, a wrong or future `as_of`
    and an office that cannot be seen.
    """
    ending = path.suffix.lower().lstrip(".")
    if ending not in set(Format):
        raise invalid("file", "A file's name must end in .csv, .xlsx, .jsonl or .pdf.")
    asked = Asked(
        edition=edition,
        as_of=read_as_of(as_of, stamp.at),
        under=office,
        alone=office_only,
        chosen=chosen or Chosen(),
    )
    with db.reading() as session:
        asked = asked.settled(session, stamp)
    done = 0

    def count(rows: int) -> None:
        nonlocal done
        done = rows
        if progress:
            progress(rows)

    parts = inventory_parts(
        db,
        stamp,
        asked,
        Format(ending),
        flavour=flavour,
        unconfirmed_after_days=unconfirmed_after_days,
        progress=count,
        beside=partial(_write_beside, path),
    )
    _write(path, parts)
    return done


def write_ledger(db: Database, path: Path, stamp: Stamp, *, progress: Progress | None = None) -> int:
    """Write every ledger entry in scope as JSON lines; returns how many."""
    done = 0

    def count(entries: int) -> None:
        nonlocal done
        done = entries
        if progress:
            progress(entries)

    _write(path, ledger_parts(db, stamp, progress=count, beside=partial(_write_beside, path)))
    return done


def parts_of(
    inventory: Inventory, form: Format, flavour: Flavour = Flavour.RFC4180, progress: Progress | None = None
) -> Iterator[bytes]:
    """The file's bytes. Raises, with the first part, `TooManyForPaper`."""
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
    """The parts of a format that is whole only at its end: it is written to disk first, then sent from there."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export"
        write(path)
        with path.open("rb") as file:
            while part := file.read(_PART_BYTES):
                yield part


def _write_beside(path: Path, proofs: Iterator[bytes]) -> None:
    """Write the proofs beside the export, under its name and `.proofs`; none while nothing is sealed."""
    beside = path.with_name(path.name + PROOFS)
    first = next(proofs, None)
    if first is None:
        beside.unlink(missing_ok=True)  # of an earlier export of this name
    else:
        _write(beside, chain([first], proofs))


def _write(path: Path, parts: Iterator[bytes]) -> None:
    unfinished = path.with_name(path.name + ".part")
    try:
        with unfinished.open("wb") as file:
            for part in parts:
                file.write(part)
        unfinished.replace(path)
    finally:
        if isinstance(parts, Generator):
            parts.close()
        unfinished.unlink(missing_ok=True)
