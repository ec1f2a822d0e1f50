"""The register over HTTP: scope, look-up, versions, history."""

from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.devices import queries
from assets_service.devices.errors import NoSuchDevice
from assets_service.devices.models import Kind, Presence
from assets_service.kernel.db import Database
from assets_service.ledger import queries as ledger
from assets_service.ledger.chain import hash_of
from assets_service.ledger.models import Entry
from tests.build import NOON, a_device, a_person, device_facts, office, roster, stamp
from tests.people.build_people import caller

Client = TestClient[Litestar]


@pytest.fixture
def country(db: Database) -> Database:
    with db.writing() as session:
        roster(session)
    return db


def put(db: Database, at: str = "81.02", *, bound_for: str | None = None, **facts: Any) -> str:
    """A device's code."""
    with db.writing() as session:
        device = a_device(session, at=at, **facts)
        if bound_for:
            device.presence, device.bound_for_id = Presence.IN_TRANSIT, office(session, bound_for).id
            device.sent_at = NOON
        return device.code


# Scope -----------------------------------------------------------------------------------------------------------

# role, where → whether a device of Maluku Tenggara is theirs to see
SEES = {
    (Role.ADMIN, "00"): True,
    (Role.AUDITOR, "00"): True,
    (Role.HEAD, "81"): True,
    (Role.HEAD, "81.02"): True,
    (Role.HEAD, "81.72"): False,
    (Role.LOGISTICS, "31"): False,
    (Role.ADMIN, "31.71"): False,
    (None, "81.02"): False,
}


def test_a_device_outside_the_scope_is_not_there_whatever_is_asked(client: Client, country: Database) -> None:
    imei, serial = "356938035643809", "R9SECRET1"
    code = put(
        country,
        imei1=imei,
        serial=serial,
        brand="Secretbrand",
        nup=77,
        kode_register="ABCDEF0123456789ABCDEF0123456789",
    )
    asked = {
        "read": f"devices/{code}",
        "history": f"devices/{code}/history",
        "label": f"lookup?id={code}",
        "url": f"lookup?id=https://x.example/d/{code}",
        "imei": f"lookup?id={imei}",
        "serial": f"lookup?id={serial}",
        "item": "lookup?id=3060201004.77",
        "register": "lookup?id=abcdef0123456789abcdef0123456789",
    }
    lists = (
        "devices",
        f"devices?q={serial}",
        "devices?kind=smartphone",
        "devices?flag=unassigned",
        f"devices?q={imei}",
    )
    for (role, at), sees in SEES.items():
        who = caller(country, role, at)
        for name, path in asked.items():
            reply = client.get(f"/api/v1/{path}", headers=who)
            assert reply.status_code == (200 if sees else 404), (role, at, name)
            assert sees or not {"Secretbrand", imei} & set(reply.text.split('"')), (role, at, name)
        for path in lists:
            found = client.get(f"/api/v1/{path}", headers=who).json()
            assert (found["total"], len(found["items"])) == ((1, 1) if sees else (0, 0)), (role, at, path)


WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("PATCH", "", {"note": "x"}),
    ("PUT", "/retirement", {"reason": "worn out"}),
    ("POST", "/codes", {"code": "7K3M9QXA"}),
]


def test_nobody_writes_what_they_cannot_see(client: Client, country: Database) -> None:
    code = put(country)
    for role, at in ((Role.ADMIN, "31"), (Role.ADMIN, "81.72")):
        who = caller(country, role, at)
        with country.reading() as session:
            before = ledger.head(session)
        for method, path, body in WRITES:
            reply = client.request(method, f"/api/v1/devices/{code}{path}", json=body, headers=who)
            assert reply.status_code == 404, (role, at, method, path)
        with country.reading() as session:
            assert ledger.head(session) == before


def test_the_office_a_device_is_bound_for_sees_it_and_does_not_change_it(client: Client, country: Database) -> None:
    code = put(country, at="00", bound_for="81.02")
    who = caller(country, Role.ADMIN, "81.02")
    seen = client.get(f"/api/v1/devices/{code}", headers=who).json()
    assert (seen["office"]["code"], seen["bound_for"]["code"], seen["presence"]) == ("00", "81.02", "in_transit")
    for method, path, body in WRITES:
        assert client.request(method, f"/api/v1/devices/{code}{path}", json=body, headers=who).status_code == 403


@pytest.mark.parametrize(
    "field",
    [
        "office",
        "holder",
        "bound_for",
        "condition",
        "presence",
        "received_at",
        "kind",
        "code",
        "id",
        "version",
        "label_version",
        "last_checked_on",
        "check_due_on",
        "office_id",
        "holder_id",
    ],
)
def test_no_patch_moves_a_device_or_changes_its_state(client: Client, country: Database, field: str) -> None:
    code = put(country)
    reply = client.patch(f"/api/v1/devices/{code}", json={field: "00"}, headers=caller(country, Role.ADMIN, "00"))
    assert (reply.status_code, reply.json()["errors"]) == (
        400,
        [{"pointer": f"/{field}", "message": reply.json()["errors"][0]["message"]}],
    )
    with country.reading() as session:
        assert ledger.count(session, code) == 1


