"""One device the whole way, through the API: from a box to a proven inventory."""

import io
from pathlib import Path
from typing import Any

import msgspec
import zxingcpp
from litestar import Litestar
from litestar.testing import TestClient
from PIL import Image
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role
from assets_service.exports.verify import verify_file
from assets_service.kernel.db import Database
from assets_service.ledger.queries import verify
from tests import build
from tests.clock import StillClock

Api = TestClient[Litestar]


def a_photo() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(picture, "JPEG")
    return picture.getvalue()


def signed_in(db: Database, name: str, *, at: str, role: Role) -> tuple[dict[str, str], int]:
    with db.writing() as session:
        person = build.a_person(session, name, at=at, role=role)
        return build.bearer(build.a_token(session, person)), person.id


def flags_of(client: Api, code: str, who: dict[str, str]) -> set[str]:
    flags: list[str] = client.get(f"/api/v1/devices/{code}", headers=who).json()["flags"]
    return set(flags)


def test_one_device_goes_the_whole_way_through_the_api(
    client: Api, db: Database, clock: StillClock, tmp_path: Path
) -> None:
    with db.writing() as session:
        build.roster(session)
    logistics, _ = signed_in(db, "Dedi", at="00", role=Role.LOGISTICS)
    head, head_id = signed_in(db, "Yosefina", at="81.02", role=Role.HEAD)
    auditor, _ = signed_in(db, "Bambang", at="00", role=Role.AUDITOR)

    # registered
    imei = build.an_imei()
    body = {"kind": "smartphone", "brand": "Samsung", "model": "Galaxy A15", "serial": "R5CX10", "imei1": imei}
    answer = client.post("/api/v1/devices", json=body, headers=logistics)
    assert answer.status_code == 201
    code = answer.json()["code"]
    assert client.get("/api/v1/lookup", params={"id": imei}, headers=logistics).json()["code"] == code
    assert {"undelivered", "unassigned", "never_checked"} <= flags_of(client, code, logistics)
    assert "overdue" not in flags_of(client, code, logistics)

    # labelled, and the label scanned
    label = client.get(f"/api/v1/devices/{code}/label.png", params={"stock": "tj-107"}, headers=logistics)
    (scanned,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(label.content)))
    assert scanned.text == f"HTTPS://ASET.EXAMPLE.GO.ID/D/{code}"
    assert client.get("/api/v1/lookup", params={"id": scanned.text}, headers=logistics).json()["code"] == code
    page = client.get(f"/D/{code}", headers={"Cookie": "lang=en"})
    assert page.status_code == 200
    assert imei not in page.text

    # sent
    parcel = {"to_office": "81.02", "devices": [code], "send": True}
    shipment = client.post("/api/v1/shipments", json=parcel, headers=logistics).json()
    assert shipment["state"] == "sent"
    on_its_way = client.get(f"/api/v1/devices/{code}", headers=head).json()
    assert (on_its_way["presence"], on_its_way["office"]["code"]) == ("in_transit", "00")

    # confirmed on arrival, by the receiver alone
    receipt = {"lines": [{"device": code, "outcome": "received"}]}
    where = f"/api/v1/shipments/{shipment['id']}/receipt"
    assert client.put(where, json=receipt, headers=logistics).status_code == 403
    assert client.put(where, json=receipt, headers=head).json()["state"] == "closed"
    arrived = client.get(f"/api/v1/devices/{code}", headers=head).json()
    assert (arrived["presence"], arrived["office"]["code"]) == ("present", "81.02")
    assert client.put(where, json=receipt, headers=head).status_code == 409

    # held
    held = client.put(f"/api/v1/devices/{code}/holder", json={"person": head_id}, headers=head)
    assert held.json()["holder"]["id"] == head_id

    # checked, with a photo
    photo = client.post("/api/v1/photos", files={"file": ("layar.jpg", a_photo(), "image/jpeg")}, headers=head)
    assert photo.status_code == 201
    check: dict[str, Any] = {"condition": "good", "label_present": True, "photos": [photo.json()["id"]]}
    checked = client.post(f"/api/v1/devices/{code}/checks", json=check, headers=head)
    assert (checked.status_code, checked.json()["next_due_on"]) == (201, "2026-12-31")
    assert not flags_of(client, code, head) & {"undelivered", "unassigned", "overdue", "never_checked"}

    # flagged when due: on the last local day not yet, the day after it is
    clock.at = build.NOON.replace(month=12, day=31, hour=14, minute=59)  # 23:59 in WIT
    assert "overdue" not in flags_of(client, code, head)
    clock.pass_by(minutes=2)
    assert "overdue" in flags_of(client, code, head)
    assert client.get("/api/v1/flags", headers=auditor).status_code == 200

    # exported, and proven without a database
    for form in ("csv", "xlsx", "jsonl"):
        file = tmp_path / f"inventory.{form}"
        file.write_bytes(client.get(f"/api/v1/exports/inventory.{form}", headers=auditor).content)
        assert verify_file(file).holds, form
    entries = tmp_path / "ledger.jsonl"
    entries.write_bytes(client.get("/api/v1/exports/ledger.jsonl", headers=auditor).content)
    assert verify_file(entries).holds
    entries.write_bytes(entries.read_bytes().replace(b"R5CX10", b"R5CX11"))
    assert not verify_file(entries).holds

    # as of the day before it was sent it was where it was then
    before = client.get("/api/v1/exports/inventory.jsonl?as_of=2026-11-19", headers=auditor).text
    assert code not in before

    # its history verified
    history = client.get(f"/api/v1/devices/{code}/history", headers=auditor).json()["items"]
    assert [entry["kind"] for entry in history][:4] == [
        "devices.registered",
        "custody.sent",
        "custody.received",
        "custody.held",
    ]
    with db.reading() as session:
        assert verify(session).broken is None
    assert client.get("/api/v1/ledger/head", headers=auditor).json()["seq"] > 0


