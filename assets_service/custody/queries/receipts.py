"""What the receiving office has said of a shipment: its arrival, and one receipt a visit."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from assets_service.access.stamp import Stamp
from assets_service.custody.errors import NoSuchReceipt
from assets_service.custody.models import Arrival, Receipt, ReceiptItem, Shipment, ShipmentLine, ShipmentPhoto
from assets_service.custody.queries.shipments import OFFICES, locked, visible_to
from assets_service.devices.models import Device
from assets_service.photos.models import Photo
from assets_service.photos.queries import is_own_and_waiting

_DEVICE = joinedload(ReceiptItem.device).load_only(Device.code, Device.kind, Device.brand, Device.model, Device.serial)


def arrival(session: Session, shipment_id: int) -> Arrival | None:
    return session.scalar(select(Arrival).where(Arrival.shipment_id == shipment_id))


def arrivals(session: Session, shipment_ids: Iterable[int]) -> dict[int, Arrival]:
    """The arrivals of these shipments, by shipment."""
    found = session.scalars(select(Arrival).where(Arrival.shipment_id.in_(set(shipment_ids))))
    return {row.shipment_id: row for row in found}


def receipts(session: Session, shipment: Shipment) -> list[Receipt]:
    """The shipment's receipts in the order of its visits."""
    rows = list(session.scalars(select(Receipt).where(Receipt.shipment_id == shipment.id).order_by(Receipt.visit)))
    for row in rows:
        set_committed_value(row, "shipment", shipment)
    return rows


def visits(session: Session, shipment_id: int) -> int:
    """How many receipts the shipment has."""
    return session.scalar(select(func.count()).where(Receipt.shipment_id == shipment_id)) or 0


def receipt(session: Session, receipt_id: int, stamp: Stamp) -> Receipt:
    """The receipt with its shipment. Raises `NoSuchReceipt`."""
    found = session.scalar(_mine(receipt_id, stamp).options(joinedload(Receipt.shipment).options(*OFFICES)))
    if found is None:
        raise NoSuchReceipt
    return found


def locked_receipt(session: Session, receipt_id: int, stamp: Stamp) -> Receipt:
    """The receipt to be corrected, its shipment and devices locked. Raises `NoSuchReceipt`."""
    found = session.scalar(_mine(receipt_id, stamp))
    if found is None:
        raise NoSuchReceipt
    set_committed_value(found, "shipment", locked(session, found.shipment_id, stamp))
    return found


def _mine(receipt_id: int, stamp: Stamp) -> Select[Receipt]:
    mine = visible_to(stamp).with_only_columns(Shipment.id)
    return select(Receipt).where(Receipt.id == receipt_id, Receipt.shipment_id.in_(mine))


def receipt_of_visit(session: Session, visit_id: str) -> Receipt | None:
    return session.scalar(select(Receipt).where(Receipt.visit_id == visit_id).options(joinedload(Receipt.shipment)))


def items(session: Session, receipt_ids: Iterable[int]) -> dict[int, list[ReceiptItem]]:
    """What each of these receipts says, device by device."""
    found = session.scalars(
        select(ReceiptItem)
        .where(ReceiptItem.receipt_id.in_(set(receipt_ids)))
        .options(_DEVICE)
        .order_by(ReceiptItem.id)
    )
    by_receipt: dict[int, list[ReceiptItem]] = defaultdict(list)
    for row in found:
        by_receipt[row.receipt_id].append(row)
    return by_receipt


def packed_with(session: Session, shipment_id: int) -> dict[int, list[str]]:
    """The accessories that were packed with each device of the shipment, by device."""
    found = select(ShipmentLine.device_id, ShipmentLine.packed).where(ShipmentLine.shipment_id == shipment_id)
    return {device_id: packed or [] for device_id, packed in session.execute(found)}


def who_said_last(session: Session, shipment: Shipment, device_ids: Iterable[int]) -> set[int | None]:
    """Whose receipts of this shipment, corrections among them, spoke of these devices last."""
    last = (
        select(func.max(ReceiptItem.id))
        .join(Receipt, Receipt.id == ReceiptItem.receipt_id)
        .where(Receipt.shipment_id == shipment.id, ReceiptItem.device_id.in_(set(device_ids)))
        .group_by(ReceiptItem.device_id)
    )
    said = select(Receipt.by_id).join(ReceiptItem, ReceiptItem.receipt_id == Receipt.id)
    return set(session.scalars(said.where(ReceiptItem.id.in_(last))))


def waiting_photos(session: Session, names: Sequence[str], stamp: Stamp) -> dict[str, Photo]:
    """The photos among `names` that the stamp has sent and no act has named yet, by hash."""
    if not names:
        return {}
    found = select(Photo).where(Photo.hash.in_(names), is_own_and_waiting(stamp)).order_by(Photo.id)
    return {row.hash: row for row in session.scalars(found)}


def photos_of(session: Session, shipment_id: int) -> list[tuple[ShipmentPhoto, Photo]]:
    """Every photo of the shipment, with what it is of."""
    found = select(ShipmentPhoto, Photo).join(Photo, Photo.id == ShipmentPhoto.photo_id)
    rows = session.execute(found.where(ShipmentPhoto.shipment_id == shipment_id).order_by(ShipmentPhoto.id))
    return [(of, photo) for of, photo in rows]
