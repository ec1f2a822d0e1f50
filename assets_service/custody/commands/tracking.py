"""The way of a shipment: what either side hears of it, how long a route may take, and what can be chosen from."""

from functools import partial
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from assets_service.access.stamp import ADMINS, REGISTRARS, Stamp
from assets_service.custody import queries
from assets_service.custody.asks import AmendShipment, NewAccessory, NewReason, NewRoute, NewTrackingNote
from assets_service.custody.commands.days import impossible_days
from assets_service.custody.commands.moving import move, not_on_its_way
from assets_service.custody.commands.visiting import subject
from assets_service.custody.errors import NothingToCorrect, NotTheSender, OwnMistake
from assets_service.custody.events import AccessorySaved, ReasonSaved, RouteSet, ShipmentCorrected, Tracked
from assets_service.custody.models import (
    ARRIVED,
    Accessory,
    DifferenceReason,
    Movement,
    Route,
    Shipment,
    ShipmentState,
    TrackingNote,
)
from assets_service.kernel import rows
from assets_service.kernel.errors import Forbidden, Gathering, Invalid, invalid
from assets_service.kernel.fields import changes, refuse_misfits
from assets_service.ledger.commands import lock_chain, record, record_each
from assets_service.offices.models import Office
from assets_service.offices.queries import any_named, named

_TOP = "/00/"
POSITIONS = 10  # between two entries of a list


def note(session: Session, shipment: Shipment, ask: NewTrackingNote, *, stamp: Stamp) -> None:
    """Write down what either side heard of a shipment on its way. Raises `Forbidden`, `NotOnItsWay`."""
    if not (queries.may_send(stamp, shipment.from_office) or queries.may_send(stamp, shipment.to_office)):
        raise Forbidden
    if shipment.state is not ShipmentState.SENT:
        raise not_on_its_way(shipment)
    session.add(TrackingNote(shipment_id=shipment.id, at=stamp.at, by_id=stamp.actor_id, note=ask.note))
    session.flush()
    record(session, Tracked(shipment=shipment.number, remark=ask.note), subject=subject(shipment), stamp=stamp)


def correct_shipment(session: Session, shipment: Shipment, ask: AmendShipment, *, stamp: Stamp) -> None:
    """Correct what was said of a shipment on its way, for each of its devices.

    Raises `NotTheSender`, `NotOnItsWay`, `OwnMistake`, `NothingToCorrect`, `Invalid`.
    """
    if not queries.may_send(stamp, shipment.from_office):
        raise NotTheSender(office=shipment.from_office.name)
    if shipment.state is not ShipmentState.SENT:
        raise not_on_its_way(shipment)
    if stamp.actor_id is not None and stamp.actor_id == shipment.sent_by_id:
        raise OwnMistake
    said = {name: value for name, value in changes(ask).items() if name != "reason"}
    changed = {name: value for name, value in said.items() if getattr(shipment, name) != value}
    if not changed:
        raise NothingToCorrect
    _refuse_days(shipment, changed, stamp)
    rows.change(session, shipment, **changed, version=shipment.version + 1)
    waiting = [line.device for line in shipment.lines if line.is_open]
    if "expected_on" in changed:
        move(session, [(device, {"expected_on": changed["expected_on"]}) for device in waiting])
    told = ShipmentCorrected(shipment=shipment.number, reason=ask.reason, **changed)
    record_each(session, [(line.device.code, told) for line in shipment.lines], stamp=stamp)


def _refuse_days(shipment: Shipment, changed: dict[str, Any], stamp: Stamp) -> None:
    """Refuse days that cannot be, a day of return without a loan, and one of loans that have begun. Raises `Invalid`."""
    if "return_on" in changed:
        if shipment.movement is not Movement.LOAN:
            raise invalid("return_on", "Only a loan has a day of return.")
        if any(line.state in ARRIVED for line in shipment.lines):
            raise invalid("return_on", "Some of it is lent already: its day of return stands.")
    days = {name: changed[name] for name in ("expected_on", "return_on") if name in changed}
    if problems := impossible_days(shipment.from_office, shipment.to_office, stamp, **days):
        raise Invalid(*problems)


