"""The world of the matrix, and the way to try a write without keeping it."""

from collections.abc import Generator
from contextlib import contextmanager

import pytest
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.kernel.jobs.worker import Worker
from assets_service.people import commands as people
from assets_service.people import passwords
from assets_service.people.asks import NewGrant
from assets_service.programmes import commands as programmes
from assets_service.programmes.asks import NewProgramme
from assets_service.settings import Settings
from tests import build
from tests.matrix.scene import Headers, Scene, callers, scenes


@pytest.fixture
def world(db: Database, settings: Settings) -> dict[str, Scene]:
    return scenes(db, settings)


@pytest.fixture
def headers(db: Database, world: dict[str, Scene]) -> Headers:
    """What the requests of each caller carry."""
    assert world
    return callers(db)


@pytest.fixture
def national(db: Database, world: dict[str, Scene]) -> Headers:
    """The same with roles for the whole country, which has a programme."""
    assert world
    with db.writing() as session:
        programmes.add(session, NewProgramme(code="PPID", name="PPID"), stamp=build.system())
    return callers(db, "00")


@pytest.fixture
def double(db: Database, world: dict[str, Scene]) -> dict[str, str]:
    """Somebody who heads the province, and is admin and logistics of one of its regencies."""
    above, below = world["own"].place.office, world["child"].place.office
    with db.writing() as session:
        person = build.a_person(session, at=above, role=Role.HEAD)
        for role in (Role.ADMIN, Role.LOGISTICS):
            people.grant(session, person, NewGrant(role=role, office=below), stamp=build.system())
        return build.bearer(build.a_token(session, person))


@pytest.fixture(autouse=True)
def _passwords_are_hashed_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(autouse=True)
def _nobody_works_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker would draw what waits, and the world would not be the same before and after."""
    monkeypatch.setattr(Worker, "start", lambda _self: None)


@pytest.fixture
def rehearsed(
    db: Database, headers: Headers, national: Headers, double: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From now on what is written is taken back at once, so that each cell finds the same world."""
    assert {*headers, *national, *double}
    writing = db.writing

    @contextmanager
    def rehearsing() -> Generator[Session]:
        with writing() as session:
            yield session
            session.flush()
            session.rollback()

    monkeypatch.setattr(db, "writing", rehearsing)
