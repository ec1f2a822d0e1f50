"""Every write of the room: asking for a run, handing its labels out, stocks, attaching, finders' messages."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

import msgspec
from msgspec import Struct
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from assets_service.devices.errors import Retired
from assets_service.devices.identifiers import new_code, read_code
from assets_service.devices.models import Device, LabelCode, Presence
from assets_service.kernel.errors import FieldProblem, Forbidden, Gathering, Invalid, TooMany, invalid
from assets_service.labelling import queries
from assets_service.labelling.errors import (
    LocalAddress,
    NotYours,
    PrintedMeanwhile,
    RunEnded,
    RunUnderWay,
    StockNameTaken,
)
from assets_service.labelling.events import (
    FinderAnswered,
    FinderWrote,
    LabelAttached,
    LabelPrinted,
    RunAsked,
    RunCancelled,
    RunDrawn,
    RunRestarted,
    StockRetired,
    StockSaved,
)
from assets_service.labelling.models import OPEN, FinderMessage, PrintedLabel, PrintRun, RunSort, RunState, SavedStock
from assets_service.labelling.queries import Prefix, Wanted, next_version
from assets_service.ledger.commands import record, record_each
from assets_service.ledger.stamp import Role, Stamp
from assets_service.offices.models import Office
from assets_service.people.commands import count_try
from assets_service.settings import Settings
from labels import LabelError, LabelText, Stock, StockError, check_stock, sheet_pdf

LABELS_MAX = 10_000
BLANKS_MAX = 2_000
ISSUED_AT_ONCE = 200  # how many devices one transaction locks while a run is handed out
MESSAGES_PER_CODE_MAX = 5
MESSAGES_UNKNOWN_MAX = 30
_CODES_NAMED = 5
PRINTERS = (Role.ADMIN, Role.LOGISTICS)


class Sheet(Struct, frozen=True, kw_only=True):
    """How a run lies on its paper; millimetres, and `scale` about the page's top left corner."""

    stock: Stock
    start: int = 1
    offset_x_mm: float = 0.0
    offset_y_mm: float = 0.0
    scale: float = 1.0
    draft: bool = False


# Asking ----------------------------------------------------------------------------------------------------------


def ask(
    session: Session,
    devices: Sequence[Wanted],
    sheet: Sheet,
    *,
    selection: str,
    reason: str | None,
    settings: Settings,
    stamp: Stamp,
) -> PrintRun:
    """A run of labels for these devices, not yet drawn. A label printed before gets the next version, for a reason.

    Raises `LocalAddress`, `NotYours`, `Invalid`.
    """
    check_address(settings, draft=sheet.draft)
    for device in devices:
        if not stamp.may(device.office_path, *PRINTERS):
            raise NotYours(code=device.code)
    asked = Gathering()
    asked.ask(lambda: _refuse_retired(devices))
    again = sum(device.is_printed for device in devices)
    if again and not reason and not sheet.draft:
        asked.add(
            invalid(
                "reason",
                "{it} of these devices already have a printed label. Say why it is printed again, or leave them out.",
                it=again,
            )
        )
    versions = [
        next_version(device.label_version, is_printed=device.is_printed, draft=sheet.draft) for device in devices
    ]
    asked.ask(lambda: check_drawable(sheet, longest=max(versions), settings=settings))
    asked.refuse()
    office = queries.office_above(session, [device.office_path for device in devices])
    run = _asked(session, RunSort.DEVICES, office, sheet, len(devices), selection=selection, reason=reason, stamp=stamp)
    session.execute(
        insert(PrintedLabel),
        [
            {
                "run_id": run.id,
                "position": position,
                "device_id": device.device_id,
                "code": device.code,
                "version": version,
            }
            for position, (device, version) in enumerate(zip(devices, versions, strict=True), 1)
        ],
    )
    return run


def _refuse_retired(devices: Sequence[Wanted]) -> None:
    """Raises `Invalid` naming each that is written off."""
    problems = [
        FieldProblem(f"/devices/{place}", "{code} is written off.", {"code": device.code})
        for place, device in enumerate(devices)
        if device.presence is Presence.WRITTEN_OFF
    ]
    if problems:
        raise Invalid(*problems)


