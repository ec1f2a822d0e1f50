"""The outermost wrapper, around apps that do what no app should."""

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any

import msgspec
import pytest
import structlog

from assets_service.kernel.metrics import Metrics
from assets_service.kernel.shield import Shield
from tests import loops

App = Callable[[Any, Any, Any], Any]
START = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]}


def ask(app: App, *, is_https: bool = False, **scope: Any) -> list[MutableMapping[str, Any]]:
    """What the shield sends for one request to this app."""
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    shield = Shield(
        app,
        language="en",
        translate=lambda _lang, text, facts: text.format(**facts),
        metrics=Metrics(),
        secret="only the tests know",
        is_https=is_https,
    )
    asked = {"type": "http", "method": "GET", "path": "/", "headers": []} | scope
    loops.run(shield(asked, None, send))
    return sent


def answering(*headers: tuple[bytes, bytes]) -> App:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send(START | {"headers": list(headers)})
        await send({"type": "http.response.body", "body": b""})

    return app


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


def test_what_nobody_caught_is_logged_and_answered_as_our_fault() -> None:
    with structlog.testing.capture_logs() as logged:
        start, body = ask(raising(KeyError("a secret")))
    assert start["status"] == 500
    assert (b"x-content-type-options", b"nosniff") in start["headers"]
    assert b"a secret" not in body["body"]
    assert [(one["event"], one["log_level"]) for one in logged] == [("crash", "error"), ("request", "info")]
    assert logged[1]["status"] == 500


@pytest.mark.parametrize(
    ("error", "after_start"),
    [
        (UnicodeError(), True),
        (KeyError(), True),
        (ConnectionResetError(), False),
        (asyncio.CancelledError(), False),
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


@pytest.mark.parametrize("host", ["a", "a:1", "A.example:65535", "10.0.0.1:8000", "[::1]", "[::1]:8000", "web_1:80"])
def test_a_host_may_be_a_name_or_an_address_with_a_port(host: str) -> None:
    assert ask(answering(), headers=[(b"host", host.encode())])[0]["status"] == 200


@pytest.mark.parametrize("host", ["x:abc", "x:99999", "a:1, b", "x:", "[", "http://[", "", "a b", "a/b", "a@b", "\xff"])
def test_a_host_that_is_none_is_refused(host: str) -> None:
    start, body = ask(answering(), headers=[(b"host", host.encode("latin-1"))])
    assert start["status"] == 400
    assert (b"x-content-type-options", b"nosniff") in start["headers"]
    assert msgspec.json.decode(body["body"])["detail"] == "The request cannot be read: its Host is not a host name."


def test_two_hosts_are_none() -> None:
    assert ask(answering(), headers=[(b"host", b"a"), (b"host", b"b")])[0]["status"] == 400


def test_what_is_kept_by_nobody_says_so_unless_it_may_be() -> None:
    def kept(*own: tuple[bytes, bytes]) -> list[bytes]:
        (start, _) = ask(answering(*own))
        return [value for name, value in start["headers"] if name.lower() == b"cache-control"]

    assert kept() == [b"no-store"]
    assert kept((b"Cache-Control", b"max-age=60")) == [b"max-age=60"]


def test_over_https_every_cookie_is_secure_and_the_browser_keeps_to_https() -> None:
    cookies = [(b"set-cookie", b"lang=id; Path=/"), (b"Set-Cookie", b"a=b; Secure; HttpOnly")]
    (over_https, _) = ask(answering(*cookies), is_https=True)
    assert [value for name, value in over_https["headers"] if name.lower() == b"set-cookie"] == [
        b"lang=id; Path=/; Secure",
        b"a=b; Secure; HttpOnly",
    ]
    assert (b"strict-transport-security", b"max-age=31536000") in over_https["headers"]
    (in_the_clear, _) = ask(answering(*cookies))
    assert cookies[0] in in_the_clear["headers"]
    assert not any(name == b"strict-transport-security" for name, _ in in_the_clear["headers"])


def test_what_is_no_request_goes_straight_through() -> None:
    seen: list[str] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope["type"])

    assert ask(app, type="lifespan") == []
    assert seen == ["lifespan"]