def set_route(session: Session, ask: NewRoute, *, stamp: Stamp) -> Route:
    """Say how many days a parcel may take; it counts for what is sent from now on. Raises `Forbidden`, `Invalid`."""
    refuse_misfits(ask)
    asked = Gathering()
    sender = asked.ask(partial(named, session, ask.from_office, stamp, "from_office")) if ask.from_office else None
    to = asked.ask(partial(any_named, session, ask.to_office, "to_office")) if ask.to_office else None
    asked.refuse()
    if not stamp.may(sender.path if sender else _TOP, *(REGISTRARS if sender else ADMINS)):
        raise Forbidden
    name = _name(sender, to)
    lock_chain(session, name)  # two who set the same route at once do it one after the other
    found = queries.route(session, sender.id if sender else None, to.id if to else None)
    if found and found.days == ask.days:
        return _with_offices(found, sender, to)
    if found is None:
        found = Route(from_id=sender.id if sender else None, to_id=to.id if to else None)
        session.add(found)
    found.days, found.set_at, found.set_by_id = ask.days, stamp.at, stamp.actor_id
    session.flush()
    told = RouteSet(from_office=sender.code if sender else None, to_office=to.code if to else None, days=ask.days)
    record(session, told, subject=name, stamp=stamp)
    return _with_offices(found, sender, to)


def _name(sender: Office | None, to: Office | None) -> str:
    return f"route/{sender.code}-{to.code}" if sender and to else "route/any"


def _with_offices(found: Route, sender: Office | None, to: Office | None) -> Route:
    set_committed_value(found, "from_office", sender)
    set_committed_value(found, "to_office", to)
    return found


def save_accessory(session: Session, found: Accessory, ask: NewAccessory, *, stamp: Stamp) -> None:
    """Save what may be packed with a device of a kind; the same again changes nothing. Raises `Forbidden`, `Invalid`."""
    _must_edit(stamp, found.code)
    if found.position >= 0 and (found.name, found.is_offered) == (ask.name, ask.offered):
        return
    found.name, found.is_offered = ask.name, ask.offered
    if found.position < 0:
        found.position = queries.last_place(session, Accessory) + POSITIONS
        session.add(found)
    session.flush()
    told = AccessorySaved(device_kind=found.kind, code=found.code, name=found.name, offered=found.is_offered)
    record(session, told, subject="list/accessories", stamp=stamp)


def save_reason(session: Session, found: DifferenceReason, ask: NewReason, *, stamp: Stamp) -> None:
    """Save why something may differ; the same again changes nothing. Raises `Forbidden`, `Invalid`."""
    _must_edit(stamp, found.code)
    said = (ask.name, list(ask.fits), ask.needs_note, ask.offered)
    if found.position >= 0 and said == (found.name, found.fits, found.needs_note, found.is_offered):
        return
    found.name, found.fits, found.needs_note, found.is_offered = ask.name, list(ask.fits), ask.needs_note, ask.offered
    if found.position < 0:
        found.position = queries.last_place(session, DifferenceReason) + POSITIONS
        session.add(found)
    session.flush()
    told = ReasonSaved(
        code=found.code, name=found.name, fits=found.fits, needs_note=found.needs_note, offered=found.is_offered
    )
    record(session, told, subject="list/reasons", stamp=stamp)


def _must_edit(stamp: Stamp, code: str) -> None:
    """Refuse who may not edit the country's lists, and a code that is no word. Raises `Forbidden`, `Invalid`."""
    if not stamp.may(_TOP, *ADMINS):
        raise Forbidden
    if not (code.isascii() and code.replace("_", "").isalnum() and code == code.lower() and len(code) <= 40):  # noqa: PLR2004 - the column's width
        raise invalid("code", "Write the code in small letters, digits and underscores.")
