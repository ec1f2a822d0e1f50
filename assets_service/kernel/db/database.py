"""The database behind two doors: `reading()` sees one snapshot, `writing()` holds the write lock from its first word.

SQLite's one writer also does the checkpoints, while it holds the write queue: SQLite before 3.51.3 can corrupt a WAL
database when one connection commits while another checkpoints. PostgreSQL needs none of it.
"""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from copy import copy
from threading import local
from typing import TypeVar

from anyio.to_thread import run_sync
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from assets_service.kernel.db.engines import CONNECTIONS_MAX, driver, postgres_engine, sqlite_engine
from assets_service.kernel.db.same_file import SameFile
from assets_service.kernel.db.write_queue import PATIENCE_S, WriteQueue

T = TypeVar("T")

COMMITS_PER_CHECKPOINT = 500
CONNECTIONS_FOR_COMMANDS = 5  # left free for a backup, a command, somebody who looks


def _let_go(_connection: object, record: ConnectionPoolEntry) -> None:
    record.invalidate()


class Database:
    """One database, by its URL (`sqlite:///path/file.db` or `postgresql://…`)."""

    def __init__(self, url: str, *, patience_s: float = PATIENCE_S, statement_s: float | None = None) -> None:
        """Connect to `url`. Raises `ArgumentError` for a wrong URL.

        A writer waits at most `patience_s` seconds for another process, or on PostgreSQL for a lock; there a statement takes
        at most `statement_s` seconds.
        """
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = (
            sqlite_engine(url, patience_s=patience_s)
            if self.is_sqlite
            else postgres_engine(url, patience_s=patience_s, statement_s=statement_s)
        )
        # One connection writes, so that the pages it knows stay true; SQLite forgets them when another has written.
        self.write_engine = (
            sqlite_engine(url, patience_s=patience_s, size=1, begin="BEGIN IMMEDIATE")
            if self.is_sqlite
            else self.engine
        )
        # Every statement of one read sees the same fleet; PostgreSQL must be asked for it.
        self._read_engine = (
            self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="REPEATABLE READ")
        )
        self._no_transaction_engine = (
            self.engine.execution_options(begin="")
            if self.is_sqlite
            else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        )
        self._file = SameFile(str(self.url.database))
        if self.is_sqlite:
            for engine in (self.engine, self.write_engine):
                event.listen(engine, "do_connect", lambda *_: self._file.check())
        self._write_queue = WriteQueue(str(self.url.database), patience_s=patience_s)
        self._writer: Connection | None = None  # SQLite's, kept open; only the queue's holder uses it
        self._commits = 0
        self.refusal: Exception | None = None
        self.hands_nothing_out = False
        self._mine = local()
        self._kept: list[Connection] = []

    @property
    def place(self) -> str:
        """Where the database is, for people to read: a file's path, or a server's address without the user who signs in there."""
        if self.is_sqlite:
            return str(self.url.database)
        return f"{self.url.host or 'localhost'}:{self.url.port or 5432}/{self.url.database}"

    def check_place(self) -> None:
        """Raise `sqlite3.OperationalError` when SQLite's file is no longer where it was opened."""
        if self.is_sqlite:
            self._file.check()

    @property
    def may_write(self) -> bool:
        return self.refusal is None

    def only_reading(self, refusal: Exception, *, hands_nothing_out: bool = False) -> "Database":
        """The same database for a request that may change nothing in it: `refusal` is raised when it tries.

        A HEAD hands nothing out that had to be recorded.
        """
        same = copy(self)
        same.refusal = refusal
        same.hands_nothing_out = hands_nothing_out
        return same

    @contextmanager
    def reading(self, *, snapshot: bool = True) -> Generator[Session]:
        """Open a session to read with; nothing written in it is kept.

        All selects see one snapshot. Without `snapshot` each sees the data of its own moment, which costs less: enough for one select.
        """
        if snapshot:
            with Session(self._read_engine, autoflush=False, expire_on_commit=False) as session:
                yield session
        else:
            with (
                self.single_select() as connection,
                Session(connection, autoflush=False, expire_on_commit=False) as session,
            ):
                yield session

    @contextmanager
    def single_select(self) -> Generator[Connection]:
        """Open a connection for a single select without a transaction, the cheapest way to ask what every request asks.

        On SQLite each thread keeps its connection, since taking one from the pool and returning it costs as much as the select.
        """
        if self.is_sqlite:
            yield self._own_connection()
        else:
            with self._no_transaction_engine.connect() as connection:
                yield connection

    def _own_connection(self) -> Connection:
        mine: Connection | None = getattr(self._mine, "connection", None)
        if mine is None or mine.closed:
            mine = self._mine.connection = self._no_transaction_engine.connect()
            self._kept.append(mine)
        return mine

    def workers_max(self) -> int:
        """How many processes may serve it: one on SQLite, on PostgreSQL as many as its limit of connections lets in."""
        if self.is_sqlite:
            return 1
        with self.single_select() as connection:
            limit, reserved = (
                int(connection.exec_driver_sql(f"SHOW {name}").scalar_one())
                for name in ("max_connections", "superuser_reserved_connections")
            )
        return (limit - reserved - CONNECTIONS_FOR_COMMANDS) // CONNECTIONS_MAX

    def try_writing(self) -> None:
        """Write a row as it is, unless somebody is writing just now. Raises what a write would raise."""
        if self.is_sqlite and self._write_queue.is_held:
            return
        with self.writing() as session:
            session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = version_num")

    async def read_briefly(self, read: Callable[[], T]) -> T:
        """Run a short read of a row or two: on SQLite here on the event loop, on PostgreSQL in a thread.

        A local file answers sooner than a thread could be reached and back; a network takes as long as it likes.
        """
        return read() if self.is_sqlite else await run_sync(read)

    @contextmanager
    def writing(self) -> Generator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises. Raises what `only_reading` was given."""
        if self.refusal:
            raise self.refusal
        if not self.is_sqlite:
            with Session(self.write_engine, expire_on_commit=False) as session, session.begin():
                yield session
            return
        with self._write_queue:
            self._file.check()
            connection = self._writer = self._writer or self.write_engine.connect()
            try:
                with Session(connection, expire_on_commit=False) as session, session.begin():
                    yield session
            except (DBAPIError, sqlite3.Error):
                connection.invalidate()  # a file that was read-only when it was opened stays so for this connection
                self._let_go_of_writer()
                raise
            except BaseException:
                self._let_go_of_writer()  # rolls back whatever is left, also of a commit that failed
                raise
            self._commits += 1
            if self._commits % COMMITS_PER_CHECKPOINT == 0:
                driver(connection).execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def _let_go_of_writer(self) -> None:
        writer, self._writer = self._writer, None
        if writer:
            writer.close()

    def close(self) -> None:
        for connection in self._kept:
            connection.close()
        if self._writer:  # without it nobody ever wrote, and nobody waits
            with self._write_queue:
                self._let_go_of_writer()
        event.listen(self.engine, "checkin", _let_go)  # what a thread still has comes back to a pool that nobody keeps
        self.engine.dispose()
        self.write_engine.dispose()
        self._write_queue.close()
