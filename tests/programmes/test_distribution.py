"""One act drafts a shipment for each office that is still entitled to something; one sends them, one undoes them."""

import re
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.custody import commands as custody
from assets_service.custody import queries as shipments
from assets_service.custody.asks import NewHolder, Remark
from assets_service.custody.models import LineState, Shipment, ShipmentLine, ShipmentState
from assets_service.devices.models import Device, Kind, Presence
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Forbidden, Invalid
from assets_service.ledger.models import Entry
from assets_service.programmes import commands, queries
from assets_service.programmes.asks import NewDistribution
from assets_service.programmes.errors import NothingToDistribute, Touched, Undone
from assets_service.programmes.models import Distribution
from tests import build
from tests.custody.build_custody import a_box, confirm, kinds_told
from tests.people.build_people import browser
from tests.programmes.build_programmes import a_programme

Client = TestClient[Litestar]
PROGRAMME = "PPID-2024"


def a_store(session: Session, *, tablets: int, smartphones: int = 0) -> Stamp:
    """What the national office has of the programme, and who sends it."""
    build.roster(session)
    a_programme(session)
    for kind, number in ((Kind.TABLET, tablets), (Kind.SMARTPHONE, smartphones)):
        for _ in range(number):
            build.a_device(session, kind=kind, programme=PROGRAMME)
    return build.stamp(session, build.a_person(session, "Dewi", role=Role.LOGISTICS))


def distribute(session: Session, by: Stamp, area: str = "00", **facts: Any) -> Distribution:
    return commands.distribute(session, NewDistribution(programme=PROGRAMME, office=area, **facts), stamp=by)


def drafted(session: Session, made: Distribution) -> dict[str, list[Kind]]:
    """Kinds of devices by the office they are to go to."""
    boxes = shipments.locked_drafts(session, made.id)
    return {box.to_office.code: sorted(line.device.kind for line in box.lines) for box in boxes}


def test_each_office_of_the_area_gets_what_it_is_still_entitled_to(session: Session) -> None:
    by = a_store(session, tablets=11, smartphones=6)
    has_one = build.a_device(session, at="81.72", kind=Kind.TABLET, programme=PROGRAMME)

    made = distribute(session, by, "81")

    assert drafted(session, made) == {
        "81": [Kind.TABLET],
        "81.02": [Kind.SMARTPHONE, Kind.TABLET],
        "81.72": [Kind.SMARTPHONE],
    }
    assert (made.shipments, made.devices, made.wanting) == (3, 4, 0)
    assert has_one.office.code == "81.72"


def test_what_is_on_its_way_or_drafted_already_is_not_drafted_again(session: Session) -> None:
    by = a_store(session, tablets=20, smartphones=20)
    first = distribute(session, by, "81")
    with pytest.raises(NothingToDistribute, match="No office of Maluku"):
        distribute(session, by, "81")
    commands.send(session, first, stamp=by)
    rest = distribute(session, by, "00")
    assert not drafted(session, rest).keys() & drafted(session, first).keys()
    assert rest.shipments + first.shipments == 9


def test_the_sender_keeps_its_own_share_and_what_somebody_holds(session: Session) -> None:
    by = a_store(session, tablets=3)
    held = build.a_device(session, kind=Kind.TABLET, programme=PROGRAMME)
    custody.hold(session, held, NewHolder(person=by.actor_id), stamp=build.system())
    made = distribute(session, by, "81")
    lines = session.scalars(select(ShipmentLine.device_id)).all()
    assert held.id not in lines
    assert (made.devices, made.wanting) == (3, 2)  # what is held is the national office's share; no smartphones


def test_devices_go_as_far_as_they_do_and_what_is_wanting_is_counted(session: Session) -> None:
    by = a_store(session, tablets=2, smartphones=1)
    made = distribute(session, by, "81")
    assert drafted(session, made) == {"81": [Kind.TABLET], "81.02": [Kind.SMARTPHONE]}
    assert (made.devices, made.wanting) == (2, 3)


