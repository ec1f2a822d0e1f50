"""Every select of grades. One is visible where its office is; as a number anybody may know it."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import Select, Subquery, and_, func, or_, select, true
from sqlalchemy.orm import Session, contains_eager

from assets_service.access.stamp import Stamp
from assets_service.offices.models import Level, Office
from assets_service.offices.queries import Area, in_scope
from assets_service.openness.models import Grade, OpennessGrade

Graded = dict[int, tuple[int, Grade]]  # by the office's id: a year and the grade in it
AREAS = {  # a regency and a city are one kind of office, of which the country counts 514
    Level.NATIONAL: Level.NATIONAL,
    Level.PROVINCE: Level.PROVINCE,
    Level.REGENCY: Level.REGENCY,
    Level.CITY: Level.REGENCY,
}


class Distribution(Struct):
    """How many offices of a level have each grade in a year, and how many none that is known."""

    level: Level
    grades: dict[Grade, int]
    unknown: int

    @property
    def offices(self) -> int:
        return sum(self.grades.values()) + self.unknown


def history(
    session: Session, office: Office, *, before: int | None = None, limit: int
) -> tuple[list[OpennessGrade], int]:
    """All that was ever said of an office, newest first and one more than `limit` when there is more; and how much in all."""
    found = select(OpennessGrade).where(OpennessGrade.office_id == office.id)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    if before:
        found = found.where(OpennessGrade.id < before)
    rows = found.join(OpennessGrade.office).options(contains_eager(OpennessGrade.office))
    return list(session.scalars(rows.order_by(OpennessGrade.id.desc()).limit(limit + 1))), total


def listed(
    session: Session,
    stamp: Stamp,
    *,
    area: Area | None = None,
    year: int | None = None,
    after: tuple[str, int] | None = None,
    limit: int,
) -> tuple[list[OpennessGrade], int]:
    """What holds of the offices in scope, by office and year, one more than `limit` when there is more; and how much in all."""
    found = _current().where(in_scope(stamp))
    if area:
        found = found.where(area.holds(OpennessGrade.office_id))
    if year:
        found = found.where(OpennessGrade.year == year)
    total = session.scalar(select(func.count()).select_from(found.with_only_columns(OpennessGrade.id).subquery())) or 0
    if after:
        code, last = after
        found = found.where(or_(Office.code > code, and_(Office.code == code, OpennessGrade.year > last)))
    rows = found.options(contains_eager(OpennessGrade.office)).order_by(Office.code, OpennessGrade.year)
    return list(session.scalars(rows.limit(limit + 1))), total


def of_office(session: Session, office: Office) -> list[OpennessGrade]:
    """What holds of an office, the newest year first."""
    found = _current().where(Office.id == office.id).options(contains_eager(OpennessGrade.office))
    return list(session.scalars(found.order_by(OpennessGrade.year.desc())))


def newest(session: Session, until: datetime | None = None) -> Graded:
    """The grade of its newest year of every office that has one, as it was known then."""
    rows = session.execute(
        _current(until)
        .with_only_columns(OpennessGrade.office_id, OpennessGrade.year, OpennessGrade.grade)
        .order_by(OpennessGrade.year)
    )
    return {office_id: (year, grade) for office_id, year, grade in rows if grade}


def of_year(session: Session, year: int) -> dict[str, Grade]:
    """The grade of every office that has one in that year, by the office's code."""
    found = _current().where(OpennessGrade.year == year).with_only_columns(Office.code, OpennessGrade.grade)
    return {code: grade for code, grade in session.execute(found) if grade}


def years(session: Session, stamp: Stamp | None = None) -> list[int]:
    """The years of which any office in scope (without a stamp: in the country) has a grade, the newest first."""
    found = _current().where(in_scope(stamp) if stamp else true()).with_only_columns(OpennessGrade.year).distinct()
    return sorted(session.scalars(found), reverse=True)


def distribution(
    session: Session, year: int, stamp: Stamp | None = None, *, area: Area | None = None
) -> list[Distribution]:
    """How the offices in scope (without a stamp: in the country) are distributed over the grades, by level."""
    last = _last_said(None)
    found = (
        select(Office.level, OpennessGrade.grade, func.count())
        .select_from(Office)
        .outerjoin(last, (last.c.office_id == Office.id) & (last.c.year == year))
        .outerjoin(OpennessGrade, OpennessGrade.id == last.c.id)
        .where(in_scope(stamp) if stamp else true(), area.holds(Office.id) if area else true())
        .group_by(Office.level, OpennessGrade.grade)
    )
    each: dict[Level, Distribution] = {}
    for level, grade, number in session.execute(found):
        of_level = each.setdefault(AREAS[level], Distribution(AREAS[level], dict.fromkeys(Grade, 0), 0))
        if grade:
            of_level.grades[grade] += number
        else:
            of_level.unknown += number
    return [each[level] for level in Level if level in each]


def said_of(session: Session, office_ids: list[int]) -> dict[tuple[int, int], tuple[Grade | None, str]]:
    """The last grade and source said of each of these offices and each year, withdrawn ones too."""
    last = _last_said(None)
    found = (
        select(OpennessGrade).join(last, last.c.id == OpennessGrade.id).where(OpennessGrade.office_id.in_(office_ids))
    )
    return {(row.office_id, row.year): (row.grade, row.source) for row in session.scalars(found)}


def _current(until: datetime | None = None) -> Select[OpennessGrade]:
    """The rows that hold, each with its office: the last of its year, unless that withdrew it."""
    last = _last_said(until)
    return (
        select(OpennessGrade)
        .join(last, last.c.id == OpennessGrade.id)
        .join(OpennessGrade.office)
        .where(OpennessGrade.grade.is_not(None))
    )


def _last_said(until: datetime | None) -> Subquery:
    found = select(OpennessGrade.office_id, OpennessGrade.year, func.max(OpennessGrade.id).label("id"))
    if until:
        found = found.where(OpennessGrade.set_at <= until)
    return found.group_by(OpennessGrade.office_id, OpennessGrade.year).subquery()
