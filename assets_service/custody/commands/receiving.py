"""Receiving: the office that receives says of each device what arrived, and answers for it from then on."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from msgspec import UNSET, structs
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.custody import queries
from assets_service.custody.asks import NewReceipt, ReceiptLine, reason_of, unsaid
from assets_service.custody.commands.differences import kind_of_difference, open_differences, read_as
from assets_service.custody.commands.lending import Lending, lend_and_take_back, taken_into_books
from assets_service.custody.commands.matching import matched
from assets_service.custody.commands.moving import NO_WAY, back, closed, end_of, move, off_its_way
from assets_service.custody.commands.picturing import attach, named_photos
from assets_service.custody.commands.sending import named_twice
from assets_service.custody.commands.visiting import keep_items, keep_receipt, visited
from assets_service.custody.errors import AlreadyCancelled, AlreadyConfirmed, NotSentYet
from assets_service.custody.events import Declined, Received, ReceivedWithNotes, Short
from assets_service.custody.models import (
    ARRIVED,
    DifferenceReason,
    LineState,
    Outcome,
    Receipt,
    Shipment,
    ShipmentLine,
    ShipmentState,
)
from assets_service.devices.models import Device, Presence
from assets_service.kernel import rows
from assets_service.kernel.errors import FieldProblem, Gathering, Invalid
from assets_service.kernel.fields import refuse_misfits
from assets_service.kernel.rows import Values
from assets_service.ledger.commands import record_each
from assets_service.ledger.events import Event
from assets_service.people import queries as people
from assets_service.photos.models import Photo
from assets_service.schedules import queries as schedules


class Agreed(NamedTuple):
    """For each line of the ask the shipment's, or else the device that it names, and the photos that it names."""

    lines: list[ShipmentLine | None]
    known: list[int | None]
    photos: list[list[Photo]]


def receive(session: Session, shipment: Shipment, ask: NewReceipt, *, stamp: Stamp) -> None:
    """Record, device by device, what arrived: all of it or none. Devices not named stay open; a code on no line is an extra.

    Raises `NotTheReceiver`, `NotSentYet`, `AlreadyCancelled`, `AlreadyConfirmed`, `VisitReused`, `Invalid`.
    """
    agreement = agreed(session, shipment, ask, stamp=stamp)
    receipt = keep_receipt(session, shipment, ask, stamp=stamp)
    said = [each for each in zip(ask.lines, agreement.lines, strict=True) if each[1]]
    arrived = [line.device for each, line in said if line and each.outcome.state in ARRIVED]
    visit = Visit(
        shipment,
        receipt,
        stamp,
        one_sided=queries.is_one_sided(session, shipment, stamp),
        due_on=schedules.first_due(session, shipment.to_office, stamp.at),
        lending=lend_and_take_back(session, shipment, arrived, stamp=stamp),
    )
    confirmed = [visit.confirm(line, each) for each, line in said if line]
    rows.change_each(session, [(each.line, each.closed) for each in confirmed])
    move(session, [(each.line.device, each.moved) for each in confirmed], shipment.to_office)
    keep_items(session, receipt, [(line.device, each) for each, line in said if line])
    for line, photos in zip(agreement.lines, agreement.photos, strict=True):
        if photos and line:
            attach(session, shipment, photos, stamp=stamp, receipt=receipt, device=line.device)
    told = [visited(receipt, len(ask.lines)), *((each.line.device.code, each.told) for each in confirmed)]
    told += open_differences(
        session, receipt, list(zip(ask.lines, agreement.lines, agreement.known, strict=True)), stamp=stamp
    )
    told += taken_into_books(session, shipment, arrived, stamp=stamp)
    is_done = not any(line.is_open for line in shipment.lines)
    end = closed(ShipmentState.CLOSED, stamp) if is_done else {}
    rows.change(session, shipment, **end, version=shipment.version + 1)
    record_each(session, told, stamp=stamp)


