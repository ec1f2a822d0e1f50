"""Blank labels as pages: printed before there is a device, stuck on one later."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from assets_service.access.policy import REGISTRARS
from assets_service.devices import queries as devices
from assets_service.devices.asks import CodeClaim
from assets_service.kernel.errors import Refusal
from assets_service.kernel.jobs import Bell
from assets_service.labelling import acts
from assets_service.labelling.asks import BLANKS_MAX, NewBlanks
from assets_service.labelling.views import saved_stock_views, shipped_stock_views
from assets_service.offices import queries as offices
from assets_service.settings import Settings
from assets_service.web.language import phrase
from assets_service.web.visit import Visit


class BlankPages(Controller):
    path = "/label"
    include_in_schema = False

    @get("/kosong", policy=REGISTRARS, sync_to_thread=True)
    def blank_form(self, visit: NamedDependency[Visit]) -> Response[str]:
        return _blank_page(visit)

    @post("/kosong", act=acts.PRINT_BLANKS, sync_to_thread=True)
    def print_blanks(self, visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_blank_page):
            run = visit.do(acts.PRINT_BLANKS, visit.form.read(NewBlanks))
            visit.once.tools[Bell].ring()
            return visit.done(f"/label/cetak/{run.id}")

    @post("/{code:str}/perangkat", act=acts.CLAIM, sync_to_thread=True)
    def claim_blank(self, code: FromPath[str], visit: NamedDependency[Visit]) -> Response[Any]:
        """Let a blank label, stuck on a registered device, lead to that device. The first claim wins."""
        with visit.shown_again(_unclaimed_page, code):
            with visit.reading() as session:
                found = devices.lookup(session, visit.form.text("device")[:300], visit.stamp).code
            device = visit.do(acts.CLAIM, CodeClaim(code=code), found)
            return visit.done(f"/d/{device.code}", phrase("The label {code} is now on it."), code=code)


def _blank_page(visit: Visit, refusal: Refusal | None = None) -> Response[str]:
    settings = visit.once.tools[Settings]
    with visit.reading() as session:
        stocks = saved_stock_views(session, visit.stamp) + shipped_stock_views()
        choices = offices.choices(session, visit.stamp, *REGISTRARS.roles)
    return visit.page(
        "labelling/blanks.html",
        refusal,
        stocks=stocks,
        offices=choices,
        blanks_max=BLANKS_MAX,
        is_local=settings.is_local,
        base_url=settings.base_url,
    )


def _unclaimed_page(visit: Visit, code: str, refusal: Refusal) -> Response[str]:
    return visit.page("scan/blank.html", refusal, code=code)
