"""Each visit to a box is a receipt of its own: numbered, signed, never changed."""

import json
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_service.custody import commands, queries
from assets_service.custody.asks import NewReceipt, ReceiptLine, Signature
from assets_service.custody.errors import VisitReused
from assets_service.custody.models import LineState, Outcome, Receipt, Shipment
from assets_service.custody.views import receipt_views
from assets_service.devices.models import Condition
from assets_service.kernel.errors import Invalid
from assets_service.kernel.fields import read, refuse_misfits
from tests import build
from tests.custody.build_custody import Both, a_box, both, kinds_told, last_told

STROKES = [[[1, 2], [3, 4], [5, 6]]]


def visit(session: Session, box: Shipment, who: Both, *lines: ReceiptLine, **facts: object) -> None:
    ask = NewReceipt(lines=list(lines), **facts)  # type: ignore[arg-type]  # what a test says
    commands.receive(session, queries.locked(session, box.id, who.receiver), ask, stamp=who.receiver)


def received(code: str, **facts: object) -> ReceiptLine:
    return ReceiptLine(device=code, outcome=Outcome.RECEIVED, **facts)  # type: ignore[arg-type]  # the same


def test_a_second_visit_adds_a_receipt_and_overwrites_nothing(session: Session) -> None:
    who = both(session)
    first, second = build.a_device(session), build.a_device(session)
    box = a_box(session, [first, second], who.sender)

    visit(session, box, who, received(first.code), delivered_by="Kurir A", note="koli satu")
    before = receipt_views(session, box, who.sender)
    visit(session, box, who, received(second.code, condition=Condition.LIGHT, note="retak"), delivered_by="Kurir B")
    views = receipt_views(session, queries.by_id(session, box.id, who.sender), who.sender)

    assert views[0] == before[0]
    assert [(view.number, view.visit, view.delivered_by) for view in views] == [
        (f"{box.number}/1", 1, "Kurir A"),
        (f"{box.number}/2", 2, "Kurir B"),
    ]
    assert [(line.device, line.outcome, line.condition) for line in views[1].lines] == [
        (second.code, "received", "light")
    ]
    assert [each.kind for each in views[1].differences] == ["damaged"]
    assert views[0].received_by is not None
    assert views[0].received_by.name == "Siti"
    assert kinds_told(session, commands.subject(box)) == ["custody.visited", "custody.visited"]
    assert last_told(session, second.code)["receipt"] == f"{box.number}/2"


def test_a_visits_id_stands_for_one_visit_to_one_shipment(session: Session) -> None:
    who = both(session)
    tablets = [build.a_device(session) for _ in range(3)]
    box, other = a_box(session, tablets[:2], who.sender), a_box(session, tablets[2:], who.sender)
    mine = uuid4()
    visit(session, box, who, received(tablets[0].code), visit=mine)

    for shipment, code in ((other, tablets[2].code), (box, tablets[1].code)):
        with pytest.raises(VisitReused, match=f"{box.number}/1") as refused:
            visit(session, shipment, who, received(code), visit=mine)
        assert [problem.pointer for problem in refused.value.problems] == ["/visit"]
    assert tablets[2].office.code == "00"
    assert len(session.scalars(select(Receipt)).all()) == 1


def test_a_signature_is_kept_as_it_was_drawn_and_the_ledger_tells_its_digest(session: Session) -> None:
    who = both(session)
    tablet = build.a_device(session)
    box = a_box(session, [tablet], who.sender)
    visit(
        session, box, who, received(tablet.code), signature=Signature(name="Siti", position="Kepala", strokes=STROKES)
    )

    (view,) = receipt_views(session, box, who.sender)
    assert view.signature is not None
    assert (view.signature.name, view.signature.position, view.signature.strokes) == ("Siti", "Kepala", STROKES)
    assert len(last_told(session, commands.subject(box))["strokes_sha256"]) == 64


@pytest.mark.parametrize(
    ("strokes", "pointer"),
    [
        ([], "/strokes"),
        ([[[1, 1]]], "/strokes"),
        ([[[1, 1], [1, 1]], [[1, 1]]], "/strokes"),
        ([[[1, 1]] * 4000, [[2, 2]] * 4000], "/strokes"),
        ([[[1, 1], [2, 2]]] * 100_000, "/strokes"),
        ([[[1, 1], [2, 5000]]], "/strokes/0/1/1"),
        ([[[1]]], "/strokes/0/0"),
    ],
)
def test_a_signature_has_some_strokes_and_not_too_many(strokes: list[list[list[int]]], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        refuse_misfits(read(json.loads(json.dumps({"name": "Siti", "strokes": strokes})), Signature))
    assert pointer in [problem.pointer for problem in refused.value.problems]


def test_what_of_the_accessories_was_there_is_said_device_by_device(session: Session) -> None:
    who = both(session)
    whole, lacking = build.a_device(session), build.a_device(session)
    box = a_box(session, [whole, lacking], who.sender, accessories=["charger", "cable"])

    visit(
        session,
        box,
        who,
        received(whole.code, accessories=["cable", "charger"]),
        received(lacking.code, accessories=["cable"]),
    )

    assert [(line.state, line.unpacked) for line in box.lines] == [
        (LineState.RECEIVED, ["cable", "charger"]),
        (LineState.RECEIVED_WITH_NOTES, ["cable"]),
    ]
    assert last_told(session, lacking.code)["unpacked"] == ["cable"]


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"accessories": ["cover"]}, "/lines/0/accessories/0"),
        ({"accessories": ["cable", "cable"]}, "/lines/0/accessories/1"),
        ({"outcome": Outcome.SHORT, "reason": "stolen", "accessories": ["cable"]}, "/lines/0/accessories"),
        ({"photos": ["a" * 64]}, "/lines/0/photos/0"),
    ],
)
def test_accessories_nobody_packed_and_photos_nobody_sent_are_refused(
    session: Session, said: dict[str, object], pointer: str
) -> None:
    who = both(session)
    tablet = build.a_device(session)
    box = a_box(session, [tablet], who.sender, accessories=["charger", "cable"])

    with pytest.raises(Invalid) as refused:
        visit(session, box, who, ReceiptLine(**{"device": tablet.code, "outcome": Outcome.RECEIVED} | said))  # type: ignore[arg-type]  # the same
    assert [problem.pointer for problem in refused.value.problems] == [pointer]
    assert session.scalars(select(Receipt)).all() == []


def test_a_device_named_twice_under_two_identifiers_is_refused(session: Session) -> None:
    who = both(session)
    tablet = build.a_device(session)
    box = a_box(session, [tablet], who.sender)

    with pytest.raises(Invalid) as refused:
        visit(session, box, who, received(tablet.code), received(tablet.serial))
    assert [problem.pointer for problem in refused.value.problems] == ["/lines/1/device"]
    assert box.lines[0].is_open


@pytest.mark.parametrize("accessories", [["cover", "cover"], ["stylus"], ["nothing_such"]])
def test_what_is_packed_is_of_the_list_of_its_kind(session: Session, accessories: list[str]) -> None:
    """A smartphone has no stylus."""
    who = both(session)
    with pytest.raises(Invalid) as refused:
        a_box(session, [build.a_device(session)], who.sender, accessories=accessories)
    assert [problem.pointer for problem in refused.value.problems] == [f"/accessories/{len(accessories) - 1}"]
