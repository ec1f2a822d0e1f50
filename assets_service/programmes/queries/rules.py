"""Selects of programmes and what each says offices are entitled to."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from assets_service.access.stamp import Role, Stamp
from assets_service.kernel.db import lock_row
from assets_service.kernel.errors import invalid
from assets_service.programmes.errors import NoSuchProgramme
from assets_service.programmes.models import Programme

_TOP = "/00/"


def may_set(stamp: Stamp) -> bool:
    """Whether the stamp may change programmes, which are the national office's alone."""
    return stamp.may(_TOP, Role.ADMIN)


def by_code(session: Session, code: str) -> Programme:
    """The programme with this code. Raises `NoSuchProgramme`."""
    found = session.scalar(_whole(select(Programme).where(Programme.code == code)))
    if found is None:
        raise NoSuchProgramme(code=code)
    return found


def exists(session: Session, code: str) -> bool:
    return session.scalar(select(Programme.id).where(Programme.code == code)) is not None


def locked(session: Session, code: str, _stamp: Stamp) -> Programme:
    """The programme to be changed, its row locked. Raises `NoSuchProgramme`."""
    programme = by_code(session, code)
    lock_row(session, programme)
    return programme


def named(session: Session, code: str, field: str) -> Programme:
    """The programme a field names. Raises `Invalid`."""
    try:
        return by_code(session, code)
    except NoSuchProgramme:
        raise invalid(field, "There is no programme {code}.", code=code) from None


def listed(session: Session, *, after: str | None = None, limit: int) -> tuple[list[Programme], int]:
    """The programmes by code, one more than `limit` when there are more, and how many there are in all."""
    rows = _whole(select(Programme).order_by(Programme.code).limit(limit + 1))
    if after:
        rows = rows.where(Programme.code > after)
    return list(session.scalars(rows)), session.scalar(select(func.count()).select_from(Programme)) or 0


def choices(session: Session) -> list[tuple[str, str]]:
    """Code and name of every programme, the newest first, to choose from."""
    return list(session.execute(select(Programme.code, Programme.name).order_by(Programme.id.desc()).limit(100)))


def _whole(found: Select[Programme]) -> Select[Programme]:
    return found.options(selectinload(Programme.allocations))
