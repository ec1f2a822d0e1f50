"""An inventory's file, in each of its formats: its rows as they were digested, and what it says of itself."""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from assets_service.exports.columns import COLUMNS, CONDITIONS, Column, Edition, Row, columns_of
from assets_service.exports.delimited import REMARK
from assets_service.exports.inventory import FORMAT
from assets_service.exports.particulars import FORMER, KNOWN
from assets_service.exports.particulars import read as read_particulars
from assets_service.exports.verify.cells import from_text, from_workbook
from assets_service.exports.verify.proof_file import ProofFile
from assets_service.exports.verify.said import BrokenError, Said, exactly
from assets_service.kernel.workbooks import Cell, read_workbook

ROWS_MAX = 1_000_000
_BY_HEADING = {heading: column for column in COLUMNS for heading in (column.heading, column.former) if heading}
_CUT = b'{"type":"trailer"'


class _Header(Struct, tag_field="type", tag="header", forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    format: str
    edition: Edition
    as_of: str | None
    office: str | None
    office_only: bool = False
    filters: dict[str, str] = {}
    taken_at: str
    taken_by: str | None
    scope: list[str]
    columns: list[str]


class _Trailer(Struct, tag_field="type", tag="trailer", forbid_unknown_fields=True):
    rows: int
    sha256: str
    ledger_seq: int
    ledger_head: str


class _Rows:
    """The rows read so far: how many, their digest, and how many devices each office has in each condition."""

    def __init__(self, columns: Sequence[Column], proofs: ProofFile | None = None) -> None:
        names = [column.name for column in columns]
        self.proofs = proofs
        self.names = names
        self.count = 0
        self.totals: Counter[tuple[str, str]] = Counter()
        self._digest = sha256()
        self._office, self._condition = names.index("office_name"), names.index("condition")

    def take(self, row: Row) -> None:
        self._digest.update(msgspec.json.encode(row) + b"\n")
        self.totals[row[self._office], row[self._condition]] += 1
        self.count += 1
        if self.proofs:
            self.proofs.row(dict(zip(self.names, row, strict=True)))

    def held(self, stated: dict[str, Any]) -> Said:
        """The result, if the file states what was read. Raises `BrokenError` if it does not."""
        digest = self._digest.hexdigest()
        if not stated.get("sha256"):
            raise BrokenError(f"the file was cut off after {self.count} rows: it does not say its SHA-256.")
        if str(stated.get("rows")) != str(self.count):
            raise BrokenError(f"the file says {stated.get('rows')} rows; {self.count} are here.")
        if stated["sha256"] != digest:
            raise BrokenError("a row was changed: the rows do not have the SHA-256 that the file says.")
        head = f"ledger head {stated.get('ledger_seq')} {stated.get('ledger_head')}"
        proven = self.proofs.held() if self.proofs else ""
        return Said(holds=True, sentence=f"{self.count} rows hold, SHA-256 {digest}; {head}.{proven}")


def verify_lines(lines: Iterable[bytes], proofs: ProofFile | None = None) -> Said:
    """Verify an inventory in JSON lines. Raises `BrokenError`."""
    numbered = enumerate(lines, 1)
    header = exactly(next(numbered)[1], 1, _Header)
    names = [column.name for column in columns_of(header.edition)]
    if header.columns != names:
        raise BrokenError("this is no file of ours, or its columns were changed.")
    rows, trailer = _Rows(columns_of(header.edition), proofs), None
    for number, line in numbered:
        if trailer:
            raise BrokenError("there is something after the trailer.")
        if line.startswith(_CUT):
            trailer = exactly(line, number, _Trailer)
            continue
        row = exactly(line, number, dict[str, Any])
        if list(row) != names:
            raise BrokenError(f"line {number} does not have the columns that the header names.")
        rows.take(tuple(row.values()))
    return rows.held(msgspec.structs.asdict(trailer) if trailer else {})


def verify_delimited(path: Path, proofs: ProofFile | None = None) -> Said:
    """Verify an inventory in CSV, of either flavour. Raises `BrokenError`."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        heading = file.readline()
        file.seek(0)
        table = csv.reader(file, delimiter=";" if heading.count(";") > heading.count(",") else ",", strict=True)
        columns, edition = _columns(next(table, []))
        rows, remarks = _Rows(columns, proofs), list[Sequence[Cell]]()
        for number, cells in enumerate(table, 2):
            if cells and cells[0].startswith(REMARK):
                remarks.append([cells[0].removeprefix(REMARK), *cells[1:]])
            elif any(cells):
                if remarks:
                    raise BrokenError(f"row {number} stands behind what the file says of itself.")
                rows.take(_row(columns, cells, number, from_text))
    return rows.held(_stated(remarks, edition))


def verify_workbook(path: Path, proofs: ProofFile | None = None) -> Said:
    """Verify an inventory in XLSX, also one that another program saved again. Raises `BrokenError`."""
    book = read_workbook(path.read_bytes(), rows_max=ROWS_MAX, memory_mib=4096, seconds=120)
    sheets = {sheet.name: sheet.rows for sheet in book.sheets}
    table = sheets.get("Inventaris", [])
    columns, edition = _columns([str(cell) for row in table[:1] for cell in row.cells])
    rows = _Rows(columns, proofs)
    for row in table[1:]:
        rows.take(_row(columns, row.cells, row.number, from_workbook))
    said = rows.held(_stated([row.cells for row in sheets.get("Keterangan", [])], edition))
    _check_totals([row.cells for row in sheets.get("Rekap", [])], rows.totals)
    return said


def _columns(headings: list[str]) -> tuple[tuple[Column, ...], Edition]:
    found = tuple(_BY_HEADING[heading] for heading in headings if heading in _BY_HEADING)
    for edition in Edition:
        if len(found) == len(headings) and found == columns_of(edition):
            return found, edition
    raise BrokenError("this is no file of ours, or its columns were changed.")


def _row(columns: Sequence[Column], cells: Sequence[Cell], number: int, read: Any) -> Row:
    """The row's values as they were digested. A spreadsheet may leave out empty cells at the end, never add any."""
    if any(cell not in {None, ""} for cell in cells[len(columns) :]):
        raise BrokenError(f"row {number} has a cell beside the columns.")
    padded = [*cells[: len(columns)], *[None] * (len(columns) - len(cells))]
    return tuple(read(column, cell, number) for column, cell in zip(columns, padded, strict=True))


def _stated(remarks: Iterable[Sequence[Cell]], edition: Edition) -> dict[str, str]:
    """The values that the file states of itself, by label: each once, and none that we did not write."""
    pairs: dict[str, str] = {}
    for remark in remarks:
        label, value, *more = [*map(str, remark), ""] if len(remark) == 1 else map(str, remark)
        label = FORMER.get(label, label)
        if label not in KNOWN or label in pairs or any(cell not in {"", "None"} for cell in more):
            raise BrokenError(f"what the file says of itself is not as we write it, at {label[:40]!r}.")
        pairs[label] = value
    stated = read_particulars(pairs)
    if stated and (stated.get("format"), stated.get("edition")) != (FORMAT, edition.value):
        raise BrokenError("the file says that it is of another format or edition than its columns are.")
    return stated


def _check_totals(sheet: Sequence[Sequence[Cell]], totals: Counter[tuple[str, str]]) -> None:
    """Check the totals on the sheet *Rekap* against the rows; nothing else proves them."""
    offices = {office for office, _ in totals}
    expected = {office: [totals[office, condition] for condition in CONDITIONS] for office in offices}
    expected["Jumlah"] = [sum(totals[office, condition] for office in offices) for condition in CONDITIONS]
    found = {str(row[0]): [cell for cell in row[1:] if cell is not None] for row in sheet[1:] if row and row[0]}
    if found != {office: [*counts, sum(counts)] for office, counts in expected.items()}:
        raise BrokenError("the sheet Rekap does not count the rows that are here.")
