"""Which numbers are certainly taken or free: PostgreSQL hands them out before a transaction commits, so a smaller one may come later.

SQLite's writers come one at a time: there whatever is missing below the largest number stays missing.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

from assets_service.kernel.db.database import Database

_NEW = text("SELECT CAST(CAST(pg_current_xact_id() AS text) AS bigint)")
_OLDEST = text("SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)")


def settling_mark(db: Database) -> int:
    """A mark for the numbers that were seen before it: they have settled once `oldest_open` has reached it.

    It is the number of a transaction of its own, larger than that of any that drew one of them: whoever records an entry has
    locked its chain, and so has a number, before the entry is given its own.
    """
    if db.is_sqlite:
        return 0
    with db.write_engine.begin() as connection:
        return int(connection.execute(_NEW).scalar_one())


def oldest_open(session: Session) -> int:
    """The mark below which every transaction has ended."""
    return 0 if session.get_bind().dialect.name == "sqlite" else int(session.execute(_OLDEST).scalar_one())
