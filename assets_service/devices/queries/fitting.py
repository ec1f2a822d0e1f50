"""What texts fit: each is read by the one reader, and all its readings are looked for at once."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, Subquery, bindparam, cast, literal, or_, select, true, union_all
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.devices.identifiers import (
    CODE,
    IMEI,
    ITEM,
    REGISTER,
    SERIAL,
    Key,
    Reading,
    cuts_of,
    read_name,
    reads_in,
    typed_in,
    words_of,
)
from assets_service.devices.models import Device, DeviceImei, LabelCode
from assets_service.devices.queries.seeing import IS_REGISTERED, SEEN_BY, seen_once, whole
from assets_service.offices.queries import ids_within, sees_all

_CHUNK = 300  # texts in one statement
CANDIDATES_MAX = 10
_SORTS = (CODE, SERIAL, IMEI, ITEM, REGISTER)
_BOUND: dict[str, Any] = {sort: bindparam(sort, expanding=True) for sort in (CODE, SERIAL, IMEI, REGISTER)}
_ITEM = Device.kode_barang + "." + cast(Device.nup, String)
_BRANCHES: dict[str, Any] = {
    CODE: select(
        literal(CODE).label("sort"), LabelCode.code.label("key"), LabelCode.device_id.label("device_id")
    ).where(LabelCode.code.in_(_BOUND[CODE])),
    SERIAL: select(
        literal(SERIAL).label("sort"), Device.serial_search.label("key"), Device.id.label("device_id")
    ).where(Device.serial_search.in_(_BOUND[SERIAL])),
    IMEI: select(
        literal(IMEI).label("sort"), DeviceImei.imei.label("key"), DeviceImei.device_id.label("device_id")
    ).where(DeviceImei.imei.in_(_BOUND[IMEI])),
    REGISTER: select(
        literal(REGISTER).label("sort"), Device.kode_register.label("key"), Device.id.label("device_id")
    ).where(Device.kode_register.in_(_BOUND[REGISTER])),
    ITEM: select(literal(ITEM).label("sort"), _ITEM.label("key"), Device.id.label("device_id")).where(
        Device.kode_barang.in_(bindparam("kode_barang", expanding=True)),
        Device.nup.in_(bindparam("nup", expanding=True)),
    ),
}


# What the keys of these sorts name is selected by statements that are kept: building one costs more than the query.


def _named(sorts: Sequence[str]) -> Subquery:
    return union_all(*(_BRANCHES[sort] for sort in sorts)).subquery()


@cache
def _devices_named(sorts: tuple[str, ...]) -> Select[Device]:
    fits = Device.id.in_(select(_named(sorts).c.device_id))
    return whole(select(Device).where(fits, IS_REGISTERED).order_by(Device.id).limit(CANDIDATES_MAX))


class Fit(NamedTuple):
    """A device that a text fits; `is_seen`: whether the stamp may see it."""

    device_id: int
    code: str
    is_seen: bool


def fits_each(session: Session, texts: Sequence[str], stamp: Stamp) -> list[list[Fit]]:
    """For each text the devices that it fits, in scope or not, in the order of their registration."""
    readings = [read_name(text) for text in texts]
    found: dict[Key, list[Fit]] = {}
    for start in range(0, len(readings), _CHUNK):
        bound = _bound(readings[start : start + _CHUNK])
        fitting_in = _fitting_in(stamp.scopes(), _sorts_in(bound), sees_all=sees_all(stamp))
        for sort, key, *fit in session.execute(fitting_in, bound):
            found.setdefault((sort, key), []).append(Fit(*fit))
    return [sorted({fit for key in reading.keys for fit in found.get(key, ())}) for reading in readings]


def seen_each(session: Session, texts: Sequence[str], stamp: Stamp) -> list[list[Fit]]:
    """The same, of the devices in scope alone."""
    return [[fit for fit in fits if fit.is_seen] for fits in fits_each(session, texts, stamp)]


def taken_apart(session: Session, texts: Sequence[str], stamp: Stamp) -> list[list[str]]:
    """For each text the reads that a gun glued together in it; the text alone where it is one read, or nothing of it is known.

    Words with blanks between them are reads of their own if each of them is known.
    """
    each_parts = [reads_in(text) or [text] for text in texts]
    fits = _fits(session, {part for parts in each_parts for part in parts}, stamp)
    unknown = [part for part, devices in fits.items() if len(devices) != 1]  # two IMEIs fit both devices
    cuts = {part: cuts_of(part) for part in unknown}
    words = {part: words_of(part) for part in unknown}
    pieces = {piece for part in unknown for cut in (*cuts[part], words[part]) for piece in cut}
    known = {piece for piece, devices in _fits(session, pieces, stamp).items() if devices}

    def apart(part: str) -> Sequence[str]:
        if words.get(part) and known.issuperset(words[part]):
            return words[part]
        best = max(cuts.get(part, []), key=lambda cut: sum(piece in known for piece in cut), default=())
        return best if known.intersection(best) else [part]

    return [[piece for part in parts for piece in apart(part)] for parts in each_parts]


def reads_of(session: Session, text: str, stamp: Stamp) -> list[str]:
    """What was scanned or typed into a field of many, each read by itself."""
    return [read for reads in taken_apart(session, typed_in(text), stamp) for read in reads]


def _fits(session: Session, texts: set[str], stamp: Stamp) -> dict[str, list[Fit]]:
    each = sorted(texts)
    return dict(zip(each, fits_each(session, each, stamp), strict=True))


def fitting(session: Session, texts: Sequence[str], stamp: Stamp) -> list[Device]:
    """The devices in scope that any of the texts fits."""
    bound = _bound([read_name(text) for text in texts])
    return list(session.scalars(seen_once(_devices_named(_sorts_in(bound)), stamp), bound))


def named_by(text: str) -> ColumnElement[bool]:
    """A clause for the devices that the text fits."""
    bound = _bound([read_name(text)])
    return Device.id.in_(select(_named(_sorts_in(bound)).c.device_id).params(bound))


def _bound(readings: Sequence[Reading]) -> dict[str, Any]:
    bound: dict[str, list[Any]] = {sort: [] for sort in _SORTS}
    for sort, key in (key for reading in readings for key in reading.keys):
        bound[sort].append(key)
    items = [reading.item for reading in readings if reading.item]
    return bound | {"kode_barang": [kode for kode, _ in items], "nup": [nup for _, nup in items]}


def _sorts_in(bound: dict[str, Any]) -> tuple[str, ...]:
    """The sorts of which a text may be; all of them where it is none."""
    return tuple(sort for sort in _SORTS if bound["kode_barang" if sort == ITEM else sort]) or _SORTS


@lru_cache(maxsize=1024)
def _fitting_in(scopes: tuple[str, ...], sorts: tuple[str, ...], *, sees_all: bool) -> Select[Any]:
    """What the bound keys of these sorts fit, and whether it may be seen within these scopes."""
    mine, named = ids_within(scopes), _named(sorts)
    is_seen = true() if sees_all else or_(*(column.in_(mine) for column in SEEN_BY))
    return select(named.c.sort, named.c.key, Device.id, Device.code, is_seen.label("is_seen")).join_from(
        named, Device, (Device.id == named.c.device_id) & IS_REGISTERED
    )
