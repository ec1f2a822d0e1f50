"""Offices over HTTP."""

from typing import Annotated, Any

from litestar import Controller, Request, Response, get, patch
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import UNSET, structs

from assets_service.kernel.db import Database
from assets_service.kernel.http import Cursor, Limit, Listing, check_if_match, etag, listing, read_cursor
from assets_service.ledger.once import Once
from assets_service.ledger.policy import ADMINS, SIGNED_IN
from assets_service.ledger.stamp import Stamp
from assets_service.offices import commands, queries
from assets_service.offices.models import Level
from assets_service.offices.schemas import AmendOffice, OfficeView, office_view


class OfficesAPI(Controller):
    path = "/api/v1/offices"
    tags = ("Offices",)

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def list_offices(
        self,
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        q: Annotated[str | None, QueryParameter(max_length=80)] = None,
        level: Annotated[Level | None, QueryParameter()] = None,
        parent: Annotated[str | None, QueryParameter(max_length=8)] = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Listing[OfficeView]:
        """Offices in scope, by code. `q` ignores case, spaces and hyphens."""
        after = read_cursor(cursor, tuple[str])
        with db.reading() as session:
            rows, total = queries.search(
                session, stamp, q=q, level=level, parent=parent, after=after[0] if after else None, limit=limit
            )
            devices = queries.device_counts(session, [office.id for office in rows])
            return listing(
                rows, total, limit, view=lambda o: office_view(o, devices.get(o.id, 0)), key=lambda o: o.code
            )

    @get("/{code:str}", policy=SIGNED_IN, sync_to_thread=True)
    def read_office(
        self, code: FromPath[str], stamp: NamedDependency[Stamp], db: NamedDependency[Database]
    ) -> Response[OfficeView]:
        with db.reading() as session:
            office = queries.by_code(session, code, stamp)
            view = office_view(office, queries.device_counts(session, [office.id]).get(office.id, 0))
            return Response(view, headers={"etag": etag(office.version)})

    @patch("/{code:str}", policy=ADMINS, sync_to_thread=True)
    def amend_office(
        self,
        code: FromPath[str],
        data: JSONBody[AmendOffice],
        once: NamedDependency[Once],
        request: Request[Any, Any, Any],
    ) -> Response[OfficeView]:
        """Change names, address, head, codes; `code` and the place in the tree stay."""
        changes: dict[str, Any] = {k: v for k, v in structs.asdict(data).items() if v is not UNSET}
        with once.writing() as session:
            office = queries.locked(session, code, once.stamp)
            check_if_match(request.headers.get("if-match"), office.version)
            commands.amend(session, office, changes, stamp=once.stamp)
            devices = queries.device_counts(session, [office.id]).get(office.id, 0)
            return once.answer(office_view(office, devices), headers={"etag": etag(office.version)})
