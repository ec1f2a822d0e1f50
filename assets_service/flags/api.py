"""Flags over HTTP."""

from typing import Annotated

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from assets_service.devices import queries as devices
from assets_service.devices.schemas import DeviceView, DeviceViews
from assets_service.flags.queries import Flag, Flags, flag_named
from assets_service.flags.schemas import By, FlagCounts, counts_view, place_view
from assets_service.kernel.db import Database
from assets_service.kernel.http import Cursor, Limit, Listing, listing, read_cursor
from assets_service.ledger.policy import SIGNED_IN
from assets_service.ledger.stamp import Stamp
from assets_service.offices import queries as offices


class FlagsAPI(Controller):
    path = "/api/v1/flags"
    tags = ["Flags"]

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def count_flags(
        self,
        flags: NamedDependency[Flags],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        office: Annotated[str | None, QueryParameter(max_length=8)] = None,
        by: Annotated[By | None, QueryParameter()] = None,
        kind: Annotated[Flag | None, QueryParameter()] = None,
    ) -> FlagCounts:
        """How many devices bear each flag now. `office` means its whole subtree; `by` adds each office or province, for `kind` alone when given."""
        with db.reading() as session:
            path = offices.named(session, office, stamp, "office").path if office else None
            answer = counts_view(flags.counts(session, stamp, office_path=path))
            if by is By.OFFICE:
                answer.by_office = [
                    place_view(place) for place in flags.counts_by_office(session, stamp, kind, office_path=path)
                ]
            if by is By.PROVINCE:
                answer.by_province = [
                    place_view(place) for place in flags.counts_by_province(session, stamp, kind, office_path=path)
                ]
            return answer

    @get("/{kind:str}", policy=SIGNED_IN, sync_to_thread=True)
    def list_flagged(
        self,
        kind: FromPath[str],
        flags: NamedDependency[Flags],
        views: NamedDependency[DeviceViews],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        office: Annotated[str | None, QueryParameter(max_length=8)] = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Listing[DeviceView]:
        """The devices that bear a flag, oldest registration first. `office` means its whole subtree."""
        clause = flags.clause(flag_named(kind), stamp.at)
        after = read_cursor(cursor, tuple[int])
        with db.reading() as session:
            there = offices.named(session, office, stamp, "office") if office else None
            found = devices.matching(stamp, office=there, flag=clause)
            rows, total = devices.listed(session, found, after=after[0] if after else None, limit=limit)
            view = views.each(session, rows, stamp.at)
            return listing(rows, total, limit, view=view, key=lambda device: device.id)
