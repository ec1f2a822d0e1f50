"""Shipments over HTTP."""

from typing import Annotated

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.actions.once import Once
from assets_service.custody import acts, queries
from assets_service.custody.asks import (
    AmendShipment,
    FindingResolution,
    NewArrival,
    NewReceipt,
    NewShipment,
    NewTrackingNote,
    Remark,
)
from assets_service.custody.models import ShipmentState
from assets_service.custody.orders import ORDERS, Order
from assets_service.custody.queries import Direction, Shares
from assets_service.custody.views import (
    ReceiptView,
    ShipmentSummary,
    ShipmentView,
    receipt_views,
    shipment_summary,
    shipment_view,
)
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Gathering
from assets_service.kernel.http import Cursor, Limit, Listing, etag, listing, read_cursor
from assets_service.offices.asks import Where


class ShipmentsAPI(Controller):
    path = "/api/v1/shipments"
    tags = ("Custody",)

    @post(act=acts.CREATE, sync_to_thread=True)
    def create_shipment(self, data: JSONBody[NewShipment], once: NamedDependency[Once]) -> Response[ShipmentView]:
        """Pack devices for another office; with `send` they are on their way at once."""
        made = once.do(acts.CREATE, data)
        return once.answer(made, status=201, location=f"/api/v1/shipments/{made.id}", etag=made.version)

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def list_shipments(
        self,
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        where: NamedDependency[Where],
        in_state: Annotated[ShipmentState | None, QueryParameter(name="state")] = None,
        direction: Annotated[Direction | None, QueryParameter()] = None,
        q: Annotated[str | None, QueryParameter(max_length=80)] = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Listing[ShipmentSummary]:
        """Shipments from or to an office in scope, newest first. `q`: a number, an office or a device."""
        asked = Gathering()
        beyond = asked.ask(lambda: read_cursor(cursor, ORDERS.cursor(Order.NUMBER_LAST)))
        with db.reading() as session:
            area = asked.ask(lambda: where.area(session, stamp))
            asked.refuse()
            found = queries.matching(stamp, state=in_state, area=area, direction=direction, q=q)
            rows, total = queries.listed(session, found, beyond=beyond, limit=limit)
            tallies = queries.tallies(session, rows)
            arrived = queries.arrivals(session, [shipment.id for shipment in rows])
            return listing(
                rows,
                total,
                limit,
                view=lambda shipment: shipment_summary(shipment, tallies[shipment.id], arrived.get(shipment.id)),
                key=ORDERS.key(Order.NUMBER_LAST),
            )

    @get("/{shipment_id:int}", policy=SIGNED_IN, sync_to_thread=True)
    def read_shipment(
        self,
        shipment_id: FromPath[int],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        shares: NamedDependency[Shares],
    ) -> Response[ShipmentView]:
        with db.reading() as session:
            answer = shipment_view(session, queries.by_id(session, shipment_id, stamp), stamp, shares)
        return Response(answer, headers={"etag": etag(answer.version)})

    @put("/{shipment_id:int}/dispatch", act=acts.DISPATCH, sync_to_thread=True)
    def dispatch_shipment(
        self, shipment_id: FromPath[int], data: JSONBody[Remark], once: NamedDependency[Once]
    ) -> Response[ShipmentView]:
        """A draft goes on its way; the sender answers until the receiver confirms."""
        sent = once.do(acts.DISPATCH, data, shipment_id)
        return once.answer(sent, etag=sent.version)

    @put("/{shipment_id:int}/cancellation", act=acts.CANCEL, sync_to_thread=True)
    def cancel_shipment(
        self, shipment_id: FromPath[int], data: JSONBody[Remark], once: NamedDependency[Once]
    ) -> Response[ShipmentView]:
        """Call a shipment back, as long as nothing of it has been received."""
        cancelled = once.do(acts.CANCEL, data, shipment_id)
        return once.answer(cancelled, etag=cancelled.version)

    @put("/{shipment_id:int}/receipt", act=acts.RECEIVE, sync_to_thread=True)
    def confirm_receipt(
        self, shipment_id: FromPath[int], data: JSONBody[NewReceipt], once: NamedDependency[Once]
    ) -> Response[ShipmentView]:
        """Confirm, device by device, what arrived: only persons of the receiving office. What is not named stays open."""
        received = once.do(acts.RECEIVE, data, shipment_id)
        return once.answer(received, etag=received.version)

    @put("/{shipment_id:int}/findings/{finding_id:int}/resolution", act=acts.RESOLVE_FINDING, sync_to_thread=True)
    def resolve_finding(
        self,
        shipment_id: FromPath[int],
        finding_id: FromPath[int],
        data: JSONBody[FindingResolution],
        once: NamedDependency[Once],
    ) -> Response[ShipmentView]:
        """Settle an extra device, one that was in the box and on no line, in words alone; `PUT /differences/{id}/settlement` can do more."""
        return once.answer(once.do(acts.RESOLVE_FINDING, data, shipment_id, finding_id))

    @put("/{shipment_id:int}/arrival", act=acts.ARRIVE, sync_to_thread=True)
    def record_arrival(
        self, shipment_id: FromPath[int], data: JSONBody[NewArrival], once: NamedDependency[Once]
    ) -> Response[ShipmentView]:
        """The parcel is here, unopened. The sender answers on until the devices are confirmed one by one."""
        arrived = once.do(acts.ARRIVE, data, shipment_id)
        return once.answer(arrived, etag=arrived.version)

    @post("/{shipment_id:int}/notes", act=acts.NOTE, sync_to_thread=True)
    def add_note(
        self, shipment_id: FromPath[int], data: JSONBody[NewTrackingNote], once: NamedDependency[Once]
    ) -> Response[ShipmentView]:
        """Write down what either side heard of a shipment on its way."""
        return once.answer(once.do(acts.NOTE, data, shipment_id), status=201)

    @put("/{shipment_id:int}/correction", act=acts.CORRECT_SHIPMENT, sync_to_thread=True)
    def correct_shipment(
        self, shipment_id: FromPath[int], data: JSONBody[AmendShipment], once: NamedDependency[Once]
    ) -> Response[ShipmentView]:
        """Correct what was said of a shipment on its way; somebody else than who sent it."""
        corrected = once.do(acts.CORRECT_SHIPMENT, data, shipment_id)
        return once.answer(corrected, etag=corrected.version)

    @get("/{shipment_id:int}/receipts", policy=SIGNED_IN, sync_to_thread=True)
    def list_receipts(
        self, shipment_id: FromPath[int], stamp: NamedDependency[Stamp], db: NamedDependency[Database]
    ) -> Listing[ReceiptView]:
        """Every visit to the shipment's boxes, in order: what was found, who received, who delivered."""
        with db.reading() as session:
            found = receipt_views(session, queries.by_id(session, shipment_id, stamp), stamp)
        return Listing(found, None, len(found))
