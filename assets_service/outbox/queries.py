"""Every select of the offline door: phones, answers, what waits for an officer, and the rights that somebody had."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import BigInteger, Select, cast, false, func, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from assets_service.access.stamp import ADMINS, REGISTRARS, WRITERS, Right, Stamp
from assets_service.custody.models import LineState, Shipment, ShipmentLine, ShipmentState
from assets_service.devices import queries as devices
from assets_service.devices.identifiers import read_code
from assets_service.devices.models import Device, LabelCode, Presence
from assets_service.kernel.db import lock_row
from assets_service.labelling.models import PrintedLabel, PrintRun, RunState
from assets_service.ledger import queries as ledger
from assets_service.ledger.models import Entry
from assets_service.offices.models import Office
from assets_service.offices.queries import ids_in_scope, narrowed
from assets_service.outbox.errors import NoSuchConflict, NoSuchPhone
from assets_service.outbox.models import HandedAct, HeldAct, Phone
from assets_service.people.models import Grant, Person

# ---- phones -------------------------------------------------------------------------------------------------------


def phones_visible_to(stamp: Stamp) -> Select[Phone]:
    """A select of one's own phones, and of those of persons whose office one administers."""
    administered = Person.office_id.in_(ids_in_scope(stamp, *ADMINS))
    mine = Phone.person_id == (stamp.actor_id or 0)
    return select(Phone).join(Phone.person).where(or_(mine, administered) if stamp.has(*ADMINS) else mine)


def listed_phones(
    session: Session, stamp: Stamp, *, beyond: tuple[datetime, str] | None, limit: int
) -> tuple[list[Phone], int]:
    """Up to `limit + 1` phones, the one last heard of first, and how many there are."""
    found = phones_visible_to(stamp)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    if beyond:
        at, after = beyond
        found = found.where(or_(Phone.contact_at < at, (Phone.contact_at == at) & (Phone.id > after)))
    found = found.options(joinedload(Phone.person)).order_by(Phone.contact_at.desc(), Phone.id).limit(limit + 1)
    return list(session.scalars(found)), total


def locked_phone(session: Session, phone_id: str, stamp: Stamp) -> Phone:
    """The phone to be changed. Raises `NoSuchPhone`, also for one that is nobody's business of the stamp."""
    phone = session.scalar(phones_visible_to(stamp).where(Phone.id == phone_id).options(joinedload(Phone.person)))
    if phone is None:
        raise NoSuchPhone
    lock_row(session, phone)
    return phone


def phone_to_hand_in_for(session: Session, phone_id: str, person_id: int, stamp: Stamp) -> Phone:
    """The phone whose file the stamp may hand in: its own, or of somebody of an office in its care. Raises `NoSuchPhone`."""
    in_care = Person.office_id.in_(ids_in_scope(stamp, *REGISTRARS)) if stamp.has(*REGISTRARS) else false()
    mine = Phone.person_id == (stamp.actor_id or 0)
    found = select(Phone).join(Phone.person).where(Phone.id == phone_id, Phone.person_id == person_id)
    phone = session.scalar(found.where(or_(mine, in_care)).options(joinedload(Phone.person)))
    if phone is None:
        raise NoSuchPhone
    return phone


def locked_phone_of_file(session: Session, phone_id: str, _stamp: Stamp) -> Phone:
    """The phone whose file was taken just now, by whoever was allowed to."""
    phone = session.get_one(Phone, phone_id)
    lock_row(session, phone)
    return phone


def how_many_phones(session: Session, person_id: int) -> int:
    in_use = (Phone.person_id == person_id) & Phone.signed_out_at.is_(None)
    return session.scalar(select(func.count()).select_from(Phone).where(in_use)) or 0


# ---- what was handed in -------------------------------------------------------------------------------------------


def handed(session: Session, action_ids: Sequence[str]) -> dict[str, HandedAct]:
    """Those of the acts that were handed in before, whoever did."""
    return {row.id: row for row in session.scalars(select(HandedAct).where(HandedAct.id.in_(action_ids)))}


def handed_in_by(session: Session, phone_id: str, action_ids: Sequence[str]) -> set[str]:
    """Those of the acts that this phone handed in: its person knew of them, though its list did not."""
    mine = (HandedAct.phone_id == phone_id) & HandedAct.id.in_(action_ids)
    return set(session.scalars(select(HandedAct.id).where(mine)))


