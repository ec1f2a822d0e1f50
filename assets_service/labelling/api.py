"""Labels over HTTP: one, a sheet, a run; stocks; blanks; what finders wrote."""

from collections.abc import Callable
from typing import Annotated

import msgspec
from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import File
from msgspec import Struct

import labels
from assets_service.devices import queries as devices
from assets_service.devices.identifiers import read_code
from assets_service.devices.schemas import DeviceView, DeviceViews
from assets_service.kernel.db import Database
from assets_service.kernel.errors import answered, invalid
from assets_service.kernel.http import Cursor, Limit, Listing, listing, read_cursor
from assets_service.labelling import commands, ordering, queries
from assets_service.labelling.commands import unreadable
from assets_service.labelling.models import PrintRun
from assets_service.labelling.printing import PRESS, Press
from assets_service.labelling.queries import Prefix
from assets_service.labelling.schemas import (
    DEFAULT_STOCK,
    Attachment,
    MessageView,
    NewBlanks,
    NewSheet,
    NewStock,
    RunView,
    StockView,
    message_view,
    run_view,
    stock_of,
    stock_view,
)
from assets_service.ledger.once import Once, Replayed
from assets_service.ledger.policy import RECEIVERS, REGISTRARS, SIGNED_IN
from assets_service.ledger.stamp import Stamp
from assets_service.offices import queries as offices
from assets_service.settings import Settings
from labels import STOCKS, LabelError, LabelText, Stock

PDF = "application/pdf"

StockParameter = Annotated[str, QueryParameter(max_length=40)]
Dpi = Annotated[int | None, QueryParameter(ge=150, le=1200)]
OffsetParameter = Annotated[float, QueryParameter(ge=-15, le=15)]
ScaleParameter = Annotated[float, QueryParameter(ge=0.9, le=1.1)]


class LabelAPI(Controller):
    """One device's label."""

    path = "/api/v1/devices/{code:str}"
    tags = ["Labels"]

    @get("/label.png", policy=SIGNED_IN, sync_to_thread=True, media_type="image/png")
    def label_png(
        self,
        code: FromPath[str],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
        stock: StockParameter = DEFAULT_STOCK,
        dpi: Dpi = None,
        draft: FromQuery[bool] = False,
    ) -> Response[bytes]:
        """Exact dots for a printer of `dpi` (the stock's own when left out)."""
        text, on = _label(db, settings, code, stock, stamp, draft=draft)
        return _drawn(lambda: labels.png(text, on, dpi or on.dpi, settings.label_mark), text, on, "image/png", "png")

    @get("/label.svg", policy=SIGNED_IN, sync_to_thread=True, media_type="image/svg+xml")
    def label_svg(
        self,
        code: FromPath[str],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
        stock: StockParameter = DEFAULT_STOCK,
        draft: FromQuery[bool] = False,
    ) -> Response[bytes]:
        text, on = _label(db, settings, code, stock, stamp, draft=draft)
        return _drawn(lambda: labels.svg(text, on, settings.label_mark), text, on, "image/svg+xml", "svg")

    @get("/label.pdf", policy=SIGNED_IN, sync_to_thread=True, media_type=PDF)
    def label_pdf(
        self,
        code: FromPath[str],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
        stock: StockParameter = DEFAULT_STOCK,
        draft: FromQuery[bool] = False,
    ) -> Response[bytes]:
        """One page of the label's own size."""
        text, on = _label(db, settings, code, stock, stamp, draft=draft)
        return _drawn(lambda: labels.pdf(text, on, settings.label_mark), text, on, PDF, "pdf")

    @get("/label.zpl", policy=SIGNED_IN, sync_to_thread=True, media_type="application/zpl")
    def label_zpl(
        self,
        code: FromPath[str],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
        stock: StockParameter = "roll-50x30",
        dpi: Dpi = None,
        draft: FromQuery[bool] = False,
    ) -> Response[bytes]:
        """For label printers: a graphic field in whole dots, at 203 dpi unless said otherwise."""
        text, on = _label(db, settings, code, stock, stamp, draft=draft)
        return _drawn(lambda: labels.zpl(text, on, dpi or 203, settings.label_mark), text, on, "application/zpl", "zpl")

    @put("/label-attachment", policy=RECEIVERS, sync_to_thread=True)
    def attach_label(
        self,
        code: FromPath[str],
        data: JSONBody[Attachment],
        once: NamedDependency[Once],
        views: NamedDependency[DeviceViews],
    ) -> Response[DeviceView]:
        """The label was seen on the device. The first time counts; a label that was replaced says nothing."""
        scanned = read_code(data.scanned) if data.scanned else None
        if data.scanned and scanned is None:
            raise invalid("scanned", "This is not a label code.")
        with once.writing() as session:
            device = devices.locked(session, code, once.stamp)
            commands.attach(
                session,
                device,
                stamp=once.stamp,
                version=scanned.version if scanned else device.label_version,
                code=scanned.code if scanned else None,
            )
            return once.answer(views.one(session, device, once.stamp.at))


