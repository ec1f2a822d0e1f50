"""Checks, their photos, and what a check looks at."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assets_service.devices.models import Condition, Device, Kind
from assets_service.kernel.db import BigId, Record
from assets_service.offices.models import Office
from assets_service.people.models import Person
from assets_service.photos.models import Photo

PHOTOS_MAX = 6


class Verdict(StrEnum):
    """What a check says of one item of its list."""

    OK = "ok"
    PROBLEM = "problem"
    NOT_APPLICABLE = "not_applicable"


class Check(Record):
    """One check of one device. It is never changed: a later check says what is true later."""

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
    photos: Mapped[list[Photo]] = relationship(
        lazy="raise", secondary="check_photos", order_by="CheckPhoto.position", viewonly=True
    )


class CheckPhoto(Record):
    """A photo in its place on a check."""

    __tablename__ = "check_photos"
    __table_args__ = (Index("ix_check_photos_photo_id", "photo_id"),)
    check_id: Mapped[int] = mapped_column(ForeignKey("checks.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id"))


class ChecklistItem(Record):
    """One thing a check looks at, for devices of one kind."""

    __tablename__ = "checklist_items"
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(String(24), primary_key=True)
    position: Mapped[int]
