"""An import's answer on the wire."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec import Struct, structs

from assets_service.devices.asks import DeviceRow
from assets_service.devices.models import Import
from assets_service.imports.batches import Report
from assets_service.kernel.http import Problem
from assets_service.offices.views import OfficeRef, office_ref
from assets_service.people.views import PersonRef, person_ref

Say = Callable[[str, dict[str, object]], str]  # (msgid, facts) -> a sentence in the caller's language


class RowErrorView(Struct):
    """One bad cell: `row` is numbered as in the spreadsheet, `column` is its heading."""

    row: int
    column: str
    message: str


class ImportedView(Struct):
    """An import that was made: a file that became so many `devices`, at `office` and below it. `withdrawn_at`: when it was undone."""

    id: int
    office: OfficeRef
    devices: int
    made_at: datetime
    made_by: PersonRef | None
    sha256: str
    withdrawn_at: datetime | None


class SheetView(Struct):
    """A sheet that was not read; `has_table`: its first rows name columns as a device file does."""

    name: str
    hidden: bool
    has_table: bool


class NotRead(Struct):
    """What of the file was not read: rows above the header, remarks (rows that begin with `# `), columns without a heading, other sheets.

    `columns` holds their letters, as a spreadsheet names them.
    """

    above_header: int
    remarks: int
    columns: list[str]
    sheets: list[SheetView]


class ImportView(Struct):
    """The result of an import. `errors` holds at most 1,000 of `errors_total`; `ignored` the headings that no field uses.

    `id` is the import's number, once it is made. `sheet` is the one that was read. `hidden_rows` and `hidden_columns` were read though the sheet does not show them. `first`
    holds the first rows as they were read; a row without `office` belongs to the caller's own.
    """

    rows: int
    created: int
    errors: list[RowErrorView]
    errors_total: int
    ignored: list[str]
    dry_run: bool
    id: int | None
    sheet: str | None
    not_read: NotRead
    hidden_rows: int
    hidden_columns: list[str]
    first: list[DeviceRow]


class RefusedRow(Struct):
    pointer: str
    row: int
    column: str
    message: str


class ImportProblem(Problem):
    """Problem+json that is also the import's answer: nothing was registered, and every bad cell has its place."""

    errors: list[RefusedRow]  # type: ignore[assignment]  # each is a problem's field and more
    rows: int
    created: int
    errors_total: int
    ignored: list[str]
    sheet: str | None
    not_read: NotRead
    hidden_rows: int
    hidden_columns: list[str]
    first: list[DeviceRow]


def import_view(report: Report, say: Say, *, dry_run: bool) -> ImportView:
    errors = [RowErrorView(error.row, error.column, say(error.msgid, error.facts)) for error in report.errors]
    return ImportView(created=report.created, errors=errors, dry_run=dry_run, id=report.number, **_of_both(report))


def imported_view(made: Import) -> ImportedView:
    return ImportedView(
        id=made.id,
        office=office_ref(made.office),
        devices=made.devices,
        made_at=made.made_at,
        made_by=person_ref(made.made_by),
        sha256=made.sha256,
        withdrawn_at=made.withdrawn_at,
    )


def import_problem(said: Problem, report: Report, say: Say) -> ImportProblem:
    """The refusal with the report that says why."""
    errors = [
        RefusedRow(f"/rows/{error.row}/{error.column}", error.row, error.column, say(error.msgid, error.facts))
        for error in report.errors
    ]
    whole = structs.asdict(said) | {"errors": errors}
    return ImportProblem(created=0, **whole, **_of_both(report))


def _of_both(report: Report) -> dict[str, Any]:
    beside = report.beside
    sheets = [SheetView(sheet.name, sheet.is_hidden, sheet.has_table) for sheet in beside.other_sheets]
    return {
        "rows": report.rows,
        "errors_total": report.errors_total,
        "ignored": report.ignored,
        "sheet": beside.sheet,
        "not_read": NotRead(beside.above_header, beside.remarks, beside.unheaded, sheets),
        "hidden_rows": beside.hidden_rows,
        "hidden_columns": beside.hidden_columns,
        "first": report.first,
    }
