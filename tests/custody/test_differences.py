"""Where what was received is not what was sent: opened by the receipt, settled by somebody of neither side."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.custody import commands, queries
from assets_service.custody.asks import NewAccessory, NewReason, NewSettlement, ReceiptLine
from assets_service.custody.errors import (
    AlreadySettled,
    CannotBeReturned,
    CannotBeTransferred,
    NotBothSides,
    OneOfTheParties,
)
from assets_service.custody.models import SETTLEMENTS, Difference, DifferenceKind, LineState, Outcome, Settlement
from assets_service.custody.views import receipt_views
from assets_service.devices.models import Condition, Device, Presence
from assets_service.kernel.errors import Forbidden, Invalid
from tests import build
from tests.custody.build_custody import Both, a_box, both, confirm, kinds_told, last_told

REASONS = {
    DifferenceKind.SHORT: "not_packed",
    DifferenceKind.EXTRA: "wrongly_sent",
    DifferenceKind.DAMAGED: "damaged_on_the_way",
    DifferenceKind.DECLINED: "wrongly_sent",
}


def officer(session: Session, at: str = "00", role: Role = Role.ADMIN) -> Stamp:
    return build.stamp(session, build.a_person(session, "Oka", at=at, role=role))


def opened(session: Session, who: Both, kind: DifferenceKind, extra: Device | None = None) -> tuple[Difference, Device]:
    """A difference of this kind, and the device of it."""
    tablet = build.a_device(session)
    box = a_box(session, [tablet], who.sender)
    said = {
        DifferenceKind.SHORT: ReceiptLine(device=tablet.code, outcome=Outcome.SHORT, reason="not_packed"),
        DifferenceKind.DECLINED: ReceiptLine(device=tablet.code, outcome=Outcome.DECLINED, reason="wrongly_sent"),
        DifferenceKind.DAMAGED: ReceiptLine(
            device=tablet.code, outcome=Outcome.RECEIVED, condition=Condition.HEAVY, reason="damaged_on_the_way"
        ),
        DifferenceKind.EXTRA: ReceiptLine(device=extra.code if extra else "PENA", outcome=Outcome.RECEIVED),
    }[kind]
    confirm(session, box, who.receiver, it=said)
    return session.scalars(select(Difference).order_by(Difference.id.desc())).first() or Difference(), extra or tablet


def settle(
    session: Session, found: Difference, outcome: Settlement, by: Stamp, reason: str = "", note: str | None = None
) -> None:
    ask = NewSettlement(outcome=outcome, reason=reason or REASONS[found.kind], note=note)
    commands.settle(session, queries.locked_difference(session, found.id, by), ask, stamp=by)


@pytest.mark.parametrize("kind", DifferenceKind)
def test_each_kind_opens_a_difference_with_its_reason(session: Session, kind: DifferenceKind) -> None:
    who = both(session)
    found, tablet = opened(session, who, kind)
    assert (found.kind, found.is_open, found.opened_by_id) == (kind, True, who.head.id)
    assert found.receipt_id is not None
    assert found.reason == (None if kind is DifferenceKind.EXTRA else REASONS[kind])
    answers = "81.02" if kind is DifferenceKind.DAMAGED else "00"
    assert tablet.office_id == build.office(session, answers).id


@pytest.mark.parametrize("outcome", Settlement)
@pytest.mark.parametrize("kind", DifferenceKind)
def test_a_difference_ends_only_as_its_kind_can(session: Session, kind: DifferenceKind, outcome: Settlement) -> None:
    who = both(session)
    found, tablet = opened(
        session, who, kind, build.a_device(session, at="00") if kind is DifferenceKind.EXTRA else None
    )
    if outcome in SETTLEMENTS[kind]:
        settle(session, found, outcome, officer(session))
        assert (found.outcome, found.is_open) == (outcome, False)
        assert "custody.settled" in kinds_told(session, tablet.code)
    else:
        with pytest.raises(Invalid) as refused:
            settle(session, found, outcome, officer(session))
        assert [problem.pointer for problem in refused.value.problems] == ["/outcome"]
        assert found.is_open


@pytest.mark.parametrize(
    ("outcome", "presence"), [(Settlement.FOUND, Presence.PRESENT), (Settlement.LOST, Presence.LOST)]
)
def test_a_short_device_is_found_or_lost_and_the_sender_answers_for_it(
    session: Session, outcome: Settlement, presence: Presence
) -> None:
    who = both(session)
    found, tablet = opened(session, who, DifferenceKind.SHORT)
    assert tablet.presence is Presence.NOT_FOUND
    settle(session, found, outcome, officer(session))
    assert (tablet.presence, tablet.office_id) == (presence, found.shipment.from_id)
    assert last_told(session, tablet.code)["presence"] == presence
    (line,) = found.shipment.lines
    assert str(line.resolution) == outcome


@pytest.mark.parametrize(
    ("at", "role", "refusal"),
    [
        ("00", Role.HEAD, None),
        ("00", Role.LOGISTICS, None),
        ("81.02", Role.HEAD, NotBothSides),
        ("81", Role.ADMIN, NotBothSides),
        ("00", Role.AUDITOR, NotBothSides),
    ],
)
def test_who_settles_has_rights_over_both_offices(
    session: Session, at: str, role: Role, refusal: type[Exception] | None
) -> None:
    who = both(session)
    found, _ = opened(session, who, DifferenceKind.SHORT)
    if refusal:
        with pytest.raises(refusal):
            settle(session, found, Settlement.FOUND, officer(session, at, role))
    else:
        settle(session, found, Settlement.FOUND, officer(session, at, role))
    assert found.is_open is (refusal is not None)


def test_who_packed_sent_or_received_does_not_settle(session: Session) -> None:
    who = both(session)
    build.a_role(session, who.head, Role.ADMIN, at="00")
    found, _ = opened(session, who, DifferenceKind.SHORT)
    for party in (who.sender, build.stamp(session, who.head)):
        with pytest.raises(OneOfTheParties):
            settle(session, found, Settlement.FOUND, party)
    assert found.is_open


def test_a_difference_is_settled_once(session: Session) -> None:
    who = both(session)
    found, _ = opened(session, who, DifferenceKind.DAMAGED)
    settle(session, found, Settlement.ACCEPTED, officer(session))
    with pytest.raises(AlreadySettled, match="Oka at 20-11-2026 14:00 WIT"):
        settle(session, found, Settlement.RETURNED, officer(session))


@pytest.mark.parametrize(
    ("reason", "note", "pointer"),
    [
        ("stolen", None, "/reason"),
        ("never_heard_of", None, "/reason"),
        ("other", None, "/note"),
        ("other", " ", "/note"),
    ],
)
def test_a_settlement_has_a_reason_that_fits_it(session: Session, reason: str, note: str | None, pointer: str) -> None:
    who = both(session)
    found, _ = opened(session, who, DifferenceKind.DAMAGED)
    with pytest.raises(Invalid) as refused:
        settle(session, found, Settlement.ACCEPTED, officer(session), reason, note)
    assert [problem.pointer for problem in refused.value.problems] == [pointer]


def test_a_known_extra_goes_over_to_the_receiver_in_one_step_as_a_shipment(session: Session) -> None:
    who = both(session)
    stray = build.a_device(session, at="81")
    found, _ = opened(session, who, DifferenceKind.EXTRA, stray)
    settle(session, found, Settlement.TRANSFERRED, officer(session))

    assert (stray.office_id, stray.presence, stray.received_at) == (found.shipment.to_id, Presence.PRESENT, build.NOON)
    assert kinds_told(session, stray.code)[-3:] == ["custody.settled", "custody.sent", "custody.received"]
    number = last_told(session, stray.code)["shipment"]
    assert number != found.shipment.number
    shipment = queries.by_id(session, int(number.rpartition("-")[2]), build.system())
    assert (shipment.state, [line.state for line in shipment.lines]) == ("closed", [LineState.RECEIVED])


def test_an_extra_goes_over_only_by_those_with_rights_where_it_is(session: Session) -> None:
    build.roster(session)
    sender = build.stamp(session, build.a_person(session, "Dewi", at="81", role=Role.LOGISTICS))
    head = build.a_person(session, "Siti", at="81.02", role=Role.HEAD)
    who = Both(sender, build.stamp(session, head), head)
    tablet, foreign = build.a_device(session, at="81"), build.a_device(session, at="73")
    box = a_box(session, [tablet], sender)
    confirm(session, box, who.receiver, **{foreign.code: LineState.RECEIVED})
    found = session.scalars(select(Difference)).one()
    with pytest.raises(CannotBeTransferred):
        settle(session, found, Settlement.TRANSFERRED, officer(session, "81"))
    assert foreign.office_id == build.office(session, "73").id


@pytest.mark.parametrize("presence", [Presence.IN_TRANSIT, Presence.LOST])
def test_an_extra_that_is_not_at_its_office_does_not_go_over(session: Session, presence: Presence) -> None:
    who = both(session)
    stray = build.a_device(session, at="00")
    if presence is Presence.IN_TRANSIT:
        a_box(session, [stray], who.sender, to="73")
    else:
        stray.presence = presence
    found, _ = opened(session, who, DifferenceKind.EXTRA, stray)
    with pytest.raises(CannotBeTransferred):
        settle(session, found, Settlement.TRANSFERRED, officer(session))
    assert (found.is_open, stray.office.code) == (True, "00")


def test_what_came_damaged_and_goes_back_is_packed_for_its_sender(session: Session) -> None:
    who = both(session)
    found, tablet = opened(session, who, DifferenceKind.DAMAGED)
    settle(session, found, Settlement.RETURNED, officer(session))

    back = queries.by_id(session, found.shipment_id + 1, who.receiver)
    assert (back.state, back.from_id, back.to_id) == ("draft", found.shipment.to_id, found.shipment.from_id)
    assert (back.purpose, [line.device_id for line in back.lines]) == (found.shipment.number, [tablet.id])
    assert kinds_told(session, tablet.code)[-2:] == ["custody.drafted", "custody.settled"]


def test_what_has_left_its_receiver_does_not_go_back_from_there(session: Session) -> None:
    who = both(session)
    found, tablet = opened(session, who, DifferenceKind.DAMAGED)
    a_box(session, [tablet], who.receiver, to="81")
    with pytest.raises(CannotBeReturned, match="already on shipment"):
        settle(session, found, Settlement.RETURNED, officer(session))
    assert found.is_open


def test_what_is_said_of_an_extra_is_kept_with_it(session: Session) -> None:
    who = both(session)
    box = a_box(session, [build.a_device(session)], who.sender)
    said = ReceiptLine(device="PENA", outcome=Outcome.DECLINED, condition=Condition.LIGHT, note="bukan milik kami")
    confirm(session, box, who.receiver, it=said)
    (view,) = receipt_views(session, box, who.receiver)[0].differences
    assert (view.stated_outcome, view.stated_condition, view.note) == ("declined", "light", "bukan milik kami")
    told = last_told(session, commands.subject(box))
    assert (told["stated_outcome"], told["stated_condition"]) == ("declined", "light")


@pytest.mark.parametrize("is_known", [True, False])
def test_an_extra_is_recorded_once_until_somebody_settles_it(session: Session, is_known: bool) -> None:
    who = both(session)
    stray = build.a_device(session, at="81")
    tablets = [build.a_device(session) for _ in range(3)]
    box = a_box(session, tablets, who.sender)
    seen = [stray.code, stray.serial] if is_known else ["PENA", " PENA "]

    def visit(read: str, tablet: Device) -> None:
        extra = ReceiptLine(device=read, outcome=Outcome.RECEIVED)
        said: dict[str, ReceiptLine | LineState] = {"it": extra, tablet.code: LineState.RECEIVED}
        confirm(session, box, who.receiver, **said)

    visit(seen[0], tablets[0])
    with pytest.raises(Invalid) as refused:
        visit(seen[1], tablets[1])
    assert [problem.pointer for problem in refused.value.problems] == ["/lines/0/device"]
    settle(session, session.scalars(select(Difference)).one(), Settlement.RETURNED, officer(session))
    visit(seen[1], tablets[2])
    assert len(session.scalars(select(Difference)).all()) == 2


def test_what_the_register_does_not_know_cannot_go_over(session: Session) -> None:
    who = both(session)
    found, _ = opened(session, who, DifferenceKind.EXTRA)
    with pytest.raises(Invalid):
        settle(session, found, Settlement.TRANSFERRED, officer(session))
    settle(session, found, Settlement.RECORDED, officer(session))
    assert kinds_told(session, commands.subject(found.shipment))[-1] == "custody.settled"


def test_the_lists_are_extended_by_the_national_administrator(session: Session) -> None:
    who = both(session)
    admin = officer(session)
    for stamp in (who.sender, officer(session, "81")):
        with pytest.raises(Forbidden):
            commands.save_reason(
                session,
                queries.locked_reason(session, "wet", stamp),
                NewReason(name="Basah", fits=[DifferenceKind.DAMAGED]),
                stamp=stamp,
            )
    ask = NewReason(name="Basah", fits=[DifferenceKind.DAMAGED])
    commands.save_reason(session, queries.locked_reason(session, "wet", admin), ask, stamp=admin)
    assert "wet" in queries.reasons_for(session, DifferenceKind.DAMAGED)
    commands.save_reason(
        session,
        queries.locked_reason(session, "stolen", admin),
        NewReason(name="Dicuri", fits=[DifferenceKind.SHORT], offered=False),
        stamp=admin,
    )
    assert "stolen" not in queries.reasons_for(session, DifferenceKind.SHORT)
    commands.save_accessory(
        session,
        queries.locked_accessory(session, "tablet", "keyboard", admin),
        NewAccessory(name="Papan ketik"),
        stamp=admin,
    )
    assert kinds_told(session, "list/reasons") == ["custody.reason_saved"] * 2
    assert kinds_told(session, "list/accessories") == ["custody.accessory_saved"]
    found, _ = opened(session, who, DifferenceKind.DAMAGED)
    settle(session, found, Settlement.ACCEPTED, admin, "wet")
    assert found.settled_reason == "wet"
