"""Every write of grades."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from assets_service.access.stamp import ADMINS, Stamp
from assets_service.kernel.clock import local_date
from assets_service.kernel.db import lock_each
from assets_service.kernel.errors import FieldProblem, Forbidden, Invalid
from assets_service.ledger.commands import record_each
from assets_service.offices.commands import subject
from assets_service.offices.models import Office
from assets_service.openness import queries
from assets_service.openness.asks import NewGrade
from assets_service.openness.events import OfficeGraded
from assets_service.openness.models import OpennessGrade


def grade(session: Session, office: Office, ask: NewGrade, *, stamp: Stamp) -> None:
    """Say what an office was graded in a year; the same again changes nothing. Raises `Forbidden` and `Invalid`."""
    if not stamp.may(office.path, *ADMINS):
        raise Forbidden
    if problem := what_is_wrong(office, ask, stamp):
        raise Invalid(problem)
    grade_each(session, [(office, ask)], stamp=stamp)


def grade_each(session: Session, asked: Sequence[tuple[Office, NewGrade]], *, stamp: Stamp) -> int:
    """The same of many offices, of which nothing is wrong and which the caller may grade; how many grades are new."""
    offices = [office.id for office, _ in asked]
    lock_each(session, Office, Office.id.in_(offices))  # who says the same at this moment is heard once
    known = queries.said_of(session, offices)
    new = [
        (office, ask)
        for office, ask in asked
        if known.get((office.id, ask.year), (None, None)) != (ask.grade, ask.source.strip())
    ]
    session.add_all(
        OpennessGrade(office_id=office.id, year=ask.year, grade=ask.grade, source=ask.source.strip(), set_at=stamp.at)
        for office, ask in new
    )
    session.flush()
    if not new:
        return 0
    events = [
        (subject(office.code), OfficeGraded(year=ask.year, grade=ask.grade, source=ask.source.strip()))
        for office, ask in new
    ]
    record_each(session, events, stamp=stamp)
    return len(new)


def what_is_wrong(office: Office, ask: NewGrade, stamp: Stamp) -> FieldProblem | None:
    if ask.year > local_date(stamp.at, office.timezone).year:
        return FieldProblem("/year", "{it} has not come yet.", {"it": ask.year})
    return None
