"""An exported file held against what it says of itself, with no database: the ledger's chains, an inventory's rows."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from assets_service.exports.columns import COLUMNS, WORDS_BETWEEN, Column, Edition, Row, Sort, columns_of
from assets_service.exports.delimited import REMARK
from assets_service.exports.inventory import FORMAT as INVENTORY_FORMAT
from assets_service.exports.particulars import read as read_particulars
from assets_service.kernel.errors import Refusal
from assets_service.kernel.workbooks import XLSX_MAGIC, read_workbook
from assets_service.ledger.chain import FORMAT as LEDGER_FORMAT
from assets_service.ledger.chain import hash_of
from assets_service.ledger.models import NO_HASH

ROWS_MAX = 1_000_000
_BY_HEADING = {column.heading: column for column in COLUMNS}


class Said(Struct, frozen=True):
    """Whether the file holds, and the sentence to print."""

    holds: bool
    sentence: str


class _BrokenError(Exception):
    """Why the file does not hold."""


class _Line(Struct):
    """A ledger entry of a file, shaped as `hash_of` wants it."""

    seq: int
    subject: str
    subject_seq: int
    kind: str
    at: datetime
    claimed_at: datetime | None
    actor: str
    door: str
    action_id: str
    body: str
    prev_hash: str
    hash: str


def verify_file(path: Path) -> Said:
    """Any file that `exports` wrote, by its content. Raises nothing for a file that is not ours: it says so."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
        if start == XLSX_MAGIC:
            return _verify_workbook(path)
        if start.startswith(b"{"):
            return _verify_lines(path)
        if start == b"%PDF":
            return Said(
                holds=False,
                sentence="A PDF is for reading: hold its SHA-256 against the CSV, XLSX or JSONL of the same rows.",
            )
        return _verify_delimited(path)
    except _BrokenError as broken:
        return Said(holds=False, sentence=f"BROKEN: {broken}")
    except (UnicodeDecodeError, msgspec.MsgspecError, csv.Error, Refusal, TypeError, LookupError, ValueError) as error:
        return Said(holds=False, sentence=f"BROKEN: the file cannot be read ({error}).")


# Ledger ----------------------------------------------------------------------------------------------------------


def _verify_lines(path: Path) -> Said:
    with path.open("rb") as lines:
        header = msgspec.json.decode(next(lines), type=dict[str, Any])
        if header.get("format") == LEDGER_FORMAT:
            return _verify_ledger(lines)
        if header.get("format") == INVENTORY_FORMAT:
            return _verify_inventory_lines(header, lines)
    raise _BrokenError("this is no file of ours.")


def _verify_ledger(lines: Iterable[bytes]) -> Said:
    entries = subjects = 0
    seen: set[str] = set()
    last: _Line | None = None
    trailer: dict[str, Any] = {}
    digest = sha256()
    for line in lines:
        if trailer:
            raise _BrokenError("there is something after the trailer.")
        if line.startswith(b'{"type":"trailer"'):
            trailer = msgspec.json.decode(line)
            continue
        entry = msgspec.json.decode(line, type=_Line)
        if last is None or entry.subject != last.subject:
            if entry.subject in seen:
                raise _BrokenError(f"the chain of {entry.subject} stands here twice.")
            seen.add(entry.subject)
            subjects += 1
            last = None
        _check_follows(last, entry)
        digest.update(entry.hash.encode() + b"\n")
        entries += 1
        last = entry
    if not trailer:
        raise _BrokenError(f"the file was cut off after {entries} entries: its trailer is missing.")
    if (trailer.get("entries"), trailer.get("sha256")) != (entries, digest.hexdigest()):
        raise _BrokenError(
            f"the trailer counts {trailer.get('entries')} entries; {entries} are here, or some were replaced."
        )
    return Said(
        holds=True,
        sentence=f"{entries} entries in {subjects} chains hold; ledger head {trailer.get('ledger_seq')} {trailer.get('ledger_head')}.",
    )


def _check_follows(last: _Line | None, entry: _Line) -> None:
    place = f"{entry.subject}, entry {entry.subject_seq}"
    expected_seq, expected_hash = (last.subject_seq + 1, last.hash) if last else (1, NO_HASH)
    if entry.subject_seq != expected_seq:
        raise _BrokenError(f"{entry.subject}, entry {expected_seq}: this entry is missing.")
    if entry.prev_hash != expected_hash:
        raise _BrokenError(f"{place}: it does not follow the entry before it.")
    if entry.hash != hash_of(entry):
        raise _BrokenError(f"{place}: its content was changed.")


