"""An office's grade of openness, year by year: said by an administrator, with a source, and never lost."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Forbidden, Invalid
from assets_service.ledger import queries as ledger
from assets_service.offices.models import Level
from assets_service.openness import commands, queries
from assets_service.openness.asks import NewGrade
from assets_service.openness.models import Grade
from tests import build
from tests.build import a_person, later, office, roster, stamp, system
from tests.people.build_people import browser, caller

Client = TestClient[Litestar]
AWARD = "Anugerah Keterbukaan Informasi Publik, 5 September 2024"
INFORMATIVE = {"year": 2024, "grade": "informatif", "source": AWARD}


def graded(session: Session, code: str, year: int, grade: Grade | None, source: str = AWARD, **span: float) -> None:
    asked = NewGrade(year=year, grade=grade, source=source)
    commands.grade(session, office(session, code), asked, stamp=system(later(**span)))


@pytest.fixture
def country(db: Database) -> Database:
    """Maluku is informative, Maluku Tenggara nearly; Jakarta was, three years ago."""
    with db.writing() as session:
        roster(session)
        graded(session, "81", 2024, Grade.INFORMATIVE)
        graded(session, "81.02", 2024, Grade.NEARLY)
        graded(session, "31", 2023, Grade.LESS)
    return db


# What counts -----------------------------------------------------------------------------------------------------


def test_what_was_said_last_of_a_year_counts_and_all_of_it_is_kept(session: Session) -> None:
    roster(session)
    maluku = office(session, "81")
    graded(session, "81", 2023, Grade.FAIRLY)
    graded(session, "81", 2024, Grade.NEARLY, days=1)
    graded(session, "81", 2024, Grade.INFORMATIVE, "Keputusan Komisi Informasi", days=2)
    current = queries.of_office(session, maluku)
    assert [(each.year, each.grade) for each in current] == [(2024, Grade.INFORMATIVE), (2023, Grade.FAIRLY)]
    said, total = queries.history(session, maluku, limit=10)
    assert ([each.grade for each in said], total) == ([Grade.INFORMATIVE, Grade.NEARLY, Grade.FAIRLY], 3)
    told = ledger.history(session, "office/81")
    assert [entry.kind for entry in told] == ["offices.added", *["openness.graded"] * 3]
    assert told[-1].body == '{"grade":"informatif","source":"Keputusan Komisi Informasi","year":2024}'


def test_a_grade_that_was_withdrawn_counts_no_more(session: Session) -> None:
    roster(session)
    graded(session, "81", 2023, Grade.FAIRLY)
    graded(session, "81", 2024, Grade.INFORMATIVE)
    graded(session, "81", 2024, None, "Salah kantor", days=1)
    assert [each.year for each in queries.of_office(session, office(session, "81"))] == [2023]
    assert queries.newest(session) == {office(session, "81").id: (2023, Grade.FAIRLY)}
    assert queries.newest(session, later(hours=1)) == {office(session, "81").id: (2024, Grade.INFORMATIVE)}


def test_the_same_said_again_changes_nothing(session: Session) -> None:
    roster(session)
    for _ in range(2):
        graded(session, "81", 2024, Grade.INFORMATIVE)
    assert queries.history(session, office(session, "81"), limit=10)[1] == 1
    assert ledger.count(session, "office/81") == 2


def test_a_year_that_has_not_come_has_no_grade(session: Session) -> None:
    roster(session)
    with pytest.raises(Invalid) as refused:
        graded(session, "81", 2027, Grade.INFORMATIVE)
    assert [problem.pointer for problem in refused.value.problems] == ["/year"]


@pytest.mark.parametrize("role", [Role.HEAD, Role.LOGISTICS, Role.AUDITOR])
def test_only_an_administrator_grades(session: Session, role: Role) -> None:
    roster(session)
    by = stamp(session, a_person(session, at="81", role=role))
    with pytest.raises(Forbidden):
        commands.grade(session, office(session, "81"), NewGrade(year=2024, grade=None, source="x"), stamp=by)


def test_the_country_is_distributed_over_the_grades_level_by_level(country: Database) -> None:
    with country.reading() as session:
        assert queries.years(session) == [2024, 2023]
        found = {each.level: each for each in queries.distribution(session, 2024)}
        assert found.keys() == {Level.NATIONAL, Level.PROVINCE, Level.REGENCY}
        provinces, regencies = found[Level.PROVINCE], found[Level.REGENCY]
        assert (provinces.offices, provinces.unknown, provinces.grades[Grade.INFORMATIVE]) == (4, 3, 1)
        assert (regencies.offices, regencies.unknown, regencies.grades[Grade.NEARLY]) == (5, 4, 1)
        assert {each.offices - each.unknown for each in queries.distribution(session, 2022)} == {0}


# Over HTTP -------------------------------------------------------------------------------------------------------


def test_a_grade_over_http(client: Client, country: Database) -> None:
    admin = caller(country, Role.ADMIN, "00")
    made = client.post("/api/v1/offices/73/openness", json=INFORMATIVE, headers=admin)
    assert made.status_code == 201
    assert made.json() | {"set_at": ""} == INFORMATIVE | {
        "office": {"code": "73", "name": "Sulawesi Selatan"},
        "set_at": "",
    }
    listed = client.get("/api/v1/openness?year=2024", headers=admin).json()
    assert [(one["office"]["code"], one["grade"]) for one in listed["items"]] == [
        ("73", "informatif"), ("81", "informatif"), ("81.02", "menuju_informatif"),
    ]  # fmt: skip
    assert client.get("/api/v1/offices/73/openness", headers=admin).json()["items"] == [made.json()]
    assert client.get("/api/v1/openness?office=81&office_only=true", headers=admin).json()["total"] == 1
    first = client.get("/api/v1/openness?limit=2", headers=admin).json()
    rest = client.get(f"/api/v1/openness?limit=2&cursor={first['next_cursor']}", headers=admin).json()
    assert [one["office"]["code"] for one in first["items"] + rest["items"]] == ["31", "73", "81", "81.02"]


def test_who_sees_a_province_sees_its_distribution_and_no_other(client: Client, country: Database) -> None:
    found = client.get("/api/v1/openness/distribution", headers=caller(country, Role.HEAD, "81")).json()
    assert (found["year"], found["years"]) == (2024, [2024])
    assert [(each["level"], each["offices"], each["unknown"]) for each in found["levels"]] == [
        ("provinsi", 1, 0), ("kabupaten", 2, 1),
    ]  # fmt: skip
    elsewhere = caller(country, Role.HEAD, "73")
    assert client.get("/api/v1/openness", headers=elsewhere).json()["total"] == 0
    nothing: dict[str, Any] = {"year": None, "years": [], "levels": []}
    assert client.get("/api/v1/openness/distribution", headers=elsewhere).json() == nothing
    assert client.get("/api/v1/offices/81/openness", headers=elsewhere).status_code == 404


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        (INFORMATIVE | {"grade": "sangat_informatif"}, ["/grade"]),
        (INFORMATIVE | {"grade": ""}, ["/grade"]),
        (INFORMATIVE | {"year": 1999}, ["/year"]),
        (INFORMATIVE | {"source": " "}, ["/source"]),
        (INFORMATIVE | {"source": "x" * 301}, ["/source"]),
        ({}, ["/year", "/grade", "/source"]),
    ],
)
def test_every_bad_field_of_a_grade_is_named(
    client: Client, country: Database, body: dict[str, Any], pointers: list[str]
) -> None:
    answer = client.post("/api/v1/offices/81/openness", json=body, headers=caller(country, Role.ADMIN, "00"))
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (400, pointers)


# Pages -----------------------------------------------------------------------------------------------------------


def english(headers: dict[str, str]) -> dict[str, str]:
    return headers | {"Accept-Language": "en", "Cookie": f"{headers['Cookie']}; lang=en"}


def test_an_offices_page_shows_its_grades_with_their_source_and_leads_to_the_form(
    client: Client, country: Database
) -> None:
    admin = english(browser(country, Role.ADMIN, "00"))
    page = client.get("/kantor/81", headers=admin).text
    assert ("Informative</span>" in page, AWARD in page, 'href="/kantor/81/keterbukaan"' in page) == (True, True, True)
    sent = client.post(
        "/kantor/81/keterbukaan",
        data={"year": "2025", "grade": "menuju_informatif", "source": "Anugerah 2025"},
        headers=admin,
        follow_redirects=False,
    )
    assert sent.status_code == 303
    client.post("/kantor/81/keterbukaan", data={"year": "2025", "grade": "-", "source": "Keliru"}, headers=admin)
    shown = client.get("/kantor/81/keterbukaan", headers=admin).text
    assert ("Withdrawn" in shown, "Replaced" in shown, "Anugerah 2025" in shown) == (True, True, True)
    refused = client.post("/kantor/81/keterbukaan", data={"year": "2025", "source": "Anugerah"}, headers=admin)
    assert (refused.status_code, 'value="Anugerah"' in refused.text) == (400, True)


def test_who_may_not_grade_sees_no_form(client: Client, country: Database) -> None:
    page = client.get("/kantor/81.02/keterbukaan", headers=english(browser(country, Role.HEAD, "81.02"))).text
    assert ("Nearly informative" in page, '<form method="post" action="/kantor' in page) == (True, False)


@pytest.mark.parametrize("path", ["/", "/publik"])
def test_today_and_the_public_page_show_the_distribution(client: Client, country: Database, path: str) -> None:
    page = " ".join(client.get(path, headers=english(browser(country, Role.AUDITOR, "00"))).text.split())
    assert "Openness of public information 2024" in page
    assert 'Province <span class="soft">4 offices</span>' in page
    assert "</i>Informative</dt><dd>1</dd>" in page
    assert "</i>Not recorded</dt><dd>3</dd>" in page


def test_the_public_page_names_no_regency(client: Client, country: Database) -> None:
    assert country
    page = client.get("/publik").text
    assert "Maluku Tenggara" not in page
    assert AWARD not in page


def test_a_country_without_grades_says_so(client: Client, db: Database) -> None:
    with db.writing() as session:
        roster(session)
    assert "Belum ada predikat keterbukaan yang tercatat." in client.get("/publik").text


# The ledger ------------------------------------------------------------------------------------------------------


def test_the_ledger_says_it_as_a_sentence(client: Client, country: Database) -> None:
    page = " ".join(client.get("/ledger", headers=english(browser(country, Role.AUDITOR, "00"))).text.split())
    assert f"Openness in 2024: Nearly informative. Source: {AWARD}." in page


def test_the_newest_grade_stands_in_the_inventory(client: Client, country: Database) -> None:
    with country.writing() as session:
        for code in ("81", "31", "73"):
            build.a_device(session, at=code)
    lines = client.get("/api/v1/exports/inventory.csv", headers=caller(country, Role.AUDITOR, "00")).text.splitlines()
    names = lines[0].split(",")
    where, grade, year = (names.index(name) for name in ("Kode Kantor", "Predikat Keterbukaan", "Tahun Predikat"))
    rows = [line.split(",") for line in lines[1:4]]
    assert [(row[where], row[grade], row[year]) for row in rows] == [
        ("31", "Kurang Informatif", "2023"), ("73", "", ""), ("81", "Informatif", "2024"),
    ]  # fmt: skip
