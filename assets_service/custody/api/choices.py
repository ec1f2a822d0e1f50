"""What can be chosen from, and how long routes may take, over HTTP."""

from typing import Annotated

from litestar import Controller, Response, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from assets_service.access.policy import RECEIVERS, SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.actions.once import Once
from assets_service.custody import acts, queries
from assets_service.custody.asks import NewAccessory, NewReason, NewRoute
from assets_service.custody.views import (
    AccessoryView,
    ProposalView,
    ReasonView,
    RouteView,
    accessory_view,
    reason_view,
    route_view,
)
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Gathering
from assets_service.kernel.http import Listing
from assets_service.offices import queries as offices
from assets_service.offices.models import OFFICE_LENGTH_MAX
from assets_service.offices.views import office_ref

OfficeParameter = Annotated[str, QueryParameter(max_length=OFFICE_LENGTH_MAX)]


class ChoicesAPI(Controller):
    path = "/api/v1"
    tags = ("Custody",)

    @get("/accessories", policy=SIGNED_IN, sync_to_thread=True)
    def list_accessories(self, db: NamedDependency[Database]) -> Listing[AccessoryView]:
        """What may be packed with the devices of each kind."""
        with db.reading() as session:
            rows = [row for each in queries.accessories(session, is_offered=False).values() for row in each]
            return Listing([accessory_view(row) for row in rows], None, len(rows))

    @put("/accessories/{kind:str}/{code:str}", act=acts.SAVE_ACCESSORY, sync_to_thread=True)
    def save_accessory(
        self, kind: FromPath[str], code: FromPath[str], data: JSONBody[NewAccessory], once: NamedDependency[Once]
    ) -> Response[AccessoryView]:
        """Name an accessory, add one, or offer it no more; for administrators of the national office."""
        return once.answer(once.do(acts.SAVE_ACCESSORY, data, kind, code))

    @get("/difference-reasons", policy=SIGNED_IN, sync_to_thread=True)
    def list_reasons(self, db: NamedDependency[Database]) -> Listing[ReasonView]:
        """Why something may differ: the closed list that receipts and settlements choose from."""
        with db.reading() as session:
            rows = queries.reasons(session, is_offered=False)
            return Listing([reason_view(row) for row in rows], None, len(rows))

    @put("/difference-reasons/{code:str}", act=acts.SAVE_REASON, sync_to_thread=True)
    def save_reason(
        self, code: FromPath[str], data: JSONBody[NewReason], once: NamedDependency[Once]
    ) -> Response[ReasonView]:
        """Name a reason, add one, or offer it no more; for administrators of the national office."""
        return once.answer(once.do(acts.SAVE_REASON, data, code))

    @get("/routes", policy=SIGNED_IN, sync_to_thread=True)
    def list_routes(self, db: NamedDependency[Database]) -> Listing[RouteView]:
        """How many days a parcel may take, where somebody has said so; first between any two offices."""
        with db.reading() as session:
            rows = queries.routes(session)
            return Listing([route_view(row) for row in rows], None, len(rows))

    @put("/routes", act=acts.SET_ROUTE, sync_to_thread=True)
    def set_route(self, data: JSONBody[NewRoute], once: NamedDependency[Once]) -> Response[RouteView]:
        """Say how many days a parcel may take from one office to another, or between any two."""
        return once.answer(once.do(acts.SET_ROUTE, data))

    @get("/routes/proposal", policy=RECEIVERS, sync_to_thread=True)
    def propose_days(
        self,
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        from_office: OfficeParameter,
        to_office: OfficeParameter,
    ) -> ProposalView:
        """How many days the route counts with now, and what earlier shipments on it took."""
        asked = Gathering()
        with db.reading() as session:
            sender = asked.ask(lambda: offices.named(session, from_office, stamp, "from_office"))
            to = asked.ask(lambda: offices.any_named(session, to_office, "to_office"))
            asked.refuse()
            assert sender, "it was not refused"
            assert to, "it was not refused"
            took = queries.took(session, sender.id, to.id)
            return ProposalView(
                from_office=office_ref(sender),
                to_office=office_ref(to),
                days=queries.days_of(session, sender.id, [to.id])[to.id],
                shipments=took.shipments if took else 0,
                median=took.median if took else None,
                most=took.most if took else None,
            )
