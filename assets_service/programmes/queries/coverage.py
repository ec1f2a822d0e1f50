"""Coverage: what offices are entitled to beside what has arrived, each office counted at most at its share."""

from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import ColumnElement, Integer, Select, Subquery, case, cast, func, select, true
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.devices.models import Device, DeviceKind, Kind, Presence
from assets_service.devices.queries import IS_REGISTERED
from assets_service.offices.models import Level, Office
from assets_service.offices.queries import in_scope, within
from assets_service.programmes.models import Allocation, Programme


class Count(Struct):
    """How many devices of a programme an office is entitled to and has, or many offices have: each counts at most at its share.

    `registered` are at the office or on their way to it, `received` those it has confirmed. Beyond the share: `surplus`
    was received or is on its way, `undistributed` was only ever registered there.
    """

    entitled: int = 0
    registered: int = 0
    received: int = 0
    surplus: int = 0
    undistributed: int = 0

    def add(self, other: "Count") -> None:
        self.entitled += other.entitled
        self.registered += other.registered
        self.received += other.received
        self.surplus += other.surplus
        self.undistributed += other.undistributed


def count_of(entitled: int, there: int, given: int, received: int) -> Count:
    """One office in one programme: how many devices are there or on their way, how many of them it was given, and received."""
    surplus = max(0, given - entitled)
    registered = min(there, entitled)
    return Count(entitled, registered, min(received, entitled), surplus, there - registered - surplus)


class Coverage(Struct):
    """One office's counts by kind: its own, and with all offices below it."""

    code: str
    name: str
    level: Level
    path: str
    own: dict[Kind, Count]
    subtree: dict[Kind, Count]

    @property
    def parent(self) -> str | None:
        above = self.path.split("/")[1:-2]
        return above[-1] if above else None

    @property
    def total(self) -> Count:
        """The counts of all kinds, with all offices below."""
        return total(self.subtree.values())


def total(counts: Iterable[Count]) -> Count:
    whole = Count()
    for count in counts:
        whole.add(count)
    return whole


def coverage(
    session: Session, stamp: Stamp, *, programme: str | None = None, under: str | None = None
) -> list[Coverage]:
    """Every office in scope by code, each with the sums of the offices below it.

    `under` (a path) narrows to that office and all below; without a programme all programmes count together.
    """
    return _covered(session, in_scope(stamp) & (within(under) if under else true()), programme)


def coverage_of_country(session: Session) -> list[Coverage]:
    """The coverage of the national office and the provinces, in numbers only: what anybody may know."""
    return [office for office in _covered(session, true(), None) if office.level in {Level.NATIONAL, Level.PROVINCE}]


def _covered(session: Session, where: ColumnElement[bool], programme: str | None) -> list[Coverage]:
    """The coverage, from one query for every office, programme and kind; the tree is summed here, since a path names all offices above."""
    offices: dict[str, Coverage] = {}
    for code, name, level, path, kind, *counts in session.execute(_counts(programme).where(where)):
        count = count_of(*(int(count) for count in counts))
        office = offices.setdefault(code, Coverage(code, name, level, path, {}, {}))
        office.own.setdefault(kind, Count()).add(count)
        for above in path.split("/")[1:-1]:  # parents stand before children, so those in scope are there already
            if above in offices:
                offices[above].subtree.setdefault(kind, Count()).add(count)
    return sorted(offices.values(), key=lambda office: office.code)


def _counts(programme: str | None) -> Select[str, str, Level, str, Kind, int, int, int, int]:
    """Each office with every kind and programme: what it is entitled to, and the devices there, given to it, received."""
    counted = _counted()
    numbers = [Allocation.quantity, counted.c.there, counted.c.given, counted.c.received]
    return (
        select(Office.code, Office.name, Office.level, Office.path, DeviceKind.kind)
        .add_columns(*(func.coalesce(number, 0) for number in numbers))
        .select_from(Office)
        .join(DeviceKind, true())
        .outerjoin(Programme, Programme.code == programme if programme else true())
        .outerjoin(
            Allocation,
            (Allocation.programme_id == Programme.id)
            & (Allocation.level == Office.level)
            & (Allocation.kind == DeviceKind.kind),
        )
        .outerjoin(
            counted,
            (counted.c.office_id == Office.id)
            & (counted.c.kind == DeviceKind.kind)
            & (counted.c.programme == Programme.code),
        )
        .order_by(Office.path, DeviceKind.kind)
    )


def _counted() -> Subquery:
    """The devices counted, each once: at its destination while it is on its way, else where it is."""
    # The cast gives SQLite's result a type; without one it would not look offices up in it but search it through.
    office_id = cast(func.coalesce(Device.bound_for_id, Device.office_id), Integer).label("office_id")
    on_its_way, was_received = Device.bound_for_id.is_not(None), Device.received_at.is_not(None)
    return (
        select(
            office_id,
            Device.kind,
            Device.programme,
            func.count().label("there"),
            func.sum(case((on_its_way | was_received, 1), else_=0)).label("given"),
            func.sum(case((~on_its_way & was_received, 1), else_=0)).label("received"),
        )
        .where(Device.presence != Presence.WRITTEN_OFF, IS_REGISTERED, Device.programme.is_not(None))
        .group_by(office_id, Device.kind, Device.programme)
        .subquery()
    )
