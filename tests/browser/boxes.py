"""Shipments in every state, with what hangs on them, for the tests that look at pages."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.custody import commands, queries
from assets_service.custody.asks import (
    Loss,
    NewArrival,
    NewHolder,
    NewReceipt,
    NewSettlement,
    NewSuccession,
    NewTrackingNote,
    ReceiptCorrection,
    ReceiptLine,
    Remark,
    Signature,
    SuccessionLine,
)
from assets_service.custody.models import Cause, Difference, DifferenceKind, Movement, Outcome, Receipt, Settlement
from assets_service.devices.models import Condition, Device
from tests import build
from tests.custody.build_custody import RECEIVER, SENDER, a_box

PACKED = ["charger", "cable", "box"]
DRAWN = Signature(name="Siti", strokes=[[[10, 20], [60, 40], [120, 30]]])


def a_holder(session: Session, device: Device, name: str, by: Stamp) -> int:
    person = build.a_person(session, name, at=RECEIVER)
    commands.hold(session, device, NewHolder(person=person.id), stamp=by)
    return person.id


def in_each_state(session: Session) -> dict[str, str]:
    """What the addresses of pages are filled with: shipments by their state, a receipt, and the devices and persons of the receiver."""
    people = {
        name: build.stamp(session, build.a_person(session, name.title(), at=at, role=role))
        for name, at, role in [
            ("dewi", SENDER, Role.LOGISTICS),
            ("budi", SENDER, Role.ADMIN),
            ("siti", RECEIVER, Role.HEAD),
        ]
    }
    sender, officer, receiver = people.values()
    place = build.office(session, RECEIVER)
    loan: dict[str, Any] = {"movement": Movement.LOAN, "return_on": build.later(days=9).date()}
    boxes = {
        state: a_box(
            session, [build.a_device(session) for _ in range(3)], sender, accessories=PACKED, send=send, **more
        )
        for state, send, more in [
            ("draft", False, {}),
            ("sent", True, {"courier": "JNE", "waybill": "JX012", "parcels": 2, "weight_g": 4200, "seal_no": "S-17"}),
            ("arrived", True, {}),
            ("partly", True, {}),
            ("closed", True, {}),
            ("cancelled", True, {}),
            ("lent", True, loan),
        ]
    }

    def receive(state: str, *lines: ReceiptLine) -> None:
        commands.receive(session, boxes[state], NewReceipt(lines=list(lines), signature=DRAWN), stamp=receiver)

    def codes(state: str) -> list[str]:
        return [line.device.code for line in boxes[state].lines]

    commands.note(session, boxes["sent"], NewTrackingNote(note="Kurir: tertahan cuaca"), stamp=sender)
    commands.arrive(session, boxes["arrived"], NewArrival(seal_intact=False, brought_by="Kurir"), stamp=receiver)
    commands.cancel(session, boxes["cancelled"], Remark(note="Salah alamat"), stamp=sender)
    receive("partly", ReceiptLine(device=codes("partly")[0], outcome=Outcome.RECEIVED, accessories=["cable"]))
    good, marred, missing = codes("closed")
    receive(
        "closed",
        ReceiptLine(device=good, outcome=Outcome.RECEIVED),
        ReceiptLine(
            device=marred,
            outcome=Outcome.RECEIVED,
            condition=Condition.LIGHT,
            reason="damaged_on_the_way",
            note="Retak",
        ),
        ReceiptLine(device=missing, outcome=Outcome.SHORT, reason="not_packed"),
        ReceiptLine(device="ZZZZZZZZ", outcome=Outcome.RECEIVED),
    )
    receipt = session.scalars(select(Receipt).where(Receipt.shipment_id == boxes["closed"].id)).one()
    settled = session.scalars(select(Difference.id).where(Difference.kind == DifferenceKind.SHORT)).one()
    commands.settle(
        session,
        queries.locked_difference(session, settled, officer),
        NewSettlement(outcome=Settlement.FOUND, reason="not_packed", note="Masih di gudang"),
        stamp=officer,
    )
    line = ReceiptLine(
        device=good, outcome=Outcome.RECEIVED, condition=Condition.LIGHT, reason="other", note="Tergores"
    )
    wrong = queries.locked_receipt(session, receipt.id, officer)
    commands.correct_receipt(session, wrong, ReceiptCorrection(reason="Salah lihat", lines=[line]), stamp=officer)
    kept, gone, passed = (build.a_device(session, at=RECEIVER) for _ in range(3))
    leaver = a_holder(session, passed, "Rini", receiver)
    follower = a_holder(session, kept, "Umar", receiver)
    handed = [SuccessionLine(device=passed.code, condition=Condition.LIGHT, note="Layar retak")]
    follows = NewSuccession(leaver=leaver, successor=follower, cause=Cause.MOVED, lines=handed)
    commands.succeed(session, place, follows, stamp=receiver)
    commands.report_loss(session, gone, Loss(reason="Hilang di terminal"), stamp=receiver)
    return {state: str(box.id) for state, box in boxes.items()} | {
        "receipt": str(receipt.id),
        "kept": kept.code,
        "gone": gone.code,
        "holder": str(follower),
        "nobody": str(leaver),
    }
