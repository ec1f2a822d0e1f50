"""Undoing an import: its devices leave the register as if the file had not been sent, and their history stays."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from assets_service.access.stamp import REGISTRARS, Stamp
from assets_service.devices import queries
from assets_service.devices.errors import ImportTouched, ImportUndone
from assets_service.devices.events import DeviceWithdrawn
from assets_service.devices.models import Device, DeviceImei, Import
from assets_service.kernel.db import lock_each
from assets_service.kernel.errors import Forbidden
from assets_service.ledger.commands import record_each


def withdraw_import(session: Session, made: Import, *, stamp: Stamp) -> None:
    """Withdraw every device that the import registered. Raises `Forbidden`, `ImportUndone`, `ImportTouched`."""
    if not all(stamp.may(path, *REGISTRARS) for path in queries.paths_of(session, made.id)):
        raise Forbidden
    if made.withdrawn_at:
        raise ImportUndone(number=made.id)
    lock_each(session, Device, Device.import_id == made.id)
    count, code = queries.touched(session, made.id)
    if count:
        raise ImportTouched(count=count, code=code)
    theirs = select(Device.id).where(Device.import_id == made.id)
    session.execute(delete(DeviceImei).where(DeviceImei.device_id.in_(theirs)))
    session.execute(
        update(Device)
        .where(Device.import_id == made.id)
        .values(withdrawn_at=stamp.at, version=Device.version + 1)
        .execution_options(synchronize_session=False)
    )
    made.withdrawn_at, made.withdrawn_by_id = stamp.at, stamp.actor_id
    event = DeviceWithdrawn(import_id=made.id, withdrawn_at=stamp.at)
    record_each(session, [(code, event) for code in queries.codes_of_import(session, made.id)], stamp=stamp)
