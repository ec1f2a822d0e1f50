"""Packing, sending and calling back. The sender answers for the devices all the while."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from msgspec import UNSET, structs
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from assets_service.access.stamp import Role, Stamp
from assets_service.custody import queries
from assets_service.custody.asks import NewShipment, Remark
from assets_service.custody.commands.days import impossible_days
from assets_service.custody.commands.moving import back, closed, end_of, move, off_its_way
from assets_service.custody.errors import AlreadyArrived, AlreadyCancelled, AlreadySent, CannotBeSent, NotTheSender
from assets_service.custody.events import Cancelled, Drafted, Sent
from assets_service.custody.models import ARRIVED, LineState, Movement, Shipment, ShipmentLine, ShipmentState
from assets_service.custody.queries import Packable
from assets_service.devices import queries as devices
from assets_service.devices.models import Device, Kind, Presence
from assets_service.kernel import rows
from assets_service.kernel.clock import local_date
from assets_service.kernel.errors import FieldProblem, Gathering, Invalid, invalid
from assets_service.kernel.fields import refuse_misfits
from assets_service.kernel.rows import Values
from assets_service.ledger.commands import record_each
from assets_service.ledger.events import Event
from assets_service.offices.models import Office
from assets_service.offices.queries import addresses, code_named
from assets_service.people import queries as people

CONSIGNMENT = ("courier", "waybill", "parcels", "weight_g", "seal_no", "return_on")  # what is said of the parcels


def create(session: Session, ask: NewShipment, *, stamp: Stamp) -> Shipment:
    """Pack devices for another office, all or none; `send` puts them on their way at once.

    Without `from_office` the office that answers for the first device sends. Raises `Invalid`, `NotTheSender`, `CannotBeSent`.
    """
    packed, sender, to = _agreed(session, ask, stamp)
    shipment = _packed_shipment(session, ask, sender, to, stamp)
    _add_lines(session, shipment, [(each.device, ask.accessories) for each in packed])
    if ask.send:
        _leave(session, shipment, stamp)
    told = _sent if ask.send else drafted
    record_each(session, [(line.device.code, told(shipment, line)) for line in shipment.lines], stamp=stamp)
    return shipment


def _agreed(session: Session, ask: NewShipment, stamp: Stamp) -> tuple[list[Packable], Office, Office]:
    """The devices, their sender and their receiver, if no rule refuses any of them."""
    asked = Gathering()
    to_office = asked.ask(lambda: code_named(session, ask.to_office, "to_office")) or ""
    by = ask.from_office
    from_office = asked.ask(lambda: code_named(session, by, "from_office")) if by else None
    ids = asked.ask(lambda: devices.named_each(session, ask.devices, stamp)) or []
    asked.ask(lambda: refuse_misfits(ask))
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
    asked.ask(lambda: _refuse_days(ask, sender, to, stamp))
    asked.ask(lambda: refuse_accessories(session, ask.accessories, {each.device.kind for each in packed}))
    asked.ask(lambda: _refuse_movement(ask.movement, packed, to))
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
            "movement": ask.movement,
            "purpose": ask.purpose,
            "note": ask.note,
            **{name: getattr(ask, name) for name in CONSIGNMENT},
            "expected_on": ask.expected_on or (_expected(session, sender, to, stamp) if ask.send else None),
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


def _add_lines(session: Session, shipment: Shipment, packed: Sequence[tuple[Device, list[str]]]) -> None:
    lines = rows.add_each(session, ShipmentLine, [line_values(shipment, device, codes) for device, codes in packed])
    for line, (device, _) in zip(lines, packed, strict=True):
        set_committed_value(line, "device", device)
    set_committed_value(shipment, "lines", lines)


def line_values(shipment: Shipment, device: Device, accessories: list[str]) -> Values:
    """The values of an open line."""
    return {
        "shipment_id": shipment.id,
        "device_id": device.id,
        "state": LineState.OPEN,
        "sent_condition": device.condition,
        "packed": accessories,
        "one_sided": False,
    }


def _expected(session: Session, sender: Office, to: Office, stamp: Stamp) -> date:
    return queries.expected_day(session, sender, to, local_date(stamp.at, to.timezone))


def _refuse_days(ask: NewShipment, sender: Office, to: Office, stamp: Stamp) -> None:
    """Refuse days that cannot be. Raises `Invalid`."""
    if problems := impossible_days(sender, to, stamp, expected_on=ask.expected_on, return_on=ask.return_on):
        raise Invalid(*problems)


def refuse_accessories(session: Session, codes: Sequence[str], kinds: Collection[Kind]) -> None:
    """Refuse accessories that no device of these kinds has, or that are named twice. Raises `Invalid`."""
    if not codes:
        return
    offered = queries.accessories(session)
    known = {row.code for kind in kinds for row in offered[kind]}
    problems = [
        FieldProblem(f"/accessories/{place}", "There is no accessory {code} for these devices.", {"code": code})
        for place, code in enumerate(codes)
        if code not in known
    ] + named_twice(codes)
    if problems:
        raise Invalid(*problems)


def named_twice(codes: Sequence[str]) -> list[FieldProblem]:
    """The problems of accessories that stand in one list twice."""
    return [
        FieldProblem(f"/accessories/{place}", "{code} is listed twice.", {"code": code})
        for place, code in enumerate(codes)
        if code in codes[:place]
    ]


def _refuse_movement(movement: Movement, packed: Sequence[Packable], to: Office) -> None:
    """Refuse a movement between books that changes none, and a loan of what is lent already. Raises `Invalid`, `CannotBeSent`."""
    if movement is Movement.TRANSFER and to.uakpb is None:
        raise invalid("movement", "{office} is no recording unit that could take them into its books.", office=to.name)
    lent = [(place, each.device) for place, each in enumerate(packed) if each.device.return_due_on]
    if movement is not Movement.DISTRIBUTION and lent:
        raise CannotBeSent(
            *(
                FieldProblem(f"/devices/{place}", "{code} is lent itself and goes back first.", {"code": device.code})
                for place, device in lent
            )
        )


def dispatch(session: Session, shipment: Shipment, ask: Remark, *, stamp: Stamp) -> None:
    """Send a draft. Raises `NotTheSender`, `AlreadySent`, `AlreadyCancelled`, `CannotBeSent`."""
    _must_send(stamp, shipment.from_office)
    record_each(session, depart(session, shipment, ask.note, stamp), stamp=stamp)


def depart(session: Session, shipment: Shipment, note: str | None, stamp: Stamp) -> list[tuple[str, Event]]:
    """Put a draft on its way; returns what is told of it. Raises as `dispatch`."""
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
        note=note or shipment.note,
        expected_on=_still_to_come(session, shipment, stamp),
        version=shipment.version + 1,
    )
    rows.change_each(session, [(line, {"sent_condition": line.device.condition}) for line in shipment.lines])
    _leave(session, shipment, stamp)
    return [(line.device.code, _sent(shipment, line)) for line in shipment.lines]


def _still_to_come(session: Session, shipment: Shipment, stamp: Stamp) -> date:
    """The day that was planned for its arrival, unless that is over or none was."""
    today = local_date(stamp.at, shipment.to_office.timezone)
    if shipment.expected_on and shipment.expected_on >= today:
        return shipment.expected_on
    return queries.expected_day(session, shipment.from_office, shipment.to_office, today)


def _leave(session: Session, shipment: Shipment, stamp: Stamp) -> None:
    """Put the devices on their way; the sender answers for them until the receiver has scanned them."""
    leaving = {
        "presence": Presence.IN_TRANSIT,
        "sent_at": stamp.at,
        "bound_for_id": shipment.to_id,
        "expected_on": shipment.expected_on,
        "arrived_at": None,
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
        packed=line.packed or UNSET,
        purpose=shipment.purpose,
        movement=UNSET if shipment.movement is Movement.DISTRIBUTION else shipment.movement,
        **{name: value for name in CONSIGNMENT if (value := getattr(shipment, name)) is not None},
        presence=line.device.presence,
        bound_for=shipment.to_office.code,
        sent_at=shipment.sent_at,
        expected_on=shipment.expected_on or UNSET,
    )


def drafted(shipment: Shipment, _line: ShipmentLine) -> Event:
    return Drafted(shipment=shipment.number, from_office=shipment.from_office.code, to_office=shipment.to_office.code)


def cancel(session: Session, shipment: Shipment, ask: Remark, *, stamp: Stamp) -> None:
    """Call a shipment back, as long as nothing of it has been received; its devices are present at the sender again.

    Raises `NotTheSender`, `AlreadyCancelled`, `AlreadyArrived`.
    """
    _must_send(stamp, shipment.from_office)
    if shipment.state is ShipmentState.CANCELLED:
        raise AlreadyCancelled(**end_of(session, shipment))
    confirmed = next((line for line in shipment.lines if line.state in ARRIVED), None)
    if confirmed or shipment.state is ShipmentState.CLOSED:
        raise AlreadyArrived(**end_of(session, shipment, confirmed))
    record_each(session, call_back(session, shipment, ask.note, stamp), stamp=stamp)


def call_back(session: Session, shipment: Shipment, note: str | None, stamp: Stamp) -> list[tuple[str, Event]]:
    """Cancel what is still open of a shipment; returns what is told of it."""
    cancelled = {"shipment": shipment.number, "to_office": shipment.to_office.code, "remark": note}
    called_back = [line for line in shipment.lines if line.is_open]
    was_sent = shipment.state is ShipmentState.SENT
    told: list[tuple[str, Event]] = [
        (line.device.code, Cancelled(**cancelled | _back_here(line, was_sent=was_sent))) for line in called_back
    ]
    if was_sent:
        move(session, [(line.device, back(Presence.PRESENT)) for line in called_back])
    rows.change_each(session, [(line, closed(LineState.CANCELLED, stamp)) for line in called_back])
    end = closed(ShipmentState.CANCELLED, stamp)
    rows.change(session, shipment, **end, closing_note=note, version=shipment.version + 1)
    return told


def _back_here(line: ShipmentLine, *, was_sent: bool) -> dict[str, Any]:
    """The facts of a device that is called back; of one that never left there are none."""
    if not was_sent:
        return {}
    return {"presence": Presence.PRESENT, "bound_for": None, "sent_at": None} | off_its_way(line.device)


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
