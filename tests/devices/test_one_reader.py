"""Whatever names a device names it at every door: on a label, by hand, by a scanner, out of a spreadsheet."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from assets_service.access.stamp import Role
from assets_service.custody.models import Difference, LineState
from assets_service.devices.identifiers import cuts_of, read_name, reads_in
from assets_service.devices.models import LabelCode
from assets_service.kernel.db import Database
from tests import build
from tests.build import NOON, a_device, roster
from tests.people.build_people import browser, caller

Client = TestClient[Litestar]

IMEI, IMEI2, SERIAL, CLAIMED = "352780550406459", "358422088526912", "R52W70ABCDE", "2WZT04HB"
OTHER_IMEI = "356938035643809"


class World(NamedTuple):
    """A phone that went to Maluku Tenggara, another at the national office; who sends, and who receives."""

    db: Database
    code: str
    other: str
    sender: dict[str, str]
    receiver: dict[str, str]

    def spelled(self, spelling: str) -> str:
        return spelling.format(code=self.code, lower=self.code.lower(), split=f"{self.code[:4]} {self.code[4:]}")


@pytest.fixture
def world(db: Database) -> World:
    with db.writing() as session:
        roster(session)
        device = a_device(session, serial=SERIAL, imei1=IMEI, imei2=IMEI2, nup=17)
        other = a_device(session, serial="R58T30FGHJK", imei1=OTHER_IMEI, nup=18)
        session.add(LabelCode(code=CLAIMED, device_id=device.id, claimed_at=NOON, made_at=NOON))
        code, second = device.code, other.code
    return World(db, code, second, caller(db, Role.ADMIN, "00"), caller(db, Role.HEAD, "81.02"))


SPELLINGS = (
    "{code}", "{lower}", "{split}", "{code}.2", "HTTPS://OLD.HOST/D/{code}", "https://h/aset/d/{lower}?x=1", "]Q1HTTPS://H/D/{code}",
    "]C0{code}", "'{code}", "\ufeff{code}\r", CLAIMED, f"https://other.host/d/{CLAIMED}", SERIAL, "r52w-70 abcde", "]C0" + SERIAL,
    f"S/N: {SERIAL}", f"Serial No. {SERIAL}", f"Nomor Seri: {SERIAL}", f"{SERIAL}\u200b", IMEI, IMEI2, f"IMEI: {IMEI}", f"IMEI2:{IMEI2}",
    f"{IMEI} / 01", f"{IMEI}/01", IMEI[:14] + "01", "35-278055-040645-9", f"]C1{IMEI}", f"{IMEI} {IMEI2}", f"{IMEI}{IMEI2}",
    f"IMEI1: {IMEI} IMEI2: {IMEI2}", "3060201004.17", "3.06.02.01.004.17", "3060201004-17", "3.06.02.01.004 NUP 17", "3060201004.000017",
)  # fmt: skip
_IN_JSON = [spelling for spelling in SPELLINGS if "\r" not in spelling]  # control characters are no JSON text of ours


def ok(reply: Any, status: int = 200) -> Any:
    assert reply.status_code == status, reply.text
    return reply.json()


def a_box(client: Client, world: World, *devices: str, status: int = 201) -> Any:
    body = {"to_office": "81.02", "devices": list(devices), "send": True}
    return ok(client.post("/api/v1/shipments", json=body, headers=world.sender), status)


def looked_up(client: Client, world: World, spelling: str) -> str:
    return str(ok(client.get("/api/v1/lookup", params={"id": spelling}, headers=world.sender))["code"])


def scanned(client: Client, world: World, spelling: str) -> str:
    head = browser(world.db, Role.HEAD, "00")
    reply = client.get("/pindai", params={"kode": spelling}, headers=head, follow_redirects=False)
    assert reply.status_code == 303, reply.text
    return world.code if reply.headers["location"].split("/")[2].partition(".")[0] in {world.code, CLAIMED} else ""


def searched(client: Client, world: World, spelling: str) -> str:
    [found] = ok(client.get("/api/v1/devices", params={"q": spelling}, headers=world.sender))["items"]
    return str(found["code"])


@pytest.mark.parametrize("door", [looked_up, scanned, searched], ids=lambda door: door.__name__)
def test_every_spelling_finds_the_device(
    client: Client, world: World, door: Callable[[Client, World, str], str]
) -> None:
    for spelling in map(world.spelled, SPELLINGS):
        assert door(client, world, spelling) == world.code, spelling


def test_every_spelling_names_the_device_to_a_write(client: Client, world: World) -> None:
    for spelling in map(world.spelled, _IN_JSON):
        box = a_box(client, world, spelling)
        assert [line["device"] for line in box["lines"]] == [world.code], spelling
        ok(client.put(f"/api/v1/shipments/{box['id']}/cancellation", json={}, headers=world.sender))


@pytest.mark.parametrize("spelling", [SERIAL, IMEI, CLAIMED, f"{IMEI} / 01", "3060201004.17", "]Q1https://h/d/{code}"])
def test_a_receipt_closes_the_line_however_the_device_was_read(client: Client, world: World, spelling: str) -> None:
    box = a_box(client, world, world.code, world.other)
    said = {"lines": [{"device": world.spelled(spelling), "outcome": "received"}]}
    received = ok(client.put(f"/api/v1/shipments/{box['id']}/receipt", json=said, headers=world.receiver))
    assert [line["state"] for line in received["lines"]] == [LineState.RECEIVED, LineState.OPEN]
    assert received["findings"] == []


def test_the_same_device_read_by_two_of_its_numbers_stands_in_a_receipt_twice(client: Client, world: World) -> None:
    box = a_box(client, world, world.code)
    said = {"lines": [{"device": read, "outcome": "received"} for read in (SERIAL, IMEI)]}
    reply = client.put(f"/api/v1/shipments/{box['id']}/receipt", json=said, headers=world.receiver)
    assert [error["pointer"] for error in ok(reply, 400)["errors"]] == ["/lines/1/device"]


def test_a_device_found_by_its_serial_in_a_strange_box_is_that_devices_finding(client: Client, world: World) -> None:
    """Its office may be another: the label, or the number on its back, proves that it was there."""
    box = a_box(client, world, world.other)
    said = {"lines": [{"device": SERIAL, "outcome": "received"}]}
    received = ok(client.put(f"/api/v1/shipments/{box['id']}/receipt", json=said, headers=world.receiver))
    assert [(found["code_read"], found["device"]) for found in received["findings"]] == [(SERIAL, None)]
    told = ok(client.get(f"/api/v1/devices/{world.code}/history", headers=world.sender))["items"]
    assert [entry["kind"] for entry in told] == ["devices.registered", "custody.extra"]


def test_an_address_takes_any_of_a_devices_numbers(client: Client, world: World) -> None:
    for number in (CLAIMED, SERIAL.lower(), IMEI):
        assert ok(client.get(f"/api/v1/devices/{number}", headers=world.sender))["code"] == world.code
        held = client.put(f"/api/v1/devices/{number}/holder", json={"person": None}, headers=world.sender)
        assert ok(held)["code"] == world.code


def test_labels_are_asked_for_by_any_of_a_devices_numbers(client: Client, world: World) -> None:
    run = {"stock": "tj-121", "devices": [SERIAL, OTHER_IMEI], "draft": True}
    assert ok(client.post("/api/v1/label-runs", json=run, headers=world.sender), 202)["labels"] == 2


# The end of a serial number ----------------------------------------------------------------------------------------


def test_the_end_of_a_serial_finds_and_never_writes(client: Client, world: World) -> None:
    tail = SERIAL[-6:].lower()
    assert looked_up(client, world, tail) == scanned(client, world, tail) == world.code
    assert client.get("/api/v1/lookup", params={"id": tail[1:]}, headers=world.sender).status_code == 404
    a_box(client, world, tail, status=400)
    box = a_box(client, world, world.code)
    said = {"lines": [{"device": tail, "outcome": "short"}]}
    ok(client.put(f"/api/v1/shipments/{box['id']}/receipt", json=said, headers=world.receiver), 400)
    assert client.put(f"/api/v1/devices/{tail}/holder", json={"person": None}, headers=world.sender).status_code == 404


# What fits several -------------------------------------------------------------------------------------------------


@pytest.fixture
def mistaken(world: World) -> str:
    """Somebody scanned the phone's label into the serial number of a third device."""
    with world.db.writing() as session:
        return a_device(session, serial=world.code).code


