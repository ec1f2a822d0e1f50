"""Inside an office: who holds a device, and whether it is lost or found. The office answers for it throughout."""

from typing import NamedTuple

from msgspec import UNSET, structs
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from assets_service.access.stamp import Stamp
from assets_service.custody import queries
from assets_service.custody.asks import HolderCorrection, Loss, NewHolder, NewHolders, Recovery
from assets_service.custody.commands.differences import end
from assets_service.custody.commands.moving import move
from assets_service.custody.errors import (
    AlreadyLost,
    CannotBeHeld,
    NeverHeld,
    NothingToCorrect,
    NotMissing,
    NotPresent,
    OnItsWay,
    OwnMistake,
)
from assets_service.custody.events import Found, Held, HolderCorrected, Lost, Released
from assets_service.custody.models import DifferenceKind, Settlement
from assets_service.devices.errors import Retired
from assets_service.devices.identifiers import grouped
from assets_service.devices.models import Device, Presence
from assets_service.kernel import rows
from assets_service.kernel.errors import FieldProblem, Forbidden, Gathering, invalid
from assets_service.kernel.fields import refuse_misfits
from assets_service.kernel.rows import Values
from assets_service.ledger.commands import record, record_each
from assets_service.ledger.events import Event
from assets_service.people import queries as people
from assets_service.people.models import Person


class Holding(NamedTuple):
    """The devices that one person, or nobody in particular, holds from now on."""

    codes: list[str]
    holder: Person | None


def hold(session: Session, device: Device, ask: NewHolder, *, stamp: Stamp) -> None:
    """Name the person of the answering office who has the device in their hands, or None when it was handed back.

    An office that names a holder for a device that no shipment brought confirms with it that the device is there.
    Naming the same person again changes nothing. Raises `Forbidden`, `NotPresent`, `Invalid`.
    """
    _must_answer(stamp, device)
    if device.presence is not Presence.PRESENT:
        raise NotPresent(code=device.code)
    refuse_misfits(ask)
    holder = people.locked_named(session, ask.person, stamp, "person") if ask.person is not None else None
    if holder and holder.office_id != device.office_id:
        raise invalid("person", "{name} does not belong to {office}.", name=holder.name, office=device.office.name)
    if named := _named(device, holder, ask, stamp):
        rows.change(session, device, **named.values)
        set_committed_value(device, "holder", holder)
        record(session, named.told, subject=device.code, stamp=stamp)


def correct_holder(session: Session, device: Device, ask: HolderCorrection, *, stamp: Stamp) -> None:
    """Name who should have been named as the holder.

    Raises `Forbidden`, `NotPresent`, `NothingToCorrect`, `NeverHeld`, `OwnMistake`, `Invalid`.
    """
    if not queries.may_answer(stamp, device):
        raise Forbidden
    if device.presence is not Presence.PRESENT:
        raise NotPresent(code=device.code)
    holder = people.locked_named(session, ask.person, stamp, "person") if ask.person is not None else None
    if holder and holder.office_id != device.office_id:
        raise invalid("person", "{name} does not belong to {office}.", name=holder.name, office=device.office.name)
    if device.holder_id == ask.person:
        raise NothingToCorrect
    named = queries.holder_named(session, device.code)
    if named is None:
        raise NeverHeld(code=grouped(device.code))
    if stamp.actor_id is not None and named[0] == stamp.actor_id:
        raise OwnMistake
    told = HolderCorrected(holder=ask.person, previous=device.holder_id, reason=ask.reason)
    move(session, [(device, {"holder_id": ask.person})])
    set_committed_value(device, "holder", holder)
    record(session, told, subject=device.code, stamp=stamp)


def hold_each(session: Session, ask: NewHolders, *, stamp: Stamp) -> Holding:
    """Name one holder for several devices, all or none, as `hold` does for one; each device's history has its own entry.

    Raises `Invalid`, `CannotBeHeld` naming every device that stands against it.
    """
    asked = Gathering()
    holder = (
        asked.ask(lambda: people.named(session, ask.person or 0, stamp, "person")) if ask.person is not None else None
    )
    found = asked.ask(lambda: queries.visible(session, ask.devices, stamp))
    asked.refuse()
    assert found, "it was not refused"
    devices = [each.device for each in found]
    problems = [
        structs.replace(problem, pointer=f"/devices/{place}")
        for place, device in enumerate(devices)
        if (problem := _why_not_held(device, holder, stamp))
    ]
    if problems:
        raise CannotBeHeld(*problems)
    named = [
        (device, each) for device in devices if (each := _named(device, holder, NewHolder(person=ask.person), stamp))
    ]
    rows.change_each(session, [(device, each.values) for device, each in named])
    if named:
        record_each(session, [(device.code, each.told) for device, each in named], stamp=stamp)
    return Holding([device.code for device in devices], holder)


