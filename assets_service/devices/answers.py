"""A list of devices, as programs and pages are given it: in one order, a page at a time, forwards and back."""

from typing import Annotated, Any

from litestar import Response
from litestar.params import QueryParameter
from msgspec import Meta
from sqlalchemy import Select
from sqlalchemy.orm import Session

from assets_service.access.stamp import REGISTRARS, WRITERS, Stamp
from assets_service.devices import queries
from assets_service.devices.models import Device
from assets_service.devices.orders import ORDERS, Order
from assets_service.devices.views import DeviceView, DeviceViews
from assets_service.kernel.fields import Wire
from assets_service.kernel.http import Listing, listing, read_cursor, turned
from assets_service.web.columns import columns_wanted, keep_columns
from assets_service.web.visit import Visit

Sort = Annotated[
    Order, QueryParameter(description="By what the list is sorted; with a minus the other way round.", required=False)
]
CursorText = Annotated[str, Meta(max_length=1000)]
PLACE_MAX = 10**9

# What the table of a list can show of a device beside the device itself, and by what each is sorted.
COLUMNS = ("office", "holder", "state", "serial", "imei", "item", "acquired", "checked", "due", "registered")
USUAL_COLUMNS = ("office", "holder", "state")
SORTED_BY = {
    "device": "model",
    "office": "office",
    "serial": "serial",
    "checked": "checked",
    "due": "due",
    "registered": "registered",
}


class Turning(Wire):
    """Where in which order a page of a list begins: behind `cursor` or before `before`; its first row is the list's `at`th."""

    sort: Order = Order.REGISTERED
    cursor: CursorText | None = None
    before: CursorText | None = None
    at: Annotated[int, Meta(ge=1, le=PLACE_MAX)] = 1


def in_order(
    session: Session,
    found: Select[Device],
    order: Order,
    views: DeviceViews,
    stamp: Stamp,
    *,
    cursor: str | None,
    limit: int,
) -> Listing[DeviceView]:
    """A page for a program. Raises `Invalid` for a cursor of another order."""
    beyond = read_cursor(cursor, ORDERS.cursor(order))
    rows, total = queries.ordered(session, found, order, beyond=beyond, limit=limit)
    view = views.each(session, rows, stamp.at)
    return listing(rows, total, limit, view=view, key=ORDERS.key(order))


def turned_to(
    session: Session, found: Select[Device], turning: Turning, views: DeviceViews, stamp: Stamp, *, limit: int
) -> Listing[DeviceView]:
    """A page for a person, who can turn back. Raises `Invalid` for a cursor of another order."""
    order, backwards = turning.sort, turning.before is not None
    beyond = read_cursor(turning.before or turning.cursor, ORDERS.cursor(order))
    rows, total = queries.ordered(session, found, order, beyond=beyond, limit=limit, backwards=backwards)
    view = views.each(session, rows, stamp.at)
    return turned(rows, total, limit, view=view, key=ORDERS.key(order), backwards=backwards, is_first=beyond is None)


def table_page(visit: Visit, template: str, turning: Turning, **content: Any) -> Response[str]:
    """The page of a list of devices, with the columns that the reader wants."""
    columns = columns_wanted(visit.request, COLUMNS, USUAL_COLUMNS)
    shown = visit.page(
        template,
        turning=turning,
        orders=list(Order),
        columns=columns,
        columns_known=COLUMNS,
        sorted_by=SORTED_BY,
        may_send=visit.stamp.has(*WRITERS),
        may_print=visit.stamp.has(*REGISTRARS),
        **content,
    )
    if visit.form.texts.get("columns") and visit.db.may_write:
        keep_columns(shown, columns)
    return shown
