"""Writers that wait hold up no reader; reading needs no writing; and what was read-only heals."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database, Fault, fault_of
from assets_service.kernel.pools import BRIEFLY_S
from assets_service.signing_in.commands import SEEN_EVERY
from tests import build
from tests.clock import StillClock
from tests.replay.world import caller

Api = TestClient[Litestar]
WRITERS = 20  # more than there are threads of any kind


@contextmanager
def writing_elsewhere(db: Database) -> Iterator[None]:
    """Another program keeps everybody from writing: SQLite's file, or the tables that these tests write."""
    if db.is_sqlite:
        holder = sqlite3.connect(str(db.url.database), isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        yield
        holder.execute("ROLLBACK")
        holder.close()
    else:
        engine = create_engine(db.url)
        with engine.begin() as connection:
            connection.execute(text("LOCK TABLE programmes, sign_ins IN SHARE MODE"))
            yield
        engine.dispose()


@pytest.fixture
def admin(db: Database) -> dict[str, str]:
    with db.writing() as session:
        build.roster(session)
    return caller(db, Role.ADMIN, "00")


def test_writers_that_wait_hold_up_no_reader(client: Api, db: Database, admin: dict[str, str]) -> None:
    answers: list[int] = []

    def write(number: int) -> None:
        body = {"code": f"P{number}", "name": "P"}
        answers.append(client.post("/api/v1/programmes", json=body, headers=admin).status_code)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    with writing_elsewhere(db):
        for writer in writers:
            writer.start()
        time.sleep(0.3)
        began = time.monotonic()
        for path in ("/api/v1/devices", "/perangkat", "/publik", "/health/live"):
            assert client.get(path, headers=admin).status_code == 200
        assert time.monotonic() - began < 3
        assert answers == []
    for writer in writers:
        writer.join(20)
    assert answers == [201] * WRITERS


def test_who_only_looks_is_not_kept_waiting_by_the_note_that_they_did(
    client: Api, db: Database, admin: dict[str, str], clock: StillClock
) -> None:
    clock.at += 2 * SEEN_EVERY
    with writing_elsewhere(db):
        began = time.monotonic()
        assert client.get("/api/v1/me", headers=admin).status_code == 200
        assert time.monotonic() - began < BRIEFLY_S + 2


def test_when_nothing_can_be_written_looking_goes_on_and_writing_says_so(
    client: Api, admin: dict[str, str], clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_db: Database) -> None:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    clock.at += 2 * SEEN_EVERY
    with monkeypatch.context() as broken, structlog.testing.capture_logs() as logged:
        broken.setattr(Database, "writing", refuse)
        assert client.get("/api/v1/me", headers=admin).status_code == 200
        told = client.post("/api/v1/programmes", json={"code": "P", "name": "P"}, headers=admin)
        assert (told.status_code, told.json()["title"]) == (503, "Tidak ada yang dapat disimpan")
        assert client.get("/health/ready").status_code == 503
    assert "crash" not in {one["event"] for one in logged}
    assert client.get("/health/ready").json() == {"status": "ready", "full": []}
    assert client.post("/api/v1/programmes", json={"code": "P", "name": "P"}, headers=admin).status_code == 201


def test_a_file_that_was_read_only_is_written_again_once_it_may_be(db: Database) -> None:
    """The connection that met it read-only would stay so for ever."""
    if not db.is_sqlite:
        pytest.skip("PostgreSQL opens its files itself")
    with db.writing() as session:
        session.connection().exec_driver_sql("PRAGMA query_only=ON")
    with pytest.raises(sqlite3.OperationalError) as refused:
        db.try_writing()
    assert fault_of(refused.value) is Fault.UNWRITABLE
    db.try_writing()


def test_trying_to_write_really_writes(db: Database) -> None:
    if not db.is_sqlite:
        pytest.skip("PostgreSQL's log is its own")
    log = Path(f"{db.url.database}-wal")
    db.try_writing()
    before = log.stat().st_size
    db.try_writing()
    assert log.stat().st_size > before


def test_trying_to_write_does_not_stand_in_line(db: Database) -> None:
    with db.writing() as session:
        session.connection()
        began = time.monotonic()
        db.try_writing()
        assert time.monotonic() - began < 1


class SaidError(Exception):
    """What a driver would raise."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("words")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (SaidError("57P01"), Fault.AWAY),  # the server is being shut down
        (SaidError("57P02"), Fault.AWAY),
        (SaidError("57P03"), Fault.AWAY),  # and starts
        (SaidError("08006"), Fault.AWAY),
        (SaidError(None), Fault.AWAY),
        (SaidError("55P03"), Fault.BUSY),  # lock_timeout
        (SaidError("57014"), Fault.BUSY),  # statement_timeout
        (SaidError("40P01"), Fault.BUSY),
        (SaidError("40001"), Fault.BUSY),
        (SaidError("53300"), Fault.BUSY),  # too many connections
        (SaidError("53100"), Fault.UNWRITABLE),  # disk full
        (SaidError("25006"), Fault.UNWRITABLE),  # a standby
        (SaidError("23505"), Fault.OURS),
        (SaidError("42P01"), Fault.OURS),
        (sqlite3.OperationalError("database is locked"), Fault.BUSY),
        (sqlite3.OperationalError("attempt to write a readonly database"), Fault.UNWRITABLE),
        (sqlite3.OperationalError("database or disk is full"), Fault.UNWRITABLE),
        (sqlite3.OperationalError("unable to open database file"), Fault.AWAY),
        (sqlite3.OperationalError("no such table: x"), Fault.OURS),
        (KeyError("x"), Fault.OURS),
    ],
)
def test_what_an_error_means(error: Exception, fault: Fault) -> None:
    assert fault_of(error) is fault
    assert fault_of(OperationalError("SELECT 1", None, error)) is fault
