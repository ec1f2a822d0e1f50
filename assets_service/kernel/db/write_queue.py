"""A queue for SQLite's one writer: those who want to write wait in line instead of racing for the lock.

Threads are served in the order they came. The first in line of each process (the server, a command beside it) holds a file lock.
"""

import fcntl
import os
import sqlite3
import stat
import time
from collections import deque
from contextlib import suppress
from threading import Lock

from assets_service.kernel.db.faults import LOCKED

LOCK_POLL_S = 0.002
PATIENCE_S = 15


class WriteQueue:
    """The line of writers of one SQLite file: threads in the order they came, processes by a lock on a file."""

    def __init__(self, database: str, *, patience_s: float = PATIENCE_S) -> None:
        """Lock an empty file beside `database`, which stays there; another process is waited for at most `patience_s` seconds."""
        self._database = os.path.realpath(database)  # one lock, also for who opens the same file by another name
        self._patience_s = patience_s
        self._file: int | None = None
        self._guard = Lock()
        self._waiting: deque[Lock] = deque()
        self._held = False

    def __enter__(self) -> None:
        """Wait for one's turn. Raises `sqlite3.OperationalError`, as SQLite does, when another process keeps the lock too long."""
        self._wait_for_turn()
        try:
            self._lock()
        except BaseException:
            self._call_next()
            raise

    def __exit__(self, *_: object) -> None:
        try:
            if self._file is not None:
                fcntl.flock(self._file, fcntl.LOCK_UN)
        finally:
            self._call_next()

    @property
    def is_held(self) -> bool:
        """Whether a thread of this process writes at this moment."""
        return self._held

    def close(self) -> None:
        """Close the file once nobody writes any more."""
        self._wait_for_turn()
        if self._file is not None:
            os.close(self._file)
            self._file = None
        self._call_next()

    def _wait_for_turn(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()  # released by whoever holds the queue before us

    def _call_next(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False

    def _lock(self) -> None:
        if self._file is None:
            self._file = _opened_beside(self._database)
        until = time.monotonic() + self._patience_s
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise sqlite3.OperationalError(LOCKED) from None
                time.sleep(LOCK_POLL_S)
            else:
                return


def _opened_beside(database: str) -> int:
    """Open the lock's file with the owner and mode of the database, so that a command run as root locks nobody out."""
    path = f"{database}-queue"
    with suppress(FileNotFoundError):
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    file = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with suppress(FileNotFoundError):
        like = os.stat(database)  # noqa: PTH116 - beside os.open
        os.fchmod(file, stat.S_IMODE(like.st_mode))
        if os.geteuid() == 0:
            os.fchown(file, like.st_uid, like.st_gid)
    return file
