"""A backup restores into either database, or leaves it as it is."""

import shutil
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from assets_service.imports.uploads import UPLOADS
from assets_service.kernel.db import Database, Record
from assets_service.kernel.store import Store
from assets_service.labelling.commands.runs import LABEL_FILES
from assets_service.ledger.commands import record
from assets_service.ledger.models import Entry
from assets_service.ledger.queries import head, verify
from assets_service.people.events import PersonReactivated
from assets_service.photos.reading import PHOTOS, Picture
from assets_service.settings import Settings
from assets_service.upkeep.archive import MANIFEST, BackupError
from assets_service.upkeep.backup import back_up
from assets_service.upkeep.doctor import findings
from assets_service.upkeep.restore import restore
from assets_service.upkeep.sweep import sweep
from migrations import load_models, upgrade
from tests import build
from tests.inspections.build_inspections import a_photo

PHOTO = b"a photo"
PHOTO_NAME = sha256(PHOTO).hexdigest()


def quiet(_table: str, _rows: int) -> None:
    pass


@pytest.fixture
def kept(db: Database, settings: Settings, tmp_path: Path) -> Path:
    """A backup of a small world, with one stored file."""
    with db.writing() as session:
        build.roster(session)
        ana = build.a_person(session, "Ana", at="81.02")
        build.a_device(session)
        assert ana.id
    Store(settings.files_dir, PHOTOS).put(PHOTO)
    Store(settings.files_dir, LABEL_FILES).put(b"sheets that can be drawn again")
    made = back_up(db, settings, tmp_path / "backups", progress=quiet)
    assert made.lost == []
    return made.folder


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[tuple[Database, Settings]]:
    """Another installation, on SQLite, with nothing in it."""
    url = f"sqlite:///{tmp_path / 'other.db'}"
    upgrade(url)
    other = Database(url)
    yield other, Settings(data_dir=tmp_path / "other", database_url=url, secret_key="another key for the tests, 2026")
    other.close()


def rows_of(db: Database) -> dict[str, list[tuple[object, ...]]]:
    load_models()
    with db.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))]
            for table in Record.metadata.sorted_tables
        }


def test_what_was_backed_up_is_what_is_restored(db: Database, kept: Path, empty: tuple[Database, Settings]) -> None:
    other, settings = empty
    restore(other, settings, kept, progress=quiet)
    assert rows_of(other) == rows_of(db)
    assert Store(settings.files_dir, PHOTOS).read(PHOTO_NAME) == PHOTO
    [file] = [path for path in settings.files_dir.rglob("*") if path.is_file()]
    assert (file.name, stat.S_IMODE(file.stat().st_mode)) == (PHOTO_NAME, 0o600)
    with other.reading() as session:
        assert verify(session).broken is None


def test_the_restored_database_goes_on_where_the_other_stopped(kept: Path, database_kind: str, tmp_path: Path) -> None:
    assert database_kind
    url = f"sqlite:///{tmp_path / 'on.db'}"
    upgrade(url)
    other = Database(url)
    settings = Settings(data_dir=tmp_path / "on", database_url=url, secret_key="another key for the tests, 2026")
    restore(other, settings, kept, progress=quiet)
    with other.writing() as session:
        before = head(session).seq
        build.a_device(session)
        assert head(session).seq == before + 1
    other.close()


def test_a_backup_only_fills_an_empty_database(db: Database, settings: Settings, kept: Path) -> None:
    before = rows_of(db)
    with pytest.raises(BackupError, match="not empty"):
        restore(db, settings, kept, progress=quiet)
    assert rows_of(db) == before


def cut_a_table(kept: Path) -> None:
    file = kept / "devices.jsonl"
    file.write_bytes(file.read_bytes()[:-20])


def lose_a_table(kept: Path) -> None:
    (kept / "entries.jsonl").unlink()


def lose_the_manifest(kept: Path) -> None:
    (kept / MANIFEST).unlink()


def break_the_manifest(kept: Path) -> None:
    (kept / MANIFEST).write_text("{")


def be_of_another_schema(kept: Path) -> None:
    file = kept / MANIFEST
    file.write_text(file.read_text().replace('"revision": "', '"revision": "0'))


def lead_out_of_the_backup(kept: Path) -> None:
    file = kept / MANIFEST
    file.write_text(file.read_text().replace(PHOTO_NAME, "../../../escaped"))
    (kept.parent.parent / "escaped").write_bytes(PHOTO)


def hold_files_of_another_kind(kept: Path) -> None:
    file = kept / MANIFEST
    file.write_text(file.read_text().replace('"photos"', '"../photos"'))


def change_a_photo(kept: Path) -> None:
    [photo] = kept.rglob(PHOTO_NAME)
    photo.write_bytes(b"another")


def lose_a_photo(kept: Path) -> None:
    shutil.rmtree(kept / "files")


