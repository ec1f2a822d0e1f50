"""Whatever is wrong with the database is said in one line, with exit status 1; never a traceback."""

import os
import sys
from pathlib import Path

import pytest
from click.testing import Result

from assets_service.kernel.db import Database
from tests import build
from tests.cli.conftest import Cli, running

DATABASE_COMMANDS = [("migrate",), ("serve",), ("verify",), ("sweep",), ("backup", "there"), ("demo",)]


def said_in_one_line(done: Result) -> str:
    assert done.exit_code == 1, done.output
    (line,) = done.stderr.splitlines()
    assert line.startswith("Error: ")
    return line


@pytest.mark.parametrize("words", DATABASE_COMMANDS)
def test_a_server_that_is_away_is_said_without_its_password(data: Path, words: tuple[str, ...]) -> None:
    cli = running(ASSETS_DATABASE_URL="postgresql+psycopg://assets:geheim@127.0.0.1:1/assets", ASSETS_DATA_DIR=data)
    line = said_in_one_line(cli(*words))
    assert "127.0.0.1" in line
    assert "geheim" not in line


@pytest.mark.parametrize("words", DATABASE_COMMANDS)
def test_a_file_that_is_no_database_is_said(new: Cli, data: Path, words: tuple[str, ...]) -> None:
    data.mkdir()
    (data / "assets.db").write_text("no database at all, but long enough to be looked at" * 100)
    assert "file is not a database" in said_in_one_line(new(*words))


def test_a_folder_that_is_missing_is_said(tmp_path: Path, data: Path) -> None:
    cli = running(ASSETS_DATABASE_URL=f"sqlite:///{tmp_path}/gone/assets.db", ASSETS_DATA_DIR=data)
    assert "gone" in said_in_one_line(cli("migrate", "--new"))


def test_a_schema_of_another_version_is_left_alone(cli: Cli, db: Database) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'from_the_future'")
    db.close()
    for words in (("migrate",), ("migrate", "--new"), ("serve",), ("verify",)):
        line = said_in_one_line(cli(*words))
        assert "schema from_the_future" in line, words


def of_an_earlier_build(db: Database) -> None:
    """Before the ledger's format was settled."""
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '20261126'")
    db.close()


@pytest.mark.parametrize("words", [("serve",), ("migrate",), ("migrate", "--new"), ("verify",), ("backup", "x")])
def test_a_database_of_an_earlier_build_is_refused_with_what_to_do(
    cli: Cli, db: Database, words: tuple[str, ...]
) -> None:
    of_an_earlier_build(db)
    line = said_in_one_line(cli(*words))
    assert f"The database at {db.place} was made by an earlier build" in line
    assert line.endswith("and run assets-service migrate --new.")


def test_the_doctor_says_what_to_do_with_a_database_of_an_earlier_build(cli: Cli, db: Database) -> None:
    of_an_earlier_build(db)
    said = cli("doctor")
    assert (said.exit_code, said.stderr) == (1, "")
    (bad,) = (line for line in said.stdout.splitlines() if line.startswith("BAD  schema"))
    assert bad.endswith("and run assets-service migrate --new")


def test_a_backup_does_not_touch_a_database_of_another_version(cli: Cli, db: Database, tmp_path: Path) -> None:
    with db.writing() as session:
        build.roster(session)
    db.close()
    assert cli("backup", tmp_path / "backups").exit_code == 0
    [backup] = (tmp_path / "backups").iterdir()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'from_the_future'")
    db.close()
    assert "schema from_the_future" in said_in_one_line(cli("restore", backup))


def test_a_driver_that_is_not_installed_is_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)  # Python's own word for a module that cannot be imported
    cli = running(ASSETS_DATABASE_URL="postgresql://assets@127.0.0.1/assets", ASSETS_DATA_DIR=data)
    assert "assets-service[postgres]" in said_in_one_line(cli("migrate"))
    assert "BAD  database: " in cli("doctor").stdout


