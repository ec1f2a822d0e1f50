"""Holders inside an office, losses and recoveries."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.custody import commands
from assets_service.custody.asks import Loss, NewHolder, Recovery
from assets_service.custody.errors import AlreadyLost, NotMissing, NotPresent, OnItsWay
from assets_service.custody.models import LineState
from assets_service.devices import commands as devices
from assets_service.devices.asks import Retirement
from assets_service.devices.errors import Retired
from assets_service.devices.models import Device, Presence
from assets_service.kernel.errors import Forbidden, Invalid, Refusal
from assets_service.people import commands as people
from tests import build
from tests.custody.build_custody import a_box, both, confirm, kinds_told, last_told


def test_a_person_of_the_office_holds_it_until_another_does(session: Session) -> None:
    who = both(session)
    tablet = build.a_device(session, at="81.02")
    ahmad = build.a_person(session, "Ahmad", at="81.02")

    commands.hold(session, tablet, NewHolder(person=who.head.id), stamp=who.receiver)
    commands.hold(session, tablet, NewHolder(person=ahmad.id), stamp=who.receiver)
    assert (tablet.holder, tablet.version) == (ahmad, 3)
    assert last_told(session, tablet.code) == {"holder": ahmad.id, "previous": who.head.id}

    commands.hold(session, tablet, NewHolder(person=None), stamp=who.receiver)
    assert tablet.holder is None
    assert last_told(session, tablet.code) == {"holder": None, "previous": ahmad.id}


@pytest.mark.parametrize("is_held", [True, False])
def test_to_say_the_same_again_changes_nothing(session: Session, is_held: bool) -> None:
    who = both(session)
    tablet = build.a_device(session, at="81.02")
    person = who.head.id if is_held else None
    commands.hold(session, tablet, NewHolder(person=person), stamp=who.receiver)
    told, version = kinds_told(session, tablet.code), tablet.version

    commands.hold(session, tablet, NewHolder(person=person), stamp=who.receiver)

    assert (kinds_told(session, tablet.code), tablet.version) == (told, version)


def test_only_an_active_person_of_the_answering_office_can_hold_it(session: Session) -> None:
    who = both(session)
    tablet = build.a_device(session, at="81.02")
    gone = build.a_person(session, "Gone", at="81.02")
    people.deactivate(session, gone, stamp=build.system())
    elsewhere = build.a_person(session, "Elsewhere", at="81.72")
    province = build.stamp(session, build.a_person(session, at="81", role=Role.ADMIN))

    for person, by in ((gone, province), (elsewhere, province), (elsewhere, who.receiver)):
        with pytest.raises(Invalid) as refused:
            commands.hold(session, tablet, NewHolder(person=person.id), stamp=by)
        assert [problem.pointer for problem in refused.value.problems] == ["/person"]
    assert tablet.holder is None


def held(session: Session, device: Device, by: Stamp) -> None:
    commands.hold(session, device, NewHolder(person=None), stamp=by)


def lost(session: Session, device: Device, by: Stamp) -> None:
    commands.report_loss(session, device, Loss(reason="chronology", report_no="LP/12/2026"), stamp=by)


def found(session: Session, device: Device, by: Stamp) -> None:
    commands.report_found(session, device, Recovery(), stamp=by)


@pytest.mark.parametrize(
    ("presence", "verb", "refusal"),
    [
        ("present", held, None),
        ("present", lost, None),
        ("present", found, NotMissing),
        ("in_transit", held, NotPresent),
        ("in_transit", lost, OnItsWay),
        ("in_transit", found, NotMissing),
        ("not_found", held, NotPresent),
        ("not_found", lost, None),
        ("not_found", found, None),
        ("lost", held, NotPresent),
        ("lost", lost, AlreadyLost),
        ("lost", found, None),
        ("written_off", held, NotPresent),
        ("written_off", lost, Retired),
        ("written_off", found, NotMissing),
    ],
)
def test_a_presence_takes_only_its_verbs(
    session: Session, presence: str, verb: Callable[[Session, Device, Stamp], None], refusal: type[Refusal] | None
) -> None:
    who = both(session)
    tablet = build.a_device(session)
    if presence in {"in_transit", "not_found"}:
        box = a_box(session, [tablet], who.sender)
        if presence == "not_found":
            confirm(session, box, who.receiver, **{tablet.code: LineState.SHORT})
    elif presence == "lost":
        lost(session, tablet, who.sender)
    elif presence == "written_off":
        devices.retire(session, tablet, Retirement(reason="decree"), stamp=build.system())
    assert tablet.presence == presence

    if refusal is None:
        verb(session, tablet, who.sender)
        return
    with pytest.raises(refusal):
        verb(session, tablet, who.sender)
    assert tablet.presence == presence


def test_what_is_lost_keeps_its_holder_who_has_to_account_for_it(session: Session) -> None:
    who = both(session)
    tablet = build.a_device(session, at="81.02")
    commands.hold(session, tablet, NewHolder(person=who.head.id), stamp=who.receiver)

    lost(session, tablet, who.receiver)
    assert (tablet.presence, tablet.holder, tablet.office.code) == (Presence.LOST, who.head, "81.02")
    assert last_told(session, tablet.code)["report_no"] == "LP/12/2026"

    found(session, tablet, who.receiver)
    assert (tablet.presence, tablet.holder) == (Presence.PRESENT, who.head)


@pytest.mark.parametrize("verb", [held, lost, found])
@pytest.mark.parametrize(
    ("role", "at", "may"),
    [
        *((role, at, True) for role in ("admin", "logistics", "head") for at in ("00", "81", "81.02")),
        *((role, "73", False) for role in ("admin", "logistics", "head")),
        ("auditor", "00", False),
        ("auditor", "81.02", False),
    ],
)
def test_who_supervises_the_office_may_write_and_an_auditor_never(
    session: Session, verb: Callable[[Session, Device, Stamp], None], role: str, at: str, may: bool
) -> None:
    build.roster(session)
    by = build.stamp(session, build.a_person(session, at=at, role=Role(role)))
    tablet = build.a_device(session, at="81.02")
    if verb is found:
        lost(session, tablet, build.system())

    if may:
        verb(session, tablet, by)
    else:
        with pytest.raises(Forbidden):
            verb(session, tablet, by)
