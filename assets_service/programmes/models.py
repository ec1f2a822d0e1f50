"""A programme and its allocation rule."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assets_service.devices.models import Kind
from assets_service.kernel.db import Record
from assets_service.offices.models import Level, Office


class Programme(Record):
    """Equipment given to many offices under one decision; its code is what a device file names."""

    __tablename__ = "programmes"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    added_at: Mapped[datetime]
    allocations: Mapped[list["Allocation"]] = relationship(
        lazy="raise", back_populates="programme", order_by="Allocation.id"
    )


class Allocation(Record):
    """How many devices of a kind each office of a level is entitled to."""

    __tablename__ = "allocations"
    __table_args__ = (
        UniqueConstraint("programme_id", "kind", "level"),
        CheckConstraint("quantity BETWEEN 0 AND 1000", name="quantity"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    kind: Mapped[Kind]
    level: Mapped[Level]
    quantity: Mapped[int]
    programme: Mapped[Programme] = relationship(lazy="raise", back_populates="allocations")


class Distribution(Record):
    """One act that drafted a shipment for each office of an area that is still entitled to something."""

    __tablename__ = "distributions"
    __table_args__ = (
        CheckConstraint("undone_by_id IS NULL OR undone_at IS NOT NULL", name="undone_by_somebody"),
        Index("ix_distributions_from_id", "from_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    programme: Mapped[str] = mapped_column(ForeignKey("programmes.code"))
    from_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    shipments: Mapped[int]
    devices: Mapped[int]
    wanting: Mapped[int]  # devices that the sender did not have
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))

    from_office: Mapped[Office] = relationship(foreign_keys=[from_id], lazy="raise")
    area: Mapped[Office] = relationship(foreign_keys=[area_id], lazy="raise")
