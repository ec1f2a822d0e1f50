"""Loans, former numbers, successions and clearances."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from assets_service.access.stamp import Role
from assets_service.custody.models import Clearance, FormerBooking, Loan, Shipment, Succession, SuccessionItem
from assets_service.custody.queries.holders import was_held_by
from assets_service.devices.models import Device, Presence
from assets_service.kernel.db import lock_each
from assets_service.ledger import facts
from assets_service.ledger.models import Entry
from assets_service.offices.models import Office
from assets_service.people.models import Grant, Person

ANSWERS_MAX = 500  # devices of one succession


def open_loans(session: Session, device_ids: Iterable[int]) -> dict[int, Loan]:
    """The loans under way of these devices, by device."""
    found = select(Loan).where(Loan.device_id.in_(set(device_ids)), Loan.returned_at.is_(None))
    return {loan.device_id: loan for loan in session.scalars(found.options(joinedload(Loan.lender)))}


def loans_of(session: Session, device: Device) -> list[Loan]:
    """Every loan of the device, the newest first."""
    both = joinedload(Loan.lender), joinedload(Loan.borrower)
    return list(
        session.scalars(select(Loan).where(Loan.device_id == device.id).options(*both).order_by(Loan.id.desc()))
    )


def loans_touched(session: Session, device: Device, shipment: Shipment) -> list[Loan]:
    """The device's loans that this shipment began, and have not ended, or ended."""
    began = (Loan.shipment_id == shipment.id) & Loan.returned_at.is_(None)
    ended = (Loan.return_shipment_id == shipment.id) & (Loan.shipment_id != shipment.id)
    return list(session.scalars(select(Loan).where(Loan.device_id == device.id, began | ended)))


def former_bookings(session: Session, device: Device) -> list[FormerBooking]:
    """The numbers that the device had in other books, the latest first."""
    found = select(FormerBooking).where(FormerBooking.device_id == device.id)
    return list(session.scalars(found.order_by(FormerBooking.id.desc())))


def is_head(session: Session, person: Person) -> bool:
    """Whether the person is head of their own office."""
    mine = (Grant.person_id == person.id) & (Grant.office_id == person.office_id)
    return (
        session.scalar(select(Grant.id).where(mine, Grant.role == Role.HEAD, Grant.ended_at.is_(None)).limit(1))
        is not None
    )


def answered_for(session: Session, person: Person) -> ColumnElement[bool]:
    """A clause for the devices that the person answers for: what they hold and, as their office's head, all that it has."""
    held = Device.holder_id == person.id
    is_in_use = (Device.presence != Presence.WRITTEN_OFF) & Device.withdrawn_at.is_(None)
    if not is_head(session, person):
        return held & is_in_use
    return (held | (Device.office_id == person.office_id)) & is_in_use


def devices_answered_for(session: Session, person: Person, *, lock: bool = False) -> list[Device]:
    """Those devices with their offices, in the order of their ids."""
    which = answered_for(session, person)
    if lock:
        lock_each(session, Device, which)
    found = select(Device).where(which).order_by(Device.id).limit(ANSWERS_MAX + 1)
    found = found.options(joinedload(Device.office), joinedload(Device.holder))
    return list(session.scalars(found.execution_options(populate_existing=True) if lock else found))


def successions(session: Session, office: Office, *, limit: int) -> list[Succession]:
    """The office's successions, the newest first."""
    both = joinedload(Succession.leaver), joinedload(Succession.successor), joinedload(Succession.office)
    found = select(Succession).where(Succession.office_id == office.id).options(*both)
    return list(session.scalars(found.order_by(Succession.id.desc()).limit(limit)))


def items_of(session: Session, succession: Succession) -> list[SuccessionItem]:
    """What the successor said of each device."""
    found = select(SuccessionItem).where(SuccessionItem.succession_id == succession.id).order_by(SuccessionItem.id)
    return list(session.scalars(found.options(joinedload(SuccessionItem.device))))


def clearances(session: Session, person: Person) -> list[Clearance]:
    """When the person was cleared, the latest first."""
    found = select(Clearance).where(Clearance.person_id == person.id)
    return list(session.scalars(found.order_by(Clearance.id.desc()).limit(50)))


def has_answered_since(session: Session, person: Person, at: datetime) -> bool:
    """Whether the person was named as a holder, or was head of an office, after that moment."""
    held = was_held_by(person.id).where(Entry.at > at).with_only_columns(Entry.seq).limit(1)
    headed = select(Grant.id).where(Grant.person_id == person.id, Grant.role == Role.HEAD).limit(1)
    headed = headed.where(Grant.ended_at.is_(None) | (Grant.ended_at > at))
    return session.scalar(held) is not None or session.scalar(headed) is not None


def facts_before(session: Session, code: str, kinds: Iterable[str], shipment: Shipment) -> facts.Values:
    """The device's facts as they last were at the sender, before an entry of one of these kinds told of this shipment."""
    known = facts.begun(code)
    before, wanted = dict(known), set(kinds)
    for entry in session.scalars(select(Entry).where(Entry.subject == code).order_by(Entry.subject_seq)):
        was_there = known["office"] == shipment.from_office.code
        if was_there and entry.kind in wanted and f'"shipment":"{shipment.number}"' in entry.body:
            before = dict(known)
        facts.fold_body(known, entry.body)
    return before
