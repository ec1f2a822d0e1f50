"""How long routes may take, and what can be chosen from, as a page."""

import re
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import ADMINS, REGISTRARS
from assets_service.custody import acts, queries
from assets_service.custody.asks import NewAccessory, NewReason, NewRoute
from assets_service.custody.models import Accessory, DifferenceKind
from assets_service.custody.views import accessory_view, reason_view, route_view
from assets_service.devices.models import Kind
from assets_service.kernel.errors import Gathering, Refusal, invalid
from assets_service.offices import queries as offices
from assets_service.web.language import phrase
from assets_service.web.visit import Visit

CODE_MAX = 40  # characters


class ChoicePages(Controller):
    path = "/pengiriman/daftar"
    include_in_schema = False

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def show_choices(self, visit: NamedDependency[Visit]) -> Response[str]:
        """Routes and their days, accessories, reasons; `?from_office=` and `?to_office=` propose a route's days."""
        return _page(visit)

    @post("/rute", act=acts.SET_ROUTE, sync_to_thread=True)
    def set_route(self, visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_page):
            visit.do(acts.SET_ROUTE, visit.form.read(NewRoute))
            return visit.done("/pengiriman/daftar", phrase("The route is saved."))

    @post("/kelengkapan/{kind:str}", act=acts.SAVE_ACCESSORY, sync_to_thread=True)
    def add_accessory(self, kind: FromPath[str], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_page):
            code = _new_code(visit, {row.code for row in _accessories(visit) if row.kind == kind})
            visit.do(acts.SAVE_ACCESSORY, visit.form.read(NewAccessory), kind, code)
            return visit.done("/pengiriman/daftar", phrase("The accessory is saved."))

    @post("/alasan", act=acts.SAVE_REASON, sync_to_thread=True)
    def add_reason(self, visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_page):
            with visit.reading() as session:
                known = {row.code for row in queries.reasons(session, is_offered=False)}
            code = _new_code(visit, known)
            told = {"needs_note": bool(visit.form.text("needs_note"))}
            visit.do(acts.SAVE_REASON, visit.form.read(NewReason, **told), code)
            return visit.done("/pengiriman/daftar", phrase("The reason is saved."))

    @post("/kelengkapan/{kind:str}/{code:str}", act=acts.SAVE_ACCESSORY, sync_to_thread=True)
    def save_accessory(self, kind: FromPath[str], code: FromPath[str], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_page):
            offered = bool(visit.form.text("offered"))
            visit.do(acts.SAVE_ACCESSORY, visit.form.read(NewAccessory, offered=offered), kind, code)
            return visit.done("/pengiriman/daftar", phrase("The accessory is saved."))

    @post("/alasan/{code:str}", act=acts.SAVE_REASON, sync_to_thread=True)
    def save_reason(self, code: FromPath[str], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_page):
            told = {name: bool(visit.form.text(name)) for name in ("offered", "needs_note")}
            visit.do(acts.SAVE_REASON, visit.form.read(NewReason, **told), code)
            return visit.done("/pengiriman/daftar", phrase("The reason is saved."))


def _accessories(visit: Visit) -> list[Accessory]:
    with visit.reading() as session:
        return [row for rows in queries.accessories(session, is_offered=False).values() for row in rows]


def _new_code(visit: Visit, known: set[str]) -> str:
    """A code for the entry that is named in the form, made of its name. Raises `Invalid`."""
    name = visit.form.text("name")
    code = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:CODE_MAX]
    if name and not code[:1].isalpha():
        raise invalid("name", "Begin the name with a letter.")
    if code in known:
        raise invalid("name", "{name} is in the list already.", name=name)
    return code or "new"  # without a name the ask says what is missing


def _page(visit: Visit, refusal: Refusal | None = None) -> Response[str]:
    form = visit.form
    with visit.reading() as session:
        ends = form.text("from_office"), form.text("to_office")
        proposal = None
        if all(ends) and refusal is None:
            asked = Gathering()
            sender = asked.ask(lambda: offices.named(session, ends[0], visit.stamp, "from_office"))
            to = asked.ask(lambda: offices.any_named(session, ends[1], "to_office"))
            if sender and to:
                proposal = queries.took(session, sender.id, to.id)
        content: dict[str, Any] = {
            "routes": [route_view(row) for row in queries.routes(session)],
            "usual": queries.DAYS,
            "proposal": proposal,
            "ends": ends,
            "accessories": [accessory_view(row) for row in _accessories(visit)],
            "reasons": [reason_view(row) for row in queries.reasons(session, is_offered=False)],
            "offices": offices.roster(session),
        }
    return visit.page(
        "custody/choices.html",
        refusal,
        kinds=list(Kind),
        difference_kinds=list(DifferenceKind),
        may_route=visit.stamp.has(*REGISTRARS),
        may_edit=visit.stamp.may("/00/", *ADMINS),
        **content,
    )
