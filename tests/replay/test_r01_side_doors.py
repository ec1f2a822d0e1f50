"""R1: who answers for a device changes through custody alone. R4: nobody sets what a body does not offer."""

import re
from pathlib import Path
from types import NoneType
from typing import Any, get_args

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

import assets_service
from assets_service.access.stamp import Role
from assets_service.devices.models import Device
from assets_service.kernel.db import Database
from tests import build
from tests.contract.routes import calls, filled
from tests.replay.world import caller, head_of

Api = TestClient[Litestar]

CUSTODY: dict[str, Any] = {
    "holder": 1, "holder_id": 1, "person": 1, "assigned_user": 1, "office": "81.02", "office_id": 2, "office_code": "81.02",
    "bound_for": "81.02", "presence": "written_off", "condition": "heavy", "received_at": "2026-01-01T00:00:00Z",
    "check_due_on": "2030-01-01", "last_checked_on": "2026-01-01", "shipment": 1, "state": "closed",
}  # fmt: skip
FORBIDDEN: dict[str, Any] = {
    "id": 1, "code_": "X", "version": 9, "is_admin": True, "is_staff": True, "is_active": True, "is_demo": False,
    "grants": [{"role": "admin", "office": "00"}], "rights": ["/"], "path": "/", "parent": "00", "company_id": 1,
    "password_hash": "x", "token": "x", "actor": "admin", "actor_id": 1, "at": "2020-01-01T00:00:00Z", "seq": 1,
    "hash": "x", "label_version": 9, "created_at": "2020-01-01T00:00:00Z", "sent_at": "2020-01-01T00:00:00Z", "__proto__": {},
    "registered_at": "2020-01-01T00:00:00Z", "number": "PK-1", "file_sha256": "x",
}  # fmt: skip


@pytest.fixture
def admin(db: Database) -> dict[str, str]:
    with db.writing() as session:
        build.roster(session)
    return caller(db, Role.ADMIN, "00")


def test_amending_a_device_moves_no_custody(client: Api, db: Database, admin: dict[str, str]) -> None:
    with db.writing() as session:
        code = build.a_device(session).code
    before = head_of(db)
    for field, value in CUSTODY.items():
        answer = client.patch(f"/api/v1/devices/{code}", json={"note": "x", field: value}, headers=admin)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, f"/{field}")
    assert head_of(db) == before


def test_the_page_that_amends_moves_no_custody(client: Api, db: Database, admin: dict[str, str]) -> None:
    with db.writing() as session:
        device = build.a_device(session)
        before = (device.office_id, device.holder_id, device.presence, device.condition)
    fields = {"brand": "Samsung", "model": "A15", "serial": device.serial, "imei1": device.imei1, "note": "x"}
    sent = fields | {name: str(value) for name, value in CUSTODY.items()}
    client.post(f"/perangkat/{device.code}/ubah", data=sent, headers=admin, follow_redirects=False)
    with db.reading() as session:
        now = session.get_one(Device, device.id)
        assert (now.office_id, now.holder_id, now.presence, now.condition) == before


def test_an_imported_history_reassigns_nothing_that_exists(client: Api, db: Database, admin: dict[str, str]) -> None:
    with db.writing() as session:
        device = build.a_device(session)
    before = head_of(db)
    table = (
        "kind,brand,model,serial,imei1,office,holder,presence,code\n"
        f"smartphone,{device.brand},{device.model},{device.serial},{device.imei1},81.02,1,lost,{device.code}\n"
    )
    answer = client.post("/api/v1/imports", files={"file": ("a.csv", table, "text/csv")}, headers=admin)
    assert answer.status_code in {400, 409}
    assert head_of(db) == before


def fields_of(body: Any) -> set[str]:
    """What the body of a route offers, which may also be left out altogether (`Leaving | None`)."""
    (ask,) = [each for each in (get_args(body) or (body,)) if each is not NoneType]
    return {field.encode_name for field in msgspec.structs.fields(ask)}


def test_no_body_takes_what_it_does_not_offer(app: Litestar, client: Api, db: Database, admin: dict[str, str]) -> None:
    before, taken = head_of(db), []
    for call, handler in calls(app):
        declared = getattr(handler, "parsed_data_field", None)
        if " /api/" not in call or declared is None:
            continue
        offered = fields_of(declared.annotation)
        method, path = call.split(" ", 1)
        for field in (FORBIDDEN | CUSTODY).keys() - offered:
            answer = client.request(method, filled(path), json={field: (FORBIDDEN | CUSTODY)[field]}, headers=admin)
            named = {error["pointer"] for error in answer.json().get("errors", [])}
            if answer.status_code != 400 or f"/{field}" not in named:
                taken.append((call, field, answer.status_code))
    assert taken == []
    assert head_of(db) == before


def test_only_custody_writes_who_answers() -> None:
    """The facts in the register have one writer: no other room's source sets them on a device."""

    facts = "holder|holder_id|office|office_id|bound_for|bound_for_id|received_at|sent_at"
    only_a_device_has = "holder_id|bound_for_id"  # as the values of a row that is changed
    sets = re.compile(rf'^\s*device\.({facts})(, device\.\w+)* = |"({only_a_device_has})": (?!")', re.MULTILINE)
    root = Path(assets_service.__file__).parent
    writers = {file.relative_to(root).parts[0] for file in root.rglob("*.py") if sets.search(file.read_text())}
    assert writers == {"custody"}
