"""Doing the jobs: a few threads of a process, each with one job at a time."""

import time
from collections import Counter
from collections.abc import Mapping
from threading import Event, Lock, Thread

import structlog
from msgspec import Struct
from sqlalchemy.exc import IntegrityError

from assets_service.kernel.clock import Clock, utc_now
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Refusal
from assets_service.kernel.jobs import Held, Lost, Stopping, Work, queue
from assets_service.kernel.jobs.bell import Bell
from assets_service.kernel.jobs.queue import LEASE

POLL_S = 1.0  # how often an idle thread looks for what other processes were asked
ANSWER_EVERY_S = LEASE.total_seconds() / 3
STOP_WITHIN_S = 10.0
_PAUSE_AFTER_FAULT_S = 5.0

log = structlog.get_logger("jobs")


class Worker:
    """Does the jobs of the kinds in `works` (kind -> how) on `hands` threads; without threads it only says that jobs wait here.

    A job that fails by a fault is tried again later; one that is refused (`Refusal`) is not, for the same rule would refuse
    it again. `poll_s`: how often it looks by itself for what nobody here rang for.
    """

    def __init__(
        self,
        db: Database,
        works: Mapping[str, Work],
        *,
        hands: int = 2,
        clock: Clock = utc_now,
        bell: Bell | None = None,
        poll_s: float = POLL_S,
    ) -> None:
        self.db = db
        self.clock = clock
        self._works = works
        self._bell = bell or Bell()
        self._poll_s = poll_s
        self._threads = [Thread(target=self._serve, name=f"jobs-{hand}", daemon=True) for hand in range(hands)]
        self._threads += [Thread(target=self._keep, name="jobs-keeper", daemon=True)] if hands else []
        self._stopping = Event()
        self._claiming = Lock()
        self._busy: Counter[str] = Counter()

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, *, within_s: float = STOP_WITHIN_S) -> bool:
        """Take no more jobs and ask the running ones to stop; returns whether all threads ended in time.

        What a thread still does then is lost with the process, and taken over by another when its lease ends.
        """
        self._stopping.set()
        self._bell.ring()
        until = time.monotonic() + within_s
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def do_one(self) -> bool:
        """Do the next job that is due in the calling thread; False when nothing is."""
        held = self._claim()
        if held is None:
            return False
        try:
            self._do(held)
        finally:
            with self._claiming:
                self._busy[held.lease.kind] -= 1
        return True

    def _serve(self) -> None:
        while not self._stopping.is_set():
            heard = self._bell.rung
            try:
                has_worked = self.do_one()
            except Exception:  # the database is away or locked; the jobs wait in it
                log.exception("no job could be had")
                self._stopping.wait(_PAUSE_AFTER_FAULT_S)
                continue
            if not has_worked:
                self._bell.wait(heard, self._poll_s)

    def _keep(self) -> None:
        """Now and then prolong the leases of jobs that wait because this service is busy, and ask for what is done at intervals."""
        while not self._stopping.wait(max(ANSWER_EVERY_S, self._poll_s)):
            try:
                self._answer_for_waiting()
                self.ask_by_itself()
            except Exception:
                log.exception("nobody could be told that their job waits for its turn")

    def ask_by_itself(self) -> None:
        """Ask for every job that is done at intervals and whose time has come."""
        at = self.clock()
        for kind, work in self._works.items():
            with self.db.reading(snapshot=False) as session:
                if not work.every or not queue.is_time_for(session, kind, work.every, at=at):
                    continue
            with self.db.writing() as session:
                queue.ask(session, kind, kind, Struct(), at=at)
            self._bell.ring()

    def _claim(self) -> Held | None:
        with self._claiming:
            free = {kind: work.tries for kind, work in self._works.items() if self._busy[kind] < work.at_once}
            at = self.clock()
            with self.db.reading(snapshot=False) as session:
                if not free or not queue.is_anything_due(session, list(free), at=at):
                    return None
            try:
                with self.db.writing() as session:
                    lease = queue.claim(session, free, at=at)
            except IntegrityError:  # another process took a job about the same thing at this very moment
                return None
            if lease is None:
                return None
            self._busy[lease.kind] += 1
            return Held(lease, self.clock, stopping=self._stopping)

    def _do(self, held: Held) -> None:
        lease, work = held.lease, self._works[held.lease.kind]
        about = {"kind": lease.kind, "key": lease.key, "attempt": lease.attempt}
        try:
            work.do(held)
        except Lost:
            log.info("job taken away", **about)
        except Stopping:
            with self.db.writing() as session:
                queue.put_down(session, lease, at=self.clock())
            log.info("job put down", **about)
        except Refusal as refusal:
            with self.db.writing() as session:
                queue.give_up(session, lease, str(refusal), at=self.clock())
            log.info("job refused", why=str(refusal), **about)
        except Exception as fault:
            log.exception("job failed", **about)
            with self.db.writing() as session:
                queue.retry(session, lease, _in_short(fault), tries=work.tries, at=self.clock())
        else:
            with self.db.writing() as session:
                queue.finish(session, lease, at=self.clock())

    def _answer_for_waiting(self) -> None:
        kinds = list(self._works)
        with self.db.reading(snapshot=False) as session:
            if not queue.is_anything_waiting(session, kinds):
                return
        with self.db.writing() as session:
            queue.answer_for_waiting(session, kinds, at=self.clock())


def _in_short(fault: Exception) -> str:
    """The class of the fault without its text, which may hold personal data."""
    return type(fault).__name__
