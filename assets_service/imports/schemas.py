"""An import's answer on the wire."""

from collections.abc import Callable

from msgspec import Struct

from assets_service.imports.commands import Report, RowError
from assets_service.kernel.http import Problem

Say = Callable[[str, dict[str, object]], str]  # (msgid, facts) -> a sentence in the caller's language


class RowErrorView(Struct):
    """`row` as the spreadsheet numbers it, `column` by its heading."""

    row: int
    column: str
    message: str


class ImportView(Struct):
    """`errors` holds at most 1,000 of `errors_total`; `ignored` the headings that nobody here reads."""

    rows: int
    created: int
    errors: list[RowErrorView]
    errors_total: int
    ignored: list[str]
    dry_run: bool


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


def import_view(report: Report, say: Say, *, dry_run: bool) -> ImportView:
    errors = [RowErrorView(error.row, error.column, say(error.msgid, error.facts)) for error in report.errors]
    return ImportView(report.rows, report.created, errors, report.errors_total, report.ignored, dry_run)


def refused_rows(errors: list[RowError], say: Say) -> list[RefusedRow]:
    return [
        RefusedRow(f"/rows/{error.row}/{error.column}", error.row, error.column, say(error.msgid, error.facts))
        for error in errors
    ]
