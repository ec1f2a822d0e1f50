"""What a command makes is its owner's alone, whatever the shell's umask; what root makes belongs to whom the data belongs."""

import os
import stat
from pathlib import Path

import pytest

from assets_service.kernel.store import Store
from tests.cli.conftest import Cli, running

NOBODY = 65534


def open_to_others(folder: Path) -> list[str]:
    return [
        f"{path.relative_to(folder.parent)} {stat.S_IMODE(path.lstat().st_mode):o}"
        for path in [folder, *folder.rglob("*")]
        if path.lstat().st_mode & 0o077
    ]


def test_nothing_that_a_command_makes_can_be_read_by_others(new: Cli, data: Path, tmp_path: Path) -> None:
    assert new("migrate", "--new", umask=0).exit_code == 0
    backups, inventory = tmp_path / "backups", tmp_path / "inventory.csv"
    assert new("backup", backups, umask=0).exit_code == 0
    assert new("export", "inventory", inventory, umask=0).exit_code == 0
    assert {"assets.db", "assets.db-queue", "secret_key"} <= {path.name for path in data.iterdir()}
    assert open_to_others(data) + open_to_others(backups) + open_to_others(inventory) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files that others cannot have")
def test_what_root_makes_in_the_services_folder_is_the_services(new: Cli, data: Path) -> None:
    data.mkdir(mode=0o700)
    os.chown(data, NOBODY, NOBODY)
    for words in (("migrate", "--new"), ("sweep",), ("verify",)):
        assert new(*words).exit_code == 0
        assert {(path.stat().st_uid, path.stat().st_gid) for path in data.rglob("*")} == {(NOBODY, NOBODY)}, words


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files that others cannot have")
def test_root_gives_nothing_away_that_is_elsewhere(new: Cli, data: Path, tmp_path: Path) -> None:
    """A link that the service's owner has laid there leads root nowhere."""
    data.mkdir(mode=0o700)
    os.chown(data, NOBODY, NOBODY)
    secret = tmp_path / "secret"
    secret.touch()
    (data / "link").symlink_to(secret)
    (data / "same").hardlink_to(secret)
    assert new("migrate", "--new").exit_code == 0
    assert secret.stat().st_uid == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can take another's data")
@pytest.mark.parametrize("word", ["serve", "work"])
def test_root_does_not_stay_with_what_belongs_to_another(new: Cli, data: Path, word: str) -> None:
    data.mkdir(mode=0o700)
    os.chown(data, NOBODY, NOBODY)
    assert new("migrate", "--new").exit_code == 0
    refused = new(word)
    assert refused.exit_code == 1
    assert refused.stderr == f"Error: {data} belongs to nobody: run this as that user, not as root.\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files that others cannot have")
def test_what_root_makes_in_a_shared_store_belongs_to_whom_the_store_belongs(tmp_path: Path, data: Path) -> None:
    store, photo = tmp_path / "store", b"a photo"
    for folder, owner in ((data, 0), (store, NOBODY)):
        folder.mkdir(mode=0o700)
        os.chown(folder, owner, owner)
    cli = running(ASSETS_DATA_DIR=data, ASSETS_STORE_DIR=store)
    Store(store, "photos").put(photo)
    assert cli("migrate", "--new").exit_code == 0
    assert {path.stat().st_uid for path in store.rglob("*")} == {NOBODY}
    assert {path.stat().st_uid for path in data.rglob("*")} == {0}
