"""Work that outlives its request: done once, by turns, taken over from the dead, put down in time."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_service.kernel.db import Database
from assets_service.kernel.errors import Conflict
from assets_service.kernel.jobs import Bell, Held, Job, JobState, Lost, Work, queue
from assets_service.kernel.jobs.queue import LEASE, Lease
from assets_service.kernel.jobs.worker import Worker
from tests.build import NOON, later
from tests.clock import StillClock

WAIT_S = 30.0
PROCESS = Path(__file__).with_name("job_process.py")


class Count(Struct):
    number: int


class NotNow(Conflict):
    message = "A rule said no."


def a_job(session: Session, number: int = 1, *, kind: str = "count", key: str = "", at: datetime = NOON) -> Job:
    return queue.ask(session, kind, key or f"{kind}/{number}", Count(number), at=at)


def claimed(db: Database, *kinds: str, at: datetime = NOON, tries: int = 3) -> Lease | None:
    with db.writing() as session:
        return queue.claim(session, dict.fromkeys(kinds or ("count",), tries), at=at)


def only_job(db: Database) -> Job:
    with db.reading() as session:
        return session.scalars(select(Job)).one()


def until(is_so: Callable[[], object]) -> None:
    end = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_job_is_asked_for_with_the_act_or_not_at_all(db: Database) -> None:
    def an_act_that_fails() -> None:
        with db.writing() as session:
            a_job(session)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        an_act_that_fails()
    assert claimed(db) is None
    with db.writing() as session:
        a_job(session, 7)
    lease = claimed(db)
    assert lease is not None
    assert Held(lease, lambda: NOON).payload(Count).number == 7
    assert claimed(db) is None, "it is in hand"


def test_a_job_of_a_kind_that_nobody_here_does_is_left_alone(db: Database) -> None:
    with db.writing() as session:
        a_job(session, kind="other")
    assert claimed(db, "count") is None


def test_a_thousand_of_one_kind_keep_no_other_kind_waiting(db: Database) -> None:
    with db.writing() as session:
        for number in range(5):
            a_job(session, number, kind="labels")
        a_job(session, kind="mail", at=later(seconds=1))
    turns = []
    for second in range(2, 8):
        lease = claimed(db, "labels", "mail", at=later(seconds=second))
        assert lease is not None
        turns.append(lease.kind)
    assert turns == ["labels", "mail", "labels", "labels", "labels", "labels"]


def test_of_one_kind_the_longest_waiting_comes_first(db: Database) -> None:
    with db.writing() as session:
        a_job(session, 1, at=later(seconds=2))
        a_job(session, 2, at=later(seconds=1))
        a_job(session, 3, at=later(hours=1))
    leases = [claimed(db, at=later(seconds=3)) for _ in range(3)]
    assert [lease and lease.key for lease in leases] == ["count/2", "count/1", None]


def test_of_one_key_only_one_is_done_at_a_time(db: Database) -> None:
    with db.writing() as session:
        a_job(session, 1, key="device/7")
        a_job(session, 2, key="device/7", kind="other")
    first = claimed(db, "count", "other")
    assert first is not None
    assert claimed(db, "count", "other") is None
    with db.writing() as session:
        assert queue.finish(session, first, at=NOON)
    second = claimed(db, "count", "other")
    assert second is not None
    assert (first.key, second.key) == ("device/7", "device/7")
    assert first.kind != second.kind


def test_whoever_asked_may_do_it_at_once(db: Database) -> None:
    with db.writing() as session:
        lease = queue.take(session, a_job(session), at=NOON)
    assert lease is not None
    assert claimed(db) is None
    with db.writing() as session:
        assert queue.take(session, queue.locked(session, lease.job_id), at=NOON) is None
        assert queue.finish(session, lease, at=NOON)
        assert queue.take(session, queue.locked(session, lease.job_id), at=NOON) is None


def test_a_lease_lasts_while_it_is_prolonged(db: Database) -> None:
    with db.writing() as session:
        a_job(session)
    lease = claimed(db)
    assert lease is not None
    with db.writing() as session:
        assert queue.prolong(session, lease, at=later(seconds=80))
    assert claimed(db, at=later(seconds=160)) is None
    with db.reading() as session:
        assert not queue.is_anything_due(session, ["count"], at=later(seconds=160))
        assert queue.is_anything_due(session, ["count"], at=later(seconds=171))


def test_a_job_whose_process_died_is_taken_over_and_the_late_one_told(db: Database) -> None:
    with db.writing() as session:
        a_job(session)
    dead = claimed(db)
    after = NOON + LEASE + timedelta(seconds=1)
    heir = claimed(db, at=after)
    assert dead is not None
    assert heir is not None
    assert (heir.job_id, heir.attempt) == (dead.job_id, dead.attempt + 1)
    with db.writing() as session:
        late = Held(dead, lambda: after)
        for act in (late.go_on, late.finish, lambda session: late.give_up(session, "late")):
            with pytest.raises(Lost):
                act(session)
        Held(heir, lambda: after).finish(session)
    assert only_job(db).state is JobState.DONE


def test_a_job_that_costs_every_process_its_life_is_given_up(db: Database) -> None:
    with db.writing() as session:
        a_job(session)
    at = NOON
    for _ in range(3):
        assert claimed(db, at=at, tries=3)
        at += LEASE + timedelta(seconds=1)
    assert claimed(db, at=at, tries=3) is None
    job = only_job(db)
    assert (job.state, job.failures) == (JobState.FAILED, 3)
    assert job.why == "Whoever did it stopped before the end, again and again."


def test_a_cancelled_job_is_taken_from_whoever_does_it(db: Database) -> None:
    with db.writing() as session:
        a_job(session)
    lease = claimed(db)
    assert lease is not None
    with db.writing() as session:
        queue.cancel(session, queue.locked(session, lease.job_id), at=NOON)
    with db.writing() as session:
        assert not queue.prolong(session, lease, at=NOON)
    assert claimed(db, at=later(days=1)) is None


def test_a_job_asked_again_is_taken_from_whoever_still_does_it(db: Database) -> None:
    with db.writing() as session:
        a_job(session)
    first = claimed(db)
    assert first is not None
    with db.writing() as session:
        queue.ask_again(session, queue.locked(session, first.job_id), Count(2), at=NOON)
    second = claimed(db)
    assert second is not None
    assert second.payload == '{"number":2}'
    with db.writing() as session:
        assert not queue.finish(session, first, at=NOON)
        assert queue.finish(session, second, at=NOON)


def test_what_waits_is_not_lost_while_somebody_alive_answers_for_it(db: Database) -> None:
    with db.writing() as session:
        a_job(session)
    assert not only_job(db).is_lost(NOON + LEASE)
    assert only_job(db).is_lost(later(seconds=91))
    with db.writing() as session:
        queue.answer_for_waiting(session, ["count"], at=later(seconds=60))
        queue.answer_for_waiting(session, ["other"], at=later(days=1))
    assert not only_job(db).is_lost(later(seconds=91))
    assert only_job(db).is_lost(later(seconds=151))
    with db.reading() as session:
        counted = [queue.count_lost(session, at=later(seconds=passed)) for passed in (91, 151)]
    assert counted == [0, 1]


def test_waits_grow_and_differ() -> None:
    waits = [[queue.wait_after(failures).total_seconds() for _ in range(50)] for failures in (0, 1, 2, 30)]
    for each, middle in zip(waits, (5, 10, 20, 3600), strict=True):
        assert middle * 0.5 <= min(each) < max(each) <= middle * 1.5


# ---- workers ------------------------------------------------------------------------------------------------------


def test_a_fault_is_tried_again_later_and_in_the_end_given_up(db: Database, clock: StillClock) -> None:
    with db.writing() as session:
        a_job(session)

    def fail(_: Held) -> None:
        raise OSError(28, "No space left for Ani")

    worker = Worker(db, {"count": Work(fail, tries=3)}, clock=clock)
    for failures in (1, 2, 3):
        assert worker.do_one()
        job = only_job(db)
        assert (job.failures, job.why) == (failures, "OSError")
        assert not worker.do_one(), "not at once"
        clock.pass_by(hours=1)
    assert job.state is JobState.FAILED
    assert not worker.do_one()


def test_what_a_rule_refuses_is_not_tried_again(db: Database, clock: StillClock) -> None:
    with db.writing() as session:
        a_job(session)

    def refuse(_: Held) -> None:
        raise NotNow

    worker = Worker(db, {"count": Work(refuse)}, clock=clock)
    assert worker.do_one()
    assert (only_job(db).state, only_job(db).why) == (JobState.FAILED, "A rule said no.")
    assert not worker.do_one()


def test_a_job_ends_with_what_it_wrote_or_by_returning(db: Database, clock: StillClock) -> None:
    with db.writing() as session:
        a_job(session, 1)
        a_job(session, 2)

    def do(held: Held) -> None:
        if held.payload(Count).number == 1:
            with db.writing() as session:
                held.go_on(session)
                held.finish(session)

    worker = Worker(db, {"count": Work(do)}, clock=clock)
    assert worker.do_one()
    assert worker.do_one()
    assert not worker.do_one()
    with db.reading() as session:
        assert set(session.scalars(select(Job.state))) == {JobState.DONE}


def test_two_workers_do_every_job_once(db: Database, database_url: str) -> None:
    done: list[int] = []
    other = Database(database_url)
    works = {"count": Work(lambda held: done.append(held.payload(Count).number), at_once=4)}
    workers = [Worker(each, works, hands=3, bell=Bell(), poll_s=0.02) for each in (db, other)]
    with db.writing() as session:
        for number in range(60):
            a_job(session, number, key=f"device/{number % 7}")
    for worker in workers:
        worker.start()
    until(lambda: len(done) >= 60)
    assert all(worker.stop() for worker in workers)
    other.close()
    assert sorted(done) == list(range(60))
    with db.reading() as session:
        assert set(session.scalars(select(Job.state))) == {JobState.DONE}


def test_of_a_kind_no_more_are_done_at_once_than_it_allows(db: Database) -> None:
    doing, most = [0], [0]
    guard, let_go = threading.Lock(), threading.Event()

    def do(_: Held) -> None:
        with guard:
            doing[0] += 1
            most[0] = max(most[0], doing[0])
        let_go.wait(WAIT_S)
        with guard:
            doing[0] -= 1

    bell = Bell()
    works = {"count": Work(do, at_once=2), "other": Work(do)}
    worker = Worker(db, works, hands=4, bell=bell, poll_s=WAIT_S)
    with db.writing() as session:
        for number in range(4):
            a_job(session, number)
    worker.start()
    bell.ring()
    until(lambda: doing[0] == 2)
    time.sleep(0.1)
    let_go.set()
    until(lambda: all_done(db))
    assert worker.stop()
    assert most[0] == 2


def all_done(db: Database) -> bool:
    with db.reading() as session:
        return set(session.scalars(select(Job.state))) == {JobState.DONE}


def test_a_worker_stops_in_time_and_what_it_had_in_hand_is_begun_elsewhere(db: Database) -> None:
    begun = threading.Event()

    def work_on(held: Held) -> None:
        begun.set()
        while True:
            with db.writing() as session:
                held.go_on(session)
            time.sleep(0.01)

    worker = Worker(db, {"count": Work(work_on)}, hands=1, poll_s=0.01)
    with db.writing() as session:
        job_id = a_job(session).id
    worker.start()
    assert begun.wait(WAIT_S)
    assert worker.stop(within_s=WAIT_S)
    job = only_job(db)
    assert (job.state, job.failures) == (JobState.WAITING, 0)
    lease = claimed(db, at=later(days=365))
    assert lease is not None
    assert (lease.job_id, lease.attempt) == (job_id, 2)


def test_a_job_that_does_not_listen_holds_nobody_up(db: Database) -> None:
    begun, let_go = threading.Event(), threading.Event()

    def linger(_: Held) -> None:
        begun.set()
        let_go.wait(WAIT_S)

    worker = Worker(db, {"count": Work(linger)}, hands=1, poll_s=0.01)
    with db.writing() as session:
        a_job(session)
    worker.start()
    assert begun.wait(WAIT_S)
    at = time.monotonic()
    assert not worker.stop(within_s=0.2)
    assert time.monotonic() - at < 5
    let_go.set()
    assert worker.stop(within_s=WAIT_S)


def test_a_database_that_is_away_for_a_moment_ends_no_worker(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    monkeypatch.setattr("assets_service.kernel.jobs.worker._PAUSE_AFTER_FAULT_S", 0.01)
    away = [3]
    due = queue.is_anything_due

    def is_anything_due(session: Session, kinds: list[str], *, at: datetime) -> bool:
        if away[0]:
            away[0] -= 1
            raise OSError("the database is away")
        return due(session, kinds, at=at)

    monkeypatch.setattr(queue, "is_anything_due", is_anything_due)
    worker = Worker(db, {"count": Work(lambda _: done.set())}, hands=1, poll_s=0.01)
    with db.writing() as session:
        a_job(session)
    worker.start()
    assert done.wait(WAIT_S)
    assert worker.stop()
    assert away == [0]


def test_a_worker_without_hands_only_keeps_their_place(db: Database) -> None:
    with db.writing() as session:
        a_job(session)
    worker = Worker(db, {"count": Work(lambda _: None)}, hands=0)
    worker.start()
    assert worker.stop()
    assert only_job(db).state is JobState.WAITING


def test_what_a_killed_process_had_in_hand_is_done_by_another(db: Database, database_url: str) -> None:
    with db.writing() as session:
        a_job(session, 1)
        a_job(session, 2)
    db.close()
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        [sys.executable, str(PROCESS), database_url], stdout=subprocess.PIPE, env=environment, text=True
    ) as process:
        assert process.stdout is not None
        in_hand = process.stdout.readline().strip()
        process.send_signal(signal.SIGKILL)
    done: list[str] = []
    other = Database(database_url)
    hour = timedelta(hours=1)
    works = {"count": Work(lambda held: done.append(held.lease.key))}
    before = Worker(other, works, clock=lambda: datetime.now(NOON.tzinfo))
    after = Worker(other, works, clock=lambda: datetime.now(NOON.tzinfo) + hour)
    assert before.do_one()
    assert not before.do_one(), "its lease still holds"
    assert after.do_one()
    assert not after.do_one()
    other.close()
    assert sorted(done) == ["count/1", "count/2"]
    assert done[1] == in_hand
