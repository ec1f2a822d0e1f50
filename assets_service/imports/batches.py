"""A file as it was read: its rows, what could not be read of them, and what the register would refuse."""

from hashlib import sha256
from typing import Any

from msgspec import Struct, structs
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.devices import commands as devices
from assets_service.devices import queries as device_queries
from assets_service.devices.asks import DeviceRow, NewDevice
from assets_service.devices.errors import RowProblem
from assets_service.devices.identifiers import read_description
from assets_service.devices.models import DESCRIPTIVE, Condition, Kind
from assets_service.imports import cells
from assets_service.imports.headings import NAMES, NEEDED, TELL_THE_KIND, Header
from assets_service.imports.tables import Beside, Table, read_table
from assets_service.kernel import fields
from assets_service.kernel.errors import FieldProblem, Invalid
from assets_service.kernel.workbooks import Cell

ERRORS_MAX = 1000  # with more, a person corrects the cause and not each cell
FIRST_ROWS = 5  # by them a person sees that each column was read as what it is

_HINTS = ("kind", "item_name", "bmn_kind")
_PLACEHOLDER = Kind.TABLET  # a row's shape is judged before its kind is known


class RowError(Struct):
    """One bad cell: its row as a spreadsheet shows it, its column's heading, and why (an English msgid with its facts)."""

    row: int
    column: str
    msgid: str
    facts: dict[str, object]

    @property
    def message(self) -> str:
        return self.msgid.format(**self.facts)


class Report(Struct):
    """What an import found or did. `errors` holds the first thousand of `errors_total`, `first` the first rows as they were read.

    `number` is the import's, once it is made.
    """

    rows: int
    created: int
    errors: list[RowError]
    errors_total: int
    ignored: list[str]
    beside: Beside
    first: list[DeviceRow]
    number: int | None = None


class ImportRefused(Exception):  # noqa: N818 - answered with its report
    """None of the file's devices was registered."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


class Batch(Struct):
    """A file as it was read: the cells of each row that could be read, and what was wrong with the others."""

    sha256: str
    rows: int
    header: Header
    beside: Beside
    understood: list[tuple[int, dict[str, Any]]]
    bad: set[tuple[int, str]]  # (row, pointer) of each cell that could not be read
    errors: list[RowError]


def read(content: bytes) -> Batch:
    """Read the file and judge what can be judged without the database. Raises the refusals of `read_table`."""
    table = read_table(content)
    errors = _header_errors(table.header)
    batch = Batch(sha256(content).hexdigest(), len(table.rows), table.header, table.beside, [], set(), errors)
    if not batch.errors:
        _read_rows(table, batch)
    return batch


def check(session: Session, batch: Batch, *, stamp: Stamp) -> Report:
    """The report that `commands.register` would give; nothing is written."""
    rows = rows_of(session, batch)
    problems = devices.check_each(session, rows, stamp=stamp)
    return report_of(batch, rows, batch.errors + placed(batch, problems), created=0)


def _header_errors(header: Header) -> list[RowError]:
    errors = [
        RowError(header.row, NAMES[field][0], "This column is needed.", {})
        for field in NEEDED
        if field not in header.places
    ]
    if not any(field in header.places for field in TELL_THE_KIND):
        errors.append(RowError(header.row, NAMES["kind"][0], "This column is needed.", {}))
    return errors + said_twice(header)


def said_twice(header: Header) -> list[RowError]:
    sentence = "The column {it} says the same. Keep one of them."
    return [RowError(header.row, heading, sentence, {"it": earlier}) for heading, earlier in header.twice]


def _read_rows(table: Table, batch: Batch) -> None:
    batch.errors += shifted(table)
    for number, row in table.told:
        raw: dict[str, Any] = {}
        found: list[FieldProblem] = []
        for field, place in table.header.places.items():
            cell: Cell = row[place] if place < len(row) else None
            if cell is None or cell == "":
                continue
            try:
                raw[field] = cells.read(field, cell, day_zero=table.day_zero)
            except cells.BadCellError as bad:
                found.append(FieldProblem(f"/{field}", bad.message, bad.facts))
        found += _misshapen(raw, but={problem.pointer for problem in found})
        for problem in found:
            raw.pop(problem.pointer[1:], None)
        batch.errors += placed(batch, [RowProblem(number, problem) for problem in found])
        batch.bad.update((number, problem.pointer) for problem in found)
        batch.understood.append((number, raw))


def shifted(table: Table) -> list[RowError]:
    """What is said of the rows with more cells than there are headings."""
    sentence = "There are more cells in this row than headings. A sign that divides columns stands inside a cell: put that cell in quotation marks, or save the file as XLSX."
    return [RowError(row, column, sentence, {}) for row, column in table.shifted.items()]


def _misshapen(raw: dict[str, Any], *, but: set[str]) -> list[FieldProblem]:
    """The problems for which the API would refuse the same fields, without the fields in `but`, which are refused already."""
    sent = {name: raw[name] for name in (*DESCRIPTIVE, "office") if raw.get(name) is not None}
    try:
        fields.read(sent | {"kind": _PLACEHOLDER}, NewDevice)
    except Invalid as refusal:
        return [problem for problem in refusal.problems if problem.pointer not in but]
    return []


def rows_of(session: Session, batch: Batch) -> list[DeviceRow]:
    """The rows with their kind, if a column says it, an item's name, or the item code."""
    by_item = {rule.kode_barang: rule.kind for rule in device_queries.kind_rules(session)}
    rows = []
    for number, raw in batch.understood:
        item = str(raw.get("kode_barang") or "").replace(".", "").replace(" ", "")
        kind = next((raw[hint] for hint in _HINTS if raw.get(hint)), None) or by_item.get(item)
        facts = {name: raw.get(name) for name in (*DESCRIPTIVE, "office")}
        rows.append(DeviceRow(row=number, kind=kind, condition=raw.get("condition") or Condition.GOOD, **facts))
    return rows


def placed(batch: Batch, problems: list[RowProblem]) -> list[RowError]:
    """The problems with the headings that the person sees; a cell that could not be read is not also named as missing."""
    headings = batch.header.headings
    errors = []
    for found in problems:
        if (found.row, found.problem.pointer) in batch.bad:
            continue
        field = found.problem.pointer.strip("/").partition("/")[0]
        if field == "kind" and field not in headings:
            field = next((name for name in TELL_THE_KIND if name in headings), field)
        column = headings.get(field) or NAMES[field][0]
        errors.append(RowError(found.row, column, found.problem.message, found.problem.facts))
    return errors


def report_of(
    batch: Batch, rows: list[DeviceRow], errors: list[RowError], *, created: int, number: int | None = None
) -> Report:
    errors = sorted(errors, key=lambda error: error.row)
    return Report(
        rows=batch.rows,
        created=created,
        errors=errors[:ERRORS_MAX],
        errors_total=len(errors),
        ignored=batch.header.ignored,
        beside=batch.beside,
        first=[_as_kept(row) for row in rows[:FIRST_ROWS]],
        number=number,
    )


def _as_kept(row: DeviceRow) -> DeviceRow:
    kept, _ = read_description({name: getattr(row, name) for name in DESCRIPTIVE})
    return structs.replace(row, **kept)
