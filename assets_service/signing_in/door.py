"""Who makes a request: it gets its Stamp here, before its body is read, and a write its `Once`."""

from asyncio import wait, wrap_future
from datetime import datetime
from functools import partial
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from msgspec import structs
from uuid_utils import uuid7

from assets_service.access.routes import policy_of
from assets_service.access.stamp import Door, Stamp
from assets_service.actions.once import Once
from assets_service.kernel.db import Database
from assets_service.kernel.errors import OnlyRead, SignInNeeded
from assets_service.kernel.http import Form, provide_form, read_uuid, refuse_impossible_address, refuse_unreadable_query
from assets_service.kernel.http.hosts import origin_of
from assets_service.kernel.pools import BRIEFLY_S, POOLS, choose
from assets_service.kernel.security import address_of, network_of
from assets_service.people import queries as people
from assets_service.settings import Settings
from assets_service.signing_in import commands, queries
from assets_service.signing_in.asks import Browser
from assets_service.signing_in.carrying import take_along
from assets_service.signing_in.errors import CrossSite, SessionEnded
from assets_service.signing_in.here import is_here
from assets_service.signing_in.queries import SignedIn
from assets_service.web.page import Me
from assets_service.web.visit import Visit

COOKIE = "assets_session"
DEVICE_COOKIE = "assets_device"
API = "/api/"
_SAFE = {"GET", "HEAD", "OPTIONS"}
STRANGER = "-"


