"""A database is made when somebody says so, by one at a time; otherwise its absence is told."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from assets_service.kernel.db import Database
from assets_service.offices.models import Office
from tests.cli.conftest import Cli, environment, running, started


@pytest.mark.parametrize(
    "words", [("migrate",), ("serve",), ("verify",), ("sweep",), ("backup", "there"), ("demo", "--if-empty")]
)
def test_no_command_makes_a_database_unasked(new: Cli, data: Path, words: tuple[str, ...]) -> None:
    """As when the volume it is on was not mounted."""
    refused = new(*words)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert (
        refused.stderr
        == f"Error: There is no database at {data}/assets.db. To make a new one: assets-service migrate --new\n"
    )
    assert not list(data.glob("assets.db*"))


def test_an_empty_server_database_is_filled_only_when_asked(bare_database_url: str, data: Path) -> None:
    cli = running(ASSETS_DATABASE_URL=bare_database_url, ASSETS_DATA_DIR=data)
    assert cli("migrate").exit_code == 1
    made = cli("migrate", "--new")
    assert (made.exit_code, made.stderr) == (0, "")
    assert cli("migrate").exit_code == 0
    assert cli("migrate", "--new").exit_code == 0


def test_three_that_make_it_at_once_make_one(bare_database_url: str, data: Path) -> None:
    environ = environment(ASSETS_DATABASE_URL=bare_database_url, ASSETS_DATA_DIR=data)
    data.mkdir()
    processes = [started("migrate", "--new", environ=environ) for _ in range(3)]
    answers = [(*process.communicate(timeout=120), process.returncode) for process in processes]
    assert answers == [("The database is up to date.\n", "", 0)] * 3
    db = Database(bare_database_url)
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Office)) == 553
    db.close()


def test_a_schema_with_nothing_in_it_gets_its_offices_only_when_asked(cli: Cli) -> None:
    """As a restore leaves it that failed at the last."""
    refused = cli("migrate")
    assert refused.exit_code == 1
    assert refused.stderr == "Error: The database has nothing in it: assets-service migrate --new adds the offices.\n"
    assert cli("migrate", "--new").exit_code == 0
    assert cli("migrate").exit_code == 0


def test_what_is_no_backup_makes_no_database(new: Cli, data: Path, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    refused = new("restore", tmp_path / "backup")
    assert refused.exit_code == 1
    assert refused.stderr == f"Error: {tmp_path}/backup holds no readable manifest.json.\n"
    assert not list(data.glob("assets.db*"))


def test_a_backup_comes_back_on_a_machine_with_nothing(new: Cli, tmp_path: Path) -> None:
    assert new("migrate", "--new").exit_code == 0
    assert new("backup", tmp_path / "backups").exit_code == 0
    [backup] = (tmp_path / "backups").iterdir()
    again = new("restore", backup)
    assert again.stderr == "Error: The database is not empty: a backup only ever fills an empty one.\n"
    elsewhere = running(ASSETS_DATA_DIR=tmp_path / "elsewhere")
    restored = elsewhere("restore", backup)
    assert (restored.exit_code, restored.stdout) == (0, "Restored; every hash chain holds.\n")
    assert elsewhere("verify").exit_code == 0
    assert elsewhere("migrate").exit_code == 0
