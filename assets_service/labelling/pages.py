"""Printing as pages: choose, look, print; runs, blanks, own stocks; what finders wrote and where they write it."""

import re
from contextlib import suppress
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct, structs
from sqlalchemy.orm import Session

from assets_service.devices import commands as device_commands
from assets_service.devices import queries as devices
from assets_service.devices.schemas import DeviceViews
from assets_service.kernel.errors import Refusal, answered
from assets_service.kernel.http import Form, cursor_after, read_cursor
from assets_service.labelling import commands, ordering, queries
from assets_service.labelling.commands import BLANKS_MAX, LABELS_MAX, PRINTERS
from assets_service.labelling.errors import NoSuchStock
from assets_service.labelling.models import PrintRun
from assets_service.labelling.preview import first_sheet_svg
from assets_service.labelling.printing import PRESS, Press
from assets_service.labelling.queries import Prefix, Wanted
from assets_service.labelling.schemas import (
    DEFAULT_STOCK,
    FinderNote,
    NewBlanks,
    NewSheet,
    NewStock,
    RunView,
    StockView,
    message_view,
    run_view,
    sheet_of,
    stock_of,
    stock_view,
)
from assets_service.ledger.once import Once
from assets_service.ledger.policy import PUBLIC, RECEIVERS, REGISTRARS
from assets_service.ledger.stamp import Stamp
from assets_service.ledger.visit import Visit
from assets_service.offices import queries as offices
from assets_service.settings import Settings
from assets_service.web.language import phrase
from assets_service.web.page import Me, done, page
from labels import STOCKS

RUNS_SHOWN = 30
MESSAGES_SHOWN = 50
CODES_SHOWN = 12
FLAGS = ("unlabelled", "undelivered", "unassigned", "unbooked", "damaged")
_SEPARATORS = re.compile(r"[\s,;]+")


class Chosen(Struct):
    """What a choice came to: how many labels, how many of them were printed before."""

    labels: int
    again: int
    sheets: int


