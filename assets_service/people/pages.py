"""Signing in, one's own account, and persons as pages."""

from typing import Annotated, Any
from urllib.parse import urlsplit

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec import UNSET, structs

from assets_service.kernel.db import Database
from assets_service.kernel.errors import NotFound, Refusal, answered
from assets_service.kernel.fields import refuse_misfits
from assets_service.kernel.http import Cursor, Form, check_if_match, etag, listing, read_cursor
from assets_service.ledger.policy import ADMINS, PUBLIC, SIGNED_IN
from assets_service.ledger.stamp import Role, Stamp
from assets_service.ledger.visit import Visit
from assets_service.offices import queries as offices
from assets_service.people import commands, queries
from assets_service.people.carrying import Carried, unpack
from assets_service.people.door import token_of
from assets_service.people.errors import SessionEnded
from assets_service.people.schemas import (
    AmendPerson,
    Credentials,
    NewGrant,
    NewPassword,
    NewPerson,
    OwnPassword,
    PersonView,
    person_view,
)
from assets_service.people.signing_in import confirm_password, open_session, session_cookie
from assets_service.settings import Settings
from assets_service.web.language import phrase
from assets_service.web.page import Me, done, local, page

PAGE_SIZE = 50


class SignInPages(Controller):
    include_in_schema = False

    @get("/masuk", policy=PUBLIC, sync_to_thread=True)
    def sign_in_form(
        self,
        request: Request[Any, Any, Any],
        me: NamedDependency[Me | None],
        back: Annotated[str | None, QueryParameter(name="next", max_length=2000)] = None,
    ) -> Response[Any]:
        if me:
            return done(local(back))
        return _sign_in_page(request, None, local(back))

    @post("/masuk", policy=PUBLIC, sync_to_thread=True)
    def sign_in(
        self,
        request: Request[Any, Any, Any],
        form: NamedDependency[Form],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        back = local(form.text("next"))
        carried = unpack(form.text("carried"))
        try:
            credentials = form.read(Credentials, password=form.texts.get("password", [""])[0])
            label = request.headers.get("user-agent", "")
            view = open_session(db, settings, credentials, stamp=stamp, device_label=label)
        except Refusal as refusal:
            return _sign_in_page(request, refusal, back, carried, form.kept)
        response: Response[Any] = done(back)
        if carried:
            response = page(request, "people/send_again.html", carried=carried, back=back, name=view.person.name)
        response.set_cookie(session_cookie(settings, view.token))
        return response

    @post("/keluar", policy=PUBLIC, sync_to_thread=True)
    def sign_out(
        self,
        request: Request[Any, Any, Any],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
    ) -> Response[None]:
        """End this session; also for one that has ended by itself."""
        if token := token_of(request):
            with db.writing() as session:
                commands.sign_out(session, token, at=stamp.at)
        response = done("/masuk", phrase("You are signed out."))
        response.set_cookie(session_cookie(settings, None))
        return response


def _sign_in_page(
    request: Request[Any, Any, Any],
    refusal: Refusal | None,
    back: str,
    carried: Carried | None = None,
    kept: dict[str, str] | None = None,
) -> Response[str]:
    packed = carried.packed if carried else ""
    headers = refusal.headers if refusal else None
    return page(request, "sign_in.html", refusal=refusal, kept=kept, next=back, carried=packed, headers=headers)


def session_ended(request: Request[Any, Any, Any], refusal: SessionEnded) -> Response[str]:
    """In answer to a form of somebody who is signed in no more: nothing of it is lost."""
    if refusal.carried is None:
        return page(request, "people/session_ended.html", refusal=refusal, request_id="", headers=refusal.headers)
    back = local(urlsplit(request.headers.get("referer", "")).path)
    return _sign_in_page(request, refusal, back, refusal.carried)


class AccountPages(Controller):
    path = "/akun"
    include_in_schema = False

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def account(self, visit: NamedDependency[Visit]) -> Response[str]:
        return visit.page("people/account.html", person=_myself(visit.db, visit.stamp))

    @post("/sandi", policy=SIGNED_IN, sync_to_thread=True)
    def change_password(self, visit: NamedDependency[Visit]) -> Response[Any]:
        try:
            data = visit.form.read(OwnPassword, **_as_typed(visit.form, "current_password", "password"))
            confirm_password(visit.db, data.current_password, stamp=visit.stamp)
            with visit.writing() as session:
                person = queries.by_id(session, visit.stamp.actor_id or 0, visit.stamp)
                commands.set_password(session, person, data.password, stamp=visit.stamp)
                return visit.done("/masuk", phrase("Your password is changed. Please sign in with the new one."))
        except Refusal as refusal:
            return visit.page(
                "people/account.html",
                refusal,
                headers=refusal.headers,
                person=_myself(visit.db, visit.stamp),
            )


class PersonPages(Controller):
    path = "/orang"
    include_in_schema = False

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def list_persons(
        self,
        visit: NamedDependency[Visit],
        q: Annotated[str | None, QueryParameter(max_length=120)] = None,
        office: Annotated[str | None, QueryParameter(max_length=8)] = None,
        cursor: Cursor = None,
    ) -> Response[str]:
        after = read_cursor(cursor, tuple[tuple[str, int]])
        with visit.reading() as session:
            path = offices.named(session, office, visit.stamp, "office").path if office else None
            rows, total = queries.search(
                session, visit.stamp, q=q, office_path=path, after=after[0] if after else None, limit=PAGE_SIZE
            )
            persons = listing(
                rows, total, PAGE_SIZE, view=lambda p: person_view(p, visit.stamp), key=lambda p: (p.name, p.id)
            )
        return visit.page("people/list.html", persons=persons, may_add=visit.stamp.has(Role.ADMIN))

    @get("/baru", policy=ADMINS, sync_to_thread=True)
    def new_person(
        self,
        visit: NamedDependency[Visit],
        office: Annotated[str | None, QueryParameter(max_length=8)] = None,
    ) -> Response[str]:
        return visit.page("people/new.html", offices=_offices(visit.db, visit.stamp), office=office)

    @post("/baru", policy=ADMINS, sync_to_thread=True)
    def add_person(self, visit: NamedDependency[Visit]) -> Response[Any]:
        try:
            data = visit.form.read(NewPerson, **_as_typed(visit.form, "password"))
            with visit.writing() as session:
                office = answered(
                    lambda: offices.named(session, data.office, visit.stamp, "office"),
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
                    stamp=visit.stamp,
                )
                if data.role:
                    commands.grant(session, person, data.role, office, stamp=visit.stamp)
                if data.password is not None:
                    commands.set_password(session, person, data.password, stamp=visit.stamp)
                return visit.done(f"/orang/{person.id}", phrase("{name} is added."), name=person.name)
        except Refusal as refusal:
            return visit.page(
                "people/new.html",
                refusal,
                offices=_offices(visit.db, visit.stamp),
                office=None,
            )

    @get("/{person_id:int}", policy=SIGNED_IN, sync_to_thread=True)
    def show_person(self, person_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[str]:
        return _person_page(visit, person_id)

    @post("/{person_id:int}", policy=ADMINS, sync_to_thread=True)
    def amend_person(self, person_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        try:
            data = visit.form.changes(AmendPerson)
            changes = {name: value for name, value in structs.asdict(data).items() if value is not UNSET}
            with visit.writing() as session:
                person = queries.locked(session, person_id, visit.stamp)
                check_if_match(visit.form.text("version") or None, person.version)
                commands.amend(session, person, changes, stamp=visit.stamp)
                return visit.done(f"/orang/{person_id}", phrase("The change is kept."))
        except Refusal as refusal:
            return _person_page(visit, person_id, refusal)

    @post("/{person_id:int}/peran", policy=ADMINS, sync_to_thread=True)
    def grant_role(self, person_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        try:
            data = visit.form.read(NewGrant)
            with visit.writing() as session:
                person = queries.by_id(session, person_id, visit.stamp)
                office = offices.named(session, data.office, visit.stamp, "office")
                commands.grant(session, person, data.role, office, stamp=visit.stamp)
                return visit.done(f"/orang/{person_id}", phrase("The role is given. It counts from the next sign-in."))
        except Refusal as refusal:
            return _person_page(visit, person_id, refusal)

    @post("/{person_id:int}/peran/{grant_id:int}/akhir", policy=ADMINS, sync_to_thread=True)
    def end_grant(
        self,
        person_id: FromPath[int],
        grant_id: FromPath[int],
        visit: NamedDependency[Visit],
    ) -> Response[Any]:
        try:
            with visit.writing() as session:
                person = queries.by_id(session, person_id, visit.stamp)
                held = next((grant for grant in person.grants if grant.id == grant_id), None)
                if held is None:
                    raise NotFound
                commands.end_grant(session, person, held, stamp=visit.stamp)
                return visit.done(f"/orang/{person_id}", phrase("The role has ended."))
        except Refusal as refusal:
            return _person_page(visit, person_id, refusal)

    @post("/{person_id:int}/sandi", policy=ADMINS, sync_to_thread=True)
    def set_password(self, person_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        try:
            data = visit.form.read(NewPassword, **_as_typed(visit.form, "password"))
            with visit.writing() as session:
                person = queries.by_id(session, person_id, visit.stamp)
                commands.set_password(session, person, data.password, stamp=visit.stamp)
                return visit.done(f"/orang/{person_id}", phrase("The password is set; all sessions have ended."))
        except Refusal as refusal:
            return _person_page(visit, person_id, refusal)

    @post("/{person_id:int}/penonaktifan", policy=ADMINS, sync_to_thread=True)
    def deactivate(self, person_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        try:
            with visit.writing() as session:
                person = queries.by_id(session, person_id, visit.stamp)
                commands.deactivate(session, person, stamp=visit.stamp)
                return visit.done(f"/orang/{person_id}", phrase("{name} can no longer sign in."), name=person.name)
        except Refusal as refusal:
            return _person_page(visit, person_id, refusal)

    @post("/{person_id:int}/pengaktifan", policy=ADMINS, sync_to_thread=True)
    def reactivate(self, person_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        try:
            with visit.writing() as session:
                person = queries.by_id(session, person_id, visit.stamp)
                commands.reactivate(session, person, stamp=visit.stamp)
                return visit.done(f"/orang/{person_id}", phrase("{name} can sign in again."), name=person.name)
        except Refusal as refusal:
            return _person_page(visit, person_id, refusal)


def _person_page(visit: Visit, person_id: int, refusal: Refusal | None = None) -> Response[str]:
    """The person with all that an administrator can do. Raises `NoSuchPerson`."""
    with visit.reading() as session:
        person = queries.by_id(session, person_id, visit.stamp)
        may_administer = visit.stamp.may(person.office.path, Role.ADMIN)
        view = person_view(person, visit.stamp)
        places = offices.choices(session, visit.stamp, Role.ADMIN) if may_administer else []
        version = etag(person.version)
    return visit.page(
        "people/show.html",
        refusal,
        person=view,
        version=version,
        may_administer=may_administer,
        offices=places,
    )


def _offices(db: Database, stamp: Stamp) -> list[tuple[str, str]]:
    with db.reading() as session:
        return offices.choices(session, stamp, Role.ADMIN)


def _myself(db: Database, stamp: Stamp) -> PersonView:
    with db.reading() as session:
        return person_view(queries.by_id(session, stamp.actor_id or 0, stamp), stamp)


def _as_typed(form: Form, *names: str) -> dict[str, object]:
    """Passwords keep the blanks that were typed around them."""
    return {name: form.texts[name][0] for name in names if form.texts.get(name, [""])[0]}
