"""Every select of programmes, and coverage: what offices are entitled to beside what has arrived."""

from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import ColumnElement, Integer, Select, Subquery, case, cast, func, select, true
from sqlalchemy.orm import Session, selectinload

from assets_service.devices.models import Device, DeviceKind, Kind, Presence
from assets_service.kernel.errors import invalid
from assets_service.ledger.stamp import Stamp
from assets_service.offices.models import Level, Office
from assets_service.offices.queries import in_scope, within
from assets_service.programmes.errors import NoSuchProgramme
from assets_service.programmes.models import Allocation, Programme


class Count(Struct):
    """`registered`: devices at the office or on their way to it; `received`: those it has confirmed."""

    entitled: int = 0
    registered: int = 0
    received: int = 0

    def add(self, other: "Count") -> None:
        self.entitled += other.entitled
        self.registered += other.registered
        self.received += other.received


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
        """All kinds, with all offices below."""
        return total(self.subtree.values())


def total(counts: Iterable[Count]) -> Count:
    whole = Count()
    for count in counts:
        whole.add(count)
    return whole


def by_code(session: Session, code: str) -> Programme:
    """Raises `NoSuchProgramme`."""
    found = session.scalar(_whole(select(Programme).where(Programme.code == code)))
    if found is None:
        raise NoSuchProgramme(code=code)
    return found


def locked(session: Session, code: str) -> Programme:
    """The programme to be changed, its row locked. Raises `NoSuchProgramme`."""
    programme = by_code(session, code)
    session.refresh(programme, ["name"], with_for_update=True)
    return programme


def named(session: Session, code: str, field: str) -> Programme:
    """The programme a field names. Raises `Invalid`."""
    try:
        return by_code(session, code)
    except NoSuchProgramme:
        raise invalid(field, "There is no programme {code}.", code=code) from None


def listed(session: Session, *, after: str | None = None, limit: int) -> tuple[list[Programme], int]:
    """Programmes by code, one more than `limit` when there are more, and how many in all."""
    rows = _whole(select(Programme).order_by(Programme.code).limit(limit + 1))
    if after:
        rows = rows.where(Programme.code > after)
    return list(session.scalars(rows)), session.scalar(select(func.count()).select_from(Programme)) or 0


def choices(session: Session) -> list[tuple[str, str]]:
    """Code and name of every programme, the newest first: for a select."""
    return list(session.execute(select(Programme.code, Programme.name).order_by(Programme.id.desc()).limit(100)))


def coverage(
    session: Session, stamp: Stamp, *, programme: str | None = None, under: str | None = None
) -> list[Coverage]:
    """Every office in scope by code, each with the sums of the offices below it.

    `under` (a path) narrows to that office and all below; without a programme all programmes count together.
    """
    return _covered(session, in_scope(stamp) & (within(under) if under else true()), programme)


def coverage_of_country(session: Session) -> list[Coverage]:
    """The national office and the provinces, numbers only: what anybody may know."""
    return [office for office in _covered(session, true(), None) if office.level in {Level.NATIONAL, Level.PROVINCE}]


def _covered(session: Session, where: ColumnElement[bool], programme: str | None) -> list[Coverage]:
    """One query for every office and kind; the tree is summed here, since a path names all that stand above."""
    entitled, counted = _entitled(programme), _counted(programme)
    rows = session.execute(
        select(
            Office.code,
            Office.name,
            Office.level,
            Office.path,
            DeviceKind.kind,
            func.coalesce(entitled.c.quantity, 0),
            func.coalesce(counted.c.registered, 0),
            func.coalesce(counted.c.received, 0),
        )
        .select_from(Office)
        .join(DeviceKind, true())
        .outerjoin(entitled, (entitled.c.level == Office.level) & (entitled.c.kind == DeviceKind.kind))
        .outerjoin(counted, (counted.c.office_id == Office.id) & (counted.c.kind == DeviceKind.kind))
        .where(where)
        .order_by(Office.path, DeviceKind.kind)
    )
    offices: dict[str, Coverage] = {}
    for code, name, level, path, kind, *counts in rows:
        count = Count(*(int(count) for count in counts))
        office = offices.setdefault(code, Coverage(code, name, level, path, {}, {}))
        office.own[kind] = count
        for above in path.split("/")[1:-1]:  # parents stand before children, so those in scope are there already
            if above in offices:
                offices[above].subtree.setdefault(kind, Count()).add(count)
    return sorted(offices.values(), key=lambda office: office.code)


def _entitled(programme: str | None) -> Subquery:
    found = select(Allocation.level, Allocation.kind, func.sum(Allocation.quantity).label("quantity"))
    if programme:
        found = found.join(Programme).where(Programme.code == programme)
    return found.group_by(Allocation.level, Allocation.kind).subquery()


def _counted(programme: str | None) -> Subquery:
    """Each device once: where it is bound for while on its way, else where it is."""
    # The cast gives SQLite's result a type; without one it would not look offices up in it but search it through.
    office_id = cast(func.coalesce(Device.bound_for_id, Device.office_id), Integer).label("office_id")
    received = case((Device.bound_for_id.is_(None) & Device.received_at.is_not(None), 1), else_=0)
    found = select(
        office_id, Device.kind, func.count().label("registered"), func.sum(received).label("received")
    ).where(Device.presence != Presence.WRITTEN_OFF)
    found = found.where(Device.programme == programme if programme else Device.programme.is_not(None))
    return found.group_by(office_id, Device.kind).subquery()


def _whole(found: Select[Programme]) -> Select[Programme]:
    return found.options(selectinload(Programme.allocations))
