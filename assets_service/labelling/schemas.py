"""Printing on the wire."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from assets_service.devices.identifiers import unreadable
from assets_service.devices.schemas import Reason
from assets_service.kernel.errors import FieldProblem
from assets_service.kernel.fields import Line, OfficeCode, Wire
from assets_service.labelling import queries
from assets_service.labelling.commands import BLANKS_MAX, LABELS_MAX, Sheet
from assets_service.labelling.models import FinderMessage, PrintRun, RunSort, RunState, SavedStock
from assets_service.ledger.stamp import Role, Stamp
from assets_service.offices.schemas import OfficeRef, office_ref
from labels import Stock

DEFAULT_STOCK = "tj-121"
WAYS = ("devices", "office", "shipment", "imported")

StockName = Annotated[str, Meta(max_length=40, pattern=r"^[a-z0-9][a-z0-9-]*$(?!\n)")]
Millimetres = Annotated[float, Meta(ge=0, le=1000)]
Offset = Annotated[float, Meta(ge=-15, le=15)]
Scale = Annotated[float, Meta(ge=0.9, le=1.1)]
Start = Annotated[int, Meta(ge=1, le=3600)]


class NewSheet(Wire):
    """Which labels, and how they lie on their paper.

    Which: `devices`, or those of an `office` with all below it, of a `shipment`, or of one import (`imported`, its action
    id); `flag` and `unprinted` narrow the latter. `start` is the first free label of a part-used sheet. Print at 100 %; `offset_*_mm` (right, down) and `scale` make good
    what the printer does wrong. `draft` marks every label DRAF and counts as no print. A label printed before needs a
    `reason`; the new one supersedes it.
    """

    stock: StockName
    devices: Annotated[list[Line], Meta(min_length=1, max_length=LABELS_MAX)] | None = None
    office: OfficeCode | None = None
    shipment: Annotated[int, Meta(ge=1, le=2**53)] | None = None
    imported: Annotated[str, Meta(max_length=36, pattern=r"^[0-9a-f-]+$(?!\n)")] | None = None
    flag: Annotated[str, Meta(max_length=24)] | None = None
    unprinted: bool = False
    start: Start = 1
    offset_x_mm: Offset = 0.0
    offset_y_mm: Offset = 0.0
    scale: Scale = 1.0
    draft: bool = False
    reason: Reason | None = None

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        yield from unreadable(said.get("devices") or [])
        given = [way for way in WAYS if said.get(way) is not None]
        if len(given) > 1:  # whether there is one at all cannot be said: it may be the one that could not be read
            yield from not_one_way(given)


def not_one_way(given: list[str]) -> list[FieldProblem]:
    """What is wrong with naming devices in these ways at once."""
    if len(given) == 1:
        return []
    if not given:
        return [FieldProblem("/devices", "Say which devices: a list of codes, or an office.")]
    return [FieldProblem(f"/{way}", "Choose devices in one way only.") for way in given]


class NewBlanks(Wire):
    """Labels whose codes belong to no device yet; whoever scans one first says which device it is."""

    stock: StockName
    count: Annotated[int, Meta(ge=1, le=BLANKS_MAX)]
    office: OfficeCode
    start: Start = 1
    offset_x_mm: Offset = 0.0
    offset_y_mm: Offset = 0.0
    scale: Scale = 1.0
    draft: bool = False


class NewStock(Wire):
    """A stock measured by its user, in millimetres; without a page it is a roll. It serves `office` and all below it."""

    name: StockName
    title: Annotated[
        str, Meta(min_length=1, max_length=80, pattern=r"^(?=.*\S)[^\x00-\x1f\x7f\u0085\u2028\u2029]*$(?!\n)")
    ]
    office: OfficeCode
    label_width_mm: Millimetres
    label_height_mm: Millimetres
    page_width_mm: Millimetres | None = None
    page_height_mm: Millimetres | None = None
    columns: Annotated[int, Meta(ge=1, le=60)] = 1
    rows: Annotated[int, Meta(ge=1, le=60)] = 1
    margin_left_mm: Millimetres = 0.0
    margin_top_mm: Millimetres = 0.0
    pitch_x_mm: Millimetres = 0.0
    pitch_y_mm: Millimetres = 0.0
    corner_mm: Annotated[float, Meta(ge=0, le=50)] = 0.0
    dpi: Annotated[int, Meta(ge=150, le=1200)] = 300


class StockView(Struct):
    """`office` is null for the stocks that come with the product."""

    name: str
    title: str
    label_width_mm: float
    label_height_mm: float
    page_width_mm: float | None
    page_height_mm: float | None
    columns: int
    rows: int
    margin_left_mm: float
    margin_top_mm: float
    pitch_x_mm: float
    pitch_y_mm: float
    corner_mm: float
    dpi: int
    per_sheet: int
    office: OfficeRef | None


class RunView(Struct):
    """`drawn` of `labels`; `why` when it failed. `file_url` once it is done."""

    id: int
    sort: RunSort
    state: RunState
    labels: int
    drawn: int
    stock: str
    start: int
    offset_x_mm: float
    offset_y_mm: float
    scale: float
    draft: bool
    reason: str | None
    selection: str
    office: OfficeRef
    asked_at: datetime
    asked_by: str
    ended_at: datetime | None
    why: str | None
    file_url: str | None
    file_sha256: str | None
    file_bytes: int | None


class Attachment(Wire):
    """`scanned` is the label's code or address as read; without it the newest label is meant."""

    scanned: Annotated[str, Meta(max_length=300)] | None = None


