"""Sessions: how they begin, what ends them, and how often a password may be guessed."""

from collections.abc import Callable

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.signing_in.commands import TRIES_MAX
from assets_service.signing_in.models import SignIn
from assets_service.signing_in.queries import hashed
from tests.build import COOKIE, a_password, a_person, bearer, roster
from tests.clock import StillClock
from tests.people.build_people import browser, caller

PASSWORD = "a long pass phrase"
Client = TestClient[Litestar]


@pytest.fixture
def siti(db: Database) -> int:
    """Head at Maluku Tenggara, with a password."""
    with db.writing() as session:
        roster(session)
        person = a_person(session, "Siti", at="81.02", role=Role.HEAD, username="siti")
        a_password(session, person, PASSWORD)
        return person.id


def sign_in(client: Client, username: str = "siti", password: str = PASSWORD, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    reply = client.post("/api/v1/session", json={"username": username, "password": password}, headers=named)
    client.cookies.clear()
    return int(reply.status_code)


def token_of(client: Client) -> str:
    reply = client.post("/api/v1/session", json={"username": "siti", "password": PASSWORD})
    client.cookies.clear()
    return str(reply.json()["token"])


def test_the_answer_to_signing_in_says_who_and_until_when(client: Client, siti: int) -> None:
    reply = client.post("/api/v1/session", json={"username": " Siti ", "password": PASSWORD})
    said = reply.json()
    assert (reply.status_code, said["person"]["id"], said["expires_at"]) == (201, siti, "2026-12-20T05:00:00Z")
    assert [(grant["role"], grant["office"]["code"]) for grant in said["person"]["grants"]] == [("head", "81.02")]


def test_a_new_token_at_every_sign_in_and_only_its_hash_is_kept(client: Client, db: Database, siti: int) -> None:
    first, second = token_of(client), token_of(client)
    assert first != second
    with db.reading() as session:
        kept = set(session.scalars(select(SignIn.token_hash).where(SignIn.person_id == siti)))
    assert kept == {hashed(first), hashed(second)}
    assert first not in kept


def test_the_cookie_and_the_bearer_are_one_session(client: Client, siti: int) -> None:
    del siti
    token = token_of(client)
    assert client.get("/api/v1/me", headers=bearer(token)).status_code == 200
    assert client.get("/api/v1/me", headers={"Cookie": f"{COOKIE}={token}"}).status_code == 200
    assert client.delete("/api/v1/session", headers=bearer(token)).status_code == 204
    assert client.get("/api/v1/me", headers={"Cookie": f"{COOKIE}={token}"}).status_code == 401


def test_a_browser_cannot_choose_its_session(client: Client, siti: int) -> None:
    del siti
    chosen = {"Cookie": f"{COOKIE}=chosen-by-an-attacker", "Sec-Fetch-Site": "same-origin"}
    reply = client.post("/api/v1/session", json={"username": "siti", "password": PASSWORD}, headers=chosen)
    assert reply.json()["token"] != "chosen-by-an-attacker"
    client.cookies.clear()
    assert client.get("/api/v1/me", headers=chosen).status_code == 401


def test_an_unknown_name_is_refused_like_a_wrong_password(client: Client, siti: int) -> None:
    del siti
    said = [
        client.post("/api/v1/session", json={"username": name, "password": "wrong wrong"}).json()
        for name in ("siti", "nobody")
    ]
    for one in said:
        one.pop("request_id")
    assert said[0] == said[1]
    assert said[0]["status"] == 401


def test_a_session_ends_by_itself(client: Client, clock: StillClock, siti: int) -> None:
    del siti
    token = token_of(client)
    for _ in range(2):  # seen now and then, or it would end sooner
        clock.pass_by(days=13)
        assert client.get("/api/v1/me", headers=bearer(token)).status_code == 200
    clock.pass_by(days=3, hours=23)
    assert client.get("/api/v1/me", headers=bearer(token)).status_code == 200
    clock.pass_by(hours=1)
    assert client.get("/api/v1/me", headers=bearer(token)).status_code == 401


def test_a_session_that_nobody_uses_ends_sooner(client: Client, clock: StillClock, siti: int) -> None:
    del siti
    token = token_of(client)
    clock.pass_by(days=13, hours=23)
    assert client.get("/api/v1/me", headers=bearer(token)).status_code == 200
    clock.pass_by(days=14)
    assert client.get("/api/v1/me", headers=bearer(token)).status_code == 401


def test_being_seen_is_written_at_most_every_five_minutes(
    client: Client, db: Database, clock: StillClock, siti: int
) -> None:
    token = token_of(client)

    def seen_after(**span: float) -> object:
        clock.pass_by(**span)
        client.get("/api/v1/me", headers=bearer(token))
        with db.reading() as session:
            return session.scalars(select(SignIn.seen_at).where(SignIn.person_id == siti)).one()

    began = clock.at
    assert seen_after(minutes=5) == began
    assert seen_after(seconds=1) == clock.at


def role_given(client: Client, admin: dict[str, str], person: int) -> None:
    client.post(f"/api/v1/persons/{person}/grants", json={"role": "logistics", "office": "81.02"}, headers=admin)


def role_ended(client: Client, admin: dict[str, str], person: int) -> None:
    (grant,) = client.get(f"/api/v1/persons/{person}", headers=admin).json()["grants"]
    client.delete(f"/api/v1/persons/{person}/grants/{grant['id']}", headers=admin)


def password_set(client: Client, admin: dict[str, str], person: int) -> None:
    client.put(f"/api/v1/persons/{person}/password", json={"password": "another pass phrase"}, headers=admin)


def deactivated(client: Client, admin: dict[str, str], person: int) -> None:
    client.put(f"/api/v1/persons/{person}/deactivation", headers=admin)


@pytest.mark.parametrize("happens", [role_given, role_ended, password_set, deactivated])
def test_all_sessions_end_at_the_next_request_when(
    client: Client, db: Database, siti: int, happens: Callable[[Client, dict[str, str], int], None]
) -> None:
    tokens = [token_of(client), token_of(client)]
    happens(client, caller(db, Role.ADMIN, "81"), siti)
    assert [client.get("/api/v1/me", headers=bearer(token)).status_code for token in tokens] == [401, 401]


def test_the_deactivated_cannot_sign_in_until_activated_again(client: Client, db: Database, siti: int) -> None:
    admin = caller(db, Role.ADMIN, "00")
    deactivated(client, admin, siti)
    assert sign_in(client) == 401
    assert client.delete(f"/api/v1/persons/{siti}/deactivation", headers=admin).status_code == 200
    assert sign_in(client) == 201


def test_ones_own_password_changes_only_with_the_present_one(client: Client, siti: int) -> None:
    del siti
    token = token_of(client)
    wrong = {"current_password": "not this one", "password": "another pass phrase"}
    reply = client.put("/api/v1/me/password", json=wrong, headers=bearer(token))
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (400, "/current_password")
    right = wrong | {"current_password": PASSWORD}
    assert client.put("/api/v1/me/password", json=right, headers=bearer(token)).status_code == 204
    assert client.get("/api/v1/me", headers=bearer(token)).status_code == 401
    assert sign_in(client) == 401
    assert sign_in(client, password="another pass phrase") == 201


@pytest.mark.parametrize("password", ["", "short", "x" * 201])
def test_a_password_has_a_length(client: Client, db: Database, siti: int, password: str) -> None:
    reply = client.put(
        f"/api/v1/persons/{siti}/password", json={"password": password}, headers=caller(db, Role.ADMIN, "00")
    )
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (400, "/password")
    assert sign_in(client) == 201


# Guessing --------------------------------------------------------------------------------------------------------


def test_a_thousand_tries_with_changing_headers_are_limited_all_the_same(client: Client, siti: int) -> None:
    del siti
    said = [
        sign_in(client, password="wrong wrong", X_Forwarded_For=f"10.0.{n // 250}.{n % 250}", User_Agent=f"agent {n}")
        for n in range(1000)
    ]
    assert said == [401] * TRIES_MAX + [429] * (1000 - TRIES_MAX)
    assert sign_in(client) == 429


def test_one_account_under_attack_locks_out_nobody_else(client: Client, db: Database, siti: int) -> None:
    del siti
    with db.writing() as session:
        ani = a_person(session, "Ani", at="81.72", username="ani")
        a_password(session, ani, PASSWORD)
    for _ in range(TRIES_MAX + 1):
        sign_in(client, password="wrong wrong")
    assert sign_in(client, "ani") == 201


def test_waiting_is_told_in_seconds_and_then_enough(client: Client, clock: StillClock, siti: int) -> None:
    del siti
    for _ in range(TRIES_MAX):
        sign_in(client, password="wrong wrong")
    clock.pass_by(minutes=1)
    reply = client.post("/api/v1/session", json={"username": "SITI", "password": PASSWORD})
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "240")
    clock.pass_by(minutes=4)
    assert sign_in(client) == 201


