"""The outermost wrapper, around apps that do what no app should."""

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any

import msgspec
import pytest

from assets_service.kernel.metrics import Metrics
from assets_service.kernel.shield import Shield
from tests import loops

App = Callable[[Any, Any, Any], Any]
START = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]}


def ask(app: App, **scope: Any) -> list[MutableMapping[str, Any]]:
    """What the shield sends for one request to this app."""
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    shield = Shield(app, language="en", translate=lambda _lang, text, facts: text.format(**facts), metrics=Metrics())
    asked = {"type": "http", "method": "GET", "path": "/", "headers": []} | scope
    loops.run(shield(asked, None, send))
    return sent


def raising(error: BaseException, *, after_start: bool = False) -> App:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        if after_start:
            await send(dict(START))
        raise error

    return app


@pytest.mark.parametrize("error", [UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"), UnicodeError(), RecursionError()])
def test_what_cannot_be_read_is_a_problem_and_not_a_crash(error: Exception) -> None:
    start, body = ask(raising(error))
    assert start["status"] == 400
    assert (b"content-type", b"application/problem+json") in start["headers"]
    assert (b"x-content-type-options", b"nosniff") in start["headers"]
    said = msgspec.json.decode(body["body"])
    assert (said["status"], said["detail"], len(said["request_id"])) == (
        400,
        "The request cannot be read: it is not well-formed.",
        32,
    )


@pytest.mark.parametrize(
    ("error", "after_start"),
    [
        (UnicodeError(), True),
        (ConnectionResetError(), False),
        (asyncio.CancelledError(), False),
        (KeyError(), False),
    ],
)
def test_what_nobody_can_be_told_any_more_is_raised(error: BaseException, *, after_start: bool) -> None:
    with pytest.raises(type(error)):
        ask(raising(error, after_start=after_start))


def test_head_has_no_body_however_many_parts_it_has() -> None:
    async def app(scope: Any, _receive: Any, send: Any) -> None:
        assert scope["method"] == "GET"
        await send(dict(START))
        for part in (b"a", b"b"):
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"c"})

    assert [message.get("body") for message in ask(app, method="HEAD")] == [None, b""]
    assert [message.get("body") for message in ask(app)] == [None, b"a", b"b", b"c"]


def test_an_answers_own_security_header_is_kept() -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send(START | {"headers": [(b"X-Frame-Options", b"SAMEORIGIN")]})

    (start,) = ask(app)
    assert [value for name, value in start["headers"] if name.lower() == b"x-frame-options"] == [b"SAMEORIGIN"]


def test_what_is_no_request_goes_straight_through() -> None:
    seen: list[str] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope["type"])

    assert ask(app, type="lifespan") == []
    assert seen == ["lifespan"]
