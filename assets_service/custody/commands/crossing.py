"""What a settlement moves: an extra goes over to the office in whose box it lay, what came damaged is packed to go back."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from assets_service.access.stamp import Stamp
from assets_service.custody import queries
from assets_service.custody.asks import NewShipment
from assets_service.custody.commands.moving import NO_WAY, move
from assets_service.custody.commands.sending import create
from assets_service.custody.errors import CannotBeReturned, CannotBeSent, CannotBeTransferred
from assets_service.custody.events import Received, Sent
from assets_service.custody.models import Difference, LineState, Movement, Shipment, ShipmentLine, ShipmentState
from assets_service.devices.identifiers import grouped
from assets_service.devices.models import Device, Presence
from assets_service.kernel import rows
from assets_service.kernel.errors import Msgid
from assets_service.ledger.events import Event
from assets_service.schedules import queries as schedules
from assets_service.web.language import phrase

_WHY_NOT = {
    Presence.IN_TRANSIT: phrase(
        "it is on its way with another shipment, whose receiver says first that it is not in the box."
    ),
    Presence.LOST: phrase("it is reported lost. Record first that it was found."),
    Presence.WRITTEN_OFF: phrase("it was written off."),
}


def take_over(session: Session, found: Difference, *, stamp: Stamp) -> list[tuple[str, Event]]:
    """Let the receiver answer for the extra, who scanned it when the box was opened; returns what is told of it.

    The stamp needs rights at the office that answers for the device so far. Raises `CannotBeTransferred`.
    """
    one = select(Device).where(Device.id == found.device_id).options(joinedload(Device.office))
    device = session.scalars(one.execution_options(populate_existing=True)).one()
    to = found.shipment.to_office
    if not queries.may_answer(stamp, device):
        raise CannotBeTransferred(
            code=found.code_read, why=Msgid(phrase("you have no rights at the office that answers for it."))
        )
    if device.office_id == to.id:
        raise CannotBeTransferred(code=device.code, why=Msgid(phrase("it is the receiver's already.")))
    if device.presence in _WHY_NOT:
        raise CannotBeTransferred(code=device.code, why=Msgid(_WHY_NOT[device.presence]))
    shipment = _shipment(session, found, device, stamp)
    due_on = schedules.first_due(session, to, stamp.at)
    move(session, [(device, _values(shipment, device, due_on, stamp))], to)
    sent = Sent(
        shipment=shipment.number,
        from_office=shipment.from_office.code,
        sent_condition=device.condition,
        accessories=None,
        purpose=shipment.purpose,
        presence=Presence.IN_TRANSIT,
        bound_for=to.code,
        sent_at=stamp.at,
    )
    received = Received(
        shipment=shipment.number,
        from_office=shipment.from_office.code,
        office=to.code,
        presence=Presence.PRESENT,
        received_at=stamp.at,
        received_by=stamp.actor_id,
        handover=shipment.number,
        check_due_on=due_on,
        condition=device.condition,
        one_sided=False,
    )
    return [(device.code, sent), (device.code, received)]


def send_back(session: Session, found: Difference, *, stamp: Stamp) -> Shipment:
    """Pack what came damaged for its sender, as a draft that its receiver sends. Raises `CannotBeReturned`."""
    came = found.shipment
    ask = NewShipment(
        to_office=came.from_office.code,
        from_office=came.to_office.code,
        devices=[f"/d/{found.code_read}"],  # as an address it is nobody's serial number
        purpose=came.number,
    )
    try:
        return create(session, ask, stamp=stamp)
    except CannotBeSent as refusal:
        (problem,) = refusal.problems
        why = problem.facts | {"code": grouped(found.code_read), "why": Msgid(problem.message)}
        raise CannotBeReturned(**why) from None


def _shipment(session: Session, found: Difference, device: Device, stamp: Stamp) -> Shipment:
    """A shipment that was sent and received at once, since the device is at its receiver already."""
    ends = {"created_at": stamp.at, "created_by_id": stamp.actor_id, "sent_at": stamp.at, "sent_by_id": stamp.actor_id}
    ended = {"closed_at": stamp.at, "closed_by_id": stamp.actor_id}
    shipment = rows.add(
        session,
        Shipment,
        {
            "from_id": device.office_id,
            "to_id": found.shipment.to_id,
            "movement": Movement.DISTRIBUTION,
            "purpose": found.shipment.number,
            "state": ShipmentState.CLOSED,
            "version": 1,
            **ends,
            **ended,
        },
    )
    set_committed_value(shipment, "from_office", device.office)
    set_committed_value(shipment, "to_office", found.shipment.to_office)
    line = {
        "shipment_id": shipment.id,
        "device_id": device.id,
        "state": LineState.RECEIVED,
        "sent_condition": device.condition,
        "one_sided": False,
        **ended,
    }
    rows.add(session, ShipmentLine, line)
    return shipment


def _values(shipment: Shipment, device: Device, due_on: object, stamp: Stamp) -> dict[str, object]:
    return NO_WAY | {
        "presence": Presence.PRESENT,
        "office_id": shipment.to_id,
        "holder_id": None,
        "received_at": stamp.at,
        "check_due_on": due_on,
        "one_sided": False,
        "condition": device.condition,
    }