def test_an_office_outside_the_scope_takes_no_device(client: Client, country: Database) -> None:
    facts = device_facts() | {"kind": "smartphone", "office": "31"}
    reply = client.post("/api/v1/devices", json=facts, headers=caller(country, Role.LOGISTICS, "81"))
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (400, "/office")
    assert "Jakarta" not in reply.text


# Registering and reading -----------------------------------------------------------------------------------------


def test_a_device_is_answered_whole(client: Client, country: Database) -> None:
    who = caller(country, Role.LOGISTICS, "81")
    facts = device_facts(imei1="35-693803-564380-9") | {"kind": "smartphone", "office": "81.02", "value": 4_500_000}
    made = client.post("/api/v1/devices", json=facts, headers=who)
    said = made.json()
    assert (made.status_code, made.headers["location"], made.headers["etag"]) == (
        201,
        f"/api/v1/devices/{said['code']}",
        '"1"',
    )
    assert client.get(made.headers["location"], headers=who).json() == said
    assert said == facts | {
        "code": said["code"],
        "imei1": "356938035643809",
        "imei2": None,
        "kode_barang": None,
        "nup": None,
        "uakpb": None,
        "kode_register": None,
        "acquired_on": None,
        "programme": None,
        "note": None,
        "condition": "good",
        "presence": "present",
        "office": {"code": "81.02", "name": "Kabupaten Maluku Tenggara"},
        "bound_for": None,
        "holder": None,
        "registered_at": "2026-11-20T05:00:00Z",
        "sent_at": None,
        "expected_on": None,
        "arrived_at": None,
        "return_due_on": None,
        "received_at": None,
        "last_checked_on": None,
        "check_due_on": "2026-12-31",
        "label_version": 1,
        "label_attached_at": None,
        "flags": ["never_checked", "unassigned", "undelivered", "unlabelled", "unbooked"],
        "version": 1,
        "label_url": f"https://aset.example.go.id/d/{said['code']}",
    }


def test_the_same_device_twice_is_a_conflict_that_names_its_fields(client: Client, country: Database) -> None:
    who = caller(country, Role.LOGISTICS, "00")
    facts = device_facts() | {"kind": "smartphone"}
    assert client.post("/api/v1/devices", json=facts, headers=who).status_code == 201
    again = client.post("/api/v1/devices", json=facts, headers=who)
    assert (again.status_code, [error["pointer"] for error in again.json()["errors"]]) == (409, ["/serial", "/imei1"])


@pytest.mark.parametrize(
    ("header", "status"), [(None, 200), ("*", 200), ('"1"', 200), ('"2"', 409), ("1", 409), ('"0", "1"', 200)]
)
def test_a_change_may_name_the_version_it_was_made_of(
    client: Client, country: Database, header: str | None, status: int
) -> None:
    code = put(country)
    who = caller(country, Role.LOGISTICS, "00") | ({"If-Match": header} if header else {})
    reply = client.patch(f"/api/v1/devices/{code}", json={"note": "x"}, headers=who)
    assert reply.status_code == status
    if status == 200:
        assert (reply.headers["etag"], reply.json()["version"]) == ('"2"', 2)
    retired = client.put(
        f"/api/v1/devices/{code}/retirement",
        json={"reason": "worn out"},
        headers=caller(country, Role.ADMIN, "00") | {"If-Match": '"9"'},
    )
    assert retired.status_code == 409


def test_a_retired_device_stays_and_takes_nothing_more(client: Client, country: Database) -> None:
    code = put(country)
    admin = caller(country, Role.ADMIN, "00")
    retired = client.put(f"/api/v1/devices/{code}/retirement", json={"reason": "worn out"}, headers=admin)
    assert (retired.status_code, retired.json()["presence"]) == (200, "written_off")
    assert client.get(f"/api/v1/devices/{code}", headers=admin).status_code == 200
    for method, path, body in WRITES:
        assert client.request(method, f"/api/v1/devices/{code}{path}", json=body, headers=admin).status_code == 409


# Look-up and lists -----------------------------------------------------------------------------------------------


def test_any_identifier_leads_to_the_device(client: Client, country: Database) -> None:
    code = put(
        country, imei1="356938035643809", serial="R9-WT30 abc", nup=7, kode_register="ABCDEF0123456789ABCDEF0123456789"
    )
    who = caller(country, Role.HEAD, "81.02")
    for identifier in (
        code, code.lower(), f"{code[:4]} {code[4:]}", f"{code}.1", f"https://old.host.example/d/{code.lower()}",
        f"HTTP://10.0.0.1/D/{code}", "356938035643809", "35 693803 564380 9", "r9wt30ABC", "3.06.02.01.004.7",
        "ABCDEF0123456789ABCDEF0123456789", "abcdef0123456789abcdef0123456789",
    ):  # fmt: skip
        reply = client.get("/api/v1/lookup", params={"id": identifier}, headers=who)
        assert (reply.status_code, reply.json().get("code")) == (200, code), identifier


