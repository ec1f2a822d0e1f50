"""One holder for many devices: one act, one transaction, one entry for each device."""

import pytest
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.custody import commands
from assets_service.custody.asks import NewHolders, NewShipment
from assets_service.custody.errors import CannotBeHeld
from assets_service.devices.models import Device
from assets_service.kernel.errors import Invalid
from assets_service.ledger.queries import count
from assets_service.people.models import Person
from tests import build
from tests.custody.build_custody import kinds_told


@pytest.fixture
def head(session: Session) -> Stamp:
    build.roster(session)
    return build.stamp(session, build.a_person(session, "Siti", at="81.02", role=Role.HEAD))


@pytest.fixture
def officer(session: Session, head: Stamp) -> Person:
    del head
    return build.a_person(session, "Budi", at="81.02")


def devices(session: Session, number: int, at: str = "81.02") -> list[Device]:
    return [build.a_device(session, at=at) for _ in range(number)]


def name(session: Session, each: list[Device], person: int | None, by: Stamp) -> commands.Holding:
    return commands.hold_each(session, NewHolders(devices=[one.code for one in each], person=person), stamp=by)


def test_each_device_has_the_holder_and_an_entry_of_its_own(session: Session, head: Stamp, officer: Person) -> None:
    each = devices(session, 3)
    made = name(session, each, officer.id, head)
    assert (made.codes, made.holder) == ([device.code for device in each], officer)
    for device in each:
        session.refresh(device)
        assert (device.holder_id, device.version, device.received_at) == (officer.id, 2, head.at)
        assert kinds_told(session, device.code)[-1] == "custody.held"
    name(session, each, None, head)
    for device in each:
        session.refresh(device)
        assert (device.holder_id, device.version) == (None, 3)
        assert kinds_told(session, device.code)[-1] == "custody.released"


def test_who_holds_a_device_already_goes_on_holding_it_without_an_entry(
    session: Session, head: Stamp, officer: Person
) -> None:
    first, second = devices(session, 2)
    name(session, [first], officer.id, head)
    name(session, [first, second], officer.id, head)
    assert (count(session, first.code), count(session, second.code)) == (2, 2)
    name(session, [first, second], officer.id, head)
    assert (count(session, first.code), count(session, second.code)) == (2, 2)


def test_all_or_none_and_every_device_that_stands_against_it_is_named(
    session: Session, head: Stamp, officer: Person
) -> None:
    own, sent, above = devices(session, 1)[0], devices(session, 1)[0], devices(session, 1, at="81")[0]
    commands.create(session, NewShipment(to_office="81.72", devices=[sent.code], send=True), stamp=build.system())
    by = build.stamp(session, build.a_person(session, at="81", role=Role.ADMIN))
    with pytest.raises(CannotBeHeld) as refused:
        name(session, [own, sent, above], officer.id, by)
    assert [problem.pointer for problem in refused.value.problems] == ["/devices/1", "/devices/2"]
    session.refresh(own)
    assert own.holder_id is None
    with pytest.raises(Invalid) as unseen:
        name(session, [own, above], officer.id, head)
    assert [problem.pointer for problem in unseen.value.problems] == ["/devices/1"]


def test_a_device_that_one_only_awaits_is_not_ones_own_to_give(session: Session, head: Stamp, officer: Person) -> None:
    (coming,) = devices(session, 1, at="00")
    commands.create(session, NewShipment(to_office="81.02", devices=[coming.code], send=True), stamp=build.system())
    with pytest.raises(CannotBeHeld):
        name(session, [coming], officer.id, head)
