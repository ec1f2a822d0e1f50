"""create_app(settings): every route, error handler and dependency, on one page."""

import sqlite3
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import structlog
from litestar import Litestar, Request, Response, Router, get
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from assets_service import __version__
from assets_service.custody.api import CustodyAPI, ShipmentsAPI
from assets_service.custody.pages import CustodyPages, ShipmentPages
from assets_service.devices.api import DevicesAPI, look_up
from assets_service.devices.pages import DevicePages
from assets_service.devices.schemas import DeviceViews
from assets_service.exports.api import ExportsAPI
from assets_service.exports.pages import ExportPages, LedgerPages
from assets_service.flags.api import FlagsAPI
from assets_service.flags.pages import FlagPages
from assets_service.flags.queries import Flags
from assets_service.imports.api import ImportsAPI
from assets_service.imports.pages import ImportPages
from assets_service.inspections.api import InspectionsAPI
from assets_service.inspections.pages import CheckPages
from assets_service.kernel.clock import Clock, utc_now
from assets_service.kernel.db import Database, is_busy
from assets_service.kernel.errors import Conflict, Refusal, SignInNeeded
from assets_service.kernel.files import Files
from assets_service.kernel.http import StrictRequest, as_refusal, problem_response, provide_form, request_id_of
from assets_service.kernel.metrics import Metrics
from assets_service.kernel.openapi import ApiDescription
from assets_service.kernel.shield import Shield
from assets_service.labelling.api import LabelAPI, SheetsAPI
from assets_service.labelling.pages import FinderPages, LabelPages
from assets_service.ledger.api import ledger_head
from assets_service.ledger.once import Replayed, respond
from assets_service.ledger.policy import PUBLIC, check_policies, may, policy_of
from assets_service.ledger.stamp import Role
from assets_service.offices.api import OfficesAPI
from assets_service.offices.pages import AmendOfficePages
from assets_service.people.api import PersonsAPI, SessionAPI
from assets_service.people.door import (
    API,
    COOKIE,
    authorise,
    me_of,
    provide_db,
    provide_me,
    provide_once,
    provide_stamp,
    provide_visit,
)
from assets_service.people.errors import SessionEnded
from assets_service.people.pages import AccountPages, PersonPages, SignInPages, session_ended
from assets_service.programmes.api import ProgrammesAPI, read_coverage
from assets_service.programmes.pages import OfficePages, ProgrammePages
from assets_service.reports.pages import ReportPages
from assets_service.scan.pages import ScanPages
from assets_service.settings import Settings
from assets_service.web import language
from assets_service.web.page import refused
from assets_service.web.pages import api_docs, choose_language
from assets_service.web.static_files import static_files

FOR_PROGRAMS = (API, "/schema", "/health", "/metrics")
BODY_MAX = 1_000_000  # bytes; routes that take files say more

log = structlog.get_logger("app")


class Crash(Refusal):
    """What a person is told of our own fault; the cause is in the log under the request id."""

    status = 500
    title = "Our fault"
    message = "Something went wrong on our side. Nothing was changed. Please try again."


class Busy(Refusal):
    """The database could not be had in time."""

    status = 503
    title = "The database is busy"
    message = "Too many people are writing at this moment. Nothing was changed. Please try again in a minute."

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "30"}


