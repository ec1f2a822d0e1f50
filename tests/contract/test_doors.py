"""What comes in at the door is read as it was meant, and what is refused is said so that it helps."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import func, select

from assets_service.access.stamp import Role
from assets_service.custody.models import Shipment
from assets_service.devices.models import Device
from assets_service.kernel.db import Database
from tests import build
from tests.people.build_people import browser, caller

Client = TestClient[Litestar]


@pytest.fixture
def country(db: Database) -> Database:
    with db.writing() as session:
        build.roster(session)
    return db


@pytest.fixture
def admin(country: Database) -> dict[str, str]:
    return caller(country, Role.ADMIN, "00")


# Titles ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/v1/devices", "/api/v1/me", "/masuk", "/"])
@pytest.mark.parametrize("method", ["PUT", "DELETE", "BREW"])
def test_a_wrong_method_is_refused_in_indonesian(client: Client, path: str, method: str) -> None:
    refused = client.request(method, path)
    assert refused.status_code == 405
    assert "Metode tidak tersedia" in refused.text
    assert "Refused" not in refused.text


# Bodies ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n "])
def test_json_may_begin_with_a_byte_order_mark(client: Client, admin: dict[str, str], before: bytes) -> None:
    body = before + json.dumps(build.device_facts() | {"kind": "smartphone"}).encode()
    headers = admin | {"Content-Type": "application/json"}
    assert client.post("/api/v1/devices", content=body, headers=headers).status_code == 201


# Every bad parameter at once ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("devices?office=99.99&flag=nope&cursor=@@", {"/office", "/flag", "/cursor"}),
        ("devices?kind=x&condition=y&presence=z&limit=0", {"/kind", "/condition", "/presence", "/limit"}),
        ("shipments?office=99.99&cursor=@@", {"/office", "/cursor"}),
        ("persons?office=99.99&cursor=@@", {"/office", "/cursor"}),
        ("flags/unassigned?office=99.99&cursor=@@", {"/office", "/cursor"}),
        ("coverage?parent=99.99&programme=NOPE&cursor=@@", {"/parent", "/programme", "/cursor"}),
        ("offices?parent=Atlantis&cursor=@@", {"/parent", "/cursor"}),
        ("exports/inventory.csv?office=99.99&as_of=tomorrow", {"/office", "/as_of"}),
    ],
)
def test_every_bad_parameter_is_named(client: Client, admin: dict[str, str], address: str, fields: set[str]) -> None:
    refused = client.get(f"/api/v1/{address}", headers=admin)
    assert (refused.status_code, {error["pointer"] for error in refused.json()["errors"]}) == (400, fields)


# The order of problems ---------------------------------------------------------------------------------------------


def test_problems_stand_in_the_order_of_the_fields(client: Client, admin: dict[str, str]) -> None:
    body = {
        "strange": 1, "note": "\x00", "office": "nowhere", "uakpb": "x", "kode_barang": "7", "imei1": "1", "serial": "",
        "model": 5, "kind": "phone",
    }  # fmt: skip
    refused = client.post("/api/v1/devices", json=body, headers=admin).json()["errors"]
    assert [error["pointer"] for error in refused] == [
        "/kind", "/brand", "/model", "/serial", "/imei1", "/kode_barang", "/uakpb", "/note", "/strange",
    ]  # fmt: skip
    body = build.device_facts() | {"kind": "smartphone", "office": "nowhere", "programme": "NOPE", "imei1": None}
    refused = client.post("/api/v1/devices", json=body, headers=admin).json()["errors"]
    assert [error["pointer"] for error in refused] == ["/imei1", "/programme", "/office"]


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/perangkat/baru", {"imei1": "1", "kode_barang": "7", "uakpb": "x", "value": "4.5", "office": "nowhere"}),
        ("/orang/baru", {"name": "", "nip": "1", "password": "short"}),
        ("/pengiriman/baru", {"to_office": "nowhere", "devices": "?"}),
    ],
)
def test_a_refused_form_lists_its_problems_as_they_stand_on_the_page(
    client: Client, admin: dict[str, str], path: str, typed: dict[str, str]
) -> None:
    page = client.post(path, data=typed | {"action_id": str(uuid4())}, headers=admin, follow_redirects=False).text
    (summary,) = re.findall(r'class="notice bad problems".*?</div></div>', page, re.DOTALL)
    listed = re.findall(r'href="#(f-[^"]+)"', summary)
    assert len(listed) > 1
    assert listed == sorted(listed, key=lambda field: page.index(f'id="{field}"'))


# Sent before -------------------------------------------------------------------------------------------------------


def a_form(**changed: str) -> dict[str, str]:
    facts = {name: str(value) for name, value in build.device_facts().items()}
    return facts | {"kind": "smartphone", "action_id": str(uuid4())} | changed


def count(db: Database, kind: type[Any]) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def test_a_form_edited_and_sent_again_shows_what_was_sent(client: Client, country: Database) -> None:
    """Back, another model, and again: the page would otherwise speak of an action id."""
    who, form = browser(country, Role.ADMIN, "00"), a_form()
    made = client.post("/perangkat/baru", data=form, headers=who, follow_redirects=False)
    assert made.status_code == 303
    again = client.post("/perangkat/baru", data=form | {"model": "Galaxy A16"}, headers=who, follow_redirects=False)
    assert again.status_code == 409
    assert f'href="{made.headers["location"]}"' in again.text
    assert "Formulir ini sudah terkirim" in again.text
    assert 'value="Galaxy A16"' in again.text  # nothing that was typed is lost
    assert count(country, Device) == 1


def test_sent_once_more_after_being_told_it_is_a_new_one(client: Client, country: Database) -> None:
    with country.writing() as session:
        codes = [build.a_device(session).code for _ in range(2)]
    who = browser(country, Role.ADMIN, "00")
    form = {"to_office": "81.02", "devices": codes[0], "send": "true", "action_id": str(uuid4())}
    client.post("/pengiriman/baru", data=form, headers=who)
    told = client.post("/pengiriman/baru", data=form | {"devices": codes[1]}, headers=who, follow_redirects=False)
    assert told.status_code == 409
    assert 'href="/pengiriman/1"' in told.text
    (fresh,) = re.findall(r'action="/pengiriman/baru".*?name="action_id" value="([^"]+)"', told.text, re.DOTALL)
    new = form | {"devices": codes[1], "action_id": fresh}
    assert client.post("/pengiriman/baru", data=new, headers=who, follow_redirects=False).status_code == 303
    assert count(country, Shipment) == 2


def test_anothers_id_is_told_as_a_form_too(client: Client, country: Database) -> None:
    form = a_form()
    client.post("/perangkat/baru", data=form, headers=browser(country, Role.ADMIN, "00"))
    other = client.post("/perangkat/baru", data=form, headers=browser(country, Role.ADMIN, "00"))
    assert other.status_code == 409
    assert "Formulir ini sudah dipakai untuk hal lain" in other.text
    assert "id tindakan" not in other.text.lower()


def test_a_finder_is_told_in_the_same_words(client: Client, country: Database) -> None:
    with country.writing() as session:
        code = build.a_device(session).code
    form = {"message": "Found it", "contact": "0812", "action_id": str(uuid4())}
    client.post(f"/d/{code}/temuan", data=form)
    again = client.post(f"/d/{code}/temuan", data=form | {"message": "Found it at the market"})
    assert again.status_code == 409
    assert 'href="/temuan/terima-kasih"' in again.text


def test_a_program_is_told_to_make_a_new_id(client: Client, admin: dict[str, str]) -> None:
    headers = admin | {"Idempotency-Key": str(uuid4()), "Accept-Language": "en"}
    for status in (201, 409):
        body = build.device_facts() | {"kind": "smartphone"}
        reply = client.post("/api/v1/devices", json=body, headers=headers)
        assert reply.status_code == status
    assert reply.json()["detail"] == "This action id was already used for something else. Make a new one."
