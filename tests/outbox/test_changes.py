"""What has changed since a phone saw a thing, and what that makes of the act it then did."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.custody import commands as custody
from assets_service.custody.asks import AmendShipment, Loss, NewHolder, Recovery, Remark
from assets_service.custody.models import LineState, Shipment
from assets_service.devices import commands as devices
from assets_service.devices.asks import AmendDevice, Retirement
from assets_service.devices.models import Condition, Device
from assets_service.inspections import commands as inspections
from assets_service.inspections.asks import NewCheck
from assets_service.labelling import commands as labelling
from assets_service.labelling.asks import Attachment
from assets_service.ledger.facts import DEVICE_FACTS
from assets_service.outbox import changes
from assets_service.outbox.changes import FACTS, VERDICTS, Fact, Turn, Verdict
from assets_service.outbox.kinds import KINDS
from assets_service.outbox.models import ActType
from assets_service.people.models import Person
from tests import build
from tests.custody.build_custody import a_box, both, confirm


@pytest.mark.parametrize("what", ActType)
def test_the_table_knows_every_change_of_what_an_act_is_about(what: ActType) -> None:
    assert VERDICTS[what].keys() == set(Fact if KINDS[what].key == "device" else Turn)


def test_every_fact_of_a_device_is_some_change() -> None:
    assert FACTS.keys() == DEVICE_FACTS
    assert {*filter(None, FACTS.values())} | {Fact.MISSING, Fact.FOUND, Fact.UNTOLD} == set(Fact)


@pytest.mark.parametrize("what", [ActType.CHECK])
def test_what_somebody_saw_is_always_added(what: ActType) -> None:
    assert set(VERDICTS[what].values()) == {Verdict.APPLIED}


def test_of_several_changes_the_strictest_counts() -> None:
    assert changes.verdict_of(ActType.HOLDER, []) is Verdict.APPLIED
    assert changes.verdict_of(ActType.HOLDER, [Fact.CHECKED, Fact.HOLDER]) is Verdict.CONFLICT
    assert changes.verdict_of(ActType.HOLDER, [Fact.RETIRED, Fact.HOLDER]) is Verdict.REFUSED


# ---- what has changed ---------------------------------------------------------------------------------------------


@pytest.fixture
def seen(session: Session) -> list[tuple[str, Device, int, set[Fact]]]:
    """A device through many acts: at each, its version before, and what the act changed."""
    them = both(session)
    logistics = build.a_person(session, "Lia", at="81.02", role=Role.LOGISTICS)
    ani = build.a_person(session, "Ani", at="81.02")
    device = build.a_device(session)
    log: list[tuple[str, Device, int, set[Fact]]] = []
    hours = iter(range(1, 100))

    def by(person: Person) -> Stamp:
        return build.stamp(session, person, at=build.later(hours=next(hours)))

    def did(what: str, act: Callable[[], object], *changed: Fact) -> None:
        before = device.version
        act()
        log.append((what, device, before, set(changed)))

    sender = session.get_one(Person, them.sender.actor_id)
    boxes: list[Shipment] = []
    did("drafted", lambda: boxes.append(a_box(session, [device], by(sender), send=False)))
    did("sent", lambda: custody.dispatch(session, boxes[0], Remark(), stamp=by(sender)), Fact.WAY)
    colleague = build.a_person(session, "Joko", role=Role.LOGISTICS)
    did(
        "corrected on its way",
        lambda: custody.correct_shipment(
            session, boxes[0], AmendShipment(reason="slower", expected_on=date(2027, 1, 5)), stamp=by(colleague)
        ),
        Fact.WAY,
    )
    did(
        "received",
        lambda: confirm(session, boxes[0], by(them.head), **{device.code: LineState.RECEIVED}),
        *(Fact.OFFICE, Fact.WAY, Fact.FOUND, Fact.RECEIVED, Fact.CHECKED),
    )
    did("held", lambda: custody.hold(session, device, NewHolder(person=ani.id), stamp=by(them.head)), Fact.HOLDER)
    late = NewCheck(condition=Condition.GOOD, observed_at=build.later(minutes=5))
    did("checked", lambda: inspections.check(session, device, late, stamp=by(them.head)), Fact.CHECKED)
    older = NewCheck(condition=Condition.LIGHT, note="old news", observed_at=build.later(minutes=1))
    did("checked long ago", lambda: inspections.check(session, device, older, stamp=by(them.head)))
    did("attached", lambda: labelling.attach(session, device, Attachment(), stamp=by(them.head)), Fact.LABEL)
    did(
        "amended",
        lambda: devices.amend(session, device, AmendDevice(serial="NEW123"), stamp=by(logistics)),
        Fact.IDENTITY,
    )
    did("lost", lambda: custody.report_loss(session, device, Loss(reason="lost"), stamp=by(them.head)), Fact.MISSING)
    did("found", lambda: custody.report_found(session, device, Recovery(), stamp=by(them.head)), Fact.FOUND)
    admin = build.a_person(session, "Adi", role=Role.ADMIN)
    did(
        "retired",
        lambda: devices.retire(session, device, Retirement(reason="broken"), stamp=by(admin)),
        Fact.RETIRED,
    )
    return log


def test_what_an_act_changes_is_found_changed_since(
    session: Session, seen: list[tuple[str, Device, int, set[Fact]]]
) -> None:
    """Since each version of the way: whatever changed and was not undone (it went on its way and came, was lost and found) is named."""
    for place, (what, device, before, _) in enumerate(seen):
        expected = set().union(*(changed for *_, changed in seen[place:])) - {Fact.FOUND, Fact.MISSING, Fact.WAY}
        found = set(changes.of_device(session, device, before, phone_id=""))
        assert expected <= found, what
        assert Fact.RETIRED in found, what
    last = seen[-1][1]
    assert changes.of_device(session, last, last.version, phone_id="") == []
    assert changes.of_device(session, last, last.version + 1, phone_id="") == [Fact.UNTOLD]


def test_of_the_last_act_nothing_else_is_named(
    session: Session, seen: list[tuple[str, Device, int, set[Fact]]]
) -> None:
    what, device, before, changed = seen[-1]
    assert what == "retired"
    assert set(changes.of_device(session, device, before, phone_id="")) == changed
