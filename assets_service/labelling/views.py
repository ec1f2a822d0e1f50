"""What is shown: print runs, label stocks, finders' messages, and what a choice of labels comes to."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from msgspec import Struct, structs
from sqlalchemy.orm import Session

from assets_service.access.stamp import WRITERS, Stamp
from assets_service.actions.act import Tools
from assets_service.labelling import queries
from assets_service.labelling.asks import NewSheet
from assets_service.labelling.commands import check_drawable, chosen, shop_of
from assets_service.labelling.models import FinderMessage, PrintRun, RunSort, RunState, SavedStock
from assets_service.labelling.preview import first_sheet_svg
from assets_service.labelling.texts import Prefix
from assets_service.ledger.queries import Names
from assets_service.offices.views import OfficeRef, office_ref
from assets_service.people import queries as people
from assets_service.people.views import PersonRef, person_then
from assets_service.web.language import translate
from labels import STOCKS, Stock

_CODES_SHOWN = 12


class StockView(Struct):
    """A label stock; `office` is null for the stocks that come with the product."""

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
    """A print run: `drawn` of `labels` so far, `why` it failed, `file_url` once it is done.

    `asked_by` is null for what was asked at the machine itself.
    """

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
    asked_by: PersonRef | None
    ended_at: datetime | None
    why: str | None
    file_url: str | None
    file_sha256: str | None
    file_bytes: int | None


class MessageView(Struct):
    """A finder's message. `device` and `office` are null when the code belongs to no device; an auditor does not see the contact."""

    id: int
    code: str
    device: str | None
    office: OfficeRef | None
    message: str
    contact: str | None
    at: datetime
    handled_at: datetime | None
    handled_by: PersonRef | None


class ChoiceView(Struct):
    """How many labels a choice comes to, how many of them were printed before, on how many sheets; and some of their codes."""

    labels: int
    again: int
    sheets: int
    codes: list[str]


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


def saved_stock_views(session: Session, stamp: Stamp) -> list[StockView]:
    """The stocks saved for an office above or below the caller's."""
    return [stock_view(queries.geometry(one), one) for one in queries.saved_stocks(session, stamp)]


def shipped_stock_views() -> list[StockView]:
    """The stocks that come with the product."""
    return [stock_view(stock) for stock in STOCKS.values()]


def stock_result(_session: Session, saved: SavedStock, _stamp: Stamp, _tools: Tools) -> StockView:
    """The result of an act on a stock."""
    return stock_view(queries.geometry(saved), saved)


def runs_viewing(session: Session, runs: Sequence[PrintRun], at: datetime) -> Callable[[PrintRun], RunView]:
    """A function that shows one of these runs as it stands at that time."""
    return partial(_run_view, names=people.names(session, (run.asked_by_id for run in runs)), at=at)


def run_view(session: Session, run: PrintRun, at: datetime) -> RunView:
    return runs_viewing(session, [run], at)(run)


def _run_view(run: PrintRun, names: Names, at: datetime) -> RunView:
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
        asked_by=person_then(run.asked_by_id, run.asked_at, names),
        ended_at=run.ended_at,
        why=translate("en", why.message, **why.facts) if (why := queries.why(run, at)) else None,
        file_url=f"/api/v1/label-runs/{run.id}/file" if is_done else None,
        file_sha256=run.file_sha256,
        file_bytes=run.file_bytes,
    )


def run_result(session: Session, run: PrintRun, stamp: Stamp, _tools: Tools) -> RunView:
    """The result of an act on a run: the run as it is now."""
    return run_view(session, run, stamp.at)


def messages_viewing(
    session: Session, messages: Sequence[FinderMessage], stamp: Stamp
) -> Callable[[FinderMessage], MessageView]:
    """A function that shows one of these messages to whoever asks."""
    return partial(_message_view, names=people.names(session, (one.handled_by_id for one in messages)), stamp=stamp)


def _message_view(written: FinderMessage, names: Names, stamp: Stamp) -> MessageView:
    office = written.device.office if written.device else None
    may_answer = stamp.may(office.path if office else "/00/", *WRITERS)
    return MessageView(
        id=written.id,
        code=written.code,
        device=written.device.code if written.device else None,
        office=office_ref(office) if office else None,
        message=written.message,
        contact=written.contact if may_answer else None,
        at=written.at,
        handled_at=written.handled_at,
        handled_by=person_then(written.handled_by_id, written.handled_at, names),
    )


def message_result(session: Session, written: FinderMessage, stamp: Stamp, _tools: Tools) -> MessageView:
    """The result of answering a message."""
    return messages_viewing(session, [written], stamp)(written)


def choice_view(session: Session, ask: NewSheet, stamp: Stamp, tools: Tools) -> ChoiceView:
    """What a choice of labels comes to. Raises `Invalid`."""
    shop = shop_of(ask, stamp, tools)
    stock = queries.stock(session, ask.stock, stamp)
    check_drawable(ask, stock, 1, shop.settings)
    found, _ = chosen(session, ask, flagging=shop.flagging, stamp=stamp)
    return ChoiceView(
        labels=len(found),
        again=sum(device.is_printed for device in found),
        sheets=-(-(len(found) + ask.start - 1) // stock.per_sheet),
        codes=[device.code for device in found[:_CODES_SHOWN]],
    )


def first_sheet(session: Session, ask: NewSheet, stamp: Stamp, tools: Tools) -> str:
    """The first sheet of what is chosen, as SVG. Raises `Invalid`."""
    shop = shop_of(ask, stamp, tools)
    stock = queries.stock(session, ask.stock, stamp)
    ask = structs.replace(ask, draft=ask.draft or shop.settings.is_local)
    found, _ = chosen(session, ask, flagging=shop.flagging, stamp=stamp)
    shown = found[: max(0, stock.per_sheet - ask.start + 1)]
    texts = queries.texts_of(session, shown, draft=ask.draft, prefix=Prefix(shop.settings.base_url))
    check_drawable(ask, stock, max((text.version for text in texts), default=1), shop.settings)
    return first_sheet_svg(texts, stock, ask, shop.settings.label_mark)
