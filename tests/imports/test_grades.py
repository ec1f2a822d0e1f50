"""A file of openness grades: all rows or none, each bad cell named, through every door."""

from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.ledger.models import Entry
from assets_service.openness import queries
from tests import build
from tests.exports.test_command_line import cli
from tests.imports.build_imports import as_csv, as_workbook
from tests.people.build_people import browser, caller

Client = TestClient[Litestar]
GOOD = (
    "Kode Kantor;Tahun;Predikat;Sumber\n81;2024;Informatif;Anugerah 2024\n8102;2024;MENUJU INFORMATIF;Anugerah 2024\n"
)


@pytest.fixture
def country(db: Database) -> Database:
    with db.writing() as session:
        build.roster(session)
    return db


def graded(db: Database) -> dict[tuple[str, int], str]:
    with db.reading() as session:
        rows, _ = queries.listed(session, build.system(), limit=100)
        return {(row.office.code, row.year): row.grade.value for row in rows if row.grade}


def test_all_rows_are_recorded_and_a_second_time_none(client: Client, country: Database) -> None:
    admin = caller(country, Role.ADMIN, "00")
    file = {"file": ("predikat.csv", GOOD.encode(), "text/csv")}
    dry = client.post("/api/v1/openness", files=file, data={"dry_run": "true"}, headers=admin)
    assert (dry.status_code, dry.json()["rows"], dry.json()["errors"], graded(country)) == (200, 2, [], {})
    made = client.post("/api/v1/openness", files=file, headers=admin)
    assert (made.status_code, made.json()["created"]) == (201, 2)
    assert graded(country) == {("81", 2024): "informatif", ("81.02", 2024): "menuju_informatif"}
    assert client.post("/api/v1/openness", files=file, headers=admin).json()["created"] == 0
    with country.reading() as session:
        doors = session.query(Entry.door).where(Entry.kind == "openness.graded").all()
    assert [str(door.value) for (door,) in doors] == ["import", "import"]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("99;2024;Informatif;A", "Kode Kantor"),
        ("eighty;2024;Informatif;A", "Kode Kantor"),
        (";2024;Informatif;A", "Kode Kantor"),
        ("73;24;Informatif;A", "Tahun"),
        ("73;2027;Informatif;A", "Tahun"),
        ("81;2024;Informatif;A", "Tahun"),  # stands in the file already
        ("73;2024;Sangat Informatif;A", "Predikat"),
        ("73;2024;;A", "Predikat"),
        ("73;2024;Informatif;", "Sumber"),
        ("73;2024;Informatif;" + "x" * 301, "Sumber"),
    ],
)
def test_one_bad_cell_and_nothing_is_recorded(client: Client, country: Database, row: str, column: str) -> None:
    file = {"file": ("predikat.csv", f"{GOOD}{row}\n".encode(), "text/csv")}
    answer = client.post("/api/v1/openness", files=file, headers=caller(country, Role.ADMIN, "00"))
    assert answer.status_code == 400
    assert [(error["row"], error["column"]) for error in answer.json()["errors"]] == [(4, column)]
    assert graded(country) == {}


def test_an_administrator_grades_the_offices_of_their_own_province_alone(client: Client, country: Database) -> None:
    file = {"file": ("predikat.csv", (GOOD + "73;2024;Informatif;A\n").encode(), "text/csv")}
    answer = client.post("/api/v1/openness", files=file, headers=caller(country, Role.ADMIN, "81"))
    assert [(error["row"], error["column"]) for error in answer.json()["errors"]] == [(4, "Kode Kantor")]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "Kode Kantor,Tahun,Predikat\n81,2024,Informatif\n"])
def test_a_file_without_its_columns_says_which_are_needed(client: Client, country: Database, text: str) -> None:
    file = {"file": ("predikat.csv", text.encode(), "text/csv")}
    answer = client.post("/api/v1/openness", files=file, headers=caller(country, Role.ADMIN, "00"))
    assert (answer.status_code, "Sumber" in answer.text) == (400, True)


def test_grades_are_read_by_the_rules_of_every_file(client: Client, country: Database) -> None:
    """Fully quoted, divided by any sign, as a workbook; error values, rows that moved and columns said twice are refused by their place."""
    admin = caller(country, Role.ADMIN, "00")
    header, row = ["Kode Kantor", "Tahun", "Predikat", "Sumber"], ["81", "2024", "Informatif", "Anugerah; 2024"]
    quoted = [[f'"{cell}"' for cell in line] for line in (header, row)]
    for good in (*(as_csv(quoted, delimiter=sign) for sign in ",;|\t"), as_workbook([header, row])):
        answer = client.post("/api/v1/openness", files={"file": ("p", good)}, data={"dry_run": "true"}, headers=admin)
        assert (answer.status_code, answer.json()["rows"], answer.json()["errors"]) == (200, 1, [])
    for bad, place in (
        ([header, [*row[:3], "#N/A"]], (2, "Sumber")),
        ([header, row], (2, "E")),
        ([[*header, "Tahun"], [*row[:3], "A", "2024"]], (1, "Tahun")),
    ):
        answer = client.post("/api/v1/openness", files={"file": ("p", as_csv(bad))}, headers=admin)
        assert [(error["row"], error["column"]) for error in answer.json()["errors"]] == [place]
    assert client.post("/api/v1/openness", files={"file": ("p", as_csv([header]))}, headers=admin).status_code == 400
    assert graded(country) == {}


def test_the_page_takes_a_file_and_names_what_is_wrong(client: Client, country: Database) -> None:
    admin = browser(country, Role.ADMIN, "00")
    bad = {"file": ("predikat.csv", (GOOD + "73;2024;Bagus;A\n").encode(), "text/csv")}
    refused = client.post("/impor/keterbukaan", files=bad, headers=admin)
    assert (refused.status_code, "<b>4</b>" in refused.text, "Predikat" in refused.text) == (400, True, True)
    good = {"file": ("predikat.csv", GOOD.encode(), "text/csv")}
    done = client.post("/impor/keterbukaan", files=good, headers=admin, follow_redirects=False)
    assert (done.status_code, len(graded(country))) == (303, 2)


def test_the_command_line_takes_a_file(country: Database, database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "predikat.csv"
    file.write_text(GOOD)
    assert "0 grades recorded" in cli(database_url, tmp_path, "import-openness", file, "--dry-run").output
    assert "2 grades recorded" in cli(database_url, tmp_path, "import-openness", file).output
    file.write_text(GOOD + "73;2024;Bagus;A\n")
    refused = cli(database_url, tmp_path, "import-openness", file)
    assert (refused.exit_code, "row 4, Predikat" in refused.output, len(graded(country))) == (1, True, 2)