@pytest.mark.parametrize(
    "url", ["postgresql+asyncpg://a@b/c", "postgresql+psycopg2://a@b/c", "sqlite+aiosqlite:///x.db"]
)
def test_a_driver_we_do_not_use_is_refused(data: Path, url: str) -> None:
    assert "ASSETS_DATABASE_URL" in said_in_one_line(running(ASSETS_DATABASE_URL=url, ASSETS_DATA_DIR=data)("migrate"))


# What the doctor says when somebody needs it most.


def test_the_doctor_says_that_there_is_no_database(new: Cli, data: Path) -> None:
    said = new("doctor")
    assert (said.exit_code, said.stderr) == (1, "")
    assert f"BAD  database: there is none at {data}/assets.db" in said.stdout
    assert "ok   disk" in said.stdout
    assert not list(data.glob("assets.db*"))


def test_the_doctor_says_that_its_folder_is_missing(data: Path) -> None:
    """With a key from elsewhere nothing has made it."""
    said = running(ASSETS_DATA_DIR=data, ASSETS_SECRET_KEY="Vf3-qLw8_ZtR5yXo1PbN7cUdKe2GhJmS")("doctor")
    assert (said.exit_code, said.stderr) == (1, "")
    assert f"BAD  disk: {data}: No such file or directory" in said.stdout
    assert not data.exists()


def test_the_doctor_says_that_the_server_is_away(data: Path) -> None:
    cli = running(ASSETS_DATABASE_URL="postgresql://assets:geheim@127.0.0.1:1/assets", ASSETS_DATA_DIR=data)
    said = cli("doctor")
    assert (said.exit_code, said.stderr) == (1, "")
    (bad,) = (line for line in said.stdout.splitlines() if line.startswith("BAD "))
    assert bad.startswith("BAD  database: ")
    assert "geheim" not in said.stdout


def test_the_doctor_names_a_schema_it_does_not_know(cli: Cli, db: Database) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'from_the_future'")
    db.close()
    said = cli("doctor")
    assert (said.exit_code, said.stderr) == (1, "")
    assert "BAD  schema: from_the_future" in said.stdout


def test_the_doctor_survives_damaged_pages(new: Cli, data: Path) -> None:
    assert new("migrate", "--new").exit_code == 0
    file = data / "assets.db"
    db = Database(f"sqlite:///{file}")
    with db.writing() as session:
        build.a_device(session)
    with db.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    size = file.stat().st_size
    with file.open("r+b") as pages:
        for page in range(8, size // 4096, 3):
            pages.seek(page * 4096)
            pages.write(b"\xa5" * 4096)
    said = new("doctor")
    assert (said.exit_code, said.stderr) == (1, "")
    assert "malformed" in said.stdout
    assert all(len(line) < 300 for line in said.stdout.splitlines())


def test_the_doctor_finds_what_quick_check_does_not_look_at(new: Cli, data: Path) -> None:
    """An index that no longer agrees with its table."""
    assert new("migrate", "--new").exit_code == 0
    db = Database(f"sqlite:///{data}/assets.db")
    with db.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA writable_schema=ON")
        connection.exec_driver_sql(
            "UPDATE sqlite_schema SET sql = replace(sql, '(parent_id)', '(level)') WHERE name = 'ix_offices_parent_id'"
        )
    db.close()
    said = new("doctor")
    assert said.exit_code == 1
    assert any(line.startswith("BAD  file: ") for line in said.stdout.splitlines()), said.stdout


def test_the_doctor_says_what_others_can_read(new: Cli, data: Path) -> None:
    assert new("migrate", "--new").exit_code == 0
    assert "ok   private: " in new("doctor").stdout
    (data / "assets.db").chmod(0o644)
    said = new("doctor")
    assert said.exit_code == 1
    assert "BAD  private: others can open assets.db" in said.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files that others cannot have")
def test_the_doctor_says_what_the_service_cannot_open(new: Cli, data: Path) -> None:
    assert new("migrate", "--new").exit_code == 0
    os.chown(data / "secret_key", 65534, 65534)
    said = new("doctor")
    assert said.exit_code == 1
    assert "BAD  owner: secret_key" in said.stdout
