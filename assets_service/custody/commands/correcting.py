"""Mistakes are corrected by a new entry with its reason, by somebody else than who made them; nothing is edited."""

from datetime import date, datetime
from typing import Any, NamedTuple

from msgspec import UNSET, structs
from sqlalchemy.orm import Session

from assets_service.access.stamp import WRITERS, Stamp
from assets_service.custody import queries
from assets_service.custody.asks import ReceiptCorrection, ReceiptLine, reason_of
from assets_service.custody.commands.differences import close, open_differences
from assets_service.custody.commands.lending import lend_and_take_back, taken_into_books, undo_loan
from assets_service.custody.commands.matching import matched
from assets_service.custody.commands.moving import move
from assets_service.custody.commands.receiving import incomplete, state_of
from assets_service.custody.commands.visiting import keep, keep_items, visited
from assets_service.custody.errors import CannotBeCorrected, OfTheSender, OwnMistake
from assets_service.custody.events import ReceiptCorrected
from assets_service.custody.models import (
    ARRIVED,
    LineState,
    Movement,
    Receipt,
    Settlement,
    Shipment,
    ShipmentLine,
)
from assets_service.devices.models import Condition, Device, Presence
from assets_service.kernel import rows
from assets_service.kernel.errors import FieldProblem, Forbidden, Invalid
from assets_service.kernel.rows import Values
from assets_service.ledger.commands import record_each
from assets_service.ledger.events import Event
from assets_service.schedules import queries as schedules

_OF_DEVICE = ("presence", "condition", "received_at", "check_due_on", "one_sided", "return_due_on")
_ENDED_BY = (
    "custody.received",
    "custody.received_with_notes",
    "custody.short",
    "custody.declined",
    "custody.receipt_corrected",
)


def correct_receipt(session: Session, mistaken: Receipt, ask: ReceiptCorrection, *, stamp: Stamp) -> Receipt:
    """Say what a receipt should have said, in a receipt of its own; custody is then as it would be without the mistake.

    Only devices that have not moved on since. That something did arrive, somebody of the receiver says; that it did not,
    anybody with rights there who did not send it. Raises `Forbidden`, `OwnMistake`, `OfTheSender`, `NotTheReceiver`,
    `CannotBeCorrected`, `Invalid`.
    """
    shipment = mistaken.shipment
    if not stamp.may(shipment.to_office.path, *WRITERS):
        raise Forbidden
    if stamp.actor_id is not None and stamp.actor_id == mistaken.by_id:
        raise OwnMistake
    if stamp.actor_id in queries.senders(shipment):
        raise OfTheSender(number=shipment.number)
    agreed = _agreed(session, shipment, mistaken, ask, stamp)
    ids = [line.device_id for line, _ in agreed]
    if stamp.actor_id in queries.who_said_last(session, shipment, ids) - {None}:
        raise OwnMistake  # a correction of theirs, reached by way of the receipt that it corrects
    if any(said.outcome.state in ARRIVED and line.state not in ARRIVED for line, said in agreed):
        queries.must_receive(stamp, shipment.to_office)
    values = {"corrects_id": mistaken.id, "correction": ask.reason}
    receipt = keep(session, shipment, values, stamp=stamp)
    due_on = schedules.first_due(session, shipment.to_office, stamp.at)
    correction = _Correction(session, receipt, mistaken, ask.reason, stamp, due_on)
    corrected = [correction.of(line, said) for line, said in agreed]
    rows.change_each(session, [(each.line, each.ended) for each in corrected])
    for each in corrected:
        move(session, [(each.line.device, each.moved)], shipment.to_office if each.arrived else shipment.from_office)
    keep_items(session, receipt, [(line.device, said) for line, said in agreed])
    told = [visited(receipt, len(agreed), mistaken)]
    told += [
        close(session, old, Settlement.CORRECTED, old.reason or "other", ask.reason, stamp=stamp)
        for old in queries.open_of(session, ids)
        if old.shipment_id == shipment.id
    ]
    told += [(each.line.device.code, each.told) for each in corrected]
    came = [each.line.device for each in corrected if each.arrived and each.moved.get("received_at")]
    told += taken_into_books(session, shipment, came, stamp=stamp)
    told += open_differences(session, receipt, [(said, line, line.device_id) for line, said in agreed], stamp=stamp)
    rows.change(session, shipment, version=shipment.version + 1)
    record_each(session, told, stamp=stamp)
    return receipt


def _agreed(
    session: Session, shipment: Shipment, mistaken: Receipt, ask: ReceiptCorrection, stamp: Stamp
) -> list[tuple[ShipmentLine, ReceiptLine]]:
    """Each line that is meant with what is said of it, if all are of this receipt and have not moved on.

    Raises `Invalid`, `CannotBeCorrected`.
    """
    found, _, asked = matched(session, shipment, [said.device for said in ask.lines], stamp)
    told = {item.device_id for item in queries.items(session, [mistaken.id])[mistaken.id]}
    strangers = [
        FieldProblem(f"/lines/{place}/device", "{code} is not on this receipt.", {"code": said.device})
        for place, (said, line) in enumerate(zip(ask.lines, found, strict=True))
        if line is None or line.device_id not in told
    ]
    if problems := strangers or incomplete(session, ask.lines, found):
        asked.add(Invalid(*problems))
    asked.refuse()
    agreed = [(line, _whole(line, said)) for line, said in zip(found, ask.lines, strict=True) if line]
    booked = [
        FieldProblem(
            f"/lines/{place}/device",
            "{code} went over into other books: a transfer back corrects it.",
            {"code": line.device.code},
        )
        for place, (line, said) in enumerate(agreed)
        if shipment.movement is Movement.TRANSFER and line.state in ARRIVED and said.outcome.state not in ARRIVED
    ]
    moved = [
        FieldProblem(f"/lines/{place}/device", "{code} has moved on since.", {"code": line.device.code})
        for place, (line, _) in enumerate(agreed)
        if _has_moved_on(session, shipment, line)
    ]
    same = [
        FieldProblem(f"/lines/{place}/device", "This is what was recorded.")
        for place, (line, said) in enumerate(agreed)
        if _recorded(line) == (state_of(line, said), said.condition, reason_of(said), said.note, said.accessories)
    ]
    if moved or same or booked:
        raise CannotBeCorrected(*moved, *same, *booked)
    return agreed


