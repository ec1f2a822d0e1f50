"""Two doors to the database: one snapshot to read, one writer at a time in the order they came."""

import os
import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Thread
from time import sleep

import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from assets_service.devices.models import DeviceKind
from assets_service.kernel.clock import end_of_local_day, local_date, rfc3339
from assets_service.kernel.db import COMMITS_PER_CHECKPOINT, Database, WriteQueue
from assets_service.offices.models import Office
from assets_service.signing_in.models import Throttle
from tests.build import NOON, a_device, office, roster


def offices(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Office)) or 0


def test_a_block_that_raises_leaves_nothing(db: Database) -> None:
    def give_up_half_way() -> None:
        with db.writing() as session:
            roster(session)
            session.flush()
            raise KeyError

    with pytest.raises(KeyError):
        give_up_half_way()
    assert offices(db) == 0
    with db.writing() as session:  # the lock is free again
        roster(session)
    assert offices(db) == 10


def test_what_is_written_while_reading_is_not_kept(db: Database) -> None:
    with db.reading() as session:
        session.add(Throttle(key="a", tries=1, since=NOON))
        session.flush()
    with db.reading() as session:
        assert session.scalars(select(Throttle)).all() == []


def test_a_reader_sees_one_snapshot(db: Database) -> None:
    with db.reading() as session:
        before = session.scalar(select(func.count()).select_from(Office))
        with db.writing() as other:
            roster(other)
        assert session.scalar(select(func.count()).select_from(Office)) == before == 0
    assert offices(db) == 10


@pytest.mark.parametrize("at", [datetime(2026, 11, 20, 5), datetime(2026, 11, 20)])  # noqa: DTZ001 - what is refused
def test_a_time_without_a_zone_cannot_be_stored(db: Database, at: datetime) -> None:
    row = Throttle(key="a", tries=1, since=at)
    with pytest.raises(StatementError, match="without a zone"), db.writing() as session:
        session.add(row)


def test_a_time_comes_back_in_utc_to_the_microsecond(db: Database) -> None:
    east = datetime(2026, 11, 20, 14, 0, 0, 123456, tzinfo=timezone(timedelta(hours=9)))
    with db.writing() as session:
        session.add(Throttle(key="a", tries=1, since=east))
    with db.reading() as session:
        (row,) = session.scalars(select(Throttle)).all()
    assert (row.since, row.since.tzinfo) == (east, UTC)


def test_words_outside_their_list_are_refused_by_the_database_itself(db: Database) -> None:
    with db.writing() as session:
        roster(session)
        a_device(session)
    with pytest.raises(DBAPIError), db.writing() as session:
        session.execute(text("UPDATE devices SET condition = 'fine'"))


def test_foreign_keys_hold(db: Database) -> None:
    with pytest.raises(DBAPIError), db.writing() as session:
        session.execute(
            text("INSERT INTO label_codes (code, device_id, claimed_at, made_at) VALUES ('ZZZZZZZZ', 99, :at, :at)"),
            {"at": "2026-11-20 05:00:00"},
        )


def test_kinds_are_there_from_the_start(db: Database) -> None:
    with db.reading() as session:
        kinds = session.execute(select(DeviceKind.kind, DeviceKind.kode_barang, DeviceKind.has_modem)).all()
    assert sorted(tuple(row) for row in kinds) == [("smartphone", "3060201004", True), ("tablet", "3100102009", False)]


def test_waiting_writers_are_served_in_the_order_they_came(tmp_path: Path) -> None:
    lock, served = WriteQueue(str(tmp_path / "assets.db")), list[int]()

    def wait(number: int) -> None:
        with lock:
            served.append(number)

    waiting = [Thread(target=wait, args=(number,)) for number in range(20)]
    with lock:
        for thread in waiting:
            thread.start()
            while len(lock._waiting) <= waiting.index(thread):
                sleep(0.001)
    for thread in waiting:
        thread.join(10)
    assert served == list(range(20))
    with lock:
        assert not lock._waiting


