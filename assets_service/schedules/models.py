"""How often devices are checked, and the day on which the next check is due."""

from calendar import monthrange
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assets_service.kernel.db import Record
from assets_service.offices.models import Office

MONTHS_MAX = 24


class CheckRule(StrEnum):
    """The rule for when the next check is due. `inherit` leaves it to the office above; at the top it means `half_year`."""

    HALF_YEAR = "half_year"
    MONTHS = "months"
    INHERIT = "inherit"


class CheckPolicy(Record):
    """How often the devices of an office and all below it are checked, where that office says so itself."""

    __tablename__ = "check_policies"
    __table_args__ = (
        CheckConstraint("(rule = 'months') = (months IS NOT NULL)", name="months_with_rule"),
        CheckConstraint(f"months BETWEEN 1 AND {MONTHS_MAX}", name="months_range"),
    )
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), primary_key=True)
    rule: Mapped[CheckRule]
    months: Mapped[int | None]
    set_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    office: Mapped[Office] = relationship(lazy="raise")


def next_due(checked_on: date, rule: CheckRule, months: int | None = None) -> date:
    """The day at whose end the next check is due, always after the day of this one.

    The half-year ends on 30 June and 31 December: a check on the last day counts for the half that ends.
    A month that has no such day ends sooner: one month after 31 January is the last of February.
    """
    if rule is CheckRule.MONTHS and months:
        years, month0 = divmod(checked_on.month - 1 + months, 12)
        year, month = checked_on.year + years, month0 + 1
        return date(year, month, min(checked_on.day, monthrange(year, month)[1]))
    ends = (date(checked_on.year, 6, 30), date(checked_on.year, 12, 31), date(checked_on.year + 1, 6, 30))
    return next(end for end in ends if end > checked_on)
