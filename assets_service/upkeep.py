"""What keeps an installation well: sweeping, backing up, restoring, and the doctor's findings."""

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct
from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from assets_service.inspections import commands as inspections
from assets_service.kernel import backup
from assets_service.kernel.backup import BackupError, Progress
from assets_service.kernel.db import Database
from assets_service.kernel.files import Files
from assets_service.ledger import queries as ledger
from assets_service.ledger.models import Action
from assets_service.people import queries as people
from assets_service.people.models import SignIn, Throttle
from assets_service.settings import Settings
from migrations import is_current, load_models, newest

ACTIONS_KEPT = timedelta(days=400)
SIGN_INS_KEPT = timedelta(days=90)  # after their end: who was signed in when, for a while
THROTTLES_KEPT = timedelta(days=1)
DISK_MIN_BYTES = 500_000_000
SQLITE_SAFE = (3, 51, 3)  # before it, a checkpoint beside a commit can corrupt a WAL database


def files_dir(settings: Settings) -> Path:
    return settings.data_dir / "files"


def sweep(db: Database, *, at: datetime, files: Files) -> dict[str, int]:
    """Remove what is only kept for a time: answered actions, ended sessions, counts, waiting photos. Never the ledger."""
    with db.writing() as session:
        swept = {
            "answered actions": delete(Action).where(Action.created_at < at - ACTIONS_KEPT),
            "ended sessions": delete(SignIn).where(SignIn.expires_at < at - SIGN_INS_KEPT),
            "counts of tries": delete(Throttle).where(Throttle.since < at - THROTTLES_KEPT),
        }
        counts = {what: session.execute(rows).rowcount for what, rows in swept.items()}  # type: ignore[attr-defined]  # a DELETE gives a CursorResult
        photos = inspections.sweep_photos(session, at=at)
    waited_since = (at - inspections.WAITING_MAX).timestamp()
    gone = [name for name in photos if files.discard(name, untouched_since=waited_since)]
    return counts | {"photos without a check": len(gone)}


def back_up(db: Database, settings: Settings, folder: Path, *, progress: Progress) -> Path:
    """A new folder below `folder`, restorable into either database. Raises `BackupError`."""
    load_models()  # a table nobody imported would be left out
    now = datetime.now(UTC)
    return backup.backup(db, folder, files=files_dir(settings), revision=newest() or "-", at=now, progress=progress)


def restore(db: Database, settings: Settings, folder: Path, *, progress: Progress) -> None:
    """Into an empty database, and only if every hash chain holds. Raises `BackupError`."""
    load_models()
    backup.restore(
        db, folder, files=files_dir(settings), revision=newest() or "-", progress=progress, judge=_must_verify
    )


def _must_verify(session: Session) -> None:
    broken = ledger.verify(session).broken
    if broken:
        raise BackupError(
            f"The backup's ledger does not hold: {broken.subject} entry {broken.subject_seq}: {broken.why}."
        )


class Finding(Struct):
    """One thing the doctor looked at; `is_well` none: worth knowing, neither good nor bad."""

    what: str
    is_well: bool | None
    said: str


def findings(db: Database, settings: Settings) -> Iterator[Finding]:
    """Look at everything that has to be right for this installation to be trusted."""
    yield _schema(db)
    if db.is_sqlite:
        yield from _sqlite(db)
    else:
        yield _postgres(db)
    yield Finding("labels", None if settings.is_local else True, _base_url(settings))
    free = shutil.disk_usage(settings.data_dir).free
    yield Finding("disk", free > DISK_MIN_BYTES, f"{free / 1e9:.1f} GB free in {settings.data_dir}")
    key = settings.data_dir / "secret_key"
    if key.exists():
        mode = key.stat().st_mode & 0o777
        yield Finding("secret key", mode & 0o077 == 0, f"kept with mode {mode:o}")
    with db.reading() as session:
        demo = people.demo_can_sign_in(session)
        yield Finding(
            "demonstration persons",
            None if demo else True,
            "can sign in: this is no real installation" if demo else "none",
        )
        checked = ledger.verify(session)
    said = f"{checked.entries} entries, {checked.subjects} chains"
    if checked.broken:
        said = f"{checked.broken.subject} entry {checked.broken.subject_seq}: {checked.broken.why}"
    yield Finding("ledger", checked.broken is None, said)


def _schema(db: Database) -> Finding:
    current = is_current(db.engine)
    return Finding("schema", current, "up to date" if current else "not up to date: run assets-service migrate")


def _sqlite(db: Database) -> Iterator[Finding]:
    version = tuple(int(part) for part in sqlite3.sqlite_version.split("."))
    note = "" if version >= SQLITE_SAFE else "; before 3.51.3, so only the one writer checkpoints"
    yield Finding("SQLite", None if note else True, f"{sqlite3.sqlite_version}{note}")
    with db.engine.connect() as connection:
        mode = connection.execute(text("PRAGMA journal_mode")).scalar_one()
        sync = connection.execute(text("PRAGMA synchronous")).scalar_one()
        whole = connection.execute(text("PRAGMA quick_check")).scalar_one()
    yield Finding("journal", mode == "wal" and sync == 2, f"{mode}, synchronous {sync}")  # noqa: PLR2004 - 2 is FULL
    yield Finding("file", whole == "ok", str(whole))


def _postgres(db: Database) -> Finding:
    with db.engine.connect() as connection:
        version = connection.execute(text("SHOW server_version")).scalar_one()
        durable = connection.execute(text("SHOW fsync")).scalar_one()
    return Finding("PostgreSQL", durable == "on", f"{version}, fsync {durable}")


def _base_url(settings: Settings) -> str:
    if settings.is_local:
        return f"{settings.base_url} is this machine only: set ASSETS_BASE_URL before printing labels"
    return f"lead to {settings.base_url}"