@pytest.mark.parametrize("accessories", [None, [], ["charger"]])
def test_each_device_goes_with_the_accessories_of_its_kind_that_were_asked_for(
    session: Session, accessories: list[str] | None
) -> None:
    by = a_store(session, tablets=11, smartphones=6)
    made = distribute(session, by, "81.02", accessories=accessories)
    offered = {kind: [row.code for row in rows] for kind, rows in shipments.accessories(session).items()}
    (box,) = shipments.locked_drafts(session, made.id)
    for line in box.lines:
        wanted = [code for code in offered[line.device.kind] if accessories is None or code in accessories]
        assert sorted(line.packed or []) == sorted(wanted)


def test_one_act_sends_them_all_with_a_line_in_the_ledger_for_each_device(session: Session) -> None:
    by = a_store(session, tablets=11, smartphones=6)
    made = distribute(session, by, "81")
    commands.send(session, made, stamp=by)

    boxes = shipments.locked_drafts(session, made.id)
    assert {box.state for box in boxes} == {ShipmentState.SENT}
    devices = [line.device for box in boxes for line in box.lines]
    assert {device.presence for device in devices} == {Presence.IN_TRANSIT}
    sent = session.scalars(select(Entry.subject).where(Entry.kind == "custody.sent"))
    assert sorted(sent) == sorted(device.code for device in devices)
    assert kinds_told(session, f"distribution/{made.id}") == [
        "programmes.distributed",
        "programmes.distribution_sent",
    ]
    with pytest.raises(NothingToDistribute):
        commands.send(session, made, stamp=by)


def test_untouched_drafts_are_undone_together_and_leave_everything_where_it_was(session: Session) -> None:
    by = a_store(session, tablets=11, smartphones=6)
    made = distribute(session, by, "81")
    commands.undo(session, made, stamp=by)

    boxes = shipments.locked_drafts(session, made.id)
    assert {box.state for box in boxes} == {ShipmentState.CANCELLED}
    assert {line.device.presence for box in boxes for line in box.lines} == {Presence.PRESENT}
    assert set(session.scalars(select(Device.office_id))) == {build.office(session, "00").id}
    assert distribute(session, by, "81").devices == made.devices
    for act in (commands.undo, commands.send):
        with pytest.raises(Undone, match="Dewi"):
            act(session, made, stamp=by)


def _send_one(session: Session, box: Shipment, by: Stamp) -> None:
    custody.dispatch(session, shipments.locked(session, box.id, by), Remark(), stamp=by)


def _cancel_one(session: Session, box: Shipment, by: Stamp) -> None:
    custody.cancel(session, shipments.locked(session, box.id, by), Remark(), stamp=by)


@pytest.mark.parametrize("touch", [_send_one, _cancel_one])
def test_as_soon_as_somebody_touched_one_nothing_is_undone(session: Session, touch: Any) -> None:
    by = a_store(session, tablets=11, smartphones=6)
    made = distribute(session, by, "81")
    boxes = shipments.locked_drafts(session, made.id)
    touch(session, boxes[1], by)

    with pytest.raises(Touched, match="1 of its shipments"):
        commands.undo(session, made, stamp=by)
    assert boxes[0].state is ShipmentState.DRAFT
    assert made.undone_at is None


def test_an_office_that_received_its_share_needs_nothing_more(session: Session) -> None:
    by = a_store(session, tablets=3, smartphones=3)
    head = build.stamp(session, build.a_person(session, "Siti", at="81.02", role=Role.HEAD))
    given = list(queries.locked_stock(session, build.office(session, "00"), PROGRAMME))
    pair = [next(device for device in given if device.kind is kind) for kind in Kind]
    box = a_box(session, pair, by)
    confirm(session, box, head, **{device.code: LineState.RECEIVED for device in pair})
    with pytest.raises(NothingToDistribute):
        distribute(session, by, "81.02")


