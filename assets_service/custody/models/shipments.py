"""Shipments: one line a device, how it travels, and what either side writes while it does."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Enum, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assets_service.devices.models import Condition, Device
from assets_service.kernel.clock import ZONES, local_date
from assets_service.kernel.db import Record, unique_where
from assets_service.offices.models import Office

DEVICES_MAX = 500
ACCESSORIES_MAX = 20


class ShipmentState(StrEnum):
    DRAFT = "draft"
    SENT = "sent"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class LineState(StrEnum):
    """The state of a line: open until the receiver says what arrived, or the sender calls it back."""

    OPEN = "open"
    RECEIVED = "received"
    RECEIVED_WITH_NOTES = "received_with_notes"
    SHORT = "short"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """What a receiver can say of a device: the same words as the state of its line."""

    RECEIVED = "received"
    RECEIVED_WITH_NOTES = "received_with_notes"
    SHORT = "short"
    DECLINED = "declined"

    @property
    def state(self) -> LineState:
        return LineState(self.value)


ARRIVED = frozenset({LineState.RECEIVED, LineState.RECEIVED_WITH_NOTES})


def words_column(kind: type[StrEnum], name: str, *, has_check: bool = True) -> Enum:
    """A column for a word of a closed set; `name` is its CHECK's, for a table may have two columns of one kind."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=has_check,
        length=24,
        values_callable=lambda words: [word.value for word in words],
    )


class Movement(StrEnum):
    """What a shipment means: custody alone changes, or the books too, or custody for a while."""

    DISTRIBUTION = "distribution"
    TRANSFER = "transfer"  # the receiver's recording unit takes it into its books
    LOAN = "loan"  # it comes back by a day


class Resolution(StrEnum):
    """What became of a device that did not arrive."""

    FOUND = "found"
    LOST = "lost"


class Shipment(Record):
    """Devices on their way from one office to another; closed when no line is open."""

    __tablename__ = "shipments"
    __table_args__ = (
        CheckConstraint("from_id <> to_id", name="goes_elsewhere"),
        CheckConstraint("state <> 'draft' OR sent_at IS NULL", name="draft_is_not_sent"),
        CheckConstraint("state NOT IN ('sent', 'closed') OR sent_at IS NOT NULL", name="sent_has_time"),
        CheckConstraint("(state IN ('closed', 'cancelled')) = (closed_at IS NOT NULL)", name="end_has_time"),
        Index("ix_shipments_from_id", "from_id", "state"),
        Index("ix_shipments_to_id", "to_id", "state"),
        Index("ix_shipments_state", "state", "sent_at"),
        Index("ix_shipments_distribution_id", "distribution_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    movement: Mapped[Movement] = mapped_column(
        words_column(Movement, "movement", has_check=False), server_default=Movement.DISTRIBUTION.value
    )
    purpose: Mapped[str | None] = mapped_column(String(120))
    note: Mapped[str | None] = mapped_column(String(2000))
    courier: Mapped[str | None] = mapped_column(String(120))
    waybill: Mapped[str | None] = mapped_column(String(80))
    parcels: Mapped[int | None]
    weight_g: Mapped[int | None]
    seal_no: Mapped[str | None] = mapped_column(String(80))
    expected_on: Mapped[date | None]  # at the receiver, by its own calendar
    return_on: Mapped[date | None]  # of a loan
    distribution_id: Mapped[int | None]  # the programme's distribution that drafted it
    state: Mapped[ShipmentState]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    sent_at: Mapped[datetime | None]
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    closed_at: Mapped[datetime | None]  # or cancelled
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    closing_note: Mapped[str | None] = mapped_column(String(2000))
    version: Mapped[int] = mapped_column(default=1)

    from_office: Mapped[Office] = relationship(foreign_keys=[from_id], lazy="raise")
    to_office: Mapped[Office] = relationship(foreign_keys=[to_id], lazy="raise")
    lines: Mapped[list["ShipmentLine"]] = relationship(
        lazy="raise", back_populates="shipment", order_by="ShipmentLine.id"
    )

    @property
    def number(self) -> str:
        return number_of(self.id, self.created_at)


def number_of(shipment_id: int, created_at: datetime) -> str:
    """The shipment's number that people write on the box: `PK-2026-000123`.

    It is made of the row's id, so it is unique, never used again, and nobody waits for the next one.
    """
    return f"PK-{local_date(created_at, ZONES[0]).year}-{shipment_id:06d}"


class ShipmentLine(Record):
    """One device of a shipment: what was sent, and what the receiver says arrived."""

    __tablename__ = "shipment_lines"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed_has_time"),
        CheckConstraint("(resolution IS NULL) = (resolved_at IS NULL)", name="resolved_has_time"),
        CheckConstraint("resolution IS NULL OR state = 'short'", name="only_short_is_resolved"),
        unique_where("uq_shipment_lines_open_device", "device_id", where="state = 'open'"),
        Index("ix_shipment_lines_device_id", "device_id"),
        Index("ix_shipment_lines_shipment_id", "shipment_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    state: Mapped[LineState]
    sent_condition: Mapped[Condition] = mapped_column(words_column(Condition, "sent_condition"))
    accessories: Mapped[str | None] = mapped_column(String(400))  # free text, of shipments before there was a list
    packed: Mapped[list[str] | None] = mapped_column(JSON)  # codes of accessories
    unpacked: Mapped[list[str] | None] = mapped_column(JSON)  # those of them that arrived
    reason: Mapped[str | None] = mapped_column(String(40))  # of what differs
    arrived_condition: Mapped[Condition | None] = mapped_column(words_column(Condition, "arrived_condition"))
    note: Mapped[str | None] = mapped_column(String(2000))
    one_sided: Mapped[bool] = mapped_column(default=False)  # who received stands on the sender's side
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    resolution: Mapped[Resolution | None]
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))

    shipment: Mapped[Shipment] = relationship(lazy="raise", back_populates="lines")
    device: Mapped[Device] = relationship(lazy="raise")

    @property
    def is_open(self) -> bool:
        return self.state is LineState.OPEN


class TrackingNote(Record):
    """What either side heard of a shipment on its way."""

    __tablename__ = "tracking_notes"
    __table_args__ = (Index("ix_tracking_notes_shipment_id", "shipment_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id"))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    note: Mapped[str] = mapped_column(String(2000))


class Route(Record):
    """How many days a parcel may take from one office to another; of any office to any other where none is named."""

    __tablename__ = "routes"
    __table_args__ = (
        UniqueConstraint("from_id", "to_id"),
        CheckConstraint("(from_id IS NULL) = (to_id IS NULL)", name="both_or_none"),
        CheckConstraint("from_id <> to_id", name="goes_elsewhere"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    to_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    days: Mapped[int]
    set_at: Mapped[datetime]
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))

    from_office: Mapped[Office | None] = relationship(foreign_keys=[from_id], lazy="raise")
    to_office: Mapped[Office | None] = relationship(foreign_keys=[to_id], lazy="raise")
