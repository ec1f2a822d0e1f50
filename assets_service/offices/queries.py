"""Every select of offices, and the two clauses that scope all others: `within` a subtree, `visible_to` a stamp."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVarTuple

from sqlalchemy import ColumnElement, Select, bindparam, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, load_only

from assets_service.access.stamp import Role, Stamp
from assets_service.kernel.db import lock_row
from assets_service.kernel.errors import Invalid, invalid
from assets_service.kernel.spelling import searchable
from assets_service.offices.errors import NoSuchOffice
from assets_service.offices.models import Level, Office
from assets_service.offices.reading import Choices, is_called, read_office

Columns = TypeVarTuple("Columns")

OfficeId = InstrumentedAttribute[int] | InstrumentedAttribute[int | None]

_TOP = "/00/"
MEANT_MAX = 6
_UNSEEN_SENTENCE = "There is no office {code} that you can see."
_NONE_SENTENCE = "There is no office {code}."
_NOT_CALLED_SENTENCE = "No office is called {it}."
_ADDRESSES = (
    select(Office)
    .where(Office.code.in_(bindparam("codes", expanding=True)))
    .options(load_only(Office.code, Office.name, Office.path, Office.timezone))
)


class Area(NamedTuple):
    """An office with all below it, or that office alone."""

    path: str
    is_alone: bool = False

    @property
    def clause(self) -> ColumnElement[bool]:
        """A clause for the offices of the area."""
        return Office.path == self.path if self.is_alone else within(self.path)

    def holds(self, column: OfficeId) -> ColumnElement[bool]:
        """A clause that `column`, an office's id, lies in the area."""
        return column.in_(select(Office.id).where(self.clause))


def within(path: str) -> ColumnElement[bool]:
    """A clause for the office with this path and all below it: a range of paths, so that the index serves."""
    return true() if path == _TOP else (Office.path >= path) & (Office.path < path[:-1] + "0")  # "0" follows "/"


def in_scope(stamp: Stamp, *roles: Role) -> ColumnElement[bool]:
    """A clause for the offices at which the stamp holds any of the roles; any role counts when none is named."""
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
    """A select of the ids of all offices below these paths; kept for each scope, since building it costs as much as running it."""
    return select(Office.id).where(_in_subtrees(scopes))


def scoped(column: OfficeId, stamp: Stamp) -> ColumnElement[bool]:
    """A clause that `column`, an office's id, lies in the stamp's scope; always true for who sees the whole country."""
    return true() if sees_all(stamp) else column.in_(ids_in_scope(stamp))


def narrowed(
    found: Select[*Columns], stamp: Stamp, *columns: OfficeId, unless: ColumnElement[bool] | None = None
) -> Select[*Columns]:
    """The select, narrowed to rows with an office in the stamp's scope in any of these columns.

    Rows for which `unless` is true stay in all the same.
    """
    return found if sees_all(stamp) else _with_office_in(found, stamp.scopes(), columns, unless)


def narrowed_once(
    found: Select[*Columns], stamp: Stamp, *columns: OfficeId, unless: ColumnElement[bool] | None = None
) -> Select[*Columns]:
    """The same for a select that is built only once: the narrowed select is kept for each scope too."""
    return found if sees_all(stamp) else _kept_with_office_in(found, stamp.scopes(), columns, unless)


def _with_office_in(
    found: Any, scopes: tuple[str, ...], columns: tuple[OfficeId, ...], unless: ColumnElement[bool] | None
) -> Any:
    mine = ids_within(scopes)
    others = () if unless is None else (unless,)
    return found.where(or_(*(column.in_(mine) for column in columns), *others))


_kept_with_office_in = lru_cache(maxsize=1024)(_with_office_in)


def by_code(session: Session, text: str, stamp: Stamp) -> Office:
    """The office of an address, by its code however it is written. Raises `NoSuchOffice`, also for an office outside the scope."""
    found = _exactly(session, visible_to(stamp).options(joinedload(Office.parent)), text)
    if len(found) != 1:
        raise NoSuchOffice(code=text)
    return found[0]


def locked(session: Session, code: str, stamp: Stamp) -> Office:
    """The office to be changed, its row locked. Raises `NoSuchOffice`."""
    office = by_code(session, code, stamp)
    lock_row(session, office)
    return office


def named(session: Session, text: str, stamp: Stamp, field: str) -> Office:
    """The office that a field of a body names. Raises `Invalid` for that field, and not 404, for the address itself was right."""
    return _the_one(_exactly(session, visible_to(stamp), text), text, field, _UNSEEN_SENTENCE)


