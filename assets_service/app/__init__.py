"""The app, put together: routes, handlers of exceptions and dependencies each have a file of their own here."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from operator import attrgetter
from typing import cast

from litestar import Litestar
from litestar.concurrency import set_asyncio_executor
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from litestar.routes import HTTPRoute

from assets_service import __version__
from assets_service.access.policy import PUBLIC
from assets_service.access.routes import check_policies, policy_of
from assets_service.app.dependencies import dependencies, tools_of
from assets_service.app.handlers import HANDLERS
from assets_service.app.routes import public, routes
from assets_service.app.working import working
from assets_service.flags.queries import Flags
from assets_service.kernel.clock import Clock, utc_now
from assets_service.kernel.compression import Compressed
from assets_service.kernel.db import Database
from assets_service.kernel.deadlines import Deadlines
from assets_service.kernel.http import StrictRequest
from assets_service.kernel.jobs import Bell
from assets_service.kernel.jobs.worker import POLL_S
from assets_service.kernel.metrics import Metrics
from assets_service.kernel.openapi import ApiDescription
from assets_service.kernel.pools import POOLS
from assets_service.kernel.shield import Shield
from assets_service.settings import Settings
from assets_service.signing_in.door import authorise, cookie_name
from assets_service.web import language

STATEMENT_S = 60  # on PostgreSQL: what takes longer has gone wrong
BODY_MAX = 1_000_000  # bytes; routes that take files say more


def create_app(
    settings: Settings, *, db: Database | None = None, clock: Clock = utc_now, poll_s: float = POLL_S
) -> Litestar:
    """The whole product as one ASGI app. `poll_s` is how often it looks for jobs that other processes were asked for.

    Raises `NoPolicyError` when a route does not say who may call it.
    """
    db = db or Database(settings.database_url, statement_s=STATEMENT_S)
    set_asyncio_executor(cast("ThreadPoolExecutor", POOLS))  # all that Litestar asks of it is `submit`
    flags = Flags(settings.unconfirmed_after_days)
    bell = Bell()
    tools = tools_of(settings, flags, bell)
    figures = Metrics()
    app = Litestar(
        route_handlers=routes(),
        request_class=StrictRequest,
        guards=[authorise],
        dependencies=dependencies(tools, figures=figures),
        exception_handlers=HANDLERS,
        state=State(
            {
                "settings": settings,
                "db": db,
                "clock": clock,
                "flags": flags,
                "tools": tools,
                "translate": translate,
                "language_of": partial(language.language_of, default=settings.lang),
            }
        ),
        lifespan=[working(settings, bell, poll_s=poll_s)],
        on_shutdown=[POOLS.settle, db.close],
        openapi_config=_description(settings),
        request_max_body_size=BODY_MAX,
        logging_config=None,  # `server.configure_logs` sets logging up; Litestar's set-up would let every library log at length
    )
    check_policies(app)
    _provide_in_turn(app)
    compressed = Compressed(app.asgi_handler, is_encrypted=settings.is_https)
    app.asgi_handler = Shield(  # type: ignore[assignment]  # an ASGI app, written without Litestar's event types
        Deadlines(compressed),
        language=settings.lang,
        translate=translate,
        metrics=figures,
        secret=settings.secret_key,
        is_https=settings.is_https,
    )
    return app


def _provide_in_turn(app: Litestar) -> None:
    """What a handler needs is provided one after the other.

    Litestar provides side by side what does not need each other, each in a task of its own. None of ours waits for
    anything, and the tasks cost a fifth of a look-up.
    """
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for _, needed in route.route_handler_map.values():
                in_turn = (sorted(batch, key=attrgetter("key")) for batch in needed.dependency_batches)
                needed.dependency_batches = [{each} for batch in in_turn for each in batch]


def translate(lang: str, msgid: str, facts: Mapping[str, object]) -> str:
    return language.translate(lang, msgid, **facts)


def _description(settings: Settings) -> OpenAPIConfig:
    described = ApiDescription(cookie=cookie_name(settings), is_public=lambda handler: policy_of(handler) == PUBLIC)
    return OpenAPIConfig(
        title="Assets service",
        version=__version__,
        openapi_router=public(path="/schema", in_schema=False),
        render_plugins=[described],
    )