def test_one_process_at_a_time_is_served(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to("assets.db")
    here, elsewhere = WriteQueue(str(tmp_path / "assets.db")), WriteQueue(str(tmp_path / "link.db"))
    served: list[str] = []

    def wait() -> None:
        with elsewhere:
            served.append("elsewhere")

    waiting = Thread(target=wait)
    with here:
        waiting.start()
        sleep(0.05)  # long enough to be let in, if anything lets it in
        served.append("here")
    waiting.join(10)
    assert served == ["here", "elsewhere"]


def test_a_queue_that_cannot_be_joined_holds_up_nobody_else(tmp_path: Path) -> None:
    lock = WriteQueue(str(tmp_path / "later" / "assets.db"))
    with pytest.raises(FileNotFoundError), lock:
        raise AssertionError("nobody gets in without the file")
    (tmp_path / "later").mkdir()
    with lock:
        pass


def test_the_file_of_the_queue_belongs_to_whom_the_database_belongs(tmp_path: Path) -> None:
    database = tmp_path / "assets.db"
    database.touch()
    database.chmod(0o664)
    if os.geteuid() == 0:
        os.chown(database, 65534, 65534)
    with WriteQueue(str(database)):
        queue = (tmp_path / "assets.db-queue").stat()
    assert (queue.st_mode & 0o777, queue.st_uid, queue.st_size) == (0o664, database.stat().st_uid, 0)


def test_closing_waits_for_whoever_writes(tmp_path: Path) -> None:
    lock, said = WriteQueue(str(tmp_path / "assets.db")), list[str]()

    def close() -> None:
        lock.close()
        said.append("closed")

    closing = Thread(target=close)
    with lock:
        closing.start()
        sleep(0.05)
        said.append("written")
    closing.join(10)
    assert said == ["written", "closed"]
    with lock:  # opened anew
        pass


def test_many_writers_lose_nothing(db: Database) -> None:
    with db.writing() as session:
        session.add(Throttle(key="a", tries=0, since=NOON))

    def count() -> None:
        for _ in range(10):
            with db.writing() as session:
                row = session.scalars(select(Throttle).where(Throttle.key == "a").with_for_update()).one()
                row.tries += 1

    threads = [Thread(target=count) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.reading() as session:
        assert session.scalars(select(Throttle.tries)).one() == 160


def test_the_writer_checkpoints_and_nobody_else(db: Database) -> None:
    if not db.is_sqlite:
        pytest.skip("PostgreSQL checkpoints by itself")
    wal = f"{db.url.database}-wal"
    with db.writing() as session:
        roster(session)
    for number in range(COMMITS_PER_CHECKPOINT):
        with db.writing() as session:
            office(session, "00").address = str(number)
    with db.writing() as session:  # after a checkpoint the log begins anew
        office(session, "00").address = "last"
    with open(wal, "rb") as log:  # noqa: PTH123 - a sibling of the database's own path
        header = log.read(32)
    assert int.from_bytes(header[12:16], "big") > 0  # the checkpoint sequence number
    with db.reading() as session:
        assert session.scalar(text("PRAGMA wal_autocheckpoint")) == 0
        assert session.scalar(text("PRAGMA synchronous")) == 2  # FULL
        assert session.scalar(text("PRAGMA foreign_keys")) == 1


@pytest.mark.parametrize(
    ("at", "days"),
    [
        (datetime(2026, 11, 20, 14, 59, 59, tzinfo=UTC), (20, 20, 20)),
        (datetime(2026, 11, 20, 15, 0, 0, tzinfo=UTC), (20, 20, 21)),
        (datetime(2026, 11, 20, 16, 0, 0, tzinfo=UTC), (20, 21, 21)),
        (datetime(2026, 11, 20, 17, 0, 0, tzinfo=UTC), (21, 21, 21)),
    ],
)
def test_a_day_ends_at_each_offices_own_midnight(at: datetime, days: tuple[int, int, int]) -> None:
    zones = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
    assert tuple(local_date(at, zone).day for zone in zones) == days
    for zone, day in zip(zones, days, strict=True):
        assert (at >= end_of_local_day(NOON.date(), zone)) is (day == 21)


def test_a_time_is_told_with_microseconds_and_a_z() -> None:
    assert rfc3339(datetime(2026, 11, 20, 14, 0, tzinfo=timezone(timedelta(hours=9)))) == "2026-11-20T05:00:00.000000Z"


def test_a_connection_that_comes_back_after_the_end_is_closed(db: Database) -> None:
    with db.engine.connect() as connection:
        lent = connection.connection.dbapi_connection
        assert lent
        db.close()
    with pytest.raises((sqlite3.ProgrammingError, psycopg.OperationalError), match="closed"):
        lent.cursor().execute("SELECT 1")
