"""Packing, sending, calling back."""

from collections.abc import Callable

import msgspec
import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.custody import commands, queries
from assets_service.custody.asks import Loss, NewHolder, NewReceipt, NewShipment, ReceiptLine, Remark
from assets_service.custody.errors import (
    AlreadyArrived,
    AlreadyCancelled,
    AlreadyConfirmed,
    AlreadySent,
    CannotBeSent,
    NotSentYet,
    NotTheReceiver,
    NotTheSender,
)
from assets_service.custody.models import LineState, Outcome, Shipment, ShipmentLine, ShipmentState
from assets_service.devices import commands as devices
from assets_service.devices.asks import Retirement
from assets_service.devices.models import LabelCode, Presence
from assets_service.kernel.errors import Invalid, Refusal
from tests import build
from tests.custody.build_custody import a_box, both, confirm, kinds_told, last_told


def test_the_sender_answers_until_the_receiver_confirms(session: Session) -> None:
    who = both(session)
    tablet = build.a_device(session)

    box = a_box(session, [tablet], who.sender)
    assert (tablet.office.code, tablet.presence, tablet.bound_for_id) == ("00", Presence.IN_TRANSIT, box.to_id)
    assert tablet.sent_at == build.NOON

    confirm(session, box, who.receiver, **{tablet.code: LineState.RECEIVED})
    assert (tablet.office.code, tablet.presence, tablet.bound_for_id) == ("81.02", Presence.PRESENT, None)
    assert kinds_told(session, tablet.code) == ["devices.registered", "custody.sent", "custody.received"]


def test_sending_releases_the_holder_and_says_so(session: Session) -> None:
    who = both(session)
    tablet = build.a_device(session)
    commands.hold(session, tablet, NewHolder(person=who.sender.actor_id), stamp=who.sender)
    session.expire_all()

    a_box(session, [tablet], who.sender)
    session.expire_all()

    assert tablet.holder_id is None
    assert last_told(session, tablet.code)["holder"] is None


def test_a_draft_changes_nothing_of_the_device(session: Session) -> None:
    who = both(session)
    tablet = build.a_device(session)
    before = tablet.version

    box = a_box(session, [tablet], who.sender, send=False)

    assert (box.state, box.sent_at) == (ShipmentState.DRAFT, None)
    assert (tablet.presence, tablet.bound_for_id, tablet.version) == (Presence.PRESENT, None, before)
    assert kinds_told(session, tablet.code)[-1] == "custody.drafted"


def test_a_draft_goes_on_its_way_with_the_note_given_then(session: Session) -> None:
    who = both(session)
    tablet = build.a_device(session)
    box = a_box(session, [tablet], who.sender, send=False)

    commands.dispatch(session, queries.locked(session, box.id, who.sender), Remark(note="by truck"), stamp=who.sender)

    assert (box.state, box.note, tablet.presence) == (ShipmentState.SENT, "by truck", Presence.IN_TRANSIT)


def test_every_shipment_has_a_number_of_its_own(session: Session) -> None:
    who = both(session)
    first, second = (a_box(session, [build.a_device(session)], who.sender) for _ in range(2))

    assert first.number == f"PK-2026-{first.id:06d}"
    assert first.number != second.number


def test_the_condition_and_the_accessories_are_kept_as_sent(session: Session) -> None:
    who = both(session)
    box = a_box(session, [build.a_device(session)], who.sender, accessories=["charger", "box"], purpose="PPID 2024")

    assert [(line.sent_condition, line.packed) for line in box.lines] == [("good", ["charger", "box"])]
    assert last_told(session, box.lines[0].device.code)["purpose"] == "PPID 2024"


def test_a_blank_label_claimed_later_names_its_device_too(session: Session) -> None:
    who = both(session)
    tablet = build.a_device(session)
    session.add(LabelCode(code="7K3M9QXA", device_id=tablet.id, claimed_at=build.NOON, made_at=build.NOON))
    session.flush()

    box = commands.create(session, NewShipment(to_office="81.02", devices=["7k3m-9qxa"], send=True), stamp=who.sender)
    assert [line.device for line in box.lines] == [tablet]

    with pytest.raises(Invalid) as refused:
        commands.create(session, NewShipment(to_office="73", devices=["7K3M9QXA", tablet.code]), stamp=who.sender)
    assert [problem.pointer for problem in refused.value.problems] == ["/devices/1"]


