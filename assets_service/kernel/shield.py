"""The outermost ASGI wrapper, for what Litestar's own layers cannot promise of every answer.

The router's 404 and 405 bypass middleware, GET routes refuse HEAD, some malformed requests raise before any handler runs,
and an error in an error's own page would leave the server's bare one. So every answer gets its request id, its headers and
its line in the log here, and what nobody caught becomes a problem.
"""

import asyncio
import re
import time
from collections.abc import Callable, MutableMapping
from typing import Any
from uuid import uuid4

import msgspec
import structlog

from assets_service.kernel.errors import Crash, Malformed, Refusal
from assets_service.kernel.http import PROBLEM, Problem, Translate, problem
from assets_service.kernel.http.headers import completed
from assets_service.kernel.http.hosts import hosts_of, is_host
from assets_service.kernel.metrics import Metrics
from assets_service.kernel.security import came_from

ASGI = Callable[[Any, Any, Any], Any]
Message = MutableMapping[str, Any]
log = structlog.get_logger("http")

_METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_REQUEST_ID = re.compile(rb"^[A-Za-z0-9._-]{8,64}$")


class Shield:
    """Wraps the app.

    `translate` puts the refusals that are made here into the caller's language; `secret` is the key of what the security
    log hides.
    """

    def __init__(
        self, app: ASGI, *, language: str, translate: Translate, metrics: Metrics, secret: str, is_https: bool
    ) -> None:
        self.app = app
        self.metrics = metrics
        self.language = language
        self.translate = translate
        self.secret = secret
        self.is_https = is_https

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        method = scope["method"]
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        came_from(scope, secret=self.secret)
        scope["query_string"] = scope.get("query_string") or b""
        scope["state"]["is_head"] = method == "HEAD"
        if method == "HEAD":
            scope["method"] = "GET"
        answer = _Answer(send, request_id=request_id, is_head=method == "HEAD", is_https=self.is_https)
        try:
            await self._answered(scope, receive, answer)
        finally:
            seconds = time.perf_counter() - began
            self.metrics.answered(_counted(scope["method"]), answer.status, seconds)
            log.info(
                "request",
                method=method,
                path=scope["path"],
                status=answer.status,
                ms=round(seconds * 1000, 1),
                request_id=request_id,
            )

    async def _answered(self, scope: MutableMapping[str, Any], receive: Any, answer: "_Answer") -> None:
        try:
            _refuse_odd_host(scope)
            await self.app(scope, receive, answer.send)
        except (asyncio.CancelledError, ConnectionError):
            raise  # the client hung up: there is nobody to answer
        except Refusal as refusal:
            await self._refuse(refusal, answer)
        except (UnicodeError, RecursionError) as error:
            await self._refuse(Malformed(why="it is not well-formed."), answer, instead_of=error)
        except Exception as error:
            log.exception("crash", path=scope["path"], request_id=answer.request_id)
            await self._refuse(Crash(), answer, instead_of=error)

    async def _refuse(self, refusal: Refusal, answer: "_Answer", *, instead_of: Exception | None = None) -> None:
        """Answer with the refusal.

        Raises `instead_of` when an answer had begun: the server then cuts it off, so that nobody takes it for whole.
        """
        if answer.status and instead_of:
            raise instead_of
        body: Problem = problem(refusal, self.language, self.translate, answer.request_id)
        head = {
            "type": "http.response.start",
            "status": refusal.status,
            "headers": [(b"content-type", PROBLEM.encode())],
        }
        await answer.send(head)
        await answer.send({"type": "http.response.body", "body": msgspec.json.encode(body)})


class _Answer:
    """The answer on its way out: headers that it left out are added, and the body of a HEAD's answer is left out."""

    def __init__(self, send: Any, *, request_id: str, is_head: bool, is_https: bool) -> None:
        self.status = 0
        self.request_id = request_id
        self._send = send
        self._is_head = is_head
        self._is_https = is_https

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = message.get("headers", [])
            message["headers"] = completed(own, request_id=self.request_id, is_https=self._is_https)
        elif self._is_head and message["type"] == "http.response.body":
            if message.get("more_body"):
                return
            message = {"type": "http.response.body", "body": b""}
        await self._send(message)


def _refuse_odd_host(scope: MutableMapping[str, Any]) -> None:
    """Refuse a request that names several hosts or an impossible one; none at all (HTTP/1.0) is fine. Raises `Malformed`."""
    hosts = hosts_of(scope.get("headers", []))
    if len(hosts) > 1 or not all(map(is_host, hosts)):
        raise Malformed(why="its Host is not a host name.")


def _counted(method: str) -> str:
    """The method's name for the metrics; invented methods share one, or every one would be kept for ever."""
    return method if method in _METHODS else "other"


def _request_id(scope: MutableMapping[str, Any]) -> str:
    for name, value in scope.get("headers", []):
        if name == b"x-request-id" and _REQUEST_ID.match(value):
            return str(value.decode())
    return uuid4().hex