async def authorise(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The guard of every route: find who asks and whether they may call it.

    Raises `SignInNeeded`, `Forbidden`, `CrossSite`; `NotFound` for an impossible address, `Malformed` for an unreadable query.
    """
    policy = policy_of(handler)
    assert policy is not None, "the app does not start with a route that has no policy"
    choose(handler.opt.get("pool"), str(connection.scope.get("method")))
    token, is_cookie = _token(connection)
    method = str(connection.scope.get("method"))
    if method not in _SAFE:
        _refuse_cross_site(connection, is_cookie=is_cookie)
    connection.scope["state"]["only_reads"] = method in _SAFE and _is_foreign_look(connection)
    person = await _who_signed_in(connection, token) if token else None
    stamp = Stamp(
        actor_id=person.person_id if person else None,
        account=person.username if person else STRANGER,
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
    idle_days: int = connection.app.state.settings.session_idle_days
    found = await db.read_briefly(partial(_look_up, db, token, at, idle_days))
    if found and found.is_demo and not is_here(connection):
        return None
    if found and at - found.seen_at > commands.SEEN_EVERY and not connection.scope["state"]["only_reads"]:
        touched = POOLS.note_in_passing(_touch, db, found.sign_in_id, at)
        await wait([wrap_future(touched)], timeout=BRIEFLY_S)  # reading needs no writing
    return found


def _look_up(db: Database, token: str, at: datetime, idle_days: int) -> SignedIn | None:
    with db.single_select() as connection:
        return queries.signed_in(connection, token, at, idle_days=idle_days)


def _touch(db: Database, sign_in_id: int, at: datetime) -> None:
    with db.writing() as session:
        commands.touch(session, sign_in_id, at=at)


def cookie_name(settings: Settings, name: str = COOKIE) -> str:
    """`__Host-`: no other host, no sibling and no page in the clear can set a cookie of that name for us."""
    return f"__Host-{name}" if settings.is_https else name


def browser_of(request: Request[Any, Any, Any]) -> Browser:
    """Where somebody signs in from."""
    device = request.cookies.get(cookie_name(request.app.state.settings, DEVICE_COOKIE))
    network = network_of(address_of(request.scope))  # type: ignore[arg-type]  # a scope is a mapping
    return Browser(
        label=request.headers.get("user-agent", ""),
        device=device[:200] if device else None,
        network=network,
        is_here=is_here(request),
    )


def _token(connection: ASGIConnection[Any, Any, Any, Any]) -> tuple[str | None, bool]:
    """The token, and whether a cookie carried it."""
    scheme, _, bearer = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer:
        return bearer.strip()[:200], False
    cookie = connection.cookies.get(cookie_name(connection.app.state.settings))
    return (cookie[:200], True) if cookie else (None, False)


def token_of(request: Request[Any, Any, Any]) -> str | None:
    return _token(request)[0]


def _refuse_cross_site(connection: ASGIConnection[Any, Any, Any, Any], *, is_cookie: bool) -> None:
    """Refuse a write with a cookie that a browser says comes from a foreign page. Raises `CrossSite`."""
    site = connection.headers.get("sec-fetch-site")
    origin = connection.headers.get("origin")
    settings: Settings = connection.app.state.settings
    if settings.is_https and origin is not None and origin.startswith("http:"):
        raise CrossSite  # a page that came in the clear may be anybody's
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise CrossSite
    elif origin is not None:
        host = connection.headers.get("host", "").lower()
        if origin_of(origin) not in {origin_of(settings.base_url), f"http://{host}", f"https://{host}"}:
            raise CrossSite
    elif is_cookie:
        raise CrossSite


def _is_foreign_look(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether a page of another site may have made the browser ask for this, or only a HEAD is asked for."""
    site = connection.headers.get("sec-fetch-site", "none")
    return site not in {"same-origin", "none"} or bool(connection.scope["state"].get("is_head"))


def _database_of(request: Request[Any, Any, Any]) -> Database:
    db: Database = request.app.state.db
    state = request.scope["state"]
    return db.only_reading(OnlyRead(), hands_nothing_out=bool(state.get("is_head"))) if state.get("only_reads") else db


async def provide_stamp(request: Request[Any, Any, Any]) -> Stamp:
    stamp: Stamp = request.scope["state"]["stamp"]
    return stamp


async def provide_db(request: Request[Any, Any, Any], stamp: NamedDependency[Stamp]) -> Database:
    """The database. It depends on the stamp only to be provided after it: Litestar would start a task for each of the two."""
    del stamp
    return _database_of(request)


async def provide_once(request: Request[Any, Any, Any], stamp: NamedDependency[Stamp]) -> Once:
    """The write's `Once`, under the id in the header `Idempotency-Key` or the form's `action_id`. Raises `Invalid`."""
    key = request.headers.get("idempotency-key") if request.method not in _SAFE else None
    seen = request.headers.get("if-match")
    is_form = request.route_handler.opt.get("is_form", not request.scope["path"].startswith(API))
    if key is None and request.method not in _SAFE and is_form:
        form: Form = await provide_form(request)
        key, seen = form.text("action_id") or None, form.text("version") or None
    if key is not None:
        key = read_uuid(key, "Idempotency-Key")
        stamp = structs.replace(stamp, action_id=key)
    return Once(_database_of(request), stamp, key=key, tools=request.app.state.tools, if_match=seen)


async def provide_visit(request: Request[Any, Any, Any], once: NamedDependency[Once]) -> Visit:
    form: Form = await provide_form(request)
    return Visit(request, form, once, partial(_me, request, once.stamp))


def provide_me(request: Request[Any, Any, Any], stamp: NamedDependency[Stamp]) -> Me | None:
    """The person who looks at a page; None for a stranger."""
    return _me(request, stamp)


def me_of(request: Request[Any, Any, Any]) -> Me | None:
    """The same for error pages, where no dependency is provided."""
    stamp = request.scope.get("state", {}).get("stamp")
    return _me(request, stamp) if stamp else None


def _me(request: Request[Any, Any, Any], stamp: Stamp) -> Me | None:
    if stamp.actor_id is None:
        return None
    db: Database = request.app.state.db
    with db.reading() as session:
        person = people.by_id(session, stamp.actor_id, stamp)
    return Me(
        id=person.id,
        name=person.name,
        office_code=person.office.code,
        office_name=person.office.name,
        timezone=person.office.timezone,
        roles=frozenset(str(right.role) for right in stamp.rights),
    )