def test_what_fits_several_devices_names_them(client: Client, country: Database) -> None:
    codes = {put(country, brand=brand, serial="SAME1") for brand in ("Samsung", "Advan")}
    put(country, at="31", brand="Oppo", serial="SAME1")
    reply = client.get("/api/v1/lookup?id=same1", headers=caller(country, Role.HEAD, "81.02"))
    assert reply.status_code == 409
    assert set(reply.json()["detail"].removesuffix(".").split(": ")[1].split(", ")) == codes


def test_a_list_is_narrowed_and_paged(client: Client, country: Database) -> None:
    tablets = [put(country, at="81.02", kind=Kind.TABLET, model="Galaxy Tab") for _ in range(3)]
    put(country, at="81.72")
    put(country, at="31")
    who = caller(country, Role.AUDITOR, "00")

    def found(query: str) -> list[str]:
        return [device["code"] for device in client.get(f"/api/v1/devices?{query}", headers=who).json()["items"]]

    assert found("kind=tablet") == tablets
    assert len(found("office=81")) == 4
    assert len(found("office=81.72&kind=smartphone")) == 1
    assert found("q=galaxy+tab") == found("q=GALAXYTAB") == tablets
    assert found("condition=heavy") == found("presence=lost") == found("q=nothing") == []
    assert len(found("flag=unassigned")) == 5
    first = client.get("/api/v1/devices?limit=2&office=81", headers=who).json()
    rest = client.get(f"/api/v1/devices?limit=2&office=81&cursor={first['next_cursor']}", headers=who).json()
    assert (first["total"], len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (4, 2, 2, None)
    assert not {device["code"] for device in first["items"]} & {device["code"] for device in rest["items"]}


@pytest.mark.parametrize("q", ["%", "_", "\\", "'", '"', "%25", "{{7*7}}", "a" * 80, "' OR 1=1 --"])
def test_signs_of_a_query_language_are_only_signs(client: Client, country: Database, q: str) -> None:
    put(country, serial="PLAIN1")
    who = caller(country, Role.AUDITOR, "00")
    for path in ("devices", "offices", "persons"):
        reply = client.get(f"/api/v1/{path}", params={"q": q}, headers=who)
        assert reply.status_code == 200, path
    assert client.get("/api/v1/lookup", params={"id": q}, headers=who).status_code == 404


# History ---------------------------------------------------------------------------------------------------------


def test_a_history_can_be_checked_by_whoever_reads_it(client: Client, country: Database) -> None:
    code = put(country)
    who = caller(country, Role.LOGISTICS, "00")
    for note in ("one", "two"):
        client.patch(f"/api/v1/devices/{code}", json={"note": note}, headers=who)
    first = client.get(f"/api/v1/devices/{code}/history?limit=2", headers=who).json()
    rest = client.get(f"/api/v1/devices/{code}/history?limit=2&cursor={first['next_cursor']}", headers=who).json()
    told = first["items"] + rest["items"]
    assert (first["total"], [entry["kind"] for entry in told]) == (
        3,
        ["devices.registered", "devices.amended", "devices.amended"],
    )
    assert [entry["body"] for entry in told[1:]] == [{"note": "one"}, {"note": "two"}]
    assert [entry["prev_hash"] for entry in told] == ["0" * 64, told[0]["hash"], told[1]["hash"]]
    with country.reading() as session:
        kept = {entry.hash: entry for entry in ledger.history(session, code)}
        assert all(hash_of(kept[entry["hash"]]) == entry["hash"] for entry in told)
        assert isinstance(kept[told[0]["hash"]], Entry)


# Two at once -----------------------------------------------------------------------------------------------------


def test_who_waited_for_a_device_sees_it_as_it_is_now(country: Database) -> None:
    """Somebody moves it to another office while another waits to change it: it is out of their sight."""
    code = put(country, at="81.02")
    with country.writing() as session:
        by = stamp(session, a_person(session, role=Role.LOGISTICS, at="81.02"))
        new_home = office(session, "31").id
    is_held, ended = Signal(), list[str]()

    def move() -> None:
        with country.writing() as session:
            queries.locked(session, code, by).office_id = new_home
            session.flush()
            is_held.set()
            waiting.join(0.5)

    def wait() -> None:
        is_held.wait(5)
        try:
            with country.writing() as session:
                ended.append(queries.locked(session, code, by).office.code)
        except NoSuchDevice:
            ended.append("out of sight")

    moving, waiting = Thread(target=move), Thread(target=wait)
    waiting.start()  # first: who moves it joins it
    moving.start()
    moving.join(10)
    waiting.join(10)
    assert ended == ["out of sight"]
