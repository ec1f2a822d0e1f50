"""The first page (`/`), what needs this person today; and the public numbers (`/publik`)."""

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency

from assets_service.access.policy import PUBLIC, SIGNED_IN
from assets_service.access.stamp import REGISTRARS, WRITERS, Stamp
from assets_service.devices.models import Kind
from assets_service.flags.queries import Flags
from assets_service.inspections import queries as inspections
from assets_service.kernel.db import Database
from assets_service.labelling import queries as labelling
from assets_service.openness.models import Grade
from assets_service.programmes import queries as programmes
from assets_service.reports import queries
from assets_service.reports.views import rows, tiles
from assets_service.web.page import Me, page
from assets_service.web.visit import Visit

TABLE_MAX = 60


class ReportPages(Controller):
    include_in_schema = False

    @get("/", policy=SIGNED_IN, sync_to_thread=True)
    def today(self, visit: NamedDependency[Visit], flags: NamedDependency[Flags]) -> Response[str]:
        """The first page: what waits for this person, then how their offices do."""
        with visit.reading() as session:
            own = queries.own_offices(session, visit.stamp)
            covered = programmes.coverage(session, visit.stamp)
            tops = _tops(covered)
            opened = queries.openness_of(session, visit.stamp)
            content: dict[str, Any] = {
                "incoming": [queries.incoming(session, visit.stamp, office) for office in own],
                "drafts": [queries.drafts(session, visit.stamp, office) for office in own],
                "found": labelling.waiting(session, visit.stamp),
                "flag_counts": flags.counts(session, visit.stamp),
                "checks": inspections.standing(session, visit.stamp),
                "total": programmes.total(office.total for office in covered if office.code in tops),
                "tiles": tiles(covered),
                "rows": rows(covered, opened.grades)[:TABLE_MAX],
                "openness": opened,
            }
        return visit.page(
            "reports/today.html",
            kinds=list(Kind),
            grades=list(Grade),
            may_register=visit.stamp.has(*REGISTRARS),
            may_send=visit.stamp.has(*WRITERS),
            **content,
        )

    @get("/publik", policy=PUBLIC, sync_to_thread=True)
    def public(
        self,
        request: Request[Any, Any, Any],
        me: NamedDependency[Me | None],
        db: NamedDependency[Database],
        stamp: NamedDependency[Stamp],
    ) -> Response[str]:
        """Per province and in all: entitled, registered, received. No device, office or person is named."""
        with db.reading() as session:
            covered = programmes.coverage_of_country(session)
            checks = inspections.standing_of_country(session, stamp.at)
            opened = queries.openness_of(session)
        return page(
            request,
            "reports/public.html",
            me=me,
            kinds=list(Kind),
            checks=checks,
            total=next((office.total for office in covered if office.parent is None), programmes.Count()),
            tiles=tiles(covered),
            rows=rows(covered, opened.grades),
            openness=opened,
            grades=list(Grade),
        )


def _tops(covered: list[programmes.Coverage]) -> set[str]:
    """The topmost offices in scope: their sums together are the whole."""
    seen = {office.code for office in covered}
    return {office.code for office in covered if office.parent not in seen}
