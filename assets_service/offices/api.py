"""Offices over HTTP."""

from typing import Annotated

from litestar import Controller, Response, get, patch
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.actions.once import Once
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Gathering
from assets_service.kernel.http import Cursor, Limit, Listing, etag, listing, read_cursor
from assets_service.offices import acts, queries
from assets_service.offices.asks import AmendOffice
from assets_service.offices.models import OFFICE_LENGTH_MAX, Level
from assets_service.offices.queries import DeviceCounts
from assets_service.offices.views import OfficeView, office_view


class OfficesAPI(Controller):
    path = "/api/v1/offices"
    tags = ("Offices",)

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def list_offices(
        self,
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        counts: NamedDependency[DeviceCounts],
        q: Annotated[str | None, QueryParameter(max_length=80)] = None,
        level: Annotated[Level | None, QueryParameter()] = None,
        parent: Annotated[str | None, QueryParameter(max_length=OFFICE_LENGTH_MAX)] = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Listing[OfficeView]:
        """Offices in scope, by code. `q` ignores case, spaces and hyphens."""
        asked = Gathering()
        after = asked.ask(lambda: read_cursor(cursor, str))
        with db.reading() as session:
            above = asked.ask(lambda: queries.code_named(session, parent, "parent")) if parent else None
            asked.refuse()
            rows, total = queries.search(session, stamp, q=q, level=level, parent=above, after=after, limit=limit)
            devices = counts.of(session, [office.id for office in rows])
            return listing(
                rows, total, limit, view=lambda o: office_view(o, devices.get(o.id, 0)), key=lambda o: o.code
            )

    @get("/{code:str}", policy=SIGNED_IN, sync_to_thread=True)
    def read_office(
        self,
        code: FromPath[str],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        counts: NamedDependency[DeviceCounts],
    ) -> Response[OfficeView]:
        with db.reading() as session:
            office = queries.by_code(session, code, stamp)
            view = office_view(office, counts.at(session, office))
            return Response(view, headers={"etag": etag(office.version)})

    @patch("/{code:str}", act=acts.AMEND, sync_to_thread=True)
    def amend_office(
        self, code: FromPath[str], data: JSONBody[AmendOffice], once: NamedDependency[Once]
    ) -> Response[OfficeView]:
        """Change names, address, head, codes; `code` and the place in the tree stay."""
        office = once.do(acts.AMEND, data, code)
        return once.answer(office, etag=office.version)
