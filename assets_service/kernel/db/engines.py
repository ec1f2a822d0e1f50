"""How each of the two databases is connected to."""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import QueuePool

from assets_service.kernel.db.faults import NoDriverError

POOL_SIZE = 40
CONNECTIONS_KEPT = 12  # of each process, on PostgreSQL
CONNECTIONS_MAX = 28
CONNECTION_WAIT_S = 10


def sqlite_engine(url: str, *, patience_s: float, size: int = POOL_SIZE, begin: str = "BEGIN") -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=size,
        connect_args={"check_same_thread": False, "timeout": patience_s, "isolation_level": None},
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
            driver(connection).execute(word)

    return engine


def driver(connection: Connection) -> Any:
    """The driver's own connection, for what SQLAlchemy has no word for."""
    return connection.connection.driver_connection


def postgres_engine(url: str, *, patience_s: float, statement_s: float | None) -> Engine:
    """An engine for PostgreSQL. Raises `NoDriverError`."""
    limits = f"-c lock_timeout={int(patience_s * 1000)} -c statement_timeout={int((statement_s or 0) * 1000)}"
    try:
        return create_engine(
            url,
            pool_size=CONNECTIONS_KEPT,
            max_overflow=CONNECTIONS_MAX - CONNECTIONS_KEPT,
            pool_timeout=CONNECTION_WAIT_S,
            pool_pre_ping=True,
            connect_args={"options": f"{make_url(url).query.get('options', '')} {limits}".strip()},
            query_cache_size=2000,
            hide_parameters=True,
        )
    except ImportError:
        raise NoDriverError("PostgreSQL needs its driver: pip install 'assets-service[postgres]'") from None
