"""What a scan tells each person to do next: a table of facts."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.custody import commands as custody
from assets_service.custody.asks import Loss, NewHolder, NewReceipt, NewShipment, ReceiptLine
from assets_service.custody.models import Outcome
from assets_service.devices import commands as devices
from assets_service.devices import queries as register
from assets_service.devices.asks import Retirement
from assets_service.devices.models import Condition, Device
from assets_service.flags.queries import Flags
from assets_service.inspections import commands as inspections
from assets_service.inspections.asks import NewCheck
from assets_service.scan.queries import Step, next_steps
from assets_service.web.words import pressing
from tests import build

Make = Callable[[Session], Device]


def fetched(session: Session, device: Device) -> Device:
    session.flush()
    session.expire_all()
    return register.by_code(session, device.code, build.system())


def in_the_store(session: Session) -> Device:
    return build.a_device(session)


def labelled(session: Session) -> Device:
    device = build.a_device(session)
    device.label_attached_at = build.NOON
    return device


def sent(session: Session) -> Device:
    device = build.a_device(session)
    custody.create(session, NewShipment(to_office="81.02", devices=[device.code], send=True), stamp=build.system())
    return device


def arrived(session: Session) -> Device:
    device = build.a_device(session)
    shipment = custody.create(
        session, NewShipment(to_office="81.02", devices=[device.code], send=True), stamp=build.system()
    )
    head = build.a_person(session, at="81.02", role=Role.HEAD)
    custody.receive(
        session,
        shipment,
        NewReceipt(lines=[ReceiptLine(device=device.code, outcome=Outcome.RECEIVED)]),
        stamp=build.stamp(session, head),
    )
    return device


def checked(session: Session) -> Device:
    device = fetched(session, arrived(session))
    inspections.check(session, device, NewCheck(condition=Condition.GOOD), stamp=build.system())
    return device


def held(session: Session) -> Device:
    device = fetched(session, checked(session))
    ppid = build.a_person(session, "Ppid", at="81.02")
    custody.hold(session, device, NewHolder(person=ppid.id), stamp=build.system())
    return device


def lost(session: Session) -> Device:
    device = fetched(session, held(session))
    custody.report_loss(session, device, Loss(reason="tertinggal di kapal"), stamp=build.system())
    return device


def written_off(session: Session) -> Device:
    device = fetched(session, held(session))
    devices.retire(session, device, Retirement(reason="rusak berat", decision_no="SK 1"), stamp=build.system())
    return device


HERE_HEAD = ("81.02", Role.HEAD)
ABOVE = ("81", Role.LOGISTICS)
NATION = ("00", Role.LOGISTICS)
AUDIT = ("00", Role.AUDITOR)


@pytest.mark.parametrize(
    ("make", "who", "first"),
    [
        (in_the_store, NATION, Step.LABEL),
        (in_the_store, ("00", Role.HEAD), Step.SEND),  # who registers, prints
        (labelled, NATION, Step.SEND),
        (in_the_store, AUDIT, None),
        (sent, HERE_HEAD, Step.CONFIRM),
        (sent, NATION, Step.AWAIT),
        (sent, AUDIT, None),
        (arrived, HERE_HEAD, Step.CHECK),
        (arrived, ABOVE, Step.CHECK),
        (checked, HERE_HEAD, Step.HOLD),
        (held, HERE_HEAD, Step.CHECK),
        (lost, HERE_HEAD, Step.RECOVER),
        (lost, AUDIT, None),
        (written_off, HERE_HEAD, None),
        (written_off, NATION, None),
    ],
)
def test_the_next_step_depends_on_the_device_and_on_who_scans(
    make: Make, who: tuple[str, Role], first: Step | None, session: Session
) -> None:
    build.roster(session)
    device = fetched(session, make(session))
    stamp: Stamp = build.stamp(session, build.a_person(session, "Pemindai", at=who[0], role=who[1]))
    flags = Flags(14).of(session, [device], stamp.at)[device.id]
    steps = next_steps(device, flags, stamp)
    assert steps.first is first
    assert first not in steps.others


def test_a_label_that_was_printed_need_not_be_printed_first(session: Session) -> None:
    build.roster(session)
    device = in_the_store(session)
    stamp = build.stamp(session, build.a_person(session, role=Role.LOGISTICS))
    flags = Flags(14).of(session, [device], stamp.at)[device.id]
    assert next_steps(device, flags, stamp, has_label=True).first is Step.SEND


@pytest.mark.parametrize(
    ("make", "shown"), [(in_the_store, {"undelivered"}), (sent, {"unbooked"}), (held, {"unlabelled", "unbooked"})]
)
def test_only_what_can_be_seen_to_now_is_shown_of_a_devices_flags(
    make: Make, shown: set[str], session: Session
) -> None:
    """A device that was registered a minute ago has one: nobody can name its holder before it has arrived."""
    build.roster(session)
    device = fetched(session, make(session))
    assert set(pressing(Flags(14).of(session, [device], build.NOON)[device.id])) == shown


def test_nobody_above_is_offered_the_receivers_confirmation(session: Session) -> None:
    build.roster(session)
    device = fetched(session, sent(session))
    province = build.stamp(session, build.a_person(session, at="81", role=Role.ADMIN))
    assert Step.CONFIRM not in [next_steps(device, [], province).first, *next_steps(device, [], province).others]
