"""Phones are known: whose they are, when they were last heard of, what they still hold; and they are signed out from afar."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.ledger.models import Entry
from tests import build
from tests.clock import StillClock
from tests.outbox.build_outbox import Client, World, at
from tests.people.build_people import caller


def phones(client: Client, who: dict[str, str]) -> list[dict[str, object]]:
    items: list[dict[str, object]] = client.get("/api/v1/phones", headers=who).json()["items"]
    return items


def test_a_phone_is_known_from_its_first_contact_on(db: Database, world: World, clock: StillClock) -> None:
    first = at(clock())
    world.head.hand_in(world.check(), name="Samsung di gudang", sent_at=at(build.later(seconds=400)), holds=7)
    clock.pass_by(hours=1)
    world.head.send(holds=3)
    [shown] = phones(world.head.client, world.head.headers)
    assert shown | {"person": None} == {
        "id": world.head.phone,
        "name": "Samsung di gudang",
        "person": None,
        "first_at": first,
        "contact_at": at(clock()),
        "skew_s": 400,
        "clock_is_wrong": True,
        "holds": 3,
        "sequence": 1,
        "hole_until": None,
        "signed_out_at": None,
    }
    with db.reading() as session:
        told = session.scalars(select(Entry.kind).where(Entry.subject == f"person/{world.head.person}")).all()
    assert told.count("outbox.phone_added") == 1


def test_anothers_phone_is_not_there(db: Database, world: World) -> None:
    world.head.send()
    world.other.phone = world.head.phone
    act = world.other.act("check", device=world.foreign, payload={"condition": "good"})
    assert world.other.send(act, status=404)["status"] == 404
    client, theirs = world.other.client, f"/api/v1/phones/{world.head.phone}"
    assert client.delete(theirs, headers=world.other.headers).status_code == 404
    assert client.delete(f"/api/v1/phones/{uuid4()}", headers=world.head.headers).status_code == 404
    assert phones(client, world.other.headers) == []
    with db.reading() as session:
        assert session.scalars(select(Entry.seq).where(Entry.action_id == act["id"])).all() == []


@pytest.mark.parametrize(
    ("role", "office", "status"),
    [
        (Role.ADMIN, "00", 204),
        (Role.ADMIN, "81", 204),
        (Role.ADMIN, "62", 404),
        (Role.LOGISTICS, "00", 404),
        (Role.HEAD, "81.02", 404),
        (Role.AUDITOR, "00", 403),
    ],
)
def test_who_may_see_a_phone_and_sign_it_out(
    client: Client, db: Database, world: World, role: Role, office: str, status: int
) -> None:
    world.head.send()
    who = caller(db, role, office)
    assert [phone["id"] for phone in phones(client, who)] == ([world.head.phone] if status == 204 else [])
    assert client.delete(f"/api/v1/phones/{world.head.phone}", headers=who).status_code == status


def test_what_was_handed_in_is_not_on_the_phone_any_more_also_when_its_answer_was_lost(world: World) -> None:
    acts = [world.check(), world.check()]
    for _ in range(2):
        world.head.send(*acts, holds=3)
        [phone] = world.head.client.get("/api/v1/phones", headers=world.head.headers).json()["items"]
        assert phone["holds"] == 1


def test_a_phone_that_was_signed_out_hands_in_what_it_holds_and_is_told_to_empty_itself(
    client: Client, db: Database, world: World
) -> None:
    assert world.head.send()["empty"] is False
    for _ in range(2):
        gone = client.delete(f"/api/v1/phones/{world.head.phone}", headers=world.head.headers)
        assert gone.status_code == 204
    answer = world.head.send(world.check())
    assert (answer["empty"], answer["actions"][0]["status"]) == (True, "applied")
    with db.reading() as session:
        told = session.scalars(select(Entry.kind).where(Entry.subject == f"person/{world.head.person}")).all()
    assert told.count("outbox.phone_signed_out") == 1


def test_nobody_has_more_phones_than_anybody_needs(client: Client, world: World) -> None:
    made = []
    for _ in range(20):
        world.head.phone = str(uuid4())
        made.append(world.head.phone)
        world.head.send()
    world.head.phone = str(uuid4())
    assert "20" in world.head.send(status=409)["detail"]
    client.delete(f"/api/v1/phones/{made[0]}", headers=world.head.headers)
    world.head.send()


def test_the_list_goes_on_where_the_cursor_stands(client: Client, world: World, clock: StillClock) -> None:
    for hours in (0, 0, 1):
        clock.pass_by(hours=hours)
        world.head.phone = str(uuid4())
        world.head.send()
    first = client.get("/api/v1/phones?limit=2", headers=world.head.headers).json()
    rest = client.get(f"/api/v1/phones?limit=2&cursor={first['next_cursor']}", headers=world.head.headers).json()
    ids = [phone["id"] for page in (first, rest) for phone in page["items"]]
    assert (len(ids), len(set(ids)), first["total"], rest["next_cursor"]) == (3, 3, 3, None)
    assert ids[0] == world.head.phone
