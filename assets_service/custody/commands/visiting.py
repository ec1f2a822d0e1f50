"""The receipt of one visit: a row that is never changed, and what it says of each device."""

from collections.abc import Sequence
from hashlib import sha256

import msgspec
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from assets_service.access.stamp import Stamp
from assets_service.custody import queries
from assets_service.custody.asks import NewReceipt, ReceiptLine, reason_of
from assets_service.custody.errors import VisitReused
from assets_service.custody.events import Visited
from assets_service.custody.models import Receipt, ReceiptItem, Shipment
from assets_service.devices.models import Device
from assets_service.kernel import rows
from assets_service.kernel.rows import Values
from assets_service.ledger.events import Event


def keep_receipt(session: Session, shipment: Shipment, ask: NewReceipt, *, stamp: Stamp) -> Receipt:
    """The next receipt of the shipment. Raises `VisitReused` for an id that stands for a visit already."""
    if ask.visit and (before := queries.receipt_of_visit(session, str(ask.visit))):
        raise VisitReused(number=before.number)
    signed = ask.signature
    return keep(
        session,
        shipment,
        {
            "visit_id": str(ask.visit) if ask.visit else None,
            "delivered_by": ask.delivered_by,
            "note": ask.note,
            "signed_name": signed.name if signed else None,
            "signed_position": signed.position if signed else None,
            "strokes": msgspec.json.encode(signed.strokes).decode() if signed else None,
        },
        stamp=stamp,
    )


def keep(session: Session, shipment: Shipment, values: Values, *, stamp: Stamp) -> Receipt:
    """One more receipt; `visited` tells of it."""
    visit = queries.visits(session, shipment.id) + 1
    kept = {"shipment_id": shipment.id, "visit": visit, "at": stamp.at, "by_id": stamp.actor_id, **values}
    receipt = rows.add(session, Receipt, kept)
    set_committed_value(receipt, "shipment", shipment)
    return receipt


def visited(receipt: Receipt, items: int, corrects: Receipt | None = None) -> tuple[str, Event]:
    """What is told of a receipt, in the shipment's own chain."""
    shipment = receipt.shipment
    told = Visited(
        shipment=shipment.number,
        receipt=receipt.number,
        visit=receipt.visit,
        at_office=shipment.to_office.code,
        items=items,
        strokes_sha256=sha256(receipt.strokes.encode()).hexdigest() if receipt.strokes else None,
        corrects=corrects.number if corrects else None,
        reason=receipt.correction,
    )
    return subject(shipment), told


def keep_items(session: Session, receipt: Receipt, said: Sequence[tuple[Device, ReceiptLine]]) -> None:
    """What the receipt says of each device."""
    rows.put_each(
        session,
        ReceiptItem,
        [
            {
                "receipt_id": receipt.id,
                "device_id": device.id,
                "outcome": each.outcome,
                "condition": each.condition,
                "unpacked": each.accessories,
                "reason": reason_of(each),
                "note": each.note,
            }
            for device, each in said
        ],
    )


def subject(shipment: Shipment) -> str:
    """The shipment's own chain: for its receipts, its notes, and what was in a box that no device stands behind."""
    return f"shipment/{shipment.id}"
