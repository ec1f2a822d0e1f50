"""What is shown: who holds which devices."""

from datetime import date, datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.actions.act import Tools
from assets_service.custody.commands import Holding
from assets_service.custody.queries import Spell
from assets_service.devices.models import Device, Kind, Presence
from assets_service.offices.views import OfficeRef, office_ref
from assets_service.people.views import PersonRef, person_ref


class HoldingView(Struct):
    """The devices that one person holds from now on; without a holder, nobody in particular does."""

    devices: list[str]
    holder: PersonRef | None


class PackedView(Struct):
    """A device of which something is done together with others."""

    code: str
    kind: Kind
    brand: str
    model: str
    serial: str
    office: OfficeRef
    presence: Presence


class HeldView(Struct):
    """A device in somebody's hands, since when and until when; null: they hold it now."""

    device: str
    kind: Kind
    brand: str
    model: str
    serial: str
    imei1: str | None
    office: OfficeRef
    presence: Presence
    check_due_on: date | None
    since: datetime
    until: datetime | None


def holding_result(_session: Session, made: Holding, _stamp: Stamp, _tools: Tools) -> HoldingView:
    return HoldingView(made.codes, person_ref(made.holder))


def packed_view(device: Device) -> PackedView:
    return PackedView(
        device.code,
        device.kind,
        device.brand,
        device.model,
        device.serial,
        office_ref(device.office),
        device.presence,
    )


def held_view(held: Spell) -> HeldView:
    device = held.device
    return HeldView(
        device=device.code,
        kind=device.kind,
        brand=device.brand,
        model=device.model,
        serial=device.serial,
        imei1=device.imei1,
        office=office_ref(device.office),
        presence=device.presence,
        check_due_on=device.check_due_on,
        since=held.since,
        until=held.until,
    )