class FinderNote(Wire):
    """What a finder writes."""

    message: Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"\S")]
    contact: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]


class MessageView(Struct):
    """`device` and `office` are null when the label's code belongs to no device. An auditor does not see the contact."""

    id: int
    code: str
    device: str | None
    office: OfficeRef | None
    message: str
    contact: str | None
    at: datetime
    handled_at: datetime | None
    handled_by: str | None


def sheet_of(data: NewSheet | NewBlanks, stock: Stock) -> Sheet:
    return Sheet(
        stock=stock,
        start=data.start,
        offset_x_mm=data.offset_x_mm,
        offset_y_mm=data.offset_y_mm,
        scale=data.scale,
        draft=data.draft,
    )


def stock_of(data: NewStock) -> Stock:
    return Stock(
        name=data.name,
        title=data.title.strip(),
        label_width_mm=data.label_width_mm,
        label_height_mm=data.label_height_mm,
        page_width_mm=data.page_width_mm,
        page_height_mm=data.page_height_mm,
        columns=data.columns,
        rows=data.rows,
        margin_left_mm=data.margin_left_mm,
        margin_top_mm=data.margin_top_mm,
        pitch_x_mm=data.pitch_x_mm,
        pitch_y_mm=data.pitch_y_mm,
        corner_mm=data.corner_mm,
        dpi=data.dpi,
    )


def stock_view(stock: Stock, saved: SavedStock | None = None) -> StockView:
    return StockView(
        name=stock.name,
        title=stock.title,
        label_width_mm=stock.label_width_mm,
        label_height_mm=stock.label_height_mm,
        page_width_mm=stock.page_width_mm,
        page_height_mm=stock.page_height_mm,
        columns=stock.columns,
        rows=stock.rows,
        margin_left_mm=stock.margin_left_mm,
        margin_top_mm=stock.margin_top_mm,
        pitch_x_mm=stock.pitch_x_mm,
        pitch_y_mm=stock.pitch_y_mm,
        corner_mm=stock.corner_mm,
        dpi=stock.dpi,
        per_sheet=stock.per_sheet,
        office=office_ref(saved.office) if saved else None,
    )


def run_view(run: PrintRun, at: datetime) -> RunView:
    is_done = run.file_sha256 is not None
    return RunView(
        id=run.id,
        sort=run.sort,
        state=queries.state_of(run, at),
        labels=run.labels,
        drawn=run.drawn,
        stock=run.stock,
        start=run.start,
        offset_x_mm=run.offset_x_mm,
        offset_y_mm=run.offset_y_mm,
        scale=run.scale,
        draft=run.draft,
        reason=run.reason,
        selection=run.selection,
        office=office_ref(run.office),
        asked_at=run.asked_at,
        asked_by=run.asked_by,
        ended_at=run.ended_at,
        why="The server that drew it has stopped. Restart it." if queries.is_stale(run, at) else run.why,
        file_url=f"/api/v1/label-runs/{run.id}/file" if is_done else None,
        file_sha256=run.file_sha256,
        file_bytes=run.file_bytes,
    )


def message_view(written: FinderMessage, stamp: Stamp) -> MessageView:
    office = written.device.office if written.device else None
    may_answer = stamp.may(office.path if office else "/00/", Role.ADMIN, Role.LOGISTICS, Role.HEAD)
    return MessageView(
        id=written.id,
        code=written.code,
        device=written.device.code if written.device else None,
        office=office_ref(office) if office else None,
        message=written.message,
        contact=written.contact if may_answer else None,
        at=written.at,
        handled_at=written.handled_at,
        handled_by=written.handled_by,
    )
