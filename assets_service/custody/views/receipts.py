"""What is shown: arrivals, receipts by visit, differences."""

from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.actions.act import Tools
from assets_service.custody import queries
from assets_service.custody.models import (
    Arrival,
    Difference,
    DifferenceKind,
    Outcome,
    Receipt,
    ReceiptItem,
    Settlement,
    Shipment,
    ShipmentPhoto,
)
from assets_service.custody.views.choices import Called, Choice
from assets_service.devices.identifiers import grouped, read_code
from assets_service.devices.models import Condition, Kind
from assets_service.ledger.queries import Names
from assets_service.offices.views import OfficeRef, office_ref
from assets_service.people import queries as people
from assets_service.people.views import PersonRef, person_then
from assets_service.photos.models import Photo


class ArrivalView(Struct):
    """The parcel as it lay there unopened."""

    arrived_at: datetime
    seal_intact: bool
    brought_by: str | None
    waybill: str | None
    note: str | None
    photos: list[str]  # addresses
    recorded_at: datetime
    recorded_by: PersonRef | None


class ReceiptItemView(Struct):
    """What one receipt says of one device. `accessories` are those that were there of the `packed` ones; null: all of them."""

    device: str
    kind: Kind
    brand: str
    model: str
    serial: str
    outcome: Outcome
    condition: Condition | None
    accessories: list[Choice] | None
    reason: Choice | None
    note: str | None
    photos: list[str]
    packed: list[Choice] = []  # a result kept from before has none


class SignatureView(Struct):
    """A signature as it was drawn: strokes of points [x, y]. It is no certified one."""

    name: str
    position: str | None
    strokes: list[list[list[int]]]


class ReceiptView(Struct):
    """One visit to a shipment's boxes. `corrects` is the receipt whose mistakes it corrects, for the reason in `correction`."""

    id: int
    number: str
    shipment: int
    visit: int
    at: datetime
    received_by: PersonRef | None
    delivered_by: str | None
    note: str | None
    signature: SignatureView | None
    corrects: int | None
    correction: str | None
    lines: list[ReceiptItemView]
    differences: list["DifferenceView"]


class DifferenceView(Struct):
    """Where what was received is not what was sent; `device` is null for a reader who may not see that device."""

    id: int
    kind: DifferenceKind
    shipment: int
    number: str
    from_office: OfficeRef
    to_office: OfficeRef
    receipt: int | None
    device: str | None
    code_read: str
    reason: Choice | None
    note: str | None
    opened_at: datetime
    opened_by: PersonRef | None
    outcome: Settlement | None
    settled_reason: Choice | None
    settled_note: str | None
    settled_at: datetime | None
    settled_by: PersonRef | None
    stated_outcome: Outcome | None = None  # what the receiver said of an extra
    stated_condition: Condition | None = None

    @property
    def name_of_extra(self) -> str:
        """What was read, a label's code as it stands on the label."""
        label = read_code(self.code_read)
        return grouped(label.code) if label else self.code_read


Pictures = list[tuple[ShipmentPhoto, Photo]]


def arrival_view(shipment_id: int, arrival: Arrival, pictures: Pictures, names: Names) -> ArrivalView:
    return ArrivalView(
        arrived_at=arrival.arrived_at,
        seal_intact=arrival.seal_intact,
        brought_by=arrival.brought_by,
        waybill=arrival.waybill,
        note=arrival.note,
        photos=[photo_url(shipment_id, photo) for of, photo in pictures if of.receipt_id is None],
        recorded_at=arrival.recorded_at,
        recorded_by=person_then(arrival.recorded_by_id, arrival.recorded_at, names),
    )


def photo_url(shipment_id: int, photo: Photo) -> str:
    return f"/pengiriman/{shipment_id}/foto/{photo.hash}.jpg"


def receipt_views(session: Session, shipment: Shipment, stamp: Stamp) -> list[ReceiptView]:
    """Every receipt of the shipment, in the order of its visits."""
    receipts = queries.receipts(session, shipment)
    return _views(session, shipment, receipts, stamp) if receipts else []


