"""Every select of checks. A check is visible where its device is."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from assets_service.access.stamp import WRITERS, Stamp
from assets_service.devices import queries as devices
from assets_service.devices.errors import InTransit, Retired
from assets_service.devices.models import Device, Kind, Presence
from assets_service.inspections.errors import NoSuchCheck, ReportedMissing
from assets_service.inspections.models import Check, ChecklistItem, CheckPhoto
from assets_service.kernel.clock import ZONES, local_date
from assets_service.kernel.errors import Conflict, Forbidden
from assets_service.offices.models import Office
from assets_service.offices.queries import Area
from assets_service.photos.errors import NoSuchPhoto
from assets_service.photos.models import Photo
from assets_service.photos.queries import is_own_and_waiting

SOON_DAYS = 30
_NO_DAY = date(9999, 12, 31)
_IS_THERE = Device.presence == Presence.PRESENT

_NOT_THERE: dict[Presence, type[Conflict]] = {
    Presence.WRITTEN_OFF: Retired,
    Presence.IN_TRANSIT: InTransit,
    Presence.LOST: ReportedMissing,
    Presence.NOT_FOUND: ReportedMissing,
}


class Due(StrEnum):
    """Why a device is to be checked. One that nobody ever checked may be overdue as well."""

    OVERDUE = "overdue"
    SOON = "soon"
    NEVER = "never"


class Standing(Struct):
    """How many devices are to be checked for each reason, and how many in all: some have two reasons."""

    overdue: int
    soon: int
    never: int
    total: int


def of_device(session: Session, device: Device, *, after: tuple[datetime, int] | None, limit: int) -> list[Check]:
    """The device's checks, newest observation first and one more than `limit` when there are more; `after` is the last one shown."""
    found = select(Check).where(Check.device_id == device.id)
    if after:
        observed_at, check_id = after
        found = found.where(
            or_(Check.observed_at < observed_at, and_(Check.observed_at == observed_at, Check.id < check_id))
        )
    return list(session.scalars(_whole(found.order_by(Check.observed_at.desc(), Check.id.desc()).limit(limit + 1))))


def count_of_device(session: Session, device: Device) -> int:
    return session.scalar(select(func.count()).select_from(Check).where(Check.device_id == device.id)) or 0


def of_device_by_id(session: Session, device: Device, check_id: int) -> Check:
    """The device's check with this number. Raises `NoSuchCheck`."""
    found = session.scalar(_whole(select(Check).where(Check.device_id == device.id, Check.id == check_id)))
    if found is None:
        raise NoSuchCheck
    return found


def _whole(found: Select[Check]) -> Select[Check]:
    return found.options(joinedload(Check.device), joinedload(Check.office), selectinload(Check.photos))


def newest_observation(session: Session, device: Device) -> datetime | None:
    return session.scalar(
        select(Check.observed_at).where(Check.device_id == device.id).order_by(Check.observed_at.desc()).limit(1)
    )


def due(
    session: Session,
    stamp: Stamp,
    *,
    area: Area | None = None,
    state: Due | None = None,
    after: tuple[date, int] | None = None,
    limit: int,
) -> list[Device]:
    """Devices at their office whose check is overdue, due within `SOON_DAYS`, or was never made; the longest overdue first."""
    found = _at_its_office(stamp, area).where(is_due_as(state, stamp.at) if state else _is_due(stamp.at))
    key = func.coalesce(Device.check_due_on, _NO_DAY)
    if after:
        day, device_id = after
        found = found.where(or_(key > day, and_(key == day, Device.id > device_id)))
    return list(session.scalars(devices.whole(found.order_by(key, Device.id).limit(limit + 1))))


def due_key(device: Device) -> tuple[date, int]:
    """The key by which `due` sorts."""
    return device.check_due_on or _NO_DAY, device.id


def standing(session: Session, stamp: Stamp, *, area: Area | None = None) -> Standing:
    return _standing(session, _at_its_office(stamp, area), stamp.at)


def standing_of_country(session: Session, at: datetime) -> Standing:
    """The numbers of the whole country, which anybody may know."""
    return _standing(session, select(Device).where(_IS_THERE, devices.IS_REGISTERED), at)


def _standing(session: Session, found: Select[Device], at: datetime) -> Standing:
    sums = [func.coalesce(func.sum(case((is_due_as(state, at), 1), else_=0)), 0) for state in Due]
    row = session.execute(found.where(_is_due(at)).with_only_columns(*sums, func.count())).one()
    return Standing(*(int(number) for number in row))


def due_states(device: Device, at: datetime) -> list[Due]:
    """Why a device, loaded with its office, is to be checked: worked out in Python as `due` does it in SQL."""
    if device.presence is not Presence.PRESENT:
        return []
    today, day = local_date(at, device.office.timezone), device.check_due_on
    holds = {
        Due.OVERDUE: day is not None and day < today,
        Due.SOON: day is not None and today <= day <= today + timedelta(days=SOON_DAYS),
        Due.NEVER: device.last_checked_on is None,
    }
    return [state for state in Due if holds[state]]


