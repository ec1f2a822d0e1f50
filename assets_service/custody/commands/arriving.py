"""The parcel is at its receiver, unopened: the sender answers on until the devices are confirmed one by one."""

from datetime import timedelta

from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.custody import queries
from assets_service.custody.asks import NewArrival
from assets_service.custody.commands.moving import move, not_on_its_way
from assets_service.custody.commands.picturing import attach, named_photos
from assets_service.custody.errors import AlreadyHere, AlreadyOpened
from assets_service.custody.events import Arrived
from assets_service.custody.models import Arrival, Shipment, ShipmentState
from assets_service.kernel import rows
from assets_service.kernel.errors import FieldProblem, Gathering, Invalid
from assets_service.ledger.commands import record_each
from assets_service.people import queries as people

CLOCK_TOLERANCE = timedelta(minutes=5)


def arrive(session: Session, shipment: Shipment, ask: NewArrival, *, stamp: Stamp) -> None:
    """Record that the sealed parcel is here. Raises `NotTheReceiver`, `NotOnItsWay`, `AlreadyHere`, `AlreadyOpened`, `Invalid`."""
    queries.must_receive(stamp, shipment.to_office)
    if shipment.state is not ShipmentState.SENT:
        raise not_on_its_way(shipment)
    if before := queries.arrival(session, shipment.id):
        zone = shipment.to_office.timezone
        raise AlreadyHere(**people.who_and_when(session, before.recorded_by_id, before.recorded_at, zone))
    if not all(line.is_open for line in shipment.lines):
        raise AlreadyOpened(number=shipment.number)
    asked = Gathering()
    asked.ask(lambda: _refuse_time(shipment, ask, stamp))
    photos = asked.ask(lambda: named_photos(session, ask.photos, "/photos", stamp)) or []
    asked.refuse()
    at = min(ask.arrived_at or stamp.seen_at or stamp.at, stamp.at)
    rows.add(
        session,
        Arrival,
        {
            "shipment_id": shipment.id,
            "arrived_at": at,
            "seal_intact": ask.seal_intact,
            "brought_by": ask.brought_by,
            "waybill": ask.waybill,
            "note": ask.note,
            "recorded_at": stamp.at,
            "recorded_by_id": stamp.actor_id,
        },
    )
    attach(session, shipment, photos, stamp=stamp)
    waiting = [line.device for line in shipment.lines]
    move(session, [(device, {"arrived_at": at}) for device in waiting])
    rows.change(session, shipment, version=shipment.version + 1)
    told = Arrived(
        shipment=shipment.number,
        from_office=shipment.from_office.code,
        at_office=shipment.to_office.code,
        arrived_at=at,
        seal_intact=ask.seal_intact,
        waybill=ask.waybill,
        photos=[photo.hash for photo in photos],
        remark=ask.note,
    )
    record_each(session, [(device.code, told) for device in waiting], stamp=stamp)


def _refuse_time(shipment: Shipment, ask: NewArrival, stamp: Stamp) -> None:
    """Refuse a time that has not come, and one before the shipment was sent. Raises `Invalid`."""
    arrived_at = ask.arrived_at or stamp.seen_at
    if arrived_at is None:
        return
    if arrived_at > stamp.at + CLOCK_TOLERANCE:
        raise Invalid(FieldProblem("/arrived_at", "This time has not come yet."))
    if shipment.sent_at and arrived_at < shipment.sent_at - CLOCK_TOLERANCE:
        raise Invalid(FieldProblem("/arrived_at", "It had not been sent yet at that time."))
