"""Every select of print runs and their labels."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Select, exists, false, func, or_, select
from sqlalchemy.orm import Session, joinedload

from assets_service.access.stamp import Stamp
from assets_service.devices.models import Device, LabelCode, Presence
from assets_service.devices.queries import IS_REGISTERED
from assets_service.devices.queries import visible_to as devices_visible_to
from assets_service.kernel.db import Database
from assets_service.kernel.jobs import JobState
from assets_service.labelling.errors import NoSuchRun, Why
from assets_service.labelling.models import OPEN, PrintedLabel, PrintRun, RunState
from assets_service.labelling.queries.printable import Printable, is_printed
from assets_service.labelling.texts import Prefix, blank_text, device_text, next_version
from assets_service.offices.models import Office
from assets_service.offices.queries import in_scope, sees_all
from assets_service.web.language import phrase
from labels import LabelText

_CHUNK = 500


def run(session: Session, run_id: int, stamp: Stamp) -> PrintRun:
    """The visible run with this number. Raises `NoSuchRun`."""
    one = session.scalar(_runs_visible_to(stamp).where(PrintRun.id == run_id))
    if one is None:
        raise NoSuchRun
    return one


def runs(session: Session, stamp: Stamp, *, before: int | None, limit: int) -> tuple[list[PrintRun], int]:
    """The visible runs, newest first and one more than `limit` when there are more, and how many there are in all."""
    found = _runs_visible_to(stamp)
    total = session.scalar(select(func.count()).select_from(found.with_only_columns(PrintRun.id).subquery())) or 0
    if before:
        found = found.where(PrintRun.id < before)
    return list(session.scalars(found.order_by(PrintRun.id.desc()).limit(limit + 1))), total


def _runs_visible_to(stamp: Stamp) -> Select[PrintRun]:
    """A select of the runs of offices in scope, and of one's own."""
    return (
        select(PrintRun)
        .join(Office, Office.id == PrintRun.office_id)
        .where(or_(in_scope(stamp), PrintRun.asked_by_id == stamp.actor_id if stamp.actor_id else false()))
        .options(joinedload(PrintRun.office), joinedload(PrintRun.job))
    )


def whole_run(session: Session, run_id: int) -> PrintRun:
    """The run with its office and job, whoever asks: for drawing it."""
    found = select(PrintRun).where(PrintRun.id == run_id)
    return session.execute(found.options(joinedload(PrintRun.office), joinedload(PrintRun.job))).scalar_one()


def is_lost(run: PrintRun, at: datetime) -> bool:
    """Whether nobody draws the run: its process died, or none was there to begin it."""
    return run.state in OPEN and (run.job is None or not run.job.is_open or run.job.is_lost(at))


def state_of(run: PrintRun, at: datetime) -> RunState:
    if is_lost(run, at):
        return RunState.FAILED
    if run.state is RunState.DRAWING and run.job and run.job.state is JobState.WAITING:
        return RunState.QUEUED  # whoever drew it put it down
    return run.state


def why(run: PrintRun, at: datetime) -> Why | None:
    """Why the run failed."""
    if is_lost(run, at):
        return Why(phrase("The server that drew it has stopped. Restart it."))
    return msgspec.json.decode(run.why, type=Why) if run.why else None


def is_within_sight(session: Session, run: PrintRun, stamp: Stamp) -> bool:
    """Whether every device on the run's file may still be seen: devices move, and the file says where they were."""
    if sees_all(stamp):
        return True
    visible = devices_visible_to(stamp).with_only_columns(Device.id)
    hidden = exists().where(
        PrintedLabel.run_id == run.id, PrintedLabel.device_id.is_not(None), PrintedLabel.device_id.not_in(visible)
    )
    return not session.scalar(select(hidden))


class Drawn(Struct, frozen=True):
    """A label of a run, and its device as it is now."""

    label: PrintedLabel
    code: str
    office_path: str
    in_use: bool
    label_version: int
    is_printed: bool


_in_use = (Device.presence != Presence.WRITTEN_OFF) & IS_REGISTERED


