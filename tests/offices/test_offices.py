"""The office tree: search as people type, scope by path, names that can be mended."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Forbidden, Invalid
from assets_service.ledger import queries as ledger
from assets_service.offices import commands, queries
from assets_service.offices.asks import AmendOffice
from assets_service.offices.errors import NoSuchOffice
from assets_service.offices.models import Level, Office
from tests.build import a_device, a_person, office, roster, stamp, system
from tests.people.build_people import caller

Client = TestClient[Litestar]


@pytest.fixture
def country(db: Database) -> Database:
    with db.writing() as session:
        roster(session)
    return db


def test_the_roster_that_travels_with_the_code_is_the_country(session: Session) -> None:
    assert commands.add_roster(session, stamp=system()) == queries.count(session) == 553
    every = list(session.scalars(select(Office)))
    levels = [sum(one.level is level for one in every) for level in Level]
    assert dict(zip(Level, levels, strict=True)) == {"ri": 1, "provinsi": 38, "kabupaten": 416, "kota": 98}
    zones = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
    assert [sum(one.timezone == zone for one in every) for zone in zones] == [320, 162, 71]
    assert len({one.code for one in every}) == len({one.path for one in every}) == 553
    paths = {one.path for one in every}
    assert all(one.path.removesuffix(f"{one.code}/") in paths | {"/"} for one in every)
    assert sum("Panwaslih" in one.office_name for one in every) == 24
    assert ledger.count(session, "office/81.02") == 1


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("palangkaraya", "62.71"),
        ("Palangka Raya", "62.71"),
        ("PALANGKA-RAYA", "62.71"),
        ("kota palangka", "62.71"),
        ("toli toli", "72.04"),
        ("tolitoli", "72.04"),
        ("Fak Fak", "92.03"),
        ("fakfak", "92.03"),
        ("81.02", "81.02"),
        (" 81.02 ", "81.02"),
        ("maluku tenggara", "81.02"),
    ],
)
def test_search_forgives_case_spaces_and_hyphens(session: Session, typed: str, found: str) -> None:
    commands.add_roster(session, stamp=system())
    rows, total = queries.search(session, system(), q=typed, limit=50)
    assert found in {row.code for row in rows}
    assert total == len(rows) < 5


def test_a_path_is_a_range_and_no_neighbour_falls_in(session: Session) -> None:
    roster(session)
    below = session.scalars(select(Office.code).where(queries.within("/00/81/"))).all()
    assert sorted(below) == ["81", "81.02", "81.72"]


@pytest.mark.parametrize(
    ("role", "at", "seen"),
    [
        (Role.HEAD, "00", 10),
        (Role.HEAD, "81", 3),
        (Role.HEAD, "81.02", 1),
        (None, "81", 0),
    ],
)
def test_each_sees_their_offices_and_those_below(
    client: Client, country: Database, role: Role | None, at: str, seen: int
) -> None:
    who = caller(country, role, at)
    found = client.get("/api/v1/offices", headers=who).json()
    assert (found["total"], len(found["items"])) == (seen, seen)
    for code in ("00", "31", "81", "81.02", "81.72"):
        is_mine = code in {one["code"] for one in found["items"]}
        assert client.get(f"/api/v1/offices/{code}", headers=who).status_code == (200 if is_mine else 404), code
        named = client.get(f"/api/v1/offices?q={code}", headers=who).json()
        assert (code in {one["code"] for one in named["items"]}) is is_mine


def test_an_office_tells_its_place_and_its_devices(client: Client, country: Database) -> None:
    with country.writing() as session:
        a_device(session, at="81.02")
        a_device(session, at="81.72")
    who = caller(country, Role.AUDITOR, "00")
    said = client.get("/api/v1/offices/81.02", headers=who)
    assert (said.status_code, said.headers["etag"]) == (200, '"1"')
    assert said.json() == {
        "code": "81.02", "level": "kabupaten", "name": "Kabupaten Maluku Tenggara",
        "office_name": "Bawaslu Kabupaten Maluku Tenggara", "parent": "81", "timezone": "Asia/Jayapura", "devices": 1,
        "address": None, "head_name": None, "head_title": None, "letter_code": None, "uakpb": None, "version": 1,
    }  # fmt: skip
    assert client.get("/api/v1/offices/81", headers=who).json()["devices"] == 0


def test_offices_are_listed_by_level_by_parent_and_page_by_page(client: Client, country: Database) -> None:
    who = caller(country, Role.AUDITOR, "00")

    def codes(query: str) -> list[str]:
        return [one["code"] for one in client.get(f"/api/v1/offices?{query}", headers=who).json()["items"]]

    assert codes("level=provinsi") == ["31", "62", "73", "81"]
    assert codes("parent=81") == ["81.02", "81.72"]
    assert codes("parent=99") == []
    first = client.get("/api/v1/offices?limit=4", headers=who).json()
    assert codes(f"limit=500&cursor={first['next_cursor']}")[0] > first["items"][-1]["code"]


# Amending --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "at", "status"),
    [
        (Role.ADMIN, "00", 200),
        (Role.ADMIN, "81", 200),
        (Role.ADMIN, "81.02", 200),
        (Role.ADMIN, "81.72", 404),
        (Role.ADMIN, "31", 404),
        (Role.LOGISTICS, "00", 403),
        (Role.HEAD, "81.02", 403),
        (Role.AUDITOR, "00", 403),
        (None, "81.02", 403),
    ],
)
def test_who_mends_an_office(client: Client, country: Database, role: Role | None, at: str, status: int) -> None:
    body = {"head_name": "Siti Rahanyamtel"}
    reply = client.patch("/api/v1/offices/81.02", json=body, headers=caller(country, role, at))
    assert reply.status_code == status
    with country.reading() as session:
        assert ledger.count(session, "office/81.02") == 1 + (status == 200)
        assert office(session, "81.02").head_name == ("Siti Rahanyamtel" if status == 200 else None)


def test_a_new_name_is_found_and_told(session: Session) -> None:
    roster(session)
    place = office(session, "81.02")
    commands.amend(session, place, AmendOffice(name="Kabupaten Kei", address=None), stamp=system())
    assert [row.code for row in queries.search(session, system(), q="kei", limit=5)[0]] == ["81.02"]
    assert place.version == 2
    assert ledger.history(session, "office/81.02")[-1].body == '{"name":"Kabupaten Kei"}'
    commands.amend(session, place, AmendOffice(name="Kabupaten Kei"), stamp=system())
    assert (place.version, ledger.count(session, "office/81.02")) == (2, 2)


def test_a_stale_version_changes_nothing(client: Client, country: Database) -> None:
    who = caller(country, Role.ADMIN, "81")
    first = client.patch("/api/v1/offices/81.02", json={"address": "A"}, headers=who | {"If-Match": '"1"'})
    assert (first.status_code, first.headers["etag"], first.json()["parent"]) == (200, '"2"', "81")
    again = client.patch("/api/v1/offices/81.02", json={"address": "B"}, headers=who | {"If-Match": '"1"'})
    assert (again.status_code, again.json()["type"]) == (409, "urn:assets:version-changed")
    assert client.get("/api/v1/offices/81.02", headers=who).json()["address"] == "A"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"code": "81.03"}, "/code"),
        ({"level": "kota"}, "/level"),
        ({"parent": "31"}, "/parent"),
        ({"path": "/00/"}, "/path"),
        ({"timezone": "Asia/Jakarta"}, "/timezone"),
        ({"name": ""}, "/name"),
        ({"name": None}, "/name"),
        ({"name": "x" * 121}, "/name"),
        ({"uakpb": "1"}, "/uakpb"),
        ({"head_name": "a\nb"}, "/head_name"),
        ({"letter_code": "<b>"}, "/letter_code"),
    ],
)
def test_what_an_office_cannot_be(client: Client, country: Database, body: dict[str, Any], pointer: str) -> None:
    reply = client.patch("/api/v1/offices/81.02", json=body, headers=caller(country, Role.ADMIN, "00"))
    assert (reply.status_code, [error["pointer"] for error in reply.json()["errors"]]) == (400, [pointer])


def test_offices_named_in_a_field_are_those_in_sight(session: Session) -> None:
    roster(session)
    head = stamp(session, a_person(session, role=Role.ADMIN, at="81"))
    assert queries.named(session, "81.02", head, "office").code == "81.02"
    for code in ("31", "99"):
        with pytest.raises(Invalid):
            queries.named(session, code, head, "office")
        with pytest.raises(NoSuchOffice):
            queries.by_code(session, code, head)
    assert queries.any_named(session, "31", "to_office").code == "31"
    with pytest.raises(Invalid):
        queries.any_named(session, "99", "to_office")
    assert [code for code, _ in queries.choices(session, head)] == ["81", "81.02", "81.72"]
    assert queries.choices(session, head, Role.LOGISTICS) == []
    with pytest.raises(Forbidden):
        commands.amend(session, office(session, "31"), AmendOffice(address="A"), stamp=head)
