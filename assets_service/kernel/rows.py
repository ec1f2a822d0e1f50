"""Writing rows whose values are all known at once, with one prepared statement for many rows of a kind.

SQLAlchemy's unit of work finds out by itself what changed and in which order it must be written. A custody act knows both,
and would spend half its time on that search. The session knows the rows afterwards as if it had loaded them; it would
not notice the rollback of a savepoint, so none may be opened around these.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import Any, TypeVar, cast

from sqlalchemy import Insert, Table, Update, bindparam, insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from assets_service.kernel.db import Record

T = TypeVar("T", bound=Record)

Values = Mapping[str, object]  # by the name of their column


def add(session: Session, kind: type[T], values: Values) -> T:
    """Insert one row, which gets its number from the database; the session then holds it as if loaded."""
    return add_each(session, kind, [values])[0]


def add_each(session: Session, kind: type[T], each: Sequence[Values]) -> list[T]:
    """Insert rows in order, numbered by the database. A column that is left out is null, whatever the model's default."""
    session.flush()
    whole: list[dict[str, object]] = [{**_nothing(kind), **values} for values in each]
    rows = [kind(id=number, **values) for number, values in zip(_insert(session, kind, whole), whole, strict=True)]
    for row in rows:
        make_transient_to_detached(row)
    session.add_all(rows)
    return rows


def put_each(session: Session, kind: type[Record], each: Sequence[Values]) -> None:
    """Insert rows whose numbers nobody asks for, which costs half as much; the session does not know them."""
    if each:
        session.flush()
        session.connection().execute(_insertion(kind), [{**_nothing(kind), **values} for values in each])


def add_once(session: Session, kind: type[Record], *each: Values) -> int:
    """Insert each row unless one with the same key is there already; returns how many were new.

    On PostgreSQL it waits for another transaction that has just inserted the same key.
    """
    insertion = _insertion_once(kind, session.get_bind().dialect.name)
    whole = [dict(values) for values in each]
    return len(session.connection().scalars(insertion, whole if len(whole) > 1 else whole[0]).all())


def _insert(session: Session, kind: type[Record], whole: list[dict[str, object]]) -> list[int]:
    connection = session.connection()
    if len(whole) == 1:
        made = connection.execute(_insertion(kind), whole[0]).inserted_primary_key
        assert made is not None, "one row was written"
        return [made[0]]
    return list(connection.scalars(_insertions(kind), whole))


def change(session: Session, row: Record, **values: object) -> None:
    """Update one loaded row."""
    change_each(session, [(row, values)])


def change_each(session: Session, changes: Sequence[tuple[Any, Values]]) -> None:
    """Update loaded rows of one kind; those that change the same columns share a statement.

    A column that already holds its value is left out: naming it would cost a visit to each of its indexes.
    """
    session.flush()
    connection = session.connection()
    changed = [(row, new) for row, values in changes if (new := _new(row, values))]
    for columns, alike in groupby(sorted(changed, key=_columns), key=_columns):
        group = list(alike)
        kind: type[Record] = type(group[0][0])
        connection.execute(_change(kind, columns), [{"row": row.id, **values} for row, values in group])
        for row, values in group:
            for column, value in values.items():
                set_committed_value(row, column, value)


def _new(row: Record, values: Values) -> Values:
    known = row.__dict__  # a column that was not loaded is not there, and not worth loading for this
    return {column: value for column, value in values.items() if column not in known or known[column] != value}


def _columns(changed: tuple[Any, Values]) -> tuple[str, ...]:
    return tuple(sorted(changed[1]))


@cache
def _nothing(kind: type[Record]) -> dict[str, object]:
    return dict.fromkeys(column.key for column in _table(kind).columns if not column.primary_key)


@cache
def _insertion(kind: type[Record]) -> Insert:
    return insert(_table(kind))


@cache
def _insertions(kind: type[Record]) -> Any:
    table = _table(kind)
    return insert(table).returning(table.c.id, sort_by_parameter_order=True)


@cache
def _insertion_once(kind: type[Record], dialect: str) -> Any:
    table = _table(kind)
    insertion = (sqlite if dialect == "sqlite" else postgresql).insert(table).on_conflict_do_nothing()
    return insertion.returning(next(iter(table.primary_key)))  # the drivers do not count what was inserted


@cache
def _change(kind: type[Record], columns: tuple[str, ...]) -> Update:
    table = _table(kind)
    return update(table).where(table.c.id == bindparam("row")).values({name: bindparam(name) for name in columns})


def _table(kind: type[Record]) -> Table:
    return cast("Table", kind.__table__)