class LabelPages(Controller):
    path = "/label"
    include_in_schema = False
    dependencies = PRESS

    @get(policy=REGISTRARS, sync_to_thread=True)
    def choose(self, visit: NamedDependency[Visit], views: NamedDependency[DeviceViews]) -> Response[str]:
        """Which devices on which stock; once chosen, the first sheet and where on it to start."""
        return _choosing(visit, views)

    @post(policy=REGISTRARS, sync_to_thread=True)
    def print_run(
        self,
        visit: NamedDependency[Visit],
        press: NamedDependency[Press],
        views: NamedDependency[DeviceViews],
    ) -> Response[Any]:
        try:
            data = _read_sheet(visit.form)
            with visit.writing() as session:
                run = ordering.order(session, data, flagging=views.flagging, settings=press.settings, stamp=visit.stamp)
                run_id, answer = run.id, _to_run(visit.once, run)
        except Refusal as refusal:
            return _choosing(visit, views, refusal)
        press.start(run_id)
        return answer

    @get("/pratinjau.svg", policy=REGISTRARS, sync_to_thread=True)
    def preview(
        self,
        visit: NamedDependency[Visit],
        settings: NamedDependency[Settings],
        views: NamedDependency[DeviceViews],
    ) -> Response[str]:
        """The first sheet of what is chosen."""
        data = _read_sheet(visit.form)
        prefix = Prefix(settings.base_url)
        with visit.reading() as session:
            sheet = sheet_of(data, queries.stock(session, data.stock, visit.stamp))
            sheet = structs.replace(sheet, draft=sheet.draft or settings.is_local)
            chosen, _ = ordering.choose(session, data, flagging=views.flagging, stamp=visit.stamp)
            shown = chosen[: max(0, sheet.stock.per_sheet - sheet.start + 1)]
            texts = queries.texts_of(session, shown, draft=sheet.draft, prefix=prefix)
        longest = max((text.version for text in texts), default=1)
        commands.check_drawable(sheet, longest=longest, settings=settings)
        return Response(
            first_sheet_svg(texts, sheet, settings.label_mark),
            media_type="image/svg+xml",
            headers={"cache-control": "no-store"},
        )

    @get("/cetak", policy=REGISTRARS, sync_to_thread=True)
    def list_runs(self, visit: NamedDependency[Visit]) -> Response[str]:
        before = read_cursor(visit.form.text("cursor") or None, tuple[int])
        with visit.reading() as session:
            rows, total = queries.runs(session, visit.stamp, before=before[0] if before else None, limit=RUNS_SHOWN)
            runs = [run_view(run, visit.stamp.at) for run in rows[:RUNS_SHOWN]]
        return visit.page("labelling/runs.html", runs=runs, total=total, next_cursor=_next(rows, RUNS_SHOWN))

    @get("/cetak/{run_id:int}", policy=REGISTRARS, sync_to_thread=True)
    def show_run(
        self,
        run_id: FromPath[int],
        visit: NamedDependency[Visit],
        press: NamedDependency[Press],
    ) -> Response[str]:
        return _run_page(visit, press, run_id)

    @post("/cetak/{run_id:int}/batal", policy=REGISTRARS, sync_to_thread=True)
    def cancel_run(
        self,
        run_id: FromPath[int],
        visit: NamedDependency[Visit],
        press: NamedDependency[Press],
    ) -> Response[Any]:
        try:
            with visit.writing() as session:
                run = queries.run(session, run_id, visit.stamp, lock=True)
                commands.cancel(session, run, stamp=visit.stamp)
                return visit.done(f"/label/cetak/{run_id}", phrase("The print run is cancelled."), tone="info")
        except Refusal as refusal:
            return _run_page(visit, press, run_id, refusal)

    @post("/cetak/{run_id:int}/ulang", policy=REGISTRARS, sync_to_thread=True)
    def restart_run(
        self,
        run_id: FromPath[int],
        visit: NamedDependency[Visit],
        press: NamedDependency[Press],
    ) -> Response[Any]:
        try:
            with visit.writing() as session:
                run = queries.run(session, run_id, visit.stamp, lock=True)
                is_kept = press.is_file_kept(run)
                commands.restart(session, run, is_file_kept=is_kept, settings=press.settings, stamp=visit.stamp)
                answer = _to_run(visit.once, run)
        except Refusal as refusal:
            return _run_page(visit, press, run_id, refusal)
        press.start(run_id)
        return answer

    # Blanks --------------------------------------------------------------------------------------------------

    @get("/kosong", policy=REGISTRARS, sync_to_thread=True)
    def blank_form(self, visit: NamedDependency[Visit]) -> Response[str]:
        return _blank_page(visit)

    @post("/kosong", policy=REGISTRARS, sync_to_thread=True)
    def print_blanks(self, visit: NamedDependency[Visit], press: NamedDependency[Press]) -> Response[Any]:
        try:
            data = visit.form.read(NewBlanks)
            with visit.writing() as session:
                run = ordering.order_blanks(session, data, settings=press.settings, stamp=visit.stamp)
                run_id, answer = run.id, _to_run(visit.once, run)
        except Refusal as refusal:
            return _blank_page(visit, refusal)
        press.start(run_id)
        return answer

    @post("/{code:str}/perangkat", policy=REGISTRARS, sync_to_thread=True)
    def claim_blank(self, code: FromPath[str], visit: NamedDependency[Visit]) -> Response[Any]:
        """A blank label was stuck on a registered device: from now on it leads there. The first claim wins."""
        try:
            with visit.writing() as session:
                found = devices.lookup(session, visit.form.text("device")[:300], visit.stamp)
                device = devices.locked(session, found.code, visit.stamp)
                device_commands.claim_code(session, device, code, stamp=visit.stamp)
                commands.attach(session, device, stamp=visit.stamp, code=code)
                return visit.done(f"/d/{device.code}", phrase("The label {code} is now on it."), code=code)
        except Refusal as refusal:
            return visit.page("scan/blank.html", refusal, code=code)

    # Stocks --------------------------------------------------------------------------------------------------

    @get("/stok", policy=REGISTRARS, sync_to_thread=True)
    def list_stocks(self, visit: NamedDependency[Visit]) -> Response[str]:
        return _stocks_page(visit)

    @post("/stok", policy=REGISTRARS, sync_to_thread=True)
    def save_stock(self, visit: NamedDependency[Visit]) -> Response[Any]:
        try:
            data = visit.form.read(NewStock)
            with visit.writing() as session:
                stock = stock_of(data)
                office = answered(
                    lambda: offices.named(session, data.office, visit.stamp, "office"),
                    lambda: commands.check_geometry(stock),
                )
                commands.save_stock(session, stock, office, stamp=visit.stamp)
                notice = phrase("{title} is saved. Print its alignment page before the first sheet.")
                return visit.done("/label/stok", notice, title=data.title)
        except Refusal as refusal:
            return _stocks_page(visit, refusal)

    @post("/stok/{name:str}/pensiun", policy=REGISTRARS, sync_to_thread=True)
    def retire_stock(self, name: FromPath[str], visit: NamedDependency[Visit]) -> Response[Any]:
        try:
            with visit.writing() as session:
                commands.retire_stock(session, queries.saved_stock(session, name, visit.stamp), stamp=visit.stamp)
                return visit.done("/label/stok", phrase("{name} is no longer offered."), tone="info", name=name)
        except NoSuchStock:
            raise
        except Refusal as refusal:
            return _stocks_page(visit, refusal)


