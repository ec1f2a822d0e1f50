"""Writing a backup, from one snapshot of the database."""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Table, select

from assets_service.kernel.db import Database
from assets_service.kernel.store import Store
from assets_service.settings import Settings
from assets_service.upkeep.archive import (
    CHUNK,
    FILES,
    FORMAT,
    MANIFEST,
    Manifest,
    Progress,
    TablePart,
    store_of,
    tables,
)
from assets_service.upkeep.stored import named
from migrations import load_models, newest


class Backup(Struct):
    """A backup that was made. `lost`: files that rows name, as (kind, name), and that it does not hold."""

    folder: Path
    lost: list[tuple[str, str]]


def back_up(db: Database, settings: Settings, folder: Path, *, progress: Progress) -> Backup:
    """Write a backup into a new folder below `folder`; either database can be restored from it.

    The manifest is written last, so that half a backup is none.
    """
    load_models()  # a table nobody imported would be left out
    at = datetime.now(UTC)
    target = folder / f"assets-{at:%Y%m%dT%H%M%SZ}"
    target.mkdir(parents=True)
    parts: dict[str, TablePart] = {}
    with db.reading() as session:
        connection = session.connection()
        for table in tables():
            parts[table.name] = _write_table(connection, table, target / f"{table.name}.jsonl", progress)
        files = _copy_files(settings, target)
        copied = {kind: set(names) for kind, names in files.items()}
        lost = [(kind, name) for kind, name in named(session) if name not in copied[kind]]
    manifest = Manifest(FORMAT, at, newest() or "-", parts, files)
    (target / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
    return Backup(target, lost)


def _copy_files(settings: Settings, target: Path) -> dict[str, list[str]]:
    """Copy the stored files; returns their names by kind."""
    return {kind: list(_copied(Store(settings.files_dir, kind), store_of(target, kind))) for kind in FILES}


def _copied(source: Store, target: Store) -> Iterator[str]:
    for name in source.names():
        with source.open(name) as file:
            yield target.put(file)


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
