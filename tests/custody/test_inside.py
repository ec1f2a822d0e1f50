"""Inside an office and between books: returns, successions, clearances, loans, new numbers."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.custody import commands, queries
from assets_service.custody.asks import (
    NewHolder,
    NewShipment,
    NewSuccession,
    ReceiptCorrection,
    ReceiptLine,
    Recovery,
    SuccessionLine,
)
from assets_service.custody.errors import (
    AlreadyClear,
    CannotBeCorrected,
    CannotBeSent,
    NotClear,
    NothingLeft,
    NotTheirs,
)
from assets_service.custody.models import Cause, LineState, Loan, Movement, Outcome, Receipt, Seen
from assets_service.devices import commands as register
from assets_service.devices.asks import AmendDevice
from assets_service.devices.models import Condition, Device, Kind, Presence
from assets_service.flags.queries import Flag, Flags
from assets_service.kernel.errors import Forbidden, Invalid
from assets_service.offices import commands as offices
from assets_service.offices.asks import AmendOffice
from assets_service.people.models import Person
from tests import build
from tests.custody.build_custody import Both, a_box, both, confirm, kinds_told, last_told

OLD, NEW = "115010199414370000KP", "115010199414370001KP"


def held(session: Session, by: Person, *, at: str = "81.02") -> Device:
    device = build.a_device(session, at=at)
    commands.hold(session, device, NewHolder(person=by.id), stamp=build.system())
    return device


def follow(
    session: Session, who: Both, leaver: Person, successor: Person, *lines: SuccessionLine, **facts: object
) -> None:
    ask = NewSuccession(leaver=leaver.id, successor=successor.id, lines=list(lines), **{"cause": Cause.MOVED} | facts)  # type: ignore[arg-type]  # what a test says
    commands.succeed(session, build.office(session, "81.02"), ask, stamp=who.receiver)


@pytest.fixture
def who(session: Session) -> Both:
    return both(session)


def test_a_device_is_handed_back_with_its_condition(session: Session, who: Both) -> None:
    umar = build.a_person(session, "Umar", at="81.02")
    device = held(session, umar)
    ask = NewHolder(person=None, condition=Condition.LIGHT, note="layar tergores")
    with pytest.raises(Invalid):
        commands.hold(session, device, structs.replace(ask, note=None), stamp=who.receiver)
    commands.hold(session, device, ask, stamp=who.receiver)
    assert (device.holder_id, device.condition) == (None, Condition.LIGHT)
    assert last_told(session, device.code) == {
        "previous": umar.id, "condition": "light", "remark": "layar tergores", "holder": None,
    }  # fmt: skip


def test_a_successor_confirms_everything_the_leaver_answers_for_device_by_device(session: Session, who: Both) -> None:
    umar, ani = (build.a_person(session, name, at="81.02") for name in ("Umar", "Ani"))
    there, gone, others = held(session, umar), held(session, umar), held(session, ani)

    follow(
        session, who, umar, ani,
        SuccessionLine(device=there.code, condition=Condition.LIGHT, note="tergores"),
        SuccessionLine(device=gone.serial, seen=Seen.MISSING, note="tidak ada di lemari"),
    )  # fmt: skip

    assert (there.holder_id, there.condition, there.presence) == (ani.id, Condition.LIGHT, Presence.PRESENT)
    assert (gone.holder_id, gone.presence) == (umar.id, Presence.NOT_FOUND)
    assert "custody.succeeded" not in kinds_told(session, others.code)
    assert [kinds_told(session, device.code)[-1] for device in (there, gone)] == ["custody.succeeded"] * 2
    (view,) = queries.successions(session, build.office(session, "81.02"), limit=9)
    assert (view.of_head, [item.seen for item in queries.items_of(session, view)]) == (
        False,
        [Seen.PRESENT, Seen.MISSING],
    )


def test_what_is_missing_is_not_confirmed_as_present_before_it_was_reported_found(session: Session, who: Both) -> None:
    umar, ani = (build.a_person(session, name, at="81.02") for name in ("Umar", "Ani"))
    tablet = held(session, umar)
    follow(session, who, umar, ani, SuccessionLine(device=tablet.code, seen=Seen.MISSING, note="dicari"))
    with pytest.raises(Invalid) as refused:
        follow(session, who, umar, ani, SuccessionLine(device=tablet.code))
    assert [problem.pointer for problem in refused.value.problems] == ["/lines/0/seen"]
    assert (tablet.presence, tablet.holder_id) == (Presence.NOT_FOUND, umar.id)
    commands.report_found(session, tablet, Recovery(), stamp=who.receiver)
    follow(session, who, umar, ani, SuccessionLine(device=tablet.code))
    assert (tablet.presence, tablet.holder_id) == (Presence.PRESENT, ani.id)


def test_a_head_answers_for_all_that_the_office_has_and_holders_keep_theirs(session: Session, who: Both) -> None:
    umar, ani = (build.a_person(session, name, at="81.02") for name in ("Umar", "Ani"))
    own, kept = build.a_device(session, at="81.02"), held(session, umar)
    follow(session, who, who.head, ani, *(SuccessionLine(device=each.code) for each in (own, kept)))
    assert (own.holder_id, kept.holder_id) == (None, umar.id)
    assert last_told(session, own.code)["of_head"] is True


def test_who_handed_it_over_before_is_named_with_the_time(session: Session, who: Both) -> None:
    umar, ani = (build.a_person(session, name, at="81.02") for name in ("Umar", "Ani"))
    mine, given = held(session, umar), held(session, umar)
    commands.hold(session, given, NewHolder(person=ani.id), stamp=who.receiver)
    lines = [SuccessionLine(device=device.code) for device in (mine, given)]
    with pytest.raises(NotTheirs) as refused:
        follow(session, who, umar, ani, *lines)
    (problem,) = refused.value.problems
    assert problem.pointer == "/lines/1/device"
    assert problem.message.format(**problem.facts).endswith("Siti named its holder at 20-11-2026 14:00 WIT.")


def test_who_is_cleared_is_cleared_again_only_after_they_held_something_since(session: Session, who: Both) -> None:
    umar = build.a_person(session, "Umar", at="81.02")
    commands.clear(session, umar, stamp=who.receiver)
    with pytest.raises(AlreadyClear, match="20-11-2026 14:00 WIT"):
        commands.clear(session, umar, stamp=who.receiver)
    tablet, later = build.a_device(session, at="81.02"), structs.replace(who.receiver, at=build.later(hours=1))
    for holder in (umar.id, None):
        commands.hold(session, tablet, NewHolder(person=holder), stamp=later)
    commands.clear(session, umar, stamp=later)
    assert len(queries.clearances(session, umar)) == 2


@pytest.mark.parametrize("listed", ["nothing more", "one less", "one too many"])
def test_the_list_is_exactly_what_the_leaver_answers_for(session: Session, who: Both, listed: str) -> None:
    umar, ani = (build.a_person(session, name, at="81.02") for name in ("Umar", "Ani"))
    mine, other, theirs = held(session, umar), held(session, umar), held(session, ani)
    named = {"nothing more": [mine, other], "one less": [mine], "one too many": [mine, other, theirs]}[listed]
    lines = [SuccessionLine(device=device.code) for device in named]
    if listed == "nothing more":
        follow(session, who, umar, ani, *lines)
        return
    with pytest.raises(NotTheirs):
        follow(session, who, umar, ani, *lines)
    assert {mine.holder_id, other.holder_id} == {umar.id}


def test_for_somebody_who_died_two_others_of_the_office_bear_witness(session: Session, who: Both) -> None:
    umar, ani, first, second = (build.a_person(session, name, at="81.02") for name in ("Umar", "Ani", "Budi", "Citra"))
    stranger = build.a_person(session, "Rudi", at="81")
    device = held(session, umar)
    line = SuccessionLine(device=device.code)
    refused_witnesses: tuple[list[int], ...] = (
        [],
        [first.id],
        [first.id, first.id],
        [first.id, ani.id],
        [first.id, stranger.id],
    )
    for witnesses in refused_witnesses:
        with pytest.raises(Invalid) as refused:
            follow(session, who, umar, ani, line, cause=Cause.DIED, witnesses=witnesses)
        assert all(problem.pointer.startswith("/witnesses") for problem in refused.value.problems), witnesses
    with pytest.raises(Invalid):
        follow(session, who, umar, ani, line, witnesses=[first.id, second.id])
    follow(session, who, umar, ani, line, cause=Cause.DIED, witnesses=[first.id, second.id])
    told = last_told(session, device.code)
    assert (told["witness"], told["second_witness"]) == (first.id, second.id)


def test_a_successor_is_somebody_else_of_the_same_office(session: Session, who: Both) -> None:
    umar = build.a_person(session, "Umar", at="81.02")
    stranger = build.a_person(session, "Rudi", at="81")
    device = held(session, umar)
    for successor in (umar, stranger):
        with pytest.raises(Invalid) as refused:
            follow(session, who, umar, successor, SuccessionLine(device=device.code))
        assert [problem.pointer for problem in refused.value.problems] == ["/successor"]
    with pytest.raises(Forbidden):
        commands.succeed(
            session,
            build.office(session, "81.02"),
            NewSuccession(
                leaver=umar.id, successor=who.head.id, cause=Cause.MOVED, lines=[SuccessionLine(device=device.code)]
            ),
            stamp=build.stamp(session, build.a_person(session, at="73", role=Role.ADMIN)),
        )


def test_who_answers_for_nothing_hands_nothing_over_and_is_cleared(session: Session, who: Both) -> None:
    umar, ani = (build.a_person(session, name, at="81.02") for name in ("Umar", "Ani"))
    device = held(session, umar)
    with pytest.raises(NotClear, match=f"{device.code[:4]} {device.code[4:]}"):
        commands.clear(session, umar, stamp=who.receiver)
    follow(session, who, umar, ani, SuccessionLine(device=device.code))
    with pytest.raises(NothingLeft):
        follow(session, who, umar, ani, SuccessionLine(device=device.code))
    commands.clear(session, umar, stamp=who.receiver)
    assert kinds_told(session, f"person/{umar.id}")[-1] == "custody.cleared"
    assert len(queries.clearances(session, umar)) == 1


# Loans -------------------------------------------------------------------------------------------------------------


def lend(session: Session, who: Both, device: Device, days: int = 10) -> int:
    box = a_box(session, [device], who.sender, movement=Movement.LOAN, return_on=build.later(days=days).date())
    confirm(session, box, who.receiver, **{device.code: LineState.RECEIVED})
    return box.id


@pytest.mark.parametrize(("days", "word"), [(9, "on_time"), (12, "late")])
def test_a_loan_is_flagged_past_its_day_and_says_how_it_came_back(
    session: Session, who: Both, days: int, word: str
) -> None:
    tablet = build.a_device(session)
    lend(session, who, tablet)
    assert (tablet.office.code, tablet.return_due_on) == ("81.02", build.later(days=10).date())
    flags = Flags(14).of(session, [tablet], build.later(days=11))[tablet.id]
    assert Flag.LOAN_OVERDUE in flags
    assert Flag.LOAN_OVERDUE not in Flags(14).of(session, [tablet], build.later(days=10))[tablet.id]

    back = a_box(session, [tablet], structs.replace(who.receiver, at=build.later(days=days - 1)), to="00")
    national = build.stamp(session, build.a_person(session, at="00", role=Role.HEAD), at=build.later(days=days))
    confirm(session, back, national, **{tablet.code: LineState.RECEIVED})

    assert (tablet.office.code, tablet.return_due_on) == ("00", None)
    assert last_told(session, tablet.code)["loan"] == word
    (loan,) = queries.loans_of(session, tablet)
    assert (loan.returned_at, loan.return_shipment_id) == (build.later(days=days), back.id)


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"movement": Movement.LOAN}, "/return_on"),
        ({"return_on": build.later(days=3).date()}, "/return_on"),
        ({"movement": Movement.LOAN, "return_on": build.NOON.date()}, "/return_on"),
        ({"movement": Movement.TRANSFER}, "/movement"),
    ],
)
def test_a_movement_has_what_it_needs(session: Session, who: Both, facts: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        a_box(session, [build.a_device(session)], who.sender, **facts)
    assert [problem.pointer for problem in refused.value.problems] == [pointer]


def test_what_is_lent_is_not_lent_on(session: Session, who: Both) -> None:
    tablet = build.a_device(session)
    lend(session, who, tablet)
    with pytest.raises(CannotBeSent):
        a_box(session, [tablet], who.receiver, to="81", movement=Movement.LOAN, return_on=build.later(days=3).date())


def test_a_loan_that_never_arrived_never_began(session: Session, who: Both) -> None:
    tablet = build.a_device(session)
    box_id = lend(session, who, tablet)
    other = build.stamp(session, build.a_person(session, "Ira", at="81.02", role=Role.HEAD))
    mistaken = queries.locked_receipt(session, session.scalars(select(Receipt.id)).one(), other)
    lines = [ReceiptLine(device=tablet.code, outcome=Outcome.SHORT, reason="miscounted")]
    commands.correct_receipt(session, mistaken, ReceiptCorrection(reason="tertukar", lines=lines), stamp=other)
    assert tablet.return_due_on is None
    assert [loan.return_shipment_id for loan in session.scalars(select(Loan))] == [box_id]


# Books -------------------------------------------------------------------------------------------------------------


def transferred(session: Session, who: Both) -> Device:
    offices.amend(session, build.office(session, "81.02"), AmendOffice(uakpb=NEW), stamp=build.system())
    tablet = build.a_device(session, kind=Kind.TABLET, kode_barang="3100102009", nup=17, uakpb=OLD)
    box = a_box(session, [tablet], who.sender, movement=Movement.TRANSFER)
    confirm(session, box, who.receiver, **{tablet.code: LineState.RECEIVED})
    return tablet


def test_a_transfer_keeps_the_old_numbers_as_history_and_lets_the_receiver_give_the_new_one(
    session: Session, who: Both
) -> None:
    tablet = transferred(session, who)
    assert (tablet.uakpb, tablet.kode_barang, tablet.nup) == (NEW, "3100102009", None)
    (former,) = queries.former_bookings(session, tablet)
    assert (former.uakpb, former.kode_barang, former.nup) == (OLD, "3100102009", 17)
    assert kinds_told(session, tablet.code)[-2:] == ["custody.received", "custody.rebooked"]
    keeper = build.stamp(session, build.a_person(session, at="81.02", role=Role.LOGISTICS))
    register.amend(session, tablet, AmendDevice(nup=3), stamp=keeper)
    assert (tablet.nup, len(queries.former_bookings(session, tablet))) == (3, 1)


def test_a_distribution_changes_no_books(session: Session, who: Both) -> None:
    offices.amend(session, build.office(session, "81.02"), AmendOffice(uakpb=NEW), stamp=build.system())
    tablet = build.a_device(session, kind=Kind.TABLET, kode_barang="3100102009", nup=17, uakpb=OLD)
    box = a_box(session, [tablet], who.sender)
    confirm(session, box, who.receiver, **{tablet.code: LineState.RECEIVED})
    assert (tablet.uakpb, tablet.nup, queries.former_bookings(session, tablet)) == (OLD, 17, [])


def test_what_went_over_into_other_books_is_sent_back_rather_than_corrected(session: Session, who: Both) -> None:
    tablet = transferred(session, who)
    other = build.stamp(session, build.a_person(session, "Ira", at="81.02", role=Role.HEAD))
    mistaken = queries.locked_receipt(session, session.scalars(select(Receipt.id)).one(), other)
    lines = [ReceiptLine(device=tablet.code, outcome=Outcome.SHORT, reason="miscounted")]
    with pytest.raises(CannotBeCorrected):
        commands.correct_receipt(session, mistaken, ReceiptCorrection(reason="tertukar", lines=lines), stamp=other)


def test_many_devices_move_in_one_act_with_one_line_each_in_the_ledger(session: Session, who: Both) -> None:
    tablets = [build.a_device(session) for _ in range(60)]
    asked = NewShipment(to_office="81.02", devices=[tablet.code for tablet in tablets], send=True)
    stamp: Stamp = structs.replace(who.sender, at=build.NOON + timedelta(hours=1))
    box = commands.create(session, asked, stamp=stamp)
    confirm(session, box, who.receiver, **{tablet.code: LineState.RECEIVED for tablet in tablets})
    umar, ani = (build.a_person(session, name, at="81.02") for name in ("Umar", "Ani"))
    for tablet in tablets:
        commands.hold(session, tablet, NewHolder(person=umar.id), stamp=who.receiver)
    follow(session, who, umar, ani, *(SuccessionLine(device=tablet.code) for tablet in tablets))
    expected = ["custody.sent", "custody.received", "custody.held", "custody.succeeded"]
    assert all(kinds_told(session, tablet.code)[1:] == expected for tablet in tablets)