@pytest.mark.parametrize(
    "damage",
    [
        cut_a_table,
        lose_a_table,
        lose_the_manifest,
        break_the_manifest,
        be_of_another_schema,
        lead_out_of_the_backup,
        hold_files_of_another_kind,
        change_a_photo,
        lose_a_photo,
    ],
)
def test_a_damaged_backup_leaves_the_database_as_it_is(
    damage: Callable[[Path], None], kept: Path, empty: tuple[Database, Settings]
) -> None:
    other, settings = empty
    before = rows_of(other)
    damage(kept)
    with pytest.raises(BackupError):
        restore(other, settings, kept, progress=quiet)
    assert rows_of(other) == before
    assert not settings.data_dir.exists()


def test_a_backup_whose_ledger_was_changed_is_refused(kept: Path, empty: tuple[Database, Settings]) -> None:
    other, settings = empty
    entries = kept / "entries.jsonl"
    honest = entries.read_bytes()
    changed = honest.replace(b"Galaxy A15", b"Galaxy A51")
    entries.write_bytes(changed)
    manifest = kept / MANIFEST
    manifest.write_text(manifest.read_text().replace(sha256(honest).hexdigest(), sha256(changed).hexdigest()))
    with pytest.raises(BackupError, match="its content was changed"):
        restore(other, settings, kept, progress=quiet)
    with other.reading() as session:
        assert session.scalars(select(Entry)).first() is None


def test_sweeping_never_touches_the_ledger(db: Database, settings: Settings) -> None:
    files = Store(settings.files_dir, PHOTOS)
    Store(settings.files_dir, LABEL_FILES).put(b"sheets nobody fetched")
    Store(settings.files_dir, UPLOADS).put(b"a table nobody said yes to")
    with db.writing() as session:
        build.roster(session)
        person = build.a_person(session)
        build.a_token(session, person)
        picture = Picture(files.put(b"a photo whose check never came"), width=1, height=1, bytes=30)
        a_photo(session, picture, build.system())
        before = head(session)
    swept = sweep(db, settings, at=datetime(2099, 1, 1, tzinfo=UTC))
    assert swept["ended sessions"] == 1
    assert swept["photos without a check"] == 1
    assert (swept["files of labels"], swept["uploads"]) == (1, 1)
    assert not [path for path in settings.files_dir.rglob("*") if path.is_file()]
    with db.reading() as session:
        assert head(session) == before


def test_the_doctor_finds_a_sound_installation_sound(db: Database, settings: Settings) -> None:
    settings.data_dir.mkdir()
    with db.writing() as session:
        build.roster(session)
    found = {finding.what: finding.is_well for finding in findings(db, settings)}
    assert found["schema"] is True
    assert found["ledger"] is True
    assert found["labels"] is True
    if db.is_sqlite:
        assert (found["journal"], found["file"]) == (True, True)


def test_the_doctor_names_what_is_wrong_with_the_ledger(db: Database, settings: Settings) -> None:
    settings.data_dir.mkdir()
    with db.writing() as session:
        build.roster(session)
        build.a_device(session)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE chains SET seq = seq + 1, hash = prev FROM (SELECT 'x' AS prev) AS lie")
    found = {finding.what: finding for finding in findings(db, settings)}
    assert found["ledger"].is_well is False
    assert "cut off" in found["ledger"].said


def test_the_doctor_warns_of_a_clock_behind_the_newest_entry(db: Database, settings: Settings) -> None:
    settings.data_dir.mkdir()
    with db.writing() as session:
        build.roster(session)
    assert {finding.what: finding.is_well for finding in findings(db, settings)}["clock"] is True
    with db.writing() as session:
        record(
            session,
            PersonReactivated(person=1),
            subject="person/1",
            stamp=build.system(datetime(2099, 1, 1, tzinfo=UTC)),
        )
    found = {finding.what: finding for finding in findings(db, settings)}
    assert found["clock"].is_well is False
    assert "2099-01-01" in found["clock"].said


def test_the_doctor_tries_a_write_and_counts_connections(db: Database, settings: Settings) -> None:
    settings.data_dir.mkdir()
    found = {finding.what: finding for finding in findings(db, settings)}
    assert found["writing"].is_well is True
    if db.is_sqlite:
        assert db.workers_max() == 1
    else:
        assert found["connections"].is_well is True
        assert f"room for {db.workers_max()} worker processes" in found["connections"].said
    with db.writing() as session:
        if db.is_sqlite:
            session.connection().exec_driver_sql("PRAGMA query_only=ON")
        else:
            name = db.url.database
            session.connection().exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    if not db.is_sqlite:
        db.engine.dispose()
    try:
        found = {finding.what: finding for finding in findings(db, settings)}
        assert found["writing"].is_well is False
        assert "read" in found["writing"].said
    finally:
        if not db.is_sqlite:
            with db.engine.connect() as connection:
                connection.exec_driver_sql("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE")
                connection.commit()
                connection.exec_driver_sql(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
                connection.commit()
