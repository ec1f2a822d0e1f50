"""Every write of custody: the only ones that say who answers for a device.

The rows of one act are locked in one order everywhere (shipment, devices by id, ledger chains by code), so that two
acts may wait for each other but never in a circle.
"""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct, structs
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from assets_service.custody import queries
from assets_service.custody.errors import (
    AlreadyArrived,
    AlreadyCancelled,
    AlreadyConfirmed,
    AlreadyLost,
    AlreadySent,
    CannotBeSent,
    FindingResolved,
    NotMissing,
    NotPresent,
    NotSentYet,
    NotTheReceiver,
    NotTheSender,
    OnItsWay,
)
from assets_service.custody.events import (
    Cancelled,
    Declined,
    Drafted,
    Extra,
    ExtraResolved,
    Found,
    Held,
    Lost,
    Received,
    ReceivedWithNotes,
    Released,
    Sent,
    Short,
)
from assets_service.custody.models import (
    ARRIVED,
    CODE_READ_MAX,
    Finding,
    FindingKind,
    LineState,
    Resolution,
    Shipment,
    ShipmentLine,
    ShipmentState,
)
from assets_service.custody.queries import Packable
from assets_service.devices.errors import Retired
from assets_service.devices.identifiers import named_twice, no_such_device
from assets_service.devices.models import Condition, Device, Presence
from assets_service.kernel import rows
from assets_service.kernel.errors import FieldProblem, Forbidden, Gathering, Invalid, invalid
from assets_service.kernel.rows import Values
from assets_service.ledger.commands import record, record_each
from assets_service.ledger.events import Event
from assets_service.ledger.stamp import WRITERS, Role, Stamp
from assets_service.offices.models import NATIONAL, Office
from assets_service.people import queries as people

_DAMAGED = (Condition.LIGHT, Condition.HEAVY)


# Sending ---------------------------------------------------------------------------------------------------------


def create(
    session: Session,
    *,
    to_office: str,
    devices: list[str],
    stamp: Stamp,
    from_office: str | None = None,
    purpose: str | None = None,
    note: str | None = None,
    accessories: str | None = None,
    send: bool = False,
) -> Shipment:
    """Pack devices (by label code) for another office; `send` puts them on their way at once.

    Left out, `from_office` is the one that answers for the first device. All devices or none.
    Raises `Invalid`, `NotTheSender`, `CannotBeSent`.
    """
    asked = Gathering()
    wanted = queries.read_each(devices)
    found = queries.packable(session, [code for code in wanted if code], to_office, stamp)
    addresses = asked.ask(lambda: _addresses(session, to_office, from_office, found.get(wanted[0] or ""), stamp))
    packed = asked.ask(lambda: _packed(devices, wanted, found) if addresses else visible(session, devices, stamp))
    asked.refuse()
    assert addresses, "they were not refused"
    assert packed, "they were not refused"
    to, sender = addresses[0], addresses[1] or packed[0].device.office
    _must_send(stamp, sender)
    if sender.id == to.id:
        asked.add(invalid("to_office", "A shipment goes to another office than the one it comes from."))
    asked.ask(lambda: _refuse_unsendable(packed, sender))
    asked.refuse()
    shipment: Shipment = rows.add(
        session,
        Shipment,
        {
            "from_id": sender.id,
            "to_id": to.id,
            "purpose": purpose,
            "note": note,
            "state": ShipmentState.SENT if send else ShipmentState.DRAFT,
            "created_at": stamp.at,
            "created_by_id": stamp.actor_id,
            "sent_at": stamp.at if send else None,
            "sent_by_id": stamp.actor_id if send else None,
            "version": 1,
        },
    )
    set_committed_value(shipment, "from_office", sender)
    set_committed_value(shipment, "to_office", to)
    _add_lines(session, shipment, [each.device for each in packed], accessories)
    if send:
        _leave(session, shipment, stamp)
    told = _sent if send else _drafted
    record_each(session, [(line.device.code, told(shipment, line)) for line in shipment.lines], stamp=stamp)
    return shipment


