"""Flags as pages: how many of each and what to do about them; the devices that bear one."""

from typing import Annotated, Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from assets_service.devices import queries as devices
from assets_service.devices.schemas import DeviceViews
from assets_service.flags.queries import Flag, Flags, flag_named
from assets_service.kernel.db import Database
from assets_service.kernel.http import Cursor, listing, read_cursor
from assets_service.ledger.policy import SIGNED_IN
from assets_service.ledger.stamp import Stamp
from assets_service.offices import queries as offices
from assets_service.web.language import phrase
from assets_service.web.page import Me, page

PAGE_SIZE = 50
PLACES_SHOWN = 12

WHAT_TO_DO = {
    Flag.LOST: phrase(
        "Follow the loss up: the report to the police, then the decision. If it turns up, record that it was found."
    ),
    Flag.NOT_FOUND: phrase("Look for it once more; ask its last holder. Record it as found, or report it lost."),
    Flag.UNCONFIRMED: phrase(
        "Call the receiving office: it confirms the arrival device by device, or says what is missing."
    ),
    Flag.OVERDUE: phrase("Look at the device and record its condition, with a photo."),
    Flag.UNASSIGNED: phrase("Name the person who uses it; usually the PPID officer."),
    Flag.UNDELIVERED: phrase("Send it to its office, and have the arrival confirmed there."),
    Flag.DAMAGED: phrase("Have it repaired, or propose its write-off."),
    Flag.UNLABELLED: phrase("Print its label, stick it on, and scan it on site or say so in a check."),
    Flag.UNBOOKED: phrase("Ask the property officer for its item code and NUP, and amend the device."),
}


class FlagPages(Controller):
    path = "/tanda"
    include_in_schema = False

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def overview(
        self,
        request: Request[Any, Any, Any],
        me: NamedDependency[Me],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        flags: NamedDependency[Flags],
        office: Annotated[str | None, QueryParameter(max_length=8)] = None,
    ) -> Response[str]:
        with db.reading() as session:
            path = offices.named(session, office, stamp, "office").path if office else None
            counts = flags.counts(session, stamp, office_path=path)
            places = offices.choices(session, stamp)
        return page(
            request,
            "flags/overview.html",
            me=me,
            counts=counts,
            advice=WHAT_TO_DO,
            days=flags.patience_days,
            offices=places,
        )

    @get("/{kind:str}", policy=SIGNED_IN, sync_to_thread=True)
    def flagged(
        self,
        kind: FromPath[str],
        request: Request[Any, Any, Any],
        me: NamedDependency[Me],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        views: NamedDependency[DeviceViews],
        flags: NamedDependency[Flags],
        office: Annotated[str | None, QueryParameter(max_length=8)] = None,
        cursor: Cursor = None,
    ) -> Response[str]:
        """The devices that bear a flag, and in which provinces most of them are."""
        flag = flag_named(kind)
        after = read_cursor(cursor, tuple[int])
        with db.reading() as session:
            there = offices.named(session, office, stamp, "office") if office else None
            found = devices.matching(stamp, office=there, flag=flags.clause(flag, stamp.at))
            rows, total = devices.listed(session, found, after=after[0] if after else None, limit=PAGE_SIZE)
            view = views.each(session, rows, stamp.at)
            sent = {device.code: device.sent_at for device in rows}
            flagged = listing(rows, total, PAGE_SIZE, view=view, key=lambda device: device.id)
            places = [] if office else flags.counts_by_province(session, stamp, flag)
            choices = offices.choices(session, stamp)
        return page(
            request,
            "flags/flagged.html",
            me=me,
            flag=flag,
            advice=WHAT_TO_DO[flag],
            devices=flagged,
            sent=sent,
            places=[(place.code, place.name, place.counts[flag]) for place in places[:PLACES_SHOWN]],
            offices=choices,
            days=flags.patience_days,
        )
