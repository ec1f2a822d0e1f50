"""Signing in and one's own account as pages."""

from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from assets_service.access.policy import PUBLIC, SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.actions.once import Once
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Refusal
from assets_service.kernel.http import Form
from assets_service.kernel.http.hosts import split_url
from assets_service.kernel.pools import Pool
from assets_service.people import queries as people
from assets_service.people.views import person_view
from assets_service.settings import Settings
from assets_service.signing_in import acts
from assets_service.signing_in.asks import Attempt, Credentials, OwnPassword
from assets_service.signing_in.carrying import Carried, unpack
from assets_service.signing_in.cookies import cookies_of, session_cookie
from assets_service.signing_in.door import browser_of, token_of
from assets_service.signing_in.errors import SessionEnded
from assets_service.web.addresses import local
from assets_service.web.language import phrase
from assets_service.web.page import Me, done, page
from assets_service.web.visit import Visit

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

    @post("/masuk", act=acts.SIGN_IN, pool=Pool.SIGNING_IN, sync_to_thread=True)
    def sign_in(
        self,
        request: Request[Any, Any, Any],
        form: NamedDependency[Form],
        once: NamedDependency[Once],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        back = local(form.text("next"))
        carried = unpack(form.text("carried"))
        try:
            credentials = form.read(Credentials, password=form.texts.get("password", [""])[0])
            opened = once.do(acts.SIGN_IN, Attempt(credentials, browser_of(request)))
        except Refusal as refusal:
            return _sign_in_page(request, refusal, back, carried, form.kept)
        response: Response[Any] = done(back)
        if carried:
            name = opened.session.person.name
            response = page(request, "signing_in/send_again.html", carried=carried, back=back, name=name)
        response.cookies += cookies_of(settings, opened)
        return response

    @post("/keluar", act=acts.SIGN_OUT, sync_to_thread=True)
    def sign_out(
        self,
        request: Request[Any, Any, Any],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
    ) -> Response[None]:
        """End this session, or go on if it has ended by itself."""
        if token := token_of(request):
            Once(db, stamp).do(acts.SIGN_OUT, None, token)
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
    return page(
        request, "signing_in/sign_in.html", refusal=refusal, kept=kept, next=back, carried=packed, headers=headers
    )


def session_ended(request: Request[Any, Any, Any], refusal: SessionEnded) -> Response[str]:
    """The page that answers a form whose sender is no longer signed in: nothing of it is lost."""
    if refusal.carried is None:
        return page(request, "signing_in/session_ended.html", refusal=refusal, request_id="", headers=refusal.headers)
    came_from = split_url(request.headers.get("referer", ""))
    back = local(came_from.path if came_from else "")
    return _sign_in_page(request, refusal, back, refusal.carried)


class AccountPages(Controller):
    path = "/akun"
    include_in_schema = False

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def account(self, visit: NamedDependency[Visit]) -> Response[str]:
        return _account_page(visit)

    @post("/sandi", act=acts.CHANGE_PASSWORD, pool=Pool.SIGNING_IN, sync_to_thread=True)
    def change_password(self, visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_account_page):
            typed = visit.form.as_typed("current_password", "password")
            visit.do(acts.CHANGE_PASSWORD, visit.form.read(OwnPassword, **typed))
            return visit.done("/masuk", phrase("Your password is changed. Please sign in with the new one."))


def _account_page(visit: Visit, refusal: Refusal | None = None) -> Response[str]:
    with visit.reading() as session:
        myself = person_view(people.by_id(session, visit.stamp.actor_id or 0, visit.stamp), visit.stamp)
    headers = refusal.headers if refusal else None
    return visit.page("signing_in/account.html", refusal, headers=headers, person=myself)
