"""The door for people: signing in and out on pages."""

import re
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.people import queries
from assets_service.signing_in.commands import TRIES_MAX
from tests.build import COOKIE, a_password, a_person, roster

PASSWORD = "a long pass phrase"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def siti(db: Database) -> str:
    with db.writing() as session:
        roster(session)
        person = a_person(session, "Siti", at="81.02", role=Role.ADMIN, username="siti")
        a_password(session, person, PASSWORD)
    return "siti"


def sign_in(client: TestClient[Litestar], password: str = PASSWORD, **fields: str) -> int:
    reply = client.post(
        "/masuk",
        data={"username": "siti", "password": password} | fields,
        headers=SAME_ORIGIN,
        follow_redirects=False,
    )
    return reply.status_code


@pytest.mark.parametrize(
    ("wished", "reached"),
    [
        ("/perangkat?kind=tablet", "/perangkat?kind=tablet"),
        ("", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_signing_in_leads_to_a_place_on_this_site(
    client: TestClient[Litestar], siti: str, wished: str, reached: str
) -> None:
    reply = client.post(
        "/masuk",
        data={"username": siti, "password": PASSWORD, "next": wished},
        headers=SAME_ORIGIN,
        follow_redirects=False,
    )
    assert (reply.status_code, reply.headers["location"]) == (303, reached)


def test_a_wrong_password_keeps_the_username_and_not_the_password(client: TestClient[Litestar], siti: str) -> None:
    reply = client.post("/masuk", data={"username": siti, "password": "not this one"}, headers=SAME_ORIGIN)
    assert reply.status_code == 401
    assert 'value="siti"' in reply.text
    assert "not this one" not in reply.text


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: TestClient[Litestar], siti: str) -> None:
    reply = client.post(
        "/masuk", data={"username": siti, "password": PASSWORD}, headers=SAME_ORIGIN, follow_redirects=False
    )
    cookie = next(one for one in reply.headers.get_list("set-cookie") if one.startswith(f"{COOKIE}="))
    assert {"HttpOnly", "SameSite=lax", "Secure"} <= set(cookie.split("; "))


def test_signing_out_ends_the_session_and_not_only_the_cookie(client: TestClient[Litestar], siti: str) -> None:
    reply = client.post(
        "/masuk", data={"username": siti, "password": PASSWORD}, headers=SAME_ORIGIN, follow_redirects=False
    )
    cookie = next(one for one in reply.headers.get_list("set-cookie") if one.startswith(f"{COOKIE}="))
    mine = {"Cookie": cookie.split(";")[0]}
    client.cookies.clear()
    assert client.get("/akun", headers=mine, follow_redirects=False).status_code == 200
    assert client.post("/keluar", headers=mine | SAME_ORIGIN, follow_redirects=False).status_code == 303
    client.cookies.clear()
    assert client.get("/akun", headers=mine, follow_redirects=False).status_code == 303


def test_a_page_asks_a_stranger_to_sign_in_and_come_back(client: TestClient[Litestar]) -> None:
    reply = client.get("/orang?q=siti", follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (303, "/masuk?next=/orang%3Fq%3Dsiti")


def fields_of(page: str) -> dict[str, str]:
    """The hidden fields of a page, as a browser would send them."""
    return {name: unescape(value) for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page)}


def test_a_form_that_comes_after_its_session_ended_is_kept_and_sent_after_signing_in(
    client: TestClient[Litestar], siti: str, db: Database
) -> None:
    typed = {"name": 'Budi "B" <b>', "office": "81.02", "title": "Staf & PPID", "action_id": str(uuid4())}
    from_page = SAME_ORIGIN | {"Referer": "http://testserver/orang/baru"}
    ended = client.post("/orang/baru", data=typed, headers=from_page)
    assert (ended.status_code, 'action="/masuk"' in ended.text) == (401, True)
    with db.reading() as session:
        assert queries.count(session) == 1, "nothing was sent"

    wrong = client.post("/masuk", data=fields_of(ended.text) | {"username": siti, "password": "x"}, headers=SAME_ORIGIN)
    assert wrong.status_code == 401
    signed_in = client.post(
        "/masuk", data=fields_of(wrong.text) | {"username": siti, "password": PASSWORD}, headers=SAME_ORIGIN
    )
    assert signed_in.status_code == 200
    assert 'action="/orang/baru"' in signed_in.text
    assert 'href="/orang/baru"' in signed_in.text
    assert fields_of(signed_in.text) == typed
    cookie = {"Cookie": signed_in.headers["set-cookie"].partition(";")[0]}
    client.cookies.clear()
    sent = client.post(
        "/orang/baru", data=fields_of(signed_in.text), headers=cookie | SAME_ORIGIN, follow_redirects=False
    )
    assert sent.status_code == 303
    with db.reading() as session:
        assert queries.count(session) == 2


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {"name": "Budi", "office": "81.02", "username": "budi", "password": "a long pass phrase"}},
        {"data": {"note": "x"}, "files": {"photos": ("1.jpg", b"a picture")}},
        {"data": {"note": "x" * 70_000}},
        {"data": {"note": ["x"] * 5_001}},
    ],
)
def test_what_a_page_cannot_keep_the_browser_sends_again(client: TestClient[Litestar], siti: str, sent: Any) -> None:
    del siti
    ended = client.post("/orang/baru", headers=SAME_ORIGIN, **sent)
    assert (ended.status_code, "data-reload" in ended.text, "pass phrase" in ended.text) == (401, True, False)


@pytest.mark.parametrize("carried", ["x", "e30=", "\u00e9", "W10=", "eyJ0byI6Ii8vZXZpbC5leGFtcGxlIiwiZmllbGRzIjpbXX0="])
def test_what_no_page_of_ours_carried_is_not_sent_anywhere(
    client: TestClient[Litestar], siti: str, carried: str
) -> None:
    del siti
    assert sign_in(client, carried=carried) == 303


def test_the_address_of_a_form_is_carried_as_it_was(client: TestClient[Litestar], siti: str) -> None:
    ended = client.post("/program/%C3%89%20x", data={"tablet.ri": "1"}, headers=SAME_ORIGIN)
    signed_in = client.post(
        "/masuk", data=fields_of(ended.text) | {"username": siti, "password": PASSWORD}, headers=SAME_ORIGIN
    )
    assert 'action="/program/%C3%89%20x"' in signed_in.text


def test_what_is_no_form_is_not_carried(client: TestClient[Litestar]) -> None:
    headers = SAME_ORIGIN | {"content-type": "multipart/form-data; boundary=x"}
    answer = client.post("/orang/baru", content=b"junk", headers=headers)
    assert (answer.status_code, "data-reload" in answer.text) == (401, True)


def test_a_form_from_another_site_is_not_taken_along(client: TestClient[Litestar], siti: str) -> None:
    del siti
    answer = client.post("/orang/baru", data={"name": "Budi"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, "carried" in answer.text) == (403, False)


def test_too_many_tries_are_told_to_wait(client: TestClient[Litestar], siti: str) -> None:
    del siti
    assert [sign_in(client, "wrong wrong") for _ in range(TRIES_MAX)] == [401] * TRIES_MAX
    assert sign_in(client) == 429