def ask_blanks(
    session: Session, count: int, sheet: Sheet, office: Office, *, settings: Settings, stamp: Stamp
) -> PrintRun:
    """A run of labels whose codes belong to no device yet. Raises `LocalAddress`, `Forbidden`, `Invalid`."""
    check_address(settings, draft=sheet.draft)
    if not stamp.may(office.path, *PRINTERS):
        raise Forbidden
    check_drawable(sheet, longest=1, settings=settings)
    run = _asked(session, RunSort.BLANKS, office, sheet, count, selection="", reason=None, stamp=stamp)
    # A draft is thrown away: its codes lead nowhere and are not kept for a device.
    codes = sorted({new_code() for _ in range(count)}) if sheet.draft else _new_blanks(session, count, run, stamp.at)
    run.labels = len(codes)
    session.execute(
        insert(PrintedLabel),
        [{"run_id": run.id, "position": place, "code": code, "version": 1} for place, code in enumerate(codes, 1)],
    )
    return run


def check_address(settings: Settings, *, draft: bool) -> None:
    """Raises `LocalAddress`."""
    if settings.is_local and not draft:
        raise LocalAddress(address=settings.base_url)


def check_drawable(sheet: Sheet, *, longest: int, settings: Settings) -> None:
    """Draw one label as long as any of the run, so that a run never fails half-way. Raises `Invalid`."""
    stock = sheet.stock
    if not 1 <= sheet.start <= stock.per_sheet:
        raise invalid("start", "A sheet of this stock has {it} labels; start at one of them.", it=stock.per_sheet)
    code = "0" * 8
    url = Prefix(settings.base_url).url(code, longest)
    sample = LabelText(url=url, code=code, draft=sheet.draft, version=longest)
    try:
        sheet_pdf(
            [sample],
            stock,
            start=sheet.start,
            offset_x_mm=sheet.offset_x_mm,
            offset_y_mm=sheet.offset_y_mm,
            scale=sheet.scale,
            mark=settings.label_mark,
        )
    except StockError:
        raise Invalid(
            *(
                FieldProblem(f"/{field}", "With this offset and scale, labels leave the page.")
                for field, standard in (("offset_x_mm", 0.0), ("offset_y_mm", 0.0), ("scale", 1.0))
                if getattr(sheet, field) != standard
            )
        ) from None
    except LabelError:
        raise unreadable(stock, url) from None


def unreadable(stock: Stock, url: str) -> Invalid:
    return invalid(
        "stock",
        "The QR for {url} would be too fine to scan on {stock}. Choose a larger label, a finer printer or a shorter address.",
        url=url,
        stock=stock.title,
    )


def _asked(
    session: Session,
    sort: RunSort,
    office: Office,
    sheet: Sheet,
    labels: int,
    *,
    selection: str,
    reason: str | None,
    stamp: Stamp,
) -> PrintRun:
    run = PrintRun(
        sort=sort,
        state=RunState.QUEUED,
        office_id=office.id,
        office=office,
        selection=selection,
        stock=sheet.stock.name,
        start=sheet.start,
        offset_x_mm=sheet.offset_x_mm,
        offset_y_mm=sheet.offset_y_mm,
        scale=sheet.scale,
        draft=sheet.draft,
        reason=reason,
        labels=labels,
        drawn=0,
        attempt=1,
        asked_at=stamp.at,
        asked_by_id=stamp.actor_id,
        asked_by=stamp.actor,
        door=stamp.door,
        action_id=stamp.action_id,
        beat_at=stamp.at,
    )
    session.add(run)
    session.flush()
    event = RunAsked(
        run=run.id,
        sort=sort,
        office=office.code,
        selection=selection,
        stock=sheet.stock.name,
        draft=sheet.draft,
        reason=reason,
        labels=labels,
    )
    record(session, event, subject=subject(run), stamp=stamp)
    return run


def subject(run: PrintRun) -> str:
    return f"label-run/{run.id}"


def _new_blanks(session: Session, count: int, run: PrintRun, at: datetime) -> list[str]:
    made: set[str] = set()
    while len(made) < count:
        codes = {new_code() for _ in range(count - len(made))}
        made |= codes - set(session.scalars(select(LabelCode.code).where(LabelCode.code.in_(codes))))
    session.execute(insert(LabelCode), [{"code": code, "batch_id": run.id, "made_at": at} for code in sorted(made)])
    return sorted(made)


