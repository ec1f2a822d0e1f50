"""An act that met a changed thing, or whose right has ended since: kept with both sides, settled by an officer with a reason."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import func, select

from assets_service.access.stamp import Role
from assets_service.custody import commands as custody
from assets_service.custody import queries
from assets_service.custody.asks import Loss, NewHolder, NewShipment, Remark
from assets_service.custody.models import LineState
from assets_service.devices import commands as devices
from assets_service.devices import queries as devices_queries
from assets_service.devices.asks import AmendDevice, Retirement
from assets_service.devices.models import Device
from assets_service.kernel.db import Database
from assets_service.ledger import queries as ledger
from assets_service.outbox.changes import VERDICTS, Fact, Verdict
from assets_service.outbox.models import ActType, HeldAct
from assets_service.people import commands as people
from assets_service.people import queries as people_queries
from assets_service.people.models import Grant, Person
from assets_service.settings import Settings
from assets_service.upkeep.sweep import sweep
from assets_service.upkeep.tables import compare
from tests import build
from tests.custody.build_custody import confirm
from tests.inspections.build_inspections import a_picture
from tests.outbox.build_outbox import Client, Hand, World, a_hand, device_of, entries_of, shipment_version, version_of

Change = Callable[[Database, World], None]


def officer(client: Client, db: Database, role: Role = Role.LOGISTICS, at: str = "81") -> Hand:
    with db.writing() as session:
        return a_hand(client, db, build.a_person(session, "Lia", at=at, role=role), session)


def settle(hand: Hand, conflict: int, outcome: str = "applied", status: int = 200) -> Any:
    body = {"outcome": outcome, "reason": "asked both by telephone"}
    answer = hand.client.put(f"/api/v1/conflicts/{conflict}/settlement", json=body, headers=hand.headers)
    assert answer.status_code == status, answer.text
    return answer.json()


def waiting(hand: Hand, **asked: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = hand.client.get("/api/v1/conflicts", params=asked, headers=hand.headers).json()[
        "items"
    ]
    return items


def on_device(do: Callable[[Any, Device, Any], object], *, by: str = "81.02", role: Role = Role.HEAD) -> Change:
    """Somebody else does this to the device meanwhile."""

    def change(db: Database, world: World) -> None:
        with db.writing() as session:
            other = build.a_person(session, "Beni", at=by, role=role)
            device = devices_queries.locked(session, world.code, build.system())
            do(session, device, build.stamp(session, other))

    return change


def _another(session: Any, device: Device, stamp: Any) -> None:
    beni = build.a_person(session, "Budi", at="81.02")
    custody.hold(session, device, NewHolder(person=beni.id), stamp=stamp)


def _sent(session: Any, device: Device, stamp: Any) -> None:
    custody.create(session, NewShipment(devices=[device.code], to_office="81.72", send=True), stamp=stamp)


CHANGES: dict[str, Change] = {
    "another holder": on_device(_another),
    "sent on": on_device(_sent),
    "lost": on_device(
        lambda session, device, stamp: custody.report_loss(session, device, Loss(reason="gone"), stamp=stamp)
    ),
    "retired": on_device(
        lambda session, device, stamp: devices.retire(session, device, Retirement(reason="broken"), stamp=stamp),
        by="00",
        role=Role.ADMIN,
    ),
    "another serial": on_device(
        lambda session, device, stamp: devices.amend(session, device, AmendDevice(serial="NEW1"), stamp=stamp),
        by="00",
        role=Role.LOGISTICS,
    ),
    "nothing": lambda _db, _world: None,
}


@pytest.mark.parametrize(
    ("what", "change", "status"),
    [
        ("check", "another holder", "applied"),
        ("check", "sent on", "applied"),
        ("check", "lost", "applied"),
        ("check", "retired", "applied"),
        ("check", "nothing", "applied"),
        ("attach_label", "sent on", "applied"),
        ("attach_label", "retired", "refused"),
        ("holder", "nothing", "applied"),
        ("holder", "another serial", "applied"),
        ("holder", "another holder", "conflict"),
        ("holder", "sent on", "conflict"),
        ("holder", "lost", "conflict"),
        ("holder", "retired", "refused"),
    ],
)
def test_what_changed_meanwhile_decides_what_becomes_of_an_act(
    db: Database, world: World, what: str, change: str, status: str
) -> None:
    base = version_of(db, world.code)
    CHANGES[change](db, world)
    payload = {"check": {"condition": "light", "note": "seen"}, "holder": {"person": world.ani}, "attach_label": {}}[
        what
    ]
    act = world.head.act(what, device=world.code, payload=payload, base_version=base)
    before = version_of(db, world.code)
    assert world.head.statuses(act, act) == [status, "duplicate" if status == "applied" else status]
    assert len(entries_of(db, act["id"])) == (status == "applied")
    assert version_of(db, world.code) == before + (status == "applied")
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(HeldAct)) == (status == "conflict")


def test_two_who_name_the_same_holder_contradict_each_other_in_nothing(db: Database, world: World) -> None:
    base = version_of(db, world.code)
    on_device(lambda session, device, stamp: custody.hold(session, device, NewHolder(person=world.ani), stamp=stamp))(
        db, world
    )
    assert world.head.statuses(world.hold(base_version=base)) == ["unchanged"]


def test_what_the_table_refuses_is_refused_though_the_acts_own_rules_would_have_it(
    db: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(VERDICTS, ActType.CHECK, VERDICTS[ActType.CHECK] | {Fact.HOLDER: Verdict.REFUSED})
    base = version_of(db, world.code)
    CHANGES["another holder"](db, world)
    act = world.check(base_version=base)
    [answer] = world.head.hand_in(act)
    assert (answer["status"], answer["problem"]["status"]) == ("refused", 409)
    assert entries_of(db, act["id"]) == []


@pytest.mark.parametrize(("what", "status"), [("check", "applied"), ("hold", "conflict")])
def test_a_version_that_is_none_of_ours_says_nothing_of_what_changed(
    db: Database, world: World, what: str, status: str
) -> None:
    """As after a backup was restored: the phone knows a later version than we do."""
    act: dict[str, Any] = getattr(world, what)(base_version=version_of(db, world.code) + 5)
    assert world.head.statuses(act) == [status]


def test_a_check_of_a_device_that_has_gone_on_changes_nothing_of_it(db: Database, world: World) -> None:
    CHANGES["sent on"](db, world)
    act = world.check(payload={"condition": "heavy", "note": "it was broken"})
    assert world.head.statuses(act) == ["applied"]
    device = device_of(db, world.code)
    assert (device.condition, device.presence) == ("good", "in_transit")


# ---- boxes --------------------------------------------------------------------------------------------------------


def _received_by_another(db: Database, world: World) -> None:
    with db.writing() as session:
        other = build.stamp(session, build.a_person(session, "Beni", at="81.02", role=Role.HEAD))
        confirm(session, queries.by_id(session, world.box, other), other, **{world.boxed[0]: LineState.RECEIVED})


def _called_back(db: Database, world: World) -> None:
    with db.writing() as session:
        by = build.system()
        custody.cancel(session, queries.locked(session, world.box, by), Remark(), stamp=by)


@pytest.mark.parametrize(
    ("change", "makes", "status"),
    [
        (_received_by_another, lambda world, base: world.receipt(*world.boxed[:2], base_version=base), "conflict"),
        (_received_by_another, lambda world, base: world.receipt(*world.boxed[1:], base_version=base), "applied"),
        (_received_by_another, lambda world, _: world.receipt(*world.boxed[:2]), "refused"),
        (_received_by_another, lambda world, base: world.arrival(base_version=base), "refused"),
        (_called_back, lambda world, base: world.receipt(base_version=base), "conflict"),
        (_called_back, lambda world, base: world.arrival(base_version=base), "conflict"),
    ],
)
def test_a_box_that_another_opened_or_called_back(
    db: Database, world: World, change: Change, makes: Callable[[World, int], dict[str, Any]], status: str
) -> None:
    base = shipment_version(db, world.box)
    change(db, world)
    act = makes(world, base)
    assert world.head.statuses(act) == [status]
    assert bool(entries_of(db, act["id"])) == (status == "applied")


# ---- rights -------------------------------------------------------------------------------------------------------


def end_rights(db: Database, hand: Hand, at: datetime) -> None:
    """Their role ends, and with it all their sessions; so they sign in again."""
    with db.writing() as session:
        number = session.scalars(select(Grant.id).where(Grant.person_id == hand.person)).one()
        by = build.system(at)
        people.end_grant(session, people_queries.locked_grant(session, hand.person, number, by), stamp=by)
        session.flush()
        hand.headers.update(build.bearer(build.a_token(session, session.get_one(Person, hand.person))))


def test_what_the_phone_itself_changed_is_no_conflict_with_what_it_did_then(db: Database, world: World) -> None:
    base = version_of(db, world.code)
    acts = [world.hold(base_version=base), world.hold(person=world.head.person, base_version=base)]
    assert world.head.statuses(*acts) == ["applied", "applied"]
    assert device_of(db, world.code).holder_id == world.head.person
    CHANGES["another holder"](db, world)
    assert world.head.statuses(world.hold(base_version=base)) == ["conflict"]


@pytest.mark.parametrize(
    ("ended_minutes_ago", "status"), [(10, "quarantined"), (29, "quarantined"), (31, "refused"), (3000, "refused")]
)
def test_rights_of_now_decide_and_those_of_then_only_keep_an_act_for_an_officer(
    db: Database, world: World, ended_minutes_ago: int, status: str
) -> None:
    end_rights(db, world.head, build.later(minutes=-ended_minutes_ago))
    acts = [world.check(), world.receipt()]
    assert world.head.statuses(*acts) == [status, status]
    assert [entries_of(db, act["id"]) for act in acts] == [[], []]


def test_the_right_of_then_opens_no_device_that_was_never_theirs(db: Database, world: World) -> None:
    end_rights(db, world.head, build.later(minutes=-10))
    foreign, none = world.head.hand_in(world.check(device=world.foreign), world.check(device="ZZZZZZZZ"))
    assert (foreign["status"], none["status"]) == ("refused", "refused")
    assert foreign["problem"] | {"request_id": ""} == none["problem"] | {"request_id": ""}


def test_a_device_that_went_to_another_province_is_kept_for_its_officer(db: Database, world: World) -> None:
    act = world.check()
    with db.writing() as session:
        lead = build.stamp(session, build.a_person(session, "Adi", at="81.02", role=Role.HEAD))
        box = custody.create(session, NewShipment(devices=[world.code], to_office="62.71", send=True), stamp=lead)
        tono = session.get_one(Person, world.other.person)
        confirm(session, box, build.stamp(session, tono), **{world.code: LineState.RECEIVED})
    assert world.head.statuses(act) == ["quarantined"]
    [there] = waiting(world.other)
    assert (there["device"], there["office"]["code"], there["held_for"]) == (world.code, "62.71", "quarantined")
    assert waiting(world.head) == []  # it is no business of theirs any more


# ---- settling -----------------------------------------------------------------------------------------------------


@pytest.fixture
def contradicted(db: Database, world: World) -> dict[str, Any]:
    """The head named Ani offline, while somebody else named another."""
    base = version_of(db, world.code)
    CHANGES["another holder"](db, world)
    act = world.hold(base_version=base)
    assert world.head.statuses(act) == ["conflict"]
    return act


def test_a_conflict_is_shown_with_both_sides(world: World, contradicted: dict[str, Any]) -> None:
    [shown] = waiting(world.head, open="true")
    assert waiting(world.head, open="false") == []
    assert shown["action"] == contradicted["id"]
    assert (shown["type"], shown["changed"], shown["device"]) == ("holder", ["holder", "received"], world.code)
    assert shown["payload"]["person"] == world.ani
    assert shown["stood"]["holder_id"] not in {None, world.ani}
    assert (shown["person"]["id"], shown["settlement"]) == (world.head.person, None)
    assert waiting(world.other) == []


def test_an_officer_carries_it_out_after_all(
    client: Client, db: Database, world: World, contradicted: dict[str, Any]
) -> None:
    lia = officer(client, db)
    [shown] = waiting(lia)
    settled = settle(lia, shown["id"])
    assert settled["settlement"]["outcome"] == "applied"
    assert device_of(db, world.code).holder_id == world.ani
    [entry] = entries_of(db, contradicted["id"])
    assert (entry.kind, entry.actor) == ("custody.held", f"person/{world.head.person}")
    assert (entry.door, entry.claimed_at) == ("outbox", build.later(minutes=-30))
    with db.reading() as session:
        told = ledger.history(session, world.code)[-1]
        assert (told.kind, told.actor) == ("outbox.settled", f"person/{lia.person}")
    [again] = world.head.hand_in(contradicted)
    assert (again["status"], again["ledger_seq"]) == ("duplicate", entry.seq)
    settle(lia, shown["id"], "dismissed", status=409)


def test_an_officer_says_that_it_is_not_done(
    client: Client, db: Database, world: World, contradicted: dict[str, Any]
) -> None:
    lia = officer(client, db)
    before = device_of(db, world.code).version
    settle(lia, waiting(lia)[0]["id"], "dismissed")
    assert entries_of(db, contradicted["id"]) == []
    assert device_of(db, world.code).version == before
    [again] = world.head.hand_in(contradicted)
    assert again["status"] == "refused"
    assert "asked both by telephone" in again["problem"]["detail"]


def test_it_is_judged_again_by_the_rights_and_the_rules_of_that_moment(
    client: Client, db: Database, world: World, contradicted: dict[str, Any]
) -> None:
    assert contradicted
    lia = officer(client, db)
    CHANGES["lost"](db, world)
    refused = settle(lia, waiting(lia)[0]["id"], status=409)
    assert refused["status"] == 409
    [shown] = waiting(lia)
    assert shown["settlement"] is None


@pytest.mark.parametrize(
    ("role", "at", "status"),
    [(Role.HEAD, "81.02", 200), (Role.LOGISTICS, "00", 200), (Role.HEAD, "62.71", 404), (Role.AUDITOR, "81", 403)],
)
def test_who_settles(
    client: Client, db: Database, world: World, contradicted: dict[str, Any], role: Role, at: str, status: int
) -> None:
    assert contradicted
    conflict = waiting(world.head)[0]["id"]
    settle(officer(client, db, role, at), conflict, status=status)


def test_nobody_settles_what_they_did_themselves(world: World, contradicted: dict[str, Any]) -> None:
    assert contradicted
    settle(world.head, waiting(world.head)[0]["id"], status=403)


def test_what_is_quarantined_is_carried_out_by_who_may_now(client: Client, db: Database, world: World) -> None:
    end_rights(db, world.head, build.later(minutes=-10))
    check, receipt = world.check(), world.receipt()
    assert world.head.statuses(check, receipt) == ["quarantined"] * 2
    lia, head = officer(client, db), officer(client, db, Role.HEAD, "81.02")
    by_action = {each["action"]: each["id"] for each in waiting(lia)}
    settle(lia, by_action[check["id"]])
    settle(lia, by_action[receipt["id"]], status=403)  # nobody above the receiver confirms on its behalf
    settle(head, by_action[receipt["id"]])
    assert [len(entries_of(db, act["id"])) > 0 for act in (check, receipt)] == [True, True]
    assert world.head.statuses(check, receipt) == ["duplicate"] * 2


def test_the_tables_agree_with_the_ledger_after_all_that(
    client: Client, db: Database, world: World, contradicted: dict[str, Any]
) -> None:
    assert contradicted
    lia = officer(client, db)
    settle(lia, waiting(lia)[0]["id"])
    client.delete(f"/api/v1/phones/{world.head.phone}", headers=world.head.headers)
    world.head.hand_in(world.check(), world.arrival(), world.receipt())
    said: list[str] = []
    with db.reading() as session:
        compare(session, say=said.append)
        assert ledger.verify(session).broken is None
    assert said == []


def test_the_list_goes_on_where_the_cursor_stands(client: Client, db: Database, world: World) -> None:
    base = version_of(db, world.code)
    CHANGES["another holder"](db, world)
    world.head.hand_in(*(world.hold(base_version=base) for _ in range(3)))
    first = client.get("/api/v1/conflicts?limit=2", headers=world.head.headers).json()
    rest = client.get(f"/api/v1/conflicts?limit=2&cursor={first['next_cursor']}", headers=world.head.headers).json()
    ids = [item["id"] for page in (first, rest) for item in page["items"]]
    assert (ids, first["total"], rest["next_cursor"]) == (sorted(ids, reverse=True), 3, None)
    assert len(set(ids)) == 3


def test_the_photos_of_what_waits_for_an_officer_wait_with_it(
    client: Client, db: Database, world: World, settings: Settings
) -> None:
    sent = a_picture()
    name = sha256(sent).hexdigest()
    client.put(f"/api/v1/photos/{name}", content=sent, headers=world.head.headers)
    end_rights(db, world.head, build.later(minutes=-10))
    act = world.check(photos=[name])
    assert world.head.statuses(act) == ["quarantined"]
    for days in (80, 160, 240):
        sweep(db, settings, at=build.later(days=days))
    lia = officer(client, db)
    settle(lia, waiting(lia)[0]["id"])
    assert len(entries_of(db, act["id"])) == 1
