"""One answer names every bad field: of the wrong shape, against a rule, or unknown to the database."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests import build

Api = TestClient[Litestar]
Body = dict[str, Any]
DEVICE: Body = {
    "kind": "smartphone",
    "brand": "Samsung",
    "model": "A15",
    "serial": "R9NEW1",
    "imei1": "356938035643809",
}
SHEET: Body = {"stock": "tj-121", "draft": True}
PERSON: Body = {"name": "Siti", "office": "81"}
LIGHT: Body = {"condition": "light"}

# method and path, body, the fields that are wrong with it; `KNOWN` and `SENT` are codes of devices, one of them on its way
REFUSED: list[tuple[str, Body | None, set[str]]] = [
    ("POST devices", DEVICE | {"brand": " ", "imei1": "1", "kode_barang": "7", "acquired_on": "1066-10-14"},
     {"brand", "imei1", "kode_barang", "acquired_on"}),
    ("POST devices", DEVICE | {"extra": 1, "uakpb": "x", "serial": "3.56E+14"}, {"extra", "uakpb", "serial"}),
    ("POST devices", DEVICE | {"office": "99", "imei1": "356938035643800", "programme": "none", "code": "?"},
     {"office", "imei1", "programme", "code"}),
    ("POST devices", DEVICE | {"office": "99", "brand": "Known", "serial": "R9KNOWN"}, {"office", "serial"}),
    ("POST devices", DEVICE | {"imei1": None, "programme": "none"}, {"imei1", "programme"}),
    ("POST devices", DEVICE | {"brand": "", "imei2": DEVICE["imei1"], "code": "?"}, {"brand", "imei2", "code"}),
    ("POST devices", DEVICE | {"note": "a\x01b", "brand": "", "model": "M\ufffe", "a/b~c": 1},
     {"note", "brand", "model", "a~1b~0c"}),
    ("PATCH devices/KNOWN", {"model": "", "imei1": "1", "serial": "12.0"}, {"model", "imei1", "serial"}),
    ("PATCH devices/KNOWN", {"programme": "none", "uakpb": "1"}, {"programme", "uakpb"}),
    ("POST shipments", {"to_office": "99", "devices": ["KNOWN", "00000000", "KNOWN"]},
     {"to_office", "devices/1", "devices/2"}),
    ("POST shipments", {"to_office": "99", "from_office": "98", "devices": ["00000000"]},
     {"to_office", "from_office", "devices/0"}),
    ("POST shipments", {"to_office": "81.02", "devices": ["KNOWN", "SENT"]}, {"to_office", "devices/1"}),
    ("POST shipments", {"to_office": "x", "devices": ["?", "KNOWN"], "send": "yes"}, {"to_office", "devices/0", "send"}),
    ("PUT shipments/1/receipt", {"lines": [{"device": "SENT", "outcome": "declined"}, {"device": "KNOWN", "outcome": "x"}]},
     {"lines/0/note", "lines/1/outcome"}),
    ("PUT shipments/1/receipt", {"lines": [{"device": "SENT", "outcome": "short", "condition": "heavy"},
                                           {"device": "KNOWN", "outcome": "short"}, {"device": "KNOWN", "outcome": "received"}]},
     {"lines/0/note", "lines/0/condition", "lines/1/device", "lines/1/reason", "lines/2/device"}),
    ("POST devices/KNOWN/checks", LIGHT | {"checklist": {"screen": "x", "Q": "ok"}, "photos": ["y"]},
     {"note", "checklist/screen", "checklist/Q", "photos/0"}),
    ("POST devices/KNOWN/checks", LIGHT | {"checklist": {"wings": "ok"}, "photos": ["0" * 64],
                                           "observed_at": "2999-01-01T00:00:00Z"},
     {"note", "checklist/wings", "photos/0", "observed_at"}),
    ("PUT check-policy", {"rule": "months", "office": "99"}, {"months", "office"}),
    ("PUT check-policy", {"rule": "year", "office": "x", "months": 3}, {"rule", "office"}),
    ("POST persons", PERSON | {"office": "99", "username": "known"}, {"office", "username"}),
    ("POST persons", PERSON | {"name": "", "password": "long enough it is"}, {"name", "username"}),
    ("POST persons", PERSON | {"nip": "1", "username": "siti", "password": "short"}, {"nip", "password"}),
    ("POST programmes", {"code": "KNOWN-1", "name": "P", "allocation": [
        {"kind": "tablet", "level": "provinsi", "quantity": 1}, {"kind": "tablet", "level": "provinsi", "quantity": 2}]},
     {"code", "allocation/1"}),
    ("POST label-sheets", SHEET | {"stock": "none", "devices": ["KNOWN", "00000000"]}, {"stock", "devices/1"}),
    ("POST label-sheets", SHEET | {"start": 3000, "devices": ["00000000"]}, {"start", "devices/0"}),
    ("POST label-sheets", SHEET | {"stock": "X!", "devices": ["?", "KNOWN", "KNOWN"], "office": "00"},
     {"stock", "devices/0", "devices/2", "devices", "office"}),
    ("POST label-sheets", SHEET | {"office": "99", "flag": "nope"}, {"office", "flag"}),
    ("POST label-blanks", SHEET | {"stock": "none", "office": "99", "count": 1}, {"stock", "office"}),
    ("POST label-stocks", {"name": "own", "title": "Own", "office": "99", "label_width_mm": 1, "label_height_mm": 30},
     {"office", "label_width_mm"}),
    ("PATCH offices/81.02", {"name": "Kota\n", "head_name": "h\n", "letter_code": "A\n", "uakpb": f"{'1' * 18}AA\n"},
     {"name", "head_name", "letter_code", "uakpb"}),
    ("POST persons", PERSON | {"nip": "1" * 18 + "\n", "title": "x\n"}, {"nip", "title"}),
    ("POST persons", PERSON | {"nip": "\u0661" * 18}, {"nip"}),
    *(("POST programmes", {"code": code, "name": "P"}, {"code"}) for code in ("\u4f8b", "\u0416-1", "A\n", "..", "-")),
    ("GET lookup", None, {"id"}),
    ("GET lookup?id=", None, {"id"}),
    (f"GET lookup?id={'9' * 400}", None, {"id"}),
    ("GET devices?kind=x&limit=0&condition=y", None, {"kind", "limit", "condition"}),
    ("GET shipments?state=x&limit=x", None, {"state", "limit"}),
]  # fmt: skip


def a_world(db: Database) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """The headers of an administrator of the whole country who also heads Tual, and the codes of two devices."""
    with db.writing() as session:
        build.roster(session)
        admin = build.a_person(session, "Wati", username="known", role=Role.ADMIN)
        head = build.a_person(session, "Kepala", at="81.72", role=Role.HEAD)
        tokens = [build.bearer(build.a_token(session, who)) for who in (admin, head)]
    with db.writing() as session:
        facts: dict[str, Body] = {"KNOWN": {"brand": "Known", "serial": "R9KNOWN"}, "SENT": {}}
        codes = {name: build.a_device(session, at="81.02", **each).code for name, each in facts.items()}
    return {"admin": tokens[0], "head": tokens[1]}, codes


@pytest.mark.parametrize(("call", "body", "fields"), REFUSED)
def test_one_answer_names_every_bad_field(db: Database, client: Api, call: str, body: Any, fields: set[str]) -> None:
    who, codes = a_world(db)
    sent = {"to_office": "81.72", "devices": [codes["SENT"]], "send": True}
    assert client.post("/api/v1/shipments", headers=who["admin"], json=sent).status_code == 201
    programme = {"code": "KNOWN-1", "name": "Known"}
    assert client.post("/api/v1/programmes", headers=who["admin"], json=programme).status_code == 201

    method, path = call.split()
    asker = who["head" if "receipt" in path else "admin"]
    answer = client.request(method, f"/api/v1/{_named(path, codes)}", headers=asker, json=_named(body, codes))
    said = answer.json()
    assert (answer.status_code, {each["pointer"] for each in said["errors"]}) == (400, {f"/{name}" for name in fields})
    assert all(each["message"] for each in said["errors"])
    assert client.get("/api/v1/devices", headers=who["admin"]).json()["total"] == 2, "nothing was registered"


def _named(said: Any, codes: dict[str, str]) -> Any:
    """The same with the codes of the world's devices in the place of their names."""
    if isinstance(said, dict):
        return {key: _named(value, codes) for key, value in said.items()}
    if isinstance(said, list):
        return [_named(value, codes) for value in said]
    if not isinstance(said, str):
        return said
    return codes.get(said) or "/".join(codes.get(part, part) for part in said.split("/"))


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("persons", PERSON | {"username": "Known"}, "username"),
        ("programmes", {"code": "KNOWN-1", "name": "P"}, "code"),
        ("devices", DEVICE | {"brand": "Known", "serial": "R9KNOWN"}, "serial"),
    ],
)
def test_what_somebody_else_has_already_is_a_conflict_about_its_field(
    db: Database, client: Api, path: str, body: Any, field: str
) -> None:
    who, _ = a_world(db)
    client.post("/api/v1/programmes", headers=who["admin"], json={"code": "KNOWN-1", "name": "Known"})
    answer = client.post(f"/api/v1/{path}", headers=who["admin"], json=body)
    assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (409, [f"/{field}"])


def test_an_empty_body_is_said_to_be_empty(db: Database, client: Api) -> None:
    who, _ = a_world(db)
    answer = client.post("/api/v1/devices", headers=who["admin"] | {"content-type": "application/json"})
    assert (answer.status_code, answer.json()["errors"]) == (400, [])
    assert "kosong" in answer.json()["detail"]
