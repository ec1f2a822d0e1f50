"""Today, and what anybody may know."""

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.custody import commands as custody
from assets_service.custody.asks import NewShipment
from assets_service.devices.models import Device, Kind
from assets_service.kernel.db import Database
from assets_service.offices import commands as offices
from assets_service.programmes import queries as programmes
from assets_service.reports.views import PLACES, rows, tiles
from assets_service.web.static_files import STATIC
from tests.build import NOON, a_device, a_person, roster, stamp, system
from tests.people.build_people import browser
from tests.programmes.build_programmes import a_programme

Client = TestClient[Litestar]


@pytest.fixture
def country(db: Database) -> Database:
    with db.writing() as session:
        roster(session)
        a_programme(session)
    return db


def a_shipment(db: Database, to_office: str, *, at: str = "00", send: bool = True, number: int = 1) -> str:
    """Its number."""
    with db.writing() as session:
        clerk = stamp(session, a_person(session, role=Role.LOGISTICS, at=at))
        codes = [a_device(session, at=at, programme="PPID-2024").code for _ in range(number)]
        return custody.create(session, NewShipment(to_office=to_office, devices=codes, send=send), stamp=clerk).number


def today(client: Client, db: Database, role: Role | None, at: str) -> str:
    page = client.get("/", headers=browser(db, role, at, lang="en"))
    assert page.status_code == 200
    return page.text


def test_what_finders_wrote_is_the_first_card_of_who_can_answer(client: Client, country: Database) -> None:
    with country.writing() as session:
        code = a_device(session, at="81.02").code
    a_shipment(country, "81.02")
    for written in (code, code, "ZZZZZZZZ"):
        client.post(f"/d/{written}/temuan", data={"message": "Ada di pasar", "contact": "0812"})
    for (role, at), count in {
        (Role.HEAD, "81.02"): 2,
        (Role.LOGISTICS, "81"): 2,
        (Role.ADMIN, "00"): 3,  # of a code that nobody knows too
        (Role.HEAD, "81.72"): 0,
        (Role.AUDITOR, "00"): 0,
        (None, "81.02"): 0,
    }.items():
        text = today(client, country, role, at)
        card = re.search(r'<section class="card next">.*?</section>', text, re.DOTALL)
        is_first = card is not None and 'href="/label/temuan"' in card[0]
        assert is_first is (count > 0), (role, at)
        assert not card or not is_first or f'<span class="count">{count}</span>' in card[0], (role, at)


def test_whoever_receives_is_shown_what_waits_for_them_and_nobody_else_is(client: Client, country: Database) -> None:
    number = a_shipment(country, "81.02", number=2)
    for (role, at), waits in {
        (Role.HEAD, "81.02"): True,
        (Role.LOGISTICS, "81.02"): True,
        (Role.HEAD, "81.72"): False,
        (Role.ADMIN, "81"): False,  # the receiver confirms, nobody above for it
        (Role.LOGISTICS, "00"): False,
        (Role.AUDITOR, "81.02"): False,
        (None, "81.02"): False,
    }.items():
        text = today(client, country, role, at)
        assert (number in text, "Confirm what arrives" in text) == (waits, waits), (role, at)
        assert not waits or "2 devices" in text


def test_what_is_packed_and_not_sent_waits_for_its_sender(client: Client, country: Database) -> None:
    number = a_shipment(country, "81.02", send=False)
    assert number in today(client, country, Role.LOGISTICS, "00")
    assert number not in today(client, country, Role.HEAD, "81.02")


def test_many_shipments_are_counted_and_the_newest_shown(client: Client, country: Database) -> None:
    numbers = [a_shipment(country, "81.02") for _ in range(7)]
    text = today(client, country, Role.HEAD, "81.02")
    assert [number in text for number in numbers] == [False, False, True, True, True, True, True]
    assert '<span class="count">7</span>' in text


def test_flags_are_counted_in_the_scope_and_lead_to_their_lists(client: Client, country: Database) -> None:
    with country.writing() as session:
        for at in ("81.02", "81.02", "31"):
            a_device(session, at=at)

    def unassigned(at: str) -> str | None:
        text = " ".join(today(client, country, Role.HEAD, at).split())
        found = re.search(r'href="/tanda/unassigned"><b>(\d+)</b>', text)
        return found[1] if found else None

    assert [unassigned(at) for at in ("00", "81", "81.02", "31", "73")] == ["3", "2", "2", "1", None]