def test_every_code_that_leads_nowhere_is_named(session: Session) -> None:
    who = both(session)
    tablet, foreign = build.a_device(session, at="81.02"), build.a_device(session, at="73")
    head = build.stamp(session, who.head)

    with pytest.raises(Invalid) as refused:
        commands.create(
            session,
            NewShipment(to_office="81", devices=[tablet.code, foreign.code, "nonsense", "0" * 8, tablet.code]),
            stamp=head,
        )

    assert [problem.pointer for problem in refused.value.problems] == [f"/devices/{place}" for place in (1, 2, 3, 4)]


def test_every_device_that_stands_against_it_is_named_and_nothing_is_sent(session: Session) -> None:
    who = both(session)
    fine, lost, drafted, elsewhere, away = (build.a_device(session, at=at) for at in ("00", "00", "00", "73", "00"))
    commands.report_loss(session, lost, Loss(reason="left in a bus"), stamp=who.sender)
    a_box(session, [drafted], who.sender, send=False)
    a_box(session, [away], who.sender)

    with pytest.raises(CannotBeSent) as refused:
        a_box(session, [fine, lost, drafted, elsewhere, away], who.sender)

    assert [problem.pointer for problem in refused.value.problems] == [f"/devices/{place}" for place in (1, 2, 3, 4)]
    assert fine.presence is Presence.PRESENT
    assert kinds_told(session, fine.code) == ["devices.registered"]


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"to_office": "00"}, "/to_office"),
        ({"to_office": "99"}, "/to_office"),
        ({"to_office": "81.02", "from_office": "99"}, "/from_office"),
    ],
)
def test_an_office_that_cannot_be_is_named(session: Session, facts: dict[str, str], pointer: str) -> None:
    who = both(session)
    tablet = build.a_device(session)

    with pytest.raises(Invalid) as refused:
        commands.create(session, NewShipment(devices=[tablet.code], **facts), stamp=who.sender)  # type: ignore[arg-type]  # all text
    assert [problem.pointer for problem in refused.value.problems] == [pointer]


def test_who_supervises_only_a_province_cannot_name_another_as_the_sender(session: Session) -> None:
    who = both(session)
    mine = build.a_device(session, at="81.02")

    with pytest.raises(Invalid):
        commands.create(session, NewShipment(to_office="81", from_office="73", devices=[mine.code]), stamp=who.receiver)


def test_a_device_stands_on_one_open_line_whatever_the_code_above_does(session: Session) -> None:
    who = both(session)
    tablet = build.a_device(session)
    box = a_box(session, [tablet], who.sender)
    again = {"shipment_id": box.id, "device_id": tablet.id, "state": LineState.OPEN, "sent_condition": "good"}

    with pytest.raises(IntegrityError, match="shipment_lines"):
        session.execute(insert(ShipmentLine).values(again))
    session.rollback()


def test_what_is_called_back_is_present_at_the_sender(session: Session) -> None:
    who = both(session)
    tablet = build.a_device(session)
    box = a_box(session, [tablet], who.sender)

    commands.cancel(session, queries.locked(session, box.id, who.sender), Remark(note="wrong box"), stamp=who.sender)

    assert (box.state, box.closing_note, box.lines[0].state) == (
        ShipmentState.CANCELLED, "wrong box", LineState.CANCELLED,
    )  # fmt: skip
    assert (tablet.office.code, tablet.presence, tablet.bound_for, tablet.sent_at) == ("00", "present", None, None)
    assert last_told(session, tablet.code)["presence"] == "present"
    a_box(session, [tablet], who.sender)  # and can be sent again


def test_a_cancelled_draft_states_no_fact(session: Session) -> None:
    who = both(session)
    tablet = build.a_device(session)
    box = a_box(session, [tablet], who.sender, send=False)

    commands.cancel(session, queries.locked(session, box.id, who.sender), Remark(), stamp=who.sender)

    assert last_told(session, tablet.code).keys() == {"shipment", "to_office", "remark"}


def test_what_was_declined_already_stays_declined_when_the_rest_is_called_back(session: Session) -> None:
    who = both(session)
    declined, waiting = build.a_device(session), build.a_device(session)
    box = a_box(session, [declined, waiting], who.sender)
    confirm(session, box, who.receiver, **{declined.code: LineState.DECLINED})

    commands.cancel(session, queries.locked(session, box.id, who.sender), Remark(), stamp=who.sender)

    assert [line.state for line in box.lines] == [LineState.DECLINED, LineState.CANCELLED]


