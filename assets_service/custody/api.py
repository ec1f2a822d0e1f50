"""Shipments, holders, losses over HTTP."""

from typing import Annotated

from litestar import Controller, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.actions.once import Once
from assets_service.custody import acts, queries
from assets_service.custody.asks import (
    FindingResolution,
    Leaving,
    Loss,
    NewHolder,
    NewHolders,
    NewShipment,
    Receipt,
    Recovery,
    Remark,
    Transfer,
)
from assets_service.custody.models import ShipmentState
from assets_service.custody.orders import ORDERS, Order
from assets_service.custody.queries import Direction, Shares
from assets_service.custody.views import (
    HeldView,
    HoldingView,
    ShipmentSummary,
    ShipmentView,
    held_view,
    shipment_summary,
    shipment_view,
)
from assets_service.devices.views import DeviceView
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Gathering
from assets_service.kernel.http import Cursor, Limit, Listing, etag, listing, read_cursor
from assets_service.offices.asks import Where
from assets_service.people import acts as people_acts
from assets_service.people import queries as people
from assets_service.people.views import PersonView


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
            return listing(
                rows,
                total,
                limit,
                view=lambda shipment: shipment_summary(shipment, tallies[shipment.id]),
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
        self, shipment_id: FromPath[int], data: JSONBody[Receipt], once: NamedDependency[Once]
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
        """Say what became of an extra device, one that was in the box and on no line."""
        return once.answer(once.do(acts.RESOLVE_FINDING, data, shipment_id, finding_id))


class HoldersAPI(Controller):
    path = "/api/v1/persons/{person_id:int}"
    tags = ("Persons",)

    @get("/holdings", policy=SIGNED_IN, sync_to_thread=True)
    def list_holdings(
        self, person_id: FromPath[int], stamp: NamedDependency[Stamp], db: NamedDependency[Database]
    ) -> Listing[HeldView]:
        """What somebody holds, then what they held, the latest first; of oneself all, of others what is in scope."""
        with db.reading() as session:
            held = queries.holdings(session, people.by_id(session, person_id, stamp), stamp)
            return Listing([held_view(each) for each in held], None, len(held))

    @put("/deactivation", act=acts.DEACTIVATE, sync_to_thread=True)
    def deactivate(
        self, person_id: FromPath[int], once: NamedDependency[Once], data: JSONBody[Leaving | None] = None
    ) -> Response[PersonView]:
        """The person can no longer sign in, and all their sessions end now. Who holds devices needs a successor, or a release."""
        person = once.do(acts.DEACTIVATE, data or Leaving(), person_id)
        return once.answer(person, etag=person.version)

    @delete("/deactivation", act=people_acts.REACTIVATE, status_code=200, sync_to_thread=True)
    def reactivate(self, person_id: FromPath[int], once: NamedDependency[Once]) -> Response[PersonView]:
        """They may sign in and hold devices again."""
        person = once.do(people_acts.REACTIVATE, None, person_id)
        return once.answer(person, etag=person.version)

    @put("/office", act=acts.TRANSFER, sync_to_thread=True)
    def transfer(
        self, person_id: FromPath[int], data: JSONBody[Transfer], once: NamedDependency[Once]
    ) -> Response[PersonView]:
        """Make somebody one of another office; what they hold stays at the old one. Their roles stay as they are."""
        person = once.do(acts.TRANSFER, data, person_id)
        return once.answer(person, etag=person.version)


class CustodyAPI(Controller):
    path = "/api/v1/devices"
    tags = ("Custody",)

    @put("/{code:str}/holder", act=acts.HOLD, sync_to_thread=True)
    def name_holder(
        self, code: FromPath[str], data: JSONBody[NewHolder], once: NamedDependency[Once]
    ) -> Response[DeviceView]:
        """Say which person of the office has the device in their hands; null: it has no holder."""
        device = once.do(acts.HOLD, data, code)
        return once.answer(device, etag=device.version)

    @put("/{code:str}/loss", act=acts.REPORT_LOSS, sync_to_thread=True)
    def report_loss(
        self, code: FromPath[str], data: JSONBody[Loss], once: NamedDependency[Once]
    ) -> Response[DeviceView]:
        """Report the device lost; the office answers for it until the decree."""
        device = once.do(acts.REPORT_LOSS, data, code)
        return once.answer(device, etag=device.version)

    @put("/{code:str}/recovery", act=acts.REPORT_FOUND, sync_to_thread=True)
    def report_found(
        self, code: FromPath[str], data: JSONBody[Recovery], once: NamedDependency[Once]
    ) -> Response[DeviceView]:
        """Report that a lost or missing device is at its office again."""
        device = once.do(acts.REPORT_FOUND, data, code)
        return once.answer(device, etag=device.version)


@put("/api/v1/holders", act=acts.HOLD_EACH, tags=["Custody"], sync_to_thread=True)
def name_holder_of_each(data: JSONBody[NewHolders], once: NamedDependency[Once]) -> Response[HoldingView]:
    """Say which person of their office has all these devices in their hands; null: they have no holder. All or none."""
    return once.answer(once.do(acts.HOLD_EACH, data))
