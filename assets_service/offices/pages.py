"""Amending an office as a page. Where it is shown, with its coverage, is a room above: `programmes`."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, structs

from assets_service.kernel.errors import Refusal
from assets_service.kernel.http import check_if_match
from assets_service.ledger.policy import ADMINS
from assets_service.ledger.visit import Visit
from assets_service.offices import commands, queries
from assets_service.offices.schemas import AmendOffice, office_view
from assets_service.web.language import phrase


class AmendOfficePages(Controller):
    path = "/kantor"
    include_in_schema = False

    @get("/{code:str}/ubah", policy=ADMINS, sync_to_thread=True)
    def amend_form(self, code: FromPath[str], visit: NamedDependency[Visit]) -> Response[str]:
        return _amend_page(visit, code)

    @post("/{code:str}/ubah", policy=ADMINS, sync_to_thread=True)
    def amend_office(self, code: FromPath[str], visit: NamedDependency[Visit]) -> Response[Any]:
        try:
            data = visit.form.changes(AmendOffice)
            changes = {name: value for name, value in structs.asdict(data).items() if value is not UNSET}
            with visit.writing() as session:
                office = queries.locked(session, code, visit.stamp)
                check_if_match(visit.form.text("version") or None, office.version)
                commands.amend(session, office, changes, stamp=visit.stamp)
                return visit.done(f"/kantor/{office.code}", phrase("The change is kept."))
        except Refusal as refusal:
            return _amend_page(visit, code, refusal)


def _amend_page(visit: Visit, code: str, refusal: Refusal | None = None) -> Response[str]:
    """Raises `NoSuchOffice`."""
    with visit.reading() as session:
        office = queries.by_code(session, code, visit.stamp)
        view = office_view(office, devices=0)
        version = office.version
    return visit.page(
        "offices/amend.html",
        refusal,
        office=view,
        version=version,
    )
