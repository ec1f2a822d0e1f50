"""The register as pages."""

import re
from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.custody import events as custody
from assets_service.devices import queries
from assets_service.devices.models import Device, Kind, LabelCode, Presence
from assets_service.kernel.db import Database
from assets_service.ledger import queries as ledger
from assets_service.ledger.commands import record
from assets_service.ledger.events import Event
from tests.build import NOON, a_device, a_person, an_imei, office, roster, system
from tests.people.build_people import browser
from tests.programmes.build_programmes import a_programme

Client = TestClient[Litestar]
TYPED = {
    "kind": "smartphone", "office": "81.02", "brand": "Samsung", "model": "Galaxy A15", "serial": "R9WT30ABC",
    "imei1": "35 693803 564380 9", "value": "4.500.000", "acquired_on": "2024-09-05", "nup": "7", "note": "dus <b>",
}  # fmt: skip


@pytest.fixture
def country(db: Database) -> Database:
    with db.writing() as session:
        roster(session)
        a_programme(session)
    return db


def send(client: Client, path: str, who: dict[str, str], **fields: str) -> tuple[int, str, str]:
    reply = client.post(path, data=fields | {"action_id": str(uuid4())}, headers=who, follow_redirects=False)
    return reply.status_code, reply.headers.get("location", ""), reply.text


def put(db: Database, at: str = "81.02", **facts: Any) -> str:
    with db.writing() as session:
        return a_device(session, at=at, **facts).code


def read(db: Database, code: str) -> Device:
    with db.reading() as session:
        return queries.by_code(session, code, system())


def problems(text: str) -> set[str]:
    """The fields that a form names as wrong."""
    return set(re.findall(r'id="f-([\w-]+)-problem"', text))


# Who ------------------------------------------------------------------------------------------------------------


def test_who_reads_which_page(client: Client, country: Database) -> None:
    code = put(country)
    pages = ("", "/baru", f"/{code}/ubah", f"/{code}/penghapusan", f"/{code}/riwayat")
    for (role, at), said in {
        (Role.ADMIN, "00"): (200, 200, 200, 200, 200),
        (Role.ADMIN, "81.02"): (200, 200, 200, 200, 200),
        (Role.ADMIN, "31"): (200, 200, 404, 404, 404),
        (Role.LOGISTICS, "81"): (200, 200, 200, 403, 200),
        (Role.HEAD, "81.02"): (200, 403, 403, 403, 200),
        (Role.HEAD, "81.72"): (200, 403, 403, 403, 404),
        (Role.AUDITOR, "00"): (200, 403, 403, 403, 200),
    }.items():
        who = browser(country, role, at)
        replies = [client.get(f"/perangkat{page}", headers=who) for page in pages]
        assert tuple(reply.status_code for reply in replies) == said, (role, at)
        if said[-1] == 404:
            assert not any(code in reply.text.replace(f"/perangkat/{code}", "") for reply in replies), (role, at)


def test_a_form_is_not_shown_to_who_may_only_look(client: Client, country: Database) -> None:
    code = put(country, at="00")
    with country.writing() as session:
        device, there = queries.by_code(session, code, system()), office(session, "81.02")
        device.presence, device.sent_at, device.bound_for_id = Presence.IN_TRANSIT, NOON, there.id
    who = browser(country, Role.ADMIN, "81.02")
    assert client.get(f"/perangkat/{code}/riwayat", headers=who).status_code == 200
    assert client.get(f"/perangkat/{code}/ubah", headers=who).status_code == 403


# The list --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "models"),
    [
        ("", {"Alpha", "Beta", "Gamma"}),
        ("?kind=tablet&office=&condition=&q=", {"Alpha"}),
        ("?office=81", {"Alpha", "Beta"}),
        ("?office=81.72", {"Beta"}),
        ("?q=gam", {"Gamma"}),
        ("?presence=lost", set()),
        ("?flag=unassigned", {"Alpha", "Beta", "Gamma"}),
    ],
)
def test_the_list_is_narrowed_as_the_form_says(client: Client, country: Database, query: str, models: set[str]) -> None:
    put(country, model="Alpha", kind=Kind.TABLET)
    put(country, at="81.72", model="Beta")
    put(country, at="31", model="Gamma")
    page = client.get(f"/perangkat{query}", headers=browser(country, Role.AUDITOR, "00"))
    assert {model for model in ("Alpha", "Beta", "Gamma") if f"Samsung {model}</b>" in page.text} == models


