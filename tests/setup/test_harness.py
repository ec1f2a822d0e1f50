"""What all other tests rely on: an empty database each, and no way off this machine."""

import os
import signal
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from assets_service.kernel.db import Database
from assets_service.ledger.models import Entry
from assets_service.offices.models import Office
from tests import runs
from tests.build import a_device, roster


@pytest.mark.parametrize("time", ["first", "second"])
def test_every_test_starts_with_an_empty_database(session: Session, time: str) -> None:
    assert session.scalar(select(func.count()).select_from(Entry)) == 0, time
    roster(session)
    assert a_device(session).id == 1
    assert session.scalar(select(func.min(Office.id))) == 1


def test_both_databases_are_the_real_ones(db: Database, database_kind: str) -> None:
    asked = "SELECT sqlite_version()" if database_kind == "sqlite" else "SHOW server_version"
    with db.reading() as session:
        assert str(session.scalar(text(asked)))[0].isdigit()
    assert db.is_sqlite == (database_kind == "sqlite")


@pytest.mark.parametrize("host", ["192.0.2.1", "aset.example.go.id"])
def test_no_test_leaves_this_machine(host: str) -> None:
    with pytest.raises(RuntimeError, match=host):
        socket.create_connection((host, 80), timeout=0.1)


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass


@pytest.mark.parametrize("server", ["never started", "running still", "killed with its run"])
def test_a_run_begins_whatever_a_killed_run_left_behind(short_folder: Path, server: str) -> None:
    killed = runs.begin(short_folder)
    if server != "never started":
        killed.server.start()
        (killed.folder / "template.pg").touch()
    if server == "killed with its run":
        os.kill(int((killed.folder / "pg/data/postmaster.pid").read_text().split()[0]), signal.SIGKILL)  # dies soon
    killed.let_go()

    begun = runs.begin(short_folder)

    assert list(short_folder.iterdir()) == [begun.folder]
    assert not killed.server.answers()
    begun.end()


def test_a_run_leaves_another_that_still_runs_alone(short_folder: Path) -> None:
    first, second = runs.begin(short_folder), runs.begin(short_folder)
    assert set(short_folder.iterdir()) == {first.folder, second.folder}
    first.end()
    second.end()
    assert not list(short_folder.iterdir())


@pytest.fixture
def short_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A socket's path has 107 characters at most."""
    monkeypatch.delenv("TEST_POSTGRES_URL", raising=False)  # only a server of our own can be left behind
    with tempfile.TemporaryDirectory(prefix="runs-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)