def test_nothing_waiting_is_said(client: Client, country: Database) -> None:
    assert "Nothing waits for you." in today(client, country, Role.HEAD, "73.71")


@pytest.mark.parametrize(
    ("role", "register", "send"),
    [(Role.ADMIN, True, True), (Role.LOGISTICS, True, True), (Role.HEAD, False, True), (Role.AUDITOR, False, False)],
)
def test_each_is_offered_what_they_may_do(
    client: Client, country: Database, role: Role, *, register: bool, send: bool
) -> None:
    text = today(client, country, role, "81")
    assert ('href="/perangkat/baru"' in text, 'href="/pengiriman/baru"' in text) == (register, send)
    assert 'href="/pindai"' in text


@pytest.mark.parametrize(
    ("at", "whole", "names", "others"),
    [
        ("00", "15", ("Maluku", "DKI Jakarta"), ("Kota Tual",)),
        ("81", "5", ("Kota Tual", "Kabupaten Maluku Tenggara"), ("DKI Jakarta",)),
        ("81.02", "2", ("Kabupaten Maluku Tenggara",), ("Kota Tual", "DKI Jakarta")),
    ],
)
def test_the_offices_in_scope_are_summed_and_no_other_is_named(
    client: Client, country: Database, at: str, whole: str, names: tuple[str, ...], others: tuple[str, ...]
) -> None:
    text = " ".join(today(client, country, Role.HEAD, at).split())
    assert f"<b>{whole}</b><span>Entitled</span>" in text
    assert all(f"<b>{name}</b>" in text for name in names)
    assert not any(f"<b>{name}</b>" in text for name in others)


# The public page -------------------------------------------------------------------------------------------------


def test_strangers_see_numbers_by_province_and_nothing_that_identifies(client: Client, country: Database) -> None:
    a_shipment(country, "81.02")
    with country.writing() as session:
        device = a_device(
            session, at="81.02", programme="PPID-2024", serial="SECRET1", brand="Secretbrand", kind=Kind.TABLET
        )
        device.received_at = NOON
        a_person(session, "Secretname", at="81.02", role=Role.HEAD)
        secrets = {*_identifiers(device), "Secretname", "Maluku Tenggara", "81.02", "/kantor", "/perangkat", "/d/"}
    page = client.get("/publik", headers={"Cookie": "lang=en"})
    assert page.status_code == 200
    text = page.text[page.text.index("<main") :]
    assert {secret for secret in secrets if secret in text} == set()
    assert "1 received, 1 registered, 3 entitled" in text
    assert "0 received, 1 registered, 2 entitled" in text
    assert all(f"<b>{name}</b>" in text for name in ("Maluku", "DKI Jakarta", "Kalimantan Tengah"))


def test_an_empty_country_has_a_public_page_too(client: Client) -> None:
    assert client.get("/publik").status_code == 200


def _identifiers(device: Device) -> set[str]:
    return {device.code, device.serial, device.brand, device.model}


def test_each_tile_says_its_province_and_its_share(client: Client, country: Database) -> None:
    a_shipment(country, "81.02")
    tile = re.search(r'<li class="x11 y3"[^>]*>(.*?)</li>', client.get("/publik").text)
    assert tile
    assert tile[1] == '<span class="s0">Maluku <b>0</b></span>'
    linked = re.search(r'<li class="x11 y3">(.*?)</li>', today(client, country, Role.HEAD, "00"))
    assert linked
    assert linked[1] == '<a class="s0" href="/kantor/81" title="Maluku: 0 / 5">Maluku <b>0</b></a>'


# The grid --------------------------------------------------------------------------------------------------------


def test_every_province_has_a_place_of_its_own_on_the_grid(db: Database) -> None:
    with db.writing() as session:
        offices.add_roster(session, stamp=system())
    with db.reading() as session:
        covered = programmes.coverage_of_country(session)
    placed = tiles(covered)
    assert len(placed) == len({(tile.column, tile.row) for tile in placed}) == len(PLACES) == 38
    assert len({tile.short for tile in placed}) == 38
    styles = (STATIC / "country.css").read_text()  # where each column and row stands
    assert all(f".x{tile.column} {{" in styles and f".y{tile.row} {{" in styles for tile in placed)
    assert [row.code for row in rows(covered, {})] == [tile.code for tile in placed]
    assert {tile.percent for tile in placed} == {None}
