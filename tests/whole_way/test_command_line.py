"""The whole way by the command line: a file in, labels out, an inventory out, every proof checked."""

import csv
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assets_service.kernel.db import Database
from tests import build

Cli = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def cli(database_url: str, tmp_path: Path) -> Cli:
    """Runs `assets-service …` as a process of its own on the test's database."""
    environ = os.environ | {
        "ASSETS_DATABASE_URL": database_url,
        "ASSETS_DATA_DIR": str(tmp_path / "data"),
        "ASSETS_BASE_URL": "https://aset.example.go.id",
    }

    def run(*words: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from assets_service.cli import main; main()", *map(str, words)]
        return subprocess.run(
            command, env=environ, input=stdin, capture_output=True, text=True, check=False, timeout=120
        )

    return run


def a_device_file(path: Path, *, imei: str) -> Path:
    with path.open("w", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(["Jenis", "Merk", "Tipe", "Nomor Seri", "IMEI 1", "Kode Kantor"])
        rows.writerow(["Tablet", "Samsung", "Galaxy Tab A9+", "R9TX1", "", "00"])
        rows.writerow(["Ponsel Pintar", "Samsung", "Galaxy A15", "R5CX1", imei, "00"])
    return path


def test_devices_go_the_whole_way_by_the_command_line(cli: Cli, db: Database, tmp_path: Path) -> None:
    with db.writing() as session:
        build.roster(session)
    db.close()
    added = cli(
        "person",
        "add",
        "dedi",
        "--name",
        "Dedi",
        "--role",
        "logistics",
        "--office",
        "00",
        "--password-stdin",
        stdin="sangat rahasia 2026\n",
    )
    assert (added.returncode, added.stdout) == (0, "dedi is logistics at Bawaslu Republik Indonesia.\n")

    wrong = cli("import", a_device_file(tmp_path / "wrong.csv", imei="3.56E+14"), "--as", "dedi")
    assert wrong.returncode == 1
    assert "row 3" in wrong.stderr
    assert "0 registered" in wrong.stdout

    (tmp_path / "long.csv").write_text("Jenis;Merk;Tipe;Nomor Seri;Kode Kantor\n" + "Kulkas;A;B;C;00\n" * 1100)
    long = cli("import", tmp_path / "long.csv", "--dry-run")
    told = long.stderr.splitlines()
    assert (long.returncode, len([line for line in told if line.startswith("row ")])) == (1, 1000)
    assert "… and 1199 more." in told  # each kind, and each serial but the first

    file = a_device_file(tmp_path / "devices.csv", imei=build.an_imei())
    tried = cli("import", file, "--dry-run", "--as", "dedi")
    assert (tried.returncode, tried.stdout.splitlines()[-1]) == (0, "2 rows, 0 registered.")
    done = cli("import", file, "--as", "dedi")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "2 rows, 2 registered."), done.stderr

    labels = tmp_path / "labels.pdf"
    drawn = cli("labels", labels, "--office", "00", "--stock", "l7160")
    assert (drawn.returncode, drawn.stdout.splitlines()[-1]) == (0, f"2 labels in {labels}. Print at 100 %."), (
        drawn.stderr
    )
    assert labels.read_bytes().startswith(b"%PDF")
    assert cli("labels", labels, "--stock", "l7160").returncode == 2

    for form in ("csv", "xlsx", "jsonl", "pdf"):
        inventory = tmp_path / f"inventory.{form}"
        written = cli("export", "inventory", inventory)
        said = f"2 devices in {inventory}; what proves them is in {inventory.name}.proofs."
        assert (written.returncode, written.stdout.splitlines()[-1]) == (0, said), written.stderr
        if form != "pdf":
            assert cli("verify", inventory).returncode == 0, form
    empty = tmp_path / "before.csv"
    assert "0 devices" in cli("export", "inventory", empty, "--as-of", "2020-01-01").stdout

    proven = cli("verify")
    assert proven.returncode == 0
    assert "hold" in proven.stdout


def test_a_changed_entry_is_named_and_the_exit_status_says_so(cli: Cli, db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
        code = build.a_device(session).code
    with db.engine.begin() as connection:
        forget_the_triggers(db, connection)
        connection.exec_driver_sql(f"UPDATE entries SET body = '{{}}' WHERE subject = '{code}'")
    db.close()
    found = cli("verify")
    assert found.returncode == 1
    assert f"BROKEN at {code}, entry 1: its content was changed." in found.stderr


def forget_the_triggers(db: Database, connection: object) -> None:
    """What somebody with the database's own password could do."""
    run = connection.exec_driver_sql  # type: ignore[attr-defined]
    if db.is_sqlite:
        run("DROP TRIGGER entries_refuse_update")
    else:
        run("SET LOCAL session_replication_role = replica")


def test_a_wrong_setting_stops_the_start_with_one_line() -> None:
    command = [sys.executable, "-c", "from assets_service.cli import main; main()", "doctor"]
    environ = os.environ | {"ASSETS_BASE_URL": "ftp://example"}
    refused = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == ["Error: ASSETS_BASE_URL: 'ftp://example' is no http or https address."]


def test_a_server_beyond_this_machine_refuses_demonstration_persons(cli: Cli, db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
        demo = build.a_person(session, "Demo")
        demo.is_demo = True
        build.a_password(session, demo, "demonstration 2026")
    db.close()
    refused = cli("serve", "--host", "0.0.0.0")
    assert refused.returncode == 1
    assert "Demonstration persons can sign in" in refused.stderr
