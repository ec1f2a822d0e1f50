"""Every write of the offline door: what is known of phones, the answers they were given, and what an officer decides."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct, structs
from sqlalchemy import case, update
from sqlalchemy.orm import Session

from assets_service.access.stamp import WRITERS, Door, Stamp
from assets_service.actions import commands as actions
from assets_service.actions.act import Tools
from assets_service.custody.models import Shipment
from assets_service.devices.models import Device
from assets_service.kernel import rows
from assets_service.kernel.db import lock_row
from assets_service.kernel.errors import Forbidden, Refusal
from assets_service.ledger.commands import record
from assets_service.outbox import queries
from assets_service.outbox.asks import SCHEMA, SCHEMAS_BEHIND, Contact, HandedFile, NewRuling, QueuedAct
from assets_service.outbox.changes import stood
from assets_service.outbox.errors import (
    ConflictSettled,
    NoSuchPhone,
    OwnAct,
    SchemaTooNew,
    SchemaTooOld,
    TooManyPhones,
    kept,
)
from assets_service.outbox.events import FileHandedIn, PhoneAdded, PhoneSignedOut, Settled
from assets_service.outbox.kinds import KINDS, photos_in
from assets_service.outbox.models import Answer, HandedAct, HeldAct, HeldFor, Phone, Ruling
from assets_service.people import queries as people
from assets_service.photos.models import Photo

PHONES_MAX = 20  # in use, of one person
HOLE_WAIT = timedelta(minutes=15)  # a few tries of a phone on a poor line; longer would hold back what was done after
NAME = "–"

# ---- phones -------------------------------------------------------------------------------------------------------


def contact(session: Session, ask: Contact, *, stamp: Stamp) -> Phone:
    """Know the phone that speaks, from its first contact on, and what it says of itself.

    Raises `SchemaTooOld`, `SchemaTooNew`, `TooManyPhones`; `NoSuchPhone` for one that is another's; `Forbidden` for somebody who never could write.
    """
    if ask.schema < max(1, SCHEMA - SCHEMAS_BEHIND):
        raise SchemaTooOld
    if ask.schema > SCHEMA:
        raise SchemaTooNew
    person_id = stamp.actor_id or 0
    if not stamp.has(*WRITERS) and not queries.ever_wrote(session, person_id):
        raise Forbidden
    phone = session.get(Phone, ask.phone)
    if phone is None:
        return _new_phone(session, ask, person_id, stamp)
    if phone.person_id != person_id:
        raise NoSuchPhone
    lock_row(session, phone)
    phone.contact_at = max(phone.contact_at, stamp.at)
    phone.name = ask.name or phone.name
    phone.skew_s = ask.skew_s if ask.skew_s is not None else phone.skew_s
    phone.holds = ask.holds if ask.holds is not None else phone.holds
    session.flush()
    return phone


def _new_phone(session: Session, ask: Contact, person_id: int, stamp: Stamp) -> Phone:
    if queries.how_many_phones(session, person_id) >= PHONES_MAX:
        raise TooManyPhones(it=PHONES_MAX)
    phone = Phone(
        id=ask.phone,
        person_id=person_id,
        name=ask.name or NAME,
        first_at=stamp.at,
        contact_at=stamp.at,
        skew_s=ask.skew_s,
        holds=ask.holds or 0,
        sequence=0,
    )
    session.add(phone)
    session.flush()
    record(session, PhoneAdded(phone=phone.id), subject=f"person/{person_id}", stamp=stamp)
    return phone


def sign_out(session: Session, phone: Phone, *, stamp: Stamp) -> None:
    """Let the phone empty itself at its next contact, once its acts are handed in. Doing so again changes nothing."""
    if phone.signed_out_at:
        return
    phone.signed_out_at, phone.signed_out_by_id = stamp.at, stamp.actor_id
    record(session, PhoneSignedOut(phone=phone.id), subject=f"person/{phone.person_id}", stamp=stamp)


def hand_in_file(session: Session, phone: Phone, ask: HandedFile, *, stamp: Stamp) -> None:
    """Tell who handed a phone's file in; what was in it tells itself, act by act."""
    told = FileHandedIn(phone=phone.id, acts=ask.acts, file_sha256=ask.sha256)
    record(session, told, subject=f"person/{phone.person_id}", stamp=stamp)


def wait_for_hole(session: Session, phone_id: str, sequence: int, *, at: datetime) -> Phone:
    """Begin to wait for what is missing before this act, unless that has begun already, or it came meanwhile."""
    phone = session.get_one(Phone, phone_id)
    lock_row(session, phone)
    if sequence > phone.sequence + 1:
        phone.hole_until = phone.hole_until or at + HOLE_WAIT
    return phone


# ---- answers ------------------------------------------------------------------------------------------------------


class Handed(Struct, frozen=True):
    """One act as a phone handed it in: whose, which, in which place, and what it stands for."""

    phone_id: str
    person_id: int
    id: str
    sequence: int
    content_hash: str


