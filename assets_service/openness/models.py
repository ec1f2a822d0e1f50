"""The grade of an office in a year."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assets_service.kernel.db import Record
from assets_service.offices.models import Office

YEAR_MIN, YEAR_MAX = 2010, 2100  # the law on public information is in force since 2010
SOURCE_MAX = 300


class Grade(StrEnum):
    """The grades of the information commission, the best first."""

    INFORMATIVE = "informatif"
    NEARLY = "menuju_informatif"
    FAIRLY = "cukup_informatif"
    LESS = "kurang_informatif"
    NOT = "tidak_informatif"


class OpennessGrade(Record):
    """What an office was graded in a year, and where that is written. Rows are only added: the last of a year counts.

    No grade: what was said before of that year is withdrawn.
    """

    __tablename__ = "openness_grades"
    __table_args__ = (
        CheckConstraint(f"year BETWEEN {YEAR_MIN} AND {YEAR_MAX}", name="year"),
        Index("ix_openness_grades_office_id", "office_id", "year", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    year: Mapped[int]
    grade: Mapped[Grade | None]
    source: Mapped[str] = mapped_column(String(SOURCE_MAX))
    set_at: Mapped[datetime]
    office: Mapped[Office] = relationship(lazy="raise")
