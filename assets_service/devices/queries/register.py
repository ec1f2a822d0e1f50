"""Devices by what is true of them: lists, counts, and what no two devices share."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import FromClause, func, inspect, select, tuple_
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.devices.identifiers import imeis_in
from assets_service.devices.models import Device, DeviceImei, DeviceKind, Kind
from assets_service.devices.queries.seeing import IS_REGISTERED, visible_to
from assets_service.kernel.errors import FieldProblem, Invalid

TAC_LENGTH = 8  # digits of an IMEI that say which type of phone it is (3GPP TS 23.003)


def models_known(session: Session, stamp: Stamp) -> list[tuple[str, str]]:
    """Brands and models in the register, the most frequent first, to be picked instead of typed."""
    number = func.count()
    found = visible_to(stamp).with_only_columns(Device.brand, Device.model).group_by(Device.brand, Device.model)
    return list(session.execute(found.order_by(number.desc()).limit(40)))


def model_like(session: Session, text: str, stamp: Stamp) -> tuple[str, str] | None:
    """Brand and model of most devices in scope whose IMEI begins as this one (its type, TAC); None for any other text."""
    imeis = imeis_in(text)
    if not imeis:
        return None
    first, last = imeis[0][:TAC_LENGTH].ljust(15, "0"), imeis[0][:TAC_LENGTH].ljust(15, "9")
    of_type = select(DeviceImei.device_id).where(DeviceImei.imei.between(first, last))
    found = visible_to(stamp).with_only_columns(Device.brand, Device.model).where(Device.id.in_(of_type))
    row = session.execute(found.group_by(Device.brand, Device.model).order_by(func.count().desc()).limit(1)).first()
    return (row[0], row[1]) if row else None


def kind_rule(session: Session, kind: Kind) -> DeviceKind:
    return session.get_one(DeviceKind, kind)


def kind_rules(session: Session) -> list[DeviceKind]:
    return list(session.scalars(select(DeviceKind)))


def has_programme(session: Session, code: str) -> bool:
    """Whether the programme exists."""
    known = _programmes()
    return session.scalar(select(known.c.code).where(known.c.code == code)) is not None


def programmes(session: Session) -> list[tuple[str, str]]:
    """Code and name of each programme, the newest first: for a select."""
    known = _programmes()
    found = select(known.c.code, known.c.name).order_by(known.c.id.desc()).limit(100)
    return [(str(code), str(name)) for code, name in session.execute(found)]


def _programmes() -> FromClause:
    """The table that a device's programme refers to; its model is in a room above."""
    (reference,) = inspect(Device).columns["programme"].foreign_keys
    return reference.column.table


def count_by_office(session: Session, office_ids: list[int]) -> dict[int, int]:
    """How many devices each of these offices answers for, by the office's id; those with none are left out."""
    counted = select(Device.office_id, func.count()).where(IS_REGISTERED, Device.office_id.in_(office_ids))
    return dict(session.execute(counted.group_by(Device.office_id)).all())


class Identity(NamedTuple):
    """What no two devices share: brand and serial, each IMEI by its slot, and the item number in the state's books.

    For a row that cannot be registered it holds what could be read.
    """

    serial_key: str | None
    imeis: dict[str, str]
    booked: tuple[str, str, int] | None

    def each(self) -> Iterator[tuple[str, object]]:
        """Each field with its value that must be unique."""
        if self.serial_key:
            yield "serial", self.serial_key
        yield from ((slot, ("imei", imei)) for slot, imei in self.imeis.items())
        if self.booked:
            yield "nup", self.booked


def taken(session: Session, identities: list[Identity], *, but: int | None = None) -> list[dict[str, int]]:
    """For each identity the fields that another device already has, with that device's id; `but` is the device's own."""
    other = (Device.id != (but or 0)) & IS_REGISTERED
    named = select(Device.id, Device.serial_key).where(other)
    serials = _holders(session, named, [one.serial_key for one in identities if one.serial_key], Device.serial_key)
    imeis = [imei for one in identities for imei in one.imeis.values()]
    in_slots = select(DeviceImei.device_id, DeviceImei.imei).where(DeviceImei.device_id != (but or 0))
    slots = _holders(session, in_slots, imeis, DeviceImei.imei)
    item = (Device.uakpb, Device.kode_barang, Device.nup)
    booked = select(Device.id, *item).where(other)
    items = _holders(session, booked, [one.booked for one in identities if one.booked], tuple_(*item))
    return [
        ({"serial": serials[one.serial_key]} if one.serial_key in serials else {})
        | {slot: slots[imei] for slot, imei in one.imeis.items() if imei in slots}
        | ({"nup": items[one.booked]} if one.booked in items else {})
        for one in identities
    ]


_CHUNK = 300  # values in one IN list


def _holders(session: Session, found: Any, values: list[Any], column: Any) -> dict[Any, int]:
    """The ids of the devices that have these values, by the value; `found` selects the id first, then what the value is of."""
    holders: dict[Any, int] = {}
    for start in range(0, len(values), _CHUNK):
        for id_, *value in session.execute(found.where(column.in_(values[start : start + _CHUNK]))):
            holders[tuple(value) if len(value) > 1 else value[0]] = id_
    return holders


def seen_among(session: Session, device_ids: set[int], stamp: Stamp) -> dict[int, str]:
    """The codes of those of these devices that the stamp may see, by their ids."""
    found: dict[int, str] = {}
    ids = sorted(device_ids)
    for start in range(0, len(ids), _CHUNK):
        part = visible_to(stamp).where(Device.id.in_(ids[start : start + _CHUNK]))
        found.update(session.execute(part.with_only_columns(Device.id, Device.code)).all())
    return found


def no_such_programme(code: str) -> FieldProblem:
    return FieldProblem("/programme", "There is no programme {code}.", {"code": code})


def require_programme(session: Session, code: str | None) -> None:
    """Refuse a programme that does not exist. Raises `Invalid`."""
    if code is not None and not has_programme(session, code):
        raise Invalid(no_such_programme(code))


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Device).where(IS_REGISTERED)) or 0
