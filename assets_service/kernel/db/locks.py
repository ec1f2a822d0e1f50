"""Locking rows, so that two who change the same rows do it one after the other.

SQLite has one writer and no row locks: there these functions cost nothing.
"""

from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, delete, inspect, select
from sqlalchemy.orm import Session

from assets_service.kernel.db.records import Record

Columns = TypeVarTuple("Columns")


def locking(found: Select[*Columns], kind: type[Record]) -> Select[*Columns]:
    """The same select, but locking the rows of `kind` that it finds; rows joined to them stay free."""
    return found.with_for_update(of=kind)


def lock_row(session: Session, row: Record) -> None:
    """Lock one loaded row and read it again, so that a writer who had to wait sees what the other one wrote."""
    if _writes_alone(session):
        return
    session.refresh(row, [column.key for column in inspect(type(row)).column_attrs], with_for_update=True)


def lock_each(session: Session, kind: type[Any], which: ColumnElement[bool], **bound: object) -> bool:
    """Lock the rows of `kind` in the order of their ids, so that two never wait for each other in a circle.

    Returns whether another may have changed them meanwhile, so that they have to be read after this: never on SQLite. The
    lock and the look are two statements, since PostgreSQL gives a locking select that waited a mixed picture of joined rows.
    `bound` are the parameters of `which`.
    """
    if _writes_alone(session):
        return False
    session.execute(select(kind.id).where(which).order_by(kind.id).with_for_update(), bound)
    return True


def delete_some(session: Session, kind: type[Record], which: ColumnElement[bool], *, most: int) -> None:
    """Delete up to `most` rows of the kind that nobody else holds at this moment: a little in passing, and never in line."""
    key = inspect(kind).primary_key[0]
    some = select(key).where(which).limit(most).with_for_update(skip_locked=True)
    session.execute(delete(kind).where(key.in_(some)), execution_options={"synchronize_session": False})


def _writes_alone(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
