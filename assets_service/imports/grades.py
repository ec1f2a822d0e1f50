"""A file of openness grades as it was read, and what would be refused of it: one row an office and a year."""

from typing import Any

from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.access.stamp import ADMINS, Stamp
from assets_service.imports import cells
from assets_service.imports.batches import ERRORS_MAX, Report, RowError, said_twice, shifted
from assets_service.imports.cells import BadCellError
from assets_service.imports.errors import NoGradeHeader, NoHeader
from assets_service.imports.headings import HEADER_ROWS, Header, plain
from assets_service.imports.tables import Beside, Table, read_table
from assets_service.kernel import fields
from assets_service.kernel.errors import FieldProblem, Invalid
from assets_service.kernel.workbooks import Cell
from assets_service.offices import queries as offices
from assets_service.offices.models import Office
from assets_service.openness import commands as openness
from assets_service.openness.asks import NewGrade
from assets_service.openness.models import Grade

# The heading a person is told when the column is missing; and every name it may have.
NAMES = {
    "office": ("Kode Kantor", ("office", "kodekantor", "officecode")),
    "year": ("Tahun", ("year", "tahun")),
    "grade": ("Predikat", ("grade", "predikat", "predikatketerbukaan", "kualifikasi")),
    "source": ("Sumber", ("source", "sumber")),
}
_FIELDS = {name: field for field, (_, names) in NAMES.items() for name in names}
_GRADES = {plain(grade): grade for grade in Grade}


class GradeRow(Struct):
    """A row that could be read."""

    row: int
    office: str
    ask: NewGrade


class Grades(Struct):
    """A file as it was read: the rows that could be, and what was wrong with the others."""

    rows: int
    header: Header
    beside: Beside
    understood: list[GradeRow]
    errors: list[RowError]


def read(content: bytes) -> Grades:
    """Read the file and judge what can be judged without the database. Raises `NoGradeHeader` and the refusals of `read_table`."""
    try:
        table = read_table(content, _FIELDS)
    except NoHeader:
        raise NoGradeHeader(rows=HEADER_ROWS) from None
    found = Grades(len(table.rows), table.header, table.beside, [], [])
    found.errors += [
        RowError(table.header.row, title, "This column is needed.", {})
        for field, (title, _) in NAMES.items()
        if field not in table.header.places
    ]
    found.errors += said_twice(table.header)
    if not found.errors:
        _read_rows(table, found)
    return found


def agree(session: Session, grades: Grades, *, stamp: Stamp) -> tuple[list[tuple[Office, NewGrade]], list[RowError]]:
    """Each row's office and grade, and every reason why the file is refused."""
    known = {row.office: _office(session, row.office, stamp) for row in grades.understood}
    agreed: list[tuple[Office, NewGrade]] = []
    errors = list(grades.errors)
    first: dict[tuple[str, int], int] = {}
    for row in grades.understood:
        office = known[row.office]
        problem = office if isinstance(office, FieldProblem) else openness.what_is_wrong(office, row.ask, stamp)
        earlier = first.setdefault((row.office, row.ask.year), row.row)
        if earlier != row.row:
            problem = FieldProblem("/year", "Row {earlier} has the same.", {"earlier": earlier})
        if problem:
            errors.append(_placed(grades.header, row.row, problem))
        elif isinstance(office, Office):
            agreed.append((office, row.ask))
    return agreed, errors


def report_of(grades: Grades, errors: list[RowError], *, created: int) -> Report:
    errors = sorted(errors, key=lambda error: error.row)
    return Report(grades.rows, created, errors[:ERRORS_MAX], len(errors), grades.header.ignored, grades.beside, [])


def check(session: Session, grades: Grades, *, stamp: Stamp) -> Report:
    """The report that `commands.grade_offices` would give; nothing is written."""
    return report_of(grades, agree(session, grades, stamp=stamp)[1], created=0)


def _office(session: Session, code: str, stamp: Stamp) -> Office | FieldProblem:
    try:
        office = offices.named(session, code, stamp, "office")
    except Invalid as refused:
        return refused.problems[0]
    if not stamp.may(office.path, *ADMINS):
        return FieldProblem("/office", "You cannot grade this office.")
    return office


def _read_rows(table: Table, found: Grades) -> None:
    found.errors += shifted(table)
    for number, cells_of_row in table.told:
        raw: dict[str, Any] = {}
        problems: list[FieldProblem] = []
        for field, place in table.header.places.items():
            cell = cells_of_row[place] if place < len(cells_of_row) else None
            try:
                value = _READERS[field](cell)
            except BadCellError as bad:
                problems.append(FieldProblem(f"/{field}", bad.message, bad.facts))
                continue
            if value is None:
                problems.append(FieldProblem(f"/{field}", "This field is needed."))
            raw[field] = value
        if not problems:
            try:
                ask = fields.read({name: raw[name] for name in ("year", "grade", "source")}, NewGrade)
                found.understood.append(GradeRow(number, raw["office"], ask))
            except Invalid as refused:
                problems += refused.problems
        found.errors += [_placed(table.header, number, problem) for problem in problems]


def _placed(header: Header, row: int, problem: FieldProblem) -> RowError:
    field = problem.pointer.strip("/").partition("/")[0]
    return RowError(row, header.headings.get(field, NAMES[field][0]), problem.message, problem.facts)


def _grade(cell: Cell) -> Grade | None:
    found = cells.text(cell)
    if found is None:
        return None
    if (known := _GRADES.get(plain(found))) is None:
        raise BadCellError("{it} is not one of the choices.", it=found[:60])
    return known


_READERS = {"office": cells.office, "year": cells.count, "grade": _grade, "source": cells.text}
