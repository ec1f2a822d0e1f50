"""The sealed parcel is at its receiver: two clocks, and the sender answers on."""

from datetime import timedelta

import pytest
from msgspec import structs
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role
from assets_service.custody import commands, queries
from assets_service.custody.asks import NewArrival, NewRoute, NewTrackingNote, Remark
from assets_service.custody.errors import AlreadyHere, AlreadyOpened, NotOnItsWay, NotTheReceiver
from assets_service.custody.models import LineState
from assets_service.custody.queries.choices import took_of
from assets_service.devices.models import Presence
from assets_service.flags.queries import Flag, Flags
from assets_service.kernel.errors import Forbidden, Invalid
from assets_service.photos.reading import Picture
from tests import build
from tests.custody.build_custody import a_box, both, confirm, kinds_told, last_told
from tests.inspections.build_inspections import a_photo

FLAGS = Flags(unconfirmed_after_days=14)
HERE = NewArrival(seal_intact=True, brought_by="Kurir", waybill="JNE 81")


def test_the_sender_answers_while_the_parcel_lies_there_unopened(session: Session) -> None:
    who = both(session)
    tablet = build.a_device(session)
    box = a_box(session, [tablet], who.sender)

    commands.arrive(session, queries.locked(session, box.id, who.receiver), HERE, stamp=who.receiver)

    assert (tablet.office.code, tablet.presence, tablet.arrived_at) == ("00", Presence.IN_TRANSIT, build.NOON)
    assert kinds_told(session, tablet.code)[-1] == "custody.arrived"
    confirm(session, box, who.receiver, **{tablet.code: LineState.RECEIVED})
    assert (tablet.office_id, tablet.arrived_at, tablet.expected_on) == (box.to_id, None, None)


@pytest.mark.parametrize(("at", "role"), [("00", Role.LOGISTICS), ("81", Role.HEAD), ("73", Role.HEAD)])
def test_only_the_receiving_office_records_an_arrival(session: Session, at: str, role: Role) -> None:
    who = both(session)
    box = a_box(session, [build.a_device(session)], who.sender)
    other = build.stamp(session, build.a_person(session, at=at, role=role))

    with pytest.raises(NotTheReceiver):
        commands.arrive(session, queries.locked(session, box.id, who.sender), HERE, stamp=other)


def test_an_arrival_is_recorded_once_before_the_box_is_opened_and_while_it_is_on_its_way(session: Session) -> None:
    who = both(session)
    tablets = [build.a_device(session) for _ in range(2)]
    box = a_box(session, tablets, who.sender)
    draft = a_box(session, [build.a_device(session)], who.sender, send=False)
    opened = a_box(session, [build.a_device(session), build.a_device(session)], who.sender)
    confirm(session, opened, who.receiver, **{opened.lines[0].device.code: LineState.RECEIVED})

    commands.arrive(session, box, HERE, stamp=who.receiver)
    with pytest.raises(AlreadyHere, match="Siti"):
        commands.arrive(session, box, HERE, stamp=who.receiver)
    with pytest.raises(NotOnItsWay):
        commands.arrive(session, draft, HERE, stamp=who.receiver)
    with pytest.raises(AlreadyOpened):
        commands.arrive(session, opened, HERE, stamp=who.receiver)


@pytest.mark.parametrize(("hours", "is_refused"), [(-2, True), (1, False), (2, True)])
def test_an_arrival_lies_between_its_sending_and_now(session: Session, hours: float, is_refused: bool) -> None:
    who = both(session)
    box = a_box(session, [build.a_device(session)], who.sender)
    later = structs.replace(who.receiver, at=build.later(hours=1))
    said = structs.replace(HERE, arrived_at=build.later(hours=hours))

    if is_refused:
        with pytest.raises(Invalid) as refused:
            commands.arrive(session, box, said, stamp=later)
        assert [problem.pointer for problem in refused.value.problems] == ["/arrived_at"]
    else:
        commands.arrive(session, box, said, stamp=later)
    assert (queries.arrival(session, box.id) is None) is is_refused


def test_photos_are_ones_own_and_tell_themselves_in_every_devices_history(session: Session) -> None:
    who = both(session)
    box = a_box(session, [build.a_device(session)], who.sender)
    mine, theirs = "a" * 64, "b" * 64
    a_photo(session, Picture(mine, 9, 9, 9), who.receiver)
    a_photo(session, Picture(theirs, 9, 9, 9), who.sender)

    with pytest.raises(Invalid) as refused:
        commands.arrive(session, box, structs.replace(HERE, photos=[mine, theirs]), stamp=who.receiver)
    assert [problem.pointer for problem in refused.value.problems] == ["/photos/1"]
    commands.arrive(session, box, structs.replace(HERE, photos=[mine]), stamp=who.receiver)
    assert last_told(session, box.lines[0].device.code)["photos"] == [mine]
    assert [photo.hash for _, photo in queries.photos_of(session, box.id)] == [mine]


