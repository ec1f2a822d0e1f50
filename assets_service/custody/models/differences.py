"""Where what was received is not what was sent: open until somebody of neither side settles it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assets_service.custody.models.shipments import Outcome, Shipment
from assets_service.devices.models import Condition, Kind
from assets_service.kernel.db import Record, unique_where

CODE_READ_MAX = 120


class DifferenceKind(StrEnum):
    SHORT = "short"
    EXTRA = "extra"
    DAMAGED = "damaged"
    DECLINED = "declined"


class Settlement(StrEnum):
    """How a difference ends."""

    FOUND = "found"  # at the sender after all
    LOST = "lost"
    RECORDED = "recorded"  # nothing is to be done
    TRANSFERRED = "transferred"  # the receiver answers for the extra from now on
    RETURNED = "returned"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"  # the receipt that opened it was mistaken


SETTLEMENTS = {
    DifferenceKind.SHORT: (Settlement.FOUND, Settlement.LOST),
    DifferenceKind.EXTRA: (Settlement.RECORDED, Settlement.TRANSFERRED, Settlement.RETURNED),
    DifferenceKind.DAMAGED: (Settlement.ACCEPTED, Settlement.RETURNED),
    DifferenceKind.DECLINED: (Settlement.RETURNED, Settlement.ACCEPTED),
}  # what an officer may choose; `corrected` comes with the correction itself


class Difference(Record):
    """A device that is missing, too many, damaged or declined. An extra may be something that the register does not know."""

    __tablename__ = "differences"
    __table_args__ = (
        CheckConstraint("(settled_at IS NULL) = (outcome IS NULL)", name="settled_has_outcome"),
        CheckConstraint("kind = 'extra' OR device_id IS NOT NULL", name="of_a_device"),
        unique_where(
            "uq_differences_open", "shipment_id", "device_id", "kind", where="settled_at IS NULL AND kind <> 'extra'"
        ),
        Index("ix_differences_shipment_id", "shipment_id"),
        Index("ix_differences_device_id", "device_id"),
        Index("ix_differences_settled_at", "settled_at", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[DifferenceKind]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id"))
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("receipts.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    code_read: Mapped[str] = mapped_column(String(CODE_READ_MAX))
    reason: Mapped[str | None] = mapped_column(String(40))  # as the receiver saw it
    note: Mapped[str | None] = mapped_column(String(2000))
    stated_outcome: Mapped[Outcome | None]  # of an extra, which no line of a receipt speaks of
    stated_condition: Mapped[Condition | None]
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    outcome: Mapped[Settlement | None]
    settled_reason: Mapped[str | None] = mapped_column(String(40))
    settled_note: Mapped[str | None] = mapped_column(String(2000))
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))

    shipment: Mapped[Shipment] = relationship(lazy="raise")

    @property
    def is_open(self) -> bool:
        return self.settled_at is None


class DifferenceReason(Record):
    """Why something differs: a closed list that an administrator of the national office may extend."""

    __tablename__ = "difference_reasons"
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))  # as people read it, in Indonesian
    fits: Mapped[list[str]] = mapped_column(JSON)  # kinds of differences
    needs_note: Mapped[bool]
    position: Mapped[int]
    is_offered: Mapped[bool]


class Accessory(Record):
    """What comes with a device of a kind. It can be edited, for what is in a box changes with the purchase."""

    __tablename__ = "accessories"
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]
    is_offered: Mapped[bool]