def keep_answer(session: Session, act: Handed, answer: Answer, *, at: datetime) -> None:
    """Keep what became of the act, which the phone need not hold any more; the phone's order goes on behind it."""
    values = structs.asdict(act) | {"answer": msgspec.json.encode(answer).decode(), "at": at}
    rows.add_once(session, HandedAct, values)
    behind = Phone.sequence < act.sequence
    session.execute(
        update(Phone)
        .where(Phone.id == act.phone_id)
        .values(
            sequence=case((behind, act.sequence), else_=Phone.sequence),
            hole_until=case((behind, None), else_=Phone.hole_until),
            holds=case((Phone.holds > 0, Phone.holds - 1), else_=0),
        )
        .execution_options(synchronize_session=False)
    )


class Against(Struct, frozen=True):
    """What stands against an act: the thing as it was found, which may be gone from the session by the time that it is kept."""

    office_id: int
    device_id: int | None
    shipment_id: int | None
    stood: dict[str, Any]


def against(target: Device | Shipment) -> Against:
    if isinstance(target, Device):
        return Against(target.office_id, target.id, None, stood(target))
    return Against(target.to_id, None, target.id, stood(target))


def hold_back(
    session: Session,
    act: Handed,
    queued: QueuedAct,
    ask: Struct,
    other_side: Against,
    refusal: Refusal,
    *,
    held_for: HeldFor,
    changed: list[str],
    stamp: Stamp,
) -> None:
    """Keep an act that an officer has to decide about, with both sides."""
    values = structs.asdict(other_side) | {
        "action_id": act.id,
        "phone_id": act.phone_id,
        "person_id": act.person_id,
        "held_for": held_for,
        "type": queued.type,
        "ask": msgspec.to_builtins(ask),
        "changed": changed,
        "why": msgspec.json.encode(kept(refusal)).decode(),
        "claimed_at": queued.observed_at,
        "seen_at": stamp.seen_at,
        "at": stamp.at,
    }
    rows.add_once(session, HeldAct, values)


def spare_photos(session: Session, *, at: datetime) -> None:
    """Let the photos of acts that wait for an officer wait with them, however long that takes."""
    for held in queries.open_conflicts(session):
        names = photos_in(held.ask)
        if names:
            own = (Photo.person_id == held.person_id) & Photo.hash.in_(names) & Photo.attached_at.is_(None)
            session.execute(update(Photo).where(own).values(uploaded_at=at))


# ---- settling -----------------------------------------------------------------------------------------------------


def with_tools(_ask: NewRuling, _stamp: Stamp, tools: Tools) -> Tools:
    """What the result of the act that is carried out may need of the installation."""
    return tools


def settle(session: Session, held: HeldAct, ask: NewRuling, tools: Tools, *, stamp: Stamp) -> None:
    """Carry the act out now, or say that it is not done. Whoever did it without network does not decide about it.

    Raises `Forbidden`, `OwnAct`, `ConflictSettled`, and whatever the act refuses now.
    """
    if not stamp.may(held.office.path, *WRITERS):
        raise Forbidden
    if held.person_id == stamp.actor_id:
        raise OwnAct
    if held.settled_at:
        raise ConflictSettled(**people.who_and_when(session, held.settled_by_id, held.settled_at, held.office.timezone))
    if ask.outcome is Ruling.APPLIED:
        held.ledger_seq = _carried_out(session, held, tools, stamp)
    held.ruling, held.reason = ask.outcome, ask.reason
    held.settled_at, held.settled_by_id = stamp.at, stamp.actor_id
    told = Settled(act=held.type, action=held.action_id, person=held.person_id, ruling=ask.outcome, reason=ask.reason)
    record(session, told, subject=_subject(held), stamp=stamp)


def _carried_out(session: Session, held: HeldAct, tools: Tools, stamp: Stamp) -> int | None:
    """Do the act as its person, who was there, by the rights of whoever decides; the number of its last entry.

    So the rights of this moment judge it, and what it leaves names who saw and received; the decision is an entry of its own.
    """
    acting = Stamp(
        actor_id=held.person_id,
        account=held.person.username or NAME,
        rights=stamp.rights,
        at=stamp.at,
        door=Door.OUTBOX,
        action_id=held.action_id,
        claimed_at=held.claimed_at,
        seen_at=held.seen_at,
    )
    act = KINDS[held.type].act
    act.who.check(acting)
    asked: type[Struct] | None = act.ask
    assert asked, "every act that is done without network asks something"
    assert act.on, "and is on something"
    ask = msgspec.convert(held.ask, asked)
    key = held.device.code if held.device else held.shipment_id
    if actions.claim(session, acting, act.name, act.content_hash((key,), ask)) is None:
        target = act.on(session, key, acting)
        made = act.command(session, target, ask, stamp=acting)
        result = act.result(session, target if made is None else made, acting, tools)
        actions.keep(session, acting, msgspec.json.encode(result))
    return queries.last_entry_of(session, held.action_id)


def _subject(held: HeldAct) -> str:
    return held.device.code if held.device else f"shipment/{held.shipment_id}"
