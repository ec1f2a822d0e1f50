"""Printing as pages: what was typed stays, what was chosen is shown, what was asked is drawn."""

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from msgspec import structs

from assets_service.access.stamp import Role
from assets_service.app import create_app
from assets_service.kernel.db import Database
from assets_service.settings import Settings
from tests.clock import StillClock
from tests.labelling.build_labelling import BASE, Desk, a_country, a_desk, addresses_in, devices_at
from tests.labelling.test_stocks import SHEET

PAGES = ("/label", "/label/cetak", "/label/kosong", "/label/stok", "/label/temuan")


@pytest.mark.parametrize(
    ("role", "status"), [(Role.ADMIN, 200), (Role.LOGISTICS, 200), (Role.AUDITOR, 403), (None, 403)]
)
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.usefixtures("desk")
def test_who_sees_the_pages(
    db: Database, client: TestClient[Litestar], path: str, role: Role | None, status: int
) -> None:
    assert a_desk(db, client, role, at="81").see(path).status_code == status


def test_a_head_sees_what_finders_wrote_but_does_not_print(
    desk: Desk, db: Database, client: TestClient[Litestar]
) -> None:
    head = a_desk(db, client, Role.HEAD, at="81.02")
    assert [head.see(path).status_code for path in PAGES] == [403, 403, 403, 403, 200]
    assert desk.see("/label").status_code == 200


def test_a_choice_shows_what_it_comes_to(desk: Desk, db: Database) -> None:
    codes = devices_at(db, "81.02", 13)
    text = desk.see("/label", way="office", office="81.02", stock="tj-121", start=9).text
    assert "13 label" in text
    assert re.search(r"· 3 \w+ · Tom", text)  # two labels, ten, one
    assert "/label/pratinjau.svg?" in text
    assert f"/d/{codes[0]}" in text
    assert 'name="reason"' not in text


def test_a_choice_with_printed_labels_asks_why(desk: Desk, db: Database) -> None:
    codes = devices_at(db, "81.02", 2)
    desk.post("/label-sheets", {"devices": codes[:1], "stock": "tj-121"})
    text = desk.see("/label", way="devices", devices=", ".join(codes), stock="tj-121").text
    assert 'name="reason"' in text


@pytest.mark.parametrize(
    "choice",
    [
        {"way": "office", "office": "99"},
        {"way": "office"},
        {"way": "devices", "devices": "no-code"},
        {"way": "devices", "devices": ""},
        {"way": "shipment", "shipment": "77"},
        {"way": "shipment", "shipment": "many"},
        {"way": "imported", "imported": "999"},
        {"way": "office", "office": "81.02", "stock": "nothing"},
        {"way": "office", "office": "81.02", "start": "99"},
    ],
    ids=str,
)
def test_a_choice_that_cannot_be_met_says_so_and_keeps_what_was_typed(
    desk: Desk, db: Database, choice: dict[str, str]
) -> None:
    devices_at(db, "81.02", 1)
    answer = desk.see("/label", **{"stock": "tj-121"} | choice)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    if devices := choice.get("devices"):
        assert devices in answer.text
    sent = desk.send("/label", **{"stock": "tj-121"} | choice)
    assert sent.status_code == 400


def test_the_preview_is_the_first_sheet(desk: Desk, db: Database) -> None:
    codes = devices_at(db, "81.02", 13)
    answer = desk.see("/label/pratinjau.svg", way="office", office="81.02", stock="tj-121", start=9, offset_x_mm=1.5)
    assert answer.headers["content-type"].startswith("image/svg+xml")
    root = ET.fromstring(answer.text)
    assert root.attrib["viewBox"] == "0 0 165 210"
    space = "{http://www.w3.org/2000/svg}"
    labels = root.findall(f"{space}svg")
    assert [label.find(f"{space}title").text for label in labels] == [f"{code[:4]} {code[4:]}" for code in codes[:2]]  # type: ignore[union-attr]  # it has one
    assert [float(label.attrib["x"]) for label in labels] == [7.0, 86.0]
    assert len(root.findall(f"{space}rect")) == 11  # the page and its ten places


def test_what_was_chosen_is_printed(desk: Desk, db: Database) -> None:
    codes = devices_at(db, "81.02", 3)
    sent = desk.send("/label", way="devices", devices="\n".join(codes), stock="tj-121", start="3", office="99")
    assert sent.status_code == 303
    run_id = int(sent.headers["location"].rpartition("/")[2])
    assert desk.ended(run_id)["state"] == "done"
    text = desk.see(sent.headers["location"]).text
    assert f"/api/v1/label-runs/{run_id}/file" in text
    assert "100%" in text
    assert addresses_in(desk.get(f"/label-runs/{run_id}/file").content) == sorted(BASE + code for code in codes)
    assert f"/label/cetak/{run_id}" in desk.see("/label/cetak").text


def test_a_device_page_leads_to_its_own_label(desk: Desk, db: Database) -> None:
    (code,) = devices_at(db, "81.02", 1)
    text = desk.see("/label", device=code).text
    assert re.search(rf'name="device" value="{code}"', text)
    sent = desk.send("/label", device=code, stock="roll-50x30")
    assert desk.ended(int(sent.headers["location"].rpartition("/")[2]))["labels"] == 1


def test_the_same_form_sent_twice_prints_once(desk: Desk, db: Database) -> None:
    (code,) = devices_at(db, "81.02", 1)
    form = {"device": code, "stock": "tj-121", "action_id": "0190b3c0-0000-7000-8000-000000000001"}
    first, second = desk.send("/label", **form), desk.send("/label", **form)
    assert first.headers["location"] == second.headers["location"]
    desk.ended(int(first.headers["location"].rpartition("/")[2]))
    assert desk.get("/label-runs").json()["total"] == 1


