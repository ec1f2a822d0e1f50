"""Which devices on which stock; once chosen, the first sheet and where on it to start."""

from contextlib import suppress
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from assets_service.access.policy import REGISTRARS
from assets_service.devices import queries as devices
from assets_service.kernel.errors import Refusal
from assets_service.kernel.http import Form
from assets_service.kernel.jobs import Bell
from assets_service.kernel.pools import Pool
from assets_service.labelling import acts, queries
from assets_service.labelling.asks import DEFAULT_STOCK, LABELS_MAX, NewSheet
from assets_service.labelling.views import ChoiceView, choice_view, first_sheet, saved_stock_views, shipped_stock_views
from assets_service.offices import queries as offices
from assets_service.settings import Settings
from assets_service.web.visit import Visit

FLAGS = ("unlabelled", "undelivered", "unassigned", "unbooked", "damaged")
_CARRIED = ("way", "devices", "office", "office_only", "shipment", "imported", "flag", "unprinted", "stock")


class LabelPages(Controller):
    path = "/label"
    include_in_schema = False

    @get(policy=REGISTRARS, sync_to_thread=True)
    def choose(self, visit: NamedDependency[Visit]) -> Response[str]:
        return _choosing(visit)

    @post(act=acts.PRINT, sync_to_thread=True)
    def print_run(self, visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_choosing):
            run = visit.do(acts.PRINT, _read_sheet(visit, visit.form))
            visit.once.tools[Bell].ring()
            return visit.done(f"/label/cetak/{run.id}")

    @get("/pratinjau.svg", policy=REGISTRARS, pool=Pool.DRAWING, sync_to_thread=True)
    def preview(self, visit: NamedDependency[Visit]) -> Response[str]:
        """The first sheet of what is chosen."""
        ask = _read_sheet(visit, visit.form)
        with visit.reading() as session:
            drawn = first_sheet(session, ask, visit.stamp, visit.once.tools)
        return Response(drawn, media_type="image/svg+xml", headers={"cache-control": "no-store"})


def _choosing(visit: Visit, refusal: Refusal | None = None) -> Response[str]:
    """The form and, once something was chosen, what that comes to. A refused GET says why, as a refused POST does."""
    form, settings = visit.form, visit.once.tools[Settings]
    way = form.text("way") or next((name for name in ("shipment", "imported", "office") if form.text(name)), "office")
    chosen: ChoiceView | None = None
    if _is_asked(form):
        try:
            chosen = _came_to(visit, form)
        except Refusal as other:
            refusal = refusal or other
            with suppress(Refusal):  # where on the sheet they go is asked again, beside what is chosen
                chosen = _came_to(visit, _choice(form))
    with visit.reading() as session:
        content: dict[str, Any] = {
            "stocks": saved_stock_views(session, visit.stamp) + shipped_stock_views(),
            "offices": offices.choices(session, visit.stamp, *REGISTRARS.roles),
            "imports": queries.recent_imports(session, visit.stamp),
        }
    kept = form.kept if form.texts else {"way": way, "unprinted": "true"}
    return visit.page(
        "labelling/choose.html",
        refusal.placed(_at_the_list) if refusal else None,
        kept={"stock": DEFAULT_STOCK, "start": "1", "way": way, **kept, **_device_as_list(form)},
        chosen=chosen,
        codes=chosen.codes if chosen else [],
        flags=FLAGS,
        labels_max=LABELS_MAX,
        is_local=settings.is_local,
        base_url=settings.base_url,
        query=_query(form),
        **content,
    )


def _is_asked(form: Form) -> bool:
    return bool(form.text("stock") or form.text("device"))


def _device_as_list(form: Form) -> dict[str, str]:
    """The form with `?device=CODE`, once or more, as pages of devices link here, turned into a list."""
    codes = "\n".join(form.texts.get("device", []))
    return {"way": "devices", "devices": codes} if codes else {}


def _read_sheet(visit: Visit, form: Form) -> NewSheet:
    """The form as a `NewSheet`. Only the way that was chosen counts; the other fields may hold leftovers. Raises `Invalid`."""
    listed = _device_as_list(form)
    way = listed.get("way") or form.text("way") or "office"
    kept = {
        name: values for name, values in form.texts.items() if name not in {"devices", "office", "shipment", "imported"}
    }
    known: dict[str, object] = {}
    if way == "devices":
        with visit.reading() as session:
            typed = form.text("devices") or listed.get("devices", "")
            known["devices"] = devices.reads_of(session, typed, visit.stamp)
    elif form.text(way):
        kept[way] = [form.text(way)]
    kept.setdefault("stock", [DEFAULT_STOCK])
    if way == "devices":
        kept.pop("flag", None)
        kept.pop("unprinted", None)
    return Form(kept).read(NewSheet, **known)


def _came_to(visit: Visit, form: Form) -> ChoiceView:
    """What the choice comes to. Raises `Invalid`."""
    ask = _read_sheet(visit, form)
    with visit.reading() as session:
        return choice_view(session, ask, visit.stamp, visit.once.tools)


def _query(form: Form) -> list[tuple[str, str]]:
    """The choice as a query, to be carried to the preview and to the printing."""
    listed = [("device", code) for code in form.texts.get("device", [])]
    return listed + [(name, form.text(name)) for name in _CARRIED if form.text(name)]


def _choice(form: Form) -> Form:
    """The form's choice of devices and stock, without where on the sheet the labels go."""
    return Form({name: values for name, values in form.texts.items() if name in {*_CARRIED, "device"}})


def _at_the_list(pointer: str) -> str:
    """The refusal with the problems of single codes moved to the field where all were typed."""
    return "/devices" if pointer.startswith("/devices/") else pointer
