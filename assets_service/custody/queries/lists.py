"""Shipments in a list: narrowed by state, direction and office, and found by a number or a name."""

import re
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.custody.models import Shipment, ShipmentLine, ShipmentState
from assets_service.custody.orders import FROM, ORDERS, TO, Order
from assets_service.custody.queries.shipments import OFFICES, visible_to
from assets_service.devices.queries import named_by
from assets_service.kernel.clock import ZONES
from assets_service.kernel.db.orders import Key
from assets_service.offices.models import Level, Office
from assets_service.offices.queries import Area, called, ids_in_scope

_NUMBER = re.compile(r"^PK-((?:19|20)\d{2})-0*(\d{1,9})$", re.IGNORECASE)
_PLAIN_NUMBER = re.compile(r"^0*(\d{1,9})$")


class Direction(StrEnum):
    INCOMING = "incoming"
    OUTGOING = "outgoing"


def matching(
    stamp: Stamp,
    *,
    state: ShipmentState | None = None,
    area: Area | None = None,
    direction: Direction | None = None,
    q: str | None = None,
) -> Select[Shipment]:
    """A select of the visible shipments that match every filter; `direction` is seen from `area`, or from the whole scope."""
    found = visible_to(stamp)
    if state:
        found = found.where(Shipment.state == state)
    here = select(Office.id).where(area.clause) if area else ids_in_scope(stamp)
    if direction is Direction.INCOMING:
        found = found.where(Shipment.to_id.in_(here))
    elif direction is Direction.OUTGOING:
        found = found.where(Shipment.from_id.in_(here))
    elif area:
        found = found.where(or_(Shipment.to_id.in_(here), Shipment.from_id.in_(here)))
    if q and q.strip():
        found = found.where(_found_by(q.strip()))
    return found


def _found_by(q: str) -> ColumnElement[bool]:
    """A clause for shipments with this number, with a sender or receiver of this name or code, or with the device that is named.

    A province means the offices below it too. Two digits are both: the number of a shipment, and a province.
    """
    if number := _NUMBER.match(q):
        return and_(Shipment.id == int(number[2]), _made_in(int(number[1])))
    province = select(Office.id).where(called(q), Office.level == Level.PROVINCE)
    there = select(Office.id).where(or_(called(q), Office.parent_id.in_(province)))
    named = select(ShipmentLine.shipment_id).join(ShipmentLine.device).where(named_by(q))
    found = or_(Shipment.from_id.in_(there), Shipment.to_id.in_(there), Shipment.id.in_(named))
    plain = _PLAIN_NUMBER.match(q)
    return or_(Shipment.id == int(plain[1]), found) if plain else found


def _made_in(year: int) -> ColumnElement[bool]:
    """A clause for shipments made in this year by Jakarta's calendar, which gives a shipment's number its year."""
    begin, end = (datetime(each, 1, 1, tzinfo=ZoneInfo(ZONES[0])) for each in (year, year + 1))
    return and_(Shipment.created_at >= begin, Shipment.created_at < end)


def listed(
    session: Session,
    found: Select[Shipment],
    *,
    order: Order = Order.NUMBER_LAST,
    beyond: Key | None = None,
    limit: int,
) -> tuple[list[Shipment], int]:
    """The shipments in this order beyond the one with this key, one more than `limit` when there are more, and how many there are in all."""
    total = session.scalar(select(func.count()).select_from(found.with_only_columns(Shipment.id).subquery())) or 0
    found = found.join(FROM, FROM.id == Shipment.from_id).join(TO, TO.id == Shipment.to_id)
    found = ORDERS.sorted(found, order, beyond=beyond)
    return list(session.scalars(found.options(*OFFICES).limit(limit + 1))), total