def test_a_serial_that_is_another_devices_label_is_no_winner(client: Client, world: World, mistaken: str) -> None:
    reply = ok(client.get("/api/v1/lookup", params={"id": world.code}, headers=world.sender), 409)
    assert world.code in reply["detail"]
    assert mistaken in reply["detail"]
    refused = a_box(client, world, world.code, status=409)
    assert [error["pointer"] for error in refused["errors"]] == ["/devices/0"]
    assert mistaken in refused["errors"][0]["message"]
    run = {"stock": "tj-121", "devices": [world.code], "draft": True}
    ok(client.post("/api/v1/label-runs", json=run, headers=world.sender), 409)


def test_a_receipt_takes_neither_of_two_devices_that_a_read_fits(client: Client, world: World, mistaken: str) -> None:
    box = a_box(client, world, f"https://h/d/{world.code}", mistaken)
    at = f"/api/v1/shipments/{box['id']}/receipt"
    said = {"lines": [{"device": world.code, "outcome": "received"}]}
    reply = ok(client.put(at, json=said, headers=world.receiver), 409)
    assert [error["pointer"] for error in reply["errors"]] == ["/lines/0/device"]
    said = {"lines": [{"device": f"https://h/d/{world.code}", "outcome": "received"}]}
    assert [line["state"] for line in ok(client.put(at, json=said, headers=world.receiver))["lines"]] == [
        "received",
        "open",
    ]