def _label(
    db: Database, settings: Settings, code: str, stock: str, stamp: Stamp, *, draft: bool
) -> tuple[LabelText, Stock]:
    """While the base URL is local a label is drawn marked DRAF: to be looked at, not to be stuck."""
    with db.reading() as session:
        device = devices.by_code(session, code, stamp)
        text = queries.device_text(
            device,
            device.office.office_name,
            version=device.label_version,
            draft=draft or settings.is_local,
            prefix=Prefix(settings.base_url),
        )
        return text, queries.stock(session, stock, stamp)


def _drawn(draw: Callable[[], bytes], text: LabelText, stock: Stock, media_type: str, ending: str) -> Response[bytes]:
    try:
        body = draw()
    except LabelError:
        raise unreadable(stock, text.url) from None
    headers = {
        "content-disposition": f'inline; filename="label-{text.code}.{ending}"',
        "cache-control": "private, no-cache",
    }
    return Response(body, media_type=media_type, headers=headers)


class SheetsAPI(Controller):
    path = "/api/v1"
    tags = ["Labels"]
    dependencies = PRESS

    @post("/label-sheets", policy=REGISTRARS, status_code=200, sync_to_thread=True, media_type=PDF)
    def print_sheets(
        self,
        data: JSONBody[NewSheet],
        once: NamedDependency[Once],
        press: NamedDependency[Press],
        views: NamedDependency[DeviceViews],
    ) -> File:
        """A PDF of labels, now; it is kept as a run (`Content-Location`). Up to 10,000 labels."""
        try:
            with once.writing() as session:
                run = ordering.order(session, data, flagging=views.flagging, settings=press.settings, stamp=once.stamp)
                once.answer(Ordered(run.id))
                run_id = run.id
        except Replayed as replayed:
            run_id = msgspec.json.decode(replayed.answer.body, type=Ordered).run
            return _kept_file(once.db, press, run_id, once.stamp, replayed=True)
        press.draw(run_id)
        return _kept_file(once.db, press, run_id, once.stamp)

    @post("/label-runs", policy=REGISTRARS, status_code=202, sync_to_thread=True)
    def start_run(
        self,
        data: JSONBody[NewSheet],
        once: NamedDependency[Once],
        press: NamedDependency[Press],
        views: NamedDependency[DeviceViews],
    ) -> Response[RunView]:
        """The same, drawn in the background: ask `Location` how far it is."""
        with once.writing() as session:
            run = ordering.order(session, data, flagging=views.flagging, settings=press.settings, stamp=once.stamp)
            answer = _accepted(once, run)
            run_id = run.id
        press.start(run_id)
        return answer

    @post("/label-blanks", policy=REGISTRARS, status_code=202, sync_to_thread=True)
    def print_blanks(
        self, data: JSONBody[NewBlanks], once: NamedDependency[Once], press: NamedDependency[Press]
    ) -> Response[RunView]:
        """Labels for devices that are not registered yet, as a run."""
        with once.writing() as session:
            run = ordering.order_blanks(session, data, settings=press.settings, stamp=once.stamp)
            answer = _accepted(once, run)
            run_id = run.id
        press.start(run_id)
        return answer

    @get("/label-runs", policy=SIGNED_IN, sync_to_thread=True)
    def list_runs(
        self,
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Listing[RunView]:
        """Print runs in scope, newest first."""
        before = read_cursor(cursor, tuple[int])
        with db.reading() as session:
            rows, total = queries.runs(session, stamp, before=before[0] if before else None, limit=limit)
            return listing(rows, total, limit, view=lambda run: run_view(run, stamp.at), key=lambda run: run.id)

    @get("/label-runs/{run_id:int}", policy=SIGNED_IN, sync_to_thread=True)
    def read_run(self, run_id: FromPath[int], stamp: NamedDependency[Stamp], db: NamedDependency[Database]) -> RunView:
        with db.reading() as session:
            return run_view(queries.run(session, run_id, stamp), stamp.at)

    @get("/label-runs/{run_id:int}/file", policy=REGISTRARS, sync_to_thread=True, media_type=PDF)
    def run_file(
        self,
        run_id: FromPath[int],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        press: NamedDependency[Press],
    ) -> File:
        return _kept_file(db, press, run_id, stamp)

    @put("/label-runs/{run_id:int}/cancellation", policy=REGISTRARS, sync_to_thread=True)
    def cancel_run(self, run_id: FromPath[int], once: NamedDependency[Once]) -> Response[RunView]:
        """Stop drawing; none of its labels was handed out."""
        with once.writing() as session:
            run = queries.run(session, run_id, once.stamp, lock=True)
            commands.cancel(session, run, stamp=once.stamp)
            return once.answer(run_view(run, once.stamp.at))

    @put("/label-runs/{run_id:int}/restart", policy=REGISTRARS, status_code=202, sync_to_thread=True)
    def restart_run(
        self, run_id: FromPath[int], once: NamedDependency[Once], press: NamedDependency[Press]
    ) -> Response[RunView]:
        """Draw a run again that failed, was cancelled, lost its server, or whose file is no longer kept."""
        with once.writing() as session:
            run = queries.run(session, run_id, once.stamp, lock=True)
            is_kept = press.is_file_kept(run)
            commands.restart(session, run, is_file_kept=is_kept, settings=press.settings, stamp=once.stamp)
            answer = _accepted(once, run)
        press.start(run_id)
        return answer

    @get("/label-stocks", policy=SIGNED_IN, sync_to_thread=True)
    def list_stocks(self, stamp: NamedDependency[Stamp], db: NamedDependency[Database]) -> Listing[StockView]:
        """The stocks that come with the product, then those saved for an office above or below the caller's."""
        with db.reading() as session:
            saved = [stock_view(queries.geometry(one), one) for one in queries.saved_stocks(session, stamp)]
        items = [stock_view(stock) for stock in STOCKS.values()] + saved
        return Listing(items, None, len(items))

    @post("/label-stocks", policy=REGISTRARS, sync_to_thread=True)
    def save_stock(self, data: JSONBody[NewStock], once: NamedDependency[Once]) -> Response[StockView]:
        """Save a stock of your own. It never changes: retire it and save another."""
        with once.writing() as session:
            stock = stock_of(data)
            office = answered(
                lambda: offices.named(session, data.office, once.stamp, "office"),
                lambda: commands.check_geometry(stock),
            )
            saved = commands.save_stock(session, stock, office, stamp=once.stamp)
            return once.answer(stock_view(queries.geometry(saved), saved), status=201)

    @put("/label-stocks/{name:str}/retirement", policy=REGISTRARS, status_code=204, sync_to_thread=True)
    def retire_stock(self, name: FromPath[str], once: NamedDependency[Once]) -> Response[None]:
        """Offer it no longer."""
        with once.writing() as session:
            commands.retire_stock(session, queries.saved_stock(session, name, once.stamp), stamp=once.stamp)
            return once.nothing()

    @get("/label-alignment.pdf", policy=SIGNED_IN, sync_to_thread=True, media_type=PDF)
    def alignment_page(
        self,
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        stock: StockParameter = DEFAULT_STOCK,
        offset_x_mm: OffsetParameter = 0.0,
        offset_y_mm: OffsetParameter = 0.0,
        scale: ScaleParameter = 1.0,
    ) -> Response[bytes]:
        """Outlines and a ruler, to hold against a sheet of labels. Print at 100 %."""
        with db.reading() as session:
            on = queries.stock(session, stock, stamp)
        try:
            body = labels.alignment_pdf(on, offset_x_mm=offset_x_mm, offset_y_mm=offset_y_mm, scale=scale)
        except LabelError:
            raise invalid("offset_x_mm", "With this offset and scale, labels leave the page.") from None
        return Response(body, media_type=PDF)

    @get("/finder-messages", policy=SIGNED_IN, sync_to_thread=True)
    def list_messages(
        self,
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        is_open: Annotated[bool | None, QueryParameter(name="open")] = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Listing[MessageView]:
        """What finders wrote about devices in scope, newest first."""
        before = read_cursor(cursor, tuple[int])
        with db.reading() as session:
            rows, total = queries.messages(
                session, stamp, is_open=is_open, before=before[0] if before else None, limit=limit
            )
            return listing(rows, total, limit, view=lambda one: message_view(one, stamp), key=lambda one: one.id)

    @put("/finder-messages/{message_id:int}/handling", policy=RECEIVERS, sync_to_thread=True)
    def answer_message(self, message_id: FromPath[int], once: NamedDependency[Once]) -> Response[MessageView]:
        """Say that somebody took care of it."""
        with once.writing() as session:
            written = queries.message(session, message_id, once.stamp, lock=True)
            commands.answer_finder(session, written, stamp=once.stamp)
            return once.answer(message_view(written, once.stamp))


class Ordered(Struct):
    """What a replayed order finds again; the file itself is kept with the run."""

    run: int


def _accepted(once: Once, run: PrintRun) -> Response[RunView]:
    return once.answer(run_view(run, once.stamp.at), status=202, headers={"location": f"/api/v1/label-runs/{run.id}"})


def _kept_file(db: Database, press: Press, run_id: int, stamp: Stamp, *, replayed: bool = False) -> File:
    """Raises `NoSuchRun`, `RunUnderWay`, `RunNotDrawn`, `FileGone`."""
    headers = {"content-location": f"/api/v1/label-runs/{run_id}"}
    if replayed:
        headers["Idempotency-Replayed"] = "true"
    with db.reading() as session:
        file = press.file_of(queries.run(session, run_id, stamp))
    return File(
        file,
        filename=f"label-{run_id}.pdf",
        media_type=PDF,
        content_disposition_type="attachment",
        headers=headers,
    )
