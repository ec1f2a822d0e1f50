"""The database behind two doors: `reading()` sees one snapshot, `writing()` holds the write lock from its first word.

SQLite has one writer. Threads that want to write stand in a first-come, first-served queue, so 64 of them wait their
turn instead of racing for the lock; the first of each process (the server, a command beside it) holds a file lock.
Whoever holds both also does the checkpoints: SQLite before 3.51.3 can corrupt a WAL database when one connection commits
while another checkpoints. PostgreSQL needs none of it.
"""

import fcntl
import os
import sqlite3
import stat
import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from enum import StrEnum
from threading import Lock, local
from typing import Any, ClassVar, TypeVar

from anyio.to_thread import run_sync
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Integer,
    MetaData,
    String,
    TypeDecorator,
    create_engine,
    event,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import QueuePool

T = TypeVar("T")

BUSY_TIMEOUT_S = 15
COMMITS_PER_CHECKPOINT = 500
POOL_SIZE = 40
LOCK_POLL_S = 0.002
LOCKED = "database is locked"  # SQLite's own words


class UTCDateTime(TypeDecorator[datetime]):
    """An instant. Refuses naive values; gives UTC back on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone cannot be stored.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def binary_text(length: int) -> String:
    """Text compared byte by byte on both databases, so that a range over a prefix can use the index."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


BigId = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers only INTEGER keys by itself


class Record(DeclarativeBase):
    """A row. Enumerations are stored as their text with a CHECK, never as a database type."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UTCDateTime(),
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            create_constraint=True,
            length=24,
            values_callable=lambda words: [word.value for word in words],
        ),
    }


class WriteQueue:
    """Threads are served in the order they came; the first of them shares the file with other processes, by a lock."""

    def __init__(self, database: str) -> None:
        """The lock is on an empty file beside `database`; it stays there."""
        self._database = os.path.realpath(database)  # whoever opens the same file by another name stands here too
        self._file: int | None = None
        self._guard = Lock()
        self._waiting: deque[Lock] = deque()
        self._held = False

    def __enter__(self) -> None:
        """Raises `sqlite3.OperationalError`, as SQLite does, when another process does not let go in time."""
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

    def close(self) -> None:
        """Waits for whoever writes now."""
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
        until = time.monotonic() + BUSY_TIMEOUT_S
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
    """The file for the lock, with the owner and the mode of the database: a command of root's keeps nobody out."""
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


def is_busy(error: Exception) -> bool:
    """Whether the database could not be had in time, held by others or away: the same again may succeed later."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", "")  # psycopg's; None where no connection came about
    if state is None or isinstance(error, PoolTimeout):
        return True
    return LOCKED in str(cause) or state[:2] in {"08", "40", "53"} or state in {"55P03", "57P03"}


class Database:
    """One database, by its URL (`sqlite:///path/file.db` or `postgresql://…`)."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgres_engine(url)
        # One connection writes, so that the pages it knows stay true; SQLite forgets them when another has written.
        self.write_engine = _sqlite_engine(url, size=1, begin="BEGIN IMMEDIATE") if self.is_sqlite else self.engine
        # Every statement of one read sees the same fleet; PostgreSQL must be asked for it.
        self._read_engine = (
            self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="REPEATABLE READ")
        )
        self._glance_engine = (
            self.engine.execution_options(begin="")
            if self.is_sqlite
            else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        )
        self._write_queue = WriteQueue(str(self.url.database))
        self._writer: Connection | None = None  # SQLite's, kept open: whoever holds the queue has it
        self._commits = 0
        self._mine = local()
        self._kept: list[Connection] = []

    @contextmanager
    def reading(self, *, snapshot: bool = True) -> Generator[Session]:
        """All selects see one snapshot; nothing written here is kept.

        Without `snapshot` each sees what is there at its own moment: enough for one, and the way there is shorter.
        """
        if snapshot:
            with Session(self._read_engine, autoflush=False, expire_on_commit=False) as session:
                yield session
        else:
            with self.glance() as connection, Session(connection, autoflush=False, expire_on_commit=False) as session:
                yield session

    @contextmanager
    def glance(self) -> Generator[Connection]:
        """One select by itself, without the cost of a transaction around it: for what every request asks.

        On SQLite each thread keeps its connection: fetching one and giving it back costs as much as the select.
        """
        if self.is_sqlite:
            yield self._own_connection()
        else:
            with self._glance_engine.connect() as connection:
                yield connection

    def _own_connection(self) -> Connection:
        mine: Connection | None = getattr(self._mine, "connection", None)
        if mine is None or mine.closed:
            mine = self._mine.connection = self._glance_engine.connect()
            self._kept.append(mine)
        return mine

    async def at_hand(self, read: Callable[[], T]) -> T:
        """What `read` finds, a row or two: on SQLite here and now, in a thread on PostgreSQL.

        A local file answers in less time than the way to another thread and back takes; a network when it likes.
        """
        return read() if self.is_sqlite else await run_sync(read)

    @contextmanager
    def writing(self) -> Generator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        if not self.is_sqlite:
            with Session(self.write_engine, expire_on_commit=False) as session, session.begin():
                yield session
            return
        with self._write_queue:
            connection = self._writer = self._writer or self.write_engine.connect()
            try:
                with Session(connection, expire_on_commit=False) as session, session.begin():
                    yield session
            except BaseException:
                self._let_go_of_writer()  # rolls back whatever is left, also of a commit that failed
                raise
            self._commits += 1
            if self._commits % COMMITS_PER_CHECKPOINT == 0:
                _driver(connection).execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def _let_go_of_writer(self) -> None:
        writer, self._writer = self._writer, None
        if writer:
            writer.close()

    def close(self) -> None:
        for connection in self._kept:
            connection.close()
        if self._writer:  # else nobody wrote, and nobody waits
            with self._write_queue:
                self._let_go_of_writer()
        self.engine.dispose()
        self.write_engine.dispose()
        self._write_queue.close()


def _sqlite_engine(url: str, *, size: int = POOL_SIZE, begin: str = "BEGIN") -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=size,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_S, "isolation_level": None},
        execution_options={"begin": begin},
        query_cache_size=2000,
        hide_parameters=True,  # an error in the log must not tell whom a row is about
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # NORMAL may lose the last receipts on power loss
            "foreign_keys=ON",
            "wal_autocheckpoint=0",
            "mmap_size=0",
            "temp_store=MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def say_begin(connection: Connection) -> None:
        if word := connection.get_execution_options()["begin"]:
            _driver(connection).execute(word)

    return engine


def _driver(connection: Connection) -> Any:
    """The driver's own connection, for what SQLAlchemy has no word for."""
    return connection.connection.driver_connection


def _postgres_engine(url: str) -> Engine:
    return create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_pre_ping=True,
        query_cache_size=2000,
        hide_parameters=True,
    )
