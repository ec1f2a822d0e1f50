"""Checks over HTTP."""

from datetime import timedelta
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from assets_service.access.stamp import Role
from assets_service.devices.models import Device
from assets_service.inspections.models import Check
from assets_service.kernel.db import Database
from assets_service.ledger.models import Entry
from tests import build
from tests.clock import StillClock
from tests.inspections.build_inspections import a_picture, iso


def a_head(db: Database, at: str = "81.02", role: Role = Role.HEAD) -> dict[str, str]:
    with db.writing() as session:
        return build.bearer(build.a_token(session, build.a_person(session, at=at, role=role)))


def a_fleet(db: Database, *places: str) -> list[str]:
    with db.writing() as session:
        build.roster(session)
        return [build.a_device(session, at=place).code for place in places]


def test_a_check_answers_what_was_seen_and_when_the_next_is_due(db: Database, client: TestClient[Litestar]) -> None:
    (code,) = a_fleet(db, "81.02")
    head = a_head(db)
    sent = client.post("/api/v1/photos", headers=head, files={"file": ("any name.png", a_picture("PNG"), "text/html")})
    assert sent.status_code == 201, sent.text
    photo = sent.json()
    assert (photo["width"], photo["height"]) == (640, 480)

    answer = client.post(
        f"/api/v1/devices/{code}/checks",
        headers=head,
        json={
            "condition": "light",
            "note": "Retak di sudut layar",
            "label_present": True,
            "identity_matches": True,
            "checklist": {"screen": "problem", "sim": "ok", "remote_management": "not_applicable"},
            "photos": [photo["id"]],
            "observed_at": iso(build.NOON),
        },
    )
    assert answer.status_code == 201, answer.text
    check = answer.json()
    assert answer.headers["location"] == f"/api/v1/devices/{code}/checks/{check['id']}"
    assert check["next_due_on"] == "2026-12-31"
    assert check["photos"] == [photo]
    assert client.get(answer.headers["location"], headers=head).json() == check
    assert client.get(f"/api/v1/devices/{code}/checks", headers=head).json() == {
        "items": [check],
        "next_cursor": None,
        "total": 1,
    }
    device = client.get(f"/api/v1/devices/{code}", headers=head).json()
    assert (device["condition"], device["last_checked_on"], device["check_due_on"]) == (
        "light",
        "2026-11-20",
        "2026-12-31",
    )
    assert "overdue" not in device["flags"]
    with db.reading() as session:
        assert session.scalars(select(Device.version)).one() == device["version"] == 2
        assert session.scalars(select(Entry.kind).where(Entry.subject == code)).all()[-1] == "inspections.checked"


def test_checks_are_listed_page_by_page_the_newest_observation_first(
    db: Database, client: TestClient[Litestar], clock: StillClock
) -> None:
    (code,) = a_fleet(db, "81.02")
    head = a_head(db)
    made = []
    for minutes in (0, 10, 10, 5):  # the last one comes late
        clock.at = build.NOON + timedelta(minutes=20)
        body = {"condition": "good", "observed_at": iso(build.NOON + timedelta(minutes=minutes))}
        answer = client.post(f"/api/v1/devices/{code}/checks", headers=head, json=body)
        assert answer.status_code == 201, answer.text
        made.append(answer.json()["id"])
    seen: list[int] = []
    cursor = ""
    while True:
        listed = client.get(f"/api/v1/devices/{code}/checks?limit=1{cursor}", headers=head).json()
        seen += [check["id"] for check in listed["items"]]
        assert listed["total"] == 4
        if listed["next_cursor"] is None:
            break
        cursor = f"&cursor={listed['next_cursor']}"
    assert seen == [made[2], made[1], made[3], made[0]]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/condition"]),
        ({"condition": "broken"}, ["/condition"]),
        ({"condition": "light"}, ["/note"]),
        ({"condition": "good", "colour": "blue"}, ["/colour"]),
        ({"condition": "good", "presence": "lost"}, ["/presence"]),
        ({"condition": "good", "photos": ["x"] * 7}, None),
        ({"condition": "good", "photos": ["../../etc/passwd"]}, ["/photos/0"]),
        ({"condition": "good", "photos": ["0" * 64]}, ["/photos/0"]),
        ({"condition": "good", "checklist": {"screen": "maybe"}}, None),
        ({"condition": "good", "checklist": {"wings": "ok"}}, ["/checklist/wings"]),
        ({"condition": "good", "observed_at": "yesterday"}, ["/observed_at"]),
        ({"condition": "good", "observed_at": "2026-11-20T05:00:00"}, ["/observed_at"]),
        ({"condition": "good", "observed_at": "2027-01-01T00:00:00Z"}, ["/observed_at"]),
        ({"condition": "good", "note": "x" * 2001}, ["/note"]),
        ({"condition": "good", "note": "a\u0000b"}, ["/note"]),
        ({"condition": "good", "label_present": "yes"}, ["/label_present"]),
    ],
)
def test_a_bad_check_names_its_fields_and_writes_nothing(
    db: Database, client: TestClient[Litestar], body: dict[str, object], pointers: list[str] | None
) -> None:
    (code,) = a_fleet(db, "81.02")
    head = a_head(db)
    answer = client.post(f"/api/v1/devices/{code}/checks", headers=head, json=body)
    assert answer.status_code == 400
    if pointers is not None:
        assert [error["pointer"] for error in answer.json()["errors"]] == pointers
    with db.reading() as session:
        assert session.scalars(select(Check)).all() == []
        assert session.scalars(select(Entry.kind).where(Entry.subject == code)).all() == ["devices.registered"]


