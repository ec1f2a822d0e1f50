"""At most once: an action id, its effect and its answer commit together, and the same id never acts twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import ClassVar
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from msgspec import Struct, structs
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import Door, Role, Stamp
from assets_service.actions import commands
from assets_service.actions.act import Act
from assets_service.actions.errors import ActionReused, ActionUnderWay
from assets_service.actions.models import Action
from assets_service.actions.once import Once
from assets_service.devices import queries as devices
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Forbidden
from assets_service.kernel.fields import Wire
from assets_service.ledger import queries
from assets_service.ledger.commands import record
from assets_service.ledger.events import Event
from tests.build import NOON, roster, system
from tests.people.build_people import browser, caller

Client = TestClient[Litestar]


class Done(Event, frozen=True, tag="tests.done"):
    """Something."""


class Something(Wire):
    """What the act of these tests asks."""

    words: str = "content"
    password: str = "never kept"

    secrets: ClassVar[tuple[str, ...]] = ("password",)


class Seen(Struct):
    """What it answers."""

    done: bool


def _record(session: Session, _ask: Something, *, stamp: Stamp) -> None:
    record(session, Done(), subject="a", stamp=stamp)


DO = Act(
    name="tests.do",
    who=SIGNED_IN,
    ask=Something,
    command=_record,
    gives=Seen,
    result=lambda _session, _made, _stamp, _tools: Seen(done=True),
)
OTHER = structs.replace(DO, name="tests.other")


def once(db: Database, key: str | None, by: Stamp | None = None) -> Once:
    return Once(db, structs.replace(by or system(), action_id=key or str(uuid4())), key=key)


def done(write: Once, act: Act[Seen] = DO, *keys: object, **asked: str) -> str:
    """Once through the door: how it ended."""
    result = write.do(act, Something(**asked), *keys)
    return f"replayed {result}" if write.is_replay else "acted"


REPLAYED = "replayed Seen(done=True)"
AT_AN_OFFICE = structs.replace(
    DO,
    on=lambda _session, code, _stamp: code,
    command=lambda session, _code, ask, *, stamp: _record(session, ask, stamp=stamp),
)


def _refuse(_session: Session, _ask: Something, *, stamp: Stamp) -> None:  # noqa: ARG001 - as commands are called
    raise Forbidden


def acts(db: Database) -> int:
    with db.reading() as session:
        return queries.count(session, "a")


def test_the_same_id_and_content_gives_the_answer_again(db: Database) -> None:
    key = str(uuid4())
    assert [done(once(db, key)), done(once(db, key))] == ["acted", REPLAYED]
    assert acts(db) == 1


def test_without_an_id_nothing_is_kept_to_be_replayed(db: Database) -> None:
    assert [done(once(db, None)), done(once(db, None))] == ["acted", "acted"]
    with db.reading() as session:
        assert session.scalars(select(Action)).all() == []


@pytest.mark.parametrize(
    ("act", "keys", "words", "by"),
    [
        (DO, ("81.02",), "other", None),
        (DO, ("81.03",), "content", None),
        (OTHER, ("81.02",), "content", None),
        (
            DO,
            ("81.02",),
            "content",
            Stamp(actor_id=7, account="other", rights=(), at=NOON, door=Door.API, action_id=""),
        ),
    ],
)
def test_the_same_id_for_something_else_or_somebody_else_is_refused(
    db: Database, act: Act[Seen], keys: tuple[str, ...], words: str, by: Stamp | None
) -> None:
    key = str(uuid4())
    done(once(db, key), AT_AN_OFFICE, "81.02")
    with pytest.raises(ActionReused):
        done(once(db, key, by), structs.replace(AT_AN_OFFICE, name=act.name), *keys, words=words)
    assert acts(db) == 1


@pytest.mark.parametrize("door", list(Door))
@pytest.mark.parametrize("code", ["7K3M9QWX", "7k3m-9qwx", "7K3M 9QWX"])
def test_the_same_act_through_another_door_is_a_replay(db: Database, door: Door, code: str) -> None:
    key = str(uuid4())
    done(once(db, key), AT_AN_OFFICE, "7K3M9QWX")
    assert done(once(db, key, structs.replace(system(), door=door)), AT_AN_OFFICE, code) == REPLAYED


def test_an_id_without_a_kept_result_is_under_way(db: Database) -> None:
    key = str(uuid4())
    with db.writing() as session:
        commands.claim(session, structs.replace(system(), action_id=key), DO.name, DO.content_hash((), Something()))
    with pytest.raises(ActionUnderWay):
        done(once(db, key))


def test_what_is_secret_is_no_part_of_what_an_id_stands_for(db: Database) -> None:
    """A kept hash of a password would be quick to guess from; and none is kept, with whatever key."""
    key = str(uuid4())
    done(once(db, key), password="one guess")
    assert done(once(db, key), password="another guess") == REPLAYED


def test_a_result_that_is_a_secret_is_not_kept(db: Database) -> None:
    key = str(uuid4())
    act = structs.replace(DO, is_kept=False)
    assert [done(once(db, key), act), done(once(db, key), act)] == ["acted", "acted"]
    with db.reading() as session:
        assert session.scalars(select(Action)).all() == []


def test_a_refused_action_leaves_its_id_free(db: Database) -> None:
    key = str(uuid4())
    with pytest.raises(Forbidden):
        done(once(db, key), structs.replace(DO, command=_refuse))
    assert done(once(db, key)) == "acted"


def test_fifty_at_once_have_one_effect(db: Database) -> None:
    key, start = str(uuid4()), Barrier(50)

    def together(_: int) -> str:
        start.wait()
        return done(once(db, key))

    with ThreadPoolExecutor(50) as pool:
        ended = sorted(pool.map(together, range(50)))
    assert ended == ["acted"] + [REPLAYED] * 49
    assert acts(db) == 1


def test_what_was_acted_upon_is_told_under_its_id(db: Database) -> None:
    key = str(uuid4())
    done(once(db, key))
    with db.reading() as session:
        assert [entry.action_id for entry in queries.history(session, "a")] == [key]


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
