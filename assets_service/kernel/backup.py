"""A backup that either database can be restored from: one JSON-lines file a table, the stored files, and a manifest.

Restoring checks everything before it writes anything, and only ever fills an empty database: a bad archive leaves live
data as it is.
"""

import base64
import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Table, func, insert, select, text

from assets_service.kernel.db import Database, Record

FORMAT = "assets-backup-1"
MANIFEST = "manifest.json"
CHUNK = 1000

Progress = Callable[[str, int], None]  # (table, rows done so far)


class BackupError(Exception):
    """Why a backup cannot be made or restored, in one line."""


class TablePart(Struct):
    rows: int
    sha256: str


class Manifest(Struct):
    format: str
    made_at: datetime
    revision: str
    tables: dict[str, TablePart]
    files: dict[str, str]  # path below files/ -> SHA-256


def backup(db: Database, folder: Path, *, files: Path, revision: str, at: datetime, progress: Progress) -> Path:
    """Write a new folder below `folder` from one snapshot; its manifest last, so that half a backup is none."""
    target = folder / f"assets-{at:%Y%m%dT%H%M%SZ}"
    target.mkdir(parents=True)
    parts: dict[str, TablePart] = {}
    with db.reading() as session:
        connection = session.connection()
        for table in Record.metadata.sorted_tables:
            parts[table.name] = _write_table(connection, table, target / f"{table.name}.jsonl", progress)
    kept = {}
    for source in sorted(path for path in files.rglob("*") if path.is_file()) if files.is_dir() else []:
        name = source.relative_to(files).as_posix()
        copy = target / "files" / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
        kept[name] = _digest(copy)
    manifest = Manifest(FORMAT, at, revision, parts, kept)
    (target / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
    return target


def check(folder: Path, *, revision: str) -> Manifest:
    """Every file is there and is what was written. Raises `BackupError` naming the first that is not."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError):
        raise BackupError(f"{folder} holds no readable {MANIFEST}.") from None
    if manifest.format != FORMAT:
        raise BackupError(f"The format {manifest.format} is not ours ({FORMAT}).")
    if manifest.revision != revision:
        raise BackupError(
            f"The backup has schema {manifest.revision}, this program {revision}: use the program version it was made with."
        )
    if set(manifest.tables) != {table.name for table in Record.metadata.sorted_tables}:
        raise BackupError("The backup does not hold the tables of this program.")
    expected = {f"{name}.jsonl": part.sha256 for name, part in manifest.tables.items()}
    expected |= {f"files/{name}": digest for name, digest in manifest.files.items()}
    for name, digest in expected.items():
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()) or path.is_symlink():
            raise BackupError(f"{name} lies outside the backup.")
        if not path.is_file() or _digest(path) != digest:
            raise BackupError(f"{name} is missing or was changed.")
    return manifest


def restore(
    db: Database,
    folder: Path,
    *,
    files: Path,
    revision: str,
    progress: Progress,
    judge: Callable[[Any], None] = lambda _session: None,
) -> None:
    """Fill an empty database. `judge` sees the restored rows before they are committed and may raise `BackupError`."""
    manifest = check(folder, revision=revision)
    with db.writing() as session:
        connection = session.connection()
        if connection.scalar(select(func.count()).select_from(Record.metadata.tables["entries"])):
            raise BackupError("The database is not empty: a backup only ever fills an empty one.")
        if db.is_sqlite:
            connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        for table in reversed(Record.metadata.sorted_tables):
            if table.name != "entries":
                connection.execute(table.delete())  # what the migrations seeded is in the backup too
        for table in Record.metadata.sorted_tables:
            _read_table(connection, table, folder / f"{table.name}.jsonl", progress)
        session.expire_all()
        judge(session)
        for name in manifest.files:
            copy = files / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / "files" / name, copy)


def _write_table(connection: Connection, table: Table, path: Path, progress: Progress) -> TablePart:
    digest, rows = sha256(), 0
    found = connection.execution_options(yield_per=CHUNK).execute(select(table).order_by(*table.primary_key))
    with path.open("wb") as out:
        for row in found.mappings():
            line = msgspec.json.encode(dict(row), enc_hook=str) + b"\n"
            out.write(line)
            digest.update(line)
            rows += 1
            if rows % CHUNK == 0:
                progress(table.name, rows)
    progress(table.name, rows)
    return TablePart(rows, digest.hexdigest())


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


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as source:
        while block := source.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
