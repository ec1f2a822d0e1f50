"""From a run that waits to labels that are handed out: the writes of whoever draws it, each under the lease of its job."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from assets_service.access.stamp import Stamp
from assets_service.devices.models import Device
from assets_service.kernel.db import lock_each
from assets_service.kernel.errors import Refusal
from assets_service.kernel.jobs import Held, queue
from assets_service.labelling import queries
from assets_service.labelling.commands.judging import blanks_must_be_theirs, judge, must_be_theirs
from assets_service.labelling.commands.runs import CODES_NAMED, Drawing, subject
from assets_service.labelling.errors import PrintedMeanwhile, RunUnderWay, kept
from assets_service.labelling.events import LabelPrinted, RunDrawn
from assets_service.labelling.models import OPEN, PrintedLabel, PrintRun, RunState
from assets_service.labelling.texts import next_version
from assets_service.ledger.commands import record, record_each
from assets_service.people import queries as people

ISSUED_AT_ONCE = 200  # how many devices one transaction locks while a run is handed out


def take(session: Session, run_id: int, *, at: datetime) -> queue.Lease:
    """Lease the run's job, to draw it here and now. Raises `RunUnderWay` when another draws it, or it has ended."""
    run = queries.whole_run(session, run_id)
    lease = queue.take(session, queue.locked(session, run.job_id), at=at) if run.job_id else None
    if lease is None:
        raise RunUnderWay
    return lease


def begin(session: Session, held: Held) -> PrintRun:
    """Begin to draw. Raises `RunUnderWay`, and, as every step does, `Lost` when the job was taken away."""
    held.go_on(session)
    run = queries.whole_run(session, held.payload(Drawing).run)
    if run.state not in OPEN:
        raise RunUnderWay
    run.state, run.drawn = RunState.DRAWING, 0
    return run


def tell(session: Session, held: Held, drawn: int) -> None:
    """Record how many labels are drawn."""
    held.go_on(session)
    run = session.get_one(PrintRun, held.payload(Drawing).run)
    run.drawn = min(
        drawn, run.labels - 1
    )  # with the last one it can no longer be cancelled: that is said when they are issued


def check(session: Session, held: Held) -> None:
    """Refuse, before the first is handed out, labels that may not be. Raises `NotYours`, `Retired`, `PrintedMeanwhile`."""
    run = queries.whole_run(session, held.payload(Drawing).run)
    drawn = must_be_theirs(session, run, asker_of(session, held), lock=False)
    if not run.draft:
        _refuse_late(
            [
                each.code
                for each in drawn
                if each.label.issued_at is None
                and each.label.version != next_version(each.label_version, is_printed=each.is_printed)
            ]
        )


def issue(session: Session, held: Held) -> int:
    """Hand out the next labels of a drawn run, which from now on are their devices' labels; returns how many.

    Raises `NotYours`, `Retired`, and `PrintedMeanwhile` when another run handed the same label out first.
    """
    held.go_on(session)
    run = queries.whole_run(session, held.payload(Drawing).run)
    run.drawn = run.labels
    stamp = asker_of(session, held)
    blanks_must_be_theirs(session, run, stamp)
    labels = queries.unissued(session, run.id, limit=ISSUED_AT_ONCE)
    devices = _locked_devices(session, [label.device_id for label in labels if label.device_id])
    judge(((each.code, each.office.path, each.is_in_use) for each in devices.values()), stamp)
    printed = queries.printed_among(session, [label.code for label in labels])
    told, late = [], []
    for label in labels:
        label.issued_at = stamp.at
        device = devices.get(label.device_id) if label.device_id else None
        if device is None:
            continue
        is_printed = device.code in printed
        if label.version != next_version(device.label_version, is_printed=is_printed):
            late.append(device.code)
            continue
        told.append((device.code, _printed(run, label, device, is_printed=is_printed)))
    _refuse_late(late)
    if told:
        record_each(session, told, stamp=stamp)
    return len(labels)


def finish(session: Session, held: Held, *, file_sha256: str, file_bytes: int) -> None:
    """End the run: its labels are handed out, or it was a draft. The file is its result."""
    held.finish(session)
    run = session.get_one(PrintRun, held.payload(Drawing).run)
    run.state, run.drawn, run.ended_at = RunState.DONE, run.labels, held.clock()
    run.file_sha256, run.file_bytes = file_sha256, file_bytes
    event = RunDrawn(run=run.id, labels=run.labels, file_sha256=file_sha256)
    record(session, event, subject=subject(run), stamp=asker_of(session, held))


def fail(session: Session, held: Held, refusal: Refusal) -> None:
    held.give_up(session, str(refusal))
    run = session.get_one(PrintRun, held.payload(Drawing).run)
    run.state, run.why, run.ended_at = RunState.FAILED, kept(refusal), held.clock()


def asker_of(session: Session, held: Held) -> Stamp:
    """The stamp of whoever asked for the run, with the rights they have now: drawing may outlast their request and their role."""
    return people.stamp_of(session, held.payload(Drawing).asker, at=held.clock())


def _locked_devices(session: Session, ids: list[int]) -> dict[int, Device]:
    lock_each(session, Device, Device.id.in_(ids))
    found = select(Device).where(Device.id.in_(ids)).options(joinedload(Device.office))
    return {device.id: device for device in session.scalars(found.execution_options(populate_existing=True))}


def _printed(run: PrintRun, label: PrintedLabel, device: Device, *, is_printed: bool) -> LabelPrinted:
    """Make this the device's label; whatever was attached before is superseded."""
    device.label_version = label.version
    device.label_attached_at = None if is_printed else device.label_attached_at
    device.version += 1
    return LabelPrinted(
        run=run.id,
        code=device.code,
        stock=run.stock,
        reason=run.reason if is_printed else None,
        label_version=device.label_version,
        label_attached_at=device.label_attached_at,
    )


def _refuse_late(codes: list[str]) -> None:
    if codes:
        raise PrintedMeanwhile(codes=", ".join(codes[:CODES_NAMED]))