def before_local_day(column: InstrumentedAttribute[date | None], at: datetime, *, days: int = 0) -> ColumnElement[bool]:
    """A clause that `column`, a day, lies before today plus `days`; today is the local day where the device is.

    Three zones share one day for 22 hours of 24, and then the clause is one comparison that an index serves; in the two
    hours around midnight the offices whose day has already turned are compared with theirs.
    """
    todays = {zone: local_date(at, zone) + timedelta(days=days) for zone in ZONES}
    behind, ahead = min(todays.values()), max(todays.values())
    if behind == ahead:
        return column < behind
    turned = select(Office.id).where(Office.timezone.in_([zone for zone, today in todays.items() if today == ahead]))
    return or_(column < behind, and_(column < ahead, Device.office_id.in_(turned)))


def _at_its_office(stamp: Stamp, area: Area | None) -> Select[Device]:
    found = devices.visible_to(stamp).where(_IS_THERE)
    return found.where(area.holds(Device.office_id)) if area else found


def _is_due(at: datetime) -> ColumnElement[bool]:
    return or_(Device.last_checked_on.is_(None), before_local_day(Device.check_due_on, at, days=SOON_DAYS + 1))


def is_due_as(state: Due, at: datetime) -> ColumnElement[bool]:
    """A clause for devices that are to be checked for this reason, if they are at their office."""
    if state is Due.NEVER:
        return Device.last_checked_on.is_(None)
    is_overdue = before_local_day(Device.check_due_on, at)
    if state is Due.OVERDUE:
        return is_overdue
    return and_(~is_overdue, before_local_day(Device.check_due_on, at, days=SOON_DAYS + 1))


def checklist(session: Session, kind: Kind) -> list[str]:
    """What a check of this kind looks at, in order."""
    return list(
        session.scalars(select(ChecklistItem.item).where(ChecklistItem.kind == kind).order_by(ChecklistItem.position))
    )


def _photos_visible_to(stamp: Stamp) -> Select[Photo]:
    """One's own photos that wait, and those of checks of devices in scope."""
    mine = devices.visible_to(stamp).with_only_columns(Device.id)
    shown = select(CheckPhoto.photo_id).join(Check, Check.id == CheckPhoto.check_id).where(Check.device_id.in_(mine))
    return select(Photo).where(or_(is_own_and_waiting(stamp), Photo.id.in_(shown)))


def photo(session: Session, name: str, stamp: Stamp) -> Photo:
    """The photo with this hash. Raises `NoSuchPhoto`, also for one of a device outside the scope."""
    found = session.scalar(_photos_visible_to(stamp).where(Photo.hash == name).limit(1))
    if found is None:
        raise NoSuchPhoto
    return found


def latest_photo(session: Session, device: Device) -> Photo | None:
    """The first photo of the newest check that has any: how the device looked when it was last seen."""
    shown = select(Photo).join(CheckPhoto, CheckPhoto.photo_id == Photo.id).join(Check, Check.id == CheckPhoto.check_id)
    newest = shown.where(Check.device_id == device.id).order_by(Check.observed_at.desc(), Check.id.desc())
    return session.scalar(newest.order_by(CheckPhoto.position).limit(1))


def photos_named(session: Session, names: Sequence[str], stamp: Stamp) -> dict[str, Photo]:
    """The photos among `names` that the stamp may see, by hash; one that still waits is preferred to one that a check has."""
    if not names:
        return {}
    rows = session.scalars(
        _photos_visible_to(stamp).where(Photo.hash.in_(names)).order_by(Photo.attached_at.is_(None), Photo.id.desc())
    )
    return {row.hash: row for row in rows}


def may_check(stamp: Stamp, device: Device) -> bool:
    """Whether a check of this device could be recorded now."""
    return stamp.may(device.office.path, *WRITERS) and device.presence is Presence.PRESENT


def must_be_checkable(device: Device, stamp: Stamp) -> None:
    """Refuse a check that cannot be recorded. Raises `Forbidden`, `Retired`, `InTransit`, `ReportedMissing`.

    Only the office that answers may check. The office that the device is on its way to is told to wait, rather than that it
    may not. What the office that answers saw earlier (`stamp.seen_at`) it saw, wherever the device is by now.
    """
    receiving = device.bound_for
    if not (stamp.may(device.office.path, *WRITERS) or (receiving and stamp.may(receiving.path, *WRITERS))):
        raise Forbidden
    was_seen = stamp.seen_at is not None and stamp.may(device.office.path, *WRITERS)
    if not was_seen and (refusal := _NOT_THERE.get(device.presence)):
        raise refusal(code=device.code)
