"""Devices in a list: narrowed by filters, in one of a few orders, a page at a time."""

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.devices.models import Condition, Device, Kind, Presence
from assets_service.devices.orders import ORDERS, Order
from assets_service.devices.queries.fitting import named_by
from assets_service.devices.queries.seeing import visible_to, whole, words_of
from assets_service.kernel.db.orders import Key
from assets_service.offices.models import Office
from assets_service.offices.queries import Area


def matching(
    stamp: Stamp,
    *,
    area: Area | None = None,
    kind: Kind | None = None,
    condition: Condition | None = None,
    presence: Presence | None = None,
    flag: ColumnElement[bool] | None = None,
    q: str | None = None,
    imported: int | None = None,
) -> Select[Device]:
    """A select of the visible devices that match every filter; `imported` is the number of the import that registered them."""
    found = visible_to(stamp)
    if imported is not None:
        found = found.where(Device.import_id == imported)
    if area is not None:
        found = found.where(area.holds(Device.office_id))
    if kind:
        found = found.where(Device.kind == kind)
    if condition:
        found = found.where(Device.condition == condition)
    if presence:
        found = found.where(Device.presence == presence)
    if flag is not None:
        found = found.where(flag)
    return found.where(_found_by(q)) if q and q.strip() else found


def _found_by(q: str) -> ColumnElement[bool]:
    """A clause for devices that hold every word, or that the whole text names: an address, `IMEI: …`, a claimed code."""
    words = words_of(q)
    held = and_(*(Device.search.contains(word, autoescape=True) for word in words)) if words else false()
    return or_(held, named_by(q))


def of_office(stamp: Stamp, office: Office) -> Select[Device]:
    """A select of the devices that this very office, without those below it, answers for or awaits."""
    return visible_to(stamp).where(or_(Device.office_id == office.id, Device.bound_for_id == office.id))


def listed(session: Session, found: Select[Device], *, after: int | None, limit: int) -> tuple[list[Device], int]:
    """The devices, oldest registration first and one more than `limit` when there are more, and how many there are in all."""
    total = _count(session, found)
    if after:
        found = found.where(Device.id > after)
    return list(session.scalars(whole(found.order_by(Device.id).limit(limit + 1)))), total


def ordered(
    session: Session, found: Select[Device], order: Order, *, beyond: Key | None, limit: int, backwards: bool = False
) -> tuple[list[Device], int]:
    """The devices in this order and one more than `limit` when there are more, and how many there are in all.

    They stand beyond the device with the key `beyond`: behind it or, `backwards`, before it, the nearest first.
    """
    total = _count(session, found)
    found = found.join(Office, Office.id == Device.office_id)
    found = ORDERS.sorted(found, order, beyond=beyond, backwards=backwards)
    return list(session.scalars(whole(found.limit(limit + 1)))), total


def _count(session: Session, found: Select[Device]) -> int:
    return session.scalar(select(func.count()).select_from(found.with_only_columns(Device.id).subquery())) or 0
