"""Persons over HTTP."""

from typing import Annotated

from litestar import Controller, Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.actions.once import Once
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Gathering
from assets_service.kernel.http import Cursor, Limit, Listing, etag, listing, read_cursor
from assets_service.kernel.pools import Pool
from assets_service.offices.asks import Where
from assets_service.people import acts, queries
from assets_service.people.asks import AmendPerson, NewGrant, NewPassword, NewPerson, NewSignIn
from assets_service.people.orders import ORDERS, Order
from assets_service.people.views import PersonView, person_view


class PersonsAPI(Controller):
    path = "/api/v1/persons"
    tags = ["Persons"]

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def list_persons(
        self,
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        where: NamedDependency[Where],
        q: Annotated[str | None, QueryParameter(max_length=80)] = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Listing[PersonView]:
        """Persons of the offices in scope, by name."""
        asked = Gathering()
        beyond = asked.ask(lambda: read_cursor(cursor, ORDERS.cursor(Order.NAME)))
        with db.reading() as session:
            area = asked.ask(lambda: where.area(session, stamp))
            asked.refuse()
            rows, total = queries.search(session, stamp, q=q, area=area, beyond=beyond, limit=limit)
            return listing(rows, total, limit, view=lambda p: person_view(p, stamp), key=ORDERS.key(Order.NAME))

    @post(act=acts.ADD, pool=Pool.SIGNING_IN, sync_to_thread=True)
    def add_person(self, data: JSONBody[NewPerson], once: NamedDependency[Once]) -> Response[PersonView]:
        """Add somebody who holds devices, signs in, or both."""
        made = once.do(acts.ADD, data)
        return once.answer(made, status=201, location=f"/api/v1/persons/{made.id}", etag=made.version)

    @get("/{person_id:int}", policy=SIGNED_IN, sync_to_thread=True)
    def read_person(
        self, person_id: FromPath[int], stamp: NamedDependency[Stamp], db: NamedDependency[Database]
    ) -> Response[PersonView]:
        with db.reading() as session:
            person = queries.by_id(session, person_id, stamp)
            return Response(person_view(person, stamp), headers={"etag": etag(person.version)})

    @patch("/{person_id:int}", act=acts.AMEND, sync_to_thread=True)
    def amend_person(
        self, person_id: FromPath[int], data: JSONBody[AmendPerson], once: NamedDependency[Once]
    ) -> Response[PersonView]:
        person = once.do(acts.AMEND, data, person_id)
        return once.answer(person, etag=person.version)

    @put("/{person_id:int}/password", act=acts.SET_PASSWORD, pool=Pool.SIGNING_IN, status_code=204, sync_to_thread=True)
    def set_password(
        self, person_id: FromPath[int], data: JSONBody[NewPassword], once: NamedDependency[Once]
    ) -> Response[None]:
        """Set somebody's password; ends all their sessions."""
        return once.answer(once.do(acts.SET_PASSWORD, data, person_id), status=204)

    @post("/{person_id:int}/grants", act=acts.GRANT, sync_to_thread=True)
    def grant_role(
        self, person_id: FromPath[int], data: JSONBody[NewGrant], once: NamedDependency[Once]
    ) -> Response[PersonView]:
        """A role at an office and all below it; ends the person's sessions."""
        person = once.do(acts.GRANT, data, person_id)
        return once.answer(person, status=201, etag=person.version)

    @delete("/{person_id:int}/grants/{grant_id:int}", act=acts.END_GRANT, status_code=204, sync_to_thread=True)
    def end_grant(
        self, person_id: FromPath[int], grant_id: FromPath[int], once: NamedDependency[Once]
    ) -> Response[None]:
        """End a role; ends the person's sessions."""
        return once.answer(once.do(acts.END_GRANT, None, person_id, grant_id), status=204)

    @put("/{person_id:int}/sign-in", act=acts.GIVE_SIGN_IN, pool=Pool.SIGNING_IN, sync_to_thread=True)
    def give_sign_in(
        self, person_id: FromPath[int], data: JSONBody[NewSignIn], once: NamedDependency[Once]
    ) -> Response[PersonView]:
        """Give a username, and a password if you like, to somebody who only held devices."""
        person = once.do(acts.GIVE_SIGN_IN, data, person_id)
        return once.answer(person, etag=person.version)
