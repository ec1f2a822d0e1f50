"""What all other tests rely on: an empty database each, and no way off this machine."""

import socket

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from assets_service.kernel.db import Database
from assets_service.ledger.models import Entry
from assets_service.offices.models import Office
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
