"""Packing, sending and calling back. The sender answers for the devices all the while."""

from collections.abc import Sequence

from msgspec import structs
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from assets_service.access.stamp import Role, Stamp
from assets_service.custody import queries
from assets_service.custody.asks import NewShipment, Remark
from assets_service.custody.commands.moving import back, closed, end_of, move
from assets_service.custody.errors import AlreadyArrived, AlreadyCancelled, AlreadySent, CannotBeSent, NotTheSender
from assets_service.custody.events import Cancelled, Drafted, Sent
from assets_service.custody.models import ARRIVED, LineState, Shipment, ShipmentLine, ShipmentState
from assets_service.custody.queries import Packable
from assets_service.devices import queries as devices
from assets_service.devices.models import Device, Presence
from assets_service.kernel import rows
from assets_service.kernel.errors import FieldProblem, Gathering, Invalid, invalid
from assets_service.ledger.commands import record_each
from assets_service.ledger.events import Event
from assets_service.offices.models import Office
from assets_service.offices.queries import addresses, code_named
from assets_service.people import queries as people


def create(session: Session, ask: NewShipment, *, stamp: Stamp) -> Shipment:
    """Pack devices for another office, all or none; `send` puts them on their way at once.

    Without `from_office` the office that answers for the first device sends. Raises `Invalid`, `NotTheSender`, `CannotBeSent`.
    """
    packed, sender, to = _agreed(session, ask, stamp)
    shipment = _packed_shipment(session, ask, sender, to, stamp)
    _add_lines(session, shipment, [each.device for each in packed], ask.accessories)
    if ask.send:
        _leave(session, shipment, stamp)
    told = _sent if ask.send else _drafted
    record_each(session, [(line.device.code, told(shipment, line)) for line in shipment.lines], stamp=stamp)
    return shipment


def _agreed(session: Session, ask: NewShipment, stamp: Stamp) -> tuple[list[Packable], Office, Office]:
    """The devices, their sender and their receiver, if no rule refuses any of them."""
    asked = Gathering()
    to_office = asked.ask(lambda: code_named(session, ask.to_office, "to_office")) or ""
    by = ask.from_office
    from_office = asked.ask(lambda: code_named(session, by, "from_office")) if by else None
    ids = asked.ask(lambda: devices.named_each(session, ask.devices, stamp)) or []
    packed = asked.ask(lambda: queries.packable(session, ask.devices, ids, to_office, stamp)) or []
    first = packed[0] if packed else None
    addresses = asked.ask(lambda: _addresses(session, to_office, from_office, first, stamp)) if to_office else None
    asked.refuse()
    assert addresses, "they were not refused"
    assert packed, "they were not refused"
    to, sender = addresses[0], addresses[1] or packed[0].device.office
    _must_send(stamp, sender)
    if sender.id == to.id:
        asked.add(invalid("to_office", "A shipment goes to another office than the one it comes from."))
    asked.ask(lambda: _refuse_unsendable(packed, sender))
    asked.refuse()
    return packed, sender, to


def _packed_shipment(session: Session, ask: NewShipment, sender: Office, to: Office, stamp: Stamp) -> Shipment:
    shipment: Shipment = rows.add(
        session,
        Shipment,
        {
            "from_id": sender.id,
            "to_id": to.id,
            "purpose": ask.purpose,
            "note": ask.note,
            "state": ShipmentState.SENT if ask.send else ShipmentState.DRAFT,
            "created_at": stamp.at,
            "created_by_id": stamp.actor_id,
            "sent_at": stamp.at if ask.send else None,
            "sent_by_id": stamp.actor_id if ask.send else None,
            "version": 1,
        },
    )
    set_committed_value(shipment, "from_office", sender)
    set_committed_value(shipment, "to_office", to)
    return shipment


def _addresses(
    session: Session, to_office: str, from_office: str | None, first: Packable | None, stamp: Stamp
) -> tuple[Office, Office | None]:
    """The sender and the receiver. Any office may receive; only one in scope may be named as sender. Raises `Invalid`.

    Both were loaded with the first device, unless that cannot be seen or another sender is named.
    """
    if first and (from_office is None or _is_sent_by(first, from_office, stamp)):
        return first.to, first.device.office
    found = addresses(session, {to_office, from_office or to_office})
    problems = []
    if to_office not in found:
        problems.append(FieldProblem("/to_office", "There is no office {code}.", {"code": to_office}))
    sender = found.get(from_office) if from_office else None
    if from_office and not (sender and stamp.may(sender.path, *Role)):
        problems.append(
            FieldProblem("/from_office", "There is no office {code} that you can see.", {"code": from_office})
        )
    if problems:
        raise Invalid(*problems)
    return found[to_office], sender


def _is_sent_by(each: Packable, from_office: str, stamp: Stamp) -> bool:
    return each.device.office.code == from_office and stamp.may(each.device.office.path, *Role)


def _add_lines(session: Session, shipment: Shipment, devices: list[Device], accessories: str | None) -> None:
    lines = rows.add_each(
        session,
        ShipmentLine,
        [
            {
                "shipment_id": shipment.id,
                "device_id": device.id,
                "state": LineState.OPEN,
                "sent_condition": device.condition,
                "accessories": accessories,
                "one_sided": False,
            }
            for device in devices
        ],
    )
    for line, device in zip(lines, devices, strict=True):
        set_committed_value(line, "device", device)
    set_committed_value(shipment, "lines", lines)