def _whole(line: ShipmentLine, said: ReceiptLine) -> ReceiptLine:
    """A correction that is silent of the accessories leaves what was said of them."""
    is_silent = said.accessories is None and said.outcome.state in ARRIVED
    return structs.replace(said, accessories=line.unpacked) if is_silent else said


def _recorded(line: ShipmentLine) -> tuple[object, ...]:
    return line.state, line.arrived_condition, line.reason, line.note, line.unpacked


def _has_moved_on(session: Session, shipment: Shipment, line: ShipmentLine) -> bool:
    """Whether something else has happened to the device's custody since this line was closed."""
    device = line.device
    where = shipment.to_id if line.state in ARRIVED else shipment.from_id
    is_there = device.presence in {Presence.PRESENT, Presence.NOT_FOUND}
    return device.office_id != where or not is_there or queries.was_shipped_after(session, line)


class _Corrected(NamedTuple):
    """One line as it should have been: new values of the line and its device, and the event for the device's chain."""

    line: ShipmentLine
    ended: Values
    moved: Values
    told: Event
    arrived: bool


class _Correction(NamedTuple):
    """What is the same for every device of one correction. What did arrive after all is due by `due_on`."""

    session: Session
    receipt: Receipt
    mistaken: Receipt
    reason: str
    stamp: Stamp
    due_on: date

    def of(self, line: ShipmentLine, said: ReceiptLine) -> _Corrected:
        """One line as it should have been."""
        shipment, state = self.receipt.shipment, state_of(line, said)
        arrived = state in ARRIVED
        facts = self._arrived(line, said) if arrived else self._at_the_sender(line.device, state)
        told = ReceiptCorrected(
            shipment=shipment.number,
            receipt=self.receipt.number,
            corrects=self.mistaken.number,
            line=state,
            reason=self.reason,
            remark=said.note,
            cause=reason_of(said),
            stated_condition=said.condition,
            **facts,
        )
        moved: dict[str, object] = {name: facts[name] for name in _OF_DEVICE if name in facts}
        moved["office_id"] = shipment.to_id if arrived else shipment.from_id
        if "holder" in facts:
            moved["holder_id"] = facts["holder"]
        return _Corrected(line, _ended(line, said, state, self.stamp), moved, told, arrived)

    def _arrived(self, line: ShipmentLine, said: ReceiptLine) -> dict[str, Any]:
        """The facts of a device that did arrive.

        Of one that was received already only the condition changes, and only while it is still the one that was stated.
        """
        shipment, stated = self.receipt.shipment, Condition(said.condition or line.sent_condition)
        if line.state in ARRIVED:
            known = {"office": shipment.to_office.code, "presence": line.device.presence}
            is_unchanged = line.device.condition == (line.arrived_condition or line.sent_condition)
            return known | ({"condition": stated} if is_unchanged else {})
        facts: dict[str, Any] = {"office": shipment.to_office.code, "presence": Presence.PRESENT, "condition": stated}
        lending = lend_and_take_back(self.session, shipment, [line.device], stamp=self.stamp)
        loan, return_due_on = lending.of(line.device)
        return facts | {
            "received_at": self.stamp.at,
            "received_by": self.stamp.actor_id,
            "handover": shipment.number,
            "one_sided": False,
            "check_due_on": self.due_on,
            "loan": loan or UNSET,
            "return_due_on": return_due_on,
            "holder": None,
        }

    def _at_the_sender(self, device: Device, state: LineState) -> dict[str, Any]:
        """The facts of a device that did not arrive, as they were while the sender had it."""
        shipment = self.receipt.shipment
        facts = {
            "office": shipment.from_office.code,
            "presence": Presence.NOT_FOUND if state is LineState.SHORT else Presence.PRESENT,
        }
        if device.office_id == shipment.from_id:
            return facts
        undo_loan(self.session, shipment, device, stamp=self.stamp)
        before = queries.facts_before(self.session, device.code, _ENDED_BY, shipment)
        return facts | {
            "condition": Condition(before["condition"]),
            "received_at": _moment(before["received_at"]),
            "received_by": before["received_by"],
            "handover": before["handover"],
            "one_sided": before["one_sided"],
            "check_due_on": _day(before["check_due_on"]),
            "return_due_on": _day(before.get("return_due_on")),
            "holder": None,
        }


def _ended(line: ShipmentLine, said: ReceiptLine, state: LineState, stamp: Stamp) -> dict[str, object]:
    """The line as it should have ended. Who received stays who received, whatever was mistaken besides."""
    arrived = state in ARRIVED
    ended: dict[str, object] = {
        "state": state,
        "arrived_condition": said.condition,
        "reason": reason_of(said),
        "note": said.note,
        "unpacked": said.accessories if arrived else None,
    }
    if not (arrived and line.state in ARRIVED):
        ended |= {"closed_at": stamp.at, "closed_by_id": stamp.actor_id, "one_sided": False}
    if state is not LineState.SHORT:
        ended |= dict.fromkeys(("resolution", "resolved_at", "resolved_by_id"))
    return ended


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
