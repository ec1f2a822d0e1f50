"""Flags over HTTP."""

from typing import Annotated

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.devices import queries as devices
from assets_service.devices.answers import Sort, in_order
from assets_service.devices.orders import ORDERS, Order
from assets_service.devices.views import DeviceView, DeviceViews
from assets_service.flags.queries import Flag, Flags, flag_named
from assets_service.flags.views import By, FlagCounts, counts_view, place_view
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Gathering
from assets_service.kernel.http import Cursor, Limit, Listing, read_cursor
from assets_service.offices.asks import Where


class FlagsAPI(Controller):
    path = "/api/v1/flags"
    tags = ["Flags"]

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def count_flags(
        self,
        flags: NamedDependency[Flags],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        where: NamedDependency[Where],
        by: Annotated[By | None, QueryParameter()] = None,
        kind: Annotated[Flag | None, QueryParameter()] = None,
    ) -> FlagCounts:
        """How many devices bear each flag now; `by` adds each office or province, for `kind` alone when given."""
        with db.reading() as session:
            area = where.area(session, stamp)
            answer = counts_view(flags.counts(session, stamp, area=area))
            if by is By.OFFICE:
                answer.by_office = [
                    place_view(place) for place in flags.counts_by_office(session, stamp, kind, area=area)
                ]
            if by is By.PROVINCE:
                answer.by_province = [
                    place_view(place) for place in flags.counts_by_province(session, stamp, kind, area=area)
                ]
            return answer

    @get("/{kind:str}", policy=SIGNED_IN, sync_to_thread=True)
    def list_flagged(
        self,
        kind: FromPath[str],
        flags: NamedDependency[Flags],
        views: NamedDependency[DeviceViews],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        where: NamedDependency[Where],
        sort: Sort = Order.REGISTERED,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Listing[DeviceView]:
        """The devices that bear a flag, oldest registration first."""
        clause = flags.clause(flag_named(kind), stamp.at)
        asked = Gathering()
        asked.ask(lambda: read_cursor(cursor, ORDERS.cursor(sort)))
        with db.reading() as session:
            area = asked.ask(lambda: where.area(session, stamp))
            asked.refuse()
            found = devices.matching(stamp, area=area, flag=clause)
            return in_order(session, found, sort, views, stamp, cursor=cursor, limit=limit)
