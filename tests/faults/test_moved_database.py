"""A SQLite file that is moved away or replaced under a running server: noticed, and nothing is written where it is lost."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import structlog
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests import build
from tests.replay.world import caller, head_of

Api = TestClient[Litestar]


def move_away(file: Path) -> None:
    file.rename(file.with_suffix(".old"))


def replace(file: Path) -> None:
    copy = shutil.copy(file, file.with_suffix(".new"))
    move_away(file)
    Path(copy).rename(file)


@pytest.mark.parametrize("harm", [move_away, replace])
def test_a_file_that_is_not_the_one_that_was_opened_takes_no_writes(
    client: Api, db: Database, harm: Callable[[Path], None]
) -> None:
    if not db.is_sqlite:
        pytest.skip("PostgreSQL looks after its own files")
    file = Path(str(db.url.database))
    with db.writing() as session:
        build.roster(session)
    admin = caller(db, Role.ADMIN, "00")
    before = head_of(db)
    body: Any = build.device_facts() | {"kind": "smartphone"}
    harm(file)
    with structlog.testing.capture_logs() as events:
        assert client.post("/api/v1/devices", json=body, headers=admin).status_code == 503
        assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 200
    assert any(one.get("fault") == "away" for one in events)
    with pytest.raises(sqlite3.OperationalError, match="moved away"):
        db.engine.pool.recreate().connect()
    assert file.exists() == (harm is replace)
    file.with_suffix(".old").rename(file)  # put back, it is the one that was opened
    assert client.get("/health/ready").status_code == 200
    assert head_of(db) == before
    assert client.post("/api/v1/devices", json=body, headers=admin).status_code == 201
