"""Every select of exports: columns, not objects, streamed, so that a hundred thousand rows need the memory of one batch.

Close a streamed result that is not read to its end: on PostgreSQL it is a cursor in the server.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Result, Select, String, cast, func, or_, select
from sqlalchemy.orm import Session

from assets_service.custody.models import ARRIVED, Shipment, ShipmentLine
from assets_service.devices.models import Device
from assets_service.devices.queries import Flagging, visible_to
from assets_service.flags.queries import Flag
from assets_service.ledger.models import Entry
from assets_service.ledger.stamp import Stamp
from assets_service.offices.models import Office
from assets_service.offices.queries import in_scope, sees_all, within
from assets_service.people.models import Person
from assets_service.people.queries import visible_to as persons_visible_to

BATCH = 1000
LAST = 2**62  # the place of a device that the ledger knows and the register does not


class Place(Struct, frozen=True):
    """What an inventory says of an office."""

    code: str
    name: str
    path: str
    timezone: str


def places(session: Session) -> dict[int, Place]:
    rows = session.execute(select(Office.id, Office.code, Office.office_name, Office.path, Office.timezone))
    return {id_: Place(*place) for id_, *place in rows}


def holders(session: Session) -> dict[int, str]:
    return {id_: name for id_, name in session.execute(select(Person.id, Person.name))}  # noqa: C416 - a Row is no pair to dict()


def inventory(
    session: Session, stamp: Stamp, under: Office | None, flagging: Flagging, at: datetime
) -> Result[*tuple[Any, ...]]:
    """The register as it is: office by office in the order of the tree, inside an office in the order of registration."""
    flags = [flagging.clause(flag, at).label(flag.value) for flag in Flag]
    arrived = (
        select(func.max(ShipmentLine.id).label("line_id"), ShipmentLine.device_id)
        .where(ShipmentLine.state.in_(ARRIVED))
        .group_by(ShipmentLine.device_id)
        .subquery()
    )
    found = (
        _register(stamp, under)
        .join(Office, Office.id == Device.office_id)
        .outerjoin(arrived, arrived.c.device_id == Device.id)
        .outerjoin(ShipmentLine, ShipmentLine.id == arrived.c.line_id)
        .outerjoin(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .order_by(Office.path, Device.id)
    )
    columns = found.with_only_columns(
        Device.code, Device.kind, Device.brand, Device.model, Device.serial, Device.imei1, Device.imei2,
        Device.kode_barang, Device.nup, Device.uakpb, Device.acquired_on, Device.value, Device.programme, Device.note,
        Device.condition, Device.presence, Device.office_id, Device.bound_for_id, Device.holder_id,
        Device.sent_at, Device.received_at, Device.last_checked_on, Device.check_due_on,
        Shipment.id, Shipment.created_at, ShipmentLine.closed_by_id, *flags,
    )  # fmt: skip
    return session.execute(columns.execution_options(yield_per=BATCH))


def count(session: Session, stamp: Stamp, under: Office | None) -> int:
    found = _register(stamp, under)
    return session.scalar(select(func.count()).select_from(found.with_only_columns(Device.id).subquery())) or 0


def _register(stamp: Stamp, under: Office | None) -> Select[Device]:
    found = visible_to(stamp)
    return found if under is None else found.where(Device.office_id.in_(select(Office.id).where(within(under.path))))


def told_until(session: Session, until: datetime) -> Result[str, int | None, str, str, int | None]:
    """What the ledger said of devices by then: (code, place in the register, body, kind, whose act), chain by chain, oldest first.

    The register gives only the order of rows; a device it does not know any more is told last.
    """
    entries = (
        select(Entry.subject, Device.id, Entry.body, Entry.kind, Entry.actor_id)
        .outerjoin(Device, Device.code == Entry.subject)
        .where(Entry.at <= until, Entry.subject.not_like("%/%"))
        .order_by(Entry.subject, Entry.subject_seq)
    )
    return session.execute(entries.execution_options(yield_per=BATCH))


def ledger(session: Session, stamp: Stamp) -> Result[*tuple[Any, ...]]:
    """Whole chains, each oldest first: all of them for the whole country, else those of what is in scope."""
    entries = _in_scope(select(
        Entry.seq, Entry.subject, Entry.subject_seq, Entry.kind, Entry.at, Entry.claimed_at, Entry.actor, Entry.door,
        Entry.action_id, Entry.body, Entry.prev_hash, Entry.hash,
    ), stamp).order_by(Entry.subject, Entry.subject_seq)  # fmt: skip
    return session.execute(entries.execution_options(yield_per=BATCH))


def ledger_count(session: Session, stamp: Stamp) -> int:
    return session.scalar(_in_scope(select(func.count(Entry.seq)), stamp)) or 0


def newest(session: Session, stamp: Stamp, *, before: int | None, limit: int) -> list[Entry]:
    """Entries in scope, newest first, one more than `limit` when there are more."""
    found = _in_scope(select(Entry), stamp).order_by(Entry.seq.desc()).limit(limit + 1)
    return list(session.scalars(found.where(Entry.seq < before) if before else found))


def _in_scope(found: Select[*tuple[Any, ...]], stamp: Stamp) -> Select[*tuple[Any, ...]]:
    if sees_all(stamp):
        return found
    persons = persons_visible_to(stamp).with_only_columns(Person.id).subquery()
    person_subjects = select("person/" + cast(persons.c.id, String))
    return found.where(
        or_(
            Entry.subject.in_(visible_to(stamp).with_only_columns(Device.code)),
            Entry.subject.in_(select("office/" + Office.code).where(in_scope(stamp))),
            Entry.subject.in_(person_subjects),
        )
    )
