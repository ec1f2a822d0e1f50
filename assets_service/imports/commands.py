"""A file becomes devices, or grades, by the rule of their own room, and devices are undone by it. Nothing here touches custody."""

from msgspec import structs
from sqlalchemy.orm import Session

from assets_service.access.stamp import Door, Stamp
from assets_service.devices import commands as devices
from assets_service.devices import queries
from assets_service.devices.errors import RowsRefused
from assets_service.devices.models import Import
from assets_service.imports import grades
from assets_service.imports.asks import DeviceFile, GradeFile
from assets_service.imports.batches import Batch, ImportRefused, Report, check, placed, report_of, rows_of
from assets_service.imports.events import FileRegistered, FileUndone
from assets_service.imports.grades import Grades
from assets_service.ledger.commands import record
from assets_service.openness import commands as openness


def register(session: Session, ask: DeviceFile, batch: Batch, *, stamp: Stamp) -> Report:
    """Register all devices of the file, which was read as `batch`, or none. Raises `ImportRefused`."""
    stamp = structs.replace(stamp, door=Door.IMPORT)
    if batch.errors:
        raise ImportRefused(check(session, batch, stamp=stamp))
    rows = rows_of(session, batch)
    try:
        first, *_ = devices.register_each(session, rows, file_sha256=ask.sha256, stamp=stamp)
    except RowsRefused as refused:
        raise ImportRefused(report_of(batch, rows, placed(batch, refused.problems), created=0)) from None
    made = queries.import_by_id(session, first.import_id or 0, stamp)
    event = FileRegistered(sha256=ask.sha256, rows=made.devices, office=made.office.code)
    record(session, event, subject=_subject(made), stamp=stamp)
    return report_of(batch, rows, [], created=made.devices, number=made.id)


def undo(session: Session, made: Import, *, stamp: Stamp) -> None:
    """Withdraw all devices of the import, if nothing else has happened to any. Raises `Forbidden`, `ImportUndone`, `ImportTouched`."""
    devices.withdraw_import(session, made, stamp=stamp)
    record(session, FileUndone(rows=made.devices), subject=_subject(made), stamp=stamp)


def _subject(made: Import) -> str:
    return f"import/{made.id}"


def grade_offices(session: Session, ask: GradeFile, read: Grades, *, stamp: Stamp) -> Report:
    """Record all grades of the file, or none; what stands there already is not recorded again. Raises `ImportRefused`."""
    del ask
    stamp = structs.replace(stamp, door=Door.IMPORT)
    agreed, errors = grades.agree(session, read, stamp=stamp)
    if errors:
        raise ImportRefused(grades.report_of(read, errors, created=0))
    return grades.report_of(read, [], created=openness.grade_each(session, agreed, stamp=stamp))