def _addresses(
    session: Session, to_office: str, from_office: str | None, first: Packable | None, stamp: Stamp
) -> tuple[Office, Office | None]:
    """Any office of the roster may receive; only one in scope may be named as the sender. Raises `Invalid`.

    Both came along with the first device, unless it cannot be seen or another sender is named.
    """
    if first and (from_office is None or _is_sent_by(first, from_office, stamp)):
        return first.to, first.device.office
    found = queries.addresses(session, {to_office, from_office or to_office})
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
            }
            for device in devices
        ],
    )
    for line, device in zip(lines, devices, strict=True):
        set_committed_value(line, "device", device)
    set_committed_value(shipment, "lines", lines)


def dispatch(session: Session, shipment: Shipment, *, stamp: Stamp, note: str | None = None) -> None:
    """A draft goes on its way. Raises `NotTheSender`, `AlreadySent`, `AlreadyCancelled`, `CannotBeSent`."""
    _must_send(stamp, shipment.from_office)
    if shipment.state is ShipmentState.CANCELLED:
        raise AlreadyCancelled(**_end_of(session, shipment))
    if shipment.state is not ShipmentState.DRAFT:
        by = queries.who_and_when(session, shipment.sent_by_id, shipment.sent_at, shipment.from_office.timezone)
        raise AlreadySent(number=shipment.number, **by)
    _refuse_unsendable(
        [Packable(line.device, shipment.to_office, None) for line in shipment.lines], shipment.from_office
    )
    rows.change(
        session,
        shipment,
        state=ShipmentState.SENT,
        sent_at=stamp.at,
        sent_by_id=stamp.actor_id,
        note=note or shipment.note,
        version=shipment.version + 1,
    )
    rows.change_each(session, [(line, {"sent_condition": line.device.condition}) for line in shipment.lines])
    _leave(session, shipment, stamp)
    record_each(session, [(line.device.code, _sent(shipment, line)) for line in shipment.lines], stamp=stamp)


def _leave(session: Session, shipment: Shipment, stamp: Stamp) -> None:
    """The devices leave the shelf; the sender answers for them until the receiver has scanned them."""
    leaving = {
        "presence": Presence.IN_TRANSIT,
        "sent_at": stamp.at,
        "bound_for_id": shipment.to_id,
        "holder_id": None,
    }
    _move(session, [(line.device, leaving) for line in shipment.lines], shipment.to_office)


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


def _move(session: Session, moves: Sequence[tuple[Device, Values]], to: Office | None = None) -> None:
    """Write who answers for each device and where it is; `to` is the office that these values newly name, if any."""
    rows.change_each(session, [(device, {**values, "version": device.version + 1}) for device, values in moves])
    for device, values in moves:
        for relation in ("office", "bound_for", "holder"):
            if f"{relation}_id" in values and relation in device.__dict__:
                set_committed_value(device, relation, to if values[f"{relation}_id"] else None)


def visible(session: Session, devices: list[str], stamp: Stamp) -> list[Packable]:
    """The devices a body names, wherever they are to go. Raises `Invalid` naming each that cannot be seen or stands twice."""
    wanted = queries.read_each(devices)
    return _packed(devices, wanted, queries.packable(session, [code for code in wanted if code], NATIONAL, stamp))


def _packed(codes: list[str], wanted: list[str | None], found: dict[str, Packable]) -> list[Packable]:
    """The devices a body names, in its order. Raises `Invalid` naming each that cannot be seen or stands twice."""
    packed: list[Packable] = []
    problems: list[FieldProblem] = []
    seen: set[int] = set()
    for place, code in enumerate(wanted):
        each = found.get(code or "")
        if each is None:
            problems.append(no_such_device(codes, place))
        elif each.device.id in seen:
            problems.append(named_twice(codes, place))
        else:
            seen.add(each.device.id)
            packed.append(each)
    if problems:
        raise Invalid(*problems)
    return packed