def test_a_check_sent_twice_is_one_check(db: Database, client: TestClient[Litestar]) -> None:
    (code,) = a_fleet(db, "81.02")
    head = a_head(db) | {"Idempotency-Key": str(uuid4())}
    first, second = (
        client.post(f"/api/v1/devices/{code}/checks", headers=head, json={"condition": "good"}) for _ in range(2)
    )
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    other = client.post(f"/api/v1/devices/{code}/checks", headers=head, json={"condition": "good", "note": "x"})
    assert other.status_code == 409
    with db.reading() as session:
        assert len(session.scalars(select(Check)).all()) == 1


@pytest.mark.parametrize(
    ("place", "role", "reads", "writes"),
    [
        ("81.02", Role.HEAD, 200, 201),
        ("81", Role.LOGISTICS, 200, 201),
        ("00", Role.ADMIN, 200, 201),
        ("81.02", Role.AUDITOR, 200, 403),
        ("81.72", Role.HEAD, 404, 404),
        ("73", Role.ADMIN, 404, 404),
        ("73", Role.AUDITOR, 404, 403),
    ],
)
def test_who_reads_and_who_writes_checks(
    db: Database, client: TestClient[Litestar], place: str, role: Role, reads: int, writes: int
) -> None:
    (code,) = a_fleet(db, "81.02")
    who = a_head(db, place, role)
    path = f"/api/v1/devices/{code}/checks"
    assert client.get(path, headers=who).status_code == reads
    assert client.post(path, headers=who, json={"condition": "good"}).status_code == writes
    assert client.get(path).status_code == client.post(path, json={"condition": "good"}).status_code == 401


def test_a_check_is_found_only_under_its_own_device(db: Database, client: TestClient[Litestar]) -> None:
    one, other = a_fleet(db, "81.02", "81.02")
    head = a_head(db)
    made = client.post(f"/api/v1/devices/{one}/checks", headers=head, json={"condition": "good"}).json()["id"]
    assert client.get(f"/api/v1/devices/{one}/checks/{made}", headers=head).status_code == 200
    for wrong in (f"{other}/checks/{made}", f"{one}/checks/{made + 1}", f"{one}/checks/{2**53}"):
        assert client.get(f"/api/v1/devices/{wrong}", headers=head).status_code == 404
    for wrong in ("0", str(2**70), "-1", "x"):
        assert client.get(f"/api/v1/devices/{one}/checks/{wrong}", headers=head).status_code in {400, 404}


def test_the_schedule_is_read_and_set(db: Database, client: TestClient[Litestar]) -> None:
    a_fleet(db)
    head, admin = a_head(db), a_head(db, "00", Role.ADMIN)
    policy = client.get("/api/v1/check-policy", headers=head).json()
    assert policy == {
        "office": {"code": "81.02", "name": "Kabupaten Maluku Tenggara"},
        "rule": "half_year",
        "months": None,
        "inherited": True,
        "next_due_on": "2026-12-31",
        "version": 0,
    }
    body = {"rule": "months", "months": 6, "office": "81"}
    assert client.put("/api/v1/check-policy", headers=head, json=body).status_code == 403
    kept = client.put("/api/v1/check-policy", headers=admin, json=body).json()
    assert (kept["office"]["code"], kept["inherited"], kept["version"]) == ("81", False, 1)
    inherited = client.get("/api/v1/check-policy", headers=head).json()
    assert (inherited["rule"], inherited["months"], inherited["next_due_on"]) == ("months", 6, "2027-05-20")
    assert inherited["inherited"]
    assert client.get("/api/v1/check-policy?office=81", headers=head).status_code == 400
    for wrong in (
        {"rule": "months"},
        {"rule": "months", "months": 25},
        {"rule": "daily"},
        {"rule": "months", "months": 0},
    ):
        assert client.put("/api/v1/check-policy", headers=admin, json=wrong).status_code == 400


def test_the_checklist_is_data(db: Database, client: TestClient[Litestar]) -> None:
    a_fleet(db)
    head = a_head(db)
    tablet = client.get("/api/v1/checklists/tablet", headers=head).json()
    assert tablet["values"] == ["ok", "problem", "not_applicable"]
    assert "sim" not in tablet["items"]
    assert "sim" in client.get("/api/v1/checklists/smartphone", headers=head).json()["items"]
    assert client.get("/api/v1/checklists/fridge", headers=head).status_code in {400, 404}


def test_the_description_says_how_to_send_a_photo(client: TestClient[Litestar]) -> None:
    described = client.get("/schema/openapi.json").json()["paths"]["/api/v1/photos"]["post"]["requestBody"]
    form = described["content"]["multipart/form-data"]["schema"]
    assert form["required"] == ["file"]
    assert form["properties"]["file"]["format"] == "binary"
