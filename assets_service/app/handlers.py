"""Handlers of exceptions: each becomes an answer that a program can read, or a page that a person can."""

import sqlite3
from typing import Any
from urllib.parse import quote

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from assets_service.kernel.db import Fault, fault_of
from assets_service.kernel.errors import Away, Busy, Conflict, Crash, Refusal, SignInNeeded, Unwritable
from assets_service.kernel.http import as_refusal, problem_response, request_id_of
from assets_service.signing_in.door import API, me_of
from assets_service.signing_in.errors import SessionEnded
from assets_service.signing_in.pages import session_ended
from assets_service.web.addresses import local
from assets_service.web.page import refused
from assets_service.web.visit import ShownAgain

FOR_PROGRAMS = (
    *(API, "/schema", "/health", "/metrics"),
    *("/ledger/checkpoint", "/ledger/key", "/ledger/tile", "/ledger/cosignatures"),
)

_FAULTS: dict[Fault, type[Refusal]] = {Fault.BUSY: Busy, Fault.AWAY: Away, Fault.UNWRITABLE: Unwritable}

log = structlog.get_logger("app")


def on_shown_again(_request: Request[Any, Any, Any], shown: ShownAgain) -> Response[Any]:
    return shown.answer


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
    if error.status_code == 405 and request.method == "GET" and not request.url.path.startswith(FOR_PROGRAMS):  # noqa: PLR2004
        return Response(None, status_code=303, headers={"location": _page_above(request.url.path)})
    return on_refusal(request, as_refusal(error, request))


def _page_above(path: str) -> str:
    """Where a form stands that was sent to this address: whoever asks for the address alone is led to it."""
    return local(path.rpartition("/")[0], default="/")


def on_integrity_error(request: Request[Any, Any, Any], error: IntegrityError) -> Response[Any]:
    """Answer who lost a race: two people wrote what only one may, and the database's own constraint stopped the second."""
    kept = str(error.orig).partition("\n")[0]  # on PostgreSQL the next line is the whole row, personal data included
    log.warning("rule kept by the database", error=kept, request_id=request_id_of(request))
    return on_refusal(request, Conflict())


def on_database_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    fault = fault_of(error)
    if fault is Fault.OURS:
        return on_crash(request, error)
    log.warning(
        "the database cannot be had", fault=fault, error=type(error).__name__, request_id=request_id_of(request)
    )
    refusal = _FAULTS[fault]()
    if request.url.path.startswith(FOR_PROGRAMS):
        return problem_response(refusal, request)
    # Who looks at the page could only be asked of the database.
    return refused(request, refusal, me=None, request_id=request_id_of(request))


def on_crash(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    log.error("crash", exc_info=error, path=request.url.path, request_id=request_id_of(request))
    return on_refusal(request, Crash())


HANDLERS: ExceptionHandlersMap = {
    ShownAgain: on_shown_again,
    Refusal: on_refusal,
    HTTPException: on_http_exception,
    IntegrityError: on_integrity_error,
    OperationalError: on_database_error,
    sqlite3.OperationalError: on_database_error,
    PoolTimeout: on_database_error,
    Exception: on_crash,
}
