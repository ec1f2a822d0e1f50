"""When the database is busy, refuses or breaks: no success is told, nothing is half-written, and afterwards all goes on."""

import sqlite3
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, OperationalError

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.ledger.queries import verify
from tests import build
from tests.replay.world import caller, head_of

Api = TestClient[Litestar]
SECRET = "198503152010121001"


@pytest.fixture
def admin(db: Database) -> dict[str, str]:
    with db.writing() as session:
        build.roster(session)
    return caller(db, Role.ADMIN, "00")


@pytest.fixture
def quiet() -> Iterator[list[Any]]:
    """What was logged, as events: a crash's own picture of every local variable is no part of the service."""
    with structlog.testing.capture_logs() as events:
        yield events


def a_body() -> dict[str, Any]:
    return build.device_facts() | {"kind": "smartphone"}


WRITES: dict[str, tuple[str, dict[str, Any]]] = {
    "register": ("/api/v1/devices", a_body()),
    "add a person": ("/api/v1/persons", {"name": "Budi", "office": "00", "nip": SECRET}),
    "a programme": ("/api/v1/programmes", {"code": "P", "name": "P"}),
}


@pytest.mark.parametrize("write", WRITES)
def test_a_commit_that_fails_is_never_a_success(
    write: str, client: Api, db: Database, admin: dict[str, str], quiet: list[Any]
) -> None:
    path, body = WRITES[write]
    before = head_of(db)

    def refuse(_connection: Any) -> None:
        raise OperationalError("COMMIT", None, Exception("disk I/O error"))

    key = {"Idempotency-Key": "b0c7d3c4-9f0e-4b8c-8f1a-0f6f3c1d2e3f"}
    event.listen(db.write_engine, "commit", refuse)
    try:
        answer = client.post(path, json=body, headers=admin | key)
    finally:
        event.remove(db.write_engine, "commit", refuse)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "disk" not in answer.text
    assert head_of(db) == before
    assert any(one["event"] == "crash" for one in quiet)
    again = client.post(path, json=body, headers=admin | key)  # the same action, tried again, is done now
    assert (again.status_code, "idempotency-replayed" in again.headers) == (201, False)
    with db.reading() as session:
        assert verify(session).broken is None


def test_a_statement_that_fails_half_way_leaves_nothing(
    client: Api, db: Database, admin: dict[str, str], quiet: list[Any]
) -> None:
    before = head_of(db)
    for number in (1, 2, 3, 5, 8):
        count = 0

        def fail(*about: Any, number: int = number) -> None:
            nonlocal count
            if str(about[2]).startswith(("INSERT", "UPDATE")) and "sign_ins" not in str(about[2]):
                count += 1
                if count == number:
                    raise OperationalError(str(about[2]), None, Exception("database disk image is malformed"))

        event.listen(db.write_engine, "before_cursor_execute", fail)
        try:
            answer = client.post("/api/v1/devices", json=a_body(), headers=admin)
        finally:
            event.remove(db.write_engine, "before_cursor_execute", fail)
        assert answer.status_code in {201, 500}
        assert (answer.status_code == 500) == (count >= number)
        if answer.status_code == 500:
            assert head_of(db) == before
        before = head_of(db)
    assert client.get("/api/v1/devices", headers=admin).json()["total"] <= 1
    with db.reading() as session:
        assert verify(session).broken is None
    assert quiet


def test_an_error_of_the_database_tells_nothing_of_a_row(db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
    with db.writing() as session:
        person = build.a_person(session)
    person.nip, person.office_id = SECRET, 999_999
    with pytest.raises(IntegrityError) as refused, db.writing() as session:
        session.merge(person)
    assert SECRET not in str(refused.value).split("DETAIL")[0]


def test_a_rule_kept_by_the_database_is_logged_without_its_row(
    client: Api, db: Database, admin: dict[str, str], monkeypatch: pytest.MonkeyPatch, quiet: list[Any]
) -> None:
    """As when two took one username at the same moment: the loser's answer is a refusal, the log holds no row."""
    monkeypatch.setattr("assets_service.people.queries.username_of_likeness", lambda *_: None)
    body = {"name": "Budi", "office": "00", "username": "budi.rahasia", "nip": SECRET}
    assert client.post("/api/v1/persons", json=body, headers=admin).status_code == 201
    before = head_of(db)
    assert client.post("/api/v1/persons", json=body, headers=admin).status_code == 409
    assert head_of(db) == before
    (said,) = (one for one in quiet if one["event"] == "rule kept by the database")
    assert not {"budi.rahasia", SECRET} & set(str(said).replace("(", " ").replace(")", " ").split())


def test_a_busy_file_is_waited_for_and_then_refused(client: Api, db: Database, admin: dict[str, str]) -> None:
    """SQLite: another process holds the write lock. PostgreSQL: another transaction holds the row."""
    path = "/api/v1/programmes"
    before = head_of(db)
    if not db.is_sqlite:
        client.post(path, json={"code": "P", "name": "P"}, headers=admin)
        answers = []
        asked = threading.Thread(
            target=lambda: answers.append(client.put(f"{path}/P/allocation", json={"allocation": []}, headers=admin))
        )
        with db.writing() as other:
            other.connection().exec_driver_sql("SELECT 1 FROM programmes FOR UPDATE")
            asked.start()
            asked.join(0.5)
            assert answers == []  # it waits its turn
        asked.join(10)
        assert [answer.status_code for answer in answers] == [200]
        return
    impatient = Database(str(db.url), patience_s=1)
    other_process = sqlite3.connect(str(db.url.database), isolation_level=None)
    other_process.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="locked"), impatient.writing() as session:
        session.connection()
    other_process.execute("ROLLBACK")
    other_process.close()
    impatient.close()
    assert head_of(db) == before
    assert client.post(path, json={"code": "P", "name": "P"}, headers=admin).status_code == 201


@pytest.mark.parametrize("path", ["/api/v1/devices", "/perangkat"])
def test_a_database_that_cannot_be_had_says_so_and_when_to_try_again(
    path: str, app: Litestar, client: Api, db: Database, admin: dict[str, str], quiet: list[Any]
) -> None:
    """SQLite: another program keeps the file to itself. PostgreSQL: the server is away."""
    if db.is_sqlite:
        away = Database(str(db.url))
        away.engine.dispose()
        event.listen(away.engine, "do_connect", lambda *_: raise_locked())
    else:
        away = Database(str(db.url.update_query_dict({"host": "/nowhere"})))
    app.state.db = away
    answer = client.get(path, headers=admin)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert not [one for one in quiet if one["event"] == "crash"]
    app.state.db = db
    away.close()
    assert client.get(path, headers=admin).status_code == 200


def raise_locked() -> None:
    raise sqlite3.OperationalError("database is locked")


def test_readers_go_on_while_somebody_writes(client: Api, db: Database, admin: dict[str, str]) -> None:
    with db.writing() as session:
        build.a_device(session)
        session.flush()
        seen = client.get("/api/v1/devices", headers=admin)
    assert (seen.status_code, seen.json()["total"]) == (200, 0)
    assert client.get("/api/v1/devices", headers=admin).json()["total"] == 1
