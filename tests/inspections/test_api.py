"""Checks over HTTP."""

from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from assets_service.devices.models import Device
from assets_service.kernel.db import Database
from assets_service.ledger.models import Entry
from assets_service.ledger.stamp import Role
from tests import build
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