def test_an_auditor_reads_everything_on_the_way_and_writes_nothing(client: Api, db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
        code = build.a_device(session).code
    auditor, person_id = signed_in(db, "Bambang", at="00", role=Role.AUDITOR)
    head_before = client.get("/api/v1/ledger/head", headers=auditor).json()
    tries: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/api/v1/devices", build.device_facts() | {"kind": "smartphone"}),
        ("PATCH", f"/api/v1/devices/{code}", {"note": "mine"}),
        ("POST", "/api/v1/shipments", {"to_office": "81.02", "devices": [code], "send": True}),
        ("PUT", f"/api/v1/devices/{code}/holder", {"person": person_id}),
        ("POST", f"/api/v1/devices/{code}/checks", {"condition": "good"}),
        ("PUT", f"/api/v1/devices/{code}/retirement", {"reason": "gone"}),
        ("PUT", f"/api/v1/devices/{code}/loss", {"reason": "gone"}),
    ]
    for method, path, body in tries:
        answer = client.request(
            method, path, content=msgspec.json.encode(body), headers=auditor | {"content-type": "application/json"}
        )
        assert answer.status_code == 403, path
    assert client.get("/api/v1/ledger/head", headers=auditor).json() == head_before


def test_the_walk_leaves_a_history_for_every_subject(session: Session) -> None:
    build.roster(session)
    device = build.a_device(session)
    found = verify(session)
    assert found.broken is None
    assert found.entries == 11  # ten offices, one device
    assert device.version == 1


def test_an_office_that_names_a_holder_has_confirmed_the_device(client: Api, db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
        code = build.a_device(session, at="81.02").code
    head, head_id = signed_in(db, "Yosefina", at="81.02", role=Role.HEAD)
    logistics, _ = signed_in(db, "Dedi", at="00", role=Role.LOGISTICS)
    assert "undelivered" in flags_of(client, code, head)
    client.put(f"/api/v1/devices/{code}/holder", json={"person": head_id}, headers=logistics)
    assert "undelivered" in flags_of(client, code, head)  # somebody above cannot say it for the office
    client.put(f"/api/v1/devices/{code}/holder", json={"person": None}, headers=head)
    client.put(f"/api/v1/devices/{code}/holder", json={"person": head_id}, headers=head)
    assert "undelivered" not in flags_of(client, code, head)