def is_place_taken(session: Session, phone_id: str, sequence: int) -> bool:
    """Whether the phone has handed an act in under this number."""
    there = (HandedAct.phone_id == phone_id) & (HandedAct.sequence == sequence)
    return session.scalar(select(HandedAct.id).where(there).limit(1)) is not None


def last_entry_of(session: Session, action_id: str) -> int | None:
    """The number of the last entry that the act wrote; None when it wrote none."""
    return session.scalar(select(func.max(Entry.seq)).where(Entry.action_id == action_id))


# ---- what waits for an officer ------------------------------------------------------------------------------------


def held_of(session: Session, action_ids: Sequence[str]) -> dict[str, HeldAct]:
    return {row.action_id: row for row in session.scalars(select(HeldAct).where(HeldAct.action_id.in_(action_ids)))}


def conflicts_visible_to(stamp: Stamp, *, is_open: bool | None = None) -> Select[HeldAct]:
    """A select of the acts that wait, or waited, at offices in scope."""
    found = narrowed(select(HeldAct), stamp, HeldAct.office_id)
    if is_open is None:
        return found
    return found.where(HeldAct.settled_at.is_(None) if is_open else HeldAct.settled_at.is_not(None))


def open_conflicts(session: Session) -> list[HeldAct]:
    """Every act that waits for an officer, of all offices."""
    return list(session.scalars(select(HeldAct).where(HeldAct.settled_at.is_(None))))


def listed_conflicts(
    session: Session, found: Select[HeldAct], *, beyond: int | None, limit: int
) -> tuple[list[HeldAct], int]:
    """Up to `limit + 1` of them, the newest first, and how many there are."""
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    if beyond is not None:
        found = found.where(HeldAct.id < beyond)
    found = found.options(*_WITH_BOTH_SIDES).order_by(HeldAct.id.desc()).limit(limit + 1)
    return list(session.scalars(found)), total


def locked_conflict(session: Session, conflict_id: int, stamp: Stamp) -> HeldAct:
    """The act that waits, to be settled. Raises `NoSuchConflict`."""
    found = conflicts_visible_to(stamp).where(HeldAct.id == conflict_id).options(*_WITH_BOTH_SIDES)
    held = session.scalar(found)
    if held is None:
        raise NoSuchConflict
    lock_row(session, held)
    return held


def conflict(session: Session, conflict_id: int) -> HeldAct:
    """An act that waited, to whoever has just settled it."""
    return session.scalars(select(HeldAct).where(HeldAct.id == conflict_id).options(*_WITH_BOTH_SIDES)).one()


_WITH_BOTH_SIDES = (joinedload(HeldAct.office), joinedload(HeldAct.person), joinedload(HeldAct.device))

# ---- rights, then -------------------------------------------------------------------------------------------------


def ever_wrote(session: Session, person_id: int) -> bool:
    """Whether the person ever had a right to write anywhere."""
    given = (Grant.person_id == person_id) & Grant.role.in_(WRITERS)
    return session.scalar(select(Grant.id).where(given).limit(1)) is not None


def rights_at(session: Session, person_id: int, at: datetime) -> tuple[Right, ...]:
    """The rights that the person had at that moment."""
    then = (Grant.granted_at <= at) & or_(Grant.ended_at.is_(None), Grant.ended_at > at)
    found = select(Grant.role, Office.path).join(Office, Office.id == Grant.office_id)
    return tuple(Right(role, path) for role, path in session.execute(found.where(Grant.person_id == person_id, then)))


def any_device(session: Session, code: str) -> Device | None:
    """The device with this label's code, whoever may see it: only to find out who could."""
    label = read_code(code)
    if label is None:
        return None
    claimed = select(LabelCode.device_id).where(LabelCode.code == label.code).scalar_subquery()
    found = select(Device).where(or_(Device.code == label.code, Device.id == claimed), Device.withdrawn_at.is_(None))
    return session.scalar(found.options(joinedload(Device.office), joinedload(Device.bound_for)).limit(1))


def any_shipment(session: Session, shipment_id: int) -> Shipment | None:
    found = select(Shipment).where(Shipment.id == shipment_id)
    lines = selectinload(Shipment.lines).joinedload(ShipmentLine.device)
    return session.scalar(found.options(joinedload(Shipment.to_office), lines))


def office_then(session: Session, device: Device, at: datetime) -> str | None:
    """The path of the office that answered for the device at that moment."""
    end = ledger.end_of(session, device.code, at)
    code = msgspec.json.decode(end.facts)["office"] if end else None
    return session.scalar(select(Office.path).where(Office.code == code)) if code else None