class _Named(NamedTuple):
    """A holder as named: the new values of the device, and the event for its history."""

    values: Values
    told: Event


def _named(device: Device, holder: Person | None, ask: NewHolder, stamp: Stamp) -> _Named | None:
    """What naming this holder changes; None when the device is held so already."""
    previous = device.holder_id
    if previous == (holder.id if holder else None):
        return None
    values: dict[str, object] = {"holder_id": holder.id if holder else None, "version": device.version + 1}
    if holder is None:
        assert previous is not None, "somebody held it"
        stated = {"condition": ask.condition} if ask.condition else {}
        released = Released(previous=previous, remark=ask.note or UNSET, condition=ask.condition or UNSET)
        return _Named(values | stated, released)
    held = Held(holder=holder.id, previous=previous, position=ask.position or holder.title or UNSET)
    if device.received_at is None and stamp.belongs_to(device.office.path):
        return _Named(values | {"received_at": stamp.at}, structs.replace(held, received_at=stamp.at))
    return _Named(values, held)


def _why_not_held(device: Device, holder: Person | None, stamp: Stamp) -> FieldProblem | None:
    if not queries.may_answer(stamp, device):
        return FieldProblem("", "{code}: you are not allowed to do this.", {"code": device.code})
    if device.presence is not Presence.PRESENT:
        return FieldProblem("", NotPresent.message, {"code": device.code})
    if holder and holder.office_id != device.office_id:
        facts: dict[str, object] = {"code": device.code, "name": holder.name, "office": device.office.name}
        return FieldProblem("", "{code} is at {office}, and {name} does not belong to it.", facts)
    return None


def report_loss(session: Session, device: Device, ask: Loss, *, stamp: Stamp) -> None:
    """Record that the device is lost; office and holder answer for it until the decree.

    By somebody who may settle it, this settles the difference that its absence opened. Raises `Forbidden`, `Retired`, `OnItsWay`, `AlreadyLost`.
    """
    _must_answer(stamp, device)
    if device.presence is Presence.WRITTEN_OFF:
        raise Retired(code=device.code)
    if device.presence is Presence.IN_TRANSIT:
        raise OnItsWay(code=device.code)
    if device.presence is Presence.LOST:
        raise AlreadyLost(code=device.code)
    settled = _settle(session, device, Settlement.LOST, ask.reason, stamp)
    device.presence = Presence.LOST
    device.version += 1
    lost = Lost(reason=ask.reason, report_no=ask.report_no, presence=device.presence, shipment=settled)
    record(session, lost, subject=device.code, stamp=stamp)


def report_found(session: Session, device: Device, ask: Recovery, *, stamp: Stamp) -> None:
    """Record that a lost or missing device is there again, at the office that answers.

    By somebody who may settle it, this settles the difference that its absence opened. Raises `Forbidden`, `NotMissing`.
    """
    _must_answer(stamp, device)
    if device.presence not in {Presence.LOST, Presence.NOT_FOUND}:
        raise NotMissing(code=device.code)
    settled = _settle(session, device, Settlement.FOUND, ask.note, stamp)
    device.presence = Presence.PRESENT
    device.version += 1
    record(
        session, Found(remark=ask.note, presence=device.presence, shipment=settled), subject=device.code, stamp=stamp
    )


def _settle(session: Session, device: Device, outcome: Settlement, reason: str | None, stamp: Stamp) -> str | None:
    """Settle the difference that the device's absence opened, by somebody who may; the number of its shipment, or None.

    Whoever packed, sent or received it reports what they know of the device; the difference waits for somebody else.
    """
    if device.presence is not Presence.NOT_FOUND:
        return None
    for found in queries.open_of(session, [device.id], DifferenceKind.SHORT):
        if queries.may_settle(session, found.shipment, stamp):
            end(session, found, outcome, found.reason or "other", reason, stamp=stamp)
            return found.shipment.number
    return None


def _must_answer(stamp: Stamp, device: Device) -> None:
    if not queries.may_answer(stamp, device):
        raise Forbidden
