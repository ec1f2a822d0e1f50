"""At most once: an action id, its effect and its answer commit together, and the same id never acts twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from msgspec import structs
from sqlalchemy import select

from assets_service.devices import queries as devices
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Forbidden
from assets_service.ledger import queries
from assets_service.ledger.commands import record
from assets_service.ledger.errors import ActionReused
from assets_service.ledger.events import Event
from assets_service.ledger.models import Action
from assets_service.ledger.once import Once, Replayed
from assets_service.ledger.stamp import Door, Right, Role, Stamp
from tests.build import NOON, roster, system
from tests.people.build_people import browser, caller

Client = TestClient[Litestar]


class Done(Event, frozen=True, tag="tests.done"):
    """Something."""


def once(db: Database, key: str | None, content: bytes = b"content", by: Stamp | None = None) -> Once:
    return Once(db, structs.replace(by or system(), action_id=key or str(uuid4())), key=key, content=content)


def act(write: Once) -> str:
    """Once through the door: how it ended."""
    try:
        with write.writing() as session:
            record(session, Done(), subject="a", stamp=write.stamp)
            write.answer({"done": True}, status=201, headers={"location": "/a"})
    except Replayed as replayed:
        return (
            f"replayed {replayed.answer.status} {replayed.answer.headers['location']} {replayed.answer.body.decode()}"
        )
    return "acted"


def acts(db: Database) -> int:
    with db.reading() as session:
        return queries.count(session, "a")


def test_the_same_id_and_content_gives_the_answer_again(db: Database) -> None:
    key = str(uuid4())
    assert [act(once(db, key)), act(once(db, key))] == ["acted", 'replayed 201 /a {"done":true}']
    assert acts(db) == 1


def test_without_an_id_nothing_is_kept_to_be_replayed(db: Database) -> None:
    assert [act(once(db, None)), act(once(db, None))] == ["acted", "acted"]
    with db.reading() as session:
        assert session.scalars(select(Action)).all() == []


@pytest.mark.parametrize(
    "other",
    [
        {"content": b"other"},
        {"by": Stamp(actor_id=7, actor="other", rights=(), at=NOON, door=Door.API, action_id="")},
    ],
)
def test_the_same_id_for_something_else_or_somebody_else_is_refused(db: Database, other: dict[str, Any]) -> None:
    key = str(uuid4())
    act(once(db, key))
    with pytest.raises(ActionReused):
        act(once(db, key, **other))
    assert acts(db) == 1


def test_a_refused_action_leaves_its_id_free(db: Database) -> None:
    key = str(uuid4())
    with pytest.raises(Forbidden), once(db, key).writing():
        raise Forbidden
    assert act(once(db, key)) == "acted"


def test_fifty_at_once_have_one_effect(db: Database) -> None:
    key, start = str(uuid4()), Barrier(50)

    def together(_: int) -> str:
        start.wait()
        return act(once(db, key))

    with ThreadPoolExecutor(50) as pool:
        ended = sorted(pool.map(together, range(50)))
    assert ended == ["acted"] + ['replayed 201 /a {"done":true}'] * 49
    assert acts(db) == 1


def test_what_was_acted_upon_is_told_under_its_id(db: Database) -> None:
    key = str(uuid4())
    act(once(db, key))
    with db.reading() as session:
        assert [entry.action_id for entry in queries.history(session, "a")] == [key]


# Over HTTP -------------------------------------------------------------------------------------------------------

TABLET = {"kind": "tablet", "brand": "Samsung", "model": "Galaxy Tab A9+", "serial": "R9WT30ABCDE"}


@pytest.fixture
def country(db: Database) -> Database:
    with db.writing() as session:
        roster(session)
    return db


def test_a_replay_answers_the_same_and_says_so(client: Client, country: Database) -> None:
    who = caller(country, Role.LOGISTICS, "00") | {"Idempotency-Key": str(uuid4()).upper()}
    first, again = (client.post("/api/v1/devices", json=TABLET, headers=who) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    for name in ("location", "etag", "content-type"):
        assert first.headers[name] == again.headers[name]
    assert ("idempotency-replayed" in first.headers, again.headers["idempotency-replayed"]) == (False, "true")
    with country.reading() as session:
        assert devices.count(session) == 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/v1/devices", TABLET | {"serial": "R9WT30OTHER"}),
        ("POST", "/api/v1/devices", TABLET | {"note": "one more field"}),
        ("PATCH", "/api/v1/offices/00", TABLET),
    ],
)
def test_an_id_is_for_one_request_only(
    client: Client, country: Database, method: str, path: str, body: dict[str, str]
) -> None:
    who = caller(country, Role.ADMIN, "00") | {"Idempotency-Key": str(uuid4())}
    assert client.post("/api/v1/devices", json=TABLET, headers=who).status_code == 201
    reply = client.request(method, path, json=body, headers=who)
    assert reply.status_code == (409 if path.endswith("devices") else 400)
    if reply.status_code == 409:
        assert reply.json()["type"] == "urn:assets:action-reused"


def test_another_person_learns_nothing_from_an_id(client: Client, country: Database) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    client.post("/api/v1/devices", json=TABLET, headers=caller(country, Role.LOGISTICS, "00") | key)
    reply = client.post("/api/v1/devices", json=TABLET, headers=caller(country, Role.LOGISTICS, "31") | key)
    assert reply.status_code == 409
    assert TABLET["serial"] not in reply.text


@pytest.mark.parametrize("key", ["", "1", "x" * 36, "not-a-uuid"])
def test_an_id_is_a_uuid(client: Client, country: Database, key: str) -> None:
    who = caller(country, Role.LOGISTICS, "00") | {"Idempotency-Key": key}
    reply = client.post("/api/v1/devices", json=TABLET, headers=who)
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (400, "/Idempotency-Key")


def test_a_form_sent_twice_acts_once_and_leads_to_the_same_place(client: Client, country: Database) -> None:
    who = browser(country, Role.LOGISTICS, "00")
    form = TABLET | {"office": "00", "action_id": str(uuid4())}
    first, again = (client.post("/perangkat/baru", data=form, headers=who, follow_redirects=False) for _ in range(2))
    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"]
    with country.reading() as session:
        assert devices.count(session) == 1


def test_a_kept_hash_is_no_short_way_to_a_password(client: Client, country: Database) -> None:
    """The hash of a body with a password in it is made with a key that is not in the database."""
    body = b'{"password":"a guessable pass"}'
    key = str(uuid4())
    who = caller(country, Role.ADMIN, "00")
    person = client.post("/api/v1/persons", json={"name": "A", "office": "00", "username": "siti"}, headers=who).json()
    path = f"/api/v1/persons/{person['id']}/password"
    typed = who | {"Idempotency-Key": key, "Content-Type": "application/json"}
    assert client.put(path, content=body, headers=typed).status_code == 204
    guess = once(country, key, f"PUT {path}\n".encode() + body)
    with country.reading() as session:
        assert session.get_one(Action, key).content_hash != guess._content_hash


# Rights ----------------------------------------------------------------------------------------------------------


def held(*rights: tuple[Role, str]) -> Stamp:
    return Stamp(actor_id=1, actor="a", rights=tuple(Right(*r) for r in rights), at=NOON, door=Door.API, action_id="")


@pytest.mark.parametrize(
    ("path", "may"),
    [
        ("/00/81/", True),
        ("/00/81/81.02/", True),
        ("/00/", False),
        ("/00/8/", False),
        ("/00/82/", False),
        ("/00/811/", False),
    ],
)
def test_a_right_reaches_its_office_and_all_below(path: str, may: bool) -> None:
    assert held((Role.HEAD, "/00/81/")).may(path, Role.HEAD) is may
    assert not held((Role.HEAD, "/00/81/")).may(path, Role.ADMIN, Role.LOGISTICS)


def test_scopes_are_the_topmost_paths() -> None:
    stamp = held(
        (Role.HEAD, "/00/81/81.02/"), (Role.AUDITOR, "/00/81/"), (Role.HEAD, "/00/31/"), (Role.HEAD, "/00/31/")
    )
    assert stamp.scopes() == ("/00/31/", "/00/81/")
    assert stamp.scopes(Role.HEAD) == ("/00/31/", "/00/81/81.02/")
    assert stamp.scopes(Role.ADMIN) == ()
    assert (stamp.has(Role.AUDITOR), stamp.has(Role.ADMIN)) == (True, False)
