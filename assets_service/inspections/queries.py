"""Every select of checks. A check is visible where its device is."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from assets_service.devices import queries as devices
from assets_service.devices.models import Device, Kind, Presence
from assets_service.inspections.errors import NoSuchCheck, NoSuchPhoto
from assets_service.inspections.models import Check, ChecklistItem, CheckPolicy, Photo, Rule
from assets_service.kernel.clock import ZONES, local_date
from assets_service.ledger.stamp import Stamp
from assets_service.offices.models import Office
from assets_service.offices.queries import in_scope, within

SOON_DAYS = 30
_NO_DAY = date(9999, 12, 31)


class Due(StrEnum):
    """Where a device stands towards its next check."""

    OVERDUE = "overdue"
    SOON = "soon"
    NEVER = "never"


class Standing(Struct):
    """How many devices are due how."""

    overdue: int
    soon: int
    never: int


def of_device(session: Session, device: Device, *, after: tuple[datetime, int] | None, limit: int) -> list[Check]:
    """Newest observation first; `after` is the last one already shown; one more than `limit` when there are more."""
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
    """Raises `NoSuchCheck`."""
    found = session.scalar(_whole(select(Check).where(Check.device_id == device.id, Check.id == check_id)))
    if found is None:
        raise NoSuchCheck
    return found


def _whole(found: Select[Check]) -> Select[Check]:
    return found.options(
        joinedload(Check.device), joinedload(Check.office), joinedload(Check.person), selectinload(Check.photos)
    )


def newest_observation(session: Session, device: Device) -> datetime | None:
    return session.scalar(
        select(Check.observed_at).where(Check.device_id == device.id).order_by(Check.observed_at.desc()).limit(1)
    )


# What is due -----------------------------------------------------------------------------------------------------


def due(
    session: Session,
    stamp: Stamp,
    *,
    office: Office | None = None,
    state: Due | None = None,
    after: tuple[date, int] | None = None,
    limit: int,
) -> list[Device]:
    """Devices at their office whose check is over, or within `SOON_DAYS`, or never was; the longest overdue first."""
    found = _at_hand(stamp, office).where(_due_as(state, stamp.at) if state else _is_due(stamp.at))
    key = func.coalesce(Device.check_due_on, _NO_DAY)
    if after:
        day, device_id = after
        found = found.where(or_(key > day, and_(key == day, Device.id > device_id)))
    return list(session.scalars(devices.whole(found.order_by(key, Device.id).limit(limit + 1))))


def due_key(device: Device) -> tuple[date, int]:
    """What `due` sorts by."""
    return device.check_due_on or _NO_DAY, device.id


def standing(session: Session, stamp: Stamp, *, office: Office | None = None) -> Standing:
    sums = [func.coalesce(func.sum(case((_due_as(state, stamp.at), 1), else_=0)), 0) for state in Due]
    row = session.execute(_at_hand(stamp, office).where(_is_due(stamp.at)).with_only_columns(*sums)).one()
    return Standing(*(int(number) for number in row))


def due_state(device: Device, at: datetime) -> Due | None:
    """The same in Python, for one device with its office loaded."""
    if device.presence is not Presence.PRESENT:
        return None
    if device.check_due_on is None:
        return Due.NEVER
    today = local_date(at, device.office.timezone)
    if device.check_due_on < today:
        return Due.OVERDUE
    return Due.SOON if device.check_due_on <= today + timedelta(days=SOON_DAYS) else None


def before_local_day(column: InstrumentedAttribute[date | None], at: datetime, *, days: int = 0) -> ColumnElement[bool]:
    """`column`, a day of a device, lies before today plus `days`, today being the local day where the device is.

    Three zones share one day for 22 hours of 24, and then the clause is one comparison that an index serves; in the two
    hours around midnight the offices whose day has already turned are compared with theirs.
    """
    todays = {zone: local_date(at, zone) + timedelta(days=days) for zone in ZONES}
    behind, ahead = min(todays.values()), max(todays.values())
    if behind == ahead:
        return column < behind
    turned = select(Office.id).where(Office.timezone.in_([zone for zone, today in todays.items() if today == ahead]))
    return or_(column < behind, and_(column < ahead, Device.office_id.in_(turned)))


def _at_hand(stamp: Stamp, office: Office | None) -> Select[Device]:
    found = devices.visible_to(stamp).where(Device.presence == Presence.PRESENT)
    return found.where(Device.office_id.in_(select(Office.id).where(within(office.path)))) if office else found


def _is_due(at: datetime) -> ColumnElement[bool]:
    return or_(Device.check_due_on.is_(None), before_local_day(Device.check_due_on, at, days=SOON_DAYS + 1))


def _due_as(state: Due, at: datetime) -> ColumnElement[bool]:
    if state is Due.NEVER:
        return Device.check_due_on.is_(None)
    is_overdue = before_local_day(Device.check_due_on, at)
    if state is Due.OVERDUE:
        return is_overdue
    return and_(~is_overdue, before_local_day(Device.check_due_on, at, days=SOON_DAYS + 1))


# Policies and lists ----------------------------------------------------------------------------------------------


def policy_at(session: Session, path: str) -> CheckPolicy | None:
    """The rule that holds at the office with this path: its own, or of the nearest office above that has one."""
    codes = path.strip("/").split("/")
    return session.scalar(
        select(CheckPolicy)
        .join(CheckPolicy.office)
        .where(Office.code.in_(codes), CheckPolicy.rule != Rule.INHERIT)
        .order_by(func.length(Office.path).desc())
        .limit(1)
        .options(joinedload(CheckPolicy.office))
    )


def own_policy(session: Session, office: Office) -> CheckPolicy | None:
    return session.scalar(
        select(CheckPolicy).where(CheckPolicy.office_id == office.id).options(joinedload(CheckPolicy.office))
    )


def policies(session: Session, stamp: Stamp) -> list[CheckPolicy]:
    """Every office in scope that has a rule of its own."""
    return list(
        session.scalars(
            select(CheckPolicy)
            .join(CheckPolicy.office)
            .where(CheckPolicy.rule != Rule.INHERIT, in_scope(stamp))
            .order_by(Office.path)
            .limit(600)
            .options(joinedload(CheckPolicy.office))
        )
    )


def checklist(session: Session, kind: Kind) -> list[str]:
    """What a check of this kind looks at, in order."""
    return list(
        session.scalars(select(ChecklistItem.item).where(ChecklistItem.kind == kind).order_by(ChecklistItem.position))
    )


# Photos ----------------------------------------------------------------------------------------------------------


def _photos_visible_to(stamp: Stamp) -> Select[Photo]:
    """One's own uploads, and photos of checks of devices in scope."""
    shown = select(Check.id).where(Check.device_id.in_(devices.visible_to(stamp).with_only_columns(Device.id)))
    own = and_(Photo.check_id.is_(None), Photo.person_id == (stamp.actor_id or 0))
    return select(Photo).where(or_(own, Photo.check_id.in_(shown)))