def agreed(session: Session, shipment: Shipment, ask: NewReceipt, *, stamp: Stamp) -> Agreed:
    """What the receipt means, if no rule refuses any of it.

    It writes nothing, so that a receipt can be looked over before it counts. Raises what `receive` raises.
    """
    queries.must_receive(stamp, shipment.to_office)
    if shipment.state is ShipmentState.DRAFT:
        raise NotSentYet(number=shipment.number)
    if shipment.state is ShipmentState.CANCELLED:
        raise AlreadyCancelled(**end_of(session, shipment))
    lines, known, asked = matched(session, shipment, [said.device for said in ask.lines], stamp)
    _refuse_confirmed(session, shipment, lines)
    if problems := incomplete(session, ask.lines, lines):
        asked.add(Invalid(*problems))
    if problems := _known_extras(session, shipment, ask.lines, lines, known):
        asked.add(Invalid(*problems))
    signed = ask.signature
    if signed:
        asked.ask(lambda: refuse_misfits(signed, "/signature"))
    photos = _photos(session, ask, asked, stamp)
    asked.refuse()
    return Agreed(lines, known, photos)


def _photos(session: Session, ask: NewReceipt, asked: Gathering, stamp: Stamp) -> list[list[Photo]]:
    def of(place: int, said: ReceiptLine) -> list[Photo]:
        if not said.photos:
            return []
        return asked.ask(lambda: named_photos(session, said.photos, f"/lines/{place}/photos", stamp)) or []

    return [of(place, said) for place, said in enumerate(ask.lines)]


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


def incomplete(
    session: Session, said: Sequence[ReceiptLine], lines: Sequence[ShipmentLine | None]
) -> list[FieldProblem]:
    """The problems of every outcome that lacks its reason, or states what cannot be."""
    problems: list[FieldProblem] = []
    known = {row.code: row for row in queries.reasons(session)} if any(map(reason_of, said)) else {}
    for place, (each, line) in enumerate(zip(said, lines, strict=True)):
        found = unsaid(each.outcome, each.condition, each.reason, each.note, line.sent_condition if line else None)
        if line is None and each.outcome is Outcome.SHORT:
            found.append(FieldProblem("/device", "{code} is not on this shipment.", {"code": each.device}))
        if each.reason:
            found += _unfit(each.reason, kind_of_difference(each, line), known, has_note=bool(each.note))
        found += _unpacked(each, line)
        problems += [structs.replace(problem, pointer=f"/lines/{place}{problem.pointer}") for problem in found]
    return problems


def _unfit(
    reason: str, kind: str | None, known: Mapping[str, DifferenceReason], *, has_note: bool
) -> list[FieldProblem]:
    """The problem of a reason that is not of the list, or not of what differs."""
    row = known.get(reason)
    if row is None:
        return [FieldProblem("/reason", "{it} is not one of the choices.", {"it": reason})]
    if kind is None:
        return [FieldProblem("/reason", "Nothing differs here that would need a reason.")]
    if kind not in row.fits:
        return [FieldProblem("/reason", "This reason does not fit the outcome.")]
    if row.needs_note and not has_note:
        return [FieldProblem("/note", "Say in a few words what is the matter.")]
    return []


def _known_extras(
    session: Session,
    shipment: Shipment,
    said: Sequence[ReceiptLine],
    lines: Sequence[ShipmentLine | None],
    known: Sequence[int | None],
) -> list[FieldProblem]:
    """The problems of extras that an earlier visit recorded, and that nobody has settled yet."""
    if all(lines):
        return []
    open_ones = queries.open_extras(session, shipment)
    return [
        FieldProblem(f"/lines/{place}/device", "{code} is recorded as extra already.", {"code": each.device})
        for place, (each, line, device) in enumerate(zip(said, lines, known, strict=True))
        if line is None and (device or read_as(each.device)) in open_ones
    ]


def _unpacked(said: ReceiptLine, line: ShipmentLine | None) -> list[FieldProblem]:
    """The problems of accessories that nobody packed, or that come without their device."""
    if line is None and said.photos:
        return [
            FieldProblem("/photos", "A photo goes with a device of this shipment. Describe an extra one in the note.")
        ]
    if said.accessories is None:
        return []
    packed = (line.packed or []) if line else []
    problems = [
        FieldProblem(f"/accessories/{place}", "Nobody packed this accessory.")
        for place, code in enumerate(said.accessories)
        if code not in packed
    ] + named_twice(said.accessories)
    if said.outcome is Outcome.SHORT and said.accessories:
        problems.append(FieldProblem("/accessories", "What is not in the box has no accessories to state."))
    return problems