class FinderPages(Controller):
    include_in_schema = False

    @get("/d/{code:str}/temuan", policy=PUBLIC, sync_to_thread=True)
    def finder_form(
        self, code: FromPath[str], request: Request[Any, Any, Any], me: NamedDependency[Me | None]
    ) -> Response[str]:
        """Where a finder writes; the same for every code."""
        return page(request, "labelling/finder.html", me=me, code=code[:40])

    @post("/d/{code:str}/temuan", policy=PUBLIC, sync_to_thread=True)
    def write(
        self,
        code: FromPath[str],
        request: Request[Any, Any, Any],
        form: NamedDependency[Form],
        me: NamedDependency[Me | None],
        once: NamedDependency[Once],
    ) -> Response[Any]:
        """Known or not, every code gets the same answer."""
        try:
            note = form.read(FinderNote)
            with once.writing() as session:
                commands.write_finder(session, code, message=note.message, contact=note.contact, stamp=once.stamp)
                return once.see(
                    done(
                        "/temuan/terima-kasih",
                        phrase("Thank you. The office that answers for it can now write to you."),
                    )
                )
        except Refusal as refusal:
            return page(
                request, "labelling/finder.html", me=me, refusal=refusal, kept=form.kept, code=code[:40],
                headers=refusal.headers,
            )  # fmt: skip

    @get("/temuan/terima-kasih", policy=PUBLIC, sync_to_thread=True)
    def thanks(self, request: Request[Any, Any, Any], me: NamedDependency[Me | None]) -> Response[str]:
        return page(request, "labelling/thanks.html", me=me)

    @get("/label/temuan", policy=RECEIVERS, sync_to_thread=True)
    def list_messages(self, visit: NamedDependency[Visit]) -> Response[str]:
        before = read_cursor(visit.form.text("cursor") or None, tuple[int])
        with visit.reading() as session:
            rows, total = queries.messages(
                session,
                visit.stamp,
                is_open=None if visit.form.text("semua") else True,
                before=before[0] if before else None,
                limit=MESSAGES_SHOWN,
            )
            messages = [message_view(one, visit.stamp) for one in rows[:MESSAGES_SHOWN]]
        return visit.page(
            "labelling/messages.html",
            messages=messages,
            total=total,
            next_cursor=_next(rows, MESSAGES_SHOWN),
        )

    @post("/label/temuan/{message_id:int}", policy=RECEIVERS, sync_to_thread=True)
    def answer_message(self, message_id: FromPath[int], once: NamedDependency[Once]) -> Response[Any]:
        with once.writing() as session:
            written = queries.message(session, message_id, once.stamp, lock=True)
            commands.answer_finder(session, written, stamp=once.stamp)
            return once.see(done("/label/temuan", phrase("Marked as taken care of.")))


# Choosing --------------------------------------------------------------------------------------------------------


def _choosing(visit: Visit, views: DeviceViews, refusal: Refusal | None = None) -> Response[str]:
    """The form; below it, when something was chosen, what it comes to. A GET that cannot be met says so like a POST."""
    settings: Settings = visit.request.app.state.settings
    way = visit.form.text("way") or next(
        (name for name in ("shipment", "imported", "office") if visit.form.text(name)), "office"
    )
    chosen: Chosen | None = None
    found: list[Wanted] = []
    with visit.reading() as session:
        if _is_asked(visit.form):
            try:
                found, chosen = _came_to(session, _read_sheet(visit.form), views, settings, visit.stamp)
            except Refusal as other:
                refusal = refusal or other
                with suppress(Refusal):  # where on the sheet they go is asked again, beside what is chosen
                    found, chosen = _came_to(session, _read_sheet(_choice(visit.form)), views, settings, visit.stamp)
        content: dict[str, Any] = {
            "stocks": _stocks(session, visit.stamp),
            "offices": offices.choices(session, visit.stamp, *PRINTERS),
            "imports": queries.recent_imports(session, visit.stamp),
        }
    kept = visit.form.kept if visit.form.texts else {"way": way, "unprinted": "true"}
    return visit.page(
        "labelling/choose.html",
        refusal.placed(_at_the_list) if refusal else None,
        kept={"stock": DEFAULT_STOCK, "start": "1", "way": way, **kept, **_device_as_list(visit.form)},
        chosen=chosen,
        codes=[device.code for device in found[:CODES_SHOWN]],
        flags=FLAGS,
        labels_max=LABELS_MAX,
        is_local=settings.is_local,
        base_url=settings.base_url,
        query=_query(visit.form),
        **content,
    )


