"""Programmes and coverage over HTTP."""

from typing import Annotated

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from assets_service.kernel.db import Database
from assets_service.kernel.http import Cursor, Limit, Listing, listing, read_cursor
from assets_service.ledger.once import Once
from assets_service.ledger.policy import ADMINS, SIGNED_IN
from assets_service.ledger.stamp import Stamp
from assets_service.offices import queries as offices
from assets_service.programmes import commands, queries
from assets_service.programmes.schemas import (
    CoverageView,
    NewAllocation,
    NewProgramme,
    ProgrammeView,
    coverage_view,
    programme_view,
    rules,
)


class ProgrammesAPI(Controller):
    path = "/api/v1/programmes"
    tags = ("Programmes",)

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def list_programmes(
        self, db: NamedDependency[Database], limit: Limit = 100, cursor: Cursor = None
    ) -> Listing[ProgrammeView]:
        """Programmes by code, each with its allocation rule."""
        after = read_cursor(cursor, tuple[str])
        with db.reading() as session:
            rows, total = queries.listed(session, after=after[0] if after else None, limit=limit)
            return listing(rows, total, limit, view=programme_view, key=lambda programme: programme.code)

    @post(policy=ADMINS, sync_to_thread=True)
    def add_programme(self, data: JSONBody[NewProgramme], once: NamedDependency[Once]) -> Response[ProgrammeView]:
        """Add a programme; for administrators of the national office."""
        with once.writing() as session:
            programme = commands.add(
                session, code=data.code, name=data.name, rules=rules(data.allocation), stamp=once.stamp
            )
            return once.answer(
                programme_view(programme), status=201, headers={"location": f"/api/v1/programmes/{programme.code}"}
            )

    @get("/{code:str}", policy=SIGNED_IN, sync_to_thread=True)
    def read_programme(self, code: FromPath[str], db: NamedDependency[Database]) -> ProgrammeView:
        with db.reading() as session:
            return programme_view(queries.by_code(session, code))

    @put("/{code:str}/allocation", policy=ADMINS, sync_to_thread=True)
    def set_allocation(
        self, code: FromPath[str], data: JSONBody[NewAllocation], once: NamedDependency[Once]
    ) -> Response[ProgrammeView]:
        """How many of each kind every office of a level is entitled to; replaces the whole rule."""
        with once.writing() as session:
            programme = queries.locked(session, code)
            commands.set_allocation(session, programme, rules(data.allocation), stamp=once.stamp)
            return once.answer(programme_view(programme))


@get("/api/v1/coverage", policy=SIGNED_IN, sync_to_thread=True, tags=["Programmes"])
def read_coverage(
    stamp: NamedDependency[Stamp],
    db: NamedDependency[Database],
    programme: Annotated[str | None, QueryParameter(max_length=40)] = None,
    parent: Annotated[str | None, QueryParameter(max_length=8)] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Listing[CoverageView]:
    """What each office in scope is entitled to, what is registered for it and what it has received, by kind.

    `parent` gives the offices below one; without a programme all programmes count together.
    """
    after = read_cursor(cursor, tuple[str])
    with db.reading() as session:
        if programme:
            queries.named(session, programme, "programme")
        under = offices.named(session, parent, stamp, "parent") if parent else None
        found = queries.coverage(session, stamp, programme=programme, under=under.path if under else None)
    if parent:
        found = [office for office in found if office.parent == parent]
    rest = [office for office in found if office.code > after[0]] if after else found
    return listing(rest[: limit + 1], len(found), limit, view=coverage_view, key=lambda office: office.code)