def test_a_clock_that_is_set_back_makes_nobody_wait_longer_than_was_said(
    client: Client, clock: StillClock, siti: int
) -> None:
    del siti
    clock.pass_by(hours=1)
    for _ in range(TRIES_MAX):
        sign_in(client, password="wrong wrong")
    assert sign_in(client) == 429
    clock.pass_by(hours=-1)
    assert sign_in(client) == 201


def test_a_right_password_gives_back_all_tries(client: Client, siti: int) -> None:
    del siti
    for _ in range(2):
        assert [sign_in(client, password="wrong wrong") for _ in range(TRIES_MAX - 1)] == [401] * 9
        assert sign_in(client) == 201


def test_guessing_the_present_password_is_limited_and_shuts_nobody_out_of_signing_in(client: Client, siti: int) -> None:
    del siti
    mine = bearer(token_of(client))
    guess = {"current_password": "wrong wrong", "password": "another pass phrase"}
    said = [client.put("/api/v1/me/password", json=guess, headers=mine).status_code for _ in range(11)]
    assert said == [400] * 10 + [429]
    assert sign_in(client) == 201


# Other sites -----------------------------------------------------------------------------------------------------

OWN = "https://aset.example.go.id"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 204),
        ({"Sec-Fetch-Site": "none"}, 204),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": OWN}, 403),
        ({"Origin": OWN}, 204),
        ({"Origin": "https://ASET.example.go.id"}, 204),
        ({"Origin": "https://aset.example.go.id.evil.example"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({}, 403),
    ],
)
def test_a_write_on_a_cookie_must_come_from_our_own_pages(
    client: Client, db: Database, siti: int, headers: dict[str, str], status: int
) -> None:
    del siti
    cookie = {"Cookie": browser(db, Role.HEAD, "81.02")["Cookie"]}
    assert client.delete("/api/v1/session", headers=cookie | headers).status_code == status


def test_a_program_with_a_bearer_needs_no_origin(client: Client, siti: int) -> None:
    del siti
    assert client.delete("/api/v1/session", headers=bearer(token_of(client))).status_code == 204