# Inventory -------------------------------------------------------------------------------------------------------


def _verify_inventory_lines(header: dict[str, Any], lines: Iterable[bytes]) -> Said:
    digest, rows, trailer = sha256(), 0, {}
    for line in lines:
        row = msgspec.json.decode(line, type=dict[str, Any])
        if row.get("type") == "trailer":
            trailer = row
            break
        digest.update(msgspec.json.encode([row.get(name) for name in header.get("columns", [])]) + b"\n")
        rows += 1
    return _held(trailer, rows, digest.hexdigest())


def _verify_delimited(path: Path) -> Said:
    with path.open(encoding="utf-8-sig", newline="") as file:
        heading = file.readline()
        file.seek(0)
        table = csv.reader(file, delimiter=";" if heading.count(";") > heading.count(",") else ",", strict=True)
        columns = _columns(next(table, []))
        digest, rows, pairs = sha256(), 0, {}
        for cells in table:
            if cells and cells[0].startswith(REMARK):
                pairs[cells[0].removeprefix(REMARK)] = cells[1] if len(cells) > 1 else ""
            elif any(cells):
                digest.update(_canonical(columns, cells))
                rows += 1
    return _held(read_particulars(pairs), rows, digest.hexdigest())


def _verify_workbook(path: Path) -> Said:
    sheets = {
        sheet.name: sheet.rows
        for sheet in read_workbook(path.read_bytes(), rows_max=ROWS_MAX, memory_mib=4096, seconds=120)
    }
    pairs = {str(row[0]): str(row[1]) for row in sheets.get("Keterangan", []) if len(row) > 1}
    table = sheets.get("Inventaris", [[]])
    columns = _columns([str(cell) for cell in table[0]] if table else [])
    digest, rows = sha256(), 0
    for cells in islice(table, 1, None):
        if any(cell is not None for cell in cells):
            digest.update(_canonical(columns, cells))
            rows += 1
    return _held(read_particulars(pairs), rows, digest.hexdigest())


def _held(stated: dict[str, Any], rows: int, digest: str) -> Said:
    if not stated.get("sha256"):
        raise _BrokenError(f"the file was cut off after {rows} rows: it does not say its SHA-256.")
    if str(stated.get("rows")) != str(rows):
        raise _BrokenError(f"the file says {stated.get('rows')} rows; {rows} are here.")
    if stated["sha256"] != digest:
        raise _BrokenError("a row was changed: the rows do not have the SHA-256 that the file says.")
    return Said(
        holds=True,
        sentence=f"{rows} rows hold, SHA-256 {digest}; ledger head {stated.get('ledger_seq')} {stated.get('ledger_head')}.",
    )


def _columns(headings: list[str]) -> tuple[Column, ...]:
    found = tuple(_BY_HEADING[heading] for heading in headings if heading in _BY_HEADING)
    if len(found) != len(headings) or found not in [columns_of(edition) for edition in Edition]:
        raise _BrokenError("this is no file of ours, or its columns were changed.")
    return found


def _canonical(columns: tuple[Column, ...], cells: Iterable[Any]) -> bytes:
    """The row as it was digested, from how a tabular file shows it."""
    row: Row = tuple(
        _unworded(column, cell) for column, cell in zip(columns, _padded(cells, len(columns)), strict=True)
    )
    return msgspec.json.encode(row) + b"\n"


def _padded(cells: Iterable[Any], length: int) -> Iterator[Any]:
    given = list(islice(cells, length))
    yield from given
    yield from [None] * (length - len(given))


def _unworded(column: Column, cell: Any) -> Any:
    if isinstance(cell, str):
        cell = cell.removeprefix("'").replace("\r\n", "\n") or None
    if column.sort is Sort.WORDS:
        back = {word: value for value, word in column.words.items()}
        return [back.get(word, word) for word in cell.split(WORDS_BETWEEN)] if cell else []
    if cell is None:
        return None
    if column.sort is Sort.WORD:
        return next((value for value, word in column.words.items() if word == cell), cell)
    if column.sort in {Sort.COUNT, Sort.RUPIAH}:
        with suppress(ValueError):
            return int(cell)
    if column.sort is Sort.DAY and isinstance(cell, str) and "/" in cell:
        with suppress(ValueError):
            return datetime.strptime(cell, "%d/%m/%Y").date().isoformat()  # noqa: DTZ007 - a day has no zone
    return cell.isoformat() if isinstance(cell, date) else cell
