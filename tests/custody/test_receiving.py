"""What the receiver says arrived."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role
from assets_service.custody import commands, queries
from assets_service.custody.asks import Loss, NewReceipt, ReceiptLine, Recovery
from assets_service.custody.errors import AlreadyConfirmed
from assets_service.custody.models import Difference, LineState, Outcome, Resolution, ShipmentState
from assets_service.custody.views import shipment_view
from assets_service.devices.models import Condition, LabelCode, Presence
from assets_service.kernel.errors import Invalid
from assets_service.ledger.models import Entry
from tests import build
from tests.custody.build_custody import SHARES, a_box, both, confirm, kinds_told, last_told

LIGHT = ReceiptLine(device="", outcome=Outcome.RECEIVED, condition=Condition.LIGHT, note="the glass is scratched")


@pytest.mark.parametrize(
    ("said", "line", "office", "presence", "condition"),
    [
        (ReceiptLine(device="", outcome=Outcome.RECEIVED), "received", "81.02", "present", "good"),
        (ReceiptLine(device="", outcome=Outcome.RECEIVED, condition=Condition.GOOD), "received", "81.02", "present", "good"),
        (LIGHT, "received_with_notes", "81.02", "present", "light"),
        (ReceiptLine(device="", outcome=Outcome.RECEIVED_WITH_NOTES, note="no charger"), "received_with_notes", "81.02", "present", "good"),
        (ReceiptLine(device="", outcome=Outcome.SHORT, reason="not_packed"), "short", "00", "not_found", "good"),
        (ReceiptLine(device="", outcome=Outcome.DECLINED, note="not ours"), "declined", "00", "present", "good"),
        (ReceiptLine(device="", outcome=Outcome.DECLINED, condition=Condition.HEAVY, note="in pieces"), "declined", "00", "present", "good"),
    ],
)  # fmt: skip
def test_an_outcome_says_who_answers_where_it_is_and_in_what_state(
    session: Session, said: ReceiptLine, line: str, office: str, presence: str, condition: str
) -> None:
    who = both(session)
    tablet = build.a_device(session)
    box = a_box(session, [tablet], who.sender)

    confirm(
        session, box, structs.replace(who.receiver, at=build.later(days=2)), **{tablet.code: _of(tablet.code, said)}
    )
    session.expire_all()

    assert (tablet.office_id, tablet.presence, tablet.condition) == (
        build.office(session, office).id, presence, condition,
    )  # fmt: skip
    assert (tablet.bound_for_id, tablet.sent_at, tablet.holder_id) == (None, None, None)
    assert tablet.received_at == (build.later(days=2) if office == "81.02" else None)
    assert kinds_told(session, tablet.code)[-1] == f"custody.{line}"
    view = shipment_view(session, queries.by_id(session, box.id, who.sender), who.sender, SHARES)
    assert [(each.state, each.note, each.arrived_condition) for each in view.lines] == [
        (line, said.note, said.condition)
    ]
    assert view.state == "closed"
    assert view.closed_by is not None
    assert view.closed_by.name == "Siti"


def _of(code: str, said: ReceiptLine) -> ReceiptLine:
    return structs.replace(said, device=code)


def test_a_part_of_the_box_may_be_confirmed_and_the_rest_stays_open(session: Session) -> None:
    who = both(session)
    tablets = [build.a_device(session) for _ in range(3)]
    box = a_box(session, tablets, who.sender)

    confirm(session, box, who.receiver, **{tablets[1].code: LineState.RECEIVED})
    assert box.state is ShipmentState.SENT
    assert [line.state for line in box.lines] == ["open", "received", "open"]
    assert tablets[0].presence is Presence.IN_TRANSIT

    confirm(session, box, who.receiver, **{tablets[0].code: LineState.RECEIVED, tablets[2].code: LineState.SHORT})
    assert (box.state, box.closed_by_id) == (ShipmentState.CLOSED, who.head.id)


def test_a_condition_that_differs_is_a_note_of_its_own_and_none_needs_stating(session: Session) -> None:
    who = both(session)
    scratched = build.a_device(session)
    scratched.condition = Condition.LIGHT
    box = a_box(session, [scratched], who.sender)

    confirm(
        session,
        box,
        who.receiver,
        **{scratched.code: ReceiptLine(device=scratched.code, outcome=Outcome.RECEIVED, condition=Condition.GOOD)},
    )

    assert box.lines[0].state is LineState.RECEIVED_WITH_NOTES
    assert scratched.condition is Condition.GOOD


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        (ReceiptLine(device="", outcome=Outcome.DECLINED), "note"),
        (ReceiptLine(device="", outcome=Outcome.DECLINED, note="  \n "), "note"),
        (ReceiptLine(device="", outcome=Outcome.RECEIVED_WITH_NOTES), "note"),
        (ReceiptLine(device="", outcome=Outcome.RECEIVED_WITH_NOTES, condition=Condition.GOOD), "note"),
        (ReceiptLine(device="", outcome=Outcome.RECEIVED, condition=Condition.LIGHT), "note"),
        (ReceiptLine(device="", outcome=Outcome.RECEIVED, condition=Condition.HEAVY), "note"),
        (ReceiptLine(device="", outcome=Outcome.SHORT, condition=Condition.GOOD), "condition"),
        (ReceiptLine(device="", outcome=Outcome.SHORT), "reason"),
        (ReceiptLine(device="", outcome=Outcome.SHORT, reason="never_heard_of"), "reason"),
        (ReceiptLine(device="", outcome=Outcome.SHORT, reason="damaged_on_the_way"), "reason"),
        (ReceiptLine(device="", outcome=Outcome.SHORT, reason="other"), "note"),
        (ReceiptLine(device="", outcome=Outcome.RECEIVED, reason="miscounted"), "reason"),
        (ReceiptLine(device="", outcome=Outcome.RECEIVED, accessories=["charger"]), "accessories/0"),
    ],
)
def test_what_lacks_its_reason_is_named_and_nothing_is_confirmed(
    session: Session, said: ReceiptLine, pointer: str
) -> None:
    who = both(session)
    fine, tablet = build.a_device(session), build.a_device(session)
    box = a_box(session, [fine, tablet], who.sender)

    with pytest.raises(Invalid) as refused:
        confirm(
            session,
            box,
            who.receiver,
            fine=ReceiptLine(device=fine.code, outcome=Outcome.RECEIVED),
            it=_of(tablet.code, said),
        )

    assert [problem.pointer for problem in refused.value.problems] == [f"/lines/1/{pointer}"]
    assert [line.state for line in box.lines] == ["open", "open"]


@pytest.mark.parametrize("again", ["{}", " {} ", "https://aset.example.go.id/D/{}", "{}.2"])
def test_a_device_named_twice_is_refused_however_it_was_read(session: Session, again: str) -> None:
    who = both(session)
    tablet = build.a_device(session)
    box = a_box(session, [tablet], who.sender)
    twice = [ReceiptLine(device=read, outcome=Outcome.RECEIVED) for read in (tablet.code, again.format(tablet.code))]

    with pytest.raises(Invalid) as refused:
        commands.receive(session, box, NewReceipt(lines=twice), stamp=who.receiver)
    assert [problem.pointer for problem in refused.value.problems] == ["/lines/1/device"]


def test_an_unknown_code_named_twice_is_refused_too(session: Session) -> None:
    who = both(session)
    box = a_box(session, [build.a_device(session)], who.sender)

    with pytest.raises(Invalid):
        commands.receive(
            session,
            box,
            NewReceipt(lines=[ReceiptLine(device="a box of pens", outcome=Outcome.RECEIVED)] * 2),
            stamp=who.receiver,
        )


def test_a_label_claimed_later_finds_its_line(session: Session) -> None:
    who = both(session)
    tablet = build.a_device(session)
    session.add(LabelCode(code="7K3M9QXA", device_id=tablet.id, claimed_at=build.NOON, made_at=build.NOON))
    box = a_box(session, [tablet], who.sender)

    confirm(session, box, who.receiver, **{"7K3M9QXA": LineState.RECEIVED})

    assert box.state is ShipmentState.CLOSED


def test_who_comes_second_learns_who_was_first_and_when(session: Session) -> None:
    who = both(session)
    first, second = build.a_device(session), build.a_device(session)
    box = a_box(session, [first, second], who.sender)
    confirm(session, box, who.receiver, **{first.code: LineState.RECEIVED})
    late = build.stamp(
        session, build.a_person(session, "Ahmad", at="81.02", role=Role.LOGISTICS), at=build.later(hours=1)
    )

    with pytest.raises(AlreadyConfirmed, match=r"Already confirmed by Siti at 20-11-2026 14:00 WIT\.") as refused:
        confirm(session, box, late, **{second.code: LineState.RECEIVED, first.code: LineState.DECLINED})

    assert [problem.pointer for problem in refused.value.problems] == ["/lines/1/device"]
    assert second.presence is Presence.IN_TRANSIT
    assert first.office.code == "81.02"


def test_the_time_that_the_phone_claims_is_kept_beside_ours(session: Session) -> None:
    who = both(session)
    tablet = build.a_device(session)
    box = a_box(session, [tablet], who.sender)
    claimed = build.NOON - timedelta(days=3)

    confirm(session, box, structs.replace(who.receiver, claimed_at=claimed), **{tablet.code: LineState.RECEIVED})

    newest = session.scalars(select(Entry).where(Entry.subject == tablet.code).order_by(Entry.seq.desc())).first()
    assert newest is not None
    assert (newest.at, newest.claimed_at) == (build.NOON, claimed)
    assert tablet.received_at == build.NOON


# What else was in the box ------------------------------------------------------------------------------------------


def custody_of(device: Any) -> tuple[object, ...]:
    return (device.office_id, device.holder_id, device.bound_for_id, device.sent_at, device.presence, device.version)


@pytest.mark.parametrize("at", ["81.02", "73", "81"])
def test_a_device_on_no_line_is_a_finding_in_its_own_history_and_stays_where_it_was(session: Session, at: str) -> None:
    who = both(session)
    tablet, other = build.a_device(session), build.a_device(session, at=at)
    box = a_box(session, [tablet], who.sender)
    before = custody_of(other)

    confirm(session, box, who.receiver, **{other.code: LineState.RECEIVED})

    assert custody_of(other) == before
    assert kinds_told(session, other.code) == ["devices.registered", "custody.extra"]
    assert box.state is ShipmentState.SENT
    seen = shipment_view(session, box, who.receiver, SHARES).findings[0]
    assert seen.device == (other.code if at == "81.02" else None)
    assert shipment_view(session, box, who.sender, SHARES).findings[0].device == other.code


def test_a_code_that_nobody_knows_is_kept_as_it_was_read(session: Session) -> None:
    who = both(session)
    box = a_box(session, [build.a_device(session)], who.sender)

    confirm(session, box, who.receiver, **{"  Kotak pulpen ": LineState.RECEIVED, "00000000": LineState.RECEIVED})

    assert session.scalars(select(Difference.code_read).order_by(Difference.id)).all() == ["Kotak pulpen", "00000000"]
    assert kinds_told(session, commands.subject(box)) == ["custody.visited", "custody.extra", "custody.extra"]


def test_what_is_on_no_line_cannot_be_missing_from_it(session: Session) -> None:
    who = both(session)
    box = a_box(session, [build.a_device(session)], who.sender)

    with pytest.raises(Invalid) as refused:
        confirm(session, box, who.receiver, **{"00000000": LineState.SHORT})
    assert [problem.pointer for problem in refused.value.problems] == ["/lines/0/device"]


# What was not in the box -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resolution", "presence", "kind"),
    [(Resolution.FOUND, Presence.PRESENT, "custody.found"), (Resolution.LOST, Presence.LOST, "custody.lost")],
)
@pytest.mark.parametrize("is_of_neither_side", [True, False])
def test_a_report_settles_what_was_short_if_whoever_makes_it_is_of_neither_side(
    session: Session, resolution: Resolution, presence: Presence, kind: str, is_of_neither_side: bool
) -> None:
    who = both(session)
    tablet = build.a_device(session)
    box = a_box(session, [tablet], who.sender)
    confirm(session, box, who.receiver, **{tablet.code: LineState.SHORT})
    officer = build.stamp(session, build.a_person(session, "Oka", at="00", role=Role.ADMIN))
    by = officer if is_of_neither_side else who.sender

    if resolution is Resolution.FOUND:
        commands.report_found(session, tablet, Recovery(note="behind the shelf"), stamp=by)
    else:
        commands.report_loss(session, tablet, Loss(reason="never seen again"), stamp=by)

    line = box.lines[0]
    settled = (resolution, officer.actor_id) if is_of_neither_side else (None, None)
    assert (line.state, line.resolution, line.resolved_by_id) == ("short", *settled)
    assert (queries.open_of(session, [tablet.id]) == []) is is_of_neither_side
    assert tablet.presence is presence
    assert kinds_told(session, tablet.code)[-1] == kind
    assert last_told(session, tablet.code)["shipment"] == (box.number if is_of_neither_side else None)


def test_a_device_missing_for_another_reason_settles_no_difference(session: Session) -> None:
    who = both(session)
    tablet = build.a_device(session)
    tablet.presence = Presence.NOT_FOUND

    commands.report_found(session, tablet, Recovery(), stamp=who.sender)

    assert last_told(session, tablet.code)["shipment"] is None