# Drawing ---------------------------------------------------------------------------------------------------------


def begin(session: Session, run_id: int, attempt: int, *, at: datetime) -> bool:
    """Whether this worker is to draw it."""
    return _step(session, run_id, attempt, RunState.QUEUED, state=RunState.DRAWING, beat_at=at)


def beat(session: Session, run_id: int, attempt: int, drawn: int, *, at: datetime) -> bool:
    """Say how far it is; False when the run was cancelled, or another worker took it over."""
    return _step(session, run_id, attempt, RunState.DRAWING, drawn=drawn, beat_at=at)


def wait(session: Session, run_id: int, attempt: int, *, at: datetime) -> bool:
    """The same while it waits for its turn."""
    return _step(session, run_id, attempt, RunState.QUEUED, beat_at=at)


def fail(session: Session, run_id: int, attempt: int, why: str, *, at: datetime) -> None:
    _step(session, run_id, attempt, RunState.DRAWING, state=RunState.FAILED, why=why[:1000], ended_at=at)


def check_unprinted(session: Session, run_id: int) -> None:
    """Raises `PrintedMeanwhile` when a label of the run can no longer be handed out as it was drawn."""
    late = [
        label.code
        for label, label_version, is_printed in queries.versions_of_run(session, run_id)
        if label.version != next_version(label_version, is_printed=is_printed)
    ]
    if late:
        raise PrintedMeanwhile(codes=", ".join(late[:_CODES_NAMED]))


def issue(session: Session, run: PrintRun, attempt: int, *, at: datetime) -> int:
    """Hand the next labels of a drawn run out: from now on they are their devices' labels. How many it were.

    Raises `PrintedMeanwhile` when another run handed the same label out first, and `RunEnded`.
    """
    if not beat(session, run.id, attempt, run.labels, at=at):
        raise RunEnded
    labels = queries.unissued(session, run.id, limit=ISSUED_AT_ONCE)
    ids = [label.device_id for label in labels if label.device_id]
    locked = select(Device).where(Device.id.in_(ids)).order_by(Device.id).with_for_update()
    devices = {device.id: device for device in session.scalars(locked)}
    printed = queries.printed_among(session, [label.code for label in labels])
    by = stamp_of(run, at)
    told, late = [], []
    for label in labels:
        label.issued_at = at
        device = devices.get(label.device_id) if label.device_id else None
        if device is None:
            continue
        is_printed = device.code in printed
        if label.version != next_version(device.label_version, is_printed=is_printed):
            late.append(device.code)
            continue
        device.label_version = label.version
        device.label_attached_at = None if is_printed else device.label_attached_at
        device.version += 1
        told.append((device.code, _printed(run, device, reason=run.reason if is_printed else None)))
    if late:
        raise PrintedMeanwhile(codes=", ".join(late[:_CODES_NAMED]))
    if told:
        record_each(session, told, stamp=by)
    return len(labels)


def finish(session: Session, run: PrintRun, attempt: int, *, file_sha256: str, file_bytes: int, at: datetime) -> None:
    """Raises `RunEnded` when the run was taken over."""
    if not _step(
        session,
        run.id,
        attempt,
        RunState.DRAWING,
        state=RunState.DONE,
        file_sha256=file_sha256,
        file_bytes=file_bytes,
        drawn=run.labels,
        ended_at=at,
    ):
        raise RunEnded
    event = RunDrawn(run=run.id, labels=run.labels, file_sha256=file_sha256)
    record(session, event, subject=subject(run), stamp=stamp_of(run, at))


def stamp_of(run: PrintRun, at: datetime) -> Stamp:
    """Whoever asked, when it happened: drawing may outlive their request."""
    return Stamp(actor_id=run.asked_by_id, actor=run.asked_by, rights=(), at=at, door=run.door, action_id=run.action_id)


def cancel(session: Session, run: PrintRun, *, stamp: Stamp) -> None:
    """Until the last label is drawn; none of them was handed out. Raises `Forbidden`, `RunEnded`."""
    _must_print(run, stamp)
    if run.state not in OPEN or run.drawn >= run.labels:
        raise RunEnded
    run.state, run.ended_at = RunState.CANCELLED, stamp.at
    record(session, RunCancelled(run=run.id), subject=subject(run), stamp=stamp)


