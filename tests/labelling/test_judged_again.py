"""A run is an act kept for later: who may print and see its labels is asked again when it is restarted, issued, opened."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role, Stamp
from assets_service.custody import commands as custody
from assets_service.custody.asks import NewReceipt, NewShipment, ReceiptLine
from assets_service.custody.models import Outcome
from assets_service.devices import commands as devices
from assets_service.devices.asks import CodeClaim, Retirement
from assets_service.devices.errors import Retired
from assets_service.devices.queries import by_code, locked
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Forbidden
from assets_service.labelling import commands, queries
from assets_service.labelling.asks import NewBlanks, NewSheet
from assets_service.labelling.errors import NotYours
from assets_service.labelling.printing import Press
from assets_service.people import commands as people
from assets_service.people.models import Person
from assets_service.people.queries import by_id as person_by_id
from assets_service.settings import Settings
from tests.build import NOON, a_person, a_token, stamp, system
from tests.clock import StillClock
from tests.labelling.build_labelling import Desk, a_country, a_shop, devices_at

HERE, ELSEWHERE = "81.02", "31.71"


@pytest.fixture
def press(db: Database, settings: Settings, clock: StillClock) -> Press:
    a_country(db)
    return Press(db, settings, clock=clock)


def a_printer(db: Database, at: str = "81") -> Person:
    """Logistics of a province."""
    with db.writing() as session:
        person = a_person(session, at=at, role=Role.LOGISTICS)
        session.flush()
        return person


def a_run(db: Database, settings: Settings, codes: list[str], person: Person, **how: Any) -> int:
    with db.writing() as session:
        ask = NewSheet(stock="tj-121", devices=codes, **how)
        return commands.order(session, ask, a_shop(settings), stamp=stamp(session, person)).id


def goes_away(db: Database, code: str, to: str = ELSEWHERE) -> None:
    """To another province, and received there."""
    with db.writing() as session:
        receiver = a_person(session, at=to, role=Role.HEAD)
        sent = custody.create(session, NewShipment(to_office=to, devices=[code], send=True), stamp=system())
        came = NewReceipt(lines=[ReceiptLine(device=code, outcome=Outcome.RECEIVED)])
        custody.receive(session, sent, came, stamp=stamp(session, receiver))


def is_written_off(db: Database, code: str) -> None:
    with db.writing() as session:
        ask = Retirement(reason="SK Penghapusan")
        devices.retire(session, locked(session, code, system()), ask, stamp=system())


def label_version(db: Database, code: str) -> tuple[int, bool]:
    with db.reading() as session:
        device = by_code(session, code, system())
        return device.label_version, bool(queries.printed_among(session, [code]))


def state_of(db: Database, run_id: int) -> tuple[str, str]:
    with db.reading() as session:
        run = queries.whole_run(session, run_id)
        return run.state, run.why or ""


def desk_of(db: Database, client: TestClient[Litestar], person: Person) -> Desk:
    with db.writing() as session:
        return Desk(client, a_token(session, person_by_id(session, person.id, system())))


def cancelled(db: Database, run_id: int, by: Stamp) -> None:
    with db.writing() as session:
        commands.cancel(session, queries.run(session, run_id, by), stamp=by)


@pytest.mark.usefixtures("press")
def test_a_cancelled_run_is_not_restarted_for_a_device_that_went_to_another_province(
    db: Database, settings: Settings, client: TestClient[Litestar]
) -> None:
    mine, gone = devices_at(db, HERE, 2)
    person = a_printer(db)
    run_id = a_run(db, settings, [mine, gone], person)
    cancelled(db, run_id, system())
    goes_away(db, gone)
    desk = desk_of(db, client, person)
    answer = desk.put(f"/label-runs/{run_id}/restart")
    assert answer.status_code == 403
    assert "Maluku" not in answer.text
    assert "Jakarta" not in answer.text
    assert state_of(db, run_id)[0] == "cancelled"
    assert [label_version(db, code) for code in (mine, gone)] == [(1, False), (1, False)]
    assert desk.get(f"/label-runs/{run_id}/file").status_code == 409


@pytest.mark.parametrize("draft", [False, True])
def test_a_run_is_not_issued_for_a_device_that_went_away_while_it_waited(
    press: Press, db: Database, settings: Settings, draft: bool
) -> None:
    mine, gone = devices_at(db, HERE, 2)
    run_id = a_run(db, settings, [mine, gone], a_printer(db), draft=draft)
    goes_away(db, gone)
    with pytest.raises(NotYours, match=gone):
        press.draw(run_id)
    state, why = state_of(db, run_id)
    assert state == "failed"
    assert gone in why
    assert [label_version(db, code) for code in (mine, gone)] == [(1, False), (1, False)]


def test_a_device_that_goes_away_while_labels_are_handed_out_gets_none(
    press: Press, db: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (gone,) = devices_at(db, HERE, 1)
    run_id = a_run(db, settings, [gone], a_printer(db))
    check = "assets_service.labelling.commands.issuing.check"
    monkeypatch.setattr(check, lambda *_: goes_away(db, gone))  # between the look and the lock
    with pytest.raises(NotYours):
        press.draw(run_id)
    assert label_version(db, gone) == (1, False)


def test_a_device_written_off_while_a_run_waited_gets_no_label(press: Press, db: Database, settings: Settings) -> None:
    (code,) = devices_at(db, HERE, 1)
    run_id = a_run(db, settings, [code], a_printer(db))
    is_written_off(db, code)
    with pytest.raises(Retired):
        press.draw(run_id)
    assert label_version(db, code) == (1, False)
    with pytest.raises(Retired), db.writing() as session:
        commands.restart(session, queries.run(session, run_id, system()), a_shop(settings), stamp=system())


@pytest.mark.parametrize("loss", ["role", "person"])
def test_who_has_lost_the_right_since_they_asked_hands_out_nothing(
    press: Press, db: Database, settings: Settings, loss: str
) -> None:
    (code,) = devices_at(db, HERE, 1)
    person = a_printer(db)
    run_id = a_run(db, settings, [code], person)
    with db.writing() as session:
        mine = person_by_id(session, person.id, system())
        if loss == "role":
            mine.grants[0].ended_at = NOON
        else:
            people.deactivate(session, mine, stamp=system())
    with pytest.raises(NotYours):
        press.draw(run_id)
    assert label_version(db, code) == (1, False)


def test_a_restarted_run_is_judged_for_who_restarted_it(press: Press, db: Database, settings: Settings) -> None:
    (code,) = devices_at(db, HERE, 1)
    first = a_printer(db)
    run_id = a_run(db, settings, [code], first)
    cancelled(db, run_id, system())
    second = a_printer(db)
    with db.writing() as session:
        people.deactivate(session, person_by_id(session, first.id, system()), stamp=system())
        by = stamp(session, second)
        commands.restart(session, queries.run(session, run_id, by), a_shop(settings), stamp=by)
    press.draw(run_id)
    assert label_version(db, code) == (1, True)


def test_a_file_is_opened_only_by_who_sees_all_of_its_devices(
    press: Press, db: Database, settings: Settings, client: TestClient[Litestar]
) -> None:
    mine, gone = devices_at(db, HERE, 2)
    person = a_printer(db)
    run_id = a_run(db, settings, [mine, gone], person)
    press.draw(run_id)
    desk = desk_of(db, client, person)
    path = f"/label-runs/{run_id}"
    assert desk.get(f"{path}/file").status_code == 200
    goes_away(db, gone)
    withheld = desk.get(f"{path}/file")
    assert (withheld.status_code, b"%PDF" in withheld.content) == (404, False)
    assert desk.get(path).json()["state"] == "done"
    page = desk.see(f"/label/cetak/{run_id}")
    assert page.status_code == 200
    assert f"{path}/file" not in page.text
    assert gone not in page.text
    national = desk_of(db, client, a_printer(db, "00"))
    assert national.get(f"{path}/file").status_code == 200


def blanks_of(db: Database, settings: Settings, person: Person, count: int) -> tuple[int, list[str]]:
    """A run of blanks for the regency, and its codes."""
    with db.writing() as session:
        ask = NewBlanks(stock="tj-121", count=count, office=HERE)
        run = commands.order_blanks(session, ask, a_shop(settings), stamp=stamp(session, person))
        return run.id, queries.printed_codes(session, run.id, limit=count)


def test_blanks_are_not_issued_by_who_no_longer_prints_for_their_office(
    press: Press, db: Database, settings: Settings
) -> None:
    person = a_printer(db)
    run_id, codes = blanks_of(db, settings, person, 2)
    with db.writing() as session:
        person_by_id(session, person.id, system()).grants[0].ended_at = NOON
    with pytest.raises(Forbidden):
        press.draw(run_id)
    with db.reading() as session:
        assert queries.printed_among(session, codes) == set()


def test_a_blank_that_a_device_took_along_to_another_province_is_not_drawn_again(
    press: Press, db: Database, settings: Settings
) -> None:
    person = a_printer(db)
    run_id, codes = blanks_of(db, settings, person, 2)
    name = press.draw(run_id)
    (device,) = devices_at(db, HERE, 1)
    with db.writing() as session:
        commands.claim(session, locked(session, device, system()), CodeClaim(code=codes[0]), stamp=system())
    goes_away(db, device)
    press.files.discard(name, untouched_since=2e12)
    with db.reading() as session:
        by = stamp(session, person)
    with pytest.raises(NotYours), db.writing() as session:
        commands.restart(session, queries.run(session, run_id, by), a_shop(settings), stamp=by)
