"""What a real fleet also shows: a parcel not opened yet, a difference settled, a loan past its day, a succession, a correction."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import structs
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_service.access.stamp import Right, Role, Stamp
from assets_service.custody import commands as custody
from assets_service.custody import queries
from assets_service.custody.asks import (
    NewArrival,
    NewReceipt,
    NewSettlement,
    NewShipment,
    NewSuccession,
    NewTrackingNote,
    ReceiptCorrection,
    ReceiptLine,
    SuccessionLine,
)
from assets_service.custody.models import (
    Cause,
    Difference,
    DifferenceKind,
    Movement,
    Outcome,
    ReceiptItem,
    Settlement,
    Shipment,
    ShipmentState,
)
from assets_service.demo.making import Making
from assets_service.devices.models import Condition, Device, Presence
from assets_service.offices.models import NATIONAL, Office
from assets_service.people import commands as people
from assets_service.people import queries as persons
from assets_service.people.asks import NewPerson
from assets_service.people.models import Grant, Person

PARCELS = 4  # that lie unopened at their receivers


def tell(making: Making, session: Session) -> None:
    """Let each of these happen to a few offices."""
    _parcels_arrive(making, session)
    _differences_are_settled(making, session)
    _a_receipt_is_corrected(making, session)
    _a_loan_runs_over(making, session)
    _an_officer_leaves(making, session)


def _officer(making: Making, session: Session, at: datetime) -> Stamp:
    """The national administrator, who neither packed, sent nor received anything."""
    admin = persons.by_username(session, "admin")
    assert admin, "the demonstration has its four persons"
    rights = (Right(Role.ADMIN, f"/{NATIONAL}/"),)
    return structs.replace(making.stamp(at), actor_id=admin.id, account="admin", rights=rights)


def _head(session: Session, place: Office) -> Person:
    found = select(Person).join(Grant, Grant.person_id == Person.id)
    heads = found.where(Grant.office_id == place.id, Grant.role == Role.HEAD, Grant.ended_at.is_(None))
    return session.scalars(heads.order_by(Person.id).limit(1)).one()


def _shipments(session: Session, state: ShipmentState) -> Sequence[int]:
    return session.scalars(
        select(Shipment.id).where(Shipment.state == state).order_by(Shipment.sent_at, Shipment.id)
    ).all()


def _parcels_arrive(making: Making, session: Session) -> None:
    """The parcels that were sent longest ago have come, and nobody has opened them; of another one only a word was heard."""
    waiting = _shipments(session, ShipmentState.SENT)
    for number, shipment_id in enumerate(waiting[:PARCELS]):
        box = queries.locked(session, shipment_id, making.system)
        stamp = making.acting(_head(session, box.to_office), box.to_office, making.ago(days=1 + 2 * number))
        ask = NewArrival(seal_intact=number != 1, brought_by="Kurir", note="Segel terbuka" if number == 1 else None)
        custody.arrive(session, box, ask, stamp=stamp)
    for shipment_id in waiting[PARCELS : PARCELS + 1]:
        box = queries.locked(session, shipment_id, making.system)
        heard = NewTrackingNote(note="Kurir: paket tertahan cuaca buruk")
        custody.note(session, box, heard, stamp=making.stamp(making.ago(days=1)))


def _differences_are_settled(making: Making, session: Session) -> None:
    """The first of each kind; the others still wait."""
    ends = {
        DifferenceKind.SHORT: (Settlement.FOUND, "not_packed"),
        DifferenceKind.DECLINED: (Settlement.RETURNED, "damaged_on_the_way"),
        DifferenceKind.DAMAGED: (Settlement.ACCEPTED, "damaged_on_the_way"),
    }
    stamp = _officer(making, session, making.ago(days=20))
    for kind, (outcome, reason) in ends.items():
        first = select(Difference.id).where(Difference.kind == kind).order_by(Difference.id).limit(1)
        if found := session.scalar(first):
            ask = NewSettlement(outcome=outcome, reason=reason, note="Sesuai keterangan kedua pihak")
            custody.settle(session, queries.locked_difference(session, found, stamp), ask, stamp=stamp)


def _a_receipt_is_corrected(making: Making, session: Session) -> None:
    """A device said to be damaged was only dusty."""
    stamp = _officer(making, session, making.ago(days=15))
    found = (
        select(ReceiptItem)
        .join(
            Difference,
            (Difference.receipt_id == ReceiptItem.receipt_id) & (Difference.device_id == ReceiptItem.device_id),
        )
        .join(Device, Device.id == ReceiptItem.device_id)
        .where(Difference.kind == DifferenceKind.DAMAGED, Difference.settled_at.is_(None))
        .where(Device.presence == Presence.PRESENT)
    )
    for item in session.scalars(found.order_by(ReceiptItem.id).limit(1)):
        code = session.get_one(Device, item.device_id).code
        line = ReceiptLine(device=code, outcome=Outcome.RECEIVED, condition=Condition.GOOD)
        ask = ReceiptCorrection(reason="Hanya kotor, bukan tergores", lines=[line])
        mistaken = queries.locked_receipt(session, item.receipt_id, stamp)
        custody.correct_receipt(session, mistaken, ask, stamp=stamp)


def _kept(session: Session, made_before: datetime) -> Sequence[Device]:
    """Devices that have been at their offices for long, with a holder."""
    found = select(Device).where(Device.presence == Presence.PRESENT, Device.holder_id.is_not(None))
    long_there = Device.received_at < made_before
    return session.scalars(
        found.where(long_there, ~Device.office_id.in_(select(Office.id).where(Office.code == NATIONAL)))
        .order_by(Device.id)
        .limit(40)
    ).all()


def _a_loan_runs_over(making: Making, session: Session) -> None:
    """A regency lent its tablet to the province for a month, which is over."""
    lent = next(device for device in _kept(session, making.ago(days=200)) if _level(session, device) != "provinsi")
    home = session.get_one(Office, lent.office_id)
    above = session.get_one(Office, home.parent_id)
    sent = making.ago(days=45)
    ask = NewShipment(
        to_office=above.code,
        from_office=home.code,
        devices=[lent.code],
        movement=Movement.LOAN,
        return_on=(sent + timedelta(days=30)).date(),
        purpose="Dukungan rapat koordinasi",
        send=True,
    )
    box = custody.create(session, ask, stamp=making.acting(_head(session, home), home, sent))
    seen = NewReceipt(lines=[ReceiptLine(device=lent.code, outcome=Outcome.RECEIVED)])
    custody.receive(session, box, seen, stamp=making.acting(_head(session, above), above, sent + timedelta(days=2)))


def _level(session: Session, device: Device) -> str:
    return str(session.get_one(Office, device.office_id).level)


def _an_officer_leaves(making: Making, session: Session) -> None:
    """The PPID officer of one office moved away; who follows has confirmed each device."""
    at = making.ago(days=9)
    held = _kept(session, making.ago(days=200))[-1]
    place = session.get_one(Office, held.office_id)
    leaver = session.get_one(Person, held.holder_id)
    follower = people.add(
        session, NewPerson(name="Nur Halimah", title="Petugas PPID", office=place.code), stamp=making.stamp(at)
    )
    lines = [SuccessionLine(device=device.code) for device in queries.devices_answered_for(session, leaver)]
    ask = NewSuccession(leaver=leaver.id, successor=follower.id, cause=Cause.MOVED, lines=lines)
    custody.succeed(session, place, ask, stamp=making.acting(_head(session, place), place, at))
