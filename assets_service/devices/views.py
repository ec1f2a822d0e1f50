"""What is shown: devices."""

from collections.abc import Callable
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.actions.act import Tools
from assets_service.devices.models import Condition, Device, Kind, Presence
from assets_service.devices.queries import Flagging
from assets_service.offices.views import OfficeRef, office_ref
from assets_service.people.views import PersonRef, person_ref


class DeviceView(Struct):
    code: str
    kind: Kind
    brand: str
    model: str
    serial: str
    imei1: str | None
    imei2: str | None
    kode_barang: str | None
    nup: int | None
    uakpb: str | None
    kode_register: str | None
    acquired_on: date | None
    value: int | None
    programme: str | None
    note: str | None
    condition: Condition
    presence: Presence
    office: OfficeRef
    bound_for: OfficeRef | None
    holder: PersonRef | None
    registered_at: datetime
    sent_at: datetime | None
    expected_on: date | None
    arrived_at: datetime | None
    return_due_on: date | None
    received_at: datetime | None
    last_checked_on: date | None
    check_due_on: date | None
    label_version: int
    label_attached_at: datetime | None
    flags: list[str]
    version: int
    label_url: str


class DeviceViews:
    """Makes the views of devices for every room, with the flags that a room above the register works out."""

    def __init__(self, flagging: Flagging, base_url: str) -> None:
        self.flagging = flagging
        self.base_url = base_url

    def one(self, session: Session, device: Device, at: datetime) -> DeviceView:
        return self.each(session, [device], at)(device)

    def each(self, session: Session, devices: list[Device], at: datetime) -> Callable[[Device], DeviceView]:
        """A view of any of these devices; their flags are asked for once."""
        flags = self.flagging.of(session, devices, at)
        return lambda device: device_view(device, flags.get(device.id, []), self.base_url)


def device_result(session: Session, device: Device, stamp: Stamp, tools: Tools) -> DeviceView:
    """The result of an act on a device: the device as it is now."""
    return tools[DeviceViews].one(session, device, stamp.at)


def device_view(device: Device, flags: list[str], base_url: str) -> DeviceView:
    return DeviceView(
        code=device.code,
        kind=device.kind,
        brand=device.brand,
        model=device.model,
        serial=device.serial,
        imei1=device.imei1,
        imei2=device.imei2,
        kode_barang=device.kode_barang,
        nup=device.nup,
        uakpb=device.uakpb,
        kode_register=device.kode_register,
        acquired_on=device.acquired_on,
        value=device.value,
        programme=device.programme,
        note=device.note,
        condition=device.condition,
        presence=device.presence,
        office=office_ref(device.office),
        bound_for=office_ref(device.bound_for) if device.bound_for else None,
        holder=person_ref(device.holder),
        registered_at=device.registered_at,
        sent_at=device.sent_at,
        expected_on=device.expected_on,
        arrived_at=device.arrived_at,
        return_due_on=device.return_due_on,
        received_at=device.received_at,
        last_checked_on=device.last_checked_on,
        check_due_on=device.check_due_on,
        label_version=device.label_version,
        label_attached_at=device.label_attached_at,
        flags=flags,
        version=device.version,
        label_url=f"{base_url}/d/{device.code}",
    )
