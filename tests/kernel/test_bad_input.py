"""Bad input never makes a 5xx: addresses, queries, cursors and bodies as attackers and broken clients send them."""

from base64 import urlsafe_b64encode
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.kernel.fields import problem_of
from assets_service.ledger import queries as ledger
from tests.build import a_device, roster
from tests.people.build_people import browser, caller

TOO_BIG = 2**70


@pytest.fixture
def admin(db: Database) -> dict[str, str]:
    with db.writing() as session:
        roster(session)
        a_device(session)
    return caller(db, Role.ADMIN, "00")


def cursor(content: str) -> str:
    return urlsafe_b64encode(content.encode()).decode().rstrip("=")


# Each table is one test: the app is made once for it, and every wrong answer is shown beside its address.
CURSORS = (
    '["\\u0000"]', '["\\u0000", 1]', f"[{TOO_BIG}]", f'["a", {TOO_BIG}]', f"[{2**63}]", "[]", "{}", "null", '[["a"]]',
    '[["a", 1, 2]]', "[1e400]", "[",
)  # fmt: skip
LISTS = ("offices", "persons", "devices", "programmes", "coverage")


def test_a_cursor_of_ones_own_making_is_refused(client: TestClient[Litestar], admin: dict[str, str]) -> None:
    asked = [f"/api/v1/{path}?cursor={cursor(content)}" for path in LISTS for content in CURSORS]
    said = {address: client.get(address, headers=admin).json()["errors"] for address in asked}
    named = {address: {error["pointer"] for error in errors} for address, errors in said.items()}
    assert named == {address: {"/cursor"} for address in asked}


IMPOSSIBLE = (
    "offices?q=%00", "offices?parent=%00", "offices?level=planet", "persons?q=a%00b", "persons?office=77",
    "devices?q=%00", "devices?q=" + "x" * 81, "devices?office=%00", "devices?office=99", "devices?kind=car",
    "devices?condition=", "devices?presence=1", "devices?flag=nope", "devices?limit=99999999999999999999999",
    "devices?limit=-1", "devices?limit=0", "devices?limit=501", "devices?limit=x", "lookup", "lookup?id=",
    "lookup?id=%00", "lookup?id=%FF%FE", "lookup?id=" + "1" * 301, "coverage?programme=%00", "coverage?parent=%00",
)  # fmt: skip


def test_a_query_that_cannot_be_is_refused(client: TestClient[Litestar], admin: dict[str, str]) -> None:
    said = {address: client.get(f"/api/v1/{address}", headers=admin) for address in IMPOSSIBLE}
    assert {address: reply.status_code for address, reply in said.items()} == dict.fromkeys(IMPOSSIBLE, 400)
    assert {reply.headers["content-type"] for reply in said.values()} == {"application/problem+json"}


NOWHERE = (
    "offices/%00", "offices/%FF", "offices/99", "devices/%00", "devices/ZZZZZZZZ", "devices/%F0%9F%93%B1",
    "devices/ZZZZZZZZ/history", "programmes/%00", "programmes/nope", f"persons/{TOO_BIG}", "persons/0", "persons/x",
    "persons/-1", "persons/" + "9" * 5000, "lookup?id=nothing", "nowhere",
)  # fmt: skip


def test_an_address_that_leads_nowhere_says_so(client: TestClient[Litestar], admin: dict[str, str]) -> None:
    said = {address: client.get(f"/api/v1/{address}", headers=admin) for address in NOWHERE}
    assert {address: reply.status_code for address, reply in said.items()} == dict.fromkeys(NOWHERE, 404)
    assert {reply.headers["content-type"] for reply in said.values()} == {"application/problem+json"}


NEW_DEVICE = b'{"kind": "tablet", "brand": "A", "model": "B", "serial": "C1"'
BODIES = {
    b"": 400,
    b"{": 400,
    b"[]": 400,
    b"null": 400,
    b'"text"': 400,
    b"\xff\xfe": 400,
    NEW_DEVICE + b', "serial": "C2"}': 400,
    NEW_DEVICE + b', "note": ' + b"[" * 100_000 + b"]" * 100_000 + b"}": 400,
    NEW_DEVICE + b', "note": ' + b'{"a":' * 50 + b"1" + b"}" * 50 + b"}": 400,
    NEW_DEVICE + b', "note": "a\\u0000b"}': 400,
    NEW_DEVICE + b', "note": "\\ud800"}': 400,
    NEW_DEVICE + b', "n\\u0000": 1}': 400,
    NEW_DEVICE + b', "value": ' + str(TOO_BIG).encode() + b"}": 400,
    NEW_DEVICE + b', "nup": ' + str(TOO_BIG).encode() + b"}": 400,
    NEW_DEVICE + b', "nup": NaN}': 400,
    NEW_DEVICE + b', "nup": 1e400}': 400,
    NEW_DEVICE + b', "nup": ' + b"9" * 5000 + b"}": 400,
    NEW_DEVICE + b', "nup": "1"}': 400,
    NEW_DEVICE + b', "nup": 1.5}': 400,
    NEW_DEVICE + b', "nup": true}': 400,
    NEW_DEVICE + b', "brand": null}': 400,
    NEW_DEVICE + b', "id": 1}': 400,
    NEW_DEVICE + b', "acquired_on": "2026-02-30"}': 400,
    NEW_DEVICE + b', "note": "' + b"x" * 2001 + b'"}': 400,
    NEW_DEVICE + b', "note": "' + b"x" * 1_100_000 + b'"}': 413,
}


