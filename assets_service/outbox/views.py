"""What is shown: the answers to a batch, phones, and acts that wait for an officer."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.actions.act import Tools
from assets_service.kernel.http import Problem
from assets_service.offices.views import OfficeRef, office_ref
from assets_service.outbox.errors import KeptRefusal
from assets_service.outbox.models import ActType, HeldAct, HeldFor, Mark, Phone, Ruling, Status
from assets_service.people import queries as people
from assets_service.people.views import PersonRef, person_ref

CLOCK_TOLERANCE_S = 300

Say = Callable[[KeptRefusal], Problem]  # in the words of whoever asks


class Contacted(Struct):
    """A phone as the next act of a batch meets it."""

    id: str
    sequence: int
    hole_until: datetime | None
    is_signed_out: bool


def contacted_result(_session: Session, phone: Phone, _stamp: Stamp, _tools: Tools) -> Contacted:
    return Contacted(phone.id, phone.sequence, phone.hole_until, phone.signed_out_at is not None)


class ActionAnswer(Struct, kw_only=True):
    """What became of one act. `marks`: what was odd about it, though it was taken."""

    id: str | None
    status: Status
    ledger_seq: int | UnsetType = UNSET
    until: datetime | UnsetType = UNSET
    problem: Problem | UnsetType = UNSET
    marks: list[Mark] | UnsetType = UNSET


class BatchAnswer(Struct):
    """What became of each act, in the order in which they were sent. `empty`: the phone was signed out, and empties itself now."""

    actions: list[ActionAnswer]
    empty: bool
    key: str | None = None  # in base64: with it this phone seals its queue where it has to be carried as a file


class PhoneView(Struct):
    """A phone. `skew_s` is by how much its clock was ahead of ours; `clock_is_wrong` when that is more than five minutes."""

    id: str
    name: str
    person: PersonRef
    first_at: datetime
    contact_at: datetime
    skew_s: int | None
    clock_is_wrong: bool
    holds: int
    sequence: int
    hole_until: datetime | None
    signed_out_at: datetime | None


def phone_view(phone: Phone) -> PhoneView:
    person = person_ref(phone.person)
    assert person, "a phone is somebody's"
    return PhoneView(
        id=phone.id,
        name=phone.name,
        person=person,
        first_at=phone.first_at,
        contact_at=phone.contact_at,
        skew_s=phone.skew_s,
        clock_is_wrong=abs(phone.skew_s or 0) > CLOCK_TOLERANCE_S,
        holds=phone.holds,
        sequence=phone.sequence,
        hole_until=phone.hole_until,
        signed_out_at=phone.signed_out_at,
    )


class SettlementView(Struct):
    """How it ended, by whom and why."""

    outcome: Ruling
    reason: str
    at: datetime
    by: PersonRef | None
    ledger_seq: int | None


class ConflictView(Struct):
    """An act that waits for an officer: `payload` is what the phone's person did, `stood` how the thing stood when it came in."""

    id: int
    action: str
    held_for: HeldFor
    type: ActType
    person: PersonRef
    office: OfficeRef
    device: str | None
    shipment: int | None
    payload: dict[str, Any]
    changed: list[str]
    stood: dict[str, Any]
    why: str
    observed_at: datetime
    seen_at: datetime
    received_at: datetime
    settlement: SettlementView | None


def conflict_views(session: Session, each: Sequence[HeldAct], say: Say) -> list[ConflictView]:
    names = people.names(session, [held.settled_by_id for held in each])

    def by(held: HeldAct) -> PersonRef | None:
        if held.settled_by_id is None or held.settled_at is None:
            return None
        return PersonRef(held.settled_by_id, names.then(f"person/{held.settled_by_id}", held.settled_at) or "–")

    return [conflict_view(held, by(held), say) for held in each]


def conflict_view(held: HeldAct, by: PersonRef | None, say: Say) -> ConflictView:
    person = person_ref(held.person)
    assert person, "an act is somebody's"
    settlement = None
    if held.ruling and held.settled_at:
        settlement = SettlementView(held.ruling, held.reason or "", held.settled_at, by, held.ledger_seq)
    return ConflictView(
        id=held.id,
        action=held.action_id,
        held_for=held.held_for,
        type=held.type,
        person=person,
        office=office_ref(held.office),
        device=held.device.code if held.device else None,
        shipment=held.shipment_id,
        payload=held.ask,
        changed=held.changed,
        stood=held.stood,
        why=say(msgspec.json.decode(held.why or "{}", type=KeptRefusal)).detail,
        observed_at=held.claimed_at,
        seen_at=held.seen_at,
        received_at=held.at,
        settlement=settlement,
    )


class Decided(Struct):
    """Which act was settled; the face shows it as it is then."""

    id: int


def decided_result(_session: Session, held: HeldAct, _stamp: Stamp, _tools: Tools) -> Decided:
    return Decided(held.id)