@pytest.mark.parametrize("role", Role)
def test_only_who_may_send_for_the_office_distributes(session: Session, role: Role) -> None:
    by = a_store(session, tablets=11, smartphones=6)
    made = distribute(session, by, "81")
    other = build.stamp(session, build.a_person(session, "Ani", at="00", role=role))
    if role in (Role.ADMIN, Role.LOGISTICS):
        commands.send(session, made, stamp=other)
        return
    with pytest.raises(Forbidden):
        distribute(session, other, "73")
    for act in (commands.send, commands.undo):
        with pytest.raises(Forbidden):
            act(session, made, stamp=other)


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"programme": "NONE-1"}, "/programme"),
        ({"office": "99.99"}, "/office"),
        ({"from_office": "99.98"}, "/from_office"),
        ({"accessories": ["charger", "nothing_such"]}, "/accessories/1"),
    ],
)
def test_what_is_not_known_is_refused_by_its_field(session: Session, facts: dict[str, Any], pointer: str) -> None:
    by = a_store(session, tablets=11)
    with pytest.raises(Invalid) as refused:
        commands.distribute(session, NewDistribution(**{"programme": PROGRAMME, "office": "81"} | facts), stamp=by)
    assert [problem.pointer for problem in refused.value.problems] == [pointer]
    assert session.scalars(select(Distribution)).all() == []


def test_a_province_of_another_area_sees_nothing_of_it(client: Client, db: Database) -> None:
    with db.writing() as session:
        by = a_store(session, tablets=11, smartphones=6)
        made = distribute(session, by, "81")
        stranger = build.bearer(build.a_token(session, build.a_person(session, at="73", role=Role.ADMIN)))
        own = build.bearer(build.a_token(session, build.a_person(session, at="00", role=Role.AUDITOR)))
    assert client.get("/api/v1/distributions", headers=stranger).json()["items"] == []
    assert client.get(f"/api/v1/distributions/{made.id}", headers=stranger).status_code == 404
    told = client.get(f"/api/v1/distributions/{made.id}", headers=own).json()
    assert (told["states"], told["made_by"]["name"]) == ({"draft": 3}, "Dewi")


@pytest.mark.parametrize(("button", "state"), [("kirim", "sent"), ("batal", "cancelled")])
def test_on_the_page_one_button_drafts_them_all_one_sends_and_one_undoes(
    client: Client, db: Database, button: str, state: str
) -> None:
    with db.writing() as session:
        a_store(session, tablets=11, smartphones=6)
    who = browser(db, Role.LOGISTICS, "00")
    form = {"programme": PROGRAMME, "office": "81", "action_id": build.system().action_id}

    made = client.post("/program/distribusi", data=form, headers=who, follow_redirects=False)
    assert (made.status_code, made.headers["location"]) == (303, f"/program/{PROGRAMME}/distribusi")
    page = client.get(made.headers["location"], headers=who).text
    address = re.search(rf'action="(/program/distribusi/\d+/{button})"', page)
    assert address

    done = client.post(address[1], data={"action_id": build.system().action_id}, headers=who, follow_redirects=False)
    assert done.status_code == 303
    with db.reading() as session:
        assert set(session.scalars(select(Shipment.state))) == {state}
    assert address[1] not in client.get(made.headers["location"], headers=who).text


def test_a_refused_distribution_shows_its_form_again_with_the_reason(client: Client, db: Database) -> None:
    with db.writing() as session:
        a_store(session, tablets=1)
    who = browser(db, Role.LOGISTICS, "00")
    form = {"programme": PROGRAMME, "office": "81", "purpose": "Pilkada", "action_id": build.system().action_id}
    page = client.post("/program/distribusi", data=form, headers=who)
    assert page.status_code == 409
    assert "Pilkada" in page.text
    assert "Bawaslu RI" in page.text
