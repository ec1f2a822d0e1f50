"""Receiving: the office that receives says of each device what arrived, and answers for it from then on."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from msgspec import UNSET, structs
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.custody import queries
from assets_service.custody.asks import Receipt, ReceiptLine, unsaid
from assets_service.custody.commands.findings import keep_extras
from assets_service.custody.commands.matching import matched
from assets_service.custody.commands.moving import back, closed, end_of, move
from assets_service.custody.errors import AlreadyCancelled, AlreadyConfirmed, NotSentYet
from assets_service.custody.events import Declined, Received, ReceivedWithNotes, Short
from assets_service.custody.models import ARRIVED, LineState, Outcome, Shipment, ShipmentLine, ShipmentState
from assets_service.devices.models import Device, Presence
from assets_service.kernel import rows
from assets_service.kernel.errors import FieldProblem, Invalid
from assets_service.kernel.rows import Values
from assets_service.ledger.commands import record_each
from assets_service.ledger.events import Event
from assets_service.people import queries as people
from assets_service.schedules import queries as schedules


def receive(session: Session, shipment: Shipment, ask: Receipt, *, stamp: Stamp) -> None:
    """Record, device by device, what arrived: all of it or none. Devices not named stay open; a code on no line is an extra.

    Raises `NotTheReceiver`, `NotSentYet`, `AlreadyCancelled`, `AlreadyConfirmed`, `Invalid`.
    """
    lines, known = agreed(session, shipment, ask, stamp=stamp)
    one_sided = queries.is_one_sided(session, shipment, stamp)
    due_on = schedules.first_due(session, shipment.to_office, stamp.at)
    confirmed = [
        _confirm(shipment, line, said, stamp, one_sided=one_sided, due_on=due_on)
        for said, line in zip(ask.lines, lines, strict=True)
        if line
    ]
    rows.change_each(session, [(each.line, each.closed) for each in confirmed])
    move(session, [(each.line.device, each.moved) for each in confirmed], shipment.to_office)
    extras = [(said, device_id) for said, line, device_id in zip(ask.lines, lines, known, strict=True) if not line]
    told = [(each.line.device.code, each.told) for each in confirmed]
    told += keep_extras(session, shipment, extras, stamp=stamp)
    is_done = not any(line.is_open for line in shipment.lines)
    end = closed(ShipmentState.CLOSED, stamp) if is_done else {}
    rows.change(session, shipment, **end, version=shipment.version + 1)
    record_each(session, told, stamp=stamp)


def agreed(
    session: Session, shipment: Shipment, ask: Receipt, *, stamp: Stamp
) -> tuple[list[ShipmentLine | None], list[int | None]]:
    """For each line of the receipt the shipment's, or else the device that it names, if no rule refuses any.

    It writes nothing, so that a receipt can be looked over before it counts. Raises what `receive` raises.
    """
    queries.must_receive(stamp, shipment.to_office)
    if shipment.state is ShipmentState.DRAFT:
        raise NotSentYet(number=shipment.number)
    if shipment.state is ShipmentState.CANCELLED:
        raise AlreadyCancelled(**end_of(session, shipment))
    lines, known, asked = matched(session, shipment, [said.device for said in ask.lines], stamp)
    _refuse_confirmed(session, shipment, lines)
    if problems := _incomplete(ask, lines):
        asked.add(Invalid(*problems))
    asked.refuse()
    return lines, known


def _refuse_confirmed(session: Session, shipment: Shipment, lines: Sequence[ShipmentLine | None]) -> None:
    """Refuse lines that somebody confirmed before, naming who and when. Raises `AlreadyConfirmed`."""
    confirmed = [(place, line) for place, line in enumerate(lines) if line and not line.is_open]
    if not confirmed and shipment.state is not ShipmentState.CLOSED:
        return
    first = confirmed[0][1] if confirmed else shipment
    zone = shipment.to_office.timezone
    problems = [
        FieldProblem(f"/lines/{place}/device", "{code} is already confirmed.", {"code": line.device.code})
        for place, line in confirmed
    ]
    raise AlreadyConfirmed(*problems, **people.who_and_when(session, first.closed_by_id, first.closed_at, zone))


def _incomplete(ask: Receipt, lines: Sequence[ShipmentLine | None]) -> list[FieldProblem]:
    """The problems of every outcome that lacks its reason, or states what cannot be."""
    problems: list[FieldProblem] = []
    for place, (said, line) in enumerate(zip(ask.lines, lines, strict=True)):
        found = unsaid(said.outcome, said.condition, said.note, line.sent_condition if line else None)
        if line is None and said.outcome is Outcome.SHORT:
            found.append(FieldProblem("/device", "{code} is not on this shipment.", {"code": said.device}))
        problems += [structs.replace(problem, pointer=f"/lines/{place}{problem.pointer}") for problem in found]
    return problems


class Confirmed(NamedTuple):
    """One line as the receiver closes it: the new values of the line and its device, and the event for the device's ledger."""

    line: ShipmentLine
    closed: Values
    moved: Values
    told: Event


def _confirm(
    shipment: Shipment, line: ShipmentLine, said: ReceiptLine, stamp: Stamp, *, one_sided: bool, due_on: date
) -> Confirmed:
    """One line as the receiver closes it. What arrives is looked at now, so the next check is due by `due_on`.

    Custody moves here and nowhere else: until here the sender answers for the device.
    """
    differs = said.condition is not None and said.condition is not line.sent_condition
    state = said.outcome.state
    if differs and state in ARRIVED:
        state = LineState.RECEIVED_WITH_NOTES
    ended = closed(state, stamp) | {"arrived_condition": said.condition, "note": said.note}
    if state in ARRIVED:
        ended["one_sided"] = one_sided
        moved, told = _arrived(shipment, line.device, state, said, stamp, one_sided=one_sided, due_on=due_on)
    else:
        moved, told = _did_not_arrive(shipment, state, said)
    return Confirmed(line, ended, moved, told)


def _arrived(
    shipment: Shipment,
    device: Device,
    state: LineState,
    said: ReceiptLine,
    stamp: Stamp,
    *,
    one_sided: bool,
    due_on: date,
) -> tuple[Values, Event]:
    condition = said.condition or device.condition
    moved = {
        "presence": Presence.PRESENT,
        "sent_at": None,
        "received_at": stamp.at,
        "check_due_on": due_on,
        "one_sided": one_sided,
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
        received_by=stamp.actor_id,
        handover=shipment.number,
        check_due_on=due_on,
        condition=condition,
        one_sided=one_sided if one_sided or device.one_sided else UNSET,
        remark=said.note,
    )


def _did_not_arrive(shipment: Shipment, state: LineState, said: ReceiptLine) -> tuple[Values, Event]:
    facts = {"shipment": shipment.number, "to_office": shipment.to_office.code, "remark": said.note}
    if state is LineState.SHORT:
        return back(Presence.NOT_FOUND), Short(**facts, presence=Presence.NOT_FOUND)  # type: ignore[arg-type]  # the facts above
    told = Declined(**facts, presence=Presence.PRESENT, stated_condition=said.condition)  # type: ignore[arg-type]  # the same
    return back(Presence.PRESENT), told
