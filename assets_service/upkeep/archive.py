"""What a backup is: one JSON-lines file a table, the stored files, and a manifest that names them all.

It belongs to no database: either one can be restored from it.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy import Table

from assets_service.kernel.db import Record
from assets_service.kernel.store import Store
from assets_service.photos.reading import PHOTOS

FORMAT = "assets-backup-1"
MANIFEST = "manifest.json"
FILES = (PHOTOS,)  # the kinds that cannot be made again: label files are drawn anew, uploads last a day
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
    files: dict[str, list[str]]  # kind -> each file's name, the SHA-256 of its bytes


def tables() -> list[Table]:
    """The tables that a backup holds, parents before children: all but those whose rows stay where they are."""
    return [table for table in Record.metadata.sorted_tables if not table.info.get("stays")]


def check(folder: Path, *, revision: str) -> Manifest:
    """Check that every file is there and unchanged. Raises `BackupError` naming the first that is not."""
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
    if set(manifest.tables) != {table.name for table in tables()}:
        raise BackupError("The backup does not hold the tables of this program.")
    expected = {f"{name}.jsonl": part.sha256 for name, part in manifest.tables.items()}
    for name, digest in expected.items():
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()) or path.is_symlink():
            raise BackupError(f"{name} lies outside the backup.")
        if not path.is_file() or digest_of(path) != digest:
            raise BackupError(f"{name} is missing or was changed.")
    for files, name in stored(folder, manifest):
        if not files.is_whole(name):
            raise BackupError(f"The file {name[:80]} of {files.kind} is missing or was changed.")
    return manifest


def stored(folder: Path, manifest: Manifest) -> Iterator[tuple[Store, str]]:
    """Every stored file of the backup. Raises `BackupError` for a kind that no backup holds."""
    for kind, names in manifest.files.items():
        if kind not in FILES:
            raise BackupError(f"The backup holds files of a kind that is not ours ({kind[:80]}).")
        files = store_of(folder, kind)
        yield from ((files, name) for name in names)


def store_of(folder: Path, kind: str) -> Store:
    """The backup's own store: it keeps files as the service does."""
    return Store(folder / "files", kind)


def digest_of(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as source:
        while block := source.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
