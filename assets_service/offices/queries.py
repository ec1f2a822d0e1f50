"""Every select of offices, and the two clauses that scope all others: `within` a subtree, `visible_to` a stamp."""

import re
from functools import lru_cache

from sqlalchemy import ColumnElement, Integer, Select, column, false, func, inspect, or_, select, table, true
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from assets_service.kernel.errors import invalid
from assets_service.ledger.stamp import Role, Stamp
from assets_service.offices.errors import NoSuchOffice
from assets_service.offices.models import Level, Office

_NOISE = re.compile(r"[\W_]+")
_TOP = "/00/"


def within(path: str) -> ColumnElement[bool]:
    """The office with this path and all below it: a range, so that the index on path serves."""
    return true() if path == _TOP else (Office.path >= path) & (Office.path < path[:-1] + "0")  # "0" follows "/"


def in_scope(stamp: Stamp, *roles: Role) -> ColumnElement[bool]:
    """Offices at which the stamp holds any of the roles (any role at all, when none is named)."""
    return _in_subtrees(stamp.scopes(*roles))


def _in_subtrees(scopes: tuple[str, ...]) -> ColumnElement[bool]:
    return or_(*(within(path) for path in scopes)) if scopes else false()


def sees_all(stamp: Stamp) -> bool:
    return any(_TOP.startswith(path) for path in stamp.scopes())  # the command line's own right stands above the top


def visible_to(stamp: Stamp) -> Select[Office]:
    return select(Office).where(in_scope(stamp))


def ids_in_scope(stamp: Stamp, *roles: Role) -> Select[int]:
    return ids_within(stamp.scopes(*roles))


@lru_cache(maxsize=1024)
def ids_within(scopes: tuple[str, ...]) -> Select[int]:
    """Kept for each scope: making a select takes as long as asking it."""
    return select(Office.id).where(_in_subtrees(scopes))


def scoped(column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None], stamp: Stamp) -> ColumnElement[bool]:
    """`column`, an office id, lies in the stamp's scope; costs nothing for who sees the whole country."""
    return true() if sees_all(stamp) else column.in_(ids_in_scope(stamp))


def by_code(session: Session, code: str, stamp: Stamp) -> Office:
    """Raises `NoSuchOffice`, also for an office outside the scope."""
    found = session.scalar(visible_to(stamp).where(Office.code == code).options(joinedload(Office.parent)))
    if found is None:
        raise NoSuchOffice(code=code)
    return found


def locked(session: Session, code: str, stamp: Stamp) -> Office:
    """The office to be changed, its row locked. Raises `NoSuchOffice`."""
    office = by_code(session, code, stamp)
    columns = [column.key for column in inspect(Office).column_attrs]
    session.refresh(office, columns, with_for_update=True)
    return office


def named(session: Session, code: str, stamp: Stamp, field: str) -> Office:
    """The office a field names. Raises `Invalid` for that field: what a body names is not the address asked for."""
    found = session.scalar(visible_to(stamp).where(Office.code == code))
    if found is None:
        raise invalid(field, "There is no office {code} that you can see.", code=code)
    return found


def any_named(session: Session, code: str, field: str) -> Office:
    """Any office of the roster, whoever asks: a shipment may go to an office the sender does not supervise."""
    found = session.scalar(select(Office).where(Office.code == code))
    if found is None:
        raise invalid(field, "There is no office {code}.", code=code)
    return found


def by_path(session: Session, path: str) -> Office:
    return session.execute(select(Office).where(Office.path == path)).scalar_one()


def search(
    session: Session,
    stamp: Stamp,
    *,
    q: str | None = None,
    level: Level | None = None,
    parent: str | None = None,
    after: str | None = None,
    limit: int,
) -> tuple[list[Office], int]:
    """Offices by code order, one more than `limit` when there are more, and how many in all."""
    found = visible_to(stamp)
    if q:
        found = found.where(or_(Office.search.contains(searchable(q), autoescape=True), Office.code == q.strip()))
    if level:
        found = found.where(Office.level == level)
    if parent:
        found = found.where(Office.parent_id == select(Office.id).where(Office.code == parent).scalar_subquery())
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    if after:
        found = found.where(Office.code > after)
    rows = session.scalars(found.order_by(Office.code).limit(limit + 1).options(joinedload(Office.parent)))
    return list(rows), total


def choices(session: Session, stamp: Stamp, *roles: Role) -> list[tuple[str, str]]:
    """Code and name of every office at which the stamp holds any of the roles, each below its parent: for a select."""
    rows = session.execute(select(Office.code, Office.name).where(in_scope(stamp, *roles)).order_by(Office.path))
    return list(rows)


def searchable(text: str) -> str:
    """Without case, spaces, hyphens: "Toli-Toli", "tolitoli" and "TOLI TOLI" are one name."""
    return _NOISE.sub("", text).casefold()


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Office)) or 0


def device_counts(session: Session, office_ids: list[int]) -> dict[int, int]:
    """How many devices each office answers for. Devices live in a room above; only their number is asked here."""
    devices = table("devices", column("id", Integer), column("office_id", Integer))
    counted = select(devices.c.office_id, func.count()).where(devices.c.office_id.in_(office_ids))
    return dict(session.execute(counted.group_by(devices.c.office_id)).all())