def test_the_list_goes_on_on_the_next_page(client: Client, country: Database) -> None:
    with country.writing() as session:
        for _ in range(51):
            a_device(session, at="81.02")
    who = browser(country, Role.HEAD, "81")
    first = client.get("/perangkat?kind=smartphone", headers=who).text
    (onward,) = re.findall(r'rel="next" href="([^"]+)"', first)
    assert "kind=smartphone" in onward
    rest = client.get(onward.replace("&amp;", "&"), headers=who).text
    assert (first.count('class="device"'), rest.count('class="device"')) == (50, 1)
    assert 'rel="next"' not in rest


# Registering -----------------------------------------------------------------------------------------------------


def test_a_form_registers_and_leads_to_the_device(client: Client, country: Database) -> None:
    who = browser(country, Role.LOGISTICS, "81")
    status, to, _ = send(client, "/perangkat/baru", who, **TYPED, programme="PPID-2024")
    assert (status, to[:3]) == (303, "/d/")
    device = read(country, to.removeprefix("/d/"))
    assert (device.imei1, device.value, device.nup, device.programme, device.office.code) == (
        "356938035643809", 4_500_000, 7, "PPID-2024", "81.02",
    )  # fmt: skip
    assert client.get(to, headers=who).status_code == 200


def test_a_refused_form_keeps_everything_and_names_every_field(client: Client, country: Database) -> None:
    who = browser(country, Role.LOGISTICS, "81")
    wrong = TYPED | {"imei1": "356938035643800", "nup": "x", "serial": ""}
    status, _, shown = send(client, "/perangkat/baru", who, **wrong)
    assert (status, problems(shown)) == (400, {"imei1", "nup", "serial"})
    status, _, shown = send(client, "/perangkat/baru", who, **TYPED | {"imei1": "356938035643800"})
    assert (status, problems(shown)) == (400, {"imei1"})
    for kept in (
        'value="356938035643800"',
        'value="4.500.000"',
        'value="2024-09-05"',
        "dus &lt;b&gt;",
        '"81.02" selected',
    ):
        assert kept in shown, kept
    assert 'value="smartphone" checked' in shown


@pytest.mark.parametrize(
    ("typed", "kept"), [("4500000.00", 4_500_000), ("Rp 4.500.000", 4_500_000), ("4.5", None), ("1e3", None)]
)
def test_a_value_is_taken_for_what_it_says_or_refused(
    client: Client, country: Database, typed: str, kept: int | None
) -> None:
    status, at, text = send(
        client, "/perangkat/baru", browser(country, Role.LOGISTICS, "81.02"), **TYPED | {"value": typed}
    )
    if kept is None:
        assert (status, problems(text)) == (400, {"value"})
    else:
        assert (status, read(country, at[-8:]).value) == (303, kept)


@pytest.mark.parametrize("field", ["nup", "value"])
def test_a_number_that_is_none_is_refused_in_words(client: Client, country: Database, field: str) -> None:
    _, _, text = send(client, "/perangkat/baru", browser(country, Role.LOGISTICS, "81.02"), **TYPED | {field: "abc"})
    assert "Expected" not in text