class Confirmed(NamedTuple):
    """One line as the receiver closes it: the new values of the line and its device, and the event for the device's ledger."""

    line: ShipmentLine
    closed: Values
    moved: Values
    told: Event


class Visit(NamedTuple):
    """What is the same for every device of one receipt. What arrives is looked at now, so its next check is due by `due_on`."""

    shipment: Shipment
    receipt: Receipt
    stamp: Stamp
    one_sided: bool
    due_on: date
    lending: Lending

    def confirm(self, line: ShipmentLine, said: ReceiptLine) -> Confirmed:
        """One line as the receiver closes it.

        Custody moves here and nowhere else: until here the sender answers for the device.
        """
        state = state_of(line, said)
        ended = closed(state, self.stamp) | {
            "arrived_condition": said.condition,
            "reason": reason_of(said),
            "note": said.note,
        }
        if state in ARRIVED:
            ended |= {"one_sided": self.one_sided, "unpacked": said.accessories}
            moved, told = self._arrived(line.device, state, said)
        else:
            moved, told = self._did_not_arrive(line.device, state, said)
        return Confirmed(line, ended, moved, told)

    def _arrived(self, device: Device, state: LineState, said: ReceiptLine) -> tuple[Values, Event]:
        condition = said.condition or device.condition
        loan, return_due_on = self.lending.of(device)
        moved = {
            "presence": Presence.PRESENT,
            "received_at": self.stamp.at,
            "check_due_on": self.due_on,
            "one_sided": self.one_sided,
            "office_id": self.shipment.to_id,
            "holder_id": None,
            "condition": condition,
            "return_due_on": return_due_on,
        }
        arrived = ReceivedWithNotes if state is LineState.RECEIVED_WITH_NOTES else Received
        return moved | NO_WAY, arrived(
            shipment=self.shipment.number,
            from_office=self.shipment.from_office.code,
            office=self.shipment.to_office.code,
            presence=Presence.PRESENT,
            received_at=self.stamp.at,
            received_by=self.stamp.actor_id,
            handover=self.shipment.number,
            check_due_on=self.due_on,
            condition=condition,
            one_sided=self.one_sided if self.one_sided or device.one_sided else UNSET,
            receipt=self.receipt.number,
            cause=reason_of(said) or UNSET,
            unpacked=UNSET if said.accessories is None else said.accessories,
            photos=said.photos or UNSET,
            loan=loan or UNSET,
            **off_its_way(device),
            return_due_on=return_due_on if return_due_on != device.return_due_on else UNSET,
            remark=said.note,
        )

    def _did_not_arrive(self, device: Device, state: LineState, said: ReceiptLine) -> tuple[Values, Event]:
        facts: dict[str, Any] = {
            "shipment": self.shipment.number,
            "to_office": self.shipment.to_office.code,
            "receipt": self.receipt.number,
            "cause": reason_of(said) or UNSET,
            "remark": said.note,
            **off_its_way(device),
        }
        if state is LineState.SHORT:
            return back(Presence.NOT_FOUND), Short(**facts, presence=Presence.NOT_FOUND)
        told = Declined(
            **facts, presence=Presence.PRESENT, stated_condition=said.condition, photos=said.photos or UNSET
        )
        return back(Presence.PRESENT), told


def state_of(line: ShipmentLine, said: ReceiptLine) -> LineState:
    """The state in which the line ends: what came otherwise than it was sent is received with notes."""
    state = said.outcome.state
    differs = said.condition is not None and said.condition is not line.sent_condition
    lacks = said.accessories is not None and set(said.accessories) != set(line.packed or [])
    return LineState.RECEIVED_WITH_NOTES if (differs or lacks) and state in ARRIVED else state
