"""Wherever an office can be asked for with all below it, it can be asked for alone; and every choice of one is grouped by province."""

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.custody import commands as custody
from assets_service.custody.asks import NewShipment
from assets_service.kernel.db import Database
from tests import build
from tests.people.build_people import browser

Client = TestClient[Litestar]


@pytest.fixture
def who(db: Database) -> dict[str, str]:
    """A device at Maluku and one at Tual below it, each on its way to nobody, and a draft from either."""
    with db.writing() as session:
        build.roster(session)
        for at in ("81", "81.72"):
            packed = build.a_device(session, at=at, serial=f"KANTOR{at}")
            custody.create(session, NewShipment(to_office="62", devices=[packed.code]), stamp=build.system())
            build.a_person(session, f"Orang {at}", at=at)
    return browser(db, Role.ADMIN, "00")


@pytest.mark.parametrize(
    ("path", "above", "below"),
    [
        ("/api/v1/devices?", "KANTOR81", "KANTOR81.72"),
        ("/perangkat?", "KANTOR81", "KANTOR81.72"),
        ("/api/v1/flags/unlabelled?", "KANTOR81", "KANTOR81.72"),
        ("/api/v1/exports/inventory.csv?", "KANTOR81", "KANTOR81.72"),
        ("/api/v1/exports/inventory.jsonl?as_of=2026-11-20T05:00:00Z&", "KANTOR81", "KANTOR81.72"),
        ("/ekspor/inventaris.csv?", "KANTOR81", "KANTOR81.72"),
        ("/api/v1/shipments?", '"code":"81",', '"code":"81.72",'),
        ("/api/v1/persons?", "Orang 81", "Orang 81.72"),
        ("/orang?", "Orang 81", "Orang 81.72"),
    ],
)
def test_an_office_is_asked_for_with_all_below_it_or_alone(
    client: Client, who: dict[str, str], path: str, above: str, below: str
) -> None:
    def tells(query: str) -> tuple[bool, bool]:
        told = client.get(f"{path}{query}", headers=who)
        assert told.status_code == 200, told.text
        return bool(re.search(rf"{re.escape(above)}(?!\.)", told.text)), below in told.text

    if path != "/perangkat?":  # its table shows codes, not serial numbers
        assert tells("office=81") == (True, True)
        assert tells("office=81&office_only=true") == (True, False)
        assert tells("office=81.72&office_only=true") == (False, True)
    else:
        shown = [len(re.findall(r"class=\"device\"", client.get(f"{path}{q}", headers=who).text)) for q in QUERIES]
        assert shown == [2, 1, 1]


QUERIES = ("office=81", "office=81&office_only=true", "office=81.72")


def test_flags_and_checks_are_counted_of_one_office_alone(client: Client, who: dict[str, str]) -> None:
    counts = [client.get(f"/api/v1/flags?{q}", headers=who).json()["unlabelled"] for q in QUERIES]
    assert counts == [2, 1, 1]
    never = [len(re.findall(r"class=\"device\"", client.get(f"/pemeriksaan?{q}", headers=who).text)) for q in QUERIES]
    assert never == [2, 1, 1]


def test_labels_are_chosen_of_one_office_alone(client: Client, who: dict[str, str]) -> None:
    runs = [
        client.post("/api/v1/label-runs", json={"stock": "tj-121", "draft": True} | asked, headers=who).json()["labels"]
        for asked in ({"office": "81"}, {"office": "81", "office_only": True})
    ]
    assert runs == [2, 1]


def test_an_export_says_that_it_is_of_one_office_alone(client: Client, who: dict[str, str]) -> None:
    taken = client.get("/api/v1/exports/inventory.csv?office=81&office_only=true", headers=who)
    assert "inventaris-81-saja-" in taken.headers["content-disposition"]
    assert "Hanya kantor ini" in taken.text
    assert "Hanya kantor ini" in client.get("/ledger", headers=who | {"Accept-Language": "id"}).text


@pytest.mark.parametrize(
    "page",
    ["/perangkat", "/perangkat/baru", "/pengiriman/baru", "/pemeriksaan", "/pemeriksaan/jadwal", "/tanda",
     "/tanda/unlabelled", "/ekspor", "/label", "/label/kosong", "/label/stok", "/orang/baru"],
)  # fmt: skip
def test_offices_are_grouped_by_province_wherever_one_is_chosen(client: Client, who: dict[str, str], page: str) -> None:
    shown = client.get(page, headers=who).text
    assert re.findall(r'<optgroup label="([^"]+)">', shown) == [
        "DKI Jakarta", "Kalimantan Tengah", "Sulawesi Selatan", "Maluku",
    ]  # fmt: skip
    in_maluku = shown.partition('<optgroup label="Maluku">')[2].partition("</optgroup>")[0]
    assert re.findall(r"<option[^>]*>([^<]+)", in_maluku) == ["Maluku", "Maluku Tenggara, Kabupaten", "Tual, Kota"]
    assert re.search(r'<option value="00"[^>]*>Bawaslu RI</option>', shown)
