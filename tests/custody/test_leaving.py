"""Who leaves, altogether or for another office, hands on what they hold; and what somebody held can be told."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.custody import commands, queries
from assets_service.custody.asks import Leaving, Loss, NewHolder, Transfer
from assets_service.custody.errors import StillHolds
from assets_service.devices.models import Device
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Forbidden, Invalid
from assets_service.people import commands as people
from assets_service.people.asks import NewPerson
from assets_service.people.models import Person
from tests import build
from tests.custody.build_custody import a_box, confirm, kinds_told
from tests.people.build_people import caller

Client = TestClient[Litestar]


def a_holder(session: Session, name: str = "Umar", *, at: str = "81.02") -> Person:
    """Somebody who does not sign in."""
    return people.add(session, NewPerson(name=name, office=at), stamp=build.system())


def held(session: Session, person: Person, *, hours: int = 0) -> Device:
    device = build.a_device(session, at=person.office.code)
    by = build.system(build.later(hours=hours))
    commands.hold(session, device, NewHolder(person=person.id), stamp=by)
    return device


@pytest.fixture
def umar(session: Session) -> Person:
    build.roster(session)
    return a_holder(session)


def test_who_holds_devices_is_not_deactivated_until_somebody_says_who_holds_them_next(
    session: Session, umar: Person
) -> None:
    device = held(session, umar)
    with pytest.raises(StillHolds) as refused:
        commands.deactivate(session, umar, Leaving(), stamp=build.system())
    assert f"{device.code[:4]} {device.code[4:]}" in str(refused.value)
    assert (umar.is_active, device.holder_id) == (True, umar.id)


@pytest.mark.parametrize("is_handed_over", [True, False])
def test_what_they_held_is_handed_on_in_the_same_act(session: Session, umar: Person, is_handed_over: bool) -> None:
    devices = [held(session, umar) for _ in range(2)]
    next_one = a_holder(session, "Siti") if is_handed_over else None
    ask = Leaving(successor=next_one.id) if next_one else Leaving(release=True, reason="Belum ada pengganti")
    commands.deactivate(session, umar, ask, stamp=build.system())
    assert not umar.is_active
    assert {device.holder_id for device in devices} == {next_one.id if next_one else None}
    last = "custody.held" if next_one else "custody.released"
    assert [kinds_told(session, device.code)[-1] for device in devices] == [last, last]
    assert kinds_told(session, f"person/{umar.id}")[-1] == "people.deactivated"


def test_nobody_holds_them_next_only_with_a_reason(session: Session, umar: Person) -> None:
    device = held(session, umar)
    with pytest.raises(Invalid) as refused:
        commands.deactivate(session, umar, Leaving(release=True), stamp=build.system())
    assert [problem.pointer for problem in refused.value.problems] == ["/reason"]
    assert (umar.is_active, device.holder_id) == (True, umar.id)


def test_who_holds_nothing_goes_without_a_question(session: Session, umar: Person) -> None:
    commands.deactivate(session, umar, Leaving(), stamp=build.system())
    assert not umar.is_active


def test_a_lost_device_stays_theirs_to_answer_for(session: Session, umar: Person) -> None:
    device = held(session, umar)
    commands.report_loss(session, device, Loss(reason="jatuh ke laut"), stamp=build.system())
    commands.deactivate(session, umar, Leaving(), stamp=build.system())
    assert device.holder_id == umar.id


@pytest.mark.parametrize("wrong", ["themselves", "elsewhere", "inactive", "both"])
def test_a_successor_is_somebody_else_of_the_office(session: Session, umar: Person, wrong: str) -> None:
    held(session, umar)
    other = a_holder(session, "Siti", at="81.72" if wrong == "elsewhere" else "81.02")
    if wrong == "inactive":
        people.deactivate(session, other, stamp=build.system())
    successor = umar.id if wrong == "themselves" else other.id
    with pytest.raises(Invalid) as refused:
        commands.deactivate(session, umar, Leaving(successor=successor, release=wrong == "both"), stamp=build.system())
    assert [problem.pointer for problem in refused.value.problems] == ["/successor"]
    assert umar.is_active


def test_a_person_goes_to_another_office_and_what_they_hold_stays(session: Session, umar: Person) -> None:
    device = held(session, umar)
    with pytest.raises(StillHolds):
        commands.transfer(session, umar, Transfer(office="81.72"), stamp=build.system())
    commands.transfer(
        session, umar, Transfer(office="81.72", release=True, reason="Belum ada pengganti"), stamp=build.system()
    )
    assert (umar.office.code, device.holder_id, device.office.code) == ("81.72", None, "81.02")
    assert kinds_told(session, f"person/{umar.id}")[-1] == "people.moved"
    before = umar.version
    commands.transfer(session, umar, Transfer(office="81.72"), stamp=build.system())
    assert umar.version == before, "they are there already"


@pytest.mark.parametrize(("at", "to"), [("81.02", "81.72"), ("81.72", "81.02")])
def test_only_who_administers_both_offices_moves_somebody(session: Session, umar: Person, at: str, to: str) -> None:
    admin: Stamp = build.stamp(session, build.a_person(session, at=at, role=Role.ADMIN))
    with pytest.raises((Forbidden, Invalid)):
        commands.transfer(session, umar, Transfer(office=to), stamp=admin)
    head = build.stamp(session, build.a_person(session, at="81", role=Role.HEAD))
    with pytest.raises(Forbidden):
        commands.deactivate(session, umar, Leaving(release=True), stamp=head)
    assert umar.office.code == "81.02"


def spells(session: Session, person: Person, by: Stamp) -> list[tuple[str, int, int | None]]:
    """Each device that the person held, with the hours since noon at which it began and ended."""

    def hours(at: Any) -> int | None:
        return None if at is None else int((at - build.NOON).total_seconds() // 3600)

    return [(one.device.code, hours(one.since) or 0, hours(one.until)) for one in queries.holdings(session, person, by)]


def test_what_somebody_holds_and_held_is_told_the_latest_first(session: Session, umar: Person) -> None:
    by = build.system
    siti = a_holder(session, "Siti")
    now, handed, sent = held(session, umar, hours=1), held(session, umar, hours=2), held(session, umar, hours=3)
    commands.hold(session, handed, NewHolder(person=siti.id), stamp=by(build.later(hours=4)))
    commands.hold(session, handed, NewHolder(person=umar.id), stamp=by(build.later(hours=5)))
    commands.hold(session, handed, NewHolder(person=None), stamp=by(build.later(hours=6)))
    head = build.stamp(session, build.a_person(session, at="81.72", role=Role.HEAD), at=build.later(hours=8))
    box = a_box(session, [sent], by(build.later(hours=7)), to="81.72")
    confirm(session, box, head, **{sent.code: "received"})  # type: ignore[arg-type]  # the state's own word
    assert spells(session, umar, by()) == [
        (now.code, 1, None), (sent.code, 3, 7), (handed.code, 5, 6), (handed.code, 2, 4),
    ]  # fmt: skip
    assert spells(session, siti, by()) == [(handed.code, 4, 5)]


def test_of_others_only_the_devices_in_scope_are_told_of_oneself_all(session: Session, umar: Person) -> None:
    device = held(session, umar)
    head = build.stamp(session, build.a_person(session, at="81.72", role=Role.HEAD))
    assert spells(session, umar, head) == []
    assert spells(session, umar, build.stamp(session, umar)) == [(device.code, 0, None)]


def test_the_holdings_of_somebody_out_of_sight_are_not_there(client: Client, db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
        umar = a_holder(session)
        held(session, umar)
    path = f"/api/v1/persons/{umar.id}/holdings"
    assert client.get(path, headers=caller(db, Role.AUDITOR, "81")).json()["total"] == 1
    assert client.get(path, headers=caller(db, Role.AUDITOR, "31")).status_code == 404


def test_a_holder_without_a_role_sees_their_devices(client: Client, db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
        umar = build.a_person(session, "Umar", at="81.02")
        device = held(session, umar)
        who = build.bearer(build.a_token(session, umar))
    page = client.get("/saya", headers=who)
    assert page.status_code == 200
    assert device.serial in page.text
    assert f'href="/d/{device.code}"' not in page.text, "its page is not theirs to open"
    assert client.get("/api/v1/me", headers=who).json()["id"] == umar.id
    assert client.get(f"/api/v1/persons/{umar.id}/holdings", headers=who).json()["items"][0]["device"] == device.code
    assert 'href="/saya"' in client.get("/", headers=who).text


def test_the_page_lists_the_devices_and_asks_who_holds_them_next(client: Client, db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
        umar, siti = a_holder(session), a_holder(session, "Siti")
        device = held(session, umar)
    admin = caller(db, Role.ADMIN, "81")
    page = client.get(f"/orang/{umar.id}/penonaktifan", headers=admin).text
    assert device.serial in page
    assert f'<option value="{siti.id}">Siti</option>' in page
    assert f'value="{umar.id}"' not in page
    unsaid = client.post(
        f"/orang/{umar.id}/penonaktifan", headers=admin, data={"successor": ""}, follow_redirects=False
    )
    assert (unsaid.status_code, 'id="f-successor-problem"' in unsaid.text) == (409, True)
    done = client.post(
        f"/orang/{umar.id}/penonaktifan",
        headers=admin,
        data={"successor": "nobody", "reason": "Belum ada pengganti"},
        follow_redirects=False,
    )
    assert (done.status_code, done.headers["location"]) == (303, f"/orang/{umar.id}")
    assert device.serial in client.get(f"/orang/{umar.id}", headers=admin).text, "among what they held"
    assert client.get(f"/orang/{siti.id}/penonaktifan", headers=caller(db, Role.HEAD, "81")).status_code == 403