def test_a_shipment_of_which_something_arrived_cannot_be_called_back(session: Session) -> None:
    who = both(session)
    first, second = build.a_device(session), build.a_device(session)
    box = a_box(session, [first, second], who.sender)
    confirm(session, box, who.receiver, **{first.code: LineState.RECEIVED})

    with pytest.raises(AlreadyArrived):
        commands.cancel(session, queries.locked(session, box.id, who.sender), Remark(), stamp=who.sender)


def test_a_draft_whose_device_was_lost_meanwhile_cannot_go(session: Session) -> None:
    who = both(session)
    fine, lost = build.a_device(session), build.a_device(session)
    box = a_box(session, [fine, lost], who.sender, send=False)
    devices.retire(session, lost, Retirement(reason="SK 12"), stamp=build.system())

    with pytest.raises(CannotBeSent) as refused:
        commands.dispatch(session, queries.locked(session, box.id, who.sender), Remark(), stamp=who.sender)
    assert [(problem.pointer, problem.facts["code"]) for problem in refused.value.problems] == [("", lost.code)]


# state × verb --------------------------------------------------------------------------------------------------------

Verb = Callable[[Session, Shipment, Stamp, Stamp], None]


def dispatched(session: Session, box: Shipment, sender: Stamp, _: Stamp) -> None:
    commands.dispatch(session, box, Remark(), stamp=sender)


def cancelled(session: Session, box: Shipment, sender: Stamp, _: Stamp) -> None:
    commands.cancel(session, box, Remark(), stamp=sender)


def received(session: Session, box: Shipment, _: Stamp, receiver: Stamp) -> None:
    said = [ReceiptLine(device=line.device.code, outcome=Outcome.RECEIVED) for line in box.lines]
    commands.receive(session, box, NewReceipt(lines=said), stamp=receiver)


def extra(session: Session, box: Shipment, _: Stamp, receiver: Stamp) -> None:
    commands.receive(
        session,
        box,
        NewReceipt(lines=[ReceiptLine(device="some other thing", outcome=Outcome.RECEIVED)]),
        stamp=receiver,
    )


@pytest.mark.parametrize(
    ("state", "verb", "refusal"),
    [
        ("draft", dispatched, None),
        ("draft", cancelled, None),
        ("draft", received, NotSentYet),
        ("draft", extra, NotSentYet),
        ("sent", dispatched, AlreadySent),
        ("sent", cancelled, None),
        ("sent", received, None),
        ("sent", extra, None),
        ("closed", dispatched, AlreadySent),
        ("closed", cancelled, AlreadyArrived),
        ("closed", received, AlreadyConfirmed),
        ("closed", extra, AlreadyConfirmed),
        ("cancelled", dispatched, AlreadyCancelled),
        ("cancelled", cancelled, AlreadyCancelled),
        ("cancelled", received, AlreadyCancelled),
        ("cancelled", extra, AlreadyCancelled),
    ],
)
def test_a_state_takes_only_its_verbs(session: Session, state: str, verb: Verb, refusal: type[Refusal] | None) -> None:
    who = both(session)
    box = a_box(session, [build.a_device(session)], who.sender, send=state != "draft")
    if state == "closed":
        received(session, box, who.sender, who.receiver)
    if state == "cancelled":
        cancelled(session, box, who.sender, who.receiver)
    told = kinds_told(session, box.lines[0].device.code)

    if refusal is None:
        verb(session, box, who.sender, who.receiver)
        return
    with pytest.raises(refusal):
        verb(session, box, who.sender, who.receiver)
    assert box.state == state
    assert kinds_told(session, box.lines[0].device.code) == told


def test_a_refusal_names_who_was_first_by_the_clock_of_their_office(session: Session) -> None:
    who = both(session)
    box = a_box(session, [build.a_device(session)], who.sender)

    with pytest.raises(AlreadySent, match=r"PK-2026-\d{6} was already sent by Dewi at 20-11-2026 12:00 WIB\."):
        commands.dispatch(session, box, Remark(), stamp=who.sender)