# ---- the pocket list ----------------------------------------------------------------------------------------------


class Bound(NamedTuple):
    """The shipment that a device is on its way with."""

    shipment_id: int
    created_at: datetime
    version: int


def devices_in_pocket(session: Session, stamp: Stamp) -> list[Device]:
    """Every device that the stamp may see and that is in use, with its offices and its holder."""
    return list(session.scalars(devices.whole(_carried(stamp).order_by(Device.id))))


def _carried(stamp: Stamp) -> Select[Device]:
    return devices.visible_to(stamp).where(Device.presence != Presence.WRITTEN_OFF)


def bound_in_pocket(session: Session, stamp: Stamp) -> dict[int, Bound]:
    """By the device's number: what it is on its way with."""
    found = (
        select(ShipmentLine.device_id, Shipment.id, Shipment.created_at, Shipment.version)
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(ShipmentLine.state == LineState.OPEN, Shipment.state == ShipmentState.SENT)
    )
    rows = session.execute(narrowed(found, stamp, Shipment.from_id, Shipment.to_id))
    return {device_id: Bound(number, created_at, version) for device_id, number, created_at, version in rows}


def labels_in_pocket(session: Session, stamp: Stamp) -> dict[int, list[str]]:
    """By the device's number: the codes of labels that were claimed for it, beside its own."""
    found = select(Device.id, LabelCode.code).join(LabelCode, LabelCode.device_id == Device.id)
    found = found.where(LabelCode.code != Device.code, devices.IS_REGISTERED).order_by(LabelCode.code)
    claimed: dict[int, list[str]] = {}
    for device_id, code in session.execute(narrowed(found, stamp, Device.office_id, Device.bound_for_id)):
        claimed.setdefault(device_id, []).append(code)
    return claimed


def labelled_in_pocket(session: Session, stamp: Stamp) -> set[int]:
    """The devices for which a label was asked for, for those who could print one."""
    if not stamp.has(*REGISTRARS):
        return set()
    asked = select(PrintedLabel.device_id).join(PrintRun, PrintRun.id == PrintedLabel.run_id)
    given_up = PrintRun.state.in_((RunState.CANCELLED, RunState.FAILED))
    return {number for number in session.scalars(asked.where(PrintedLabel.device_id.is_not(None), ~given_up)) if number}


def colleagues(session: Session, stamp: Stamp) -> list[Person]:
    """Everybody active of the very offices at which the stamp may write: who could hold a device there."""
    paths = [right.path for right in stamp.rights if right.role in WRITERS]
    there = select(Office.id).where(Office.path.in_(paths))
    found = select(Person).where(Person.office_id.in_(there), Person.is_active)
    return list(session.scalars(found.options(joinedload(Person.office).load_only(Office.code))))


def counts_of_pocket(session: Session, stamp: Stamp) -> list[int]:
    """Numbers of which one at least is another whenever anything of the stamp's list has changed; one select."""
    carried = _carried(stamp).with_only_columns(*_counted(Device)).subquery()
    on_their_way = select(*_counted(Shipment)).where(Shipment.state == ShipmentState.SENT)
    shipped = narrowed(on_their_way, stamp, Shipment.from_id, Shipment.to_id).subquery()
    whole: list[Any] = [
        select(func.coalesce(func.sum(Office.version), 0)).scalar_subquery(),
        select(func.coalesce(func.sum(Person.version), 0)).scalar_subquery(),
        select(func.count()).select_from(Person).scalar_subquery(),
        select(func.count(LabelCode.claimed_at)).scalar_subquery(),
    ]
    if stamp.has(*REGISTRARS):
        given_up = PrintRun.state.in_((RunState.CANCELLED, RunState.FAILED))
        whole += [
            select(func.coalesce(func.max(PrintedLabel.id), 0)).scalar_subquery(),
            select(func.count()).select_from(PrintRun).where(given_up).scalar_subquery(),
        ]
    found = select(*carried.c, *shipped.c, *whole).select_from(carried.join(shipped, true()))
    row = session.execute(found).one()
    return [int(number) for number in row]


def _counted(kind: type[Device] | type[Shipment]) -> list[Any]:
    """How many rows, their versions, and which versions are whose."""
    weighed = cast(kind.id, BigInteger) * kind.version
    sums = (func.sum(kind.version), func.sum(weighed), func.sum(kind.id))
    return [
        func.count(kind.id).label("rows_"),
        *(func.coalesce(each, 0).label(f"sum{n}_") for n, each in enumerate(sums)),
    ]
