"""Room to work in: threads for handlers, apart by what they do, so that what is slow or stands in line stops nothing else.

A handler says where it works by one word, `pool=Pool.EXPORTING` beside its path. One that says nothing reads when its
method is safe, and writes otherwise. Who waits for the write lock holds a writing thread, never a reading one.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar, copy_context
from enum import StrEnum
from threading import Lock
from typing import Any, NamedTuple, TypeVar

import structlog

from assets_service.kernel.errors import Busy

T = TypeVar("T")

log = structlog.get_logger("pools")

SETTLED_WITHIN_S = 5
BRIEFLY_S = 0.5  # how long a request waits at most for what is noted in passing

_SAFE = {"GET", "HEAD", "OPTIONS"}


class Pool(StrEnum):
    READING = "reading"
    WRITING = "writing"
    SIGNING_IN = "signing_in"  # hashing passwords
    DRAWING = "drawing"  # labels, previews, papers
    EXPORTING = "exporting"  # files of many rows, and verifying them
    WATCHING = "watching"  # whether we are well
    IN_PASSING = "in_passing"  # what is noted beside a request and may be left out


class Room(NamedTuple):
    """How many work at once, and how many may wait for their turn."""

    threads: int
    waiting: int


ROOMS: Mapping[Pool, Room] = {
    Pool.READING: Room(8, 400),
    Pool.WRITING: Room(8, 200),
    Pool.SIGNING_IN: Room(2, 60),  # one is hashed at a time, in 0.1 s: the last of them is answered within 7 s
    Pool.DRAWING: Room(2, 20),
    Pool.EXPORTING: Room(4, 16),
    Pool.WATCHING: Room(2, 20),
    Pool.IN_PASSING: Room(1, 40),
}


class NoRoom(Busy):
    """So many already wait for this kind of work that one more would wait too long."""

    title = "Too many at once"
    message = "Too many people want this at the same moment. Nothing was changed. Please try again in a few seconds."

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "5"}


class Pools(Executor):
    """All rooms as one executor: work goes to the pool that was chosen in its context."""

    def __init__(self, rooms: Mapping[Pool, Room] = ROOMS) -> None:
        self._rooms = {pool: _Threads(pool, room) for pool, room in rooms.items()}

    def submit(self, work: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        """Put work in line for the pool that was chosen in this context. Raises `NoRoom`."""
        return self._rooms[_chosen.get()].submit(work, *args, **kwargs)

    async def run_in(self, pool: Pool, work: Callable[..., T], /, *args: Any) -> T:
        """What the work answers, done in this pool. Raises `NoRoom`."""
        return await asyncio.wrap_future(self._rooms[pool].submit(copy_context().run, work, *args))

    def note_in_passing(self, work: Callable[..., object], /, *args: Any) -> "Future[None]":
        """Work that is not worth waiting for, nor a failure of the request beside which it is done."""
        try:
            return self._rooms[Pool.IN_PASSING].submit(copy_context().run, _left_out, work, *args)
        except NoRoom:
            log.info("left out: no room", what=work.__name__)
            return _DONE

    def settle(self) -> None:
        """Wait a little for what is being noted in passing, so that its database is not closed under it."""
        with suppress(TimeoutError):
            self.note_in_passing(_nothing).result(SETTLED_WITHIN_S)

    def is_full(self, pool: Pool) -> bool:
        """Whether all its threads work and somebody waits."""
        return self._rooms[pool].is_full

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        for threads in self._rooms.values():
            threads.executor.shutdown(wait, cancel_futures=cancel_futures)


class _Threads:
    def __init__(self, pool: Pool, room: Room) -> None:
        self.executor = ThreadPoolExecutor(room.threads, thread_name_prefix=pool)
        self._room = room
        self._inside = 0
        self._guard = Lock()

    @property
    def is_full(self) -> bool:
        return self._inside > self._room.threads

    def submit(self, work: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        with self._guard:
            if self._inside >= sum(self._room):
                raise NoRoom
            self._inside += 1
        try:
            future = self.executor.submit(work, *args, **kwargs)
        except BaseException:
            self._left()
            raise
        future.add_done_callback(self._left)
        return future

    def _left(self, _future: "Future[Any] | None" = None) -> None:
        with self._guard:
            self._inside -= 1


def _nothing() -> None:
    """Comes last in its line."""


def _left_out(work: Callable[..., object], *args: Any) -> None:
    try:
        work(*args)
    except Exception as error:  # noqa: BLE001 - whatever it was, nobody waits for it
        log.warning("left out", what=work.__name__, error=type(error).__name__)


_DONE: "Future[None]" = Future()
_DONE.set_result(None)

_chosen: ContextVar[Pool] = ContextVar("pool", default=Pool.READING)

POOLS = Pools()  # a process has one set of threads, however many apps a test makes in it


def choose(pool: Pool | None, method: str) -> None:
    """Where the handler of this request works: in the pool it names, or else by its method."""
    _chosen.set(pool or (Pool.READING if method in _SAFE else Pool.WRITING))