def create_app(settings: Settings, *, db: Database | None = None, clock: Clock = utc_now) -> Litestar:
    """The whole product as one ASGI app. Raises `NoPolicyError` when a route does not say who may call it."""
    db = db or Database(settings.database_url)
    flags = Flags(settings.unconfirmed_after_days)
    views = DeviceViews(flags, settings.base_url)
    figures = Metrics()
    files = Files(settings.data_dir / "files")

    def provide_views(db: NamedDependency[Database]) -> DeviceViews:
        """After `db`, as that comes after `stamp`."""
        del db
        return views

    app = Litestar(
        route_handlers=[
            SessionAPI, PersonsAPI, OfficesAPI, DevicesAPI, look_up,
            SignInPages, AccountPages, PersonPages, ProgrammesAPI, read_coverage,
            ReportPages, DevicePages, AmendOfficePages, OfficePages, ProgrammePages,
            ShipmentsAPI, CustodyAPI, ShipmentPages, CustodyPages,
            InspectionsAPI, CheckPages, FlagsAPI, FlagPages,
            ScanPages,
            ExportsAPI, ExportPages, LedgerPages, ImportsAPI, ImportPages, ledger_head,
            LabelAPI, SheetsAPI, LabelPages, FinderPages,
            metrics,
            public(choose_language, api_docs, static_files(), live, ready),
        ],
        request_class=StrictRequest,
        guards=[authorise],
        dependencies={
            "db": Provide(provide_db),
            "stamp": Provide(provide_stamp),
            "once": Provide(provide_once),
            "form": Provide(provide_form),
            "visit": Provide(provide_visit),
            "me": Provide(provide_me, sync_to_thread=True),
            "views": Provide(provide_views, sync_to_thread=False),
            "flags": Provide(lambda: flags, sync_to_thread=False),
            "files": Provide(lambda: files, sync_to_thread=False),
            "settings": Provide(lambda: settings, sync_to_thread=False),
            "figures": Provide(lambda: figures, sync_to_thread=False),
        },
        exception_handlers={
            Replayed: on_replay,
            Refusal: on_refusal,
            HTTPException: on_http_exception,
            IntegrityError: on_integrity_error,
            OperationalError: on_database_error,
            sqlite3.OperationalError: on_database_error,
            PoolTimeout: on_database_error,
            Exception: on_crash,
        },
        state=State(
            {
                "settings": settings,
                "db": db,
                "clock": clock,
                "flags": flags,
                "translate": translate,
                "language_of": language.language_of,
            }
        ),
        on_shutdown=[db.close],
        openapi_config=OpenAPIConfig(
            title="Assets service",
            version=__version__,
            openapi_router=public(path="/schema", in_schema=False),
            render_plugins=[
                ApiDescription(cookie=COOKIE, is_public=lambda handler: policy_of(handler) == PUBLIC),
            ],
        ),
        request_max_body_size=BODY_MAX,
        logging_config=None,  # ours is `server.configure_logs`; Litestar's would let every library speak at length
    )  # fmt: skip
    check_policies(app)
    app.asgi_handler = Shield(  # type: ignore[assignment]  # an ASGI app, written without Litestar's event types
        app.asgi_handler, language=settings.lang, translate=translate, metrics=figures
    )
    return app


def public(*handlers: Any, path: str = "/", in_schema: bool = True) -> Router:
    """Routes that strangers may call."""
    return Router(path=path, route_handlers=list(handlers), opt={"policy": PUBLIC}, include_in_schema=in_schema)


def translate(lang: str, msgid: str, facts: Mapping[str, object]) -> str:
    return language.translate(lang, msgid, **facts)


def on_replay(_request: Request[Any, Any, Any], replayed: Replayed) -> Response[bytes]:
    return respond(replayed.answer, replayed=True)


def on_refusal(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Any]:
    """Problem+json for programs; for people a page, or the way to sign in and back."""
    if request.url.path.startswith(FOR_PROGRAMS):
        return problem_response(refusal, request)
    if isinstance(refusal, SignInNeeded) and request.method == "GET":
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return Response(None, status_code=303, headers={"location": f"/masuk?next={quote(back)}"})
    if isinstance(refusal, SessionEnded):
        return session_ended(request, refusal)
    return refused(request, refusal, me=me_of(request), request_id=request_id_of(request))


def on_http_exception(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    if error.status_code >= 500:  # noqa: PLR2004
        return on_crash(request, error)
    return on_refusal(request, as_refusal(error, request))


def on_integrity_error(request: Request[Any, Any, Any], error: IntegrityError) -> Response[Any]:
    """The database kept a rule that two people met at the same moment; the loser is told, not shown a crash."""
    kept = str(error.orig).partition("\n")[0]  # PostgreSQL's next line is the whole row, with what is nobody's business
    log.warning("rule kept by the database", error=kept, request_id=request_id_of(request))
    return on_refusal(request, Conflict())


def on_database_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    if not is_busy(error):
        return on_crash(request, error)
    log.warning("the database is busy", error=type(error).__name__, request_id=request_id_of(request))
    if request.url.path.startswith(FOR_PROGRAMS):
        return problem_response(Busy(), request)
    return refused(
        request, Busy(), me=None, request_id=request_id_of(request)
    )  # whose page it is stands in the database


def on_crash(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    log.error("crash", exc_info=error, path=request.url.path, request_id=request_id_of(request))
    return on_refusal(request, Crash())


@get("/health/live", sync_to_thread=False, tags=["Health"])
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "live"}


@get("/health/ready", sync_to_thread=True, tags=["Health"])
def ready(db: NamedDependency[Database]) -> dict[str, str]:
    """The database answers too."""
    with db.reading() as session:
        session.execute(text("SELECT 1"))
    return {"status": "ready"}


@get("/metrics", policy=may(Role.ADMIN, Role.AUDITOR), sync_to_thread=False, tags=["Health"], media_type="text/plain")
def metrics(figures: NamedDependency[Metrics]) -> Response[bytes]:
    """For Prometheus, with a bearer token: what this process answered."""
    return Response(figures.text(), headers={"content-type": figures.content_type})
