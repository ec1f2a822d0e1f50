"""A mistake is corrected by a new entry with its reason, by somebody else; nothing is edited."""

import msgspec
import pytest
from msgspec import structs
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.custody import commands, queries
from assets_service.custody.asks import (
    AmendShipment,
    HolderCorrection,
    NewHolder,
    NewSettlement,
    NewSuccession,
    ReceiptCorrection,
    ReceiptLine,
    Remark,
    SuccessionLine,
)
from assets_service.custody.errors import (
    CannotBeCorrected,
    NeverHeld,
    NothingToCorrect,
    NotOnItsWay,
    NotTheReceiver,
    OfTheSender,
    OwnMistake,
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
from assets_service.custody.views import receipt_views
from assets_service.devices import queries as devices
from assets_service.devices.models import Condition, Device, Presence
from assets_service.kernel.errors import Forbidden, Invalid
from tests import build
from tests.custody.build_custody import Both, a_box, both, confirm, kinds_told, last_told


def another(session: Session, at: str = "81.02", role: Role = Role.HEAD) -> Stamp:
    return build.stamp(session, build.a_person(session, "Ira", at=at, role=role))


def a_receipt(session: Session, who: Both, said: ReceiptLine | LineState) -> tuple[Device, Shipment]:
    tablet = build.a_device(session)
    box = a_box(session, [tablet], who.sender)
    line = structs.replace(said, device=tablet.code) if isinstance(said, ReceiptLine) else said
    confirm(session, box, who.receiver, **{tablet.code: line})
    return tablet, box


def correct(session: Session, box: Shipment, by: Stamp, code: str, outcome: Outcome, **facts: object) -> Receipt:
    latest = session.scalars(
        select(Receipt.id).where(Receipt.shipment_id == box.id).order_by(Receipt.id.desc())
    ).first()
    lines = [ReceiptLine(device=code, outcome=outcome, **facts)]  # type: ignore[arg-type]  # what a test says
    mistaken = queries.locked_receipt(session, latest or 0, build.system())
    return commands.correct_receipt(session, mistaken, ReceiptCorrection(reason="tertukar", lines=lines), stamp=by)


def test_what_was_not_received_is_the_senders_again_as_if_it_had_never_left(session: Session) -> None:
    who = both(session)
    tablet, box = a_receipt(session, who, LineState.RECEIVED)
    before = receipt_views(session, box, who.sender)

    correct(session, box, another(session), tablet.code, Outcome.SHORT, reason="miscounted")
    session.expire_all()

    assert (tablet.office_id, tablet.presence, tablet.received_at) == (box.from_id, Presence.NOT_FOUND, None)
    (line,) = queries.by_id(session, box.id, who.sender).lines
    assert line.state is LineState.SHORT
    views = receipt_views(session, queries.by_id(session, box.id, who.sender), who.sender)
    assert views[0] == before[0]  # what was said stays said
    assert (views[1].corrects, views[1].correction) == (views[0].id, "tertukar")
    assert [each.kind for each in views[1].differences] == ["short"]
    assert kinds_told(session, tablet.code)[-2:] == ["custody.received", "custody.receipt_corrected"]


def test_what_was_there_after_all_is_confirmed_by_the_receiver_and_the_difference_ends(session: Session) -> None:
    who = both(session)
    tablet, box = a_receipt(session, who, ReceiptLine(device="", outcome=Outcome.SHORT, reason="not_packed"))
    officer = another(session, "00", Role.ADMIN)

    with pytest.raises(NotTheReceiver):
        correct(session, box, officer, tablet.code, Outcome.RECEIVED)
    correct(session, box, another(session), tablet.code, Outcome.RECEIVED)

    assert (tablet.office_id, tablet.presence, tablet.received_at) == (box.to_id, Presence.PRESENT, build.NOON)
    found = session.scalars(select(Difference)).one()
    assert found.outcome is Settlement.CORRECTED


def test_only_a_condition_was_mistaken_and_who_received_stays(session: Session) -> None:
    who = both(session)
    said = ReceiptLine(device="", outcome=Outcome.RECEIVED, condition=Condition.HEAVY, reason="damaged_on_the_way")
    tablet, box = a_receipt(session, who, said)
    correct(session, box, another(session), tablet.code, Outcome.RECEIVED, condition=Condition.GOOD)
    (line,) = box.lines
    assert (tablet.condition, line.state, line.closed_by_id) == (Condition.GOOD, LineState.RECEIVED, who.head.id)
    assert session.scalars(select(Difference)).one().outcome is Settlement.CORRECTED


def test_who_made_a_receipt_does_not_correct_it_and_who_has_no_rights_there_neither(session: Session) -> None:
    who = both(session)
    tablet, box = a_receipt(session, who, LineState.RECEIVED)
    with pytest.raises(OwnMistake):
        correct(session, box, who.receiver, tablet.code, Outcome.SHORT, reason="miscounted")
    with pytest.raises(Forbidden):
        correct(session, box, another(session, "73"), tablet.code, Outcome.SHORT, reason="miscounted")
    assert tablet.office_id == box.to_id


def test_who_sent_a_box_does_not_correct_what_was_found_in_it(session: Session) -> None:
    who = both(session)
    said = ReceiptLine(device="", outcome=Outcome.RECEIVED, condition=Condition.HEAVY, reason="damaged_on_the_way")
    tablet, box = a_receipt(session, who, said)
    with pytest.raises(OfTheSender, match=box.number):
        correct(session, box, who.sender, tablet.code, Outcome.RECEIVED, condition=Condition.GOOD)
    assert session.scalars(select(Difference)).one().is_open
    correct(session, box, another(session, "00", Role.ADMIN), tablet.code, Outcome.RECEIVED, condition=Condition.GOOD)


def test_where_nobody_was_ever_named_there_is_no_holder_to_correct(session: Session) -> None:
    who = both(session)
    device = build.a_device(session, at="81.02")
    ask = HolderCorrection(person=who.head.id, reason="lupa")
    with pytest.raises(NeverHeld):
        commands.correct_holder(session, device, ask, stamp=another(session))
    assert device.holder_id is None


def test_what_moved_on_since_is_not_corrected_any_more(session: Session) -> None:
    who = both(session)
    tablet, box = a_receipt(session, who, LineState.RECEIVED)
    a_box(session, [tablet], who.receiver, to="81")
    with pytest.raises(CannotBeCorrected) as refused:
        correct(session, box, another(session), tablet.code, Outcome.SHORT, reason="miscounted")
    assert [problem.pointer for problem in refused.value.problems] == ["/lines/0/device"]


def test_a_correction_says_something_else_of_a_device_of_the_receipt_and_with_a_reason(session: Session) -> None:
    who = both(session)
    tablet, box = a_receipt(session, who, LineState.RECEIVED)
    other = build.a_device(session)
    with pytest.raises(CannotBeCorrected):
        correct(session, box, another(session), tablet.code, Outcome.RECEIVED)
    for code, outcome, pointer in ((other.code, Outcome.RECEIVED, "device"), (tablet.code, Outcome.SHORT, "reason")):
        with pytest.raises(Invalid) as refused:
            correct(session, box, another(session), code, outcome)
        assert [problem.pointer for problem in refused.value.problems] == [f"/lines/0/{pointer}"]
    assert len(session.scalars(select(Receipt)).all()) == 1


def test_a_settled_difference_is_no_bar_to_a_correction(session: Session) -> None:
    who = both(session)
    tablet, box = a_receipt(session, who, ReceiptLine(device="", outcome=Outcome.SHORT, reason="not_packed"))
    officer = another(session, "00", Role.ADMIN)
    found = queries.locked_difference(session, session.scalars(select(Difference.id)).one(), officer)
    commands.settle(session, found, NewSettlement(outcome=Settlement.FOUND, reason="not_packed"), stamp=officer)
    correct(session, box, another(session), tablet.code, Outcome.RECEIVED)
    assert tablet.office_id == box.to_id
    assert box.lines[0].resolution is None


def test_a_wrong_holder_is_corrected_by_somebody_else(session: Session) -> None:
    who = both(session)
    device = build.a_device(session, at="81.02")
    wrong, right = (build.a_person(session, name, at="81.02") for name in ("Umar", "Ani"))
    stranger = build.a_person(session, "Rudi", at="73")
    commands.hold(session, device, NewHolder(person=wrong.id, position="Petugas PPID"), stamp=who.receiver)
    assert last_told(session, device.code)["position"] == "Petugas PPID"
    ask = HolderCorrection(person=right.id, reason="salah orang")

    with pytest.raises(OwnMistake):
        commands.correct_holder(session, device, ask, stamp=who.receiver)
    with pytest.raises(Invalid):
        commands.correct_holder(session, device, structs.replace(ask, person=stranger.id), stamp=build.system())
    commands.correct_holder(session, devices.locked(session, device.code, who.receiver), ask, stamp=another(session))
    assert device.holder_id == right.id
    assert last_told(session, device.code) == {"holder": right.id, "previous": wrong.id, "reason": "salah orang"}
    with pytest.raises(NothingToCorrect):
        commands.correct_holder(session, device, ask, stamp=build.system())


def test_what_was_said_of_a_parcel_is_corrected_while_it_is_on_its_way(session: Session) -> None:
    who = both(session)
    tablet = build.a_device(session)
    box = a_box(session, [tablet], who.sender, waybill="JNE 1")
    ask = AmendShipment(reason="salah tulis", waybill="JNE 2", expected_on=build.later(days=40).date())
    with pytest.raises(OwnMistake):
        commands.correct_shipment(session, box, ask, stamp=who.sender)
    officer = another(session, "00", Role.ADMIN)
    commands.correct_shipment(session, box, ask, stamp=officer)
    assert (box.waybill, tablet.expected_on) == ("JNE 2", build.later(days=40).date())
    assert last_told(session, tablet.code)["waybill"] == "JNE 2"
    with pytest.raises(NothingToCorrect):
        commands.correct_shipment(session, box, ask, stamp=officer)
    with pytest.raises(Invalid):
        commands.correct_shipment(
            session, box, AmendShipment(reason="x", return_on=build.later(days=9).date()), stamp=officer
        )
    commands.cancel(session, box, Remark(), stamp=who.sender)
    with pytest.raises(NotOnItsWay):
        commands.correct_shipment(session, box, structs.replace(ask, waybill="JNE 3"), stamp=officer)


def test_a_correction_of_accessories_alone_counts_and_leaves_a_newer_condition(session: Session) -> None:
    who = both(session)
    tablet = build.a_device(session)
    box = a_box(session, [tablet], who.sender, accessories=["charger"])
    confirm(session, box, who.receiver, it=ReceiptLine(device=tablet.code, outcome=Outcome.RECEIVED, accessories=[]))
    handed_back = NewHolder(person=None, condition=Condition.HEAVY, note="jatuh")
    commands.hold(session, tablet, NewHolder(person=who.head.id), stamp=who.receiver)
    commands.hold(session, tablet, handed_back, stamp=who.receiver)

    correct(session, box, another(session), tablet.code, Outcome.RECEIVED, accessories=["charger"])

    assert (tablet.condition, tablet.presence) == (Condition.HEAVY, Presence.PRESENT)
    (line,) = queries.by_id(session, box.id, who.sender).lines
    assert (line.state, line.unpacked) == (LineState.RECEIVED, ["charger"])


def test_a_correction_does_not_find_what_was_reported_missing_since(session: Session) -> None:
    who = both(session)
    tablet = build.a_device(session)
    box = a_box(session, [tablet], who.sender, accessories=["charger"])
    confirm(session, box, who.receiver, **{tablet.code: LineState.RECEIVED})
    umar, ani = (build.a_person(session, name, at="81.02").id for name in ("Umar", "Ani"))
    commands.hold(session, tablet, NewHolder(person=umar), stamp=who.receiver)
    gone = SuccessionLine(device=tablet.code, seen=Seen.MISSING, note="dicari")
    asked = NewSuccession(leaver=umar, successor=ani, cause=Cause.MOVED, lines=[gone])
    commands.succeed(session, build.office(session, "81.02"), asked, stamp=who.receiver)

    correct(session, box, another(session), tablet.code, Outcome.RECEIVED, accessories=[])

    assert (tablet.presence, tablet.holder_id) == (Presence.NOT_FOUND, umar)


def test_a_correction_that_is_silent_of_the_accessories_leaves_what_was_said_of_them(session: Session) -> None:
    who = both(session)
    tablet = build.a_device(session)
    box = a_box(session, [tablet], who.sender, accessories=["charger", "cable"])
    confirm(
        session, box, who.receiver, it=ReceiptLine(device=tablet.code, outcome=Outcome.RECEIVED, accessories=["cable"])
    )
    ira = another(session)

    with pytest.raises(CannotBeCorrected):  # nothing of it would change
        correct(session, box, ira, tablet.code, Outcome.RECEIVED)
    correct(session, box, ira, tablet.code, Outcome.RECEIVED, condition=Condition.LIGHT, reason="damaged_on_the_way")

    (line,) = queries.by_id(session, box.id, who.sender).lines
    assert (line.unpacked, tablet.condition) == (["cable"], Condition.LIGHT)
    assert [
        item.unpacked for row in queries.receipts(session, box) for item in queries.items(session, [row.id])[row.id]
    ] == [["cable"]] * 2


def test_a_correction_of_the_condition_stands_as_long_as_nobody_has_stated_a_newer_one(session: Session) -> None:
    who = both(session)
    tablet, box = a_receipt(session, who, LineState.RECEIVED)
    said = {"condition": Condition.LIGHT, "reason": "damaged_on_the_way"}
    correct(session, box, another(session), tablet.code, Outcome.RECEIVED, **said)
    assert tablet.condition is Condition.LIGHT


def test_nobody_corrects_their_own_correction_by_way_of_the_receipt_before_it(session: Session) -> None:
    who = both(session)
    tablet, box = a_receipt(session, who, LineState.RECEIVED)
    first = session.scalars(select(Receipt)).one()
    ira = another(session)
    correct(session, box, ira, tablet.code, Outcome.DECLINED, reason="wrongly_sent")
    again = ReceiptCorrection(
        reason="tertukar", lines=[ReceiptLine(device=tablet.code, outcome=Outcome.SHORT, reason="not_packed")]
    )
    with pytest.raises(OwnMistake):
        commands.correct_receipt(session, queries.locked_receipt(session, first.id, ira), again, stamp=ira)


def test_what_is_no_loan_has_no_day_of_return_even_when_some_of_it_was_received(session: Session) -> None:
    who = both(session)
    tablets = [build.a_device(session) for _ in range(2)]
    box = a_box(session, tablets, who.sender)
    confirm(session, box, who.receiver, **{tablets[0].code: LineState.RECEIVED})
    asked = AmendShipment(reason="salah", return_on=build.later(days=9).date())
    with pytest.raises(Invalid) as refused:
        commands.correct_shipment(session, box, asked, stamp=another(session, "00", Role.ADMIN))
    assert [problem.message for problem in refused.value.problems] == ["Only a loan has a day of return."]


@pytest.mark.parametrize("days", [{"expected_on": "1999-01-01"}, {"return_on": "2027-03-01"}])
def test_a_day_that_is_over_and_the_return_of_what_is_lent_already_cannot_be_corrected(
    session: Session, days: dict[str, str]
) -> None:
    who = both(session)
    tablets = [build.a_device(session) for _ in range(2)]
    day = build.later(days=9).date()
    box = a_box(session, tablets, who.sender, movement=Movement.LOAN, return_on=day)
    confirm(session, box, who.receiver, **{tablets[0].code: LineState.RECEIVED})
    asked = msgspec.convert(days | {"reason": "salah"}, AmendShipment)
    with pytest.raises(Invalid) as refused:
        commands.correct_shipment(session, box, asked, stamp=another(session, "00", Role.ADMIN))
    assert [problem.pointer for problem in refused.value.problems] == [f"/{name}" for name in days]
