"""Print runs: asked for, cancelled, begun again. Drawing them is work of its own, which asks here whether it may."""

from msgspec import Struct
from sqlalchemy import insert
from sqlalchemy.orm import Session

from assets_service.access.stamp import REGISTRARS, Asker, Stamp
from assets_service.actions.act import Tools
from assets_service.devices.views import DeviceViews
from assets_service.kernel.db import Database, lock_row
from assets_service.kernel.errors import Forbidden
from assets_service.kernel.jobs import Job, queue
from assets_service.kernel.store import Store
from assets_service.labelling import queries
from assets_service.labelling.asks import NewSheet, OnPaper
from assets_service.labelling.commands.choosing import Shop, agree, check_drawable, check_start
from assets_service.labelling.commands.judging import must_be_theirs
from assets_service.labelling.errors import LocalAddress, PrintedMeanwhile, RunEnded, RunUnderWay
from assets_service.labelling.events import RunAsked, RunCancelled, RunRestarted
from assets_service.labelling.models import OPEN, PrintedLabel, PrintRun, RunSort, RunState
from assets_service.labelling.queries import Drawn
from assets_service.labelling.texts import next_version
from assets_service.ledger.commands import record
from assets_service.offices import queries as offices
from assets_service.offices.models import Office
from assets_service.settings import Settings

LABEL_RUN = "label-run"  # the kind of its job
LABEL_FILES = "labels"  # the kind of its file in the store
CODES_NAMED = 5


class Drawing(Struct, frozen=True):
    """The content of a run's job: the run, and for whom it is drawn."""

    run: int
    asker: Asker


def shop_of(_ask: object, _stamp: Stamp, tools: Tools) -> Shop:
    """What a command that prints is given of the installation."""
    settings = tools[Settings]
    return Shop(settings, tools[DeviceViews].flagging, Store(settings.files_dir, LABEL_FILES))


def prepare_sheet(ask: NewSheet, stamp: Stamp, tools: Tools) -> Shop:
    """Refuse before the transaction what can be refused, by drawing a sample while nobody waits for the writer."""
    shop = shop_of(ask, stamp, tools)
    with tools[Database].reading() as session:
        agree(session, ask, shop, check_drawable, stamp=stamp)
    return shop


def order(session: Session, ask: NewSheet, shop: Shop, *, stamp: Stamp) -> PrintRun:
    """Add a run of labels for these devices. A label printed before gets the next version, for a reason.

    Raises `LocalAddress`, `NotYours`, `Invalid`.
    """
    choice = agree(session, ask, shop, check_start, stamp=stamp)
    office = offices.above(session, [device.office_path for device in choice.devices])
    run = new_run(session, RunSort.DEVICES, office, ask, len(choice.devices), choice.selection, ask.reason, stamp)
    labels = [
        {"run_id": run.id, "position": position, "device_id": device.device_id, "code": device.code, "version": version}
        for position, (device, version) in enumerate(zip(choice.devices, choice.versions, strict=True), 1)
    ]
    session.execute(insert(PrintedLabel), labels)
    return run


def new_run(
    session: Session,
    sort: RunSort,
    office: Office,
    ask: OnPaper,
    labels: int,
    selection: str,
    reason: str | None,
    stamp: Stamp,
) -> PrintRun:
    """Add the run, its job and its ledger entry; the caller adds its labels."""
    run = PrintRun(
        sort=sort,
        state=RunState.QUEUED,
        office_id=office.id,
        office=office,
        selection=selection,
        stock=ask.stock,
        start=ask.start,
        offset_x_mm=ask.offset_x_mm,
        offset_y_mm=ask.offset_y_mm,
        scale=ask.scale,
        draft=ask.draft,
        reason=reason,
        labels=labels,
        drawn=0,
        attempt=1,
        asked_at=stamp.at,
        asked_by_id=stamp.actor_id,
        door=stamp.door,
        action_id=stamp.action_id,
    )
    session.add(run)
    session.flush()
    run.job = queue.ask(session, LABEL_RUN, subject(run), Drawing(run.id, stamp.asker), at=stamp.at)
    event = RunAsked(
        run=run.id,
        sort=sort,
        office=office.code,
        selection=selection,
        stock=ask.stock,
        draft=ask.draft,
        reason=reason,
        labels=labels,
    )
    record(session, event, subject=subject(run), stamp=stamp)
    return run


def subject(run: PrintRun) -> str:
    """The name of the run's ledger chain and of its job's key."""
    return f"label-run/{run.id}"


def cancel(session: Session, run: PrintRun, *, stamp: Stamp) -> None:
    """Cancel a run, as long as none of its labels was handed out. Raises `Forbidden`, `RunEnded`."""
    _must_print(run, stamp)
    job = _held(session, run)
    if run.state not in OPEN or run.drawn >= run.labels:
        raise RunEnded
    run.state, run.ended_at = RunState.CANCELLED, stamp.at
    if job and job.is_open:
        queue.cancel(session, job, at=stamp.at)
    record(session, RunCancelled(run=run.id), subject=subject(run), stamp=stamp)


def restart(session: Session, run: PrintRun, shop: Shop, *, stamp: Stamp) -> None:
    """Draw a run again from the start that failed, was cancelled, lost its worker, or whose file is gone.

    It is judged anew, for whoever restarts it: they must be allowed to print every device now.
    Raises `Forbidden`, `NotYours`, `Retired`, `LocalAddress`, `RunUnderWay`, `RunEnded`, `PrintedMeanwhile`.
    """
    _must_print(run, stamp)
    job = _held(session, run)
    state = queries.state_of(run, stamp.at)
    if state in OPEN:
        raise RunUnderWay
    if state is RunState.DONE and run.file_sha256 and shop.files.holds(run.file_sha256):
        raise RunEnded
    if shop.settings.is_local and not run.draft:
        raise LocalAddress(address=shop.settings.base_url)
    _renew_versions(run, must_be_theirs(session, run, stamp))
    run.state, run.drawn, run.why, run.ended_at = RunState.QUEUED, 0, None, None
    run.file_sha256, run.file_bytes = None, None
    run.attempt += 1
    drawing = Drawing(run.id, stamp.asker)
    if job:
        queue.ask_again(session, job, drawing, at=stamp.at)
    else:
        run.job = queue.ask(session, LABEL_RUN, subject(run), drawing, at=stamp.at)
    record(session, RunRestarted(run=run.id, attempt=run.attempt), subject=subject(run), stamp=stamp)


def _renew_versions(run: PrintRun, drawn: list[Drawn]) -> None:
    """Give labels that were not handed out the version they would have if printed now. Raises `PrintedMeanwhile`."""
    open_labels = [] if run.draft else [each for each in drawn if each.label.issued_at is None]
    late = [each.code for each in open_labels if each.is_printed and not run.reason]
    if late:
        raise PrintedMeanwhile(codes=", ".join(late[:CODES_NAMED]))
    for each in open_labels:
        each.label.version = next_version(each.label_version, is_printed=each.is_printed)


def _held(session: Session, run: PrintRun) -> Job | None:
    """The run and its job, locked in the same order as drawing locks them."""
    job = queue.locked(session, run.job_id) if run.job_id else None
    lock_row(session, run)
    return job


def _must_print(run: PrintRun, stamp: Stamp) -> None:
    """Refuse who may not print this run. Raises `Forbidden`."""
    if not (stamp.may(run.office.path, *REGISTRARS) or (stamp.has(*REGISTRARS) and stamp.actor_id == run.asked_by_id)):
        raise Forbidden
