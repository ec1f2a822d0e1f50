"""Every select of exports: columns, not objects, streamed, so that a hundred thousand rows need the memory of one batch.

Close a streamed result that is not read to its end: on PostgreSQL it is a cursor in the server.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Result,
    Select,
    String,
    cast,
    false,
    func,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from assets_service.access.stamp import Stamp
from assets_service.custody.models import ARRIVED, Shipment, ShipmentLine
from assets_service.custody.queries import visible_to as shipments_visible_to
from assets_service.devices.models import Device, Import
from assets_service.devices.queries import Flagging, imports_visible_to, visible_to
from assets_service.flags.queries import Flag
from assets_service.kernel.db import json_text
from assets_service.labelling.models import PrintRun, SavedStock
from assets_service.ledger.models import Chain, Entry, KeptName
from assets_service.offices.models import Office
from assets_service.offices.queries import Area, in_scope, scoped, sees_all
from assets_service.openness import queries as openness
from assets_service.openness.models import Grade
from assets_service.people.models import Person
from assets_service.people.queries import visible_to as persons_visible_to
from assets_service.programmes.models import Programme
from assets_service.seals.models import Leaf

BATCH = 1000
NO_END = 2**31 - 1  # larger than any entry's number in its chain
LAST = 2**62  # the place of a device that the ledger knows and the register does not


class InventoryOffice(Struct, frozen=True):
    """What an inventory says of an office; `openness` is its grade in the newest year of which one is known."""

    code: str
    name: str
    path: str
    timezone: str
    openness_year: int | None = None
    openness: Grade | None = None


def places(session: Session, until: datetime | None = None) -> dict[int, InventoryOffice]:
    """Every office by its id; `until`: with the grade that was known then."""
    rows = session.execute(select(Office.id, Office.code, Office.office_name, Office.path, Office.timezone))
    grades = openness.newest(session, until)
    return {
        row.id: InventoryOffice(row.code, row.office_name, row.path, row.timezone, *grades.get(row.id, (None, None)))
        for row in rows
    }


class Persons(Struct, frozen=True):
    """The names of persons, by the subjects of their chains."""

    names: dict[str, str | None]

    def called(self, person_id: int | None) -> str | None:
        """The person's name; their number where the name is not kept any more; None for nobody."""
        return None if person_id is None else self.names.get(f"person/{person_id}") or f"#{person_id}"


def persons(session: Session, at: datetime | None = None) -> Persons:
    """What persons were called at that moment; what they are called now when none is given."""
    found = select(KeptName.subject, KeptName.name).where(KeptName.subject.startswith("person/"))
    if at is None:
        found = found.where(KeptName.until.is_(None))
    else:
        found = found.where(KeptName.since <= at, or_(KeptName.until.is_(None), KeptName.until > at))
    return Persons({subject: name for subject, name in session.execute(found)})  # noqa: C416 - a Row is no pair to dict()


