"""The register over HTTP."""

from typing import Annotated, Any

from litestar import Controller, Request, Response, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import UNSET, structs

from assets_service.devices import commands, queries
from assets_service.devices.models import Condition, Kind, Presence
from assets_service.devices.schemas import (
    AmendDevice,
    CodeClaim,
    DeviceView,
    DeviceViews,
    EntryView,
    NewDevice,
    Retirement,
    entry_view,
)
from assets_service.kernel.db import Database
from assets_service.kernel.http import Cursor, Limit, Listing, check_if_match, etag, listing, read_cursor
from assets_service.ledger import queries as ledger
from assets_service.ledger.once import Once
from assets_service.ledger.policy import ADMINS, REGISTRARS, SIGNED_IN
from assets_service.ledger.stamp import Stamp
from assets_service.offices import queries as offices


class DevicesAPI(Controller):
    path = "/api/v1/devices"
    tags = ["Devices"]

    @post(policy=REGISTRARS, sync_to_thread=True)
    def register_device(
        self, data: JSONBody[NewDevice], once: NamedDependency[Once], views: NamedDependency[DeviceViews]
    ) -> Response[DeviceView]:
        """Register a device; the registering office answers for it."""
        with once.writing() as session:
            device = commands.register(
                session,
                {name: getattr(data, name) for name in commands.DESCRIPTIVE},
                kind=data.kind,
                office=data.office,
                code=data.code,
                stamp=once.stamp,
            )
            return once.answer(
                views.one(session, device, once.stamp.at),
                status=201,
                headers={"location": f"/api/v1/devices/{device.code}", "etag": etag(device.version)},
            )

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def list_devices(
        self,
        views: NamedDependency[DeviceViews],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        office: Annotated[str | None, QueryParameter(max_length=8)] = None,
        kind: Annotated[Kind | None, QueryParameter()] = None,
        condition: Annotated[Condition | None, QueryParameter()] = None,
        presence: Annotated[Presence | None, QueryParameter()] = None,
        flag: Annotated[str | None, QueryParameter(max_length=24)] = None,
        q: Annotated[str | None, QueryParameter(max_length=80)] = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Listing[DeviceView]:
        """Devices in scope, oldest registration first. `office` means its whole subtree."""
        after = read_cursor(cursor, tuple[int])
        with db.reading() as session:
            found = queries.matching(
                stamp,
                office=offices.named(session, office, stamp, "office") if office else None,
                kind=kind,
                condition=condition,
                presence=presence,
                flag=views.flagging.clause(flag, stamp.at) if flag else None,
                q=q,
            )
            rows, total = queries.listed(session, found, after=after[0] if after else None, limit=limit)
            view = views.each(session, rows, stamp.at)
            return listing(rows, total, limit, view=view, key=lambda device: device.id)

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

    @patch("/{code:str}", policy=REGISTRARS, sync_to_thread=True)
    def amend_device(
        self,
        code: FromPath[str],
        data: JSONBody[AmendDevice],
        once: NamedDependency[Once],
        views: NamedDependency[DeviceViews],
        request: Request[Any, Any, Any],
    ) -> Response[DeviceView]:
        """Change what describes the device. Custody, condition and presence are refused here: they have their own doors."""
        changes = {name: value for name, value in structs.asdict(data).items() if value is not UNSET}
        with once.writing() as session:
            device = queries.locked(session, code, once.stamp)
            check_if_match(request.headers.get("if-match"), device.version)
            commands.amend(session, device, changes, stamp=once.stamp)
            return once.answer(views.one(session, device, once.stamp.at), headers={"etag": etag(device.version)})

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
        after = read_cursor(cursor, tuple[int])
        with db.reading() as session:
            device = queries.by_code(session, code, stamp)
            rows = ledger.history(session, device.code, after=after[0] if after else 0, limit=limit + 1)
            total = ledger.count(session, device.code)
            return listing(rows, total, limit, view=entry_view, key=lambda entry: entry.subject_seq)

    @put("/{code:str}/retirement", policy=ADMINS, sync_to_thread=True)
    def retire_device(
        self,
        code: FromPath[str],
        data: JSONBody[Retirement],
        once: NamedDependency[Once],
        views: NamedDependency[DeviceViews],
        request: Request[Any, Any, Any],
    ) -> Response[DeviceView]:
        """Write the device off, after the decree. Its history stays for ever."""
        with once.writing() as session:
            device = queries.locked(session, code, once.stamp)
            check_if_match(request.headers.get("if-match"), device.version)
            commands.retire(session, device, reason=data.reason, decision_no=data.decision_no, stamp=once.stamp)
            return once.answer(views.one(session, device, once.stamp.at), headers={"etag": etag(device.version)})

    @post("/{code:str}/codes", policy=REGISTRARS, sync_to_thread=True)
    def claim_code(
        self,
        code: FromPath[str],
        data: JSONBody[CodeClaim],
        once: NamedDependency[Once],
        views: NamedDependency[DeviceViews],
    ) -> Response[DeviceView]:
        """Give the device a blank label's code as well; the first claim wins."""
        with once.writing() as session:
            device = queries.locked(session, code, once.stamp)
            commands.claim_code(session, device, data.code, stamp=once.stamp)
            return once.answer(views.one(session, device, once.stamp.at), status=201)


@get("/api/v1/lookup", policy=SIGNED_IN, tags=["Devices"])
async def look_up(
    views: NamedDependency[DeviceViews],
    stamp: NamedDependency[Stamp],
    db: NamedDependency[Database],
    identifier: Annotated[str, QueryParameter(name="id", min_length=1, max_length=300)],
) -> Response[DeviceView]:
    """Any identifier: label code or URL (any case, any host), serial, IMEI, `kode_barang.nup`."""

    def read() -> DeviceView:
        with db.reading(snapshot=False) as session:
            return views.one(session, queries.lookup(session, identifier, stamp), stamp.at)

    answer = await db.at_hand(read)
    return Response(answer, headers={"etag": etag(answer.version)})
