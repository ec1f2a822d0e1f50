"""Checks, their photos, what a check looks at, and how often one is due."""

from calendar import monthrange
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assets_service.devices.models import Condition, Device, Kind
from assets_service.kernel.db import BigId, Record, binary_text
from assets_service.offices.models import Office
from assets_service.people.models import Person

PHOTOS_MAX = 6
MONTHS_MAX = 24


class Verdict(StrEnum):
    """What a check says of one item of its list."""

    OK = "ok"
    PROBLEM = "problem"
    NOT_APPLICABLE = "not_applicable"


class Rule(StrEnum):
    """When the next check is due. `inherit` leaves it to the office above; at the top it means `half_year`."""

    HALF_YEAR = "half_year"
    MONTHS = "months"
    INHERIT = "inherit"


class Check(Record):
    """One look at one device. Never changed: a later check says what is true later."""

    __tablename__ = "checks"
    __table_args__ = (
        CheckConstraint("condition = 'good' OR note IS NOT NULL", name="damage_has_note"),
        Index("ix_checks_device_id", "device_id", "observed_at"),
        Index("ix_checks_office_id", "office_id", "at"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))  # who answered for it then
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    at: Mapped[datetime]
    observed_at: Mapped[datetime]  # as the phone claims
    checked_on: Mapped[date]  # the local day of observed_at at that office
    condition: Mapped[Condition]
    label_present: Mapped[bool | None]
    identity_matches: Mapped[bool | None]
    checklist: Mapped[dict[str, str]] = mapped_column(JSON)
    note: Mapped[str | None] = mapped_column(String(2000))
    next_due_on: Mapped[date]
    device: Mapped[Device] = relationship(lazy="raise")
    office: Mapped[Office] = relationship(lazy="raise")
    person: Mapped[Person | None] = relationship(lazy="raise")
    photos: Mapped[list["Photo"]] = relationship(lazy="raise", order_by="Photo.position", back_populates="check")


class Photo(Record):
    """A stored picture in its place: on a check, or waiting for one. Two checks may show the same picture."""

    __tablename__ = "photos"
    __table_args__ = (
        CheckConstraint("length(hash) = 64", name="hash_length"),
        Index("ix_photos_hash", "hash"),
        Index("ix_photos_check_id", "check_id", "position"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    hash: Mapped[str] = mapped_column(binary_text(64))
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    uploaded_at: Mapped[datetime]
    check_id: Mapped[int | None] = mapped_column(ForeignKey("checks.id"))
    position: Mapped[int | None]
    check: Mapped[Check | None] = relationship(lazy="raise", back_populates="photos")


class CheckPolicy(Record):
    """How often the devices of an office and all below it are checked, where that office says so itself."""

    __tablename__ = "check_policies"
    __table_args__ = (
        CheckConstraint("(rule = 'months') = (months IS NOT NULL)", name="months_with_rule"),
        CheckConstraint(f"months BETWEEN 1 AND {MONTHS_MAX}", name="months_range"),
    )
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), primary_key=True)
    rule: Mapped[Rule]
    months: Mapped[int | None]
    set_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    office: Mapped[Office] = relationship(lazy="raise")


class ChecklistItem(Record):
    """One thing a check looks at, for devices of one kind."""

    __tablename__ = "checklist_items"
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(String(24), primary_key=True)
    position: Mapped[int]


def next_due(checked_on: date, rule: Rule, months: int | None = None) -> date:
    """The day at whose end the next check is due, always after the day of this one.

    The half-year ends on 30 June and 31 December: a check on the last day counts for the half that ends.
    A month that has no such day ends sooner: one month after 31 January is the last of February.
    """
    if rule is Rule.MONTHS and months:
        years, month0 = divmod(checked_on.month - 1 + months, 12)
        year, month = checked_on.year + years, month0 + 1
        return date(year, month, min(checked_on.day, monthrange(year, month)[1]))
    ends = (date(checked_on.year, 6, 30), date(checked_on.year, 12, 31), date(checked_on.year + 1, 6, 30))
    return next(end for end in ends if end > checked_on)