def _refuse_unsendable(packed: Sequence[Packable], sender: Office) -> None:
    """Raises `CannotBeSent` naming every device that stands against it."""
    problems = [
        structs.replace(problem, pointer=f"/devices/{place}")
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


def may_send(stamp: Stamp, sender: Office) -> bool:
    return stamp.may(sender.path, *WRITERS)


def _must_send(stamp: Stamp, sender: Office) -> None:
    if not may_send(stamp, sender):
        raise NotTheSender(office=sender.name)


def cancel(session: Session, shipment: Shipment, *, stamp: Stamp, note: str | None = None) -> None:
    """The sender calls it back, as long as nothing of it has been received; what was on its way is present again.

    Raises `NotTheSender`, `AlreadyCancelled`, `AlreadyArrived`.
    """
    _must_send(stamp, shipment.from_office)
    if shipment.state is ShipmentState.CANCELLED:
        raise AlreadyCancelled(**_end_of(session, shipment))
    if shipment.state is ShipmentState.CLOSED or any(line.state in ARRIVED for line in shipment.lines):
        raise AlreadyArrived(number=shipment.number)
    cancelled = {"shipment": shipment.number, "to_office": shipment.to_office.code, "remark": note}
    called_back = [line for line in shipment.lines if line.is_open]
    if shipment.state is ShipmentState.SENT:
        _move(session, [(line.device, _back(Presence.PRESENT)) for line in called_back])
        cancelled |= {"presence": Presence.PRESENT, "bound_for": None, "sent_at": None}
    rows.change_each(session, [(line, _closed(LineState.CANCELLED, stamp)) for line in called_back])
    end = _closed(ShipmentState.CANCELLED, stamp)
    rows.change(session, shipment, **end, closing_note=note, version=shipment.version + 1)
    told = Cancelled(**cancelled)  # type: ignore[arg-type]  # the facts above
    record_each(session, [(line.device.code, told) for line in called_back], stamp=stamp)


def _back(presence: Presence) -> Values:
    """On its way no more; the sender answers as before."""
    return {"presence": presence, "sent_at": None, "bound_for_id": None}


def _closed(state: LineState | ShipmentState, stamp: Stamp) -> dict[str, object]:
    return {"state": state, "closed_at": stamp.at, "closed_by_id": stamp.actor_id}


def _end_of(session: Session, shipment: Shipment) -> dict[str, str]:
    by = queries.who_and_when(session, shipment.closed_by_id, shipment.closed_at, shipment.from_office.timezone)
    return {"number": shipment.number, **by}


# Receiving -------------------------------------------------------------------------------------------------------


class Outcome(Struct):
    """What the receiver says of one device (`device` is the code as read)."""

    device: str
    outcome: LineState
    condition: Condition | None = None
    note: str | None = None


def receive(session: Session, shipment: Shipment, outcomes: Sequence[Outcome], *, stamp: Stamp) -> None:
    """Confirm, device by device, what arrived. Devices not named stay open; a code on no line becomes a finding.

    Raises `NotTheReceiver`, `NotSentYet`, `AlreadyCancelled`, `AlreadyConfirmed`, `Invalid`. All of it or none.
    """
    must_receive(stamp, shipment.to_office)
    if shipment.state is ShipmentState.DRAFT:
        raise NotSentYet(number=shipment.number)
    if shipment.state is ShipmentState.CANCELLED:
        raise AlreadyCancelled(**_end_of(session, shipment))
    lines, known, twice = _lines_named(session, shipment, [each.device for each in outcomes])
    _refuse_confirmed(session, shipment, lines)
    if problems := twice + _incomplete(outcomes, lines):
        raise Invalid(*problems)
    confirmed = [_confirm(shipment, line, each, stamp) for each, line in zip(outcomes, lines, strict=True) if line]
    rows.change_each(session, [(each.line, each.closed) for each in confirmed])
    _move(session, [(each.line.device, each.moved) for each in confirmed], shipment.to_office)
    extras = [(each, device_id) for each, line, device_id in zip(outcomes, lines, known, strict=True) if not line]
    told = [(each.line.device.code, each.told) for each in confirmed]
    told += _keep_extras(session, shipment, extras, stamp=stamp)
    is_done = not any(line.is_open for line in shipment.lines)
    end = _closed(ShipmentState.CLOSED, stamp) if is_done else {}
    rows.change(session, shipment, **end, version=shipment.version + 1)
    record_each(session, told, stamp=stamp)


def may_receive(stamp: Stamp, receiver: Office) -> bool:
    """A right above the receiving office is not enough: the receiver confirms, nobody on their behalf."""
    return stamp.belongs_to(receiver.path)


def must_receive(stamp: Stamp, receiver: Office) -> None:
    if not may_receive(stamp, receiver):
        raise NotTheReceiver(office=receiver.name)


def _lines_named(
    session: Session, shipment: Shipment, codes: list[str]
) -> tuple[list[ShipmentLine | None], list[int | None], list[FieldProblem]]:
    """For each code as read: its line, and the device it leads to if it is on none; and what is wrong with those named twice."""
    by_code = {line.device.code: line for line in shipment.lines}
    wanted = queries.read_each(codes)
    aliases = {}
    if strange := [code for code in wanted if code and code not in by_code]:
        aliases = queries.claimed(session, strange)
        by_id = {line.device_id: line for line in shipment.lines}
        by_code |= {code: by_id[device_id] for code, device_id in aliases.items() if device_id in by_id}
    lines = [by_code.get(code or "") for code in wanted]
    keys: list[object] = [
        line.id if line else code or read.strip() for line, code, read in zip(lines, wanted, codes, strict=True)
    ]
    twice = [
        FieldProblem(f"/lines/{place}/device", "{code} stands here twice.", {"code": codes[place]})
        for place, key in enumerate(keys)
        if key in keys[:place]
    ]
    return lines, [aliases.get(code or "") for code in wanted], twice


def _refuse_confirmed(session: Session, shipment: Shipment, lines: Sequence[ShipmentLine | None]) -> None:
    """Two confirm at once: the first wins, the second learns who it was and when. Raises `AlreadyConfirmed`."""
    closed = [(place, line) for place, line in enumerate(lines) if line and not line.is_open]
    if not closed and shipment.state is not ShipmentState.CLOSED:
        return
    first = closed[0][1] if closed else shipment
    zone = shipment.to_office.timezone
    problems = [
        FieldProblem(f"/lines/{place}/device", "{code} is already confirmed.", {"code": line.device.code})
        for place, line in closed
    ]
    raise AlreadyConfirmed(*problems, **queries.who_and_when(session, first.closed_by_id, first.closed_at, zone))


def _incomplete(outcomes: Sequence[Outcome], lines: Sequence[ShipmentLine | None]) -> list[FieldProblem]:
    """What is wrong with every outcome that lacks its reason, or states what cannot be."""
    problems: list[FieldProblem] = []
    for place, (each, line) in enumerate(zip(outcomes, lines, strict=True)):
        found = unsaid(each, line.sent_condition if line else None)
        if line is None and each.outcome is LineState.SHORT:
            found.append(FieldProblem("/device", "{code} is not on this shipment.", {"code": each.device}))
        problems += [structs.replace(problem, pointer=f"/lines/{place}{problem.pointer}") for problem in found]
    return problems


def unsaid(said: Outcome, sent_condition: Condition | None = None) -> list[FieldProblem]:
    """What one outcome lacks, or states though it cannot be; `sent_condition` of the line it is about, if that is known."""
    problems = []
    needs_note = said.outcome is LineState.DECLINED or said.condition in _DAMAGED
    if sent_condition and said.outcome is LineState.RECEIVED_WITH_NOTES:
        needs_note = needs_note or said.condition in {None, sent_condition}
    if said.outcome is LineState.SHORT and said.condition is not None:
        problems.append(FieldProblem("/condition", "What is not in the box has no condition to state."))
    if needs_note and not (said.note and said.note.strip()):
        problems.append(FieldProblem("/note", "Say in a few words what is the matter."))
    return problems


class Confirmed(NamedTuple):
    """One line as the receiver closes it: what is written of the line and of its device, and told in its ledger."""

    line: ShipmentLine
    closed: Values
    moved: Values
    told: Event


def _confirm(shipment: Shipment, line: ShipmentLine, said: Outcome, stamp: Stamp) -> Confirmed:
    """Custody moves here and nowhere else: the sender answers for the device until this."""
    differs = said.condition is not None and said.condition is not line.sent_condition
    state = LineState.RECEIVED_WITH_NOTES if differs and said.outcome in ARRIVED else said.outcome
    closed = _closed(state, stamp) | {"arrived_condition": said.condition, "note": said.note}
    if state in ARRIVED:
        moved, told = _arrived(shipment, line.device, state, said, stamp)
    else:
        moved, told = _did_not_arrive(shipment, state, said)
    return Confirmed(line, closed, moved, told)


def _arrived(shipment: Shipment, device: Device, state: LineState, said: Outcome, stamp: Stamp) -> tuple[Values, Event]:
    condition = said.condition or device.condition
    moved = {
        "presence": Presence.PRESENT,
        "sent_at": None,
        "received_at": stamp.at,
        "office_id": shipment.to_id,
        "bound_for_id": None,
        "holder_id": None,
        "condition": condition,
    }
    arrived = ReceivedWithNotes if state is LineState.RECEIVED_WITH_NOTES else Received
    return moved, arrived(
        shipment=shipment.number,
        from_office=shipment.from_office.code,
        office=shipment.to_office.code,
        presence=Presence.PRESENT,
        received_at=stamp.at,
        condition=condition,
        remark=said.note,
    )


def _did_not_arrive(shipment: Shipment, state: LineState, said: Outcome) -> tuple[Values, Event]:
    facts = {"shipment": shipment.number, "to_office": shipment.to_office.code, "remark": said.note}
    if state is LineState.SHORT:
        return _back(Presence.NOT_FOUND), Short(**facts, presence=Presence.NOT_FOUND)  # type: ignore[arg-type]  # the facts above
    told = Declined(**facts, presence=Presence.PRESENT, stated_condition=said.condition)  # type: ignore[arg-type]  # the same
    return _back(Presence.PRESENT), told


def _keep_extras(
    session: Session, shipment: Shipment, extras: Sequence[tuple[Outcome, int | None]], *, stamp: Stamp
) -> list[tuple[str, Event]]:
    """Findings, told in the ledger of the device each code leads to, or else in the shipment's own."""
    codes = queries.codes_of(session, [device_id for _, device_id in extras if device_id]) if extras else {}
    told: list[tuple[str, Event]] = []
    for said, device_id in extras:
        read = said.device.strip()[:CODE_READ_MAX]
        session.add(
            Finding(
                kind=FindingKind.EXTRA,
                shipment_id=shipment.id,
                office_id=shipment.to_id,
                device_id=device_id,
                code_read=read,
                note=said.note,
                found_at=stamp.at,
                found_by_id=stamp.actor_id,
            )
        )
        extra = Extra(shipment=shipment.number, at_office=shipment.to_office.code, code_read=read, remark=said.note)
        told.append((codes[device_id] if device_id else subject(shipment), extra))
    return told


def subject(shipment: Shipment) -> str:
    """The chain for what belongs to no device: a code in the box that nobody knows."""
    return f"shipment/{shipment.id}"


def resolve_finding(session: Session, shipment: Shipment, found: Finding, *, note: str, stamp: Stamp) -> None:
    """Say what became of an extra. Raises `Forbidden` and `FindingResolved`."""
    if not stamp.may(shipment.to_office.path, *WRITERS):
        raise Forbidden
    if found.resolved_at is not None:
        by = queries.who_and_when(session, found.resolved_by_id, found.resolved_at, shipment.to_office.timezone)
        raise FindingResolved(time=by["time"])
    found.resolution, found.resolved_at, found.resolved_by_id = note, stamp.at, stamp.actor_id
    codes = queries.codes_of(session, [found.device_id]) if found.device_id else {}
    resolved = ExtraResolved(shipment=shipment.number, code_read=found.code_read, remark=note)
    record(session, resolved, subject=codes.get(found.device_id or 0, subject(shipment)), stamp=stamp)


# Inside an office ------------------------------------------------------------------------------------------------


def hold(session: Session, device: Device, person_id: int | None, *, stamp: Stamp) -> None:
    """A person of the answering office has the device in their hands; None: nobody in particular.

    An office that names the holder of a device it never received in a shipment confirms by that that it has it.
    Raises `Forbidden`, `NotPresent`, `Invalid`. Saying the same again changes nothing.
    """
    _must_answer(stamp, device)
    if device.presence is not Presence.PRESENT:
        raise NotPresent(code=device.code)
    holder = people.named(session, person_id, stamp, "person") if person_id is not None else None
    if holder and holder.office_id != device.office_id:
        raise invalid("person", "{name} does not belong to {office}.", name=holder.name, office=device.office.name)
    previous = device.holder_id
    if previous == person_id:
        return
    device.holder = holder
    device.version += 1
    if holder:
        held = Held(holder=holder.id, previous=previous)
        if device.received_at is None and stamp.belongs_to(device.office.path):
            device.received_at = stamp.at
            held = Held(holder=holder.id, previous=previous, received_at=stamp.at)
        record(session, held, subject=device.code, stamp=stamp)
    elif previous is not None:
        record(session, Released(previous=previous), subject=device.code, stamp=stamp)


def report_loss(session: Session, device: Device, *, reason: str, stamp: Stamp, report_no: str | None = None) -> None:
    """Lost; the office and the holder answer for it until the decree. Settles the line on which it did not arrive.

    Raises `Forbidden`, `Retired`, `OnItsWay`, `AlreadyLost`.
    """
    _must_answer(stamp, device)
    if device.presence is Presence.WRITTEN_OFF:
        raise Retired(code=device.code)
    if device.presence is Presence.IN_TRANSIT:
        raise OnItsWay(code=device.code)
    if device.presence is Presence.LOST:
        raise AlreadyLost(code=device.code)
    settled = _settle(session, device, Resolution.LOST, stamp)
    device.presence = Presence.LOST
    device.version += 1
    lost = Lost(reason=reason, report_no=report_no, presence=device.presence, shipment=settled)
    record(session, lost, subject=device.code, stamp=stamp)


def report_found(session: Session, device: Device, *, stamp: Stamp, note: str | None = None) -> None:
    """Lost or missing, and there again, at the office that answers. Settles the line on which it did not arrive.

    Raises `Forbidden`, `NotMissing`.
    """
    _must_answer(stamp, device)
    if device.presence not in {Presence.LOST, Presence.NOT_FOUND}:
        raise NotMissing(code=device.code)
    settled = _settle(session, device, Resolution.FOUND, stamp)
    device.presence = Presence.PRESENT
    device.version += 1
    record(session, Found(remark=note, presence=device.presence, shipment=settled), subject=device.code, stamp=stamp)


def _settle(session: Session, device: Device, resolution: Resolution, stamp: Stamp) -> str | None:
    """The number of the shipment in which the device was short, now resolved."""
    if device.presence is not Presence.NOT_FOUND:
        return None
    line = queries.missing_line(session, device)
    if line is None:
        return None
    line.resolve(resolution, stamp.at, stamp.actor_id)
    return line.shipment.number


def may_answer(stamp: Stamp, device: Device) -> bool:
    return stamp.may(device.office.path, *WRITERS)


def _must_answer(stamp: Stamp, device: Device) -> None:
    if not may_answer(stamp, device):
        raise Forbidden
