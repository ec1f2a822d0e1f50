"""Finders: a stranger writes, learns nothing, and only the office that answers reads it."""

import re
from typing import Any

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import func, select

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.labelling.commands import finders
from assets_service.labelling.models import FinderMessage
from assets_service.ledger.models import Entry
from assets_service.signing_in.models import Throttle
from tests.clock import StillClock
from tests.labelling.build_labelling import Desk, a_desk, devices_at

NOTE = {"message": "On a bench at the harbour.", "contact": "0812 3456 7890"}
UNKNOWN = "ZZZZZZZZ"


def write(client: TestClient[Litestar], code: str, **note: str) -> Response:
    client.cookies.clear()
    return client.post(f"/d/{code}/temuan", data=NOTE | note, follow_redirects=False)


def kept(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(FinderMessage)) or 0


def said(answer: Response) -> tuple[int, str, str]:
    """All a stranger gets to see, but for what differs in every answer."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", answer.text)
    return answer.status_code, answer.headers.get("location", ""), text


def test_a_finder_learns_nothing_from_the_answer(desk: Desk, db: Database, client: TestClient[Litestar]) -> None:
    (code,) = devices_at(db, "81.02", 1)
    known, unknown, nonsense = (write(client, each) for each in (code, UNKNOWN, "no-code"))
    assert said(known) == said(unknown) == said(nonsense)
    assert (known.status_code, known.headers["location"]) == (303, "/temuan/terima-kasih")
    thanks = client.get(known.headers["location"])
    assert code not in thanks.text
    assert desk.get("/finder-messages").json()["total"] == 2
    shown = [client.get(f"/d/{each}/temuan").text.replace(each, "") for each in (code, UNKNOWN)]
    assert len({re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", text) for text in shown}) == 1


def test_the_holding_office_reads_the_message_and_takes_care_of_it(
    desk: Desk, db: Database, client: TestClient[Litestar], clock: StillClock
) -> None:
    (code,) = devices_at(db, "81.02", 1)
    write(client, code.lower() + ".1")
    head = a_desk(db, client, Role.HEAD, at="81.02")
    (message,) = head.get("/finder-messages", open=True).json()["items"]
    assert {name: message[name] for name in ("code", "device", "message", "contact", "handled_at")} == {
        "code": code,
        "device": code,
        **NOTE,
        "handled_at": None,
    }
    clock.pass_by(hours=1)
    first = head.put(f"/finder-messages/{message['id']}/handling").json()
    clock.pass_by(hours=1)
    second = desk.put(f"/finder-messages/{message['id']}/handling").json()
    assert first["handled_at"] == second["handled_at"] == "2026-11-20T06:00:00Z"
    assert head.get("/finder-messages", open=True).json()["total"] == 0
    assert head.get("/finder-messages", open=False).json()["total"] == 1
    kinds = [entry["kind"] for entry in desk.get(f"/devices/{code}/history").json()["items"]]
    assert kinds == ["devices.registered", "labelling.finder_wrote", "labelling.finder_answered"]


def test_the_ledger_keeps_neither_words_nor_contact(desk: Desk, db: Database, client: TestClient[Litestar]) -> None:
    (code,) = devices_at(db, "81.02", 1)
    write(client, code)
    write(client, UNKNOWN)
    with db.reading() as session:
        bodies = session.scalars(select(Entry.body).where(Entry.kind == "labelling.finder_wrote")).all()
        actors = session.scalars(select(Entry.actor).where(Entry.kind == "labelling.finder_wrote")).all()
    assert sorted(bodies) == ['{"message":1}', '{"message":2}']
    assert set(actors) == {"-"}
    assert desk.get("/finder-messages").json()["total"] == 2


@pytest.mark.parametrize(
    ("at", "role", "sees", "contact", "status"),
    [
        ("00", Role.LOGISTICS, True, NOTE["contact"], 200),
        ("81", Role.HEAD, True, NOTE["contact"], 200),
        ("81.02", Role.ADMIN, True, NOTE["contact"], 200),
        ("81.02", Role.AUDITOR, True, None, 403),
        ("81.72", Role.HEAD, False, None, 404),
        ("31", Role.ADMIN, False, None, 404),
    ],
)
@pytest.mark.usefixtures("desk")
def test_who_sees_what_a_finder_wrote(
    db: Database, client: TestClient[Litestar], at: str, role: Role, sees: bool, contact: str | None, status: int
) -> None:
    (code,) = devices_at(db, "81.02", 1)
    write(client, code)
    somebody = a_desk(db, client, role, at=at)
    found = somebody.get("/finder-messages").json()
    assert found["total"] == (1 if sees else 0)
    if sees:
        assert found["items"][0]["contact"] == contact
        message_id = found["items"][0]["id"]
    else:
        message_id = 1
    assert somebody.put(f"/finder-messages/{message_id}/handling").status_code == status


def test_a_message_about_no_device_is_the_national_offices(
    desk: Desk, db: Database, client: TestClient[Litestar]
) -> None:
    write(client, UNKNOWN)
    assert desk.get("/finder-messages").json()["items"][0]["device"] is None
    assert a_desk(db, client, Role.ADMIN, at="81").get("/finder-messages").json()["total"] == 0
    message_id = desk.get("/finder-messages").json()["items"][0]["id"]
    assert desk.put(f"/finder-messages/{message_id}/handling").status_code == 200


def test_a_device_on_its_way_here_is_still_its_senders_to_answer_for(
    desk: Desk, db: Database, client: TestClient[Litestar]
) -> None:
    (code,) = devices_at(db, "00", 1)
    desk.post("/shipments", {"to_office": "81.02", "devices": [code], "send": True})
    write(client, code)
    receiver = a_desk(db, client, Role.HEAD, at="81.02")
    (message,) = receiver.get("/finder-messages").json()["items"]
    assert message["contact"] is None
    assert receiver.put(f"/finder-messages/{message['id']}/handling").status_code == 403


def test_messages_are_listed_page_by_page(desk: Desk, db: Database, client: TestClient[Litestar]) -> None:
    (code,) = devices_at(db, "81.02", 1)
    for _ in range(3):
        write(client, code)
    first = desk.get("/finder-messages", limit=2).json()
    rest = desk.get("/finder-messages", limit=2, cursor=first["next_cursor"]).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == [3, 2, 1]
    assert rest["next_cursor"] is None


def test_a_code_takes_five_messages_in_five_minutes_known_or_not(
    desk: Desk, db: Database, client: TestClient[Litestar], clock: StillClock
) -> None:
    (code,) = devices_at(db, "81.02", 1)
    for each in (code, UNKNOWN, "no-code"):
        statuses = [write(client, each).status_code for _ in range(7)]
        assert statuses == [303] * 5 + [429] * 2
    refused = write(client, code)
    assert refused.headers["retry-after"] == "300"
    assert NOTE["contact"] in refused.text  # what was typed is not lost
    clock.pass_by(minutes=5)
    assert write(client, code).status_code == 303
    assert desk.get("/finder-messages").json()["total"] == 11


def test_strangers_cannot_fill_the_database(
    desk: Desk, db: Database, client: TestClient[Litestar], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finders, "MESSAGES_UNKNOWN_MAX", 3)
    codes = [f"ZZZZZZZ{sign}" for sign in "0123456789"]
    assert {write(client, code).status_code for code in codes} == {303}
    assert kept(db) == 3
    with db.reading() as session:
        assert (session.scalar(select(func.count()).select_from(Throttle)) or 0) <= len(codes) + 1
    assert desk.get("/finder-messages").json()["total"] == 3


@pytest.mark.parametrize(
    "note",
    [
        {"message": ""},
        {"contact": ""},
        {"message": "x" * 1001},
        {"contact": "x" * 201},
        {"message": "nul\x00"},
        {"message": " \n "},
    ],
    ids=lambda note: str(note)[:24],
)
@pytest.mark.usefixtures("desk")
def test_a_note_out_of_bounds_is_refused_and_shown_again(
    db: Database, client: TestClient[Litestar], note: dict[str, Any]
) -> None:
    (code,) = devices_at(db, "81.02", 1)
    answer = write(client, code, **note)
    assert answer.status_code == 400
    assert "text/html" in answer.headers["content-type"]
    assert kept(db) == 0


@pytest.mark.usefixtures("desk")
def test_a_finders_script_is_only_ever_text(db: Database, client: TestClient[Litestar]) -> None:
    (code,) = devices_at(db, "81.02", 1)
    script = "<script>alert(1)</script>{{7*7}}"
    write(client, code, message=script, contact=script)
    text = a_desk(db, client, Role.HEAD, at="81.02").see("/label/temuan").text
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text
    assert "{{7*7}}" in text


@pytest.mark.usefixtures("desk")
def test_looking_at_the_form_writes_nothing(db: Database, client: TestClient[Litestar]) -> None:
    (code,) = devices_at(db, "81.02", 1)
    with db.reading() as session:
        before = session.scalar(select(func.count()).select_from(Entry))
    client.get(f"/d/{code}/temuan")
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Entry)) == before
        assert session.scalar(select(func.count()).select_from(Throttle)) == 0
