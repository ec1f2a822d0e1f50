"""Selects of shipments. One is visible to those in whose scope its sender lies, and, once sent, its receiver."""

from sqlalchemy import Select, bindparam, case, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from assets_service.access.stamp import Stamp
from assets_service.custody.errors import NoSuchShipment
from assets_service.custody.models import LineState, Shipment, ShipmentLine, TrackingNote
from assets_service.devices.models import Device
from assets_service.kernel.db import lock_each, locking
from assets_service.offices.models import Office
from assets_service.offices.queries import narrowed, narrowed_once

# Built once: making a select and its options costs more than the query it is for.
OFFICE = (Office.code, Office.name, Office.path, Office.timezone, Office.uakpb)
OFFICES = (
    joinedload(Shipment.from_office, innerjoin=True).load_only(*OFFICE),
    joinedload(Shipment.to_office, innerjoin=True).load_only(*OFFICE),
)
MOVES = (  # what a shipment shows of a device, and what custody writes
    Device.code, Device.kind, Device.brand, Device.model, Device.serial, Device.imei1, Device.imei2,
    Device.kode_barang, Device.nup, Device.condition, Device.presence,
    Device.office_id, Device.bound_for_id, Device.holder_id, Device.sent_at, Device.received_at, Device.one_sided,
    Device.check_due_on, Device.programme, Device.version, Device.uakpb, Device.expected_on, Device.arrived_at, Device.return_due_on,
)  # fmt: skip
_BY_ID = select(Shipment).where(Shipment.id == bindparam("id")).options(*OFFICES)
_ENDS = (Shipment.from_id, Shipment.to_id)
_IS_SENT = Shipment.sent_at.is_not(None)  # until then a shipment is its sender's alone
_LOCKED = locking(_BY_ID, Shipment)
_LINES = (
    select(ShipmentLine)
    .where(ShipmentLine.shipment_id == bindparam("shipment_id"))
    .join(ShipmentLine.device)
    .options(contains_eager(ShipmentLine.device).load_only(*MOVES))
    .order_by(ShipmentLine.id)
)
_ON_SHIPMENT = Device.id.in_(select(ShipmentLine.device_id).where(ShipmentLine.shipment_id == bindparam("shipment_id")))


def visible_to(stamp: Stamp) -> Select[Shipment]:
    """A select of the shipments from an office in scope, and of those that were sent to one."""
    return narrowed(narrowed(select(Shipment), stamp, *_ENDS), stamp, Shipment.from_id, unless=_IS_SENT)


def by_id(session: Session, shipment_id: int, stamp: Stamp) -> Shipment:
    """The shipment with its offices, lines and devices. Raises `NoSuchShipment`."""
    return _with_lines(session, _BY_ID, shipment_id, stamp)


def locked(session: Session, shipment_id: int, stamp: Stamp) -> Shipment:
    """The shipment to be changed: its row locked first, then its devices in the order of their ids.

    Raises `NoSuchShipment`.
    """
    return _with_lines(session, _LOCKED, shipment_id, stamp, lock=True)


def _with_lines(
    session: Session, found: Select[Shipment], shipment_id: int, stamp: Stamp, *, lock: bool = False
) -> Shipment:
    seen = narrowed_once(found, stamp, *_ENDS)
    shipment = session.scalar(narrowed_once(seen, stamp, Shipment.from_id, unless=_IS_SENT), {"id": shipment_id})
    if shipment is None:
        raise NoSuchShipment
    if lock:
        lock_each(session, Device, _ON_SHIPMENT, shipment_id=shipment_id)
    lines = session.scalars(_LINES, {"shipment_id": shipment_id})
    set_committed_value(shipment, "lines", list(lines))
    return shipment


def tallies(session: Session, shipments: list[Shipment]) -> dict[int, tuple[int, int]]:
    """How many devices each shipment has, and how many of them still wait for their receipt."""
    rows = session.execute(
        select(
            ShipmentLine.shipment_id,
            func.count(),
            func.sum(case((ShipmentLine.state == LineState.OPEN, 1), else_=0)),
        )
        .where(ShipmentLine.shipment_id.in_([shipment.id for shipment in shipments]))
        .group_by(ShipmentLine.shipment_id)
    )
    return {shipment_id: (devices_, int(open_)) for shipment_id, devices_, open_ in rows}


def was_shipped_after(session: Session, line: ShipmentLine) -> bool:
    """Whether the device was packed, or sent, after this line was closed."""
    later = select(ShipmentLine.id).where(ShipmentLine.device_id == line.device_id, ShipmentLine.id > line.id)
    return session.scalar(later.where(ShipmentLine.state != LineState.CANCELLED).limit(1)) is not None


def tracking_notes(session: Session, shipment_id: int) -> list[TrackingNote]:
    """What either side heard of the shipment on its way, in order."""
    return list(
        session.scalars(
            select(TrackingNote).where(TrackingNote.shipment_id == shipment_id).order_by(TrackingNote.id).limit(200)
        )
    )
