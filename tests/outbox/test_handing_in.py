"""Handing in what was done without network: each act in its place, at most once, whichever door it comes through."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from msgspec import structs
from sqlalchemy import func, select

from assets_service.access.stamp import Role
from assets_service.actions.models import Action
from assets_service.custody.models import LineState, ShipmentLine
from assets_service.devices.identifiers import new_code
from assets_service.devices.models import LabelCode
from assets_service.kernel.db import Database
from assets_service.ledger.models import Entry
from assets_service.outbox.kinds import KINDS
from assets_service.outbox.models import ActType
from assets_service.settings import Settings
from assets_service.upkeep.sweep import sweep
from assets_service.web.language import translate
from tests import build
from tests.clock import StillClock
from tests.inspections.build_inspections import a_picture
from tests.outbox.build_outbox import Client, Hand, World, a_hand, at, device_of, entries_of
from tests.people.build_people import caller

# ---- each type ----------------------------------------------------------------------------------------------------


def test_a_check_is_done_as_the_call_would_have_done_it(db: Database, world: World) -> None:
    act = world.check(payload={"condition": "light", "note": "scratched"})
    [answer] = world.head.hand_in(act)
    [entry] = entries_of(db, act["id"])
    assert answer == {"id": act["id"], "status": "applied", "ledger_seq": entry.seq}
    assert (entry.kind, entry.door, entry.actor) == ("inspections.checked", "outbox", f"person/{world.head.person}")
    assert entry.claimed_at == build.later(minutes=-30)
    assert device_of(db, world.code).condition == "light"


def test_a_parcel_arrives_and_is_received_visit_by_visit(db: Database, world: World) -> None:
    first, second, third = world.boxed
    acts = [world.arrival(), world.receipt(first, visit=str(uuid4())), world.receipt(second, third, visit=str(uuid4()))]
    answers = world.head.hand_in(*acts)
    assert [each["status"] for each in answers] == ["applied"] * 3
    assert [each["ledger_seq"] for each in answers] == [entries_of(db, act["id"])[-1].seq for act in acts]
    with db.reading() as session:
        states = session.scalars(select(ShipmentLine.state).where(ShipmentLine.shipment_id == world.box))
        assert set(states) == {LineState.RECEIVED}


def test_a_parcel_has_arrived_when_it_was_seen_and_not_when_that_was_handed_in(db: Database, world: World) -> None:
    assert world.head.statuses(world.arrival()) == ["applied"]
    assert device_of(db, world.boxed[0]).arrived_at == build.later(minutes=-30)


def test_a_holder_is_named_and_naming_him_again_changes_nothing(db: Database, world: World) -> None:
    first, again = world.hold(), world.hold()
    answers = world.head.hand_in(first, again)
    assert [each["status"] for each in answers] == ["applied", "unchanged"]
    assert "ledger_seq" not in answers[1]
    assert entries_of(db, again["id"]) == []
    assert device_of(db, world.code).holder_id == world.ani


def test_a_label_is_attached_once(world: World) -> None:
    attach = {"device": world.code, "payload": {"scanned": world.code}}
    acts = [world.head.act("attach_label", **attach), world.head.act("attach_label", **attach)]
    assert world.head.statuses(*acts) == ["applied", "unchanged"]


def test_a_blank_label_is_claimed_by_who_registers(client: Client, db: Database, world: World) -> None:
    with db.writing() as session:
        logistics = build.a_person(session, at="81", role=Role.LOGISTICS, when=build.later(days=-9))
        hand = a_hand(client, db, logistics, session)
        blank = LabelCode(code=new_code(), office_id=build.office(session, "81.02").id, made_at=build.NOON)
        session.add(blank)
    acts = [hand.act("claim_label", device=world.code, payload={"code": code}) for code in (blank.code, "ABCD2345")]
    claimed, unknown = hand.hand_in(*acts)
    assert claimed["status"] == "applied"
    assert (unknown["status"], unknown["problem"]["status"]) == ("refused", 404)
    assert [entry.kind for entry in entries_of(db, acts[0]["id"])] == ["devices.code_claimed", "labelling.attached"]


# ---- at most once -------------------------------------------------------------------------------------------------


def test_an_answer_that_was_lost_is_given_again(db: Database, world: World) -> None:
    acts = [world.check(), world.hold()]
    first, again = world.head.hand_in(*acts), world.head.hand_in(*acts)
    assert [each["status"] for each in again] == ["duplicate", "duplicate"]
    assert [each["ledger_seq"] for each in again] == [each["ledger_seq"] for each in first]
    assert [len(entries_of(db, act["id"])) for act in acts] == [1, 1]


@pytest.mark.parametrize("through_the_call_first", [True, False])
def test_the_same_act_is_known_whichever_door_it_came_through(
    client: Client, db: Database, world: World, through_the_call_first: bool
) -> None:
    act = world.check(device=world.code.lower())
    headers = world.head.headers | {"Idempotency-Key": act["id"]}
    for by_call in (through_the_call_first, not through_the_call_first):
        if by_call:
            answer = client.post(f"/api/v1/devices/{world.code}/checks", json=act["payload"], headers=headers)
            assert (answer.status_code, "idempotency-replayed" in answer.headers) == (201, not through_the_call_first)
        else:
            expected = "duplicate" if through_the_call_first else "applied"
            assert world.head.statuses(act) == [expected]
    assert len(entries_of(db, act["id"])) == 1


def test_twice_in_one_batch_is_once(db: Database, world: World) -> None:
    act = world.check()
    assert world.head.statuses(act, act) == ["applied", "duplicate"]
    assert len(entries_of(db, act["id"])) == 1


def test_a_refusal_is_given_again_too(world: World) -> None:
    act = world.check(device=world.foreign)
    first, again = world.head.hand_in(act), world.head.hand_in(act)
    for each in (*first, *again):
        each["problem"].pop("request_id")
    assert first == again
    assert first[0]["status"] == "refused"


# ---- bad ones -----------------------------------------------------------------------------------------------------


GOOD = {"condition": "good"}
PHOTO = "a" * 64
BAD: dict[str, tuple[Callable[[World], Any], int, str | None]] = {
    "no object": (lambda _: 7, 400, ""),
    "no id": (lambda world: world.check(id=None), 400, "/id"),
    "an id that is none": (lambda world: world.check(id="x"), 400, "/id"),
    "unknown type": (lambda world: world.check(type="scan"), 400, "/type"),
    "unknown field": (lambda world: world.check(extra=1), 400, "/extra"),
    "no device": (lambda world: world.head.act("check", payload=GOOD), 400, "/device"),
    "a shipment for a check": (lambda world: world.check(shipment=1), 400, "/shipment"),
    "a visit for a check": (lambda world: world.check(visit=str(uuid4())), 400, "/visit"),
    "photos for a holder": (lambda world: world.hold(photos=[PHOTO]), 400, "/photos/0"),
    "a photo that never came": (lambda world: world.check(photos=[PHOTO]), 400, "/payload/photos/0"),
    "a bad payload": (lambda world: world.check(payload={"condition": "fine"}), 400, "/payload/condition"),
    "a payload against a rule": (lambda world: world.check(payload={"condition": "heavy"}), 400, "/payload/note"),
    "control characters": (lambda world: world.check(payload=GOOD | {"note": "\x00"}), 400, "/payload/note"),
    "a megabyte": (lambda world: world.check(payload=GOOD | {"note": "x" * (1 << 20)}), 413, "/payload"),
    "a number beyond all": (lambda world: world.check(payload=GOOD | {"note": 10**40}), 400, "/payload/note"),
    "half a character": (lambda world: world.check(payload=GOOD | {"note": "\ud800"}), 400, "/payload/note"),
    "nested too deeply": (lambda world: world.check(payload={"checklist": nested(40)}), 400, None),
    "1970": (lambda world: world.check(observed_at="1970-01-01T00:00:00Z"), 400, "/observed_at"),
    "2038": (lambda world: world.check(observed_at="2038-01-19T03:14:08Z"), 400, "/observed_at"),
    "2099": (lambda world: world.check(observed_at="2099-12-31T00:00:00Z"), 400, "/observed_at"),
    "a time without a zone": (lambda world: world.check(observed_at="2026-11-20T05:00:00"), 400, "/observed_at"),
    "a sequence that goes back": (lambda world: world.check(sequence=1), 409, "/sequence"),
    "a sequence below all": (lambda world: world.check(sequence=-4), 400, "/sequence"),
    "a foreign device": (lambda world: world.check(device=world.foreign), 404, None),
    "no such device": (lambda world: world.check(device="ZZZZZZZZ"), 404, None),
    "a foreign shipment": (lambda world: world.arrival(shipment=999), 404, None),
    "no right": (lambda world: world.head.act("claim_label", device=world.code, payload={"code": "A"}), 403, None),
}


def nested(depth: int) -> dict[str, Any]:
    return {"a": nested(depth - 1)} if depth else {}


@pytest.mark.parametrize("why", BAD)
def test_a_bad_act_is_refused_in_its_place_and_the_rest_is_done(world: World, why: str) -> None:
    make, status, pointer = BAD[why]
    first, refused, last = world.head.hand_in(world.check(), make(world), world.check())
    assert [first["status"], refused["status"], last["status"]] == ["applied", "refused", "applied"]
    assert "marks" not in last
    problem = refused["problem"]
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert [error["pointer"] for error in problem["errors"]] == ([] if pointer is None else [pointer])


def test_an_id_that_stands_for_something_else_is_refused_in_its_place(db: Database, world: World) -> None:
    anothers = world.other.act("check", device=world.foreign, payload=GOOD)
    done = world.check()
    assert world.other.statuses(anothers) == world.head.statuses(done) == ["applied"]
    changed = done | {"payload": {"condition": "heavy", "note": "x"}}
    answers = world.head.hand_in(changed, world.check(id=anothers["id"]), world.check())
    assert [each["status"] for each in answers] == ["refused", "refused", "applied"]
    assert [each["problem"]["status"] for each in answers[:2]] == [409, 409]
    assert device_of(db, world.code).condition == "good"


def test_an_unseen_device_is_refused_in_the_same_words_whether_it_exists_or_not(world: World) -> None:
    foreign, none = world.head.hand_in(world.check(device=world.foreign), world.check(device="ZZZZZZZZ"))
    assert foreign["problem"] | {"request_id": ""} == none["problem"] | {"request_id": ""}


def test_a_kept_refusal_is_said_in_the_language_of_whoever_asks_again(world: World) -> None:
    act = world.check(payload={"condition": "heavy"})
    said = []
    for language in ("en", "id"):
        world.head.headers["Accept-Language"] = language
        [answer] = world.head.hand_in(act)
        said.append((answer["problem"]["detail"], answer["problem"]["errors"][0]["message"]))
    english, indonesian = said
    assert english == ("Please correct the fields named below.", "Say in a few words what is damaged.")
    assert indonesian == tuple(translate("id", sentence) for sentence in english)
    assert indonesian != english


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"actions": [{}] * 26}, 400),
        ({"phone": "x"}, 400),
        ({"schema": "1"}, 400),
        ({"more": 1}, 400),
        ({"schema": 0}, 409),
        ({"schema": 2}, 409),
    ],
)
def test_a_batch_that_cannot_be_taken_is_refused_whole(
    db: Database, world: World, changed: dict[str, Any], status: int
) -> None:
    act = world.check()
    refused = world.head.send(status=status, **{"actions": [act]} | changed)
    assert refused["status"] == status
    assert entries_of(db, act["id"]) == []


def test_an_auditor_hands_nothing_in(client: Client, db: Database, world: World) -> None:
    auditor = Hand(client, db, 0, caller(db, Role.AUDITOR, "00"))
    act = auditor.act("check", device=world.code, payload={"condition": "good"})
    auditor.send(act, status=403)
    assert entries_of(db, act["id"]) == []


# ---- photos -------------------------------------------------------------------------------------------------------


def a_named_photo(client: Client, who: Hand, colour: str) -> str:
    sent = a_picture(colour=colour)
    name = sha256(sent).hexdigest()
    assert client.put(f"/api/v1/photos/{name}", content=sent, headers=who.headers).status_code == 201
    return name


def test_an_act_names_its_photos_by_the_bytes_the_phone_sent(client: Client, db: Database, world: World) -> None:
    first, second = named = [a_named_photo(client, world.head, colour) for colour in ("teal", "red")]
    line = {"device": world.boxed[0], "outcome": "received", "photos": [second]}
    acts = [world.check(photos=[first]), world.receipt(payload={"lines": [line]}, photos=[second])]
    assert world.head.statuses(*acts, *acts) == ["applied", "applied", "duplicate", "duplicate"]
    told = [entries_of(db, act["id"])[-1].body for act in acts]
    assert all('"photos":["' in body and name not in body for body, name in zip(told, named, strict=True))


# ---- order --------------------------------------------------------------------------------------------------------


def test_what_follows_a_hole_waits_for_a_while_and_then_goes_on_marked(world: World, clock: StillClock) -> None:
    world.head.hand_in(world.check())
    late = [world.check(sequence=3, elapsed_ms=None), world.hold(sequence=4, elapsed_ms=None)]
    waiting = world.head.hand_in(*late)
    assert [each["status"] for each in waiting] == ["waiting", "waiting"]
    until = at(clock() + timedelta(minutes=15))
    assert {each["until"] for each in waiting} == {until}
    clock.pass_by(minutes=14)
    assert {each["until"] for each in world.head.hand_in(*late)} == {until}  # waiting is not begun anew
    clock.pass_by(minutes=1)
    first, second = world.head.hand_in(*late)
    assert (first["status"], first["marks"]) == ("applied", ["hole"])
    assert (second["status"], second.get("marks")) == ("applied", None)
    missed, again = world.check(sequence=2, elapsed_ms=None), world.check(sequence=2)
    after_all, used = world.head.hand_in(missed, again)
    assert (after_all["status"], after_all["marks"]) == ("applied", ["late"])  # nothing is lost that comes after all
    assert (used["status"], used["problem"]["status"]) == ("refused", 409)


def test_what_was_missing_comes_and_nothing_is_marked(world: World) -> None:
    first, second, third = world.check(), world.check(), world.hold()
    assert world.head.statuses(first, third) == ["applied", "waiting"]
    answers = world.head.hand_in(second, third)
    assert [(each["status"], each.get("marks")) for each in answers] == [("applied", None)] * 2


# ---- trouble ------------------------------------------------------------------------------------------------------


def test_two_who_hand_in_the_same_at_once_do_everything_once(db: Database, world: World) -> None:
    """Two tabs, or an answer that was given up too early: each act is in the ledger once, and both are told so."""
    acts = [world.check() for _ in range(4)] + [world.hold(), world.receipt(), world.arrival(shipment=999)]
    start = Barrier(3)

    def hand_in(_: int) -> list[str]:
        start.wait()
        return world.head.statuses(*acts)

    world.head.send()
    with ThreadPoolExecutor(3) as three:
        told = list(three.map(hand_in, range(3)))
    for place, act in enumerate(acts[:-1]):
        assert {each[place] for each in told} <= {"applied", "duplicate"}
        assert [each[place] for each in told].count("applied") == 1
        assert {entry.kind for entry in entries_of(db, act["id"])}
    assert len(entries_of(db, acts[0]["id"])) == 1
    assert {each[-1] for each in told} == {"refused"}


def test_an_act_on_which_we_crash_holds_nothing_back(
    db: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    broken = structs.replace(KINDS[ActType.CHECK], act=structs.replace(KINDS[ActType.CHECK].act, command=crash))
    monkeypatch.setitem(KINDS, ActType.CHECK, broken)
    check, hold = world.check(), world.hold()
    first, second = world.head.hand_in(check, hold)
    assert (first["status"], first["problem"]["status"], second["status"]) == ("quarantined", 500, "applied")
    assert entries_of(db, check["id"]) == []
    assert world.head.statuses(check) == ["quarantined"]


# ---- clocks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claimed", "elapsed", "sent", "marks"),
    [
        (timedelta(minutes=-30), 30, None, None),
        (timedelta(minutes=-34), 30, None, None),
        (timedelta(minutes=-36), 30, None, ["clock"]),
        (timedelta(hours=7), 30, None, ["clock"]),
        (timedelta(hours=7), None, timedelta(hours=7, minutes=30), ["clock"]),
        (timedelta(minutes=-30), None, timedelta(0), None),
        (timedelta(hours=2), None, None, ["clock"]),
    ],
)
def test_a_wrong_clock_is_put_right_and_marked_and_what_it_said_is_kept(
    db: Database,
    world: World,
    claimed: timedelta,
    elapsed: int | None,
    sent: timedelta | None,
    marks: list[str] | None,
) -> None:
    act = world.check(observed_at=at(build.NOON + claimed), elapsed_ms=elapsed and elapsed * 60_000)
    facts = {} if sent is None else {"sent_at": at(build.NOON + sent)}
    [answer] = world.head.hand_in(act, **facts)
    assert (answer["status"], answer.get("marks")) == ("applied", marks)
    assert entries_of(db, act["id"])[0].claimed_at == build.NOON + claimed


@pytest.mark.parametrize("sent", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_clock_at_the_end_of_the_world_is_a_wrong_clock(client: Client, world: World, sent: str) -> None:
    assert world.head.statuses(world.check(), world.check(elapsed_ms=None), sent_at=sent)[0] == "applied"
    [phone] = client.get("/api/v1/phones", headers=world.head.headers).json()["items"]
    assert phone["clock_is_wrong"]


def test_a_claimed_time_moves_no_due_day_beyond_what_a_check_of_now_would_give(
    client: Client, db: Database, world: World
) -> None:
    world.head.hand_in(world.check(observed_at=at(build.later(hours=20)), elapsed_ms=None))
    claimed = device_of(db, world.code)
    now = client.post(
        f"/api/v1/devices/{world.code}/checks", json={"condition": "good"}, headers=world.head.headers
    ).json()
    assert (str(claimed.check_due_on), str(claimed.last_checked_on)) == (now["next_due_on"], "2026-11-20")


def test_what_was_seen_before_a_newer_check_changes_nothing_that_the_newer_one_found(
    client: Client, db: Database, world: World
) -> None:
    newer = {"condition": "heavy", "note": "broken"}
    client.post(f"/api/v1/devices/{world.code}/checks", json=newer, headers=world.head.headers)
    act = world.check()
    assert world.head.statuses(act) == ["applied"]
    assert device_of(db, world.code).condition == "heavy"
    assert len(entries_of(db, act["id"])) == 1


def test_nothing_is_left_behind_by_what_is_refused(db: Database, world: World) -> None:
    with db.reading() as session:
        before = session.scalar(select(func.max(Entry.seq)))
    world.head.hand_in(*(world.check(device=world.foreign) for _ in range(3)))
    with db.reading() as session:
        told = session.scalars(select(Entry.kind).where(Entry.seq > (before or 0))).all()
        assert told == ["outbox.phone_added"]
        assert session.scalar(select(func.count()).select_from(Action)) == 0


def test_an_answer_is_kept_as_long_as_an_action_id(db: Database, world: World, settings: Settings) -> None:
    world.head.hand_in(world.check())
    kept = timedelta(days=400)
    assert sweep(db, settings, at=build.NOON + kept)["answers to phones"] == 0
    assert sweep(db, settings, at=build.NOON + kept + timedelta(seconds=1))["answers to phones"] == 1
