"""Shipments, holders, losses over HTTP."""

from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from assets_service.custody import commands, queries
from assets_service.custody.models import ShipmentState
from assets_service.custody.queries import Direction
from assets_service.custody.schemas import (
    FindingResolution,
    Loss,
    NewHolder,
    NewShipment,
    Receipt,
    Recovery,
    Remark,
    ShipmentSummary,
    ShipmentView,
    outcomes,
    shipment_summary,
    shipment_view,
)
from assets_service.devices import queries as devices
from assets_service.devices.schemas import DeviceView, DeviceViews
from assets_service.kernel.db import Database
from assets_service.kernel.http import Cursor, Limit, Listing, check_if_match, etag, listing, read_cursor
from assets_service.ledger.once import Once
from assets_service.ledger.policy import RECEIVERS, SIGNED_IN
from assets_service.ledger.stamp import Stamp
from assets_service.offices import queries as offices


class ShipmentsAPI(Controller):
    path = "/api/v1/shipments"
    tags = ("Custody",)

    @post(policy=RECEIVERS, sync_to_thread=True)
    def create_shipment(self, data: JSONBody[NewShipment], once: NamedDependency[Once]) -> Response[ShipmentView]:
        """Pack devices for another office; with `send` they are on their way at once."""
        with once.writing() as session:
            shipment = commands.create(
                session,
                to_office=data.to_office,
                from_office=data.from_office,
                devices=data.devices,
                purpose=data.purpose,
                note=data.note,
                accessories=data.accessories,
                send=data.send,
                stamp=once.stamp,
            )
            return once.answer(
                shipment_view(session, shipment, once.stamp),
                status=201,
                headers={"location": f"/api/v1/shipments/{shipment.id}", "etag": etag(shipment.version)},
            )

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def list_shipments(
        self,
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        in_state: Annotated[ShipmentState | None, QueryParameter(name="state")] = None,
        office: Annotated[str | None, QueryParameter(max_length=8)] = None,
        direction: Annotated[Direction | None, QueryParameter()] = None,
        q: Annotated[str | None, QueryParameter(max_length=80)] = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Listing[ShipmentSummary]:
        """Shipments from or to an office in scope, newest first. `office` means its whole subtree; `q` a number or an office."""
        before = read_cursor(cursor, tuple[int])
        with db.reading() as session:
            found = queries.matching(
                stamp,
                state=in_state,
                office=offices.named(session, office, stamp, "office") if office else None,
                direction=direction,
                q=q,
            )
            rows, total = queries.listed(session, found, before=before[0] if before else None, limit=limit)
            tallies = queries.tallies(session, rows)
            return listing(
                rows,
                total,
                limit,
                view=lambda shipment: shipment_summary(shipment, tallies[shipment.id]),
                key=lambda shipment: shipment.id,
            )

    @get("/{shipment_id:int}", policy=SIGNED_IN, sync_to_thread=True)
    def read_shipment(
        self, shipment_id: FromPath[int], stamp: NamedDependency[Stamp], db: NamedDependency[Database]
    ) -> Response[ShipmentView]:
        with db.reading() as session:
            answer = shipment_view(session, queries.by_id(session, shipment_id, stamp), stamp)
        return Response(answer, headers={"etag": etag(answer.version)})

    @put("/{shipment_id:int}/dispatch", policy=RECEIVERS, sync_to_thread=True)
    def dispatch_shipment(
        self,
        shipment_id: FromPath[int],
        data: JSONBody[Remark],
        once: NamedDependency[Once],
        request: Request[Any, Any, Any],
    ) -> Response[ShipmentView]:
        """A draft goes on its way; the sender answers until the receiver confirms."""
        with once.writing() as session:
            shipment = queries.locked(session, shipment_id, once.stamp)
            check_if_match(request.headers.get("if-match"), shipment.version)
            commands.dispatch(session, shipment, note=data.note, stamp=once.stamp)
            answer = shipment_view(session, shipment, once.stamp)
            return once.answer(answer, headers={"etag": etag(answer.version)})

    @put("/{shipment_id:int}/cancellation", policy=RECEIVERS, sync_to_thread=True)
    def cancel_shipment(
        self,
        shipment_id: FromPath[int],
        data: JSONBody[Remark],
        once: NamedDependency[Once],
        request: Request[Any, Any, Any],
    ) -> Response[ShipmentView]:
        """Call it back, as long as nothing of it has been received."""
        with once.writing() as session:
            shipment = queries.locked(session, shipment_id, once.stamp)
            check_if_match(request.headers.get("if-match"), shipment.version)
            commands.cancel(session, shipment, note=data.note, stamp=once.stamp)
            answer = shipment_view(session, shipment, once.stamp)
            return once.answer(answer, headers={"etag": etag(answer.version)})

    @put("/{shipment_id:int}/receipt", policy=RECEIVERS, sync_to_thread=True)
    def confirm_receipt(
        self, shipment_id: FromPath[int], data: JSONBody[Receipt], once: NamedDependency[Once]
    ) -> Response[ShipmentView]:
        """Confirm, device by device, what arrived: only persons of the receiving office. What is not named stays open."""
        with once.writing() as session:
            shipment = queries.locked(session, shipment_id, once.stamp)
            commands.receive(session, shipment, outcomes(data), stamp=once.stamp)
            answer = shipment_view(session, shipment, once.stamp)
            return once.answer(answer, headers={"etag": etag(answer.version)})

    @put("/{shipment_id:int}/findings/{finding_id:int}/resolution", policy=RECEIVERS, sync_to_thread=True)
    def resolve_finding(
        self,
        shipment_id: FromPath[int],
        finding_id: FromPath[int],
        data: JSONBody[FindingResolution],
        once: NamedDependency[Once],
    ) -> Response[ShipmentView]:
        """Say what became of something that was in the box and on no line."""
        with once.writing() as session:
            shipment = queries.locked(session, shipment_id, once.stamp)
            found = queries.finding(session, shipment, finding_id)
            commands.resolve_finding(session, shipment, found, note=data.note, stamp=once.stamp)
            return once.answer(shipment_view(session, shipment, once.stamp))


class CustodyAPI(Controller):
    path = "/api/v1/devices"
    tags = ("Custody",)

    @put("/{code:str}/holder", policy=RECEIVERS, sync_to_thread=True)
    def name_holder(
        self,
        code: FromPath[str],
        data: JSONBody[NewHolder],
        once: NamedDependency[Once],
        views: NamedDependency[DeviceViews],
        request: Request[Any, Any, Any],
    ) -> Response[DeviceView]:
        """Who of the office has the device in their hands; null: nobody in particular."""
        with once.writing() as session:
            device = devices.locked(session, code, once.stamp)
            check_if_match(request.headers.get("if-match"), device.version)
            commands.hold(session, device, data.person, stamp=once.stamp)
            return once.answer(views.one(session, device, once.stamp.at), headers={"etag": etag(device.version)})

    @put("/{code:str}/loss", policy=RECEIVERS, sync_to_thread=True)
    def report_loss(
        self,
        code: FromPath[str],
        data: JSONBody[Loss],
        once: NamedDependency[Once],
        views: NamedDependency[DeviceViews],
        request: Request[Any, Any, Any],
    ) -> Response[DeviceView]:
        """The device is lost; the office still answers for it, until the decree."""
        with once.writing() as session:
            device = devices.locked(session, code, once.stamp)
            check_if_match(request.headers.get("if-match"), device.version)
            commands.report_loss(session, device, reason=data.reason, report_no=data.report_no, stamp=once.stamp)
            return once.answer(views.one(session, device, once.stamp.at), headers={"etag": etag(device.version)})

    @put("/{code:str}/recovery", policy=RECEIVERS, sync_to_thread=True)
    def report_found(
        self,
        code: FromPath[str],
        data: JSONBody[Recovery],
        once: NamedDependency[Once],
        views: NamedDependency[DeviceViews],
        request: Request[Any, Any, Any],
    ) -> Response[DeviceView]:
        """What was lost or missing is at its office again."""
        with once.writing() as session:
            device = devices.locked(session, code, once.stamp)
            check_if_match(request.headers.get("if-match"), device.version)
            commands.report_found(session, device, note=data.note, stamp=once.stamp)
            return once.answer(views.one(session, device, once.stamp.at), headers={"etag": etag(device.version)})