_CARRIED = ("way", "device", "devices", "office", "shipment", "imported", "flag", "unprinted", "stock")


def _is_asked(form: Form) -> bool:
    return bool(form.text("stock") or form.text("device"))


def _device_as_list(form: Form) -> dict[str, str]:
    """`?device=CODE`, as device pages link here, is a list of one."""
    code = form.text("device")
    return {"way": "devices", "devices": code} if code else {}


def _read_sheet(form: Form) -> NewSheet:
    """Only the way that was chosen counts; what stands in the other fields was left there. Raises `Invalid`."""
    way = "devices" if form.text("device") else form.text("way") or "office"
    kept = {
        name: values for name, values in form.texts.items() if name not in {"devices", "office", "shipment", "imported"}
    }
    known: dict[str, object] = {}
    if way == "devices":
        known["devices"] = [code for code in _SEPARATORS.split(form.text("devices") or form.text("device")) if code]
    elif form.text(way):
        kept[way] = [form.text(way)]
    kept.setdefault("stock", [DEFAULT_STOCK])
    if way == "devices":
        kept.pop("flag", None)
        kept.pop("unprinted", None)
    return Form(kept).read(NewSheet, **known)


def _came_to(
    session: Session, data: NewSheet, views: DeviceViews, settings: Settings, stamp: Stamp
) -> tuple[list[Wanted], Chosen]:
    """Raises `Invalid`."""
    sheet = sheet_of(data, queries.stock(session, data.stock, stamp))
    commands.check_drawable(sheet, longest=1, settings=settings)
    found, _ = ordering.choose(session, data, flagging=views.flagging, stamp=stamp)
    sheets = -(-(len(found) + sheet.start - 1) // sheet.stock.per_sheet)
    return found, Chosen(len(found), sum(device.is_printed for device in found), sheets)


def _query(form: Form) -> list[tuple[str, str]]:
    """What was chosen, to be carried to the preview and to the printing."""
    return [(name, form.text(name)) for name in _CARRIED if form.text(name)]


def _choice(form: Form) -> Form:
    """The devices and the stock, without where on the sheet they go."""
    return Form({name: values for name, values in form.texts.items() if name in _CARRIED})


def _at_the_list(pointer: str) -> str:
    """What is wrong with one code is said where all were typed."""
    return "/devices" if pointer.startswith("/devices/") else pointer


def _stocks(session: Session, stamp: Stamp) -> list[StockView]:
    saved = [stock_view(queries.geometry(one), one) for one in queries.saved_stocks(session, stamp)]
    return saved + [stock_view(stock) for stock in STOCKS.values()]


# Pages that several handlers show --------------------------------------------------------------------------------


def _run_page(visit: Visit, press: Press, run_id: int, refusal: Refusal | None = None) -> Response[str]:
    with visit.reading() as session:
        run = queries.run(session, run_id, visit.stamp)
        view: RunView = run_view(run, press.clock())
        stock = stock_view(queries.stock_of_run(session, run.stock))
        codes = queries.printed_codes(session, run_id, limit=CODES_SHOWN)
        is_kept = press.is_file_kept(run)
    return visit.page(
        "labelling/run.html",
        refusal,
        run=view,
        stock=stock,
        codes=codes,
        is_kept=is_kept,
        is_open=view.state in {"queued", "drawing"},
    )


def _blank_page(visit: Visit, refusal: Refusal | None = None) -> Response[str]:
    settings: Settings = visit.request.app.state.settings
    with visit.reading() as session:
        stocks, choices = _stocks(session, visit.stamp), offices.choices(session, visit.stamp, *PRINTERS)
    return visit.page(
        "labelling/blanks.html",
        refusal,
        stocks=stocks,
        offices=choices,
        blanks_max=BLANKS_MAX,
        is_local=settings.is_local,
        base_url=settings.base_url,
    )


def _stocks_page(visit: Visit, refusal: Refusal | None = None) -> Response[str]:
    with visit.reading() as session:
        stocks, choices = _stocks(session, visit.stamp), offices.choices(session, visit.stamp, *PRINTERS)
    return visit.page("labelling/stocks.html", refusal, stocks=stocks, offices=choices)


def _to_run(once: Once, run: PrintRun) -> Response[None]:
    return once.see(done(f"/label/cetak/{run.id}"))


def _next(rows: list[Any], shown: int) -> str | None:
    return cursor_after(rows[shown - 1].id) if len(rows) > shown else None