def receipt_view(session: Session, receipt: Receipt, stamp: Stamp) -> ReceiptView:
    return _views(session, receipt.shipment, [receipt], stamp)[0]


def receipt_result(session: Session, receipt: Receipt, stamp: Stamp, _tools: Tools) -> ReceiptView:
    return receipt_view(session, receipt, stamp)


def _views(session: Session, shipment: Shipment, receipts: list[Receipt], stamp: Stamp) -> list[ReceiptView]:
    items = queries.items(session, [receipt.id for receipt in receipts])
    pictures = queries.photos_of(session, shipment.id)
    packed = queries.packed_with(session, shipment.id)
    differences = queries.of_shipment(session, shipment, stamp)
    actors = {receipt.by_id for receipt in receipts} | actors_of([each for each, _ in differences])
    names, called = people.names(session, actors), Called(session)
    return [
        ReceiptView(
            id=receipt.id,
            number=receipt.number,
            shipment=shipment.id,
            visit=receipt.visit,
            at=receipt.at,
            received_by=person_then(receipt.by_id, receipt.at, names),
            delivered_by=receipt.delivered_by,
            note=receipt.note,
            signature=_signature(receipt),
            corrects=receipt.corrects_id,
            correction=receipt.correction,
            lines=[
                _item_view(shipment.id, item, packed.get(item.device_id, []), pictures, called)
                for item in items[receipt.id]
            ],
            differences=[
                difference_view(each, code, names, called)
                for each, code in differences
                if each.receipt_id == receipt.id
            ],
        )
        for receipt in receipts
    ]


def _signature(receipt: Receipt) -> SignatureView | None:
    if receipt.strokes is None or receipt.signed_name is None:
        return None
    return SignatureView(receipt.signed_name, receipt.signed_position, msgspec.json.decode(receipt.strokes))


def _item_view(
    shipment_id: int, item: ReceiptItem, packed: list[str], pictures: Pictures, called: Called
) -> ReceiptItemView:
    device = item.device
    return ReceiptItemView(
        device=device.code,
        kind=device.kind,
        brand=device.brand,
        model=device.model,
        serial=device.serial,
        outcome=item.outcome,
        condition=item.condition,
        accessories=called.accessories(item.unpacked) if item.unpacked is not None else None,
        packed=called.accessories(packed),
        reason=called.reason(item.reason),
        note=item.note,
        photos=[
            photo_url(shipment_id, photo)
            for of, photo in pictures
            if (of.receipt_id, of.device_id) == (item.receipt_id, item.device_id)
        ],
    )


def difference_views(session: Session, rows: list[Difference], stamp: Stamp) -> list[DifferenceView]:
    """The differences as they are shown in a list."""
    names, called = people.names(session, actors_of(rows)), Called(session)
    return [difference_view(row, code, names, called) for row, code in queries.with_codes(session, rows, stamp)]


def difference_view(found: Difference, code: str | None, names: Names, called: Called) -> DifferenceView:
    return DifferenceView(
        id=found.id,
        kind=found.kind,
        shipment=found.shipment_id,
        number=found.shipment.number,
        from_office=office_ref(found.shipment.from_office),
        to_office=office_ref(found.shipment.to_office),
        receipt=found.receipt_id,
        device=code,
        code_read=found.code_read,
        reason=called.reason(found.reason),
        note=found.note,
        stated_outcome=found.stated_outcome,
        stated_condition=found.stated_condition,
        opened_at=found.opened_at,
        opened_by=person_then(found.opened_by_id, found.opened_at, names),
        outcome=found.outcome,
        settled_reason=called.reason(found.settled_reason),
        settled_note=found.settled_note,
        settled_at=found.settled_at,
        settled_by=person_then(found.settled_by_id, found.settled_at, names),
    )


def actors_of(differences: list[Difference]) -> set[int | None]:
    return {person for found in differences for person in (found.opened_by_id, found.settled_by_id)}
