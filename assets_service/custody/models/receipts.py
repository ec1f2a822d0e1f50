"""What the receiving office says: that the parcel is here, and visit by visit what was in it."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assets_service.custody.models.shipments import Outcome, Shipment
from assets_service.devices.models import Condition, Device
from assets_service.kernel.db import Record

PHOTOS_MAX = 6  # of one arrival, or of one device in a receipt
STROKES_MAX = 200
POINTS_MAX = 5000  # in all strokes of a signature


class Arrival(Record):
    """The parcel is at its receiver, unopened. The sender still answers for what is in it."""

    __tablename__ = "arrivals"
    id: Mapped[int] = mapped_column(primary_key=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id"), unique=True)
    arrived_at: Mapped[datetime]
    seal_intact: Mapped[bool]
    brought_by: Mapped[str | None] = mapped_column(String(120))
    waybill: Mapped[str | None] = mapped_column(String(80))
    note: Mapped[str | None] = mapped_column(String(2000))
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))


class Receipt(Record):
    """One visit to a shipment's boxes. It is never changed: what was mistaken in it is corrected by another receipt."""

    __tablename__ = "receipts"
    __table_args__ = (
        UniqueConstraint("shipment_id", "visit"),
        CheckConstraint("(corrects_id IS NULL) = (correction IS NULL)", name="correction_says_why"),
        CheckConstraint("strokes IS NULL OR signed_name IS NOT NULL", name="strokes_of_somebody"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id"))
    visit: Mapped[int]  # 1, 2, 3 of the shipment
    visit_id: Mapped[str | None] = mapped_column(String(36), unique=True)  # made by whoever visits
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    delivered_by: Mapped[str | None] = mapped_column(String(120))
    note: Mapped[str | None] = mapped_column(String(2000))
    signed_name: Mapped[str | None] = mapped_column(String(120))
    signed_position: Mapped[str | None] = mapped_column(String(120))
    strokes: Mapped[str | None] = mapped_column(Text)  # JSON: each a list of points [x, y]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("receipts.id"))
    correction: Mapped[str | None] = mapped_column(String(2000))  # why

    shipment: Mapped[Shipment] = relationship(lazy="raise")

    @property
    def number(self) -> str:
        return f"{self.shipment.number}/{self.visit}"


class ReceiptItem(Record):
    """What one receipt says of one device of the shipment."""

    __tablename__ = "receipt_items"
    __table_args__ = (
        UniqueConstraint("receipt_id", "device_id"),
        Index("ix_receipt_items_device_id", "device_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipts.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    outcome: Mapped[Outcome]
    condition: Mapped[Condition | None]
    unpacked: Mapped[list[str] | None] = mapped_column(JSON)  # accessories that were there
    reason: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(String(2000))

    device: Mapped[Device] = relationship(lazy="raise")


class ShipmentPhoto(Record):
    """A photo of a parcel as it arrived, or of one device as it came out of it."""

    __tablename__ = "shipment_photos"
    __table_args__ = (
        CheckConstraint("(receipt_id IS NULL) = (device_id IS NULL)", name="of_parcel_or_device"),
        Index("ix_shipment_photos_shipment_id", "shipment_id"),
        Index("ix_shipment_photos_photo_id", "photo_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id"))
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("receipts.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    position: Mapped[int]
    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id"))
