"""SQLite goes on writing into a file that was moved away, and makes a new, empty one at its next connection."""

import os
import sqlite3
from threading import Lock

MOVED = "the database file was moved away or replaced: start the server again"


class SameFile:
    """The file that a database was opened from, by which it is known wherever it may be moved."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._known: tuple[int, int] | None = None
        self._guard = Lock()

    def check(self) -> None:
        """Raise `sqlite3.OperationalError` when another file, or none, is where the known one was."""
        found = self._identity()
        with self._guard:
            if self._known is None:
                self._known = found  # none yet: whoever connects first makes it
            elif self._known != found:
                raise sqlite3.OperationalError(MOVED)

    def _identity(self) -> tuple[int, int] | None:
        try:
            there = os.stat(self._path)  # noqa: PTH116 - at every write: the short way
        except FileNotFoundError:
            return None
        return there.st_dev, there.st_ino
