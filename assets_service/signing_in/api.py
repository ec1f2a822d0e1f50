"""Signing in over HTTP."""

from typing import Any

from litestar import Controller, Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.actions.once import Once
from assets_service.kernel.db import Database
from assets_service.kernel.pools import Pool
from assets_service.people import queries as people
from assets_service.people.views import PersonView, person_view
from assets_service.signing_in import acts
from assets_service.signing_in.asks import Attempt, Credentials, OwnPassword
from assets_service.signing_in.cookies import cookies_of, session_cookie
from assets_service.signing_in.door import browser_of, token_of
from assets_service.signing_in.views import SessionView


class SessionAPI(Controller):
    path = "/api/v1"
    tags = ["Session"]

    @post("/session", act=acts.SIGN_IN, pool=Pool.SIGNING_IN, sync_to_thread=True)
    def sign_in(
        self, data: JSONBody[Credentials], request: Request[Any, Any, Any], once: NamedDependency[Once]
    ) -> Response[SessionView]:
        """Sign in: a token to send as `Authorization: Bearer`, and the same as a cookie."""
        opened = once.do(acts.SIGN_IN, Attempt(data, browser_of(request)))
        cookies = cookies_of(request.app.state.settings, opened)
        return Response(opened.session, status_code=201, cookies=cookies)

    @delete("/session", act=acts.SIGN_OUT, policy=SIGNED_IN, sync_to_thread=True)
    def sign_out(self, request: Request[Any, Any, Any], once: NamedDependency[Once]) -> Response[None]:
        """End this session; the token is dead from the next request on."""
        once.do(acts.SIGN_OUT, None, token_of(request) or "")
        return Response(None, status_code=204, cookies=[session_cookie(request.app.state.settings, None)])

    @get("/me", policy=SIGNED_IN, sync_to_thread=True)
    def me(self, stamp: NamedDependency[Stamp], db: NamedDependency[Database]) -> PersonView:
        """Who am I, and what may I do where?"""
        with db.reading() as session:
            return person_view(people.by_id(session, stamp.actor_id or 0, stamp), stamp)

    @put("/me/password", act=acts.CHANGE_PASSWORD, pool=Pool.SIGNING_IN, status_code=204, sync_to_thread=True)
    def change_my_password(self, data: JSONBody[OwnPassword], once: NamedDependency[Once]) -> Response[None]:
        """Change one's own password; ends all one's sessions."""
        return once.answer(once.do(acts.CHANGE_PASSWORD, data), status=204)
