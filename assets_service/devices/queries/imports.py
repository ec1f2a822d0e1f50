"""Imports: the files that became devices, and whether one can still be undone."""

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import Session, joinedload

from assets_service.access.stamp import Stamp
from assets_service.devices.errors import NoSuchImport
from assets_service.devices.models import Device, Import
from assets_service.kernel.db import lock_row
from assets_service.ledger.models import Chain
from assets_service.offices.models import Office
from assets_service.offices.queries import scoped


def imports_visible_to(stamp: Stamp) -> Select[Import]:
    """A select of the imports of devices in scope, and of one's own."""
    mine = Import.made_by_id == stamp.actor_id if stamp.actor_id else false()
    return select(Import).where(or_(scoped(Import.office_id, stamp), mine))


def imports(session: Session, stamp: Stamp, *, before: int | None, limit: int) -> tuple[list[Import], int]:
    """The visible imports, newest first and one more than `limit` when there are more, and how many there are in all."""
    found = imports_visible_to(stamp)
    total = session.scalar(select(func.count()).select_from(found.with_only_columns(Import.id).subquery())) or 0
    if before:
        found = found.where(Import.id < before)
    return list(session.scalars(_whole(found.order_by(Import.id.desc()).limit(limit + 1)))), total


def import_by_id(session: Session, number: int, stamp: Stamp) -> Import:
    """The visible import with this number. Raises `NoSuchImport`."""
    found = session.scalar(_whole(imports_visible_to(stamp).where(Import.id == number)))
    if found is None:
        raise NoSuchImport
    return found


def locked_import(session: Session, number: int, stamp: Stamp) -> Import:
    """The import to be undone, its row locked. Raises `NoSuchImport`."""
    found = import_by_id(session, number, stamp)
    lock_row(session, found)
    return found


def _whole(found: Select[Import]) -> Select[Import]:
    return found.options(joinedload(Import.office), joinedload(Import.made_by))


def paths_of(session: Session, number: int) -> list[str]:
    """The paths of the offices that answer for the devices of an import."""
    found = select(Office.path).join(Device, Device.office_id == Office.id).where(Device.import_id == number)
    return list(session.scalars(found.distinct()))


def touched(session: Session, number: int) -> tuple[int, str]:
    """To how many devices of an import something has happened since, and the code of the first of them."""
    found = select(func.count(), func.min(Device.code)).join(Chain, Chain.subject == Device.code)
    count, code = session.execute(found.where(Device.import_id == number, Chain.seq > 1)).one()
    return count, code or ""


def codes_of_import(session: Session, number: int) -> list[str]:
    return list(session.scalars(select(Device.code).where(Device.import_id == number).order_by(Device.id)))
