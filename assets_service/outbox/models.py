"""Phones that hand in what was done without network, the answers they were given, and what waits for an officer."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct
from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assets_service.devices.models import Device
from assets_service.kernel.db import BigId, Record
from assets_service.offices.models import Office
from assets_service.outbox.errors import KeptRefusal
from assets_service.people.models import Person


class ActType(StrEnum):
    """What can be done without network."""

    CHECK = "check"
    ARRIVAL = "arrival"
    RECEIPT = "receipt"
    HOLDER = "holder"
    ATTACH_LABEL = "attach_label"
    CLAIM_LABEL = "claim_label"


class Status(StrEnum):
    """What became of an act that was handed in. The first four of them and `refused` are final."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    WAITING = "waiting"
    CONFLICT = "conflict"
    REFUSED = "refused"
    QUARANTINED = "quarantined"


class HeldFor(StrEnum):
    """Why an act waits for an officer: it met a changed thing, or its person's right has ended since."""

    CONFLICT = "conflict"
    QUARANTINED = "quarantined"


class Ruling(StrEnum):
    """What an officer decides about an act that waits."""

    APPLIED = "applied"
    DISMISSED = "dismissed"


class Mark(StrEnum):
    """What was odd about an act that was taken all the same."""

    CLOCK = "clock"  # the phone's clock was wrong by more than five minutes
    HOLE = "hole"  # acts before it have not come
    LATE = "late"  # it was such an act, and came after those behind it had gone on


class Answer(Struct, kw_only=True):
    """What became of one act, as it is kept."""

    status: Status
    ledger_seq: int | None = None
    until: datetime | None = None
    problem: KeptRefusal | None = None
    marks: list[Mark] = []


class Phone(Record):
    """A phone that hands in acts, known by the id that it made itself. It is one person's for ever."""

    __tablename__ = "phones"
    __table_args__ = (Index("ix_phones_person_id", "person_id"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    name: Mapped[str] = mapped_column(String(120))
    first_at: Mapped[datetime]
    contact_at: Mapped[datetime]
    skew_s: Mapped[int | None]  # by how much its clock was ahead of ours at its last contact
    holds: Mapped[int]  # how many acts it still holds: as it last said, without those that were handed in then
    sequence: Mapped[int] = mapped_column(BigInteger)  # of the last act that was taken
    hole_until: Mapped[datetime | None]  # while an act is missing: how long those behind it wait
    signed_out_at: Mapped[datetime | None]
    signed_out_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise")


class HandedAct(Record):
    """An act that a phone handed in, and the answer it was given: whoever loses the answer is given it again."""

    __tablename__ = "handed_acts"
    __table_args__ = (
        Index("ix_handed_acts_at", "at"),
        Index("uq_handed_acts_place", "phone_id", "sequence", unique=True),
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    phone_id: Mapped[str] = mapped_column(ForeignKey("phones.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    sequence: Mapped[int] = mapped_column(BigInteger)
    content_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class HeldAct(Record):
    """An act that was not carried out, with both sides of it: what its person did, and what stands against it."""

    __tablename__ = "conflicts"
    __table_args__ = (
        CheckConstraint("(ruling IS NULL) = (settled_at IS NULL)", name="settled_with_ruling"),
        CheckConstraint("(ruling IS NULL) = (reason IS NULL)", name="settled_with_reason"),
        Index("ix_conflicts_office_id", "office_id", "settled_at"),
        Index("ix_conflicts_action_id", "action_id", unique=True),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    action_id: Mapped[str] = mapped_column(String(36))
    phone_id: Mapped[str] = mapped_column(ForeignKey("phones.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    held_for: Mapped[HeldFor]
    type: Mapped[ActType]
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))  # that answers for the device, or receives
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    shipment_id: Mapped[int | None] = mapped_column(ForeignKey("shipments.id"))
    ask: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed: Mapped[list[str]] = mapped_column(JSON)
    stood: Mapped[dict[str, Any]] = mapped_column(JSON)  # the other side, when the act came in
    why: Mapped[str | None] = mapped_column(Text)  # the refusal, of what is quarantined
    claimed_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    at: Mapped[datetime]
    ruling: Mapped[Ruling | None]
    reason: Mapped[str | None] = mapped_column(String(2000))
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    ledger_seq: Mapped[int | None] = mapped_column(BigInteger)

    office: Mapped[Office] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise")
    device: Mapped[Device | None] = relationship(lazy="raise")
