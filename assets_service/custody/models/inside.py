"""Inside an office, and between offices' books: loans, former numbers, successions, clearances."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assets_service.custody.models.shipments import Shipment
from assets_service.devices.models import Condition, Device
from assets_service.kernel.db import Record, unique_where
from assets_service.offices.models import Office
from assets_service.people.models import Person


class Loan(Record):
    """A device at another office for a while: from the receipt there until it is received at its lender's again."""

    __tablename__ = "loans"
    __table_args__ = (
        CheckConstraint("(returned_at IS NULL) = (return_shipment_id IS NULL)", name="returned_by_shipment"),
        unique_where("uq_loans_open_device", "device_id", where="returned_at IS NULL"),
        Index("ix_loans_device_id", "device_id"),
        Index("ix_loans_shipment_id", "shipment_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id"))
    lender_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    borrower_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    return_on: Mapped[date]
    begun_at: Mapped[datetime]
    returned_at: Mapped[datetime | None]
    return_shipment_id: Mapped[int | None] = mapped_column(ForeignKey("shipments.id"))

    lender: Mapped[Office] = relationship(foreign_keys=[lender_id], lazy="raise")
    borrower: Mapped[Office] = relationship(foreign_keys=[borrower_id], lazy="raise")
    shipment: Mapped[Shipment] = relationship(foreign_keys=[shipment_id], lazy="raise")


class FormerBooking(Record):
    """The numbers that a device had in the books of another recording unit."""

    __tablename__ = "former_bookings"
    __table_args__ = (
        Index("ix_former_bookings_device_id", "device_id"),
        Index("ix_former_bookings_item", "kode_barang", "nup"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id"))
    uakpb: Mapped[str | None] = mapped_column(String(20))
    kode_barang: Mapped[str | None] = mapped_column(String(10))
    nup: Mapped[int | None]
    until: Mapped[datetime]


class Cause(StrEnum):
    """Why somebody hands over all that they answer for."""

    MOVED = "moved"
    RETIRED = "retired"
    REPLACED = "replaced"
    DIED = "died"


class Seen(StrEnum):
    """What the successor says of one device."""

    PRESENT = "present"
    MISSING = "missing"


class Succession(Record):
    """One person follows another (serah terima jabatan): all that the leaver answers for, confirmed device by device."""

    __tablename__ = "successions"
    __table_args__ = (
        CheckConstraint("leaver_id <> successor_id", name="of_two_persons"),
        CheckConstraint("(cause = 'died') = (witness1_id IS NOT NULL)", name="witnesses_for_the_dead"),
        CheckConstraint("(witness1_id IS NULL) = (witness2_id IS NULL)", name="two_witnesses"),
        Index("ix_successions_office_id", "office_id"),
        Index("ix_successions_leaver_id", "leaver_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    leaver_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    successor_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    cause: Mapped[Cause]
    of_head: Mapped[bool]  # of the office's head, who answers for all its devices
    witness1_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    witness2_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    note: Mapped[str | None] = mapped_column(String(2000))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))

    office: Mapped[Office] = relationship(lazy="raise")
    leaver: Mapped[Person] = relationship(foreign_keys=[leaver_id], lazy="raise")
    successor: Mapped[Person] = relationship(foreign_keys=[successor_id], lazy="raise")


class SuccessionItem(Record):
    """One device of a succession, as the successor found it."""

    __tablename__ = "succession_items"
    __table_args__ = (
        UniqueConstraint("succession_id", "device_id"),
        Index("ix_succession_items_device_id", "device_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    succession_id: Mapped[int] = mapped_column(ForeignKey("successions.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    seen: Mapped[Seen]
    condition: Mapped[Condition | None]
    note: Mapped[str | None] = mapped_column(String(2000))

    device: Mapped[Device] = relationship(lazy="raise")


class Clearance(Record):
    """Nothing is left that this person answers for (bebas tanggungan), at this moment."""

    __tablename__ = "clearances"
    __table_args__ = (Index("ix_clearances_person_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
