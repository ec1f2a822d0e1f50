"""Every select of scans: what a code leads to, and what this person can do with it."""

from enum import StrEnum

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets_service.access.stamp import REGISTRARS, WRITERS, Stamp
from assets_service.custody.models import LineState, ShipmentLine
from assets_service.devices import queries as devices
from assets_service.devices.identifiers import LabelRef
from assets_service.devices.models import Device, Presence
from assets_service.labelling.models import FinderMessage
from assets_service.offices.models import NATIONAL


class Step(StrEnum):
    """What can be done with a device in hand; the pages word them."""

    CONFIRM = "confirm"
    RECOVER = "recover"
    LABEL = "label"
    SEND = "send"
    CHECK = "check"
    HOLD = "hold"
    AWAIT = "await"
    LOSE = "lose"


BY_NEED = (Step.CONFIRM, Step.RECOVER, Step.LABEL, Step.SEND, Step.CHECK, Step.HOLD, Step.AWAIT)


class NextSteps(Struct):
    """The one action that this person should take now, and the others that they may."""

    first: Step | None
    others: list[Step]


def next_steps(device: Device, flags: list[str], stamp: Stamp, *, has_label: bool = False) -> NextSteps:
    """What this person can do with the device, the most needed first; `has_label`: one was printed for it.

    Whoever is to confirm, confirms; a lost device in hand is found. Then: a label not yet printed, a shipment not yet
    made, a check that is due, a holder not yet named.
    """
    steps = _possible(device, stamp)
    if _needs_label(device, flags, stamp) and not has_label:
        steps.append(Step.LABEL)
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


def _needs_label(device: Device, flags: list[str], stamp: Stamp) -> bool:
    return {"undelivered", "unlabelled"} <= set(flags) and stamp.may(device.office.path, *REGISTRARS)


def _is_needed(step: Step, device: Device, flags: list[str]) -> bool:
    if step is Step.SEND:
        return "undelivered" in flags and device.office.code == NATIONAL
    if step is Step.CHECK:
        return not {"overdue", "never_checked"}.isdisjoint(flags)
    if step is Step.HOLD:
        return "unassigned" in flags
    return step in {Step.CONFIRM, Step.RECOVER, Step.LABEL, Step.AWAIT}


class Blank(Struct):
    """A label code printed before any device had it."""

    code: str


def resolve(session: Session, label: LabelRef, stamp: Stamp) -> Device | Blank | None:
    """The device if this person may see it; a `Blank` for those who may register; otherwise None."""
    if device := devices.by_label(session, label.code, stamp):
        return device
    if stamp.has(*REGISTRARS) and (found := devices.blank(session, label.code, stamp)):
        return Blank(found.code)
    return None


def open_shipment_id(session: Session, device: Device) -> int | None:
    """The shipment on which the device is packed or on its way."""
    open_line = (ShipmentLine.device_id == device.id) & (ShipmentLine.state == LineState.OPEN)
    return session.scalar(select(ShipmentLine.shipment_id).where(open_line))


def waiting_messages(session: Session, device: Device, stamp: Stamp) -> int:
    """How many messages of finders about this device wait, for those who can take care of them."""
    if not stamp.may(device.office.path, *WRITERS):
        return 0
    waiting = (FinderMessage.device_id == device.id) & FinderMessage.handled_at.is_(None)
    return session.scalar(select(func.count()).select_from(FinderMessage).where(waiting)) or 0


def is_first_scan(device: Device, stamp: Stamp) -> bool:
    """Whether somebody of the office that holds the device is the first to scan it: then its label is attached."""
    is_on_site = device.presence is Presence.PRESENT and stamp.belongs_to(device.office.path)
    return is_on_site and not device.label_attached_at
