"""What waits for an officer, and phones, as a person meets them, without a script."""

import re
from uuid import uuid4

import pytest
from httpx import Response

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests import build
from tests.outbox.build_outbox import Client, Hand, World, a_hand, device_of, entries_of
from tests.outbox.test_conflicts import CHANGES, end_rights, officer

ENGLISH = {"Accept-Language": "en"}


def shown(hand: Hand, path: str) -> str:
    answer = hand.client.get(path, headers=hand.headers | ENGLISH, follow_redirects=False)
    assert answer.status_code == 200, answer.text
    return answer.text


def post(hand: Hand, path: str, **fields: str) -> Response:
    form = {"action_id": str(uuid4())} | {name.replace("__", "."): value for name, value in fields.items()}
    return hand.client.post(path, data=form, headers=hand.headers | ENGLISH, follow_redirects=False)


def test_both_sides_stand_beside_each_other_and_an_officer_decides(client: Client, db: Database, world: World) -> None:
    act = world.hold(base_version=device_of(db, world.code).version)
    CHANGES["another holder"](db, world)
    assert world.head.statuses(act) == ["conflict"]
    lia = officer(client, db)

    page = shown(lia, "/penyelesaian/luring")
    sides = re.sub(r"<[^>]+>|\s+", " ", page)
    assert re.search(
        r"On the phone of Siti +Ani .*At the centre, when it came in .*Changed meanwhile +Holder, Received", sides
    )
    (number,) = re.findall(r'action="/penyelesaian/luring/(\d+)"', page)
    refused = post(lia, f"/penyelesaian/luring/{number}", **{f"outcome__{number}": "applied"})
    assert (refused.status_code, f'id="f-reason-{number}-problem"' in refused.text) == (400, True)
    told = {f"outcome__{number}": "applied", f"reason__{number}": "sudah ditanyakan"}
    assert post(lia, f"/penyelesaian/luring/{number}", **told).status_code == 303

    assert device_of(db, world.code).holder_id == world.ani
    assert [entry.kind for entry in entries_of(db, act["id"])] == ["custody.held"]
    assert "sudah ditanyakan" in shown(lia, "/penyelesaian/luring?state=settled")
    assert "Nothing is left to settle." in shown(lia, "/penyelesaian/luring")


@pytest.mark.parametrize(
    ("kind", "told"), [("receipt", "Received"), ("arrival", "Seal intact"), ("holder", "Ani"), ("check", "Good")]
)
def test_each_act_says_what_its_person_did(client: Client, db: Database, world: World, kind: str, told: str) -> None:
    act = world.hold() if kind == "holder" else getattr(world, kind)()
    end_rights(db, world.head, build.later(minutes=-10))
    assert world.head.statuses(act) == ["quarantined"]
    page = shown(officer(client, db), "/penyelesaian/luring")
    card = page[page.index('id="luring-') : page.index("At the centre")]
    assert ("No right to it now" in card, told in card) == (True, True)


def test_who_did_it_sees_it_and_does_not_settle_it(db: Database, world: World) -> None:
    act = world.hold(base_version=device_of(db, world.code).version)
    CHANGES["another holder"](db, world)
    world.head.hand_in(act)
    page = shown(world.head, "/penyelesaian/luring")
    assert "Somebody else with rights at this office settles it." in page
    assert not re.search(r"/penyelesaian/luring/\d", page)


def test_a_phone_is_seen_by_its_person_and_their_administrator_and_signed_out(
    client: Client, db: Database, world: World
) -> None:
    world.head.send(world.check(), name="Ponsel Siti", holds=3)
    with db.writing() as session:
        admin = a_hand(client, db, build.a_person(session, "Oka", at="81", role=Role.ADMIN), session)
    for hand, is_theirs in ((world.head, True), (admin, True), (world.other, False)):
        page = shown(hand, "/saya/ponsel")
        assert ("Ponsel Siti" in page) is is_theirs
        assert ("2 actions not handed in" in page) is is_theirs
    assert post(world.other, f"/saya/ponsel/{world.head.phone}/keluar").status_code == 404
    assert post(admin, f"/saya/ponsel/{world.head.phone}/keluar").status_code == 303
    assert "Sign it out" not in shown(world.head, "/saya/ponsel")
    assert world.head.send()["empty"] is True
