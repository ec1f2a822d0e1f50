"""A shipment on its way: what either side hears of it, and what was mistaken about it."""

from typing import Any

from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.custody import queries
from assets_service.custody.asks import AmendShipment, NewTrackingNote
from assets_service.custody.commands.days import impossible_days
from assets_service.custody.commands.moving import move, not_on_its_way
from assets_service.custody.commands.visiting import subject
from assets_service.custody.errors import NothingToCorrect, NotTheSender, OwnMistake
from assets_service.custody.events import ShipmentCorrected, Tracked
from assets_service.custody.models import (
    ARRIVED,
    Movement,
    Shipment,
    ShipmentState,
    TrackingNote,
)
from assets_service.kernel import rows
from assets_service.kernel.errors import Forbidden, Invalid, invalid
from assets_service.kernel.fields import changes
from assets_service.ledger.commands import record, record_each


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
