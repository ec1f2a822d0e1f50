"""An office is named as people write it, wherever one is asked for."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Invalid
from assets_service.offices import commands, queries
from assets_service.offices.reading import read_office
from tests.build import a_device, device_facts, roster, system
from tests.people.build_people import browser, caller

Client = TestClient[Litestar]

COUNTRY = {
    "81.02": (
        "81.02", " 81.02 ", "8102", "81,02", "81-02", "81 02", "'81.02", "81.02.", "81.02 Kabupaten Maluku Tenggara", "8102 - Maluku",
        "Kabupaten Maluku Tenggara", "Kab. Maluku Tenggara", "kab maluku  tenggara", "KAB.MALUKU-TENGGARA", "maluku tenggara",
        "MalukuTenggara", "kabupatenmalukutenggara", "Maluku Tenggara, Kabupaten", "Bawaslu Kab. Maluku Tenggara",
        "Kantor Bawaslu Kabupaten Maluku Tenggara", "Maluku\u00a0Tenggara", "\ufeffMaluku Tenggara\u200b",
    ),
    "81": ("81", "Maluku", "Provinsi Maluku", "Prov. Maluku", "Bawaslu Provinsi Maluku"),
    "81.72": ("Kota Tual", "tual", "Kotamadya Tual", "Tual, Kota"),
    "00": ("00", "0", "Bawaslu RI", "Bawaslu", "RI", "Republik Indonesia", "Bawaslu Republik Indonesia", "Pusat"),
    "31": ("DKI Jakarta", "Jakarta", "DKI", "Daerah Khusus Ibukota Jakarta", "Provinsi DKI Jakarta"),
    "31.74": ("Kota Adm. Jakarta Selatan", "Jakarta Selatan", "Kota Administrasi Jakarta Selatan"),
    "31.01": ("Kab. Adm. Kep. Seribu", "Kepulauan Seribu"),
    "34": ("DIY", "DI Yogyakarta", "D.I. Yogyakarta", "Daerah Istimewa Yogyakarta"),
    "34.71": ("Kota Yogyakarta", "Kota Jogja"),
    "21": ("Kepri", "Kep. Riau", "Kepulauan Riau"),
    "52": ("NTB", "Nusa Tenggara Barat"),
    "75": ("Gorontalo", "Prov. Gorontalo"),
    "75.71": ("Kota Gorontalo",),
    "63.02": ("Kotabaru", "Kab. Kotabaru", "Kota Baru"),
    "62.71": ("Palangka Raya", "palangkaraya", "Kota Palangka-Raya"),
    "92.03": ("fakfak", "Fak Fak", "Fak-Fak"),
    "11.06": ("Panwaslih Kabupaten Aceh Besar", "Kab. Aceh Besar"),
}  # fmt: skip


def test_every_spelling_of_an_office_is_that_office(session: Session) -> None:
    commands.add_roster(session, stamp=system())
    read = {
        text: queries.named(session, text, system(), "office").code for spelled in COUNTRY.values() for text in spelled
    }
    assert read == {text: code for code, spelled in COUNTRY.items() for text in spelled}
    shown = queries.roster(session)
    assert {text: shown.meant(text) for text in read} == read


def test_every_office_is_found_by_each_of_its_own_names(session: Session) -> None:
    commands.add_roster(session, stamp=system())
    for code, name in queries.roster(session):
        assert queries.named(session, name, system(), "office").code == code
        assert queries.named(session, f"{code} {name}", system(), "office").code == code
        assert queries.named(session, code.replace(".", ""), system(), "office").code == code
        assert queries.meant(session, name.replace("Kabupaten ", "Kab. "), "office") == code


@pytest.mark.parametrize("text", ["Sorong", "sorong", "Bawaslu Solok", "Yogyakarta"])
def test_what_fits_several_names_them_with_their_codes(session: Session, text: str) -> None:
    commands.add_roster(session, stamp=system())
    with pytest.raises(Invalid) as refused:
        queries.named(session, text, system(), "office")
    [problem] = refused.value.problems
    assert problem.message == "Several offices fit: {several}. Write the code of one."
    assert str(problem.facts["several"]).count(";") == 1
    assert queries.roster(session).meant(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Atlantis",
        "81.02.05",
        "81:02:00",
        "81-0202",
        "81/02",
        "62.1",
        "9999",
        "Maluku Teng",
        "Kota",
        "%",
        "-",
        "' OR 1=1",
    ],
)
def test_a_program_is_not_guessed_at(session: Session, text: str) -> None:
    commands.add_roster(session, stamp=system())
    with pytest.raises(Invalid):
        queries.named(session, text, system(), "office")


@pytest.mark.parametrize("text", ["", " ", " - ", "%"])
def test_what_names_no_office_at_all(text: str) -> None:
    assert read_office(text)[:2] == (None, "")


# Doors -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def country(db: Database) -> Database:
    with db.writing() as session:
        roster(session)
    return db


SPELLED = ("8102", "Kab. Maluku Tenggara", "MALUKU-TENGGARA", "Kabupaten Maluku Tenggara")


@pytest.mark.parametrize("office", SPELLED)
def test_every_field_of_a_body_takes_any_spelling(client: Client, country: Database, office: str) -> None:
    who = caller(country, Role.ADMIN, "00")

    def made(path: str, body: dict[str, Any], method: str = "POST") -> Any:
        reply = client.request(method, f"/api/v1/{path}", json=body, headers=who)
        assert reply.status_code in {200, 201, 202}, (path, reply.text)
        return reply.json()

    device = made("devices", device_facts() | {"kind": "smartphone", "office": office})
    assert device["office"]["code"] == "81.02"
    box = made("shipments", {"to_office": "Tual", "from_office": office, "devices": [device["code"]]})
    assert (box["from_office"]["code"], box["to_office"]["code"]) == ("81.02", "81.72")
    person = made("persons", {"name": "Siti", "office": office, "username": f"siti{SPELLED.index(office)}"})
    assert person["office"]["code"] == "81.02"
    granted = made(f"persons/{person['id']}/grants", {"role": "head", "office": office})
    assert granted["grants"][0]["office"]["code"] == "81.02"
    assert made("check-policy", {"rule": "half_year", "office": office}, "PUT")["office"]["code"] == "81.02"
    assert made("label-runs", {"stock": "tj-121", "office": office, "draft": True})["labels"] == 1
    assert made("label-blanks", {"stock": "tj-121", "count": 1, "office": office, "draft": True})["labels"] == 1


@pytest.mark.parametrize("office", SPELLED)
def test_every_filter_takes_any_spelling(client: Client, country: Database, office: str) -> None:
    with country.writing() as session:
        a_device(session, at="81.02")
        a_device(session, at="31")
    who = caller(country, Role.ADMIN, "00")
    for path, field in (
        ("devices", "office"), ("shipments", "office"), ("persons", "office"), ("flags", "office"),
        ("flags/unassigned", "office"), ("check-policy", "office"), ("coverage", "parent"), ("offices", "parent"), ("offices", "q"),
        ("exports/inventory.csv", "office"), ("exports/inventory.jsonl", "office"),
    ):  # fmt: skip
        spelled = client.get(f"/api/v1/{path}", params={field: office}, headers=who)
        plain = client.get(f"/api/v1/{path}", params={field: "81.02"}, headers=who)
        assert (spelled.status_code, plain.status_code) == (200, 200), (path, spelled.text)
        if "inventory" not in path:
            assert spelled.json() == plain.json(), path
        else:
            assert spelled.headers["content-disposition"] == plain.headers["content-disposition"], path
    assert client.get(f"/api/v1/offices/{office}", headers=who).json()["code"] == "81.02"


@pytest.mark.parametrize("office", SPELLED)
def test_every_page_takes_any_spelling(client: Client, country: Database, office: str) -> None:
    who = browser(country, Role.ADMIN, "00")
    for path in ("perangkat", "tanda", "tanda/unassigned", "pemeriksaan", "ekspor", "label"):
        page = client.get(f"/{path}", params={"office": office}, headers=who)
        assert page.status_code == 200, path
        assert '<option value="81.02" selected>' in page.text, path  # what is shown is narrowed, and says by what
    for path in ("orang", "pemeriksaan/jadwal", "orang/baru"):
        assert client.get(f"/{path}", params={"office": office}, headers=who).status_code == 200, path
    assert client.get(f"/kantor/{office}", headers=who).status_code == 200
    assert "Maluku Tenggara" in client.get("/kantor", params={"q": office}, headers=who).text


@pytest.mark.parametrize("office", [*SPELLED, "81.02", "81.02 Kabupaten Maluku Tenggara"])
def test_a_file_takes_any_spelling(client: Client, country: Database, office: str) -> None:
    who = caller(country, Role.ADMIN, "00")
    text = f"Jenis;Merk;Tipe;Nomor Seri;Kode Kantor\nTablet;Samsung;Tab A9;R9SPELLED;{office}\n"
    reply = client.post("/api/v1/imports", files={"file": ("a.csv", text.encode())}, headers=who)
    assert reply.json()["created"] == 1, reply.text
    [device] = client.get("/api/v1/devices?q=R9SPELLED", headers=who).json()["items"]
    assert device["office"]["code"] == "81.02"