def test_a_run_under_way_shows_how_far_it_is_and_can_be_cancelled(
    desk: Desk, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assets_service.kernel.jobs.Bell.ring", lambda _: None)
    (code,) = devices_at(db, "81.02", 1)
    where = desk.send("/label", device=code, stock="tj-121").headers["location"]
    text = desk.see(where).text
    assert 'hx-trigger="every 1s"' in text
    assert "<progress" in text
    assert desk.send(f"{where}/batal").status_code == 303
    assert 'hx-trigger="every 1s"' not in desk.see(where).text
    assert desk.send(f"{where}/batal").status_code == 409
    assert desk.send(f"{where}/ulang").status_code == 303
    assert desk.send(f"{where}/ulang").status_code == 409
    assert desk.see("/label/cetak/999").status_code == 404
    assert desk.send("/label/cetak/999/batal").status_code == 404


def test_blanks_are_printed_from_their_page(desk: Desk) -> None:
    refused = desk.send("/label/kosong", count="9999", office="81.02", stock="tj-107")
    assert refused.status_code == 400
    assert 'value="9999"' in refused.text
    sent = desk.send("/label/kosong", count="3", office="81.02", stock="tj-107")
    run_id = int(sent.headers["location"].rpartition("/")[2])
    assert desk.ended(run_id)["labels"] == 3
    (first, *_) = addresses_in(desk.get(f"/label-runs/{run_id}/file").content)

    code = first.removeprefix(BASE)
    assert f"/label/{code}/perangkat" in desk.see(f"/d/{code}").text


def test_a_blank_is_put_on_a_device_from_its_page(desk: Desk, db: Database) -> None:
    run_id = int(desk.send("/label/kosong", count="1", office="81.02", stock="tj-107").headers["location"][13:])
    desk.ended(run_id)
    (address,) = addresses_in(desk.get(f"/label-runs/{run_id}/file").content)
    blank = address.removeprefix(BASE)
    first, second = devices_at(db, "81.02", 2)
    wrong = desk.send(f"/label/{blank}/perangkat", device="no such thing")
    assert wrong.status_code == 404
    assert "no such thing" in wrong.text
    claimed = desk.send(f"/label/{blank}/perangkat", device=first)
    assert (claimed.status_code, claimed.headers["location"]) == (303, f"/d/{first}")
    assert desk.get("/lookup", id=blank).json()["code"] == first
    assert desk.get(f"/devices/{first}").json()["label_attached_at"] is not None
    assert desk.send(f"/label/{blank}/perangkat", device=second).status_code == 409


def test_an_own_stock_is_saved_and_retired_from_its_page(
    desk: Desk, db: Database, client: TestClient[Litestar]
) -> None:
    typed = {name: str(value) for name, value in SHEET.items()}
    refused = desk.send("/label/stok", **typed | {"pitch_x_mm": "10"})
    assert refused.status_code == 400
    assert 'id="f-pitch_x_mm-problem"' in refused.text
    assert 'value="own-70x35"' in refused.text
    assert desk.send("/label/stok", **typed).status_code == 303
    assert "own-70x35" in desk.see("/label/stok").text
    assert "own-70x35" in desk.see("/label").text
    assert a_desk(db, client, at="81.02").send("/label/stok/own-70x35/pensiun").status_code == 403
    assert desk.send("/label/stok/own-70x35/pensiun").status_code == 303
    assert desk.send("/label/stok/own-70x35/pensiun").status_code == 404
    assert "own-70x35" not in desk.see("/label").text


def test_what_finders_wrote_is_taken_care_of_from_its_page(
    desk: Desk, db: Database, client: TestClient[Litestar]
) -> None:
    (code,) = devices_at(db, "81.02", 1)
    client.post(f"/d/{code}/temuan", data={"message": "At the harbour", "contact": "0812"})
    assert "At the harbour" in desk.see("/label/temuan").text
    assert desk.send("/label/temuan/1").status_code == 303
    assert "At the harbour" not in desk.see("/label/temuan").text
    assert "At the harbour" in desk.see("/label/temuan", semua=1).text
    assert desk.send("/label/temuan/99").status_code == 404


@pytest.fixture
def local_desk(settings: Settings, db: Database, clock: StillClock) -> Any:
    a_country(db)
    app = create_app(structs.replace(settings, base_url="http://localhost:8000"), db=db, clock=clock)
    with TestClient(app) as client:
        yield a_desk(db, client)


def test_pages_say_that_a_local_address_makes_drafts(local_desk: Desk, db: Database) -> None:
    (code,) = devices_at(db, "81.02", 1)
    text = local_desk.see("/label", device=code).text
    assert "http://localhost:8000" in text
    assert re.search(r'name="draft" value="true"', text)
    assert "http://localhost:8000" in local_desk.see("/label/kosong").text
    assert local_desk.send("/label", device=code, stock="tj-121").status_code == 409
    assert local_desk.see("/label/pratinjau.svg", device=code, stock="tj-121").status_code == 200


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_speaks_both_languages(desk: Desk, db: Database, language: str) -> None:
    (code,) = devices_at(db, "81.02", 1)
    desk.client.base_url = "https://testserver.local"  # where the cookie of the language is Secure
    desk.client.get(f"/bahasa/{language}", follow_redirects=False)
    for path in (*PAGES, f"/label?device={code}&stock=tj-121", f"/d/{code}/temuan", "/temuan/terima-kasih"):
        answer = desk.see(path)
        assert answer.status_code == 200, path
        assert f'<html lang="{language}">' in answer.text
