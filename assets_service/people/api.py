"""Signing in and persons over HTTP."""

from typing import Annotated, Any

from litestar import Controller, Request, Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import UNSET, structs

from assets_service.kernel.db import Database
from assets_service.kernel.errors import NotFound, answered
from assets_service.kernel.fields import refuse_misfits
from assets_service.kernel.http import Cursor, Limit, Listing, check_if_match, etag, listing, read_cursor
from assets_service.ledger.once import Once
from assets_service.ledger.policy import ADMINS, PUBLIC, SIGNED_IN
from assets_service.ledger.stamp import Stamp
from assets_service.offices.queries import named as named_office
from assets_service.people import commands, queries
from assets_service.people.door import token_of
from assets_service.people.schemas import (
    AmendPerson,
    Credentials,
    NewGrant,
    NewPassword,
    NewPerson,
    OwnPassword,
    PersonView,
    SessionView,
    person_view,
)
from assets_service.people.signing_in import confirm_password, open_session, session_cookie
from assets_service.settings import Settings


class SessionAPI(Controller):
    path = "/api/v1"
    tags = ["Session"]

    @post("/session", policy=PUBLIC, sync_to_thread=True)
    def sign_in(
        self, data: JSONBody[Credentials], request: Request[Any, Any, Any], stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
    ) -> Response[SessionView]:  # fmt: skip
        """Sign in: a token to send as `Authorization: Bearer`, and the same as a cookie."""
        settings: Settings = request.app.state.settings
        view = open_session(db, settings, data, stamp=stamp, device_label=request.headers.get("user-agent", ""))
        return Response(view, status_code=201, cookies=[session_cookie(settings, view.token)])

    @delete("/session", policy=SIGNED_IN, sync_to_thread=True)
    def sign_out(
        self, request: Request[Any, Any, Any], stamp: NamedDependency[Stamp], db: NamedDependency[Database]
    ) -> Response[None]:
        """End this session; the token is dead from the next request on."""
        with db.writing() as session:
            commands.sign_out(session, token_of(request) or "", at=stamp.at)
        return Response(None, status_code=204, cookies=[session_cookie(request.app.state.settings, None)])

    @get("/me", policy=SIGNED_IN, sync_to_thread=True)
    def me(self, stamp: NamedDependency[Stamp], db: NamedDependency[Database]) -> PersonView:
        """Who am I, and what may I do where?"""
        with db.reading() as session:
            return person_view(queries.by_id(session, stamp.actor_id or 0, stamp), stamp)

    @put("/me/password", policy=SIGNED_IN, status_code=204, sync_to_thread=True)
    def change_my_password(
        self, data: JSONBody[OwnPassword], once: NamedDependency[Once], db: NamedDependency[Database]
    ) -> Response[None]:
        """Change one's own password; ends all one's sessions."""
        confirm_password(db, data.current_password, stamp=once.stamp)
        with once.writing() as session:
            person = queries.by_id(session, once.stamp.actor_id or 0, once.stamp)
            commands.set_password(session, person, data.password, stamp=once.stamp)
            return once.nothing()


