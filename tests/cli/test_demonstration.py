"""The demonstration fleet: all of it with its way in, or nothing; and nobody serves its persons to the world."""

import signal
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets_service.demo.fleet import Fate, share
from assets_service.demo.making import Making
from assets_service.devices.models import Device
from assets_service.kernel.db import Database
from assets_service.offices.models import Office
from assets_service.people.models import Person
from tests import build
from tests.cli.conftest import environment, running, started

OFFICES = 10


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fleet for ten offices that stays in the store; tests/setup makes the whole one."""

    def first(_: object, count: int) -> list[Fate | None]:
        return [Fate("never_sent", 0)] * OFFICES + [None] * (count - OFFICES)

    def share_of(making: Making, session: Session, place: Office, fate: Fate | None) -> None:
        if fate is not None:
            share(making, session, place, fate)

    monkeypatch.setattr("assets_service.demo.fates", first)
    monkeypatch.setattr("assets_service.demo.share", share_of)
    monkeypatch.setattr("assets_service.demo.tell", lambda *_: None)


def counted(db: Database) -> tuple[int | None, int | None]:
    with db.reading() as session:
        kinds = (Device, Person)
        devices, persons = (session.scalar(select(func.count()).select_from(kind)) for kind in kinds)
        return devices, persons


@pytest.mark.usefixtures("few")
def test_who_interrupts_the_making_is_left_with_nothing_and_can_begin_again(database_url: str, data: Path) -> None:
    data.mkdir(parents=True)
    environ = environment(ASSETS_DATABASE_URL=database_url, ASSETS_DATA_DIR=data)
    making = started("demo", "--if-empty", environ=environ)
    assert making.stdout
    assert making.stdout.readline().startswith("Making the demonstration fleet: ")
    making.send_signal(signal.SIGINT)
    assert making.wait(30) != 0
    said, _ = making.communicate()
    assert "Password" not in said
    db = Database(database_url)
    assert counted(db) == (0, 0)
    db.close()
    cli = running(ASSETS_DATABASE_URL=database_url, ASSETS_DATA_DIR=data)
    again = cli("demo", "--if-empty")
    assert again.exit_code == 0
    assert "Password of all four: " in again.stdout


@pytest.mark.usefixtures("few")
def test_a_password_that_was_given_is_not_printed(database_url: str, data: Path) -> None:
    given = "empat kuda melintas sawah"
    cli = running(ASSETS_DATABASE_URL=database_url, ASSETS_DATA_DIR=data, ASSETS_DEMO_PASSWORD=given)
    for _ in range(2):
        done = cli("demo", "--if-empty")
        assert done.exit_code == 0, done.output
        assert given not in done.output
    db = Database(database_url)
    assert counted(db)[0] == 2 * OFFICES - 2  # two a regency, one the national office and its province
    db.close()
    assert cli("demo").exit_code == 1


@pytest.mark.parametrize(
    ("base_url", "host", "said"),
    [
        ("https://aset.example.go.id", "127.0.0.1", "ASSETS_BASE_URL is https://aset.example.go.id"),
        ("http://127.0.0.1:8000", "0.0.0.0", "listens on 127.0.0.1 only"),
    ],
)
def test_a_server_for_the_world_refuses_demonstration_persons(
    database_url: str, db: Database, data: Path, base_url: str, host: str, said: str
) -> None:
    with db.writing() as session:
        build.roster(session)
        person = build.a_person(session)
        person.is_demo, person.password_hash = True, "a hash"
    db.close()
    cli = running(ASSETS_DATABASE_URL=database_url, ASSETS_DATA_DIR=data, ASSETS_BASE_URL=base_url)
    refused = cli("serve", "--host", host)
    assert refused.exit_code == 1
    assert said in refused.stderr
    is_well = {line[5:26]: line[:4] for line in cli("doctor").stdout.splitlines()}["demonstration persons"]
    assert is_well == ("BAD " if base_url.startswith("https") else "note")
