"""The register: one row a device, three separate states, and every code a label ever bore."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    String,
    column,
    func,
    literal_column,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assets_service.kernel.db import Record, binary_text, unique_where
from assets_service.offices.models import Office
from assets_service.people.models import Person

# What stands for no day where devices are sorted by one. The word of the index and of the question must be the same.
FIRST_DAY, LAST_DAY = date(1, 1, 1), date(9999, 12, 31)
CHECKED: ColumnElement[date] = func.coalesce(
    column("last_checked_on", Date), literal_column("'0001-01-01'"), type_=Date
)
DUE: ColumnElement[date] = func.coalesce(column("check_due_on", Date), literal_column("'9999-12-31'"), type_=Date)

ACQUIRED_YEARS = range(1950, 2101)  # any other year is a typing error

DESCRIPTIVE = (
    "brand", "model", "serial", "imei1", "imei2", "kode_barang", "nup", "uakpb", "kode_register",
    "acquired_on", "value", "programme", "note",
)  # fmt: skip


class Kind(StrEnum):
    TABLET = "tablet"
    SMARTPHONE = "smartphone"


class Condition(StrEnum):
    """The official condition (kondisi), exactly three. Lost is no condition but a presence."""

    GOOD = "good"
    LIGHT = "light"
    HEAVY = "heavy"


class Presence(StrEnum):
    PRESENT = "present"
    IN_TRANSIT = "in_transit"
    NOT_FOUND = "not_found"
    LOST = "lost"
    WRITTEN_OFF = "written_off"


class DeviceKind(Record):
    """What is true of every device of a kind. It can be edited, for item codes are the ministry's to change."""

    __tablename__ = "device_kinds"
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    kode_barang: Mapped[str] = mapped_column(String(10))
    has_modem: Mapped[bool]


class Import(Record):
    """A file that became devices. It can be undone while nothing else has happened to any of them.

    Its office is the lowest one above the offices of all its devices.
    """

    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint("withdrawn_by_id IS NULL OR withdrawn_at IS NOT NULL", name="withdrawn_by_somebody"),
        Index("ix_imports_office_id", "office_id"),
        Index("ix_imports_made_by_id", "made_by_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    sha256: Mapped[str] = mapped_column(String(64))  # of the file
    devices: Mapped[int]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))

    office: Mapped[Office] = relationship(lazy="raise")
    made_by: Mapped[Person | None] = relationship(foreign_keys=[made_by_id], lazy="raise")


