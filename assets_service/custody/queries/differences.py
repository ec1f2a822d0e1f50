"""Where what was received is not what was sent."""

from collections.abc import Iterable

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from assets_service.access.stamp import Stamp
from assets_service.custody.errors import NoSuchDifference, NoSuchFinding
from assets_service.custody.models import Difference, DifferenceKind, Receipt, Shipment, ShipmentLine
from assets_service.custody.queries.rights import may_send, senders
from assets_service.custody.queries.shipments import OFFICES, locked, visible_to
from assets_service.devices import queries as devices
from assets_service.devices.models import Device
from assets_service.kernel.db import lock_each, locking

Seen = list[tuple[Difference, str | None]]  # each with the code of its device, if the stamp may see that device


def of_shipment(session: Session, shipment: Shipment, stamp: Stamp) -> Seen:
    """The differences of a shipment, the oldest first."""
    rows = list(
        session.scalars(select(Difference).where(Difference.shipment_id == shipment.id).order_by(Difference.id))
    )
    for row in rows:
        set_committed_value(row, "shipment", shipment)
    return with_codes(session, rows, stamp)


def with_codes(session: Session, rows: list[Difference], stamp: Stamp) -> Seen:
    """Each with the code of its device, which an extra of another office's keeps to itself."""
    extras = {row.device_id for row in rows if row.kind is DifferenceKind.EXTRA and row.device_id}
    of_lines = {row.device_id for row in rows if row.kind is not DifferenceKind.EXTRA}
    if not extras | of_lines:
        return [(row, None) for row in rows]
    mine = devices.visible_to(stamp).where(Device.id.in_(extras)).with_only_columns(Device.id, Device.code)
    codes = dict(session.execute(mine).all()) if extras else {}
    codes |= dict(session.execute(select(Device.id, Device.code).where(Device.id.in_(of_lines))).all())
    return [(row, codes.get(row.device_id or 0)) for row in rows]


def matching_differences(stamp: Stamp, *, is_open: bool | None = None) -> Select[Difference]:
    """A select of the differences of every shipment that the stamp may see."""
    mine = visible_to(stamp).with_only_columns(Shipment.id)
    found = select(Difference).where(Difference.shipment_id.in_(mine))
    if is_open is None:
        return found
    return found.where(Difference.settled_at.is_(None) if is_open else Difference.settled_at.is_not(None))


def listed_differences(
    session: Session, found: Select[Difference], *, beyond: int | None = None, limit: int
) -> tuple[list[Difference], int]:
    """The newest first, one more than `limit` when there are more, and how many there are in all."""
    total = session.scalar(select(func.count()).select_from(found.with_only_columns(Difference.id).subquery())) or 0
    if beyond is not None:
        found = found.where(Difference.id < beyond)
    found = found.order_by(Difference.id.desc()).limit(limit + 1)
    return list(session.scalars(found.options(joinedload(Difference.shipment).options(*OFFICES)))), total


def difference(session: Session, difference_id: int, stamp: Stamp) -> Difference:
    """The difference with its shipment. Raises `NoSuchDifference`."""
    found = session.scalar(
        matching_differences(stamp)
        .where(Difference.id == difference_id)
        .options(joinedload(Difference.shipment).options(*OFFICES))
    )
    if found is None:
        raise NoSuchDifference
    return found


def locked_difference(session: Session, difference_id: int, stamp: Stamp) -> Difference:
    """The difference to be settled, locked after its shipment and its device. Raises `NoSuchDifference`."""
    mine = matching_differences(stamp).where(Difference.id == difference_id)
    named = session.execute(mine.with_only_columns(Difference.shipment_id, Difference.device_id)).first()
    if named is None:
        raise NoSuchDifference
    shipment = locked(session, named.shipment_id, stamp)
    if named.device_id:
        lock_each(session, Device, Device.id == named.device_id)
    found = session.scalars(locking(select(Difference).where(Difference.id == difference_id), Difference)).one()
    set_committed_value(found, "shipment", shipment)
    return found


def locked_finding(session: Session, shipment_id: int, finding_id: int, stamp: Stamp) -> Difference:
    """The extra to be settled by its older name. Raises `NoSuchShipment` and `NoSuchFinding`."""
    locked(session, shipment_id, stamp)
    is_of = (
        (Difference.id == finding_id)
        & (Difference.shipment_id == shipment_id)
        & (Difference.kind == DifferenceKind.EXTRA)
    )
    if session.scalar(select(Difference.id).where(is_of)) is None:
        raise NoSuchFinding
    return locked_difference(session, finding_id, stamp)


def open_of(session: Session, device_ids: Iterable[int], *kinds: DifferenceKind) -> list[Difference]:
    """The open differences of these devices, the newest first, each with its shipment."""
    found = select(Difference).where(Difference.device_id.in_(set(device_ids)), Difference.settled_at.is_(None))
    found = found.where(Difference.kind.in_(kinds)) if kinds else found
    return list(
        session.scalars(found.order_by(Difference.id.desc()).options(joinedload(Difference.shipment).options(*OFFICES)))
    )


def open_extras(session: Session, shipment: Shipment) -> set[int | str]:
    """The devices that wait as extras of the shipment; what the register does not know, as it was read."""
    is_extra = (Difference.shipment_id == shipment.id) & (Difference.kind == DifferenceKind.EXTRA)
    found = select(Difference.device_id, Difference.code_read).where(is_extra, Difference.settled_at.is_(None))
    return {device_id or code_read for device_id, code_read in session.execute(found)}


def parties(session: Session, shipment: Shipment) -> set[int]:
    """Who packed, sent or received of the shipment."""
    receivers = session.scalars(select(Receipt.by_id).where(Receipt.shipment_id == shipment.id))
    return senders(shipment) | {each for each in receivers if each is not None}


def has_both_sides(stamp: Stamp, shipment: Shipment) -> bool:
    """Whether the stamp has rights over both offices of the shipment."""
    return may_send(stamp, shipment.from_office) and may_send(stamp, shipment.to_office)


def may_settle(session: Session, shipment: Shipment, stamp: Stamp) -> bool:
    """Whether the stamp may settle what differs in the shipment: with rights over both sides, and of neither."""
    return has_both_sides(stamp, shipment) and stamp.actor_id not in parties(session, shipment)


def line_of(session: Session, found: Difference) -> ShipmentLine:
    """The line of the shipment that the difference is about."""
    of = (ShipmentLine.shipment_id == found.shipment_id) & (ShipmentLine.device_id == found.device_id)
    return session.scalars(select(ShipmentLine).where(of)).one()