def inventory(session: Session, found: Select[Device], flagging: Flagging, at: datetime) -> Result[*tuple[Any, ...]]:
    """These devices as the register has them: office by office in the order of the tree, inside an office in the order of registration."""
    flags = [flagging.clause(flag, at).label(flag.value) for flag in Flag]
    arrived = (
        select(func.max(ShipmentLine.id).label("line_id"), ShipmentLine.device_id)
        .where(ShipmentLine.state.in_(ARRIVED))
        .group_by(ShipmentLine.device_id)
        .subquery()
    )
    found = (
        found.join(Office, Office.id == Device.office_id)
        .outerjoin(arrived, arrived.c.device_id == Device.id)
        .outerjoin(ShipmentLine, ShipmentLine.id == arrived.c.line_id)
        .outerjoin(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .order_by(Office.path, Device.id)
    )
    columns = found.with_only_columns(
        Device.code, Device.kind, Device.brand, Device.model, Device.serial, Device.imei1, Device.imei2,
        Device.kode_barang, Device.nup, Device.uakpb, Device.kode_register, Device.acquired_on, Device.value, Device.programme, Device.note,
        Device.condition, Device.presence, Device.office_id, Device.bound_for_id, Device.holder_id,
        Device.sent_at, Device.received_at, Device.last_checked_on, Device.check_due_on,
        Shipment.id.label("shipment_id"), Shipment.created_at.label("shipment_created_at"),
        ShipmentLine.closed_by_id, *flags,
    )  # fmt: skip
    return session.execute(columns.execution_options(yield_per=BATCH))


def count(session: Session, found: Select[Device]) -> int:
    return session.scalar(select(func.count()).select_from(found.with_only_columns(Device.id).subquery())) or 0


def heads(session: Session, found: Select[Device]) -> Result[*tuple[Any, ...]]:
    """The end of each device's chain (subject, subject_seq, facts), in the order of the inventory's rows."""
    ends = found.join(Office, Office.id == Device.office_id).join(Chain, Chain.subject == Device.code)
    columns = ends.order_by(Office.path, Device.id).with_only_columns(
        Chain.subject, Chain.seq.label("subject_seq"), Chain.facts
    )
    return session.execute(columns.execution_options(yield_per=BATCH))


def ledger_heads(session: Session, stamp: Stamp, log: int) -> Result[*tuple[Any, ...]]:
    """The last entry of each chain in scope, with its leaf (null while it is not sealed), in the order of the ledger's file."""
    ends = (
        _in_scope(
            select(Chain.subject, Chain.seq.label("subject_seq"), Chain.hash, Leaf.number.label("leaf")),
            stamp,
            Chain.subject,
        )
        .join(Entry, (Entry.subject == Chain.subject) & (Entry.subject_seq == Chain.seq))
        .outerjoin(Leaf, (Leaf.log == log) & (Leaf.entry_seq == Entry.seq))
    )
    return session.execute(ends.order_by(Chain.subject).execution_options(yield_per=BATCH))


def told_until(session: Session, stamp: Stamp, until: datetime, under: Area | None) -> Result[*tuple[Any, ...]]:
    """The entries, up to that moment, of devices that were in scope then; chain by chain, oldest first.

    A chain ends before its first entry that is later than `until`, whatever later entries say of the time. The register
    gives only `device_id`, for the order of rows; null for a device it no longer knows.
    """
    end = _end_of_chain(until)
    entries = (
        select(Entry.subject, Entry.subject_seq, Entry.body, Device.id.label("device_id"))
        .select_from(Chain)
        .join(Entry, Entry.subject == Chain.subject)
        .outerjoin(Device, Device.code == Chain.subject)
        .where(Chain.subject.not_like("%/%"), Entry.subject_seq < end, *_was_in_scope(stamp, until, under))
        .order_by(Chain.subject, Entry.subject_seq)
    )
    return session.execute(entries.execution_options(yield_per=BATCH))


def _end_of_chain(until: datetime) -> ColumnElement[int]:
    """The number of the chain's first entry that is later than `until`."""
    later = aliased(Entry)
    first = select(func.min(later.subject_seq)).where(later.subject == Chain.subject, later.at > until)
    return func.coalesce(first.correlate(Chain).scalar_subquery(), NO_END)


def _was_in_scope(stamp: Stamp, until: datetime, under: Area | None) -> Iterator[ColumnElement[bool]]:
    """Clauses: an office in scope answered for the chain's device, or was about to receive it; and one of `under` answered.

    Devices are found by the entries that ever named such an office, so that nothing of other provinces is read.
    """
    if under is not None:
        below = select(Office.code).where(under.clause)
        yield Chain.subject.in_(_ever_said("office", below))
        yield _last_said("office", until).in_(below)
    if not sees_all(stamp):
        seen = select(Office.code).where(in_scope(stamp))
        yield Chain.subject.in_(union(_ever_said("office", seen), _ever_said("bound_for", seen)))
        yield or_(*(_last_said(fact, until).in_(seen) for fact in ("office", "bound_for")))


def _ever_said(fact: str, offices: Select[str]) -> Select[str]:
    return select(Entry.subject).where(json_text(Entry.body, fact).in_(offices))


def _last_said(fact: str, until: datetime) -> ColumnElement[str]:
    """The value of the fact in the chain's last entry that states it; null also where the entry says that there is none."""
    said = aliased(Entry)
    states_it = said.body.contains(f'"{fact}":', autoescape=True)  # inside a text, the quotes would be escaped
    return (
        select(json_text(said.body, fact))
        .where(said.subject == Chain.subject, said.subject_seq < _end_of_chain(until), states_it)
        .order_by(said.subject_seq.desc())
        .limit(1)
        .correlate(Chain)
        .scalar_subquery()
    )


def ledger(session: Session, stamp: Stamp) -> Result[*tuple[Any, ...]]:
    """Whole chains, each oldest first: all of them for who sees the whole country, else those of what is in scope."""
    entries = _in_scope(select(
        Entry.seq, Entry.subject, Entry.subject_seq, Entry.kind, Entry.at, Entry.claimed_at, Entry.actor, Entry.door,
        Entry.action_id, Entry.body, Entry.salt, Entry.facts, Entry.prev_hash, Entry.hash,
    ), stamp).order_by(Entry.subject, Entry.subject_seq)  # fmt: skip
    return session.execute(entries.execution_options(yield_per=BATCH))


def ledger_count(session: Session, stamp: Stamp) -> int:
    return session.scalar(_in_scope(select(func.count(Entry.seq)), stamp)) or 0


def newest(session: Session, stamp: Stamp, *, before: int | None, limit: int) -> list[Entry]:
    """The entries in scope, newest first, one more than `limit` when there are more."""
    found = _in_scope(select(Entry), stamp).order_by(Entry.seq.desc()).limit(limit + 1)
    return list(session.scalars(found.where(Entry.seq < before) if before else found))


def _in_scope(found: Select[*tuple[Any, ...]], stamp: Stamp, subject: Any = Entry.subject) -> Select[*tuple[Any, ...]]:
    return found if sees_all(stamp) else found.where(subject.in_(_subjects_visible_to(stamp)))


def _subjects_visible_to(stamp: Stamp) -> CompoundSelect[str]:
    """The subjects of the chains that the stamp may see.

    What strangers wrote about no known device is the national office's.
    """
    mine = PrintRun.asked_by_id == stamp.actor_id if stamp.actor_id else false()
    return union_all(
        visible_to(stamp).with_only_columns(Device.code),
        select("office/" + Office.code).where(in_scope(stamp)),
        select("programme/" + Programme.code),  # everybody may read every programme
        select(Chain.subject).where(Chain.subject.like("log/%")),  # and the log's name and keys
        _numbered("person", persons_visible_to(stamp).with_only_columns(Person.id)),
        _numbered("import", imports_visible_to(stamp).with_only_columns(Import.id)),
        _numbered("shipment", shipments_visible_to(stamp).with_only_columns(Shipment.id)),
        _numbered("label-run", select(PrintRun.id).where(or_(scoped(PrintRun.office_id, stamp), mine))),
        _numbered("stock", select(SavedStock.id).where(scoped(SavedStock.office_id, stamp))),
    )


def _numbered(sort: str, ids: Select[int]) -> Select[str]:
    found = ids.subquery()
    return select(f"{sort}/" + cast(found.c.id, String))