def any_named(session: Session, text: str, field: str) -> Office:
    """The office that a field names, in scope or not: a shipment may go to one that the sender does not supervise. Raises `Invalid`."""
    return _the_one(_exactly(session, select(Office), text), text, field, _NONE_SENTENCE)


def code_named(session: Session, text: str, field: str) -> str:
    """The code of the office that a field names, which may not exist; only a name is looked for. Raises `Invalid`."""
    return read_office(text).code or any_named(session, text, field).code


def _exactly(session: Session, found: Select[Office], text: str) -> list[Office]:
    """The offices with this code or this whole name; a name with its kind comes before one without."""
    read = read_office(text)
    rows = list(session.scalars(found.where(called(text)).order_by(Office.code)))
    whole = [office for office in rows if office.code == read.code or read.whole == searchable(office.name)]
    return whole or [office for office in rows if is_called(office.name, office.level, read)]


def _the_one(found: list[Office], text: str, field: str, sentence: str) -> Office:
    if len(found) > 1:
        raise _several(found, field)
    if not found:
        raise invalid(field, sentence, code=text, it=text)
    return found[0]


def _several(found: list[Office], field: str) -> Invalid:
    several = "; ".join(f"{office.code} {office.name}" for office in found[:MEANT_MAX])
    return invalid(field, "Several offices fit: {several}. Write the code of one.", several=several)


def called(text: str) -> ColumnElement[bool]:
    """A clause for the offices with this code, or with this in their name."""
    read = read_office(text)
    if read.code:
        return Office.code == read.code
    alike = Office.search.contains(read.name, autoescape=True)
    alike = alike & (Office.level == read.level) if read.level else alike
    return or_(alike, Office.search.contains(read.whole, autoescape=True)) if read.whole else false()


def above(session: Session, paths: Sequence[str]) -> Office:
    """The lowest office at or above all these paths."""
    parts = [path.strip("/").split("/") for path in paths]
    shared = parts[0]
    for other in parts[1:]:
        shared = [a for a, b in zip(shared, other, strict=False) if a == b]
    return by_path(session, f"/{'/'.join(shared)}/")


def by_path(session: Session, path: str) -> Office:
    return session.execute(select(Office).where(Office.path == path)).scalar_one()


def meant(session: Session, text: str, field: str) -> str:
    """The code of the office that somebody typed: `81.02`, `81.02 Maluku Tenggara`, or enough of its name.

    Raises `Invalid` when none or several fit.
    """
    read = read_office(text)
    if read.code:
        return read.code
    if not read.whole:
        raise invalid(field, "Choose an office.")
    found = _exactly(session, select(Office), text) or list(
        session.scalars(select(Office).where(called(text)).order_by(Office.code))
    )
    return _the_one(found, text.strip()[:80], field, _NOT_CALLED_SENTENCE).code


def addresses(session: Session, codes: Iterable[str]) -> dict[str, Office]:
    """Any offices of the roster by their codes: a shipment may go to one that the sender does not supervise."""
    return {office.code: office for office in session.scalars(_ADDRESSES, {"codes": list(codes)})}


def roster(session: Session) -> Choices:
    """Every office, to choose from."""
    return Choices(
        (code, name) for code, name in session.execute(select(Office.code, Office.name).order_by(Office.code))
    )


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
    """The visible offices by code, one more than `limit` when there are more, and how many there are in all."""
    found = visible_to(stamp)
    if q:
        found = found.where(called(q))
    if level:
        found = found.where(Office.level == level)
    if parent:
        found = found.where(Office.parent_id == select(Office.id).where(Office.code == parent).scalar_subquery())
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    if after:
        found = found.where(Office.code > after)
    rows = session.scalars(found.order_by(Office.code).limit(limit + 1).options(joinedload(Office.parent)))
    return list(rows), total


def choices(session: Session, stamp: Stamp, *roles: Role) -> Choices:
    """Every office at which the stamp holds any of the roles, to choose from."""
    found = select(Office.code, Office.name).where(in_scope(stamp, *roles)).order_by(Office.path)
    return Choices((code, name) for code, name in session.execute(found))


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Office)) or 0


class DeviceCounts:
    """How many devices offices answer for, by the offices' ids. The register is in a room above, which gives the counting."""

    def __init__(self, count: Callable[[Session, list[int]], dict[int, int]]) -> None:
        self.of = count

    def at(self, session: Session, office: Office) -> int:
        return self.of(session, [office.id]).get(office.id, 0)
