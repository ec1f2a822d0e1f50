"""`/` today: what needs me. `/publik`: the numbers anybody may know."""

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency

from assets_service.devices.models import Kind
from assets_service.flags.queries import Flags
from assets_service.inspections import queries as inspections
from assets_service.kernel.db import Database
from assets_service.ledger.policy import PUBLIC, SIGNED_IN
from assets_service.ledger.stamp import Role
from assets_service.ledger.visit import Visit
from assets_service.programmes import queries as programmes
from assets_service.reports import queries
from assets_service.reports.schemas import COLUMNS, ROWS, rows, tiles
from assets_service.web.page import Me, page

TABLE_MAX = 60


class ReportPages(Controller):
    include_in_schema = False

    @get("/", policy=SIGNED_IN, sync_to_thread=True)
    def today(self, visit: NamedDependency[Visit], flags: NamedDependency[Flags]) -> Response[str]:
        """What waits for this person, first; then how their offices stand."""
        with visit.reading() as session:
            own = queries.own_offices(session, visit.stamp)
            covered = programmes.coverage(session, visit.stamp)
            tops = _tops(covered)
            content: dict[str, Any] = {
                "incoming": [queries.incoming(session, visit.stamp, office) for office in own],
                "drafts": [queries.drafts(session, visit.stamp, office) for office in own],
                "flag_counts": flags.counts(session, visit.stamp),
                "checks": inspections.standing(session, visit.stamp),
                "total": programmes.total(office.total for office in covered if office.code in tops),
                "tiles": tiles(covered),
                "rows": rows(covered)[:TABLE_MAX],
            }
        return visit.page(
            "reports/today.html",
            grid=(COLUMNS, ROWS),
            kinds=list(Kind),
            may_register=visit.stamp.has(Role.ADMIN, Role.LOGISTICS),
            may_send=visit.stamp.has(Role.ADMIN, Role.LOGISTICS, Role.HEAD),
            **content,
        )

    @get("/publik", policy=PUBLIC, sync_to_thread=True)
    def public(
        self, request: Request[Any, Any, Any], me: NamedDependency[Me | None], db: NamedDependency[Database]
    ) -> Response[str]:
        """Per province and in all: entitled, registered, received. No device, office or person is named."""
        with db.reading() as session:
            covered = programmes.coverage_of_country(session)
        return page(
            request,
            "reports/public.html",
            me=me,
            grid=(COLUMNS, ROWS),
            kinds=list(Kind),
            total=next((office.total for office in covered if office.parent is None), programmes.Count()),
            tiles=tiles(covered),
            rows=rows(covered),
        )


def _tops(covered: list[programmes.Coverage]) -> set[str]:
    """The offices in scope that stand below no other in scope: their sums together are the whole."""
    seen = {office.code for office in covered}
    return {office.code for office in covered if office.parent not in seen}
