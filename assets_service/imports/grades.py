"""A CSV file of openness grades as it was read, and what would be refused of it: one row an office and a year."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.access.stamp import ADMINS, Stamp
from assets_service.imports import cells
from assets_service.imports.batches import ERRORS_MAX, Report, RowError
from assets_service.imports.cells import BadCellError
from assets_service.imports.errors import BrokenTable, FileTooLarge, NoGradeHeader, TooManyRows
from assets_service.imports.headings import HEADER_ROWS, Header, plain
from assets_service.imports.rows import decoded
from assets_service.imports.tables import BYTES_MAX, ROWS_MAX, Beside
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
DELIMITERS = (",", ";", "\t")
KNOWN_MIN = 2
REMARK = "# "
Numbered = tuple[int, list[str]]  # a row with the number that a spreadsheet shows
_GRADES = {plain(grade): grade for grade in Grade}


class GradeRow(Struct):
    """A row that could be read."""

    row: int
    office: str
    ask: NewGrade


class Grades(Struct):
    """A file as it was read: the rows that could be, and what was wrong with the others."""

    rows: int
    remarks: int
    header: Header
    understood: list[GradeRow]
    errors: list[RowError]


def read(content: bytes) -> Grades:
    """Read a CSV file and judge what can be judged without the database. Raises `NoGradeHeader` and what cannot be read."""
    if len(content) > BYTES_MAX:
        raise FileTooLarge(most=BYTES_MAX >> 20)
    header, rows, remarks = max(_tables(decoded(content)), key=lambda table: len(table[0].places))
    if len(header.places) < KNOWN_MIN:
        raise NoGradeHeader(rows=HEADER_ROWS)
    found = Grades(len(rows), remarks, header, [], [])
    found.errors += [
        RowError(header.row, title, "This column is needed.", {})
        for field, (title, _) in NAMES.items()
        if field not in header.places
    ]
    if not found.errors:
        _read_rows(header, rows, found)
    return found


def _tables(text: str) -> Iterator[tuple[Header, list[Numbered], int]]:
    """The file as each sign divides it: its header, the rows below it, and how many remarks there are. Raises `BrokenTable`."""
    for delimiter in DELIMITERS:
        rows: list[Numbered] = []
        try:
            rows.extend(enumerate(csv.reader(StringIO(text, newline=""), delimiter=delimiter), 1))
        except csv.Error:
            raise BrokenTable(row=len(rows) + 1) from None
        if len(rows) > ROWS_MAX:
            raise TooManyRows(most=ROWS_MAX)
        header = max(
            (_header(*row) for row in rows[:HEADER_ROWS]), key=lambda one: len(one.places), default=_header(0, [])
        )
        below = [(number, cells) for number, cells in rows[header.row :] if any(map(str.strip, cells))]
        told = [(number, cells) for number, cells in below if not cells[0].startswith(REMARK)]
        yield header, told, len(below) - len(told)


def _header(number: int, cells_of_row: list[str]) -> Header:
    header = Header(number, {}, {}, [], [])
    for place, heading in enumerate(map(str.strip, cells_of_row)):
        field = _FIELDS.get(plain(heading))
        if field and field not in header.places:
            header.places[field], header.headings[field] = place, heading
        elif heading:
            header.ignored.append(heading[:120])
    return header


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
    beside = Beside(remarks=grades.remarks)
    return Report(grades.rows, created, errors[:ERRORS_MAX], len(errors), grades.header.ignored, beside, [])


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


def _read_rows(header: Header, rows: list[Numbered], found: Grades) -> None:
    for number, cells_of_row in rows:
        raw: dict[str, Any] = {}
        problems: list[FieldProblem] = []
        for field, place in header.places.items():
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
        found.errors += [_placed(header, number, problem) for problem in problems]


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