@pytest.mark.usefixtures("mistaken")
def test_a_page_and_an_address_mean_the_device_whose_label_it_is(client: Client, world: World) -> None:
    assert ok(client.get(f"/api/v1/devices/{world.code}", headers=world.sender))["code"] == world.code
    box = a_box(client, world, f"https://h/d/{world.code}")
    head = browser(world.db, Role.HEAD, "81.02")
    form = {f"lines.{world.code}.outcome": "received", "codes": ""}
    at = f"/pengiriman/{box['id']}"
    assert client.post(f"{at}/terima", data=form, headers=head, follow_redirects=False).status_code == 303
    assert ok(client.get(f"/api/v1{at.replace('pengiriman', 'shipments')}", headers=world.sender))["state"] == "closed"


def test_what_one_cannot_see_makes_nothing_unclear(client: Client, world: World) -> None:
    with world.db.writing() as session:
        a_device(session, at="31", serial=world.code)
        own = a_device(session, at="81.02", serial="R5PLAIN")
        own.serial_search = "same"
        a_device(session, at="31", brand="Oppo", serial="SAME")
        code = own.code
    assert ok(client.get("/api/v1/lookup?id=SAME", headers=world.receiver))["code"] == code


# Reads that a gun glued together -----------------------------------------------------------------------------------

GLUED = (
    "{code}{other}", "HTTPS://H/D/{code}HTTPS://H/D/{other}", "]Q1https://h/d/{code}.2]Q1https://h/d/{other}", "HTTPS://H/D/{code}{other}",
    f"{{code}}{OTHER_IMEI}", f"{IMEI}{OTHER_IMEI}", f"{SERIAL}HTTPS://H/D/{{other}}", "HTTPS://H/D/{code}R58T30FGHJK", f"HTTPS://H/D/{{code}}.1{OTHER_IMEI}",
    f"{SERIAL} R58T30FGHJK", f"{{code}}\x1d{OTHER_IMEI}", "{code}|{other}", "{code}\t{other}", "{code};{other}",
)  # fmt: skip


def test_two_reads_glued_together_are_two_devices_on_a_page(client: Client, world: World) -> None:
    who = browser(world.db, Role.LOGISTICS, "00")
    for glued in GLUED:
        form = {"to_office": "81.02", "devices": glued.format(code=world.code, other=world.other)}
        made = client.post("/pengiriman/baru", data=form, headers=who, follow_redirects=False)
        assert made.status_code == 303, (glued, made.text)
        box = int(made.headers["location"].rsplit("/", 1)[1])
        lines = ok(client.get(f"/api/v1/shipments/{box}", headers=world.sender))["lines"]
        assert [line["device"] for line in lines] == [world.code, world.other], glued
        assert client.post(f"/pengiriman/{box}/batal", data={"note": ""}, headers=who).status_code == 200