def test_two_clocks_run_late_on_the_road_and_late_to_open(session: Session) -> None:
    who = both(session)
    tablet = build.a_device(session)
    box = a_box(session, [tablet], who.sender, expected_on=build.later(days=2).date())

    def flags(days: float) -> set[str]:
        return set(FLAGS.of(session, [tablet], build.later(days=days))[tablet.id]) & {Flag.LATE, Flag.UNOPENED}

    assert (flags(2), flags(3)) == (set(), {Flag.LATE})
    commands.arrive(session, box, HERE, stamp=structs.replace(who.receiver, at=build.later(days=3)))
    assert (flags(4), flags(6.1)) == (set(), {Flag.UNOPENED})
    confirm(session, box, structs.replace(who.receiver, at=build.later(days=7)), **{tablet.code: LineState.RECEIVED})
    assert flags(30) == set()


def test_a_shipment_is_expected_as_long_as_its_route_takes_or_any_route_does(session: Session) -> None:
    who = both(session)
    officer = build.stamp(session, build.a_person(session, at="00", role=Role.ADMIN))
    assert a_box(session, [build.a_device(session)], who.sender).expected_on == build.later(days=queries.DAYS).date()
    commands.set_route(session, NewRoute(days=20), stamp=officer)
    commands.set_route(session, NewRoute(days=9, from_office="00", to_office="81.02"), stamp=officer)

    boxes = [a_box(session, [build.a_device(session)], who.sender, to=to) for to in ("81.02", "73")]
    assert [box.expected_on for box in boxes] == [build.later(days=days).date() for days in (9, 20)]
    assert kinds_told(session, "route/00-81.02") == ["custody.route_set"]


@pytest.mark.parametrize(
    ("ask", "pointer"),
    [
        (NewRoute(days=3, from_office="00"), "/to_office"),
        (NewRoute(days=3, from_office="81", to_office="81"), "/to_office"),
        (NewRoute(days=3, from_office="00", to_office="99"), "/to_office"),
    ],
)
def test_a_route_goes_from_one_office_to_another(session: Session, ask: NewRoute, pointer: str) -> None:
    both(session)
    with pytest.raises(Invalid) as refused:
        commands.set_route(session, ask, stamp=build.system())
    assert [problem.pointer for problem in refused.value.problems] == [pointer]


def test_the_days_of_all_routes_are_the_national_administrators(session: Session) -> None:
    who = both(session)
    with pytest.raises(Forbidden):
        commands.set_route(session, NewRoute(days=3), stamp=who.sender)


def test_days_are_proposed_from_what_earlier_shipments_took(session: Session) -> None:
    who = both(session)
    for days in (2, 3, 4, 5, 16):
        tablet = build.a_device(session)
        box = a_box(session, [tablet], who.sender)
        confirm(
            session, box, structs.replace(who.receiver, at=build.later(days=days)), **{tablet.code: LineState.RECEIVED}
        )
    took = queries.took(session, box.from_id, box.to_id)
    assert took is not None
    assert (took.shipments, took.median, took.most) == (5, 4, 12)
    assert queries.took(session, box.to_id, box.from_id) is None


@pytest.mark.parametrize(("days", "told"), [([], None), ([0.2], (1, 1)), ([1.0, 9.0], (5, 9))])
def test_what_earlier_shipments_took_is_told_in_whole_days(days: list[float], told: tuple[int, int] | None) -> None:
    took = took_of(days)
    assert (took and (took.median, took.most)) == told


@pytest.mark.parametrize("side", ["sender", "receiver"])
def test_either_side_writes_down_what_it_hears_while_it_is_on_its_way(session: Session, side: str) -> None:
    who = both(session)
    box = a_box(session, [build.a_device(session)], who.sender)
    stranger = build.stamp(session, build.a_person(session, at="73", role=Role.HEAD))

    commands.note(session, box, NewTrackingNote(note="di Ambon"), stamp=getattr(who, side))
    assert [note.note for note in queries.tracking_notes(session, box.id)] == ["di Ambon"]
    assert kinds_told(session, f"shipment/{box.id}") == ["custody.tracked"]
    with pytest.raises(Forbidden):
        commands.note(session, box, NewTrackingNote(note="di mana"), stamp=stranger)
    commands.cancel(session, box, Remark(), stamp=who.sender)
    with pytest.raises(NotOnItsWay):
        commands.note(session, box, NewTrackingNote(note="sudah batal"), stamp=who.sender)


def test_a_day_that_is_over_is_no_day_to_expect_it(session: Session) -> None:
    who = both(session)
    with pytest.raises(Invalid) as refused:
        a_box(session, [build.a_device(session)], who.sender, expected_on=(build.NOON - timedelta(days=1)).date())
    assert [problem.pointer for problem in refused.value.problems] == ["/expected_on"]
