"""Restoring a backup: everything is checked before anything is written, and only an empty database is ever filled.

A bad archive leaves live data as it is.
"""

import base64
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from assets_service.kernel.db import Database, Record
from assets_service.kernel.store import Store
from assets_service.ledger import queries as ledger
from assets_service.settings import Settings
from assets_service.upkeep.archive import CHUNK, BackupError, Progress, check, stored, tables
from assets_service.upkeep.stored import missing
from migrations import load_models, newest


def restore(db: Database, settings: Settings, folder: Path, *, progress: Progress) -> list[tuple[str, str]]:
    """Fill an empty database from a backup, and only if every hash chain holds. Raises `BackupError`.

    Returns the files, as (kind, name), that rows name and the backup did not hold.
    """
    load_models()
    manifest = check(folder, revision=newest() or "-")
    with db.writing() as session:
        connection = session.connection()
        _make_room(connection)
        for table in tables():
            _take(connection, table, folder / f"{table.name}.jsonl", progress)
        session.expire_all()
        _must_verify(session)
        for files, name in stored(folder, manifest):
            with files.open(name) as file:
                Store(settings.files_dir, files.kind).put(file)
        return list(missing(session, settings))


def _make_room(connection: Connection) -> None:
    if connection.scalar(select(func.count()).select_from(Record.metadata.tables["entries"])):
        raise BackupError("The database is not empty: a backup only ever fills an empty one.")
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
    for table in reversed(Record.metadata.sorted_tables):
        if table.name != "entries":
            connection.execute(table.delete())  # what the migrations seeded is in the backup too


def _must_verify(session: Session) -> None:
    broken = ledger.verify(session).broken
    if broken:
        raise BackupError(
            f"The backup's ledger does not hold: {broken.subject} entry {broken.subject_seq}: {broken.why}."
        )


def _take(connection: Connection, table: Table, path: Path, progress: Progress) -> None:
    """Insert one table's rows. Raises `BackupError` for rows that the table cannot hold, whatever is odd about them."""
    try:
        _read_table(connection, table, path, progress)
    except (msgspec.MsgspecError, SQLAlchemyError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        raise BackupError(f"{path.name} holds rows that do not fit: nothing was restored.") from None


def _read_table(connection: Connection, table: Table, path: Path, progress: Progress) -> None:
    readers = {column.name: _reader(column.type.python_type) for column in table.columns}
    done = 0
    for chunk in _chunks(path):
        rows = [{name: None if value is None else readers[name](value) for name, value in row.items()} for row in chunk]
        connection.execute(insert(table), rows)
        progress(table.name, done := done + len(rows))
    key = next(iter(table.primary_key))
    if connection.dialect.name == "postgresql" and key.autoincrement and key.type.python_type is int:
        connection.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', '{key.name}'), "  # noqa: S608 - our own table names
                f"(SELECT max({key.name}) FROM {table.name})) WHERE pg_get_serial_sequence('{table.name}', '{key.name}') IS NOT NULL "
                f"AND EXISTS (SELECT 1 FROM {table.name})"
            )
        )


def _reader(kind: type) -> Callable[[Any], Any]:
    if kind is datetime:
        return datetime.fromisoformat
    if kind is date:
        return date.fromisoformat
    if kind is bytes:
        return base64.b64decode
    return kind if kind is not object else _as_it_is  # a JSON column holds what JSON gave


def _as_it_is(value: Any) -> Any:
    return value


def _chunks(path: Path) -> Iterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    with path.open("rb") as lines:
        for line in lines:
            chunk.append(msgspec.json.decode(line))
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
    if chunk:
        yield chunk
