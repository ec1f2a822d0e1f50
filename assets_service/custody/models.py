"""Shipments, one line a device, and what else was in the box."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assets_service.devices.models import Condition, Device
from assets_service.kernel.clock import ZONES, local_date
from assets_service.kernel.db import Record, unique_where
from assets_service.offices.models import Office

DEVICES_MAX = 500
CODE_READ_MAX = 120


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


def _condition(name: str) -> Enum:
    """A column for a condition. A row has two of them, so each CHECK needs a name of its own."""
    return Enum(
        Condition,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=lambda words: [word.value for word in words],
    )


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
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    purpose: Mapped[str | None] = mapped_column(String(120))
    note: Mapped[str | None] = mapped_column(String(2000))
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
    sent_condition: Mapped[Condition] = mapped_column(_condition("sent_condition"))
    accessories: Mapped[str | None] = mapped_column(String(400))
    arrived_condition: Mapped[Condition | None] = mapped_column(_condition("arrived_condition"))
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

    def resolve(self, resolution: Resolution, at: datetime, by_id: int | None) -> None:
        self.resolution, self.resolved_at, self.resolved_by_id = resolution, at, by_id


class FindingKind(StrEnum):
    EXTRA = "extra"


class Finding(Record):
    """An extra: something in the box that is on no line, whether the register knows it or not. It changes nobody's custody."""

    __tablename__ = "findings"
    __table_args__ = (
        CheckConstraint("(resolved_at IS NULL) = (resolution IS NULL)", name="resolved_has_words"),
        Index("ix_findings_shipment_id", "shipment_id"),
        Index("ix_findings_device_id", "device_id"),
        Index("ix_findings_office_id", "office_id", "resolved_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[FindingKind]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    code_read: Mapped[str] = mapped_column(String(CODE_READ_MAX))
    note: Mapped[str | None] = mapped_column(String(2000))
    found_at: Mapped[datetime]
    found_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    resolution: Mapped[str | None] = mapped_column(String(2000))
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))

    shipment: Mapped[Shipment] = relationship(lazy="raise")
