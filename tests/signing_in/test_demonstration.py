"""Demonstration persons, whose password anybody may know, act only at the machine that serves them."""

from collections.abc import Iterator

import httpx
import pytest
from litestar.connection import ASGIConnection

from assets_service.access.stamp import Role
from assets_service.kernel.clock import utc_now
from assets_service.kernel.db import Database
from assets_service.people.passwords import hash_password
from assets_service.settings import Settings
from assets_service.signing_in.here import is_here
from tests import build

PASSWORD = "empat kuda melintas sawah"
ELSEWHERE = [
    {"Host": "aset.example.go.id"},
    {"X-Forwarded-For": "203.0.113.7"},
    {"Forwarded": "for=203.0.113.7"},
    {"X-Real-IP": "203.0.113.7"},
    {"Via": "1.1 Caddy"},
    {"X-Forwarded-Proto": "https"},
    {"X-Forwarded-Server": "aset.example.go.id"},
    {"CF-Connecting-IP": "203.0.113.7"},
    {"True-Client-IP": "203.0.113.7"},
    {"X-Client-IP": "203.0.113.7"},
]


@pytest.fixture
def token(settings: Settings) -> str:
    """A demonstration person's, good at the real clock; and `budi`'s beside it, who is none."""
    db = Database(settings.database_url)
    with db.writing() as session:
        build.roster(session)
        demo, real = (build.a_person(session, name, role=Role.AUDITOR, username=name) for name in ("auditor", "budi"))
        demo.is_demo = True
        demo.password_hash = real.password_hash = hash_password(PASSWORD)
        token = build.a_token(session, demo, at=utc_now())
    db.close()
    return token


def ways_in(address: str, username: str, headers: dict[str, str]) -> Iterator[int]:
    """The statuses of signing in as a program and on the page."""
    who = {"username": username, "password": PASSWORD}
    yield httpx.post(f"{address}/api/v1/session", json=who, headers=headers).status_code
    own = headers | {"Sec-Fetch-Site": "same-origin"}
    yield httpx.post(f"{address}/masuk", data=who | {"next": "/"}, headers=own).status_code


def test_at_the_machine_itself_they_sign_in_and_act(served: str, token: str) -> None:
    assert list(ways_in(served, "auditor", {})) == [201, 303]
    assert list(ways_in(served, "auditor", {"Host": "localhost:8000"})) == [201, 303]
    assert httpx.get(f"{served}/api/v1/me", headers=build.bearer(token)).status_code == 200


@pytest.mark.parametrize("headers", ELSEWHERE, ids=lambda headers: next(iter(headers)))
def test_from_elsewhere_they_neither_sign_in_nor_act(served: str, token: str, headers: dict[str, str]) -> None:
    assert list(ways_in(served, "auditor", headers)) == [403, 403]
    assert httpx.get(f"{served}/api/v1/me", headers=build.bearer(token) | headers).status_code == 401
    assert list(ways_in(served, "budi", headers)) == [201, 303]


@pytest.mark.parametrize(
    ("peer", "host", "here"),
    [
        ("127.0.0.1", "127.0.0.1:8000", True),
        ("127.0.0.1", "localhost", True),
        ("127.0.0.1", "127.9.9.9", True),
        ("::1", "[::1]:8000", True),
        ("192.168.1.5", "localhost", False),
        ("127.0.0.1", "192.168.1.5:8000", False),
        ("127.0.0.1", "localhost.example.id", False),
        ("127.0.0.1", "[", False),
        ("127.0.0.1", "", False),
        ("", "localhost", False),
    ],
)
def test_here_is_loopback_on_both_ends(peer: str, host: str, here: bool) -> None:
    scope = {"type": "http", "client": (peer, 1), "headers": [(b"host", host.encode())]}
    assert is_here(ASGIConnection(scope)) is here  # type: ignore[arg-type]  # as much of a scope as is read