def labels_of_devices(session: Session, run_id: int) -> list[Drawn]:
    """The run's labels with their devices, in their order."""
    rows = session.execute(
        select(PrintedLabel, Device.code, Office.path, _in_use, Device.label_version, is_printed)
        .join(Device, Device.id == PrintedLabel.device_id)
        .join(Office, Office.id == Device.office_id)
        .where(PrintedLabel.run_id == run_id)
        .order_by(PrintedLabel.position)
    )
    return [Drawn(*row) for row in rows]


def claimed_of_run(session: Session, run_id: int) -> list[tuple[str, str, bool]]:
    """The devices that meanwhile claimed one of the run's blanks: code, path of the office, whether it is in use."""
    rows = session.execute(
        select(Device.code, Office.path, _in_use)
        .join(Office, Office.id == Device.office_id)
        .join(LabelCode, LabelCode.device_id == Device.id)
        .join(PrintedLabel, PrintedLabel.code == LabelCode.code)
        .where(PrintedLabel.run_id == run_id, PrintedLabel.device_id.is_(None))
    )
    return [(code, path, bool(in_use)) for code, path, in_use in rows]


def unissued(session: Session, run_id: int, *, limit: int) -> list[PrintedLabel]:
    """The next labels that were not handed out, in their order."""
    found = select(PrintedLabel).where(PrintedLabel.run_id == run_id, PrintedLabel.issued_at.is_(None))
    return list(session.scalars(found.order_by(PrintedLabel.position).limit(limit)))


def printed_among(session: Session, codes: Sequence[str]) -> set[str]:
    """Which of these codes stand on a label that was handed out."""
    found = select(PrintedLabel.code).where(PrintedLabel.code.in_(codes), PrintedLabel.issued_at.is_not(None))
    return set(session.scalars(found))


def has_label(session: Session, device: Device) -> bool:
    """Whether a label of the device was asked for, be it as a draft, in a run that was not given up."""
    asked = select(PrintedLabel.id).join(PrintRun, PrintRun.id == PrintedLabel.run_id)
    given_up = PrintRun.state.in_((RunState.CANCELLED, RunState.FAILED))
    return session.scalar(asked.where(PrintedLabel.device_id == device.id, ~given_up).limit(1)) is not None


def printed_codes(session: Session, run_id: int, *, limit: int) -> list[str]:
    found = select(PrintedLabel.code).where(PrintedLabel.run_id == run_id).order_by(PrintedLabel.position)
    return list(session.scalars(found.limit(limit)))


def texts_of(session: Session, devices: Sequence[Printable], *, draft: bool, prefix: Prefix) -> list[LabelText]:
    """What the labels of these few devices would say if they were printed now."""
    ids = [device.device_id for device in devices]
    rows = session.execute(
        select(Device, Office.office_name).join(Office, Office.id == Device.office_id).where(Device.id.in_(ids))
    )
    found = {device.id: (device, name) for device, name in rows}
    texts = []
    for one in devices:
        device, name = found[one.device_id]
        version = next_version(one.label_version, is_printed=one.is_printed, draft=draft)
        texts.append(device_text(device, name, version=version, draft=draft, prefix=prefix))
    return texts


def texts_of_run(db: Database, run_id: int, *, draft: bool, prefix: Prefix) -> Iterator[LabelText]:
    """The run's labels in order, read in small batches, each in a snapshot of its own: drawing holds no transaction."""
    after = 0
    while True:
        with db.reading() as session:
            rows = session.execute(
                select(PrintedLabel.position, PrintedLabel.code, PrintedLabel.version, Device, Office.office_name)
                .outerjoin(Device, Device.id == PrintedLabel.device_id)
                .outerjoin(Office, Office.id == Device.office_id)
                .where(PrintedLabel.run_id == run_id, PrintedLabel.position > after)
                .order_by(PrintedLabel.position)
                .limit(_CHUNK)
            ).all()
            texts = [
                device_text(device, office_name, version=version, draft=draft, prefix=prefix)
                if device
                else blank_text(code, draft=draft, prefix=prefix)
                for _, code, version, device, office_name in rows
            ]
        yield from texts
        if len(rows) < _CHUNK:
            return
        after = rows[-1].position
