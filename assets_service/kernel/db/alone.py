"""Making, moving or filling a whole database is one process's work at a time."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from assets_service.kernel.db.database import Database

_LOCK = 20_241_067  # PostgreSQL knows the lock by a number: any, but always this one


@contextmanager
def alone(db: Database) -> Generator[None]:
    """Hold the lock on the whole database. A second process waits; the lock ends with the process that holds it."""
    if db.is_sqlite:
        folder = os.open(Path(str(db.url.database)).resolve().parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)
        return
    with db.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
