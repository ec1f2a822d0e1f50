"""Flags as pages: how many of each and what to do about them; the devices that bear one."""

from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from assets_service.devices import queries as devices
from assets_service.devices.schemas import DeviceViews
from assets_service.flags.queries import Flag, Flags, flag_named
from assets_service.kernel.http import Cursor, listing, read_cursor
from assets_service.ledger.policy import SIGNED_IN
from assets_service.ledger.visit import Visit
from assets_service.offices import queries as offices
from assets_service.web.language import phrase

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
        visit: NamedDependency[Visit],
        flags: NamedDependency[Flags],
        office: Annotated[str | None, QueryParameter(max_length=8)] = None,
    ) -> Response[str]:
        with visit.reading() as session:
            path = offices.named(session, office, visit.stamp, "office").path if office else None
            counts = flags.counts(session, visit.stamp, office_path=path)
            places = offices.choices(session, visit.stamp)
        return visit.page(
            "flags/overview.html",
            counts=counts,
            advice=WHAT_TO_DO,
            days=flags.patience_days,
            offices=places,
        )

    @get("/{kind:str}", policy=SIGNED_IN, sync_to_thread=True)
    def flagged(
        self,
        kind: FromPath[str],
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
        flags: NamedDependency[Flags],
        office: Annotated[str | None, QueryParameter(max_length=8)] = None,
        cursor: Cursor = None,
    ) -> Response[str]:
        """The devices that bear a flag, and in which provinces most of them are."""
        flag = flag_named(kind)
        after = read_cursor(cursor, tuple[int])
        with visit.reading() as session:
            there = offices.named(session, office, visit.stamp, "office") if office else None
            found = devices.matching(visit.stamp, office=there, flag=flags.clause(flag, visit.stamp.at))
            rows, total = devices.listed(session, found, after=after[0] if after else None, limit=PAGE_SIZE)
            view = views.each(session, rows, visit.stamp.at)
            sent = {device.code: device.sent_at for device in rows}
            flagged = listing(rows, total, PAGE_SIZE, view=view, key=lambda device: device.id)
            places = [] if office else flags.counts_by_province(session, visit.stamp, flag)
            choices = offices.choices(session, visit.stamp)
        return visit.page(
            "flags/flagged.html",
            flag=flag,
            advice=WHAT_TO_DO[flag],
            devices=flagged,
            sent=sent,
            places=[(place.code, place.name, place.counts[flag]) for place in places[:PLACES_SHOWN]],
            offices=choices,
            days=flags.patience_days,
        )
