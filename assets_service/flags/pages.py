"""Flags as pages: how many of each and what to do about them; the devices that bear one."""

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from assets_service.access.policy import SIGNED_IN
from assets_service.devices import queries as devices
from assets_service.devices.answers import Turning, table_page, turned_to
from assets_service.devices.views import DeviceViews
from assets_service.flags.queries import Flag, Flags, flag_named
from assets_service.offices import queries as offices
from assets_service.offices.asks import Where
from assets_service.web.language import phrase
from assets_service.web.visit import Visit

PAGE_SIZE = 50
PLACES_SHOWN = 12

WHAT_TO_DO = {
    Flag.LOST: phrase(
        "Follow the loss up: the report to the police, then the decision. If it turns up, record that it was found."
    ),
    Flag.NOT_FOUND: phrase("Look for it once more; ask its last holder. Record it as found, or report it lost."),
    Flag.ONE_SIDED: phrase(
        "Ask somebody of the office who had no part in the sending to look at it and record a check."
    ),
    Flag.LOAN_OVERDUE: phrase("Ask the borrower to send it back; its receipt at the lender ends the loan."),
    Flag.LATE: phrase("Ask the courier with the waybill, and note for both sides what you hear."),
    Flag.UNOPENED: phrase("Call the receiving office: its parcel is there and still closed."),
    Flag.UNCONFIRMED: phrase(
        "Call the receiving office: it confirms the arrival device by device, or says what is missing."
    ),
    Flag.OVERDUE: phrase("Look at the device and record its condition, with a photo."),
    Flag.NEVER_CHECKED: phrase("Record its condition for the first time, with a photo."),
    Flag.UNASSIGNED: phrase("Name the person who uses it; usually the PPID officer."),
    Flag.UNDELIVERED: phrase("Send it to its office, and have the arrival confirmed there."),
    Flag.DAMAGED: phrase("Have it repaired, or propose its write-off."),
    Flag.UNLABELLED: phrase("Print its label, stick it on, and scan it on site or say so in a check."),
    Flag.UNBOOKED: phrase("Ask the property officer for its item code and NUP, and edit the device."),
}


class FlagPages(Controller):
    path = "/tanda"
    include_in_schema = False

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def overview(
        self,
        visit: NamedDependency[Visit],
        flags: NamedDependency[Flags],
        where: NamedDependency[Where],
    ) -> Response[str]:
        with visit.reading() as session:
            counts = flags.counts(session, visit.stamp, area=where.area(session, visit.stamp))
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
        where: NamedDependency[Where],
    ) -> Response[str]:
        """The devices that bear a flag, and in which provinces most of them are."""
        flag = flag_named(kind)
        turning = visit.form.read(Turning)
        with visit.reading() as session:
            area = where.area(session, visit.stamp)
            found = devices.matching(visit.stamp, area=area, flag=flags.clause(flag, visit.stamp.at))
            flagged = turned_to(session, found, turning, views, visit.stamp, limit=PAGE_SIZE)
            places = [] if area else flags.counts_by_province(session, visit.stamp, flag)
            choices = offices.choices(session, visit.stamp)
        return table_page(
            visit,
            "flags/flagged.html",
            turning,
            flag=flag,
            advice=WHAT_TO_DO[flag],
            devices=flagged,
            places=[(place.code, place.name, place.counts[flag]) for place in places[:PLACES_SHOWN]],
            offices=choices,
            days=flags.patience_days,
        )
