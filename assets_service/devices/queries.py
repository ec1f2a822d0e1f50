"""Every select of devices. All reads of others' devices start from `visible_to`."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Select, bindparam, func, literal_column, or_, select, table, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload
from sqlalchemy.sql import column

from assets_service.devices.errors import Ambiguous, NoSuchDevice
from assets_service.devices.identifiers import read_code, read_item
from assets_service.devices.models import Condition, Device, DeviceImei, DeviceKind, Kind, LabelCode, Presence
from assets_service.kernel.errors import FieldProblem, Invalid
from assets_service.ledger.models import Entry
from assets_service.ledger.stamp import Stamp
from assets_service.offices.models import Office
from assets_service.offices.queries import ids_within, searchable, sees_all, within
from assets_service.people import queries as people
from assets_service.people.models import Person

CANDIDATES_MAX = 10
_OFFICE_FIELDS = ("office", "from_office", "to_office", "bound_for", "at_office")
_PERSON_FIELDS = ("holder", "previous")


class Flagging(Protocol):
    """What the register needs to know of flags, which are derived in a room above it."""

    kinds: tuple[str, ...]

    def clause(self, kind: str, at: datetime) -> ColumnElement[bool]:
        """Devices that bear this flag now. Raises `Invalid` for an unknown kind."""

    def of(self, session: Session, devices: list[Device], at: datetime) -> dict[int, list[str]]:
        """Each device's flags, by its id."""


def visible_to(stamp: Stamp) -> Select[Device]:
    """Devices an office in scope answers for, or is about to receive."""
    return narrowed(select(Device), stamp)


def narrowed(found: Select[Device], stamp: Stamp) -> Select[Device]:
    """What of `found` the stamp may see."""
    return found if sees_all(stamp) else _within(found, stamp.scopes())


def prepared(found: Select[Device], stamp: Stamp) -> Select[Device]:
    """The same for a select that is built only once: what it becomes for each scope is kept too."""
    return found if sees_all(stamp) else _kept_within(found, stamp.scopes())


def _within(found: Select[Device], scopes: tuple[str, ...]) -> Select[Device]:
    mine = ids_within(scopes)
    return found.where(or_(Device.office_id.in_(mine), Device.bound_for_id.in_(mine)))


_kept_within = lru_cache(maxsize=1024)(_within)


_OFFICE = (Office.code, Office.name, Office.path, Office.timezone)
_WHOLE = (  # built once: making options costs more than the query they are for
    joinedload(Device.office).load_only(*_OFFICE),
    joinedload(Device.bound_for).load_only(*_OFFICE),
    joinedload(Device.holder).load_only(Person.name),
)


def whole(found: Select[Device]) -> Select[Device]:
    """With what a view shows: office, destination, holder."""
    return found.options(*_WHOLE)


_BY_CODE = whole(select(Device).where(Device.code == bindparam("code")))


def by_code(session: Session, code: str, stamp: Stamp) -> Device:
    """By the device's own code or by any label code that was claimed for it. Raises `NoSuchDevice`."""
    label = read_code(code)
    if label is None:
        raise NoSuchDevice
    found = session.scalar(prepared(_BY_CODE, stamp), {"code": label.code})
    if found is None:
        claimed = select(LabelCode.device_id).where(LabelCode.code == label.code).scalar_subquery()
        found = session.scalar(whole(visible_to(stamp).where(Device.id == claimed)))
    if found is None:
        raise NoSuchDevice
    return found


def locked(session: Session, code: str, stamp: Stamp) -> Device:
    """The device to be changed, locked, as it is once nobody else changes it. Raises `NoSuchDevice`."""
    device = by_code(session, code, stamp)
    if session.get_bind().dialect.name == "sqlite":  # one writer: nobody else does
        return device
    # Locked first, looked at afterwards: who waited may find it at another office, or out of sight.
    session.execute(select(Device.id).where(Device.id == device.id).with_for_update())
    found = visible_to(stamp).where(Device.id == device.id).execution_options(populate_existing=True)
    fresh = session.scalar(whole(found))
    if fresh is None:
        raise NoSuchDevice
    return fresh


def lookup(session: Session, identifier: str, stamp: Stamp) -> Device:
    """By label code or URL, serial, IMEI, or `kode_barang.nup`. Raises `NoSuchDevice` and `Ambiguous`."""
    text = identifier.strip()
    if (label := read_code(text)) and (found := _by_label(session, label.code, stamp)):
        return found
    matches: list[ColumnElement[bool]] = [Device.serial_search == searchable(text)]
    digits = "".join(sign for sign in text if sign.isdigit())
    if len(digits) == 15:  # noqa: PLR2004 - an IMEI
        matches.append(Device.id.in_(select(DeviceImei.device_id).where(DeviceImei.imei == digits)))
    if item := read_item(text):
        matches.append((Device.kode_barang == item[0]) & (Device.nup == item[1]))
    candidates = list(session.scalars(whole(visible_to(stamp).where(or_(*matches)).limit(CANDIDATES_MAX))))
    if not candidates:
        raise NoSuchDevice
    if len(candidates) > 1:
        raise Ambiguous(count=len(candidates), codes=", ".join(device.code for device in candidates))
    return candidates[0]


def _by_label(session: Session, code: str, stamp: Stamp) -> Device | None:
    try:
        return by_code(session, code, stamp)
    except NoSuchDevice:
        return None


class Names(Struct):
    """What a history's office codes and person ids are called."""

    offices: dict[str, str] = {}
    persons: dict[int, str] = {}