class Device(Record):
    """A tablet or smartphone. Only `custody` writes who answers for it (office, holder, bound_for, received_at).

    A withdrawn one was registered by mistake: it is in no list and count any more, and its numbers are free for another.
    """

    __tablename__ = "devices"
    __table_args__ = (
        unique_where("uq_devices_serial_key", "serial_key", where="withdrawn_at IS NULL"),
        unique_where("uq_devices_booked", "uakpb", "kode_barang", "nup", where="withdrawn_at IS NULL"),
        CheckConstraint("length(code) = 8", name="code_length"),
        CheckConstraint("(presence = 'in_transit') = (bound_for_id IS NOT NULL)", name="bound_for_when_in_transit"),
        CheckConstraint("(bound_for_id IS NULL) = (sent_at IS NULL)", name="sent_at_when_bound"),
        CheckConstraint("nup IS NULL OR kode_barang IS NOT NULL", name="nup_needs_kode_barang"),
        Index("ix_devices_office_id", "office_id", "id"),
        Index("ix_devices_bound_for_id", "bound_for_id"),
        Index("ix_devices_holder_id", "holder_id"),
        Index("ix_devices_presence", "presence", "office_id"),
        Index("ix_devices_condition", "condition"),
        Index("ix_devices_kind", "kind"),
        Index("ix_devices_check_due_on", "check_due_on"),
        Index("ix_devices_received_at", "received_at"),
        Index("ix_devices_sent_at", "sent_at"),
        Index("ix_devices_expected_on", "expected_on"),
        Index("ix_devices_arrived_at", "arrived_at"),
        Index("ix_devices_return_due_on", "return_due_on"),
        Index("ix_devices_serial_search", "serial_search"),
        Index("ix_devices_programme", "programme"),
        Index("ix_devices_item", "kode_barang", "nup"),
        Index("ix_devices_kode_register", "kode_register"),
        Index("ix_devices_import_id", "import_id"),
        Index("ix_devices_model", "brand", "model", "id"),
        Index("ix_devices_by_check", CHECKED, "id"),
        Index("ix_devices_by_due_day", DUE, "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(binary_text(8), unique=True)
    kind: Mapped[Kind]
    brand: Mapped[str] = mapped_column(String(60))
    model: Mapped[str] = mapped_column(String(80))
    serial: Mapped[str] = mapped_column(String(60))
    serial_search: Mapped[str] = mapped_column(String(60))  # without case and signs
    serial_key: Mapped[str] = mapped_column(String(130))  # brand and serial: two makers may share a number
    imei1: Mapped[str | None] = mapped_column(String(15))
    imei2: Mapped[str | None] = mapped_column(String(15))
    kode_barang: Mapped[str | None] = mapped_column(String(10))
    nup: Mapped[int | None]
    uakpb: Mapped[str | None] = mapped_column(String(20))
    kode_register: Mapped[str | None] = mapped_column(String(64))  # SIMAN's own key of the item
    acquired_on: Mapped[date | None]
    value: Mapped[int | None] = mapped_column(BigInteger)  # rupiah
    programme: Mapped[str | None] = mapped_column(ForeignKey("programmes.code"))
    note: Mapped[str | None] = mapped_column(String(2000))
    search: Mapped[str] = mapped_column(String(400))

    condition: Mapped[Condition] = mapped_column(default=Condition.GOOD)
    presence: Mapped[Presence] = mapped_column(default=Presence.PRESENT)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    bound_for_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    sent_at: Mapped[datetime | None]
    expected_on: Mapped[date | None]  # while it is on its way: when it should be at its receiver
    arrived_at: Mapped[datetime | None]  # the same: since when its parcel lies there unopened
    return_due_on: Mapped[date | None]  # while it is lent: when it should be back
    one_sided: Mapped[bool] = mapped_column(default=False)  # the last receipt was confirmed from the sender's side
    received_at: Mapped[datetime | None]  # when the office that answers confirmed the device; null if it never did

    last_checked_on: Mapped[date | None]
    check_due_on: Mapped[date | None]
    label_version: Mapped[int] = mapped_column(default=1)
    label_attached_at: Mapped[datetime | None]

    registered_at: Mapped[datetime]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    office: Mapped[Office] = relationship(foreign_keys=[office_id], lazy="raise")
    bound_for: Mapped[Office | None] = relationship(foreign_keys=[bound_for_id], lazy="raise")
    holder: Mapped[Person | None] = relationship(lazy="raise")

    @property
    def is_in_use(self) -> bool:
        return self.presence is not Presence.WRITTEN_OFF and self.withdrawn_at is None


class DeviceImei(Record):
    """One IMEI of one device: the key that keeps it unique over both slots of all devices."""

    __tablename__ = "device_imeis"
    __table_args__ = (Index("ix_device_imeis_device_id", "device_id"),)
    imei: Mapped[str] = mapped_column(String(15), primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))


class LabelCode(Record):
    """A code printed on a label. It is blank until a device claims it, once and for ever."""

    __tablename__ = "label_codes"
    __table_args__ = (
        CheckConstraint("(device_id IS NULL) = (claimed_at IS NULL)", name="claimed_with_device"),
        Index("ix_label_codes_device_id", "device_id"),
        Index("ix_label_codes_batch_id", "batch_id"),
        Index("ix_label_codes_office_id", "office_id"),
    )
    code: Mapped[str] = mapped_column(binary_text(8), primary_key=True)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    claimed_at: Mapped[datetime | None]
    batch_id: Mapped[int | None]  # the run that printed it blank
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))  # for which it was printed blank
    made_at: Mapped[datetime]
