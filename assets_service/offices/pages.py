"""Amending an office as a page. Where it is shown, with its coverage, is a room above: `programmes`."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, structs

from assets_service.kernel.db import Database
from assets_service.kernel.errors import Refusal
from assets_service.kernel.http import Form, check_if_match
from assets_service.ledger.once import Once
from assets_service.ledger.policy import ADMINS
from assets_service.ledger.stamp import Stamp
from assets_service.offices import commands, queries
from assets_service.offices.schemas import AmendOffice, office_view
from assets_service.web.language import phrase
from assets_service.web.page import Me, done, page


class AmendOfficePages(Controller):
    path = "/kantor"
    include_in_schema = False

    @get("/{code:str}/ubah", policy=ADMINS, sync_to_thread=True)
    def amend_form(
        self,
        code: FromPath[str],
        request: Request[Any, Any, Any],
        me: NamedDependency[Me],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
    ) -> Response[str]:
        return _amend_page(request, me, db, stamp, code)

    @post("/{code:str}/ubah", policy=ADMINS, sync_to_thread=True)
    def amend_office(
        self,
        code: FromPath[str],
        request: Request[Any, Any, Any],
        form: NamedDependency[Form],
        me: NamedDependency[Me],
        once: NamedDependency[Once],
        db: NamedDependency[Database],
    ) -> Response[Any]:
        try:
            data = form.changes(AmendOffice)
            changes = {name: value for name, value in structs.asdict(data).items() if value is not UNSET}
            with once.writing() as session:
                office = queries.locked(session, code, once.stamp)
                check_if_match(form.text("version") or None, office.version)
                commands.amend(session, office, changes, stamp=once.stamp)
                return once.see(done(f"/kantor/{office.code}", phrase("The change is kept.")))
        except Refusal as refusal:
            return _amend_page(request, me, db, once.stamp, code, refusal, form)


def _amend_page(
    request: Request[Any, Any, Any],
    me: Me,
    db: Database,
    stamp: Stamp,
    code: str,
    refusal: Refusal | None = None,
    form: Form | None = None,
) -> Response[str]:
    """Raises `NoSuchOffice`."""
    with db.reading() as session:
        office = queries.by_code(session, code, stamp)
        view = office_view(office, devices=0)
        version = office.version
    return page(
        request,
        "offices/amend.html",
        me=me,
        refusal=refusal,
        kept=form.kept if form else None,
        office=view,
        version=version,
    )