def names_in(session: Session, entries: list[Entry], stamp: Stamp) -> Names:
    """The names a history speaks of; a person outside the scope stays a number."""
    codes: set[str] = set()
    ids: set[int] = set()
    for entry in entries:
        said = msgspec.json.decode(entry.body)
        codes |= {said[field] for field in _OFFICE_FIELDS if said.get(field)}
        ids |= {said[field] for field in _PERSON_FIELDS if said.get(field)}
    offices = session.execute(select(Office.code, Office.name).where(Office.code.in_(codes)))
    persons = people.visible_to(stamp).where(Person.id.in_(ids)).with_only_columns(Person.id, Person.name)
    return Names(dict(list(offices)), dict(list(session.execute(persons))))


def models_known(session: Session, stamp: Stamp) -> list[tuple[str, str]]:
    """Brands and models in the register, the most frequent first: to be picked instead of typed."""
    number = func.count()
    found = visible_to(stamp).with_only_columns(Device.brand, Device.model).group_by(Device.brand, Device.model)
    return list(session.execute(found.order_by(number.desc()).limit(40)))


def matching(
    stamp: Stamp,
    *,
    office: Office | None = None,
    kind: Kind | None = None,
    condition: Condition | None = None,
    presence: Presence | None = None,
    flag: ColumnElement[bool] | None = None,
    q: str | None = None,
) -> Select[Device]:
    """The register narrowed; `office` means its whole subtree."""
    found = visible_to(stamp)
    if office is not None:
        found = found.where(Device.office_id.in_(select(Office.id).where(within(office.path))))
    if kind:
        found = found.where(Device.kind == kind)
    if condition:
        found = found.where(Device.condition == condition)
    if presence:
        found = found.where(Device.presence == presence)
    if flag is not None:
        found = found.where(flag)
    if q and (words := [searchable(word) for word in q.split()]):
        found = found.where(*(Device.search.contains(word, autoescape=True) for word in words[:8] if word))
    return found


def of_office(stamp: Stamp, office: Office) -> Select[Device]:
    """What this one office answers for or awaits, without the offices below it."""
    return visible_to(stamp).where(or_(Device.office_id == office.id, Device.bound_for_id == office.id))


def listed(session: Session, found: Select[Device], *, after: int | None, limit: int) -> tuple[list[Device], int]:
    """Oldest registration first, one more than `limit` when there are more, and how many in all."""
    total = session.scalar(select(func.count()).select_from(found.with_only_columns(Device.id).subquery())) or 0
    if after:
        found = found.where(Device.id > after)
    return list(session.scalars(whole(found.order_by(Device.id).limit(limit + 1)))), total


def kind_rule(session: Session, kind: Kind) -> DeviceKind:
    return session.get_one(DeviceKind, kind)


def kind_rules(session: Session) -> list[DeviceKind]:
    return list(session.scalars(select(DeviceKind)))


def has_programme(session: Session, code: str) -> bool:
    """Programmes live in a room above; only whether the code exists is asked here."""
    programmes = table("programmes", column("code"))
    return (
        session.scalar(select(literal_column("1")).select_from(programmes).where(programmes.c.code == code)) is not None
    )


def programmes(session: Session) -> list[tuple[str, str]]:
    """Code and name of each programme, the newest first: for a select."""
    known = table("programmes", column("id"), column("code"), column("name"))
    found = select(known.c.code, known.c.name).order_by(known.c.id.desc()).limit(100)
    return [(str(code), str(name)) for code, name in session.execute(found)]


class Identity(NamedTuple):
    """What no two devices share: brand and serial, each IMEI by its slot, and the place in the state's books.

    Of a row that cannot be registered, what could be read of it.
    """

    serial_key: str | None
    imeis: dict[str, str]
    booked: tuple[str, str, int] | None

    def each(self) -> Iterator[tuple[str, object]]:
        """(field, value that must be unique)."""
        if self.serial_key:
            yield "serial", self.serial_key
        yield from ((slot, ("imei", imei)) for slot, imei in self.imeis.items())
        if self.booked:
            yield "nup", self.booked


def taken(session: Session, identities: list[Identity], *, but: int | None = None) -> list[list[str]]:
    """For each identity the fields that another device (not `but`) already has."""
    other = Device.id != (but or 0)
    serials = _among(session, Device.serial_key, [one.serial_key for one in identities if one.serial_key], other)
    imeis = [imei for one in identities for imei in one.imeis.values()]
    known = _among(session, DeviceImei.imei, imeis, DeviceImei.device_id != (but or 0))
    item = tuple_(Device.uakpb, Device.kode_barang, Device.nup)
    booked: set[Any] = set()
    places = [one.booked for one in identities if one.booked]
    for start in range(0, len(places), _CHUNK):
        found = select(Device.uakpb, Device.kode_barang, Device.nup).where(
            item.in_(places[start : start + _CHUNK]), other
        )
        booked.update(tuple(row) for row in session.execute(found))
    return [
        [
            *(["serial"] if one.serial_key in serials else []),
            *(slot for slot, imei in one.imeis.items() if imei in known),
            *(["nup"] if one.booked in booked else []),
        ]
        for one in identities
    ]


_CHUNK = 300  # values in one IN list


def _among(
    session: Session, column: InstrumentedAttribute[str], values: list[str], other: ColumnElement[bool]
) -> set[str]:
    """Which of the values the column holds."""
    found: set[str] = set()
    for start in range(0, len(values), _CHUNK):
        found.update(session.scalars(select(column).where(column.in_(values[start : start + _CHUNK]), other)))
    return found


def no_such_programme(code: str) -> FieldProblem:
    return FieldProblem("/programme", "There is no programme {code}.", {"code": code})


def require_programme(session: Session, code: str | None) -> None:
    """Raises `Invalid`."""
    if code is not None and not has_programme(session, code):
        raise Invalid(no_such_programme(code))


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Device)) or 0
