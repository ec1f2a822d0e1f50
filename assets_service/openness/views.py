"""What is shown: grades, and how offices are distributed over them."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.actions.act import Tools
from assets_service.offices.models import Level, Office
from assets_service.offices.views import OfficeRef, office_ref
from assets_service.openness import queries
from assets_service.openness.models import Grade, OpennessGrade
from assets_service.openness.queries import Distribution


class GradeView(Struct):
    """What an office was graded in a year; null: what had been said of that year was withdrawn."""

    office: OfficeRef
    year: int
    grade: Grade | None
    source: str
    set_at: datetime


class LevelView(Struct):
    """How many offices of a level (regencies and cities together) have each grade, and how many none that is known."""

    level: Level
    offices: int
    grades: dict[Grade, int]
    unknown: int


class DistributionView(Struct):
    """The distribution in `year`; `years` are those of which any grade is known."""

    year: int | None
    years: list[int]
    levels: list[LevelView]


def grade_view(grade: OpennessGrade) -> GradeView:
    return GradeView(office_ref(grade.office), grade.year, grade.grade, grade.source, grade.set_at)


def level_view(each: Distribution) -> LevelView:
    return LevelView(each.level, each.offices, each.grades, each.unknown)


def grade_result(session: Session, office: Office, _stamp: Stamp, _tools: Tools) -> GradeView:
    """The result of grading: what was said last of the office."""
    rows, _ = queries.history(session, office, limit=1)
    return grade_view(rows[0])