def test_what_the_system_did_bears_no_name(session: Session) -> None:
    build.roster(session)
    box = a_box(session, [build.a_device(session)], build.system(), send=False)
    commands.cancel(session, box, Remark(), stamp=build.system())

    with pytest.raises(AlreadyCancelled, match=r"was cancelled by – at 20-11-2026 12:00 WIB\."):
        commands.cancel(session, box, Remark(), stamp=build.system())


# role × action -------------------------------------------------------------------------------------------------------

MAY_SEND = {("admin", "00"), ("logistics", "00"), ("head", "00"), ("admin", "81"), ("logistics", "81"), ("head", "81"),
            ("admin", "81.02"), ("logistics", "81.02"), ("head", "81.02")}  # fmt: skip
MAY_RECEIVE = {("admin", "81"), ("logistics", "81"), ("head", "81")}


@pytest.mark.parametrize("at", ["00", "81", "81.02", "73"])
@pytest.mark.parametrize("role", list(Role))
def test_from_a_regency_who_supervises_it_sends_and_who_is_at_the_province_receives(
    session: Session, role: Role, at: str
) -> None:
    build.roster(session)
    person = build.stamp(session, build.a_person(session, at=at, role=role))
    tablet = build.a_device(session, at="81.02")
    box = a_box(session, [tablet], build.system(), to="81", send=False)
    may_send, may_receive = (role, at) in MAY_SEND, (role, at) in MAY_RECEIVE

    for verb in (commands.dispatch, commands.cancel):
        if not may_send:
            with pytest.raises(NotTheSender):
                verb(session, box, Remark(), stamp=person)
    commands.dispatch(session, box, Remark(), stamp=person if may_send else build.system())
    said = [ReceiptLine(device=tablet.code, outcome=Outcome.RECEIVED)]
    if may_receive:
        commands.receive(session, box, NewReceipt(lines=said), stamp=person)
        assert tablet.office.code == "81"
    else:
        with pytest.raises(NotTheReceiver):
            commands.receive(session, box, NewReceipt(lines=said), stamp=person)
        assert tablet.office.code == "81.02"


@pytest.mark.parametrize(("role", "at"), [("auditor", "00"), ("head", "81"), ("admin", "81")])
def test_who_only_awaits_a_device_or_only_reads_cannot_send_it_on(session: Session, role: Role, at: str) -> None:
    build.roster(session)
    person = build.stamp(session, build.a_person(session, at=at, role=Role(role)))
    tablet = build.a_device(session, at="00")
    a_box(session, [tablet], build.system(), to="81.02")

    with pytest.raises(NotTheSender):
        commands.create(session, NewShipment(to_office="73", devices=[tablet.code]), stamp=person)


@pytest.mark.parametrize(
    ("days", "pointer"),
    [
        ({"expected_on": "2026-11-19"}, "/expected_on"),
        ({"expected_on": "9999-12-31"}, "/expected_on"),
        ({"movement": "loan", "return_on": "2026-11-20"}, "/return_on"),
        ({"movement": "loan", "return_on": "9999-12-31"}, "/return_on"),
        ({"movement": "loan", "expected_on": "2026-12-24", "return_on": "2026-12-23"}, "/return_on"),
    ],
)
def test_a_day_that_cannot_be_is_refused(session: Session, days: dict[str, str], pointer: str) -> None:
    who = both(session)
    ask = msgspec.convert({"to_office": "81.02", "devices": [build.a_device(session).code]} | days, NewShipment)
    with pytest.raises(Invalid) as refused:
        commands.create(session, ask, stamp=who.sender)
    assert [problem.pointer for problem in refused.value.problems] == [pointer]


def test_an_accessory_named_twice_is_said_to_be_so_when_it_is_packed_and_when_it_arrives(session: Session) -> None:
    who = both(session)
    tablet, twice = build.a_device(session), ["charger", "charger"]
    with pytest.raises(Invalid) as refused:
        a_box(session, [tablet], who.sender, accessories=twice)
    box = a_box(session, [tablet], who.sender, accessories=["charger"])
    line = ReceiptLine(device=tablet.code, outcome=Outcome.RECEIVED, accessories=twice)
    with pytest.raises(Invalid) as also:
        confirm(session, box, who.receiver, it=line)
    for each, pointer in ((refused, "/accessories/1"), (also, "/lines/0/accessories/1")):
        assert [(one.pointer, one.message) for one in each.value.problems] == [(pointer, "{code} is listed twice.")]
