"""Addresses, queries and bodies that no client of ours would send: a refusal with its reason, never a crash."""

import base64
import json
import re
from types import NoneType
from typing import Any, get_args

import pytest
from litestar import Litestar
from litestar.handlers import BaseRouteHandler
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests import build
from tests.contract.routes import calls, filled

Api = TestClient[Litestar]

PARTS = {
    "int": ["0", "-1", "2147483648", "9223372036854775808", str(2**70), "%00", "1.0", "%D9%A1"],
    "str": ["%00", "a%00b", "%ff", "%ED%A0%80", "%2e%2e%2fetc", "x" * 3000, "%C2%85", "{{7*7}}", "%27%20OR%201=1--"],
    "path": ["%00", "a%00b", "%2e%2e%2f%2e%2e%2fpyproject.toml", "x" * 300, "%ff"],
    "uuid": ["%00", "1"],
}


def cursor(key: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


CURSORS = [[2**63], [2**70], [-1], ["a\0"], [["a\0", 1]], [["a", 2**63]], [["\ud800", 1]], ["9999-12-31", 2**63], {}, 1]
QUERIES = [
    *(f"{name}={value}" for name in ("q", "office", "parent", "programme", "flag", "stock", "id", "kode", "next")
      for value in ("%00", "%ff", "%ED%A0%80", "9" * 2000)),
    *(f"cursor={value}" for value in [*map(cursor, CURSORS), "%00", "===", "x" * 5000]),
    *(f"limit={value}" for value in ("0", "-1", "501", "x", "1e9", str(2**70), "%00", "1&limit=2")),
    *(f"as_of={value}" for value in ("%00", "0001-01-01", "9999-12-31", "0001-01-01T00:00:00%2B14:00", "2026-02-30")),
    *("dpi=1180591620717411303424", "offset_x_mm=NaN", "scale=inf", "kind=%00", "direction=x", "open=2", "by=%00"),
    *("%", "=", "&&&", "unknown=1", "halaman=%00", "back=%00", "%00=%00"),
]  # fmt: skip


def asked_of(handler: BaseRouteHandler) -> list[str]:
    """The queries that touch what the route reads, and those that touch none."""
    read: set[str] = set()
    for name, parameter in handler.parsed_fn_signature.parameters.items():
        named = [getattr(about, "query", None) or getattr(about, "name", None) for about in parameter.metadata]
        read |= {name, *(one for one in named if one)}
    read |= {"as_of", "office"} if "asked" in read else set()
    read |= {"kode"} if "form" in read else set()
    return [query for query in QUERIES if query.partition("=")[0] in read or query.startswith(("%", "=", "&", "unk"))]


@pytest.fixture
def admin(db: Database) -> dict[str, str]:
    with db.writing() as session:
        build.roster(session)
        return build.bearer(build.a_token(session, build.a_person(session, "Wati", role=Role.ADMIN)))


def is_refused_well(answer: Any, *, of: str) -> bool:
    if answer.status_code >= 400 and of.split()[1].startswith("/api/"):
        return bool(answer.headers["content-type"] == "application/problem+json")
    return bool(answer.status_code < 500)


def test_an_odd_address_is_never_a_crash(app: Litestar, client: Api, admin: dict[str, str]) -> None:
    wrong = []
    for call, _ in calls(app):
        method, path = call.split(" ", 1)
        for kind in set(re.findall(r"\{\w+:(\w+)\}", path)):
            for part in PARTS[kind]:
                odd = filled(re.sub(rf"\{{\w+:{kind}\}}", part.replace("\\", r"\\"), path))
                sent = b"{}" if method in {"POST", "PUT", "PATCH"} else None
                headers = admin | ({"content-type": "application/json"} if sent else {})
                answer = client.request(method, odd, headers=headers, content=sent, follow_redirects=False)
                if not is_refused_well(answer, of=call):
                    wrong.append((call, part[:20], answer.status_code))
    assert wrong == []


def test_an_odd_query_is_never_a_crash(app: Litestar, client: Api, admin: dict[str, str]) -> None:
    wrong = []
    for call, handler in calls(app):
        if call.startswith("GET "):
            for query in asked_of(handler):
                address = f"{filled(call.split(' ', 1)[1])}?{query}"
                answer = client.get(address, headers=admin, follow_redirects=False)
                if not is_refused_well(answer, of=call):
                    wrong.append((address[:80], answer.status_code))
    assert wrong == []


def test_asking_which_methods_there_are_is_answered_to_anybody(app: Litestar, client: Api) -> None:
    wrong = []
    for path in sorted({filled(call.split(" ", 1)[1]) for call, _ in calls(app)}):
        answer = client.options(path)
        if answer.status_code != 204 or "allow" not in answer.headers:
            wrong.append((path, answer.status_code))
    assert wrong == []


ODD_HEADERS = [
    {"Origin": "http://["},
    {"Origin": "http://a:b:c"},
    {"Origin": "\xff"},
    {"Referer": "http://["},
    {"Cookie": "__Host-assets_session=\xff; lang=["},
    {"Accept-Language": "\xff;q=x"},
    {"Authorization": "Bearer \xff"},
    {"If-Match": '"\xff'},
    {"Idempotency-Key": "\xff"},
    {"Content-Type": "\xff; boundary=\xff"},
    {"X-Forwarded-For": "http://["},
    {"Range": "bytes=9-1"},
]


@pytest.mark.parametrize("odd", ODD_HEADERS, ids=str)
def test_an_odd_header_is_never_a_crash(odd: dict[str, str], app: Litestar, client: Api, admin: dict[str, str]) -> None:
    headers = [(name.encode(), value.encode("latin-1")) for name, value in odd.items()]
    wrong = []
    for call, _ in calls(app):
        for who in ([], [(name.encode(), value.encode()) for name, value in admin.items()]):
            method, path = call.split(" ", 1)
            answer = client.request(method, filled(path), headers=who + headers, follow_redirects=False)
            if not is_refused_well(answer, of=call):
                wrong.append((call, answer.status_code))
    assert wrong == []


BODIES: dict[str, tuple[bytes, str, int]] = {
    "nothing": (b"", "application/json", 400),
    "not JSON": (b"{", "application/json", 400),
    "not UTF-8": (b'{"brand": "\xff"}', "application/json", 400),
    "UTF-16": ('{"brand": "x"}'.encode("utf-16"), "application/json", 400),
    "half a surrogate": (b'{"brand": "\\ud800"}', "application/json", 400),
    "NUL": (b'{"brand": "a\\u0000b"}', "application/json", 400),
    "a key twice": (b'{"brand": "a", "brand": "b"}', "application/json", 400),
    "100,000 deep": (b"[" * 100_000, "application/json", 400),
    "40 deep": (b'{"brand": ' + b"[" * 40 + b"]" * 40 + b"}", "application/json", 400),
    "2^70": (b'{"nup": 1180591620717411303424}', "application/json", 400),
    "a number of 5,000 digits": (b'{"nup": ' + b"9" * 5000 + b"}", "application/json", 400),
    "NaN": (b'{"value": NaN}', "application/json", 400),
    "a list": (b"[]", "application/json", 400),
    "null": (b"null", "application/json", 400),
    "plain text": (b"{}", "text/plain", 415),
    "no type": (b"{}", "", 415),
    "a form": (b"brand=x", "application/x-www-form-urlencoded", 415),
    "MessagePack": (b"\x80", "application/x-msgpack", 415),
    "too large": (b'{"note": "' + b"x" * 2_000_000 + b'"}', "application/json", 413),
}


LEFT_OUT = {"nothing", "null"}


def test_an_odd_body_is_refused_by_every_call(app: Litestar, client: Api, admin: dict[str, str]) -> None:
    wrong = []
    for call, handler in calls(app):
        declared = getattr(handler, "parsed_data_field", None)
        if " /api/" in call and declared:
            method, path = call.split(" ", 1)
            for body, (content, kind, status) in BODIES.items():
                if body in LEFT_OUT and NoneType in get_args(declared.annotation):
                    continue  # a body that may be left out
                answer = client.request(method, filled(path), content=content, headers=admin | {"content-type": kind})
                if answer.status_code != status or not is_refused_well(answer, of=call):
                    wrong.append((call, body, answer.status_code, answer.text[:100]))
    assert wrong == []
