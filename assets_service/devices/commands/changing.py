"""Changing what describes a device, and writing one off."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from assets_service.access.stamp import ADMINS, REGISTRARS, Stamp
from assets_service.devices.asks import AmendDevice, Retirement
from assets_service.devices.commands.claiming import must_be_in_use
from assets_service.devices.commands.describing import checked, imeis_of, search_columns, search_text
from assets_service.devices.errors import InTransit
from assets_service.devices.events import DeviceAmended, DeviceRetired
from assets_service.devices.models import DESCRIPTIVE, Device, DeviceImei, Presence
from assets_service.kernel.errors import Forbidden
from assets_service.kernel.fields import changes
from assets_service.ledger.commands import record


def amend(session: Session, device: Device, ask: AmendDevice, *, stamp: Stamp) -> None:
    """Change what describes a device; not its custody, condition or presence, which acts of their own record.

    Raises `Forbidden`, `Retired`, `Invalid`, `AlreadyRegistered`.
    """
    if not stamp.may(device.office.path, *REGISTRARS):
        raise Forbidden
    must_be_in_use(device)
    before = {field: getattr(device, field) for field in DESCRIPTIVE}
    after = checked(session, device.kind, before | changes(ask), stamp=stamp, but=device.id)
    changed = {field: value for field, value in after.items() if before[field] != value}
    if not changed:
        return
    for field, value in (changed | search_columns(after)).items():
        setattr(device, field, value)
    device.search = search_text(device)
    if changed.keys() & {"imei1", "imei2"}:
        session.execute(delete(DeviceImei).where(DeviceImei.device_id == device.id))
        session.add_all(DeviceImei(imei=imei, device_id=device.id) for imei in imeis_of(after).values())
    device.version += 1
    record(session, DeviceAmended(**changed), subject=device.code, stamp=stamp)


def retire(session: Session, device: Device, ask: Retirement, *, stamp: Stamp) -> None:
    """Write a device off, after the decree (SK Penghapusan): its row stays, and nothing more happens to it.

    Raises `Forbidden`, `Retired`, `InTransit`.
    """
    if not stamp.may(device.office.path, *ADMINS):
        raise Forbidden
    must_be_in_use(device)
    if device.presence is Presence.IN_TRANSIT:
        raise InTransit(code=device.code)
    device.presence = Presence.WRITTEN_OFF
    device.version += 1
    record(
        session,
        DeviceRetired(reason=ask.reason, decision_no=ask.decision_no, presence=device.presence),
        subject=device.code,
        stamp=stamp,
    )
