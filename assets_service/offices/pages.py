"""The page on which an office is edited. Its own page, with its coverage, is in a room above: `programmes`."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from assets_service.access.policy import ADMINS
from assets_service.kernel.errors import Refusal
from assets_service.offices import acts, queries
from assets_service.offices.asks import AmendOffice
from assets_service.offices.views import office_view
from assets_service.web.language import phrase
from assets_service.web.visit import Visit


class AmendOfficePages(Controller):
    path = "/kantor"
    include_in_schema = False

    @get("/{code:str}/ubah", policy=ADMINS, sync_to_thread=True)
    def amend_form(self, code: FromPath[str], visit: NamedDependency[Visit]) -> Response[str]:
        return _amend_page(visit, code)

    @post("/{code:str}/ubah", act=acts.AMEND, sync_to_thread=True)
    def amend_office(self, code: FromPath[str], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_amend_page, code):
            office = visit.do(acts.AMEND, visit.form.changes(AmendOffice), code)
            return visit.done(f"/kantor/{office.code}", phrase("Your change is saved."))


def _amend_page(visit: Visit, code: str, refusal: Refusal | None = None) -> Response[str]:
    """The form of the office's data. Raises `NoSuchOffice`."""
    with visit.reading() as session:
        view = office_view(queries.by_code(session, code, visit.stamp), devices=0)
    return visit.page("offices/amend.html", refusal, office=view, version=view.version)
