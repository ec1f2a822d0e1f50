"""What holds of custody at any time, whoever did what before."""

import json
from collections import Counter
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_service.custody.models import (
    ARRIVED,
    LineState,
    Receipt,
    ReceiptItem,
    Shipment,
    ShipmentLine,
    ShipmentState,
)
from assets_service.devices.models import Device
from assets_service.ledger import facts as ledger_facts
from assets_service.ledger.models import Entry
from assets_service.offices.models import Office
from assets_service.people.models import Person

HANDS_OVER = {
    "devices.registered",
    "custody.received",
    "custody.received_with_notes",
    "custody.receipt_corrected",
    "custody.settled",
}  # the only kinds of entry after which another office answers


def assert_one_office_answers(session: Session, codes: Iterable[str]) -> None:
    """After every entry of the ledger, in its order: one office answers for each device, and its holder is of that office."""
    offices = set(session.scalars(select(Office.code)))
    home = dict(session.execute(select(Person.id, Office.code).join(Office, Office.id == Person.office_id)).all())
    known = {code: ledger_facts.begun(code) for code in codes}
    for entry in session.scalars(select(Entry).where(Entry.subject.in_(known)).order_by(Entry.seq)):
        facts = known[entry.subject]
        before, was_bound_for = facts.get("office"), facts.get("bound_for")
        ledger_facts.fold_body(facts, entry.body)
        after, holder = facts["office"], facts.get("holder")
        assert after in offices, (entry.seq, entry.kind)
        assert after == before or entry.kind in HANDS_OVER, (entry.seq, entry.kind, before, after)
        assert holder is None or home[int(holder)] == after, (entry.seq, entry.kind, holder)
        assert facts["presence"] != "in_transit" or facts["bound_for"] not in {None, after}, (entry.seq, entry.kind)
        if entry.kind in {"custody.received", "custody.received_with_notes"}:
            assert after == was_bound_for, (entry.seq, "received where it was not sent")


def assert_lines_are_conserved(session: Session) -> None:
    """A shipment has the lines it was packed with, each in one state, and every line that is not open was told so by a receipt
    or by a cancellation; no receipt is of a shipment that was never sent."""
    packed: Counter[str] = Counter()
    for entry in session.scalars(select(Entry).where(Entry.kind.in_(("custody.drafted", "custody.sent")))):
        packed[f"{json.loads(entry.body)['shipment']} {entry.subject}"] += 1
    for line, shipment, device in session.execute(
        select(ShipmentLine, Shipment, Device)
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .join(Device, Device.id == ShipmentLine.device_id)
    ):
        assert packed.pop(f"{shipment.number} {device.code}") in {1, 2}, "drafted, sent, or both"
        told = session.scalars(
            select(ReceiptItem.outcome)
            .join(Receipt, Receipt.id == ReceiptItem.receipt_id)
            .where(Receipt.shipment_id == shipment.id, ReceiptItem.device_id == device.id)
            .order_by(ReceiptItem.id)
        ).all()
        is_over = shipment.state in {ShipmentState.CLOSED, ShipmentState.CANCELLED}
        assert not (is_over and line.is_open), shipment.number
        if line.state in {LineState.OPEN, LineState.CANCELLED}:
            assert told == []
        elif not told:
            assert (shipment.purpose or "").startswith("PK-"), (
                "only an extra that is transferred has no receipt of its own"
            )
        else:
            final = told[-1].state  # what came damaged was received with notes, whatever word was chosen
            assert final is line.state or {final, line.state} == set(ARRIVED)
    assert packed == Counter(), "what was told as packed stands on a line"
    unsent = select(Receipt.id).join(Shipment, Shipment.id == Receipt.shipment_id).where(Shipment.sent_at.is_(None))
    assert session.scalars(unsent).all() == [], "a receipt of what was never sent"