def test_a_body_that_cannot_be_is_refused_and_writes_nothing(
    client: TestClient[Litestar], db: Database, admin: dict[str, str]
) -> None:
    with db.reading() as session:
        before = ledger.head(session)
    typed = admin | {"Content-Type": "application/json"}
    said = {body: client.post("/api/v1/devices", content=body, headers=typed) for body in BODIES}
    assert {body[:80]: reply.status_code for body, reply in said.items()} == {b[:80]: s for b, s in BODIES.items()}
    assert {reply.headers["content-type"] for reply in said.values()} == {"application/problem+json"}
    with db.reading() as session:
        assert ledger.head(session) == before


def test_json_comes_as_json(client: TestClient[Litestar], admin: dict[str, str]) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", ""):
        reply = client.post("/api/v1/devices", content=NEW_DEVICE + b"}", headers=admin | {"Content-Type": kind})
        assert reply.status_code == 415, kind


def test_every_bad_field_is_named_and_not_the_first_alone(client: TestClient[Litestar], admin: dict[str, str]) -> None:
    body: dict[str, Any] = {
        "kind": "car",
        "brand": "",
        "serial": "é",
        "nup": 0,
        "value": -1,
        "custody": 1,
        "office": "x",
    }
    reply = client.post("/api/v1/devices", json=body, headers=admin)
    assert {error["pointer"] for error in reply.json()["errors"]} == {
        "/kind", "/brand", "/model", "/serial", "/nup", "/value", "/custody", "/office",
    }  # fmt: skip


PAGES = {
    "/perangkat?q=%00": 400,
    "/perangkat?q=%FF": 400,
    "/perangkat?kind=car": 400,
    "/perangkat?flag=nope": 400,
    "/perangkat?office=xx": 400,
    "/perangkat?office=99": 400,
    "/perangkat?cursor=x": 400,
    "/kantor?q=%00": 400,
    "/kantor?program=nope": 400,
    "/orang?q=%00": 400,
    "/orang?office=77": 400,
    "/orang?cursor=" + cursor('["\\u0000", 1]'): 400,
    "/orang/99999": 404,
    f"/orang/{TOO_BIG}": 404,
    "/kantor/99": 404,
    "/kantor/99/ubah": 404,
    "/perangkat/ZZZZZZZZ/ubah": 404,
    "/perangkat/ZZZZZZZZ/riwayat": 404,
    "/perangkat/ZZZZZZZZ/penghapusan": 404,
    "/nowhere": 404,
}


def test_a_page_asked_for_the_impossible_says_so_on_a_page(
    client: TestClient[Litestar], db: Database, admin: dict[str, str]
) -> None:
    del admin
    reader = browser(db, Role.ADMIN, "00")
    said = {address: client.get(address, headers=reader) for address in PAGES}
    assert {address: reply.status_code for address, reply in said.items()} == PAGES
    assert {reply.headers["content-type"] for reply in said.values()} == {"text/html; charset=utf-8"}


FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="username"'
FORMS = (
    (b"username=a&password=b", "text/plain"),
    (b"{}", "application/json"),
    (b"username=\xff\xfe&password=b", FORM),
    (b"username=%FF%FE&password=b", FORM),
    (b"username=%00&password=b", FORM),
    (b"next=%00&username=a&password=b", FORM),
    (b"&" * 5000, FORM),
    (b"a=b&" * 5000, FORM),
    (b"--x\r\nbroken", PARTS),
    (b"--x\r\nbroken", "multipart/form-data"),
    (PART + b"\r\nContent-Type: text/plain; charset=nope\r\n\r\n\xff\r\n--x--\r\n", PARTS),
    (PART + b"\r\n\r\n\xff\xfe\r\n--x--\r\n", PARTS),
)


def test_a_form_that_cannot_be_read_is_refused(client: TestClient[Litestar]) -> None:
    for content, kind in FORMS:
        reply = client.post("/masuk", content=content, headers={"Content-Type": kind, "Sec-Fetch-Site": "same-origin"})
        assert 400 <= reply.status_code < 500, (content[:80], kind)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("Expected `int | null`, got `str` - at `$.nup`", "A whole number is expected here."),
        ("Expected `str | null`, got `int` - at `$.title`", "Text is expected here."),
        ("Expected `float`, got `str` - at `$.scale`", "A number is expected here."),
        ("Expected `bool | null`, got `str` - at `$.a`", "Answer yes or no (true or false)."),
        ("Expected `array | null`, got `str` - at `$.a`", "A list is expected here."),
        ("Invalid RFC3339 encoded date - at `$.acquired_on`", "Write the date like 2026-11-22."),
        ("Invalid RFC3339 encoded datetime - at `$.as_of`", "Write the time like 2026-11-22T08:30:00Z."),
    ],
)
def test_what_was_expected_is_said_in_a_clerks_words(said: str, sentence: str) -> None:
    assert problem_of(said, "").message == sentence
