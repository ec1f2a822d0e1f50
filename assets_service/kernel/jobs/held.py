"""A job as the function that does it sees it."""

from threading import Event
from typing import TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.kernel.clock import Clock
from assets_service.kernel.jobs import queue
from assets_service.kernel.jobs.queue import Lease

T = TypeVar("T", bound=Struct)


class Lost(Exception):  # noqa: N818 - not a fault: somebody cancelled it, or another does it now
    """Another process has this job now, or it was cancelled: what was done of it must not count."""


class Stopping(Exception):  # noqa: N818 - not a fault: the process is about to end
    """The process is about to end: leave the job, another process begins it again."""


class Held:
    """A job as it is given to the function that does it.

    The function calls `go_on` every few seconds, and `finish` in its last transaction.

    with db.writing() as session:
        held.go_on(session)
        ...
        held.finish(session)
    """

    def __init__(self, lease: Lease, clock: Clock, *, stopping: Event | None = None) -> None:
        self.lease = lease
        self.clock = clock
        self._stopping = stopping or Event()

    def payload(self, kind: type[T]) -> T:
        return msgspec.json.decode(self.lease.payload, type=kind)

    def go_on(self, session: Session) -> None:
        """Prolong the lease; until this transaction ends nobody can take the job away. Raises `Lost`, `Stopping`."""
        if self._stopping.is_set():
            raise Stopping
        if not queue.prolong(session, self.lease, at=self.clock()):
            raise Lost

    def finish(self, session: Session) -> None:
        """Mark the job as done, in the transaction that holds its result. Raises `Lost`."""
        if not queue.finish(session, self.lease, at=self.clock()):
            raise Lost

    def give_up(self, session: Session, why: str) -> None:
        """Mark the job as failed for good. Raises `Lost`."""
        if not queue.give_up(session, self.lease, why, at=self.clock()):
            raise Lost
