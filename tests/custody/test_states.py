"""State × action × role: what each person can do with a shipment, its receipt, its difference and its devices, in each state."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.actions.act import Act
from assets_service.custody import acts
from assets_service.custody.asks import (
    AmendShipment,
    HolderCorrection,
    Loss,
    NewArrival,
    NewHolder,
    NewReceipt,
    NewSettlement,
    NewShipment,
    NewSuccession,
    NewTrackingNote,
    ReceiptCorrection,
    ReceiptLine,
    Recovery,
    Remark,
    SuccessionLine,
)
from assets_service.custody.models import (
    Cause,
    Difference,
    LineState,
    Movement,
    Outcome,
    Receipt,
    Seen,
    Settlement,
    Shipment,
)
from assets_service.devices.models import Device
from assets_service.kernel.errors import Refusal
from assets_service.people.models import Person
from tests import build
from tests.custody.build_custody import RECEIVER, SENDER, a_box, confirm

TABLE = Path(__file__).with_name("states.txt")
COLUMNS = ("sender", "officer", "receiver", "colleague", "province")


class World(Struct):
    """A box with two devices in one state, and who looks at it."""

    box: Shipment
    first: Device
    second: Device
    holder: Person  # of the receiving office
    successor: Person
    keeper: Person  # of the sending office
    people: dict[str, Stamp]


def people(session: Session) -> dict[str, Stamp]:
    """The columns of the table. `officer` is of the national office and of neither side; `province` stands above the receiver."""
    seats = {
        "sender": (SENDER, Role.LOGISTICS), "officer": (SENDER, Role.ADMIN), "receiver": (RECEIVER, Role.HEAD),
        "colleague": (RECEIVER, Role.LOGISTICS), "province": ("81", Role.HEAD), "auditor": (SENDER, Role.AUDITOR),
        "foreign": ("73", Role.HEAD),
    }  # fmt: skip
    named = {name: build.a_person(session, name.title(), at=at, role=role) for name, (at, role) in seats.items()}
    return {name: build.stamp(session, person) for name, person in named.items()}


def received(world: World, session: Session, *, second: LineState | None = LineState.RECEIVED) -> None:
    said = {world.first.code: LineState.RECEIVED} | ({world.second.code: second} if second else {})
    confirm(session, world.box, world.people["receiver"], **said)


def differing(world: World, session: Session) -> None:
    received(world, session, second=LineState.SHORT)


def settled(world: World, session: Session) -> None:
    differing(world, session)
    do(session, world, "settle", "officer")


def arrived(world: World, session: Session) -> None:
    do(session, world, "arrive", "receiver")


def partly(world: World, session: Session) -> None:
    received(world, session, second=None)


def cancelled(world: World, session: Session) -> None:
    do(session, world, "cancel", "sender")


def held(world: World, session: Session) -> None:
    received(world, session)
    do(session, world, "hold", "receiver")


def lost(world: World, session: Session) -> None:
    held(world, session)
    do(session, world, "lose", "receiver")


def corrected(world: World, session: Session) -> None:
    received(world, session)
    do(session, world, "correct receipt", "colleague")


def as_it_is(_world: World, _session: Session) -> None:
    """Nothing more comes upon it."""


STATES: dict[str, Callable[[World, Session], None]] = {
    "draft": as_it_is,
    "sent": as_it_is,
    "at the door": arrived,
    "partly received": partly,
    "received": received,
    "differing": differing,
    "settled": settled,
    "corrected": corrected,
    "cancelled": cancelled,
    "held": held,
    "lost": lost,
    "lent": received,
}


def a_world(session: Session, state: str) -> World:
    build.roster(session)
    first, second = build.a_device(session), build.a_device(session)
    seen = people(session)
    loan: dict[str, Any] = {"movement": Movement.LOAN, "return_on": build.later(days=9).date()}
    box = a_box(session, [first, second], seen["sender"], send=state != "draft", **(loan if state == "lent" else {}))
    holder, successor = (build.a_person(session, name, at=RECEIVER) for name in ("Umar", "Ani"))
    world = World(box, first, second, holder, successor, build.a_person(session, "Eko", at=SENDER), seen)
    STATES[state](world, session)
    return world


class Try(NamedTuple):
    """An act, the keys of what it is on, and what is asked."""

    act: Act[Any]
    keys: Callable[[World, Session], tuple[Any, ...]]
    ask: Callable[[World], Struct | None]


def of_box(world: World, _session: Session) -> tuple[Any, ...]:
    return (world.box.id,)


def of_first(world: World, _session: Session) -> tuple[Any, ...]:
    return (world.first.code,)


def of_second(world: World, _session: Session) -> tuple[Any, ...]:
    return (world.second.code,)


def newest(table: type[Receipt | Difference]) -> Callable[[World, Session], tuple[Any, ...]]:
    return lambda _world, session: (session.scalars(select(table.id).order_by(table.id.desc())).first() or 0,)


def said(device: Device, outcome: Outcome, reason: str | None = None) -> list[ReceiptLine]:
    return [ReceiptLine(device=device.code, outcome=outcome, reason=reason)]


def who_could_hold(world: World) -> Person:
    """A person of the office where the first device is."""
    return world.holder if world.first.office_id == world.box.to_id else world.keeper


def nothing(_world: World, _session: Session) -> tuple[Any, ...]:
    return ()


TRIES = {
    "dispatch": Try(acts.DISPATCH, of_box, lambda _: Remark()),
    "cancel": Try(acts.CANCEL, of_box, lambda _: Remark()),
    "note": Try(acts.NOTE, of_box, lambda _: NewTrackingNote(note="at sea")),
    "correct shipment": Try(acts.CORRECT_SHIPMENT, of_box, lambda _: AmendShipment(reason="mistyped", parcels=7)),
    "arrive": Try(acts.ARRIVE, of_box, lambda _: NewArrival(seal_intact=True)),
    "receive": Try(acts.RECEIVE, of_box, lambda w: NewReceipt(lines=said(w.second, Outcome.RECEIVED))),
    "correct receipt": Try(
        acts.CORRECT_RECEIPT,
        newest(Receipt),
        lambda w: ReceiptCorrection(reason="mixed up", lines=said(w.first, Outcome.SHORT, "miscounted")),
    ),
    "settle": Try(
        acts.SETTLE, newest(Difference), lambda _: NewSettlement(outcome=Settlement.FOUND, reason="not_packed")
    ),
    "send on": Try(acts.CREATE, nothing, lambda w: NewShipment(to_office="81", devices=[w.first.code], send=True)),
    "hold": Try(acts.HOLD, of_first, lambda w: NewHolder(person=who_could_hold(w).id)),
    "correct holder": Try(
        acts.CORRECT_HOLDER, of_first, lambda w: HolderCorrection(person=w.successor.id, reason="mixed up")
    ),
    "succeed": Try(
        acts.SUCCEED,
        lambda _world, _session: (RECEIVER,),
        lambda w: NewSuccession(
            leaver=w.holder.id,
            successor=w.successor.id,
            cause=Cause.MOVED,
            lines=[SuccessionLine(device=w.first.code, seen=Seen.PRESENT)],
        ),
    ),
    "clear": Try(acts.CLEAR, lambda w, _: (w.holder.id,), lambda _: None),
    "lose": Try(acts.REPORT_LOSS, of_first, lambda _: Loss(reason="lost")),
    "find": Try(acts.REPORT_FOUND, of_second, lambda _: Recovery()),
}


def do(session: Session, world: World, name: str, who: str) -> None:
    """The act as every door does it: may they at all, what is it on, the command."""
    act, keys, ask = TRIES[name]
    stamp, asked = world.people[who], ask(world)
    act.who.check(stamp)
    on = [act.on(session, *keys(world, session), stamp)] if act.on else []
    act.command(session, *on, *([asked] if asked else []), stamp=stamp)


def tried(session: Session, world: World, name: str, who: str) -> str:
    """`done`, or what refused it; nothing stays of either."""
    with session.begin_nested() as point:
        try:
            do(session, world, name, who)
            session.flush()
        except Refusal as refusal:
            return type(refusal).__name__
        finally:
            point.rollback()
            session.expire_all()
    return "done"


def table() -> dict[str, dict[str, dict[str, str]]]:
    """By state, act and person: `done`, or the refusal."""
    read: dict[str, dict[str, dict[str, str]]] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            rows = read[line.removeprefix("== ")] = {}
        elif line and not line.startswith("#"):
            name, *cells = re.split(r"  +", line.strip())
            rows[name] = dict(zip(COLUMNS, cells, strict=True))
    return read


def test_the_table_is_complete() -> None:
    assert {state: [*rows] for state, rows in table().items()} == {state: [*TRIES] for state in STATES}


@pytest.mark.parametrize("state", STATES)
def test_in_each_state_each_person_can_do_what_the_table_says(session: Session, state: str) -> None:
    world = a_world(session, state)
    found = {name: {who: tried(session, world, name, who) for who in COLUMNS} for name in TRIES}
    assert found == table()[state]


@pytest.mark.parametrize("state", STATES)
def test_in_no_state_an_auditor_does_anything_or_a_foreign_office_sees_it(session: Session, state: str) -> None:
    world = a_world(session, state)
    assert {tried(session, world, name, "auditor") for name in TRIES} == {"Forbidden"}
    foreign = {name: tried(session, world, name, "foreign") for name in TRIES}
    assert foreign.pop("send on") == "Invalid"  # it names a device that is not there for them
    assert all(refusal.startswith("NoSuch") for refusal in foreign.values()), foreign
