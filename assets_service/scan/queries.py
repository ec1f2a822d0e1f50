"""What a scan means to the person who scanned."""

from enum import StrEnum

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets_service.custody.models import LineState, ShipmentLine
from assets_service.devices import queries as devices
from assets_service.devices.errors import NoSuchDevice
from assets_service.devices.identifiers import LabelRef
from assets_service.devices.models import Device, LabelCode, Presence
from assets_service.labelling.models import FinderMessage
from assets_service.ledger.stamp import WRITERS, Role, Stamp
from assets_service.offices.models import NATIONAL


class Step(StrEnum):
    """What can be done with a device in hand; the pages word them."""

    CONFIRM = "confirm"
    RECOVER = "recover"
    SEND = "send"
    CHECK = "check"
    HOLD = "hold"
    AWAIT = "await"
    LOSE = "lose"


BY_NEED = (Step.CONFIRM, Step.RECOVER, Step.SEND, Step.CHECK, Step.HOLD, Step.AWAIT)


class NextSteps(Struct):
    """The one action that this person should take now, and the others they may."""

    first: Step | None
    others: list[Step]


def next_steps(device: Device, flags: list[str], stamp: Stamp) -> NextSteps:
    """In the order of need: what only this person can do now comes first.

    Whoever is to confirm, confirms. A lost device in hand is found. Then: a shipment not yet made, a check that is due, a
    holder not yet named.
    """
    steps = _possible(device, stamp)
    needed = [step for step in BY_NEED if step in steps and _is_needed(step, device, flags)]
    first = next(iter([*needed, *steps]), None)
    return NextSteps(first, [step for step in steps if step is not first])


def _possible(device: Device, stamp: Stamp) -> list[Step]:
    if device.presence is Presence.WRITTEN_OFF:
        return []
    if device.presence is Presence.IN_TRANSIT:
        assert device.bound_for is not None, "a device in transit has a destination"
        if stamp.belongs_to(device.bound_for.path):
            return [Step.CONFIRM]
        return [Step.AWAIT] if stamp.may(device.office.path, *WRITERS) else []
    if not stamp.may(device.office.path, *WRITERS):
        return []
    if device.presence in {Presence.LOST, Presence.NOT_FOUND}:
        return [Step.RECOVER]
    return [Step.CHECK, Step.SEND, Step.HOLD, Step.LOSE]


def _is_needed(step: Step, device: Device, flags: list[str]) -> bool:
    if step is Step.SEND:
        return "undelivered" in flags and device.office.code == NATIONAL
    if step is Step.CHECK:
        return "overdue" in flags
    if step is Step.HOLD:
        return "unassigned" in flags
    return step in {Step.CONFIRM, Step.RECOVER, Step.AWAIT}


class Blank(Struct):
    """A label code printed before any device had it."""

    code: str


def resolve(session: Session, label: LabelRef, stamp: Stamp) -> Device | Blank | None:
    """The device this person may see, a blank for those who may register, or nothing said."""
    try:
        return devices.by_code(session, label.code, stamp)
    except NoSuchDevice:
        pass
    if stamp.has(Role.ADMIN, Role.LOGISTICS):
        row = session.get(LabelCode, label.code)
        if row is not None and row.device_id is None:
            return Blank(row.code)
    return None


def open_shipment_id(session: Session, device: Device) -> int | None:
    """The shipment on which the device is packed or on its way."""
    open_line = (ShipmentLine.device_id == device.id) & (ShipmentLine.state == LineState.OPEN)
    return session.scalar(select(ShipmentLine.shipment_id).where(open_line))


def waiting_messages(session: Session, device: Device, stamp: Stamp) -> int:
    """How many finders wrote of this device and wait; told to those who can take care of it."""
    if not stamp.may(device.office.path, *WRITERS):
        return 0
    waiting = (FinderMessage.device_id == device.id) & FinderMessage.handled_at.is_(None)
    return session.scalar(select(func.count()).select_from(FinderMessage).where(waiting)) or 0


def is_on_site(device: Device, stamp: Stamp) -> bool:
    """Scanned by somebody of the office that holds it: the label is attached and where it should be."""
    return device.presence is Presence.PRESENT and stamp.belongs_to(device.office.path)