def test_a_program_is_told_that_it_sent_two_reads_as_one(client: Client, world: World) -> None:
    box = a_box(client, world, world.code, world.other)
    said = {"lines": [{"device": world.code + world.other, "outcome": "received"}]}
    reply = client.put(f"/api/v1/shipments/{box['id']}/receipt", json=said, headers=world.receiver)
    [error] = ok(reply, 400)["errors"]
    assert error["pointer"] == "/lines/0/device"
    assert f"{world.code}, {world.other}" in error["message"]
    with world.db.reading() as session:
        assert session.scalars(select(Difference)).all() == []


def test_two_numbers_of_two_devices_glued_together_name_both(client: Client, world: World) -> None:
    reply = ok(client.get("/api/v1/lookup", params={"id": IMEI + OTHER_IMEI}, headers=world.sender), 409)
    assert world.code in reply["detail"]
    assert world.other in reply["detail"]


@pytest.mark.parametrize(
    "text", ["7K3M9QXA", "https://h/d/7K3M9QXA.23", "R52W70ABCDE", "a box of pens", "352780550406459", ""]
)
def test_one_read_is_not_cut(text: str) -> None:
    assert reads_in(text) == ([text] if text else [])
    assert cuts_of(text) == []


@pytest.mark.parametrize("text", ["", " ", "--", "://", "https://h/x"])
def test_what_can_name_nothing(text: str) -> None:
    assert read_name(text).keys == []


# What is kept ------------------------------------------------------------------------------------------------------

KEPT = (
    ({"imei1": f"IMEI: {build.an_imei(1)}"}, {"imei1": build.an_imei(1), "imei2": None}),
    ({"imei1": f"{build.an_imei(2)} / 01"}, {"imei1": build.an_imei(2), "imei2": None}),
    ({"imei1": build.an_imei(3)[:14] + "12"}, {"imei1": build.an_imei(3), "imei2": None}),
    (
        {"imei1": f"{build.an_imei(4)} / {build.an_imei(5)}"},
        {"imei1": build.an_imei(4), "imei2": build.an_imei(5)},
    ),
    (
        {"imei1": f"IMEI1: {build.an_imei(6)} IMEI2: {build.an_imei(7)}", "imei2": build.an_imei(7)},
        {"imei1": build.an_imei(6), "imei2": build.an_imei(7)},
    ),
    ({"serial": "]C0R5KEPT1"}, {"serial": "R5KEPT1"}),
    ({"serial": "S/N: R5KEPT2"}, {"serial": "R5KEPT2"}),
    ({"serial": "SN R5KEPT3"}, {"serial": "SN R5KEPT3"}),  # may well be the number itself
)


@pytest.mark.parametrize(("said", "kept"), KEPT)
def test_numbers_are_kept_in_one_form(
    client: Client, world: World, said: dict[str, str], kept: dict[str, str | None]
) -> None:
    body = build.device_facts() | said | {"kind": "smartphone"}
    made = ok(client.post("/api/v1/devices", json=body, headers=world.sender), 201)
    assert {name: made[name] for name in kept} == kept


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"imei1": f"{build.an_imei(8)} {build.an_imei(9)}", "imei2": build.an_imei(10)}, "imei1"),
        ({"imei1": build.an_imei(8)[:14]}, "imei1"),
        ({"serial": "https://aset.example.go.id/d/7K3M9QXA"}, "serial"),
    ],
)
def test_numbers_that_leave_a_doubt_are_refused(client: Client, world: World, said: dict[str, str], field: str) -> None:
    body = build.device_facts() | said | {"kind": "smartphone"}
    reply = ok(client.post("/api/v1/devices", json=body, headers=world.sender), 400)
    assert [error["pointer"] for error in reply["errors"]] == [f"/{field}"]
