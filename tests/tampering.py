"""What the owner of a database can do to it: change rows behind the product's back, its triggers switched off."""

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session

from assets_service.kernel.db import Database


@contextmanager
def behind_its_back(db: Database) -> Generator[Session]:
    """A transaction in which no trigger fires and no foreign key is looked at; afterwards all of them are there again."""
    with db.writing() as session:
        if not db.is_sqlite:
            session.execute(text("SET LOCAL session_replication_role = replica"))
            yield session
            return
        triggers = session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for name, _ in triggers:
            session.execute(text(f"DROP TRIGGER {name}"))
        session.execute(text("PRAGMA defer_foreign_keys=ON"))
        yield session
        session.flush()
        for _, sql in triggers:
            session.connection().exec_driver_sql(sql)
