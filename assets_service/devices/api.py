"""The register over HTTP."""

from typing import Annotated

from litestar import Controller, Response, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.actions.once import Once
from assets_service.devices import acts, queries
from assets_service.devices.answers import Sort, in_order
from assets_service.devices.asks import AmendDevice, NewDevice, Retirement
from assets_service.devices.models import Condition, Kind, Presence
from assets_service.devices.orders import ORDERS, Order
from assets_service.devices.views import DeviceView, DeviceViews
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Gathering
from assets_service.kernel.http import Cursor, Limit, Listing, etag, listing, read_cursor
from assets_service.ledger import queries as ledger
from assets_service.ledger.views import EntryView, entry_view
from assets_service.offices.asks import Where
from assets_service.people.queries import names_in


class DevicesAPI(Controller):
    path = "/api/v1/devices"
    tags = ["Devices"]

    @post(act=acts.REGISTER, sync_to_thread=True)
    def register_device(self, data: JSONBody[NewDevice], once: NamedDependency[Once]) -> Response[DeviceView]:
        """Register a device; its office answers for it from now on."""
        device = once.do(acts.REGISTER, data)
        return once.answer(device, status=201, location=f"/api/v1/devices/{device.code}", etag=device.version)

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def list_devices(
        self,
        views: NamedDependency[DeviceViews],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        where: NamedDependency[Where],
        kind: Annotated[Kind | None, QueryParameter()] = None,
        condition: Annotated[Condition | None, QueryParameter()] = None,
        presence: Annotated[Presence | None, QueryParameter()] = None,
        flag: Annotated[str | None, QueryParameter(max_length=24)] = None,
        q: Annotated[str | None, QueryParameter(max_length=80)] = None,
        imported: Annotated[int | None, QueryParameter(ge=1, le=2**53)] = None,
        sort: Sort = Order.REGISTERED,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Listing[DeviceView]:
        """Devices in scope, oldest registration first; `imported` is the number of the import that registered them."""
        asked = Gathering()
        flagged = asked.ask(lambda: views.flagging.clause(flag, stamp.at)) if flag else None
        asked.ask(lambda: read_cursor(cursor, ORDERS.cursor(sort)))
        with db.reading() as session:
            area = asked.ask(lambda: where.area(session, stamp))
            asked.refuse()
            found = queries.matching(
                stamp,
                area=area,
                kind=kind,
                condition=condition,
                presence=presence,
                flag=flagged,
                q=q,
                imported=imported,
            )
            return in_order(session, found, sort, views, stamp, cursor=cursor, limit=limit)

    @get("/{code:str}", policy=SIGNED_IN, sync_to_thread=True)
    def read_device(
        self,
        code: FromPath[str],
        views: NamedDependency[DeviceViews],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
    ) -> Response[DeviceView]:
        with db.reading() as session:
            answer = views.one(session, queries.by_code(session, code, stamp), stamp.at)
        return Response(answer, headers={"etag": etag(answer.version)})

    @patch("/{code:str}", act=acts.AMEND, sync_to_thread=True)
    def amend_device(
        self, code: FromPath[str], data: JSONBody[AmendDevice], once: NamedDependency[Once]
    ) -> Response[DeviceView]:
        """Change what describes the device. Custody, condition and presence are refused: they are changed by acts of their own."""
        device = once.do(acts.AMEND, data, code)
        return once.answer(device, etag=device.version)

    @get("/{code:str}/history", policy=SIGNED_IN, sync_to_thread=True)
    def device_history(
        self,
        code: FromPath[str],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Listing[EntryView]:
        """The device's ledger entries, oldest first."""
        after = read_cursor(cursor, int)
        with db.reading() as session:
            device = queries.by_code(session, code, stamp)
            rows = ledger.history(session, device.code, after=after or 0, limit=limit + 1)
            total = ledger.count(session, device.code)
            names = names_in(session, rows, stamp)
            return listing(
                rows, total, limit, view=lambda entry: entry_view(entry, names), key=lambda entry: entry.subject_seq
            )

    @put("/{code:str}/retirement", act=acts.RETIRE, sync_to_thread=True)
    def retire_device(
        self, code: FromPath[str], data: JSONBody[Retirement], once: NamedDependency[Once]
    ) -> Response[DeviceView]:
        """Write the device off, after the decree. Its history stays for ever."""
        device = once.do(acts.RETIRE, data, code)
        return once.answer(device, etag=device.version)


@get("/api/v1/lookup", policy=SIGNED_IN, tags=["Devices"])
async def look_up(
    views: NamedDependency[DeviceViews],
    stamp: NamedDependency[Stamp],
    db: NamedDependency[Database],
    identifier: Annotated[str, QueryParameter(name="id", min_length=1, max_length=300)],
) -> Response[DeviceView]:
    """Find a device by any identifier: label code or URL (any case, any host), serial, IMEI, `kode_barang.nup`, Kode Register.

    The last six signs of a serial number are enough here. What fits several devices is refused, with the candidates.
    """

    def read() -> DeviceView:
        with db.reading(snapshot=False) as session:
            return views.one(session, queries.lookup(session, identifier, stamp, by_tail=True), stamp.at)

    answer = await db.read_briefly(read)
    return Response(answer, headers={"etag": etag(answer.version)})
