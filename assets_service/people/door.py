"""A request becomes a Stamp here, before its body is read; and a write becomes a `Once`."""

from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from anyio.to_thread import run_sync
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from msgspec import structs
from uuid_utils import uuid7

from assets_service.kernel.db import Database
from assets_service.kernel.errors import SignInNeeded
from assets_service.kernel.http import Form, provide_form, read_uuid, refuse_impossible_address, refuse_unreadable_query
from assets_service.ledger.once import Once
from assets_service.ledger.policy import policy_of
from assets_service.ledger.stamp import Door, Stamp
from assets_service.ledger.visit import Visit
from assets_service.people import commands, queries
from assets_service.people.carrying import take_along
from assets_service.people.errors import CrossSite, SessionEnded
from assets_service.people.queries import SignedIn
from assets_service.web.page import Me

COOKIE = "assets_session"
API = "/api/"
_SAFE = {"GET", "HEAD", "OPTIONS"}
STRANGER = "-"


async def authorise(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The guard of every route: who is it, and may they call this at all?

    Raises `SignInNeeded`, `Forbidden`, `CrossSite`; `NotFound` for an impossible address, `Malformed` for an unreadable query.
    """
    policy = policy_of(handler)
    assert policy is not None, "the app does not start with a route that has no policy"
    token, is_cookie = _token(connection)
    method = str(connection.scope.get("method"))
    if method not in _SAFE:
        _refuse_cross_site(connection, is_cookie=is_cookie)
    person = await _who_signed_in(connection, token) if token else None
    stamp = Stamp(
        actor_id=person.person_id if person else None,
        actor=person.username if person else STRANGER,
        rights=person.rights if person else (),
        at=connection.app.state.clock(),
        door=Door.API if connection.scope["path"].startswith(API) else Door.PAGE,
        action_id=str(uuid7()),
    )
    try:
        policy.check(stamp)
    except SignInNeeded:
        if stamp.door is Door.PAGE and method == "POST":
            raise SessionEnded(await take_along(connection)) from None
        raise
    refuse_impossible_address(connection.scope.get("path_params", {}))
    refuse_unreadable_query(connection.scope["query_string"])
    connection.scope["state"]["stamp"] = stamp


async def _who_signed_in(connection: ASGIConnection[Any, Any, Any, Any], token: str) -> SignedIn | None:
    db: Database = connection.app.state.db
    at = connection.app.state.clock()
    found = await db.at_hand(partial(_look_up, db, token, at))
    if found and at - found.seen_at > commands.SEEN_EVERY:
        await run_sync(partial(_touch, db, found.sign_in_id, at))
    return found


def _look_up(db: Database, token: str, at: datetime) -> SignedIn | None:
    with db.glance() as connection:
        return queries.signed_in(connection, token, at)


def _touch(db: Database, sign_in_id: int, at: datetime) -> None:
    with db.writing() as session:
        commands.touch(session, sign_in_id, at=at)


def _token(connection: ASGIConnection[Any, Any, Any, Any]) -> tuple[str | None, bool]:
    """The token, and whether a cookie carried it."""
    scheme, _, bearer = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer:
        return bearer.strip()[:200], False
    cookie = connection.cookies.get(COOKIE)
    return (cookie[:200], True) if cookie else (None, False)


def token_of(request: Request[Any, Any, Any]) -> str | None:
    return _token(request)[0]


def _refuse_cross_site(connection: ASGIConnection[Any, Any, Any, Any], *, is_cookie: bool) -> None:
    """A browser says where a write comes from; one that rides on a cookie must come from our own pages."""
    site = connection.headers.get("sec-fetch-site")
    origin = connection.headers.get("origin")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise CrossSite
    elif origin is not None:
        if urlsplit(origin).netloc.lower() not in _own_hosts(connection):
            raise CrossSite
    elif is_cookie:
        raise CrossSite


def _own_hosts(connection: ASGIConnection[Any, Any, Any, Any]) -> set[str]:
    base: str = connection.app.state.settings.base_url
    return {urlsplit(base).netloc.lower(), connection.headers.get("host", "").lower()}


async def provide_stamp(request: Request[Any, Any, Any]) -> Stamp:
    stamp: Stamp = request.scope["state"]["stamp"]
    return stamp


async def provide_db(request: Request[Any, Any, Any], stamp: NamedDependency[Stamp]) -> Database:
    """Asks for the stamp only to come after it: what could be had side by side gets a task each, which costs more."""
    del stamp
    db: Database = request.app.state.db
    return db


async def provide_once(request: Request[Any, Any, Any], stamp: NamedDependency[Stamp]) -> Once:
    """The caller's action id: the `Idempotency-Key` header, or a form's `action_id`. Raises `Invalid`."""
    key = request.headers.get("idempotency-key") if request.method not in _SAFE else None
    if key is None and request.method not in _SAFE and not request.scope["path"].startswith(API):
        form: Form = await provide_form(request)
        key = form.text("action_id") or None
    if key is not None:
        key = read_uuid(key, "Idempotency-Key")
        stamp = structs.replace(stamp, action_id=key)
    # With the secret key: a kept plain hash of a body with a password in it would be quick to guess from.
    secret: str = request.app.state.settings.secret_key
    body = await request.body()
    if boundary := request.content_type[1].get("boundary"):
        body = body.replace(boundary.encode(), b"")  # drawn anew for each try; the content is the same
    content = f"{secret}\n{request.method} {request.url.path}\n".encode() + body
    return Once(request.app.state.db, stamp, key=key, content=content)


async def provide_visit(request: Request[Any, Any, Any], once: NamedDependency[Once]) -> Visit:
    form: Form = await provide_form(request)
    return Visit(request, form, once, partial(_me, request, once.stamp))


def provide_me(request: Request[Any, Any, Any], stamp: NamedDependency[Stamp]) -> Me | None:
    """Who looks at a page; None for a stranger."""
    return _me(request, stamp)


def me_of(request: Request[Any, Any, Any]) -> Me | None:
    """The same where no dependency can be had: in error pages."""
    stamp = request.scope.get("state", {}).get("stamp")
    return _me(request, stamp) if stamp else None


def _me(request: Request[Any, Any, Any], stamp: Stamp) -> Me | None:
    if stamp.actor_id is None:
        return None
    db: Database = request.app.state.db
    with db.reading() as session:
        person = queries.by_id(session, stamp.actor_id, stamp)
    return Me(
        name=person.name,
        office_code=person.office.code,
        office_name=person.office.name,
        timezone=person.office.timezone,
        roles=frozenset(str(right.role) for right in stamp.rights),
    )
