"""A file becomes devices: read, checked, registered by the register's own rule. Nothing here touches custody."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from msgspec import Struct, structs
from sqlalchemy.orm import Session

from assets_service.devices import commands as devices
from assets_service.devices import queries as device_queries
from assets_service.devices.commands import DESCRIPTIVE, RowProblem, RowsRefused, Wanted
from assets_service.devices.models import Condition, Kind
from assets_service.devices.schemas import NewDevice
from assets_service.imports.cells import READERS, BadCellError
from assets_service.imports.events import FileRegistered
from assets_service.imports.headings import NAMES, NEEDED, TELL_THE_KIND, Header
from assets_service.imports.tables import Table, read_table
from assets_service.kernel import fields
from assets_service.kernel.db import Database
from assets_service.kernel.errors import FieldProblem, Invalid
from assets_service.kernel.workbooks import Cell
from assets_service.ledger.commands import record
from assets_service.ledger.stamp import Door, Stamp

ERRORS_MAX = 1000  # beyond, a person mends the cause, not each cell

_HINTS = ("kind", "item_name", "bmn_kind")
_PLACEHOLDER = Kind.TABLET  # a row's shape is judged before its kind is known


class RowError(Struct):
    """One bad cell: the row a spreadsheet shows, the column's heading, why (an English msgid with its facts)."""

    row: int
    column: str
    msgid: str
    facts: dict[str, object]

    @property
    def message(self) -> str:
        return self.msgid.format(**self.facts)


class Report(Struct):
    """What an import found, or did. `errors` holds the first thousand of `errors_total`."""

    rows: int
    created: int
    errors: list[RowError]
    errors_total: int
    ignored: list[str]


class ImportRefused(Exception):  # noqa: N818 - answered with its report
    """Not one device was registered."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


class Batch(Struct):
    """A file as read: of each row the cells that could be understood, and what was wrong with the others."""

    sha256: str
    rows: int
    header: Header
    understood: list[tuple[int, dict[str, Any]]]
    bad: set[tuple[int, str]]  # (row, pointer) of each cell that could not be
    errors: list[RowError]


def read(content: bytes) -> Batch:
    """Everything that can be judged without the database. Raises the refusals of `read_table`."""
    table = read_table(content)
    batch = Batch(sha256(content).hexdigest(), len(table.rows), table.header, [], set(), _header_errors(table.header))
    if not batch.errors:
        _read_rows(table, batch)
    return batch


def check(session: Session, batch: Batch, *, stamp: Stamp) -> Report:
    """What `register` would say, without writing."""
    problems = devices.check_each(session, _wanted(session, batch), stamp=stamp)
    return _report(batch, batch.errors + _placed(batch, problems), created=0)


def register(session: Session, batch: Batch, *, stamp: Stamp) -> Report:
    """All of the file's devices, or none. Raises `ImportRefused`."""
    stamp = structs.replace(stamp, door=Door.IMPORT)
    if batch.errors:
        raise ImportRefused(check(session, batch, stamp=stamp))
    try:
        made = devices.register_each(session, _wanted(session, batch), stamp=stamp)
    except RowsRefused as refused:
        raise ImportRefused(_report(batch, _placed(batch, refused.problems), created=0)) from None
    if stamp.actor_id is not None:
        event = FileRegistered(sha256=batch.sha256, rows=len(made))
        record(session, event, subject=f"person/{stamp.actor_id}", stamp=stamp)
    return _report(batch, [], created=len(made))


def import_file(
    db: Database,
    _name: str,
    content: bytes,
    *,
    dry_run: bool,
    stamp: Stamp,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """A whole import from the command line; the kind of file is read from its content, not its name."""
    batch = read(content)
    if dry_run:
        with db.reading() as session:
            report = check(session, batch, stamp=stamp)
    else:
        try:
            with db.writing() as session:
                report = register(session, batch, stamp=stamp)
        except ImportRefused as refused:
            report = refused.report
    if progress:
        progress(report.rows)
    return report


def _header_errors(header: Header) -> list[RowError]:
    errors = [
        RowError(header.row, NAMES[field][0], "This column is needed.", {})
        for field in NEEDED
        if field not in header.places
    ]
    if not any(field in header.places for field in TELL_THE_KIND):
        errors.append(RowError(header.row, NAMES["kind"][0], "This column is needed.", {}))
    errors += [
        RowError(header.row, heading, "The column {it} says the same. Keep one of them.", {"it": earlier})
        for heading, earlier in header.twice
    ]
    return errors


def _read_rows(table: Table, batch: Batch) -> None:
    columns = [(field, place, READERS[field]) for field, place in table.header.places.items()]
    for number, cells in table.rows:
        raw: dict[str, Any] = {}
        found: list[FieldProblem] = []
        for field, place, reader in columns:
            cell: Cell = cells[place] if place < len(cells) else None
            if cell is None or cell == "":
                continue
            try:
                raw[field] = reader(cell)
            except BadCellError as bad:
                found.append(FieldProblem(f"/{field}", bad.message, bad.facts))
        found += _misshapen(raw, but={problem.pointer for problem in found})
        for problem in found:
            raw.pop(problem.pointer[1:], None)
        batch.errors += _placed(batch, [RowProblem(number, problem) for problem in found])
        batch.bad.update((number, problem.pointer) for problem in found)
        batch.understood.append((number, raw))


def _misshapen(raw: dict[str, Any], *, but: set[str]) -> list[FieldProblem]:
    """What the same fields would be refused for over the API; `but` the ones that are refused already."""
    sent = {name: raw[name] for name in (*DESCRIPTIVE, "office") if raw.get(name) is not None}
    try:
        fields.read(sent | {"kind": _PLACEHOLDER}, NewDevice)
    except Invalid as refusal:
        return [problem for problem in refusal.problems if problem.pointer not in but]
    return []


def _wanted(session: Session, batch: Batch) -> list[Wanted]:
    """The rows with their kind, if a column says it, an item's name, or the item code."""
    by_item = {rule.kode_barang: rule.kind for rule in device_queries.kind_rules(session)}
    wanted = []
    for number, raw in batch.understood:
        item = str(raw.get("kode_barang") or "").replace(".", "").replace(" ", "")
        kind = next((raw[hint] for hint in _HINTS if raw.get(hint)), None) or by_item.get(item)
        facts = {name: raw.get(name) for name in DESCRIPTIVE}
        wanted.append(Wanted(number, facts, kind, raw.get("office"), raw.get("condition") or Condition.GOOD))
    return wanted


def _placed(batch: Batch, problems: list[RowProblem]) -> list[RowError]:
    """Problems with the headings the person sees; a cell that could not be read is not named again for what it lacks."""
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


def _report(batch: Batch, errors: list[RowError], *, created: int) -> Report:
    errors = sorted(errors, key=lambda error: error.row)
    return Report(batch.rows, created, errors[:ERRORS_MAX], len(errors), batch.header.ignored)
