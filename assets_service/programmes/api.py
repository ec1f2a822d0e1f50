"""Programmes and coverage over HTTP."""

from typing import Annotated

from litestar import Controller, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.actions.once import Once
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Gathering
from assets_service.kernel.http import Cursor, Limit, Listing, listing, read_cursor
from assets_service.offices import queries as offices
from assets_service.offices.models import OFFICE_LENGTH_MAX
from assets_service.programmes import acts, queries
from assets_service.programmes.asks import NewAllocation, NewDistribution, NewProgramme
from assets_service.programmes.views import (
    CoverageView,
    DistributionView,
    ProgrammeView,
    coverage_view,
    distribution_views,
    programme_view,
)


class ProgrammesAPI(Controller):
    path = "/api/v1/programmes"
    tags = ("Programmes",)

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def list_programmes(
        self, db: NamedDependency[Database], limit: Limit = 100, cursor: Cursor = None
    ) -> Listing[ProgrammeView]:
        """Programmes by code, each with its allocation rule."""
        after = read_cursor(cursor, str)
        with db.reading() as session:
            rows, total = queries.listed(session, after=after, limit=limit)
            return listing(rows, total, limit, view=programme_view, key=lambda programme: programme.code)

    @post(act=acts.ADD, sync_to_thread=True)
    def add_programme(self, data: JSONBody[NewProgramme], once: NamedDependency[Once]) -> Response[ProgrammeView]:
        """Add a programme; for administrators of the national office."""
        made = once.do(acts.ADD, data)
        return once.answer(made, status=201, location=f"/api/v1/programmes/{made.code}")

    @get("/{code:str}", policy=SIGNED_IN, sync_to_thread=True)
    def read_programme(self, code: FromPath[str], db: NamedDependency[Database]) -> ProgrammeView:
        with db.reading() as session:
            return programme_view(queries.by_code(session, code))

    @put("/{code:str}/allocation", act=acts.SET_ALLOCATION, sync_to_thread=True)
    def set_allocation(
        self, code: FromPath[str], data: JSONBody[NewAllocation], once: NamedDependency[Once]
    ) -> Response[ProgrammeView]:
        """How many of each kind every office of a level is entitled to; replaces all that was said before."""
        return once.answer(once.do(acts.SET_ALLOCATION, data, code))


class DistributionsAPI(Controller):
    path = "/api/v1/distributions"
    tags = ("Programmes",)

    @post(act=acts.DISTRIBUTE, sync_to_thread=True)
    def distribute(self, data: JSONBody[NewDistribution], once: NamedDependency[Once]) -> Response[DistributionView]:
        """Draft one shipment for each office of an area that a programme still entitles to something."""
        made = once.do(acts.DISTRIBUTE, data)
        return once.answer(made, status=201, location=f"/api/v1/distributions/{made.id}")

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def list_distributions(
        self,
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Listing[DistributionView]:
        """What was drafted in one act from an office in scope, the newest first."""
        beyond = read_cursor(cursor, int)
        with db.reading() as session:
            rows, total = queries.listed_distributions(session, stamp, beyond=beyond, limit=limit)
            views = {view.id: view for view in distribution_views(session, rows)}
            return listing(rows, total, limit, view=lambda row: views[row.id], key=lambda row: row.id)

    @get("/{distribution_id:int}", policy=SIGNED_IN, sync_to_thread=True)
    def read_distribution(
        self, distribution_id: FromPath[int], stamp: NamedDependency[Stamp], db: NamedDependency[Database]
    ) -> DistributionView:
        with db.reading() as session:
            return distribution_views(session, [queries.distribution(session, distribution_id, stamp)])[0]

    @put("/{distribution_id:int}/dispatch", act=acts.SEND, sync_to_thread=True)
    def send_distribution(
        self, distribution_id: FromPath[int], once: NamedDependency[Once]
    ) -> Response[DistributionView]:
        """Put all its drafts on their way, or none."""
        return once.answer(once.do(acts.SEND, None, distribution_id))

    @delete("/{distribution_id:int}", act=acts.UNDO, status_code=200, sync_to_thread=True)
    def undo_distribution(
        self, distribution_id: FromPath[int], once: NamedDependency[Once]
    ) -> Response[DistributionView]:
        """Cancel all its drafts, while nobody has touched any."""
        return once.answer(once.do(acts.UNDO, None, distribution_id))


@get("/api/v1/coverage", policy=SIGNED_IN, sync_to_thread=True, tags=["Programmes"])
def read_coverage(
    stamp: NamedDependency[Stamp],
    db: NamedDependency[Database],
    programme: Annotated[str | None, QueryParameter(max_length=40)] = None,
    parent: Annotated[str | None, QueryParameter(max_length=OFFICE_LENGTH_MAX)] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Listing[CoverageView]:
    """What each office in scope is entitled to, what is registered for it and what it has received, by kind.

    `parent` gives the offices below one; without a programme all programmes count together.
    """
    asked = Gathering()
    after = asked.ask(lambda: read_cursor(cursor, str))
    with db.reading() as session:
        if programme:
            asked.ask(lambda: queries.named(session, programme, "programme"))
        under = asked.ask(lambda: offices.named(session, parent, stamp, "parent")) if parent else None
        asked.refuse()
        found = queries.coverage(session, stamp, programme=programme, under=under.path if under else None)
    if under:
        found = [office for office in found if office.parent == under.code]
    rest = [office for office in found if office.code > after] if after else found
    return listing(rest[: limit + 1], len(found), limit, view=coverage_view, key=lambda office: office.code)
