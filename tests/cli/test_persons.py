"""What can be done with persons on a page can be done on the machine."""

import os
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result

from assets_service.cli import main
from assets_service.custody import commands as custody
from assets_service.custody.asks import NewHolder
from assets_service.devices.queries import by_code
from assets_service.kernel.db import Database
from assets_service.people import commands as people
from assets_service.people import queries
from assets_service.people.asks import NewPerson
from assets_service.people.models import Person
from assets_service.settings import Settings
from tests import build

Person_ = Callable[..., Result]


@pytest.fixture
def person(db: Database, settings: Settings) -> Iterator[Person_]:
    """`assets-service person …` in this process."""
    environ = {"ASSETS_DATABASE_URL": settings.database_url, "ASSETS_DATA_DIR": str(settings.data_dir)}
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    db.close()
    mask = os.umask(0o077)

    def run(*words: str, stdin: str = "") -> Result:
        return CliRunner().invoke(main, ["person", *words], input=stdin, env=environ)

    yield run
    os.umask(mask)


def test_a_holder_goes_the_whole_way_by_the_command_line(db: Database, person: Person_) -> None:
    with db.writing() as session:
        build.roster(session)
        umar = people.add(session, NewPerson(name="Umar", office="81.02"), stamp=build.system())
        build.a_person(session, "Siti", at="81.02", username="siti")
        device = build.a_device(session, at="81.02")
        custody.hold(session, device, NewHolder(person=umar.id), stamp=build.system())
    who = str(umar.id)
    said = [
        person("grant", who, "--role", "head", "--office", "81.02"),
        person("sign-in", who, "umar", "--password-stdin", stdin="kuda baterai stapler\r\n"),
        person("grant", "umar", "--role", "head", "--office", "81.02"),
        person("end-role", "umar", "--role", "head", "--office", "81.02"),
        person("end-role", "umar", "--role", "head", "--office", "81.02"),
        person("move", "umar", "--office", "81.72"),
        person("move", "umar", "--office", "81.72", "--successor", "siti"),
        person("deactivate", "siti"),
        person("deactivate", "siti", "--release"),
        person("deactivate", "siti", "--release", "--reason", "Belum ada pengganti"),
        person("activate", "siti"),
        person("deactivate", "nobody"),
    ]
    assert [one.exit_code for one in said] == [1, 0, 0, 0, 1, 1, 0, 1, 1, 0, 0, 1], [one.output for one in said]
    assert "still holds" in said[5].output
    assert said[6].output == "Umar is one of Kota Tual.\n"
    with db.reading() as session:
        moved = session.get_one(Person, umar.id)
        assert (moved.username, queries.roles_of(session, umar.id)) == ("umar", set())
        assert by_code(session, device.code, build.system()).holder is None
