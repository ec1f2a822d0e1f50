"""Who stands on the sender's side and confirms the arrival is let do it, and it is flagged and said."""

from datetime import datetime, timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role
from assets_service.custody import commands
from assets_service.custody.asks import NewReceipt, NewShipment, ReceiptLine
from assets_service.custody.models import Outcome, Shipment
from assets_service.devices.models import Device
from assets_service.flags.queries import Flags
from assets_service.kernel.db import Database
from assets_service.people import commands as people
from assets_service.people import queries as persons
from assets_service.people.models import Person
from tests.build import NOON, a_device, a_person, a_role, a_token, bearer, roster, stamp, system

WEEK = timedelta(days=7)


def sent(session: Session, by: Person | None = None) -> tuple[Device, Shipment]:
    """From the national office to Maluku Tenggara."""
    device = a_device(session, at="00")
    asked = NewShipment(to_office="81.02", devices=[device.code], send=True)
    return device, commands.create(session, asked, stamp=stamp(session, by) if by else system())


def received(session: Session, by: Person, sender: Person | None = None, *, at: datetime = NOON) -> Device:
    device, shipment = sent(session, sender)
    asked = NewReceipt(lines=[ReceiptLine(device=device.code, outcome=Outcome.RECEIVED)])
    commands.receive(session, shipment, asked, stamp=stamp(session, by, at=at))
    return device


def a_receiver(session: Session, given_by: Person | None, *, when: datetime = NOON) -> Person:
    """Head at Maluku Tenggara, by the grace of somebody."""
    person = a_person(session, at="81.02")
    a_role(session, person, Role.HEAD, at="81.02", by=stamp(session, given_by, at=when) if given_by else system(when))
    return person


@pytest.fixture
def national(session: Session) -> Person:
    roster(session)
    return a_person(session, at="00", role=Role.ADMIN)


def test_the_receivers_own_head_is_another_side(session: Session, national: Person) -> None:
    assert not received(session, a_receiver(session, None), national).one_sided


def test_one_person_on_both_sides_is_one_side(session: Session, national: Person) -> None:
    a_role(session, national, Role.HEAD, at="81.02")
    assert received(session, national, national).one_sided


def test_a_role_given_by_the_sender_for_this_receipt_is_one_side(session: Session, national: Person) -> None:
    assert received(session, a_receiver(session, national), national).one_sided


def test_a_role_given_by_somebody_else_of_the_sending_office_is_too(session: Session, national: Person) -> None:
    colleague = a_person(session, at="00", role=Role.ADMIN)
    assert received(session, a_receiver(session, colleague), national).one_sided


def test_a_role_given_by_the_province_is_another_side(session: Session, national: Person) -> None:
    province = a_person(session, at="81", role=Role.ADMIN)
    assert not received(session, a_receiver(session, province), national).one_sided


@pytest.mark.parametrize(
    ("held_for", "is_one_sided"), [(timedelta(), True), (WEEK - timedelta(seconds=1), True), (WEEK, False)]
)
def test_a_role_held_for_a_week_is_ones_own(
    session: Session, national: Person, held_for: timedelta, *, is_one_sided: bool
) -> None:
    receiver = a_receiver(session, national)
    assert received(session, receiver, national, at=NOON + held_for).one_sided is is_one_sided


def test_who_has_another_role_there_for_longer_is_of_that_office(session: Session, national: Person) -> None:
    receiver = a_receiver(session, national, when=NOON - WEEK)
    a_role(session, receiver, Role.LOGISTICS, at="81.02", by=stamp(session, national))
    assert not received(session, receiver, national).one_sided


def test_ending_the_role_afterwards_hides_nothing(session: Session, national: Person) -> None:
    receiver = a_receiver(session, national)
    device = received(session, receiver, national)
    (held,) = persons.by_id(session, receiver.id, system()).grants
    people.end_grant(session, persons.locked_grant(session, receiver.id, held.id, system()), stamp=system())
    assert "one_sided" in Flags(14).of(session, [device], NOON)[device.id]


def test_the_next_receipt_from_another_side_ends_it(session: Session, national: Person) -> None:
    device = received(session, a_receiver(session, national), national)
    head = a_person(session, at="81.72", role=Role.HEAD)
    asked = NewShipment(to_office="81.72", devices=[device.code], send=True)
    onwards = commands.create(session, asked, stamp=system())
    line = ReceiptLine(device=device.code, outcome=Outcome.RECEIVED)
    commands.receive(session, onwards, NewReceipt(lines=[line]), stamp=stamp(session, head))
    assert not device.one_sided


def test_it_is_said_where_the_shipment_the_flags_and_the_history_are(
    client: TestClient[Litestar], db: Database
) -> None:
    with db.writing() as session:
        roster(session)
        admin = a_person(session, at="00", role=Role.ADMIN)
        receiver = a_receiver(session, admin)
        device = received(session, receiver, admin)
        code, who = device.code, bearer(a_token(session, admin)) | {"Accept-Language": "en"}
    (shipment,) = client.get("/api/v1/shipments", headers=who).json()["items"]
    seen = client.get(f"/api/v1/shipments/{shipment['id']}", headers=who).json()
    assert seen["lines"][0]["one_sided"] is True
    assert client.get("/api/v1/flags", headers=who).json()["one_sided"] == 1
    assert [one["code"] for one in client.get("/api/v1/flags/one_sided", headers=who).json()["items"]] == [code]
    said = "Receipt confirmed by the sender&#39;s side"
    for page in (f"/pengiriman/{shipment['id']}", f"/d/{code}", "/tanda"):
        assert said in client.get(page, headers=who | {"Cookie": "lang=en"}).text, page
    history = client.get(f"/api/v1/devices/{code}/history", headers=who).json()
    told = next(entry for entry in history["items"] if entry["kind"] == "custody.received")
    assert told["body"]["one_sided"] is True
