"""What a backup takes along, and what it does not: no sign-ins; no loss in silence; nothing odd is let in."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.app import create_app
from assets_service.kernel.db import Database
from assets_service.kernel.store import Store
from assets_service.people import queries as people
from assets_service.photos.reading import PHOTOS, Picture
from assets_service.settings import Settings
from assets_service.signing_in.commands import count_try
from assets_service.upkeep.archive import FILES, MANIFEST, BackupError
from assets_service.upkeep.backup import back_up
from assets_service.upkeep.doctor import findings
from assets_service.upkeep.restore import restore
from assets_service.upkeep.stored import NAMED, damaged
from migrations import upgrade
from tests import build
from tests.cli.conftest import running
from tests.inspections.build_inspections import a_photo

Api = TestClient[Litestar]
PHOTOS_KEPT = (b"the first photo", b"the second photo")
ANOTHER_KEY = "another installation's key, made in 2026"


def quiet(_table: str, _rows: int) -> None:
    pass


@pytest.fixture
def token(db: Database, settings: Settings) -> str:
    """Of a person of a small world with two photos, who is signed in."""
    store = Store(settings.files_dir, PHOTOS)
    with db.writing() as session:
        build.roster(session)
        for content in PHOTOS_KEPT:
            a_photo(session, Picture(store.put(content), width=1, height=1, bytes=len(content)), build.system())
        count_try(session, "sign-in:somebody", at=build.NOON)
        return build.a_token(session, build.a_person(session, role=Role.ADMIN))


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[tuple[Database, Settings]]:
    """Another installation, on SQLite, with nothing in it and a key of its own."""
    url = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    upgrade(url)
    other = Database(url)
    yield other, Settings(data_dir=tmp_path / "elsewhere", database_url=url, secret_key=ANOTHER_KEY)
    other.close()


def test_sign_ins_do_not_travel(
    client: Api, db: Database, settings: Settings, token: str, elsewhere: tuple[Database, Settings], tmp_path: Path
) -> None:
    assert client.get("/api/v1/me", headers=build.bearer(token)).status_code == 200
    made = back_up(db, settings, tmp_path / "backups", progress=quiet)
    assert not {"sign_ins.jsonl", "throttles.jsonl"} & {path.name for path in made.folder.iterdir()}
    other, its_settings = elsewhere
    restore(other, its_settings, made.folder, progress=quiet)
    with TestClient(create_app(its_settings, db=other, clock=lambda: build.NOON + timedelta(hours=1))) as there:
        assert there.get("/api/v1/me", headers=build.bearer(token)).status_code == 401


def test_an_act_that_was_acknowledged_is_a_replay_in_the_restored_place(
    client: Api, db: Database, settings: Settings, token: str, elsewhere: tuple[Database, Settings], tmp_path: Path
) -> None:
    """Its sender may not have heard the answer; the place it asks again has another secret key."""
    body = build.device_facts() | {"kind": "smartphone"}
    key = {"Idempotency-Key": "0b7c1de2-58b7-4c3f-9d39-8f0d2b1a7c55"}
    first = client.post("/api/v1/devices", json=body, headers=build.bearer(token) | key)
    assert first.status_code == 201
    made = back_up(db, settings, tmp_path / "backups", progress=quiet)
    other, its_settings = elsewhere
    restore(other, its_settings, made.folder, progress=quiet)
    with other.writing() as session:
        person = people.by_username(session, client.get("/api/v1/me", headers=build.bearer(token)).json()["username"])
        assert person
        renewed = build.a_token(session, person)
    with TestClient(create_app(its_settings, db=other, clock=lambda: build.NOON + timedelta(hours=1))) as there:
        again = there.post("/api/v1/devices", json=body, headers=build.bearer(renewed) | key)
        assert (again.status_code, again.headers.get("idempotency-replayed")) == (201, "true"), again.text
        assert again.json()["code"] == first.json()["code"]
        assert there.get("/api/v1/devices", headers=build.bearer(renewed)).json()["total"] == 1


def test_every_kind_of_file_that_a_backup_holds_is_held_against_rows() -> None:
    assert set(NAMED) == set(FILES)


def lose(settings: Settings, content: bytes) -> str:
    name = sha256(content).hexdigest()
    [path] = settings.files_dir.rglob(name)
    path.unlink()
    return name


def spoil(settings: Settings, content: bytes) -> str:
    name = sha256(content).hexdigest()
    [path] = settings.files_dir.rglob(name)
    path.write_bytes(b"something else")
    return name


@pytest.mark.parametrize("harm", [lose, spoil])
@pytest.mark.usefixtures("token")
def test_a_backup_without_a_photo_says_which_and_so_does_its_restore(
    harm: Callable[[Settings, bytes], str],
    db: Database,
    settings: Settings,
    elsewhere: tuple[Database, Settings],
    tmp_path: Path,
) -> None:
    """As on a machine beside the one that has the photos."""
    name = harm(settings, PHOTOS_KEPT[0])
    made = back_up(db, settings, tmp_path / "backups", progress=quiet)
    assert made.lost == [(PHOTOS, name)]
    other, its_settings = elsewhere
    assert restore(other, its_settings, made.folder, progress=quiet) == [(PHOTOS, name)]
    assert Store(its_settings.files_dir, PHOTOS).read(sha256(PHOTOS_KEPT[1]).hexdigest()) == PHOTOS_KEPT[1]
    with db.reading() as session:
        assert list(damaged(session, settings)) == [(PHOTOS, name)]


@pytest.mark.usefixtures("token")
def test_the_command_that_backs_up_too_little_exits_1(db: Database, settings: Settings, tmp_path: Path) -> None:
    name = lose(settings, PHOTOS_KEPT[0])
    db.close()
    cli = running(
        ASSETS_DATABASE_URL=settings.database_url,
        ASSETS_DATA_DIR=settings.data_dir,
        ASSETS_SECRET_KEY=settings.secret_key,
    )
    done = cli("backup", tmp_path / "backups")
    assert done.exit_code == 1
    assert f"Missing in the backup: photos {name}" in done.stderr
    assert done.stdout.startswith("Backed up to ")
    assert "BAD  files: 1 that rows name are not here" in cli("doctor").stdout


@pytest.mark.usefixtures("token")
def test_the_doctor_misses_a_deleted_photo(db: Database, settings: Settings) -> None:
    def files() -> bool | None:
        return next(one.is_well for one in findings(db, settings) if one.what == "files")

    assert files() is True
    lose(settings, PHOTOS_KEPT[1])
    assert files() is False


ODD_ROWS: dict[str, Callable[[dict[str, Any]], object]] = {
    "an unknown column": lambda row: row | {"is_root": True},
    "a column that is missing": lambda row: {name: value for name, value in row.items() if name != "code"},
    "no row": lambda _: 7,
    "a list": lambda row: list(row.values()),
    "nothing where something must be": lambda row: row | {"name": None},
    "a word for a number": lambda row: row | {"id": "one"},
    "a number that is too large": lambda row: row | {"id": 2**70},
    "an unknown level": lambda row: row | {"level": "galaxy"},
    "a time that is none": lambda row: row | {"added_at": "yesterday"},
    "a time without a zone": lambda row: row | {"added_at": "2026-01-01T00:00:00"},
}


@pytest.mark.parametrize("odd", ODD_ROWS)
@pytest.mark.usefixtures("token")
def test_odd_rows_are_refused_in_one_line(
    odd: str, db: Database, settings: Settings, elsewhere: tuple[Database, Settings], tmp_path: Path
) -> None:
    folder = back_up(db, settings, tmp_path / "backups", progress=quiet).folder
    offices = folder / "offices.jsonl"
    rows = [json.loads(line) for line in offices.read_bytes().splitlines()]
    changed = "".join(json.dumps(row) + "\n" for row in [ODD_ROWS[odd](rows[0]), *rows[1:]]).encode()
    replace(folder, offices, changed)
    other, its_settings = elsewhere
    with pytest.raises(BackupError, match=r"offices\.jsonl holds rows that do not fit"):
        restore(other, its_settings, folder, progress=quiet)
    assert not its_settings.data_dir.exists()


def replace(folder: Path, file: Path, content: bytes) -> None:
    """Change a table and its hash in the manifest: what somebody can do who has the backup."""
    manifest = folder / MANIFEST
    before = sha256(file.read_bytes()).hexdigest()
    manifest.write_text(manifest.read_text().replace(before, sha256(content).hexdigest()))
    file.write_bytes(content)
