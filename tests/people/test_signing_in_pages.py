"""The door for people: signing in and out on pages."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.kernel.db import Database
from assets_service.ledger.stamp import Role
from assets_service.people import commands
from tests.build import a_person, roster, system

PASSWORD = "a long pass phrase"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def siti(db: Database) -> str:
    with db.writing() as session:
        roster(session)
        person = a_person(session, "Siti", at="81.02", role=Role.ADMIN, username="siti")
        commands.set_password(session, person, PASSWORD, stamp=system())
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
    cookie = next(one for one in reply.headers.get_list("set-cookie") if one.startswith("assets_session="))
    assert {"HttpOnly", "SameSite=lax", "Secure"} <= set(cookie.split("; "))


def test_signing_out_ends_the_session_and_not_only_the_cookie(client: TestClient[Litestar], siti: str) -> None:
    reply = client.post(
        "/masuk", data={"username": siti, "password": PASSWORD}, headers=SAME_ORIGIN, follow_redirects=False
    )
    cookie = next(one for one in reply.headers.get_list("set-cookie") if one.startswith("assets_session="))
    mine = {"Cookie": cookie.split(";")[0]}
    client.cookies.clear()
    assert client.get("/akun", headers=mine, follow_redirects=False).status_code == 200
    assert client.post("/keluar", headers=mine | SAME_ORIGIN, follow_redirects=False).status_code == 303
    client.cookies.clear()
    assert client.get("/akun", headers=mine, follow_redirects=False).status_code == 303


def test_a_page_asks_a_stranger_to_sign_in_and_come_back(client: TestClient[Litestar]) -> None:
    reply = client.get("/orang?q=siti", follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (303, "/masuk?next=/orang%3Fq%3Dsiti")


def test_too_many_tries_are_told_to_wait(client: TestClient[Litestar], siti: str) -> None:
    del siti
    assert [sign_in(client, "wrong wrong") for _ in range(commands.TRIES_MAX)] == [401] * commands.TRIES_MAX
    assert sign_in(client) == 429
