"""Two paths to one truth: the tables after a random walk of commands, and the ledger of that walk laid over itself."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from msgspec import structs
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.custody import commands, queries
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
from assets_service.custody.errors import NoSuchDifference, NoSuchReceipt
from assets_service.custody.models import (
    ARRIVED,
    SETTLEMENTS,
    Cause,
    Difference,
    LineState,
    Movement,
    Outcome,
    Receipt,
    Seen,
    Settlement,
    Shipment,
    ShipmentLine,
    ShipmentState,
)
from assets_service.devices import commands as devices
from assets_service.devices import queries as register
from assets_service.devices.asks import AmendDevice, DeviceRow, Retirement
from assets_service.devices.models import Condition, Device, Kind, Presence
from assets_service.inspections import commands as inspections
from assets_service.inspections.asks import NewCheck
from assets_service.kernel.clock import rfc3339
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Refusal
from assets_service.ledger import facts as ledger_facts
from assets_service.ledger import queries as ledger
from assets_service.ledger.chain import facts_of
from assets_service.ledger.models import Entry
from assets_service.offices import commands as offices
from assets_service.offices.asks import AmendOffice
from assets_service.people import queries as persons
from assets_service.people.models import Person
from assets_service.upkeep.tables import compare
from tests import build
from tests.custody.invariants import assert_lines_are_conserved, assert_one_office_answers
from tests.soak import times

WALKS, STEPS = times(20), 100  # 2,000 commands a database
DEVICES = 8
PLACES = ("00", "81", "81.02", "73")
UAKPB = "115010199414370000KP"
FACTS = (
    "office", "bound_for", "holder", "presence", "condition", "sent_at", "received_at", "last_checked_on",
    "check_due_on", "brand", "serial", "note", "expected_on", "arrived_at", "return_due_on", "uakpb", "nup",
)  # fmt: skip
WORDS = (*[LineState.RECEIVED] * 4, LineState.RECEIVED_WITH_NOTES, LineState.SHORT, LineState.DECLINED)

VERBS = {
    "register": 4, "amend": 4, "send": 20, "draft": 8, "dispatch": 8, "cancel": 6, "receive_all": 12,
    "receive_some": 12, "hold": 8, "lose": 4, "find": 6, "check": 6, "retire": 1, "arrive": 6, "settle": 10, "correct_receipt": 10,
    "correct_holder": 4, "correct_shipment": 5, "succeed": 5, "note": 4, "clear": 1,
}  # fmt: skip

NEED_A_BOX = {"dispatch", "cancel", "receive", "receive some", "arrive", "note", "correct shipment"}

dice = st.integers(0, 2**30).map(Random)  # an even throw; Hypothesis by itself prefers the first and the smallest


class Walk(RuleBasedStateMachine):
    """Anybody tries anything; a refusal is an answer like another, and changes nothing."""

    db: ClassVar[Database]
    done: ClassVar[Counter[str]]
    ids: ClassVar[list[int]]  # one person a place and role
    stamps: ClassVar[list[Stamp]]
    second: ClassVar[dict[str, Stamp]]  # another head of each place, who corrects what the first has said

    def __init__(self) -> None:
        super().__init__()
        self.at = build.NOON
        self.codes: list[str] = []
        self.boxes: list[int] = []
        for place in ("00", "00", "00", "81.02", "81.02"):
            self.add(place, Condition.GOOD)

    def who(self, throw: Random) -> Stamp:
        """Every third time anybody, else the national administrator, who is refused less."""
        self.at += timedelta(hours=7)
        return structs.replace(throw.choice([*[self.stamps[0]] * 2, throw.choice(self.stamps)]), at=self.at)

    def officer(self, throw: Random) -> Stamp:
        """Half the time who has rights everywhere and does little else, so that it is seldom their own mistake."""
        anybody = self.who(throw)
        return structs.replace(throw.choice([self.stamps[1], anybody]), at=self.at)

    def try_to(self, name: str, act: Callable[[Session], object]) -> None:
        if name in NEED_A_BOX and not self.boxes:
            return
        try:
            with self.db.writing() as session:
                act(session)
            self.done[name] += 1
        except Refusal as refusal:
            self.done[f"{name}: {type(refusal).__name__}"] += 1

    def device(self, session: Session, throw: Random) -> Device:
        return register.locked(session, throw.choice(self.codes), build.system())

    def held_device(self, session: Session, throw: Random) -> Device:
        """One with a holder, if there is any: most have none."""
        held = select(Device.code).where(Device.holder_id.is_not(None), Device.presence == Presence.PRESENT)
        return register.locked(session, throw.choice(sorted(session.scalars(held)) or self.codes), build.system())

    def box(self, session: Session, throw: Random) -> Shipment:
        """One of the newest, for little happens to old ones."""
        return queries.locked(session, throw.choice(self.boxes[-3:]), build.system())

    def box_on_its_way(self, session: Session, throw: Random) -> Shipment:
        """One of those, if there are any: of the newest most have come already."""
        sent = select(Shipment.id).where(Shipment.id.in_(self.boxes), Shipment.state == ShipmentState.SENT)
        under_way = sorted(session.scalars(sent))
        return queries.locked(session, throw.choice(under_way or self.boxes[-3:]), build.system())

    @rule(throw=dice)
    def step(self, throw: Random) -> None:
        """One verb by its weight; Hypothesis itself would leave most verbs out of a walk."""
        verbs, weights = zip(*VERBS.items(), strict=True)
        getattr(self, throw.choices(verbs, weights)[0])(throw)

    def add(self, place: str, condition: Condition) -> None:
        with self.db.writing() as session:
            row = DeviceRow(row=1, kind=Kind.SMARTPHONE, office=place, condition=condition, **build.device_facts())
            (made,) = devices.register_each(session, [row], stamp=build.system())
            self.codes.append(made.code)
        self.done["register"] += 1

    def register(self, throw: Random) -> None:
        if len(self.codes) < DEVICES:
            self.add(throw.choice(PLACES), throw.choice(list(Condition)))

    def amend(self, throw: Random) -> None:
        def act(session: Session) -> None:
            changed = AmendDevice(note=f"{throw.random()}")
            devices.amend(session, self.device(session, throw), changed, stamp=self.who(throw))

        self.try_to("amend", act)

    def send(self, throw: Random) -> None:
        self.pack("send", throw)

    def draft(self, throw: Random) -> None:
        self.pack("draft", throw)

    def pack(self, name: str, throw: Random) -> None:
        """Mostly what stands together on one shelf; every fifth time anything."""

        def act(session: Session) -> None:
            first = self.device(session, throw)
            together = select(Device.code).where(
                Device.office_id == first.office_id, Device.presence == Presence.PRESENT, Device.code.in_(self.codes)
            )
            shelf = sorted(session.scalars(together)) if throw.random() < 0.8 else []
            codes = throw.choices(shelf or self.codes, k=throw.choice((1, 1, 2, 3)))
            to = throw.choice([place for place in PLACES if place != first.office.code])
            stamp = self.who(throw)
            movement = throw.choice([*[Movement.DISTRIBUTION] * 3, Movement.TRANSFER, Movement.LOAN])
            asked = NewShipment(
                to_office=to,
                devices=sorted(set(codes)),
                send=name == "send",
                movement=movement,
                return_on=stamp.at.date() + timedelta(days=throw.randint(1, 30)) if movement is Movement.LOAN else None,
                accessories=throw.choice([[], ["charger", "cable"]]),
                waybill=throw.choice([None, "JNE 81"]),
            )
            box = commands.create(session, asked, stamp=stamp)
            self.boxes.append(box.id)

        self.try_to(name, act)

    def dispatch(self, throw: Random) -> None:
        def act(session: Session) -> None:
            commands.dispatch(session, self.box(session, throw), Remark(), stamp=self.who(throw))

        self.try_to("dispatch", act)

    def cancel(self, throw: Random) -> None:
        def act(session: Session) -> None:
            commands.cancel(session, self.box(session, throw), Remark(), stamp=self.who(throw))

        self.try_to("cancel", act)

    def receive_all(self, throw: Random) -> None:
        self.receive("receive", throw, 1.0)

    def receive_some(self, throw: Random) -> None:
        self.receive("receive some", throw, 0.6)

    def receive(self, name: str, throw: Random, share: float) -> None:
        def act(session: Session) -> None:
            box = self.box(session, throw)
            named = [line.device.code for line in box.lines if throw.random() < share]
            strange = [throw.choice(self.codes)] if not named or throw.random() > share else []
            head = self.head_of(box)
            told = [self.outcome(code, throw) for code in dict.fromkeys(named + strange)]
            commands.receive(session, box, NewReceipt(lines=told), stamp=structs.replace(head, at=self.who(throw).at))

        self.try_to(name, act)

    def outcome(self, code: str, throw: Random) -> ReceiptLine:
        word = throw.choice(WORDS)
        condition = None if word is LineState.SHORT else throw.choice([None, None, *Condition])
        return ReceiptLine(
            device=code, outcome=Outcome(word), condition=condition, note=throw.choice(["seen", "seen", "seen", None])
        )

    def arrive(self, throw: Random) -> None:
        def act(session: Session) -> None:
            box = self.box(session, throw)
            asked = NewArrival(seal_intact=throw.random() < 0.8, waybill="JNE 81", note=throw.choice([None, "wet"]))
            commands.arrive(session, box, asked, stamp=structs.replace(self.head_of(box), at=self.who(throw).at))

        self.try_to("arrive", act)

    def head_of(self, box: Shipment) -> Stamp:
        return self.stamps[PLACES.index(box.to_office.code) * len(Role) + list(Role).index(Role.HEAD)]

    def settle(self, throw: Random) -> None:
        """By the officers of the national office, who are often of one side themselves."""

        def act(session: Session) -> None:
            waiting = sorted(session.scalars(select(Difference.id).where(Difference.settled_at.is_(None))))[-5:]
            if not waiting:
                raise NoSuchDifference
            stamp = self.officer(throw)
            found = queries.locked_difference(session, throw.choice(waiting), stamp)
            outcome = throw.choice([*SETTLEMENTS[found.kind], *Settlement])
            asked = NewSettlement(outcome=outcome, reason=throw.choice(["other", "stolen"]), note="settled")
            commands.settle(session, found, asked, stamp=stamp)

        self.try_to("settle", act)

    def correct_receipt(self, throw: Random) -> None:
        def act(session: Session) -> None:
            newest = sorted(session.scalars(select(Receipt.id)))[-4:]
            chosen = throw.choice(newest or [0])
            mistaken = queries.locked_receipt(session, chosen, build.system())
            told = queries.items(session, [chosen])[chosen]
            if not told:
                raise NoSuchReceipt
            lines = [self.outcome(item.device.code, throw) for item in throw.sample(told, throw.randint(1, len(told)))]
            stamp = throw.choice(
                [self.head_of(mistaken.shipment), self.second[mistaken.shipment.to_office.code], self.who(throw)]
            )
            asked = ReceiptCorrection(reason="mixed up", lines=lines)
            commands.correct_receipt(session, mistaken, asked, stamp=structs.replace(stamp, at=self.who(throw).at))

        self.try_to("correct receipt", act)

    def correct_holder(self, throw: Random) -> None:
        def act(session: Session) -> None:
            device = self.held_device(session, throw)
            own = PLACES.index(device.office.code) * len(Role)
            wanted = throw.choice([None, *self.ids[own : own + len(Role)]])
            asked = HolderCorrection(person=wanted, reason="mixed up")
            commands.correct_holder(session, device, asked, stamp=self.officer(throw))

        self.try_to("correct holder", act)

    def correct_shipment(self, throw: Random) -> None:
        def act(session: Session) -> None:
            asked = AmendShipment(
                reason="mistyped", waybill=throw.choice(["JNE 82", None]), parcels=throw.randint(1, 3)
            )
            commands.correct_shipment(session, self.box_on_its_way(session, throw), asked, stamp=self.officer(throw))

        self.try_to("correct shipment", act)

    def succeed(self, throw: Random) -> None:
        def act(session: Session) -> None:
            place = throw.choice(PLACES)
            own = PLACES.index(place) * len(Role)
            leaver, successor, *others = throw.sample(self.ids[own : own + len(Role)], len(Role))
            person = session.get_one(Person, leaver)
            codes = [device.code for device in queries.devices_answered_for(session, person)]
            lines = [
                SuccessionLine(device=code, seen=throw.choice([*[Seen.PRESENT] * 4, Seen.MISSING]), note="seen")
                for code in codes
            ]
            cause = throw.choice(list(Cause))
            asked = NewSuccession(
                leaver=leaver,
                successor=successor,
                cause=cause,
                lines=lines,
                witnesses=others if cause is Cause.DIED else [],
            )
            office = build.office(session, place)
            commands.succeed(session, office, asked, stamp=self.who(throw))

        self.try_to("succeed", act)

    def clear(self, throw: Random) -> None:
        def act(session: Session) -> None:
            person = persons.locked(session, throw.choice(self.ids), build.system())
            commands.clear(session, person, stamp=self.who(throw))

        self.try_to("clear", act)

    def note(self, throw: Random) -> None:
        def act(session: Session) -> None:
            box = self.box_on_its_way(session, throw)
            commands.note(session, box, NewTrackingNote(note="at sea"), stamp=self.officer(throw))

        self.try_to("note", act)

    def hold(self, throw: Random) -> None:
        def act(session: Session) -> None:
            device = self.device(session, throw)
            own = PLACES.index(device.office.code) * len(Role)
            wanted = throw.choice([None, throw.choice(self.ids), *self.ids[own : own + len(Role)]])
            commands.hold(session, device, NewHolder(person=wanted), stamp=self.who(throw))

        self.try_to("hold", act)

    def lose(self, throw: Random) -> None:
        def act(session: Session) -> None:
            commands.report_loss(session, self.device(session, throw), Loss(reason="lost"), stamp=self.who(throw))

        self.try_to("lose", act)

    def find(self, throw: Random) -> None:
        """What is missing, if anything is: most things are where they belong."""

        def act(session: Session) -> None:
            missing = select(Device.code).where(
                Device.presence.in_((Presence.LOST, Presence.NOT_FOUND)), Device.code.in_(self.codes)
            )
            code = throw.choice(sorted(session.scalars(missing)) or self.codes)
            commands.report_found(
                session, register.locked(session, code, build.system()), Recovery(), stamp=self.who(throw)
            )

        self.try_to("find", act)

    def check(self, throw: Random) -> None:
        def act(session: Session) -> None:
            seen = NewCheck(condition=throw.choice(list(Condition)), note="looked at")
            inspections.check(session, self.device(session, throw), seen, stamp=self.who(throw))

        self.try_to("check", act)

    def retire(self, throw: Random) -> None:
        def act(session: Session) -> None:
            device = self.device(session, throw)
            devices.retire(session, device, Retirement(reason="decree"), stamp=self.who(throw))

        self.try_to("retire", act)

    def teardown(self) -> None:
        with self.db.reading() as session:
            assert_one_office_answers(session, self.codes)
            assert_lines_are_conserved(session)
            for code in self.codes:
                device = session.scalars(register.whole(select(Device).where(Device.code == code))).one()
                assert told_by_ledger(session, code) == told_by_tables(device)
                assert_facts_are_hashed(session, device)
                assert_open_line_fits(session, device)


def told_by_ledger(session: Session, code: str) -> dict[str, Any]:
    facts = ledger_facts.begun(code)
    for entry in ledger.history(session, code):
        ledger_facts.fold_body(facts, entry.body)
    return {name: facts.get(name) for name in FACTS}


def assert_facts_are_hashed(session: Session, device: Device) -> None:
    """Every entry's digest is of what the chain tells up to it; the last one's also of what the tables say."""
    known = ledger_facts.begun(device.code)
    for entry in ledger.history(session, device.code):
        ledger_facts.fold_body(known, entry.body)
        assert entry.facts == digest_of(entry, known)
    arrived = session.execute(
        select(ShipmentLine, Shipment)
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(ShipmentLine.device_id == device.id, ShipmentLine.state.in_(ARRIVED))
        .order_by(ShipmentLine.id.desc())
    ).first()
    said = {name: getattr(device, name) for name in known.keys() - {"handover", "received_by"}}
    said |= {
        "office": device.office.code,
        "bound_for": device.bound_for.code if device.bound_for else None,
        "holder": device.holder_id,
        "received_by": arrived[0].closed_by_id if arrived else None,
        "handover": arrived[1].number if arrived else None,
    }
    plain = msgspec.to_builtins(said)
    assert {name: (known[name], plain[name]) for name in known if known[name] != plain[name]} == {}
    assert entry.facts == digest_of(entry, plain)


def digest_of(entry: Entry, known: dict[str, Any]) -> str:
    texts = ledger_facts.texts(entry.subject, known)
    return facts_of(entry.salt, entry.subject, entry.subject_seq, rfc3339(entry.at), texts)


def told_by_tables(device: Device) -> dict[str, Any]:
    told = {name: getattr(device, name) for name in FACTS} | {
        "office": device.office.code,
        "bound_for": device.bound_for.code if device.bound_for else None,
        "holder": device.holder_id,
    }
    plain: dict[str, Any] = msgspec.to_builtins(told)
    return plain


def assert_open_line_fits(session: Session, device: Device) -> None:
    """On its way is exactly what stands on an open line of a shipment that was sent, to where that goes."""
    on_its_way = session.execute(
        select(Shipment.to_id, Shipment.from_id)
        .join(ShipmentLine, ShipmentLine.shipment_id == Shipment.id)
        .where(
            ShipmentLine.device_id == device.id,
            ShipmentLine.state == LineState.OPEN,
            Shipment.state == ShipmentState.SENT,
        )
    ).all()
    is_on_its_way = device.presence is Presence.IN_TRANSIT
    assert [tuple(row) for row in on_its_way] == ([(device.bound_for_id, device.office_id)] if is_on_its_way else [])


@pytest.mark.timeout(times(600))
def test_the_ledger_of_a_random_walk_tells_what_the_tables_say(db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
        people = [build.a_person(session, at=place, role=role) for place in PLACES for role in Role]
        stamps = [build.stamp(session, person) for person in people]
        others = {place: build.a_person(session, at=place, role=Role.HEAD) for place in PLACES}
        second = {place: build.stamp(session, person) for place, person in others.items()}
        offices.amend(session, build.office(session, "81"), AmendOffice(uakpb=UAKPB), stamp=build.system())
    ids = [person.id for person in people]
    walk = type("WalkHere", (Walk,), {"db": db, "done": Counter(), "ids": ids, "stamps": stamps, "second": second})

    run_state_machine_as_test(
        walk,
        settings=settings(
            max_examples=WALKS,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )

    done = walk.done  # type: ignore[attr-defined]  # given three lines above
    assert sum(done.values()) >= WALKS * STEPS / 2
    for name in (
        "register",
        "send",
        "draft",
        "dispatch",
        "cancel",
        "receive",
        "receive some",
        "hold",
        "lose",
        "find",
        "check",
        "arrive",
        "settle",
        "correct receipt",
        "correct holder",
        "correct shipment",
        "succeed",
        "note",
    ):
        assert done[name] > 0, f"the walk never did {name}: {done}"
    differences: list[str] = []
    with db.reading() as session:
        assert ledger.verify(session).broken is None
        compare(session, say=differences.append)
    assert differences == []  # every column of every table, not the device's alone
