"""Every select of custody. A shipment is seen by who supervises its sender or its receiver."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, bindparam, case, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, load_only
from sqlalchemy.orm.attributes import set_committed_value

from assets_service.custody.errors import NoSuchFinding, NoSuchShipment
from assets_service.custody.models import Finding, LineState, Shipment, ShipmentLine, ShipmentState, number_of
from assets_service.devices import queries as devices
from assets_service.devices.identifiers import read_code
from assets_service.devices.models import Device, LabelCode
from assets_service.kernel.errors import invalid
from assets_service.ledger.stamp import Stamp
from assets_service.offices.models import Office
from assets_service.offices.queries import ids_in_scope, ids_within, searchable, sees_all, within
from assets_service.people.models import Person

_NUMBER = re.compile(r"^(?:PK-\d{4}-)?0*(\d{1,9})$", re.IGNORECASE)
_CODE = re.compile(r"^\d{2}(?:\.\d{2})?(?=\s|$)")
MEANT_MAX = 6
_ZONE_LETTERS = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


# Built once: making a select and its options costs more than the query it is for.
_OFFICE = (Office.code, Office.name, Office.path, Office.timezone)
_OFFICES = (
    joinedload(Shipment.from_office, innerjoin=True).load_only(*_OFFICE),
    joinedload(Shipment.to_office, innerjoin=True).load_only(*_OFFICE),
)
_MOVES = (  # what a shipment shows of a device, and what custody writes
    Device.code, Device.kind, Device.brand, Device.model, Device.serial, Device.condition, Device.presence,
    Device.office_id, Device.bound_for_id, Device.holder_id, Device.sent_at, Device.received_at, Device.version,
)  # fmt: skip
_BY_ID = select(Shipment).where(Shipment.id == bindparam("id")).options(*_OFFICES)
_LOCKED = _BY_ID.with_for_update(of=Shipment)
_LINES = (
    select(ShipmentLine)
    .where(ShipmentLine.shipment_id == bindparam("shipment_id"))
    .join(ShipmentLine.device)
    .options(contains_eager(ShipmentLine.device).load_only(*_MOVES))
    .order_by(ShipmentLine.id)
)
_TO = aliased(Office)
_PACKABLE = (
    select(Device, _TO, Shipment.id, Shipment.created_at)
    .join(Device.office)
    .join(_TO, _TO.code == bindparam("to"))
    .options(load_only(*_MOVES), contains_eager(Device.office).load_only(*_OFFICE))
    .options(load_only(_TO.code, _TO.name, _TO.path, _TO.timezone))
    .outerjoin(ShipmentLine, (ShipmentLine.device_id == Device.id) & (ShipmentLine.state == LineState.OPEN))
    .outerjoin(Shipment, Shipment.id == ShipmentLine.shipment_id)
)
_BY_CODES = _PACKABLE.where(Device.code.in_(bindparam("asked", expanding=True)))
_BY_IDS = _PACKABLE.where(Device.id.in_(bindparam("asked", expanding=True)))
_ON_IT = select(ShipmentLine.device_id)
_FINDINGS = select(Finding).where(Finding.shipment_id == bindparam("shipment_id")).order_by(Finding.id)
_NAMES = select(Person.id, Person.name).where(Person.id.in_(bindparam("ids", expanding=True)))
_ADDRESSES = select(Office).where(Office.code.in_(bindparam("codes", expanding=True))).options(load_only(*_OFFICE))


def visible_to(stamp: Stamp) -> Select[Shipment]:
    """Shipments from or to an office in scope."""
    return narrowed(select(Shipment), stamp)


def narrowed(found: Select[Shipment], stamp: Stamp) -> Select[Shipment]:
    """What of `found` the stamp may see."""
    return found if sees_all(stamp) else _within(found, stamp.scopes())


def _prepared(found: Select[Shipment], stamp: Stamp) -> Select[Shipment]:
    """The same for a select that is built only once: what it becomes for each scope is kept too."""
    return found if sees_all(stamp) else _kept_within(found, stamp.scopes())


def _within(found: Select[Shipment], scopes: tuple[str, ...]) -> Select[Shipment]:
    mine = ids_within(scopes)
    return found.where(or_(Shipment.from_id.in_(mine), Shipment.to_id.in_(mine)))


_kept_within = lru_cache(maxsize=1024)(_within)


def by_id(session: Session, shipment_id: int, stamp: Stamp) -> Shipment:
    """With its offices, lines and devices. Raises `NoSuchShipment`."""
    return _with_lines(session, _BY_ID, shipment_id, stamp)


def locked(session: Session, shipment_id: int, stamp: Stamp) -> Shipment:
    """The shipment to be changed: its row locked first, then its devices in the order of their ids.

    Raises `NoSuchShipment`.
    """
    return _with_lines(session, _LOCKED, shipment_id, stamp, lock=True)


def _with_lines(
    session: Session, found: Select[Shipment], shipment_id: int, stamp: Stamp, *, lock: bool = False
) -> Shipment:
    shipment = session.scalar(_prepared(found, stamp), {"id": shipment_id})
    if shipment is None:
        raise NoSuchShipment
    if lock:
        lock_devices(session, lambda: Device.id.in_(_ON_IT.where(ShipmentLine.shipment_id == shipment_id)))
    lines = session.scalars(_LINES, {"shipment_id": shipment_id})
    set_committed_value(shipment, "lines", list(lines))
    return shipment


def lock_devices(session: Session, which: Callable[[], ColumnElement[bool]]) -> None:
    """Wait for whoever changes these devices, in one fixed order; look at them only afterwards.

    SQLite has one writer and needs no row locks. PostgreSQL gives a locking select that waited a mixed picture of
    joined rows, so the lock and the look are two statements.
    """
    if session.get_bind().dialect.name != "sqlite":
        session.execute(select(Device.id).where(which()).order_by(Device.id).with_for_update())


class Packable(Struct):
    """A device that somebody wants to send, where to, and the number of the shipment on whose open line it already stands."""

    device: Device
    to: Office
    on: str | None


def packable(session: Session, codes: list[str], to_office: str, stamp: Stamp) -> dict[str, Packable]:
    """The visible devices among these label codes, locked, each by the code that was asked for; none if there is no such office."""
    lock_devices(session, lambda: Device.code.in_(codes))
    found = {each.device.code: each for each in _packable(session, _BY_CODES, codes, to_office, stamp)}
    if missing := [code for code in codes if code not in found]:
        aliases = claimed(session, missing)
        ids = list(aliases.values())
        lock_devices(session, lambda: Device.id.in_(ids))
        by_id = {each.device.id: each for each in _packable(session, _BY_IDS, ids, to_office, stamp)}
        found |= {code: by_id[device_id] for code, device_id in aliases.items() if device_id in by_id}
    return found


def _packable(session: Session, found: Any, asked: Sequence[str | int], to_office: str, stamp: Stamp) -> list[Packable]:
    visible: Any = devices.prepared(found, stamp)  # more than a device, which that function's type does not tell
    return [
        Packable(device, to, number_of(shipment_id, created_at) if shipment_id else None)
        for device, to, shipment_id, created_at in session.execute(visible, {"asked": asked, "to": to_office})
    ]


def addresses(session: Session, codes: Iterable[str]) -> dict[str, Office]:
    """Offices of the roster by their codes, whoever asks: a shipment may go to one the sender does not supervise."""
    return {office.code: office for office in session.scalars(_ADDRESSES, {"codes": list(codes)})}


def claimed(session: Session, codes: list[str]) -> dict[str, int]:
    """The ids of the devices that these label codes lead to, whoever may see them."""
    rows = session.execute(
        select(LabelCode.code, LabelCode.device_id).where(LabelCode.code.in_(codes), LabelCode.device_id.is_not(None))
    )
    return {code: device_id for code, device_id in rows if device_id is not None}


def codes_of(session: Session, device_ids: Iterable[int]) -> dict[int, str]:
    """The own codes of devices, whoever may see them: for their ledger, not for an answer."""
    return dict(session.execute(select(Device.id, Device.code).where(Device.id.in_(device_ids))).all())


def roster(session: Session) -> list[tuple[str, str]]:
    """Every office one can send to: code and name."""
    return [(code, name) for code, name in session.execute(select(Office.code, Office.name).order_by(Office.code))]


def office_meant(session: Session, text: str, field: str) -> str:
    """The code of the office that somebody typed: `81.02`, `81.02 Maluku Tenggara`, or enough of its name.

    Raises `Invalid` when none or several fit.
    """
    if code := _CODE.match(text.strip()):
        return code[0]
    typed = searchable(text)
    if not typed:
        raise invalid(field, "Choose an office.")
    rows = session.execute(
        select(Office.code, Office.name, Office.search)
        .where(Office.search.contains(typed, autoescape=True))
        .order_by(Office.code)
        .limit(MEANT_MAX + 1)
    ).all()
    exact = [code for code, name, _ in rows if searchable(name) == typed]
    found = exact if len(exact) == 1 else [code for code, _, _ in rows]
    if len(found) == 1:
        return found[0]
    if not found:
        raise invalid(field, "No office is called {it}.", it=text.strip()[:80])
    several = "; ".join(f"{code} {name}" for code, name, _ in rows[:MEANT_MAX])
    raise invalid(field, "Several offices fit: {several}. Write the code of one.", several=several)


class Direction(StrEnum):
    INCOMING = "incoming"
    OUTGOING = "outgoing"


def matching(
    stamp: Stamp,
    *,
    state: ShipmentState | None = None,
    office: Office | None = None,
    direction: Direction | None = None,
    q: str | None = None,
    only_there: bool = False,
) -> Select[Shipment]:
    """Visible shipments narrowed; `direction` is seen from `office`, or else from the whole scope.

    `office` means its whole subtree, or with `only_there` that office alone.
    """
    found = visible_to(stamp)
    if state:
        found = found.where(Shipment.state == state)
    here = ids_in_scope(stamp)
    if office:
        here = select(Office.id).where(Office.id == office.id if only_there else within(office.path))
    if direction is Direction.INCOMING:
        found = found.where(Shipment.to_id.in_(here))
    elif direction is Direction.OUTGOING:
        found = found.where(Shipment.from_id.in_(here))
    elif office:
        found = found.where(or_(Shipment.to_id.in_(here), Shipment.from_id.in_(here)))
    if q and q.strip():
        found = found.where(_found_by(q.strip()))
    return found


def _found_by(q: str) -> ColumnElement[bool]:
    """By its number, or by what the sender or the receiver is called."""
    if number := _NUMBER.match(q):
        return Shipment.id == int(number[1])
    called = select(Office.id).where(or_(Office.search.contains(searchable(q), autoescape=True), Office.code == q))
    return or_(Shipment.from_id.in_(called), Shipment.to_id.in_(called))


def listed(session: Session, found: Select[Shipment], *, before: int | None, limit: int) -> tuple[list[Shipment], int]:
    """Newest first, one more than `limit` when there are more, and how many in all."""
    total = session.scalar(select(func.count()).select_from(found.with_only_columns(Shipment.id).subquery())) or 0
    if before:
        found = found.where(Shipment.id < before)
    return list(session.scalars(found.options(*_OFFICES).order_by(Shipment.id.desc()).limit(limit + 1))), total


def tallies(session: Session, shipments: list[Shipment]) -> dict[int, tuple[int, int]]:
    """How many devices each shipment has, and how many of them still wait for their receipt."""
    rows = session.execute(
        select(
            ShipmentLine.shipment_id,
            func.count(),
            func.sum(case((ShipmentLine.state == LineState.OPEN, 1), else_=0)),
        )
        .where(ShipmentLine.shipment_id.in_([shipment.id for shipment in shipments]))
        .group_by(ShipmentLine.shipment_id)
    )
    return {shipment_id: (devices_, int(open_)) for shipment_id, devices_, open_ in rows}


def findings_of(session: Session, shipment_id: int, stamp: Stamp) -> list[tuple[Finding, str | None]]:
    """What else was in the box, with the code of its device if the asker may see that device."""
    rows = session.execute(_FINDINGS, {"shipment_id": shipment_id}).all()
    seen = {finding.device_id for (finding,) in rows if finding.device_id}
    if not seen:
        return [(finding, None) for (finding,) in rows]
    mine = devices.visible_to(stamp).where(Device.id.in_(seen)).with_only_columns(Device.id, Device.code)
    codes = dict(session.execute(mine).all())
    return [(finding, codes.get(finding.device_id or 0)) for (finding,) in rows]


def finding(session: Session, shipment: Shipment, finding_id: int) -> Finding:
    """To be resolved. Raises `NoSuchFinding`."""
    found = session.scalar(
        select(Finding).where(Finding.id == finding_id, Finding.shipment_id == shipment.id).with_for_update()
    )
    if found is None:
        raise NoSuchFinding
    return found


def missing_line(session: Session, device: Device) -> ShipmentLine | None:
    """The line on which the device did not arrive and which nobody has settled."""
    return session.scalar(
        select(ShipmentLine)
        .where(
            ShipmentLine.device_id == device.id,
            ShipmentLine.state == LineState.SHORT,
            ShipmentLine.resolved_at.is_(None),
        )
        .options(joinedload(ShipmentLine.shipment))
        .order_by(ShipmentLine.id.desc())
        .limit(1)
    )


def names(session: Session, person_ids: Iterable[int | None]) -> dict[int, str]:
    """What these persons are called: who acted on a shipment one may see is part of it."""
    ids = {person_id for person_id in person_ids if person_id is not None}
    if not ids:
        return {}
    return dict(session.connection().execute(_NAMES, {"ids": sorted(ids)}).all())


def who_and_when(session: Session, person_id: int | None, at: datetime | None, zone: str) -> dict[str, str]:
    """Facts for a refusal that names who was first, and when by the clock on that office's wall."""
    called = names(session, [person_id])
    local = at.astimezone(ZoneInfo(zone)) if at else None
    return {
        "name": called.get(person_id or 0, "–"),
        "time": f"{local:%d-%m-%Y %H:%M} {_ZONE_LETTERS[zone]}" if local else "–",
    }


def read_each(codes: list[str]) -> list[str | None]:
    """Each code or label URL as the code it means; None for what is no label."""
    return [label.code if (label := read_code(code)) else None for code in codes]
