"""The outermost ASGI wrapper: what Litestar's own layers cannot promise for every answer.

The router's 404 and 405 bypass middleware, GET routes refuse HEAD, and some malformed requests raise before any handler
runs. So: request ids, security headers, HEAD, cross-site writes, hang-ups and malformed text are settled here.
"""

import asyncio
import re
import time
from collections.abc import Callable, MutableMapping
from typing import Any
from uuid import uuid4

import msgspec
import structlog

from assets_service.kernel.errors import Malformed, Refusal
from assets_service.kernel.http import PROBLEM, Problem, Translate, problem
from assets_service.kernel.metrics import Metrics

ASGI = Callable[[Any, Any, Any], Any]
log = structlog.get_logger("http")

_SECURITY_HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), geolocation=(), microphone=()"),
]
_METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_REQUEST_ID = re.compile(rb"^[A-Za-z0-9._-]{8,64}$")


class Shield:
    """Wraps the app; `translate` words the refusals made here."""

    def __init__(self, app: ASGI, *, language: str, translate: Translate, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics
        self.language = language
        self.translate = translate

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        scope["query_string"] = scope.get("query_string") or b""
        is_head = scope["method"] == "HEAD"
        if is_head:
            scope["method"] = "GET"
        status = 0

        async def guarded_send(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), (b"x-request-id", request_id.encode())]
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] += [header for header in _SECURITY_HEADERS if header[0] not in present]
            elif is_head and message["type"] == "http.response.body":
                if message.get("more_body"):
                    return
                message = {"type": "http.response.body", "body": b""}
            await send(message)

        try:
            await self.app(scope, receive, guarded_send)
        except (UnicodeError, RecursionError):
            if status:
                raise
            await self._refuse(Malformed(why="it is not well-formed."), request_id, guarded_send)
        except (asyncio.CancelledError, ConnectionError):
            raise  # the client hung up: there is nobody to answer
        finally:
            seconds = time.perf_counter() - began
            self.metrics.answered(_counted(scope["method"]), status, seconds)
            log.info(
                "request",
                method=scope["method"],
                path=scope["path"],
                status=status,
                ms=round(seconds * 1000, 1),
                request_id=request_id,
            )

    async def _refuse(self, refusal: Refusal, request_id: str, send: Any) -> None:
        body: Problem = problem(refusal, self.language, self.translate, request_id)
        await send(
            {
                "type": "http.response.start",
                "status": refusal.status,
                "headers": [(b"content-type", PROBLEM.encode())],
            }
        )
        await send({"type": "http.response.body", "body": msgspec.json.encode(body)})


def _counted(method: str) -> str:
    """A stranger's invented methods share one line, or every one would be kept for ever."""
    return method if method in _METHODS else "other"


def _request_id(scope: MutableMapping[str, Any]) -> str:
    for name, value in scope.get("headers", []):
        if name == b"x-request-id" and _REQUEST_ID.match(value):
            return str(value.decode())
    return uuid4().hex