class PersonsAPI(Controller):
    path = "/api/v1/persons"
    tags = ["Persons"]

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def list_persons(
        self,
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        q: Annotated[str | None, QueryParameter(max_length=80)] = None,
        office: Annotated[str | None, QueryParameter(max_length=8)] = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Listing[PersonView]:
        """Persons of the offices in scope, by name."""
        after = read_cursor(cursor, tuple[tuple[str, int]])
        with db.reading() as session:
            path = named_office(session, office, stamp, "office").path if office else None
            rows, total = queries.search(
                session, stamp, q=q, office_path=path, after=after[0] if after else None, limit=limit
            )
            return listing(rows, total, limit, view=lambda p: person_view(p, stamp), key=lambda p: (p.name, p.id))

    @post(policy=ADMINS, sync_to_thread=True)
    def add_person(self, data: JSONBody[NewPerson], once: NamedDependency[Once]) -> Response[PersonView]:
        """Add somebody who holds devices, signs in, or both."""
        with once.writing() as session:
            office = answered(
                lambda: named_office(session, data.office, once.stamp, "office"),
                lambda: refuse_misfits(data),
                lambda: commands.check_username(session, data.username),
            )
            person = commands.add(
                session,
                name=data.name,
                office=office,
                username=data.username,
                title=data.title,
                nip=data.nip,
                stamp=once.stamp,
            )
            if data.role:
                commands.grant(session, person, data.role, office, stamp=once.stamp)
            if data.password is not None:
                commands.set_password(session, person, data.password, stamp=once.stamp)
            return once.answer(
                person_view(person, once.stamp), status=201, headers={"location": f"/api/v1/persons/{person.id}"}
            )

    @get("/{person_id:int}", policy=SIGNED_IN, sync_to_thread=True)
    def read_person(
        self, person_id: FromPath[int], stamp: NamedDependency[Stamp], db: NamedDependency[Database]
    ) -> Response[PersonView]:
        with db.reading() as session:
            person = queries.by_id(session, person_id, stamp)
            return Response(person_view(person, stamp), headers={"etag": etag(person.version)})

    @patch("/{person_id:int}", policy=ADMINS, sync_to_thread=True)
    def amend_person(
        self,
        person_id: FromPath[int],
        data: JSONBody[AmendPerson],
        once: NamedDependency[Once],
        request: Request[Any, Any, Any],
    ) -> Response[PersonView]:
        changes = {name: value for name, value in structs.asdict(data).items() if value is not UNSET}
        with once.writing() as session:
            person = queries.locked(session, person_id, once.stamp)
            check_if_match(request.headers.get("if-match"), person.version)
            commands.amend(session, person, changes, stamp=once.stamp)
            return once.answer(person_view(person, once.stamp), headers={"etag": etag(person.version)})

    @put("/{person_id:int}/password", policy=ADMINS, status_code=204, sync_to_thread=True)
    def set_password(
        self, person_id: FromPath[int], data: JSONBody[NewPassword], once: NamedDependency[Once]
    ) -> Response[None]:
        """Set somebody's password; ends all their sessions."""
        with once.writing() as session:
            person = queries.by_id(session, person_id, once.stamp)
            commands.set_password(session, person, data.password, stamp=once.stamp)
            return once.nothing()

    @post("/{person_id:int}/grants", policy=ADMINS, sync_to_thread=True)
    def grant_role(
        self, person_id: FromPath[int], data: JSONBody[NewGrant], once: NamedDependency[Once]
    ) -> Response[PersonView]:
        """A role at an office and all below it; ends the person's sessions."""
        with once.writing() as session:
            person = queries.by_id(session, person_id, once.stamp)
            office = named_office(session, data.office, once.stamp, "office")
            commands.grant(session, person, data.role, office, stamp=once.stamp)
            return once.answer(person_view(person, once.stamp), status=201)

    @delete("/{person_id:int}/grants/{grant_id:int}", policy=ADMINS, status_code=204, sync_to_thread=True)
    def end_grant(
        self, person_id: FromPath[int], grant_id: FromPath[int], once: NamedDependency[Once]
    ) -> Response[None]:
        """End a role; ends the person's sessions."""
        with once.writing() as session:
            person = queries.by_id(session, person_id, once.stamp)
            held = next((grant for grant in person.grants if grant.id == grant_id), None)
            if held is None:
                raise NotFound
            commands.end_grant(session, person, held, stamp=once.stamp)
            return once.nothing()

    @put("/{person_id:int}/deactivation", policy=ADMINS, sync_to_thread=True)
    def deactivate(self, person_id: FromPath[int], once: NamedDependency[Once]) -> Response[PersonView]:
        """The person can no longer sign in; all their sessions end now."""
        with once.writing() as session:
            person = queries.by_id(session, person_id, once.stamp)
            commands.deactivate(session, person, stamp=once.stamp)
            return once.answer(person_view(person, once.stamp))

    @delete("/{person_id:int}/deactivation", policy=ADMINS, status_code=200, sync_to_thread=True)
    def reactivate(self, person_id: FromPath[int], once: NamedDependency[Once]) -> Response[PersonView]:
        with once.writing() as session:
            person = queries.by_id(session, person_id, once.stamp)
            commands.reactivate(session, person, stamp=once.stamp)
            return once.answer(person_view(person, once.stamp))