def photo(session: Session, name: str, stamp: Stamp) -> Photo:
    """Raises `NoSuchPhoto`, also for one of a device outside the scope."""
    found = session.scalar(_photos_visible_to(stamp).where(Photo.hash == name).limit(1))
    if found is None:
        raise NoSuchPhoto
    return found


def photos_named(session: Session, names: Sequence[str], stamp: Stamp) -> dict[str, Photo]:
    """By hash, those of `names` the caller can see; one that still waits for its check comes before one that has it."""
    if not names:
        return {}
    rows = session.scalars(
        _photos_visible_to(stamp).where(Photo.hash.in_(names)).order_by(Photo.check_id.is_(None), Photo.id.desc())
    )
    return {row.hash: row for row in rows}


def waiting(session: Session, name: str, person_id: int | None) -> Photo | None:
    """The same picture, sent by the same person before, that still waits for its check."""
    return session.scalar(
        select(Photo).where(Photo.hash == name, Photo.person_id == person_id, Photo.check_id.is_(None)).limit(1)
    )


def unattached(session: Session, *, before: datetime) -> list[Photo]:
    """Uploads whose check never came."""
    return list(session.scalars(select(Photo).where(Photo.check_id.is_(None), Photo.uploaded_at < before).limit(1000)))


def still_used(session: Session, names: Sequence[str]) -> set[str]:
    return set(session.scalars(select(Photo.hash).where(Photo.hash.in_(names))))