def restart(session: Session, run: PrintRun, *, is_file_kept: bool, settings: Settings, stamp: Stamp) -> None:
    """Draw it again from the start: it failed, was cancelled, lost its worker, or its file is gone.

    Raises `Forbidden`, `LocalAddress`, `RunUnderWay`, `RunEnded`, `PrintedMeanwhile`.
    """
    _must_print(run, stamp)
    state = queries.state_of(run, stamp.at)
    if state in OPEN:
        raise RunUnderWay
    if state is RunState.DONE and is_file_kept:
        raise RunEnded
    check_address(settings, draft=run.draft)
    late = []
    for label, label_version, is_printed in [] if run.draft else queries.versions_of_run(session, run.id):
        if is_printed and not run.reason:
            late.append(label.code)
        label.version = next_version(label_version, is_printed=is_printed)
    if late:
        raise PrintedMeanwhile(codes=", ".join(late[:_CODES_NAMED]))
    run.state, run.drawn, run.why, run.ended_at = RunState.QUEUED, 0, None, None
    run.file_sha256, run.file_bytes = None, None
    run.attempt, run.beat_at = run.attempt + 1, stamp.at
    record(session, RunRestarted(run=run.id, attempt=run.attempt), subject=subject(run), stamp=stamp)


def _must_print(run: PrintRun, stamp: Stamp) -> None:
    if not (stamp.may(run.office.path, *PRINTERS) or (stamp.has(*PRINTERS) and stamp.actor_id == run.asked_by_id)):
        raise Forbidden


def _step(session: Session, run_id: int, attempt: int, while_: RunState, **values: object) -> bool:
    done = session.execute(
        update(PrintRun)
        .where(PrintRun.id == run_id, PrintRun.attempt == attempt, PrintRun.state == while_)
        .values(**values)
    )
    return done.rowcount == 1  # type: ignore[attr-defined, no-any-return]  # an UPDATE gives a CursorResult


def _printed(run: PrintRun, device: Device, *, reason: str | None) -> LabelPrinted:
    return LabelPrinted(
        run=run.id,
        code=device.code,
        stock=run.stock,
        reason=reason,
        label_version=device.label_version,
        label_attached_at=device.label_attached_at,
    )


# Stocks ----------------------------------------------------------------------------------------------------------


def save_stock(session: Session, stock: Stock, office: Office, *, stamp: Stamp) -> SavedStock:
    """Raises `Forbidden`, `Invalid`, `StockNameTaken`."""
    if not stamp.may(office.path, *PRINTERS):
        raise Forbidden
    asked = Gathering()
    asked.ask(lambda: check_geometry(stock))
    if queries.is_stock_name_taken(session, stock.name):
        asked.add(StockNameTaken(name=stock.name))
    asked.refuse()
    geometry = msgspec.json.encode(stock).decode()
    saved = SavedStock(name=stock.name, geometry=geometry, office_id=office.id, office=office, saved_at=stamp.at)
    session.add(saved)
    session.flush()
    event = StockSaved(stock=stock.name, office=office.code, geometry=geometry)
    record(session, event, subject=f"stock/{saved.id}", stamp=stamp)
    return saved


def retire_stock(session: Session, saved: SavedStock, *, stamp: Stamp) -> None:
    """No longer offered; runs that used it can still be drawn again. Raises `Forbidden`."""
    if not stamp.may(saved.office.path, *PRINTERS):
        raise Forbidden
    session.refresh(saved, ["retired_at"], with_for_update=True)
    if saved.retired_at:
        return
    saved.retired_at = stamp.at
    record(session, StockRetired(stock=saved.name), subject=f"stock/{saved.id}", stamp=stamp)