def test_a_form_that_is_no_utf8_is_refused(client: Client, country: Database) -> None:
    who = browser(country, Role.LOGISTICS, "81.02") | {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/perangkat/baru", content=b"brand=S%ffx", headers=who).status_code == 400


def test_the_same_device_again_is_named_on_the_form(client: Client, country: Database) -> None:
    who = browser(country, Role.LOGISTICS, "81")
    send(client, "/perangkat/baru", who, **TYPED)
    status, _, shown = send(client, "/perangkat/baru", who, **TYPED)
    assert (status, problems(shown)) == (409, {"serial", "imei1"})


def test_an_office_out_of_reach_is_not_offered_and_not_taken(client: Client, country: Database) -> None:
    who = browser(country, Role.LOGISTICS, "81")
    form = client.get("/perangkat/baru", headers=who).text
    assert re.findall(r'<option value="([\d.]+)"', form) == ["81", "81.02", "81.72"]
    status, _, shown = send(client, "/perangkat/baru", who, **TYPED | {"office": "31"})
    assert (status, problems(shown), "Jakarta" in shown) == (400, {"office"}, False)


def test_a_box_of_the_same_is_registered_one_after_the_other(client: Client, country: Database) -> None:
    who = browser(country, Role.LOGISTICS, "81")
    status, to, _ = send(client, "/perangkat/baru", who, **TYPED, again="true")
    assert status == 303
    form = client.get(to, headers=who).text
    for kept in (
        'value="Samsung"',
        'value="Galaxy A15"',
        'value="smartphone" checked',
        '"81.02" selected',
        'value="4.500.000"',
    ):
        assert kept in form, kept
    for new in ("R9WT30ABC", "356938"):
        assert new not in form


def test_a_scanned_blank_label_becomes_the_devices(client: Client, country: Database) -> None:
    with country.writing() as session:
        session.add(LabelCode(code="7K3M9QXA", made_at=NOON))
    who = browser(country, Role.LOGISTICS, "81")
    assert 'value="7K3M9QXA"' in client.get("/perangkat/baru?code=7K3M9QXA", headers=who).text
    assert send(client, "/perangkat/baru", who, **TYPED, code="7K3M9QXA")[:2] == (303, "/d/7K3M9QXA")
    other = TYPED | {"serial": "OTHER1", "imei1": an_imei(), "nup": "8"}
    for code, said in (("7K3M9QXA", 409), ("ZZZZZZZZ", 404), ("hello", 400)):
        assert send(client, "/perangkat/baru", who, **other, code=code)[0] == said, code


# Amending and retiring -------------------------------------------------------------------------------------------


def test_a_form_amends_empties_and_minds_the_version(client: Client, country: Database) -> None:
    code = put(country, note="old", value=5, imei1="356938035643809")
    who = browser(country, Role.LOGISTICS, "81")
    form = client.get(f"/perangkat/{code}/ubah", headers=who).text
    assert "&#34;1&#34;" in form
    assert 'value="356938035643809"' in form
    changed = {"brand": "Samsung", "model": "Galaxy A16", "value": "1.000", "note": "", "version": '"1"'}
    assert send(client, f"/perangkat/{code}/ubah", who, **changed)[:2] == (303, f"/d/{code}")
    device = read(country, code)
    assert (device.model, device.value, device.note, device.version) == ("Galaxy A16", 1000, None, 2)
    status, _, shown = send(client, f"/perangkat/{code}/ubah", who, **changed | {"model": "Galaxy A17"})
    assert (status, 'value="Galaxy A17"' in shown, "&#34;2&#34;" in shown) == (409, True, True)
    assert send(client, f"/perangkat/{code}/ubah", who, imei1="")[0] == 400


def test_custody_has_no_field_in_any_form(client: Client, country: Database) -> None:
    code = put(country)
    who = browser(country, Role.ADMIN, "00")
    moved = {
        "office": "31",
        "holder": "1",
        "presence": "lost",
        "condition": "heavy",
        "received_at": "2026-01-01",
        "note": "x",
    }
    assert send(client, f"/perangkat/{code}/ubah", who, **moved)[0] == 303
    device = read(country, code)
    assert (device.office.code, device.holder_id, device.presence, device.condition, device.received_at, device.note) == (
        "81.02", None, "present", "good", None, "x",
    )  # fmt: skip


def test_a_device_is_written_off_with_its_reason(client: Client, country: Database) -> None:
    code = put(country)
    who = browser(country, Role.ADMIN, "81")
    refused = send(client, f"/perangkat/{code}/penghapusan", who, reason="", decision_no="SK-1")
    assert (refused[0], problems(refused[2]), 'value="SK-1"' in refused[2]) == (400, {"reason"}, True)
    gone = send(client, f"/perangkat/{code}/penghapusan", who, reason="worn out", decision_no="SK-1")
    assert gone[:2] == (303, f"/d/{code}")
    assert read(country, code).presence is Presence.WRITTEN_OFF
    assert send(client, f"/perangkat/{code}/penghapusan", who, reason="again")[0] == 409


def test_nobody_changes_what_they_cannot_see(client: Client, country: Database) -> None:
    code = put(country, brand="Secretbrand")
    who = browser(country, Role.ADMIN, "31")
    with country.reading() as session:
        before = ledger.head(session)
    for path in ("ubah", "penghapusan"):
        status, _, shown = send(client, f"/perangkat/{code}/{path}", who, note="x", reason="because")
        assert (status, "Secretbrand" in shown) == (404, False), path
    with country.reading() as session:
        assert ledger.head(session) == before


# History ---------------------------------------------------------------------------------------------------------

NUMBER = "PK-2026-000001"
TOLD: list[tuple[Event, tuple[str, ...]]] = [
    (custody.Drafted(shipment=NUMBER, from_office="00", to_office="81.02"), ("Packed for", "Kabupaten Maluku Tenggara")),
    (
        custody.Sent(shipment=NUMBER, from_office="00", sent_condition="good", accessories="charger", purpose=None, presence="in_transit", bound_for="81.02", sent_at=NOON),
        ("Sent to", "PK-2026-000001", "charger", "Bawaslu RI"),
    ),
    (
        custody.ReceivedWithNotes(shipment=NUMBER, from_office="00", office="81.02", presence="present", received_at=NOON, received_by=1, handover=NUMBER, condition="light", remark="no charger"),
        ("Received with notes by", "Lightly damaged", "no charger"),
    ),
    (custody.Short(shipment=NUMBER, to_office="81.02", presence="not_found", remark="empty box"), ("Was not in the box at", "empty box")),
    (custody.Declined(shipment=NUMBER, to_office="81.02", presence="present", remark="wrong one"), ("Declined by", "wrong one")),
    (custody.Cancelled(shipment=NUMBER, to_office="81.02", remark=None), ("was cancelled",)),
    (custody.Released(previous=1), ("Handed back by",)),
    (custody.Lost(reason="stolen", report_no="LP-7", presence="lost"), ("Reported lost", "LP-7", "stolen")),
    (custody.Found(remark="in a drawer", presence="present"), ("Found again", "in a drawer")),
    (custody.Extra(shipment=NUMBER, at_office="81.72", code_read="X", remark=None), ("Was in a box at", "Kota Tual")),
    (custody.ExtraResolved(shipment=NUMBER, code_read="X", remark="sent on"), ("was settled", "sent on")),
]  # fmt: skip


class Unheard(Event, frozen=True, tag="tests.unheard"):
    """A kind that the history has no words for yet."""


def test_a_history_tells_what_happened_in_words(client: Client, country: Database) -> None:
    code = put(country)
    with country.writing() as session:
        for event, _ in TOLD:
            record(session, event, subject=code, stamp=system())
        record(session, Unheard(), subject=code, stamp=system())
    who = browser(country, Role.HEAD, "81.02", lang="en")
    shown = client.get(f"/perangkat/{code}/riwayat", headers=who).text
    items = [" ".join(item.split()) for item in shown.split('<div class="what">')[:0:-1]]  # the newest is shown first
    assert len(items) == len(TOLD) + 2
    assert "Registered at" in items[0]
    for item, (event, words) in zip(items[1:], TOLD, strict=False):
        assert [word for word in words if word not in item] == [], type(event).__name__
    assert "tests.unheard" in items[-1]


def test_a_person_elsewhere_is_a_number_in_a_history(client: Client, country: Database) -> None:
    code = put(country)
    with country.writing() as session:
        mine, other = a_person(session, "Siti", at="81.02"), a_person(session, "Secretname", at="31")
        for person in (mine, other):
            record(session, custody.Held(holder=person.id, previous=None), subject=code, stamp=system())
        number = other.id
    shown = client.get(f"/perangkat/{code}/riwayat", headers=browser(country, Role.HEAD, "81.02")).text
    assert ("Siti" in shown, "Secretname" in shown, f"#{number}" in shown) == (True, False, True)


def test_nothing_in_a_devices_fields_runs(client: Client, country: Database) -> None:
    evil = "<script>alert(1)</script>{{7*7}}"
    code = put(country, brand=evil[:60], model=evil, note=evil)
    who = browser(country, Role.ADMIN, "00")
    for path in (
        "/perangkat",
        f"/perangkat/{code}/ubah",
        f"/perangkat/{code}/riwayat",
        f"/d/{code}",
        "/kantor/81.02",
        "/perangkat/baru",
    ):
        shown = client.get(path, headers=who)
        assert (shown.status_code, "<script>alert" in shown.text) == (200, False), path
