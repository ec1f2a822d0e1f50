"""Judging runs again. A run is an act kept for later, so each device is judged when its label is handed out."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_service.access.stamp import REGISTRARS, Stamp
from assets_service.devices.errors import Retired
from assets_service.devices.models import Device
from assets_service.kernel.db import lock_each
from assets_service.kernel.errors import Forbidden
from assets_service.labelling import queries
from assets_service.labelling.errors import NotYours
from assets_service.labelling.models import PrintedLabel, PrintRun, RunSort
from assets_service.labelling.queries import Drawn


def must_be_theirs(session: Session, run: PrintRun, stamp: Stamp, *, lock: bool = True) -> list[Drawn]:
    """The run's labels of devices, if the person may still print each. Raises `NotYours`, `Retired`, `Forbidden`."""
    blanks_must_be_theirs(session, run, stamp)
    if lock:
        of_run = select(PrintedLabel.device_id).where(PrintedLabel.run_id == run.id)
        lock_each(session, Device, Device.id.in_(of_run))
    drawn = queries.labels_of_devices(session, run.id)
    judge(((each.code, each.office_path, each.in_use) for each in drawn), stamp)
    return drawn


def blanks_must_be_theirs(session: Session, run: PrintRun, stamp: Stamp) -> None:
    """The office of a run of blanks, and each device that has claimed one of them since. Raises `Forbidden`, `NotYours`, `Retired`."""
    if run.sort is RunSort.BLANKS:
        if not stamp.may(run.office.path, *REGISTRARS):
            raise Forbidden
        judge(queries.claimed_of_run(session, run.id), stamp)


def judge(devices: Iterable[tuple[str, str, bool]], stamp: Stamp) -> None:
    """Refuse devices that may not be printed, given by code, office's path and whether they are in use. Raises `NotYours`, `Retired`."""
    for code, office_path, in_use in devices:
        if not stamp.may(office_path, *REGISTRARS):
            raise NotYours(code=code)
        if not in_use:
            raise Retired(code=code)
