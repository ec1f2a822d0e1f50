"""An import is undone as a batch while its devices are untouched: they are nowhere any more, and their history stays."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from assets_service.access.stamp import Role
from assets_service.devices import queries
from assets_service.devices.asks import AmendDevice
from assets_service.devices.commands import amend
from assets_service.devices.models import Device, DeviceImei
from assets_service.exports import past
from assets_service.imports import commands
from assets_service.kernel.db import Database
from assets_service.ledger import queries as ledger
from assets_service.programmes import queries as programmes
from assets_service.upkeep import tables
from tests import build
from tests.exports.build_exports import rows_of
from tests.imports.build_imports import a_row, a_table, as_csv, import_file

Client = TestClient[Litestar]
Headers = dict[str, str]
API = "/api/v1/imports"


@pytest.fixture
def headers(db: Database) -> Callable[[Role, str], Headers]:
    with db.writing() as session:
        build.roster(session)

    def of(role: Role, at: str) -> Headers:
        with db.writing() as session:
            return build.bearer(build.a_token(session, build.a_person(session, at=at, role=role)))

    return of


def sent(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"files": {"file": ("perangkat.csv", as_csv(a_table(*rows)))}}


def wrong(db: Database) -> list[str]:
    """What the tables say otherwise than the ledger."""
    said: list[str] = []
    with db.reading() as session:
        tables.compare(session, say=said.append)
    return said


def test_an_undone_import_leaves_nothing_but_its_history(
    client: Client, headers: Callable[[Role, str], Headers], db: Database
) -> None:
    who = headers(Role.LOGISTICS, "81")
    rows = [a_row(Kode_Satker="115010199412345000KD", NUP="7"), a_row(Kode_Kantor="81")]
    made = client.post(API, headers=who, **sent(rows))
    number = made.json()["id"]
    assert made.headers["location"] == f"{API}/{number}"
    listed = client.get(f"/api/v1/devices?imported={number}", headers=who).json()["items"]
    assert [device["serial"] for device in listed] == [row["Nomor Seri"] for row in rows]

    undone = client.delete(f"{API}/{number}", headers=who)
    assert (undone.status_code, undone.json()["devices"], undone.json()["withdrawn_at"] is not None) == (200, 2, True)

    code, imei, serial = listed[0]["code"], rows[0]["IMEI 1"], rows[0]["Nomor Seri"]
    for name in (code, imei, serial, "3060201004.7"):
        assert client.get("/api/v1/lookup", params={"id": name}, headers=who).status_code == 404
    for path in ("devices", "devices?flag=unassigned", f"devices?q={serial}", f"devices?imported={number}"):
        assert client.get(f"/api/v1/{path}", headers=who).json()["total"] == 0, path
    for path in (f"devices/{code}", f"devices/{code}/history"):
        assert client.get(f"/api/v1/{path}", headers=who).status_code == 404
    assert not any(client.get("/api/v1/flags", headers=who).json().values())
    assert client.get("/api/v1/offices/81.02", headers=who).json()["devices"] == 0
    assert serial not in client.get("/api/v1/exports/inventory.csv", headers=who).text
    refused = client.post("/api/v1/shipments", headers=who, json={"to_office": "81.02", "devices": [code]})
    assert refused.status_code == 400
    with db.reading() as session:
        kinds = [entry.kind for entry in ledger.history(session, code)]
        assert kinds == ["devices.registered", "devices.withdrawn"]
        assert [entry.kind for entry in ledger.history(session, f"import/{number}")] == [
            "imports.file_registered",
            "imports.undone",
        ]
        assert (queries.count(session), session.scalars(select(DeviceImei)).all()) == (0, [])
        assert all(office.total.registered == 0 for office in programmes.coverage(session, build.system()))
    assert rows_of(db, build.system()) == []
    assert wrong(db) == []

    again = client.post(API, headers=who, **sent(rows))
    assert (again.status_code, again.json()["created"]) == (201, 2)
    assert wrong(db) == []
    with db.reading() as session:
        assert ledger.verify(session).broken is None


def test_an_inventory_of_a_moment_before_still_tells_of_it(db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
    report = import_file(db, as_csv(a_table(a_row())), dry_run=False, stamp=build.system())
    with db.writing() as session:
        later = build.system(build.later(hours=2))
        made = queries.locked_import(session, report.number or 0, later)
        commands.undo(session, made, stamp=later)
    with db.reading() as session:
        told = {
            hours: len(list(past.devices(session, build.system(), build.later(hours=hours), None))) for hours in (1, 3)
        }
    assert told == {1: 1, 3: 0}


def test_an_import_whose_devices_were_touched_stays(
    client: Client, headers: Callable[[Role, str], Headers], db: Database
) -> None:
    who = headers(Role.LOGISTICS, "81")
    number = client.post(API, headers=who, **sent([a_row(), a_row()])).json()["id"]
    with db.writing() as session:
        device = session.scalars(select(Device).order_by(Device.id)).first()
        assert device is not None
        amend(
            session,
            queries.locked(session, device.code, build.system()),
            AmendDevice(note="retak"),
            stamp=build.system(),
        )
        code = device.code
    refused = client.delete(f"{API}/{number}", headers=who | {"accept-language": "en"})
    assert (refused.status_code, code in refused.json()["detail"]) == (409, True)
    page = client.get(f"/impor/{number}", headers=who | {"accept-language": "en"})
    assert "can no longer be undone" in page.text
    with db.reading() as session:
        assert queries.count(session) == 2


def test_an_import_is_undone_once(client: Client, headers: Callable[[Role, str], Headers], db: Database) -> None:
    who = headers(Role.LOGISTICS, "81")
    number = client.post(API, headers=who, **sent([a_row()])).json()["id"]
    assert [client.delete(f"{API}/{number}", headers=who).status_code for _ in range(2)] == [200, 409]
    with db.reading() as session:
        assert queries.count(session) == 0


@pytest.mark.parametrize(
    ("role", "at", "status"),
    [
        (Role.LOGISTICS, "00", 200),
        (Role.ADMIN, "81", 200),
        (Role.LOGISTICS, "81.02", 404),  # the import stands at 81, above its devices
        (Role.LOGISTICS, "31", 404),
        (Role.HEAD, "81", 403),
        (Role.AUDITOR, "00", 403),
    ],
)
def test_who_may_undo_it(
    client: Client, headers: Callable[[Role, str], Headers], role: Role, at: str, status: int
) -> None:
    rows = [a_row(), a_row(Kode_Kantor="81.72")]
    number = client.post(API, headers=headers(Role.LOGISTICS, "81"), **sent(rows)).json()["id"]
    who = headers(role, at)
    seen = client.get(f"{API}/{number}", headers=who).status_code
    assert seen == status
    assert client.delete(f"{API}/{number}", headers=who).status_code == status


def test_after_the_import_one_stands_on_exactly_its_devices(
    client: Client, headers: Callable[[Role, str], Headers]
) -> None:
    who = headers(Role.LOGISTICS, "81") | {"accept-language": "en"}
    client.post(API, headers=who, **sent([a_row()]))
    row = a_row()
    checked = client.post("/impor", headers=who, **sent([row]))
    assert "The first rows, as they were read" in checked.text
    assert row["Nomor Seri"] in checked.text
    upload = checked.text.partition('name="upload" value="')[2].partition('"')[0]
    page = client.post("/impor/daftar", headers=who, data={"upload": upload})
    assert (page.status_code, page.text.count('data-label="Device"')) == (200, 1)
    assert row["Nomor Seri"] in page.text
    number = page.url.path.rpartition("/")[2]
    assert f'href="/label?imported={number}"' in page.text
    assert "1 label" in client.get(f"/label?imported={number}", headers=who).text
    undone = client.post(f"/impor/{number}/pembatalan", headers=who, data={"action_id": str(uuid4())})
    assert "This import was undone" in undone.text
    assert "Print their labels" not in undone.text
