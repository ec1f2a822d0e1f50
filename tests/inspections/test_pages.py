"""Checks as pages, and what their forms refuse."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from assets_service.access.stamp import Role
from assets_service.devices.models import Condition, Device, Presence
from assets_service.inspections.models import Check, CheckPhoto
from assets_service.kernel.db import Database
from assets_service.ledger.models import Entry
from assets_service.photos.models import Photo
from assets_service.schedules.models import CheckPolicy, CheckRule
from tests import build
from tests.inspections.build_inspections import a_picture

ENGLISH = {"Accept-Language": "en", "Sec-Fetch-Site": "same-origin"}


def signed_in(db: Database, at: str, role: Role = Role.HEAD) -> dict[str, str]:
    with db.writing() as session:
        return build.bearer(build.a_token(session, build.a_person(session, at=at, role=role))) | ENGLISH


@pytest.fixture
def code(db: Database) -> str:
    with db.writing() as session:
        build.roster(session)
        return build.a_device(session, at="81.02").code


@pytest.fixture
def head(db: Database, code: str) -> dict[str, str]:
    assert code
    return signed_in(db, "81.02")


def test_the_form_records_a_check_with_its_photos(
    client: TestClient[Litestar], db: Database, head: dict[str, str], code: str
) -> None:
    assert client.get(f"/perangkat/{code}/periksa", headers=head).status_code == 200
    answer = client.post(
        f"/perangkat/{code}/periksa",
        headers=head,
        data={
            "action_id": str(uuid4()),
            "condition": "light",
            "note": "Retak di sudut",
            "label_present": "true",
            "identity_matches": "false",
            "checklist.screen": "problem",
            "checklist.battery": "ok",
        },
        files=[
            ("photo_device", ("1.jpg", a_picture(colour="red"))),
            ("photo_label", ("", b"")),
            ("photos", ("2.png", a_picture("PNG", colour="blue"))),
            ("photos", ("3.jpg", a_picture(colour="green"))),
        ],
        follow_redirects=False,
    )
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == f"/d/{code}"
    with db.reading() as session:
        check = session.scalars(select(Check)).one()
        assert (check.condition, check.note, check.label_present, check.identity_matches) == (
            Condition.LIGHT, "Retak di sudut", True, False,
        )  # fmt: skip
        assert check.checklist == {"screen": "problem", "battery": "ok"}
        assert list(session.scalars(select(CheckPhoto.position).order_by(CheckPhoto.position))) == [0, 1, 2]
        kinds = list(session.scalars(select(Entry.kind).where(Entry.kind.startswith("inspections."))))
        assert kinds == ["inspections.checked"], "photos that come with a check need no sentence of their own"
    shown = client.get(f"/perangkat/{code}/pemeriksaan", headers=head).text
    assert "Retak di sudut" in shown
    assert len(re.findall(r'<img src="/berkas/kecil/[0-9a-f]{64}\.jpg"', shown)) == 3
    assert "Numbers differ" in shown
    assert "Label present" in shown


def test_a_refused_form_keeps_what_was_typed_and_the_photos_that_came(
    client: TestClient[Litestar], db: Database, head: dict[str, str], code: str
) -> None:
    path = f"/perangkat/{code}/periksa"
    typed = {"condition": "heavy", "checklist.screen": "problem", "label_present": "false"}
    refused = client.post(path, headers=head, data=typed, files={"photo_device": ("1.jpg", a_picture())})
    assert refused.status_code == 400
    assert "Say in a few words what is damaged." in refused.text
    for kept in ('value="heavy" checked', 'name="checklist.screen" value="problem" checked'):
        assert kept in refused.text
    (name,) = re.findall(r'name="sent" value="([0-9a-f]{64})"', refused.text)

    again = client.post(
        path,
        headers=head,
        data=typed | {"note": "Layar pecah", "sent": name},
        files={"x": ("", b"")},
        follow_redirects=False,
    )
    assert again.status_code == 303, again.text
    with db.reading() as session:
        photo = session.scalars(select(Photo)).one()
        assert (photo.hash, photo.attached_at is not None) == (name, True)


def test_a_bad_photo_is_refused_on_the_form_with_the_good_ones_kept(
    client: TestClient[Litestar], head: dict[str, str], code: str
) -> None:
    refused = client.post(
        f"/perangkat/{code}/periksa",
        headers=head,
        data={"condition": "good"},
        files=[
            ("photo_device", ("1.jpg", a_picture(colour="red"))),
            ("photos", ("2.jpg", b"<html>")),
            ("photos", ("3.jpg", a_picture(colour="blue"))),
        ],
    )
    assert refused.status_code == 400
    assert len(re.findall(r'name="sent" value="[0-9a-f]{64}"', refused.text)) == 2
    assert "Send a photo as JPEG, PNG or WebP." in refused.text


def test_six_photos_are_the_most(client: TestClient[Litestar], head: dict[str, str], code: str) -> None:
    files = [("photos", (f"{number}.jpg", b"never read")) for number in range(7)]
    refused = client.post(f"/perangkat/{code}/periksa", headers=head, data={"condition": "good"}, files=files)
    assert refused.status_code == 400
    assert "At most 6 photos." in refused.text


@pytest.mark.parametrize(
    ("presence", "status"), [(Presence.LOST, 409), (Presence.NOT_FOUND, 409), (Presence.WRITTEN_OFF, 409)]
)
def test_no_form_for_what_cannot_be_checked(
    client: TestClient[Litestar], db: Database, head: dict[str, str], code: str, presence: Presence, status: int
) -> None:
    with db.writing() as session:
        session.scalars(select(Device)).one().presence = presence
    assert client.get(f"/perangkat/{code}/periksa", headers=head).status_code == status
    sent = client.post(f"/perangkat/{code}/periksa", headers=head, data={"condition": "good"})
    assert sent.status_code == status


@pytest.mark.parametrize(
    ("role", "place", "form", "checks"),
    [
        (Role.HEAD, "81.02", 200, 200),
        (Role.LOGISTICS, "81", 200, 200),
        (Role.ADMIN, "00", 200, 200),
        (Role.AUDITOR, "81.02", 403, 200),
        (Role.HEAD, "81.72", 404, 404),
        (Role.AUDITOR, "73", 403, 404),
    ],
)
def test_who_sees_the_form_and_who_the_checks(
    client: TestClient[Litestar], db: Database, code: str, role: Role, place: str, form: int, checks: int
) -> None:
    who = signed_in(db, place, role)
    assert client.get(f"/perangkat/{code}/periksa", headers=who).status_code == form
    assert client.post(f"/perangkat/{code}/periksa", headers=who, data={"note": "x"}).status_code == (
        400 if form == 200 else form
    )
    assert client.get(f"/perangkat/{code}/pemeriksaan", headers=who).status_code == checks


def test_what_is_due_is_listed_with_its_counts(
    client: TestClient[Litestar], db: Database, head: dict[str, str], code: str
) -> None:
    today = build.NOON.date()
    with db.writing() as session:
        codes = {"never": code}
        for name, days in (("overdue", -1), ("soon", 30), ("later", 31)):
            device = build.a_device(session, at="81.02")
            device.check_due_on, device.last_checked_on = today + timedelta(days=days), today - timedelta(days=90)
            codes[name] = device.code
        foreign = build.a_device(session, at="81.72").code
    listed = client.get("/pemeriksaan", headers=head).text
    places = [listed.find(f'"/d/{codes[name]}"') for name in ("overdue", "soon", "never")]
    assert places == sorted(places)
    assert -1 not in places
    assert codes["later"] not in listed
    assert foreign not in listed
    assert f"/perangkat/{codes['overdue']}/periksa" in listed
    only = client.get("/pemeriksaan?state=soon", headers=head).text
    assert codes["soon"] in only
    assert codes["overdue"] not in only
    auditor = signed_in(db, "81", Role.AUDITOR)
    seen = client.get("/pemeriksaan?office=81.72", headers=auditor).text
    assert foreign in seen
    assert code not in seen
    assert "/periksa" not in seen, "an auditor checks nothing"
    assert client.get("/pemeriksaan?office=73", headers=head).status_code == 400


def test_the_list_goes_on_where_it_ended(
    client: TestClient[Litestar], db: Database, head: dict[str, str], code: str
) -> None:
    with db.writing() as session:
        codes = {code} | {build.a_device(session, at="81.02").code for _ in range(52)}
    first = client.get("/pemeriksaan", headers=head).text
    found = re.search(r'rel="next" href="([^"]+)"', first)
    assert found
    second = client.get(found[1].replace("&amp;", "&"), headers=head).text
    links = re.findall(r'class="device" href="/d/(\w+)"', first) + re.findall(r'class="device" href="/d/(\w+)"', second)
    assert len(links) == 53
    assert set(links) == codes


def test_an_administrator_sets_the_schedule_and_others_read_it(
    client: TestClient[Litestar], db: Database, head: dict[str, str]
) -> None:
    admin = signed_in(db, "81", Role.ADMIN)
    assert 'name="rule"' in client.get("/pemeriksaan/jadwal", headers=admin).text
    assert 'name="rule"' not in client.get("/pemeriksaan/jadwal", headers=head).text
    data = {"office": "81", "rule": "months", "months": "3"}
    assert client.post("/pemeriksaan/jadwal", headers=head, data=data).status_code == 403
    refused = client.post("/pemeriksaan/jadwal", headers=admin, data=data | {"months": "25"})
    assert refused.status_code == 400
    assert "At most 24." in refused.text
    assert client.post("/pemeriksaan/jadwal", headers=admin, data=data | {"office": "00"}).status_code == 400
    kept = client.post("/pemeriksaan/jadwal", headers=admin, data=data, follow_redirects=False)
    assert (kept.status_code, kept.headers["location"]) == (303, "/pemeriksaan/jadwal?office=81")
    with db.reading() as session:
        policy = session.scalars(select(CheckPolicy)).one()
        assert (policy.rule, policy.months) == (CheckRule.MONTHS, 3)
    assert "every 3 months" in client.get("/pemeriksaan/jadwal", headers=head).text
    assert client.get("/pemeriksaan/jadwal?office=73", headers=head).status_code == 400
