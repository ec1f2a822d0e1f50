"""The list that a phone carries: what its person may see, small, and cheap to ask for again."""

import gzip
import json
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role
from assets_service.custody import commands as custody
from assets_service.custody import queries as shipments
from assets_service.custody.asks import AmendShipment, NewHolder, Remark
from assets_service.devices import commands as devices
from assets_service.devices import queries as devices_queries
from assets_service.devices.asks import AmendDevice, CodeClaim
from assets_service.devices.identifiers import new_code
from assets_service.devices.models import Condition, Device, LabelCode
from assets_service.inspections import commands as inspections
from assets_service.inspections.asks import NewCheck
from assets_service.kernel.db import Database
from assets_service.offices import commands as offices
from assets_service.offices.asks import AmendOffice
from assets_service.offices.models import Office
from assets_service.people import commands as people
from assets_service.people import queries as people_queries
from assets_service.people.asks import AmendPerson
from tests import build
from tests.clock import StillClock
from tests.outbox.build_outbox import Client, World, version_of
from tests.people.build_people import caller

POCKET = "/api/v1/pocket"


def read(client: Client, who: dict[str, str], **headers: str) -> Any:
    answer = client.get(POCKET, headers=who | headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def rows(pocket: Any) -> dict[str, dict[str, Any]]:
    """The devices by their code, each as a row."""
    columns = pocket["devices"]
    each = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    return {row["code"]: row for row in each}


def test_it_tells_all_that_a_scan_without_network_asks_for(client: Client, db: Database, world: World) -> None:
    with db.writing() as session:
        device = devices_queries.locked(session, world.code, build.system())
        custody.hold(session, device, NewHolder(person=world.ani), stamp=build.system())
        facts = AmendDevice(kode_barang="3060201004", nup=7, uakpb="115010199415238000KP", kode_register="REG777")
        devices.amend(session, device, facts, stamp=build.system())
        blank = LabelCode(code=new_code(), made_at=build.NOON)
        session.add(blank)
        session.flush()
        devices.claim_code(session, device, CodeClaim(code=blank.code), stamp=build.system())
        serial, imei, due_on = device.serial, device.imei1, device.check_due_on
    pocket = read(client, world.head.headers)
    mine, coming = rows(pocket)[world.code], rows(pocket)[world.boxed[0]]
    assert mine == {
        "code": world.code,
        "version": version_of(db, world.code),
        "kind": "smartphone",
        "model": pocket["models"].index("Samsung Galaxy A15"),
        "condition": "good",
        "presence": "present",
        "office": "81.02",
        "holder": world.ani,
        "bound_for": None,
        "shipment": -1,
        "due_on": due_on and due_on.isoformat(),
        "step": "check",
        "serial": serial,
        "imei1": imei,
        "imei2": None,
        "item": "3060201004.7",
        "register": "REG777",
        "labels": [blank.code],
    }
    assert (coming["office"], coming["bound_for"], coming["step"]) == ("00", "81.02", "confirm")
    assert pocket["shipments"]["id"][coming["shipment"]] == world.box
    assert pocket["people"][str(world.ani)] == "Ani"
    assert pocket["colleagues"] == {"81.02": [world.ani, world.head.person]}
    assert pocket["offices"] == {"00": "Bawaslu RI", "81.02": "Kabupaten Maluku Tenggara"} | pocket["offices"]
    assert pocket["person"] == world.head.person


@pytest.mark.parametrize(
    ("role", "office", "seen"),
    [
        (Role.HEAD, "81.02", {"mine", "boxed"}),
        (Role.LOGISTICS, "81", {"mine", "boxed"}),
        (Role.HEAD, "62.71", {"foreign"}),
        (Role.AUDITOR, "00", {"mine", "boxed", "foreign"}),
        (None, "81.02", set()),
    ],
)
def test_it_holds_what_its_person_may_see_and_nothing_else(
    client: Client, db: Database, world: World, role: Role | None, office: str, seen: set[str]
) -> None:
    known = {"mine": {world.code}, "boxed": set(world.boxed), "foreign": {world.foreign}}
    codes = rows(read(client, caller(db, role, office))).keys()
    assert codes == set().union(*(known[each] for each in seen))


# ---- again --------------------------------------------------------------------------------------------------------


def device_of(session: Session, world: World) -> Device:
    return devices_queries.locked(session, world.code, build.system())


def box_of(session: Session, world: World) -> Any:
    return shipments.locked(session, world.box, build.system())


CHANGES: dict[str, Callable[[Session, World], object]] = {
    "a holder": lambda session, world: custody.hold(
        session, device_of(session, world), NewHolder(person=world.ani), stamp=build.system()
    ),
    "a check": lambda session, world: inspections.check(
        session,
        device_of(session, world),
        NewCheck(condition=Condition.GOOD),
        stamp=build.system(),
    ),
    "another serial": lambda session, world: devices.amend(
        session, device_of(session, world), AmendDevice(serial="NEW7"), stamp=build.system()
    ),
    "a new device": lambda session, _: build.a_device(session, at="81.02"),
    "called back": lambda session, world: custody.cancel(
        session, box_of(session, world), Remark(), stamp=build.system()
    ),
    "a box corrected": lambda session, world: custody.correct_shipment(
        session,
        box_of(session, world),
        AmendShipment(reason="slower", waybill="W7"),
        stamp=build.stamp(session, build.a_person(session, "Joko", role=Role.LOGISTICS)),
    ),
    "a person's name": lambda session, world: people.amend(
        session,
        people_queries.locked(session, world.ani, build.system()),
        AmendPerson(name="Ani Baru"),
        stamp=build.system(),
    ),
    "an office's name": lambda session, _: offices.amend(
        session, build.office(session, "81.02"), AmendOffice(name="Maluku Tenggara"), stamp=build.system()
    ),
    "a colleague": lambda session, _: build.a_person(session, "Baru", at="81.02"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_is_sent_again(client: Client, db: Database, world: World, change: str) -> None:
    first = client.get(POCKET, headers=world.head.headers)
    with db.writing() as session:
        CHANGES[change](session, world)
    again = client.get(POCKET, headers=world.head.headers | {"If-None-Match": first.headers["etag"]})
    assert again.status_code == 200
    assert again.headers["etag"] != first.headers["etag"]
    if change != "a check":
        assert again.json() != first.json()


def test_what_is_as_it_was_is_not_sent_and_costs_one_select(
    app: Litestar, client: Client, db: Database, world: World, clock: StillClock
) -> None:
    first = client.get(POCKET, headers=world.head.headers)
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    clock.pass_by(minutes=1)
    for tag in (first.headers["etag"], f'"x", W/{first.headers["etag"]}'):
        asked.clear()
        again = client.get(POCKET, headers=world.head.headers | {"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
        selects = [each for each in asked if each.lstrip().upper().startswith("SELECT") and "sign_ins" not in each]
        assert len(selects) == 1, selects
    asked.clear()
    assert client.get(POCKET, headers=world.head.headers).status_code == 200
    selects = [each for each in asked if each.lstrip().upper().startswith("SELECT") and "sign_ins" not in each]
    assert len(selects) <= 6
    assert app.state.db is db


def test_a_new_day_and_another_person_have_a_list_of_their_own(
    client: Client, db: Database, world: World, clock: StillClock
) -> None:
    first = client.get(POCKET, headers=world.head.headers).headers["etag"]
    colleague = caller(db, Role.HEAD, "81.02")
    assert client.get(POCKET, headers=colleague | {"If-None-Match": first}).status_code == 200
    first = client.get(POCKET, headers=world.head.headers).headers["etag"]
    clock.pass_by(days=1)
    assert client.get(POCKET, headers=world.head.headers | {"If-None-Match": first}).status_code == 200


# ---- its size -----------------------------------------------------------------------------------------------------

FLEET = 1067


def test_the_whole_country_fits_a_poor_line(client: Client, db: Database) -> None:
    """As many devices as there are, each with numbers of its own, every other with a holder; three of them in one office."""
    with db.writing() as session:
        a_country(session)
    whole = client.get(POCKET, headers=caller(db, Role.AUDITOR, "00"))
    assert len(whole.json()["devices"]["code"]) == FLEET
    assert packed(whole.content) <= 150_000
    office = client.get(POCKET, headers=caller(db, Role.HEAD, "81.02"))
    assert len(office.json()["devices"]["code"]) == 3
    assert packed(office.content) <= 1_500


def packed(content: bytes) -> int:
    return len(gzip.compress(content, 6))


def a_country(session: Session) -> None:
    """1,067 devices over all offices, made as rows: what they look like is measured, not how they came there."""
    build.roster(session)
    chance = random.Random(13)
    few, *many = session.scalars(select(Office.id).order_by(Office.code != "81.02")).all()
    holders = [build.a_person(session, f"Pemegang {number}").id for number in range(300)]
    template = build.a_device(session)
    session.flush()
    like = {column.name: getattr(template, column.name) for column in Device.__table__.columns if column.name != "id"}
    made = []
    for number in range(FLEET - 1):
        serial = "R9" + "".join(chance.choices("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", k=9))
        made.append(
            like
            | {
                "code": new_code(),
                "serial": serial,
                "serial_search": serial,
                "serial_key": f"samsung {serial}",
                "imei1": f"35{chance.randrange(10**13):013d}",
                "imei2": f"35{chance.randrange(10**13):013d}",
                "kode_barang": "3060201004",
                "nup": number + 1,
                "uakpb": "115010199415238000KP",
                "kode_register": "".join(chance.choices("0123456789ABCDEF", k=32)),
                "office_id": few if number < 3 else chance.choice(many),
                "holder_id": chance.choice(holders) if number % 2 else None,
                "version": chance.randrange(1, 40),
                "check_due_on": (build.NOON + timedelta(days=chance.randrange(300))).date(),
            }
        )
    session.execute(insert(Device), made)


def test_a_list_is_plain_json(client: Client, world: World) -> None:
    body = client.get(POCKET, headers=world.head.headers).content
    assert list(json.loads(body)) == [
        "person",
        "made_at",
        "offices",
        "people",
        "colleagues",
        "models",
        "shipments",
        "devices",
    ]
