"""Persons as pages: the list, and adding one. A person by themselves is shown by `custody`, with what they hold."""

from typing import Annotated, Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from assets_service.access.policy import ADMINS, SIGNED_IN
from assets_service.access.stamp import Role
from assets_service.kernel.errors import Refusal
from assets_service.kernel.http import Cursor, listing, read_cursor
from assets_service.kernel.pools import Pool
from assets_service.offices import queries as offices
from assets_service.offices.asks import Where
from assets_service.offices.models import OFFICE_LENGTH_MAX
from assets_service.people import acts, queries
from assets_service.people.asks import NewPerson
from assets_service.people.orders import ORDERS, Order
from assets_service.people.views import person_view
from assets_service.web.language import phrase
from assets_service.web.visit import Visit

PAGE_SIZE = 50


class PeoplePages(Controller):
    path = "/orang"
    include_in_schema = False

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def list_persons(
        self,
        visit: NamedDependency[Visit],
        where: NamedDependency[Where],
        q: Annotated[str | None, QueryParameter(max_length=120)] = None,
        sort: Annotated[Order, QueryParameter()] = Order.NAME,
        cursor: Cursor = None,
    ) -> Response[str]:
        beyond = read_cursor(cursor, ORDERS.cursor(sort))
        with visit.reading() as session:
            area = where.area(session, visit.stamp)
            rows, total = queries.search(
                session, visit.stamp, q=q, area=area, order=sort, beyond=beyond, limit=PAGE_SIZE
            )
            persons = listing(rows, total, PAGE_SIZE, view=lambda p: person_view(p, visit.stamp), key=ORDERS.key(sort))
        return visit.page("people/list.html", persons=persons, sort=sort, may_add=visit.stamp.has(Role.ADMIN))

    @get("/baru", policy=ADMINS, sync_to_thread=True)
    def new_person(
        self,
        visit: NamedDependency[Visit],
        office: Annotated[str | None, QueryParameter(max_length=OFFICE_LENGTH_MAX)] = None,
    ) -> Response[str]:
        return _new_page(visit, office)

    @post("/baru", act=acts.ADD, pool=Pool.SIGNING_IN, sync_to_thread=True)
    def add_person(self, visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_new_page, None):
            added = visit.do(acts.ADD, visit.form.read(NewPerson, **visit.form.as_typed("password")))
            return visit.done(f"/orang/{added.id}", phrase("{name} is added."), name=added.name)


def _new_page(visit: Visit, office: str | None, refusal: Refusal | None = None) -> Response[str]:
    with visit.reading() as session:
        places = offices.choices(session, visit.stamp, Role.ADMIN)
    return visit.page("people/new.html", refusal, offices=places, office=office)