def check_geometry(stock: Stock) -> None:
    """Labels apart, on the page, and large enough for a QR. Raises `Invalid` naming the fields."""
    problems = []
    side, other = sorted(("label_width_mm", "label_height_mm"), key=lambda name: float(getattr(stock, name)))
    for name, least in zip((side, other), stock.least_mm, strict=True):
        if getattr(stock, name) < least - 1e-9:
            sentence = "A QR that scans and the code beside it need {least} mm here."
            problems.append(FieldProblem(f"/{name}", sentence, {"least": f"{least:.1f}"}))
    if (stock.page_width_mm is None) != (stock.page_height_mm is None):
        field = "page_width_mm" if stock.page_width_mm is None else "page_height_mm"
        problems.append(FieldProblem(f"/{field}", "Give both the page's width and its height, or neither for a roll."))
    elif not stock.is_roll:
        for grid, pitch, side, margin, page in (
            ("columns", "pitch_x_mm", "label_width_mm", "margin_left_mm", "page_width_mm"),
            ("rows", "pitch_y_mm", "label_height_mm", "margin_top_mm", "page_height_mm"),
        ):
            count, step, length = getattr(stock, grid), getattr(stock, pitch), getattr(stock, side)
            if count > 1 and step < length:
                problems.append(FieldProblem(f"/{pitch}", "The labels overlap: this is less than one label's side."))
            elif getattr(stock, margin) + (count - 1) * step + length > getattr(stock, page):
                problems.append(FieldProblem(f"/{grid}", "The labels do not all lie on the page."))
    if problems:
        raise Invalid(*problems)
    try:
        check_stock(stock)
    except StockError as error:
        raise invalid("label_height_mm", "No label can be printed with these measures: {it}", it=str(error)) from None


# On site ---------------------------------------------------------------------------------------------------------


def attach(
    session: Session, device: Device, *, stamp: Stamp, version: int | None = None, code: str | None = None
) -> bool:
    """The first scan on site says that the label is on the device; later scans, and scans of an old label, say nothing.

    Whether it was the first. `version` and `code` are what was scanned. Raises `Forbidden` and `Retired`.
    """
    if not stamp.may(device.office.path, Role.ADMIN, Role.LOGISTICS, Role.HEAD):
        raise Forbidden
    if device.presence is Presence.WRITTEN_OFF:
        raise Retired(code=device.code)
    if device.label_attached_at or queries.is_superseded(device, version, code=code):
        return False
    device.label_attached_at = stamp.at
    device.version += 1
    event = LabelAttached(label_version=device.label_version, label_attached_at=stamp.at)
    record(session, event, subject=device.code, stamp=stamp)
    return True


# Finders ---------------------------------------------------------------------------------------------------------


def write_finder(session: Session, code: str, *, message: str, contact: str, stamp: Stamp) -> None:
    """A stranger's word about something they found. Nothing tells them whether the code is known. Raises `TooMany`."""
    label = read_code(code)
    key = label.code if label else code[:40].upper()
    # One of 65,536 counters: strangers choose the codes, so they must not choose how many rows are kept.
    count_try(session, f"finder/{sha256(key.encode()).hexdigest()[:4]}", at=stamp.at, most=MESSAGES_PER_CODE_MAX)
    device = queries.device_of_code(session, label.code) if label else None
    if label is None or (device is None and not _has_room_for_unknown(session, stamp.at)):
        return
    written = FinderMessage(
        code=label.code,
        device_id=device.id if device else None,
        message=message.strip(),
        contact=contact.strip(),
        at=stamp.at,
    )
    session.add(written)
    session.flush()
    record(session, FinderWrote(message=written.id), subject=_subject(written, device), stamp=stamp)


def answer_finder(session: Session, written: FinderMessage, *, stamp: Stamp) -> None:
    """Somebody of the office took care of it; the first one is kept. Raises `Forbidden`."""
    path = written.device.office.path if written.device else "/00/"
    if not stamp.may(path, Role.ADMIN, Role.LOGISTICS, Role.HEAD):
        raise Forbidden
    if written.handled_at:
        return
    written.handled_at, written.handled_by_id, written.handled_by = stamp.at, stamp.actor_id, stamp.actor
    record(session, FinderAnswered(message=written.id), subject=_subject(written, written.device), stamp=stamp)


def _has_room_for_unknown(session: Session, at: datetime) -> bool:
    try:
        count_try(session, "finder/unknown", at=at, most=MESSAGES_UNKNOWN_MAX)
    except TooMany:
        return False
    return True


def _subject(written: FinderMessage, device: Device | None) -> str:
    return device.code if device else f"finder/{written.id}"