def dispatch(session: Session, shipment: Shipment, ask: Remark, *, stamp: Stamp) -> None:
    """Send a draft. Raises `NotTheSender`, `AlreadySent`, `AlreadyCancelled`, `CannotBeSent`."""
    _must_send(stamp, shipment.from_office)
    if shipment.state is ShipmentState.CANCELLED:
        raise AlreadyCancelled(**end_of(session, shipment))
    if shipment.state is not ShipmentState.DRAFT:
        by = people.who_and_when(session, shipment.sent_by_id, shipment.sent_at, shipment.from_office.timezone)
        raise AlreadySent(number=shipment.number, **by)
    waiting = [Packable(line.device, shipment.to_office, None) for line in shipment.lines]
    _refuse_unsendable(waiting, shipment.from_office, are_named=False)
    rows.change(
        session,
        shipment,
        state=ShipmentState.SENT,
        sent_at=stamp.at,
        sent_by_id=stamp.actor_id,
        note=ask.note or shipment.note,
        version=shipment.version + 1,
    )
    rows.change_each(session, [(line, {"sent_condition": line.device.condition}) for line in shipment.lines])
    _leave(session, shipment, stamp)
    record_each(session, [(line.device.code, _sent(shipment, line)) for line in shipment.lines], stamp=stamp)


def _leave(session: Session, shipment: Shipment, stamp: Stamp) -> None:
    """Put the devices on their way; the sender answers for them until the receiver has scanned them."""
    leaving = {
        "presence": Presence.IN_TRANSIT,
        "sent_at": stamp.at,
        "bound_for_id": shipment.to_id,
        "holder_id": None,
    }
    move(session, [(line.device, leaving) for line in shipment.lines], shipment.to_office)


def _sent(shipment: Shipment, line: ShipmentLine) -> Event:
    assert shipment.sent_at is not None, "the devices are on their way"
    return Sent(
        shipment=shipment.number,
        from_office=shipment.from_office.code,
        sent_condition=line.sent_condition,
        accessories=line.accessories,
        purpose=shipment.purpose,
        presence=line.device.presence,
        bound_for=shipment.to_office.code,
        sent_at=shipment.sent_at,
    )


def _drafted(shipment: Shipment, _line: ShipmentLine) -> Event:
    return Drafted(shipment=shipment.number, from_office=shipment.from_office.code, to_office=shipment.to_office.code)


def cancel(session: Session, shipment: Shipment, ask: Remark, *, stamp: Stamp) -> None:
    """Call a shipment back, as long as nothing of it has been received; its devices are present at the sender again.

    Raises `NotTheSender`, `AlreadyCancelled`, `AlreadyArrived`.
    """
    _must_send(stamp, shipment.from_office)
    if shipment.state is ShipmentState.CANCELLED:
        raise AlreadyCancelled(**end_of(session, shipment))
    if shipment.state is ShipmentState.CLOSED or any(line.state in ARRIVED for line in shipment.lines):
        raise AlreadyArrived(number=shipment.number)
    cancelled = {"shipment": shipment.number, "to_office": shipment.to_office.code, "remark": ask.note}
    called_back = [line for line in shipment.lines if line.is_open]
    if shipment.state is ShipmentState.SENT:
        move(session, [(line.device, back(Presence.PRESENT)) for line in called_back])
        cancelled |= {"presence": Presence.PRESENT, "bound_for": None, "sent_at": None}
    rows.change_each(session, [(line, closed(LineState.CANCELLED, stamp)) for line in called_back])
    end = closed(ShipmentState.CANCELLED, stamp)
    rows.change(session, shipment, **end, closing_note=ask.note, version=shipment.version + 1)
    told = Cancelled(**cancelled)  # type: ignore[arg-type]  # the facts above
    record_each(session, [(line.device.code, told) for line in called_back], stamp=stamp)


def _refuse_unsendable(packed: Sequence[Packable], sender: Office, *, are_named: bool = True) -> None:
    """Refuse devices that cannot be sent. Raises `CannotBeSent` naming each, by its field in the body when `are_named`."""
    problems = [
        structs.replace(problem, pointer=f"/devices/{place}" if are_named else "")
        for place, each in enumerate(packed)
        if (problem := _why_unsendable(each, sender))
    ]
    if problems:
        raise CannotBeSent(*problems)


def _why_unsendable(each: Packable, sender: Office) -> FieldProblem | None:
    code = each.device.code
    if each.on is not None:
        return FieldProblem("", "{code} is already on shipment {number}.", {"code": code, "number": each.on})
    if each.device.office_id != sender.id:
        return FieldProblem("", "{code} is not with {office}.", {"code": code, "office": sender.name})
    if each.device.presence is not Presence.PRESENT:
        return FieldProblem("", "{code} is not at its office at the moment.", {"code": code})
    return None


def _must_send(stamp: Stamp, sender: Office) -> None:
    if not queries.may_send(stamp, sender):
        raise NotTheSender(office=sender.name)
