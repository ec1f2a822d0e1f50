"""Grades over HTTP."""

from typing import Annotated

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.actions.once import Once
from assets_service.kernel.db import Database
from assets_service.kernel.http import Cursor, Limit, Listing, listing, read_cursor
from assets_service.offices import queries as offices
from assets_service.offices.asks import Where
from assets_service.openness import acts, queries
from assets_service.openness.asks import NewGrade
from assets_service.openness.models import YEAR_MAX, YEAR_MIN
from assets_service.openness.views import DistributionView, GradeView, grade_view, level_view

WhichYear = Annotated[int | None, QueryParameter(ge=YEAR_MIN, le=YEAR_MAX, required=False)]


class OpennessAPI(Controller):
    path = "/api/v1"
    tags = ("Openness",)

    @get("/openness", policy=SIGNED_IN, sync_to_thread=True)
    def list_grades(
        self,
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        where: NamedDependency[Where],
        year: WhichYear = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Listing[GradeView]:
        """The grade of each office in scope and each year of which one is known."""
        after = read_cursor(cursor, tuple[str, int])
        with db.reading() as session:
            area = where.area(session, stamp)
            rows, total = queries.listed(session, stamp, area=area, year=year, after=after, limit=limit)
            return listing(rows, total, limit, view=grade_view, key=lambda each: (each.office.code, each.year))

    @get("/openness/distribution", policy=SIGNED_IN, sync_to_thread=True)
    def read_distribution(
        self,
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        where: NamedDependency[Where],
        year: WhichYear = None,
    ) -> DistributionView:
        """How many offices in scope have each grade, by level; in the newest year of which any is known, unless `year` says which."""
        with db.reading() as session:
            area = where.area(session, stamp)
            known = queries.years(session, stamp)
            year = year or next(iter(known), None)
            found = queries.distribution(session, year, stamp, area=area) if year else []
            return DistributionView(year, known, [level_view(each) for each in found])

    @get("/offices/{code:str}/openness", policy=SIGNED_IN, sync_to_thread=True)
    def list_history(
        self,
        code: FromPath[str],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Listing[GradeView]:
        """All that was ever said of one office, newest first: what was said last of a year counts."""
        before = read_cursor(cursor, int)
        with db.reading() as session:
            office = offices.by_code(session, code, stamp)
            rows, total = queries.history(session, office, before=before, limit=limit)
            return listing(rows, total, limit, view=grade_view, key=lambda each: each.id)

    @post("/offices/{code:str}/openness", act=acts.GRADE, sync_to_thread=True)
    def grade_office(
        self, code: FromPath[str], data: JSONBody[NewGrade], once: NamedDependency[Once]
    ) -> Response[GradeView]:
        """Say what an office was graded in a year, and where that is written; null withdraws what was said."""
        return once.answer(once.do(acts.GRADE, data, code), status=201)
