"""Holders, losses, successions, loans over HTTP."""

from litestar import Controller, Response, delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.actions.once import Once
from assets_service.custody import acts, queries
from assets_service.custody.asks import (
    HolderCorrection,
    Leaving,
    Loss,
    NewHolder,
    NewHolders,
    NewSuccession,
    Recovery,
    Transfer,
)
from assets_service.custody.views import (
    ClearanceView,
    FormerBookingView,
    HeldView,
    HoldingView,
    LoanView,
    SuccessionView,
    clearance_view,
    former_views,
    held_view,
    loan_views,
    succession_view,
)
from assets_service.devices import queries as devices
from assets_service.devices.views import DeviceView
from assets_service.kernel.db import Database
from assets_service.kernel.http import Limit, Listing
from assets_service.offices import queries as offices
from assets_service.people import acts as people_acts
from assets_service.people import queries as people
from assets_service.people.views import PersonView


class HoldersAPI(Controller):
    path = "/api/v1/persons/{person_id:int}"
    tags = ("Persons",)

    @get("/holdings", policy=SIGNED_IN, sync_to_thread=True)
    def list_holdings(
        self, person_id: FromPath[int], stamp: NamedDependency[Stamp], db: NamedDependency[Database]
    ) -> Listing[HeldView]:
        """What somebody holds, then what they held, the latest first; of oneself all, of others what is in scope."""
        with db.reading() as session:
            held = queries.holdings(session, people.by_id(session, person_id, stamp), stamp)
            return Listing([held_view(each) for each in held], None, len(held))

    @put("/deactivation", act=acts.DEACTIVATE, sync_to_thread=True)
    def deactivate(
        self, person_id: FromPath[int], once: NamedDependency[Once], data: JSONBody[Leaving | None] = None
    ) -> Response[PersonView]:
        """The person can no longer sign in, and all their sessions end now. Who holds devices needs a successor, or a release with its reason."""
        person = once.do(acts.DEACTIVATE, data or Leaving(), person_id)
        return once.answer(person, etag=person.version)

    @delete("/deactivation", act=people_acts.REACTIVATE, status_code=200, sync_to_thread=True)
    def reactivate(self, person_id: FromPath[int], once: NamedDependency[Once]) -> Response[PersonView]:
        """They may sign in and hold devices again."""
        person = once.do(people_acts.REACTIVATE, None, person_id)
        return once.answer(person, etag=person.version)

    @get("/clearance", policy=SIGNED_IN, sync_to_thread=True)
    def read_clearance(
        self, person_id: FromPath[int], stamp: NamedDependency[Stamp], db: NamedDependency[Database]
    ) -> ClearanceView:
        """What is left that the person answers for, and when they were cleared (bebas tanggungan)."""
        with db.reading() as session:
            return clearance_view(session, people.by_id(session, person_id, stamp))

    @put("/clearance", act=acts.CLEAR, sync_to_thread=True)
    def clear(self, person_id: FromPath[int], once: NamedDependency[Once]) -> Response[ClearanceView]:
        """Record that nothing is left that the person answers for."""
        return once.answer(once.do(acts.CLEAR, None, person_id))

    @put("/office", act=acts.TRANSFER, sync_to_thread=True)
    def transfer(
        self, person_id: FromPath[int], data: JSONBody[Transfer], once: NamedDependency[Once]
    ) -> Response[PersonView]:
        """Make somebody one of another office; what they hold stays at the old one. Their roles stay as they are."""
        person = once.do(acts.TRANSFER, data, person_id)
        return once.answer(person, etag=person.version)


class CustodyAPI(Controller):
    path = "/api/v1/devices"
    tags = ("Custody",)

    @put("/{code:str}/holder", act=acts.HOLD, sync_to_thread=True)
    def name_holder(
        self, code: FromPath[str], data: JSONBody[NewHolder], once: NamedDependency[Once]
    ) -> Response[DeviceView]:
        """Say which person of the office has the device in their hands; null: it has no holder."""
        device = once.do(acts.HOLD, data, code)
        return once.answer(device, etag=device.version)

    @put("/{code:str}/holder/correction", act=acts.CORRECT_HOLDER, sync_to_thread=True)
    def correct_holder(
        self, code: FromPath[str], data: JSONBody[HolderCorrection], once: NamedDependency[Once]
    ) -> Response[DeviceView]:
        """A wrong person was named as the holder: say who it is, and why; somebody else than who named them."""
        device = once.do(acts.CORRECT_HOLDER, data, code)
        return once.answer(device, etag=device.version)

    @put("/{code:str}/loss", act=acts.REPORT_LOSS, sync_to_thread=True)
    def report_loss(
        self, code: FromPath[str], data: JSONBody[Loss], once: NamedDependency[Once]
    ) -> Response[DeviceView]:
        """Report the device lost; the office answers for it until the decree."""
        device = once.do(acts.REPORT_LOSS, data, code)
        return once.answer(device, etag=device.version)

    @put("/{code:str}/recovery", act=acts.REPORT_FOUND, sync_to_thread=True)
    def report_found(
        self, code: FromPath[str], data: JSONBody[Recovery], once: NamedDependency[Once]
    ) -> Response[DeviceView]:
        """Report that a lost or missing device is at its office again."""
        device = once.do(acts.REPORT_FOUND, data, code)
        return once.answer(device, etag=device.version)


class SuccessionsAPI(Controller):
    path = "/api/v1"
    tags = ("Custody",)

    @put("/offices/{code:str}/succession", act=acts.SUCCEED, sync_to_thread=True)
    def succeed(
        self, code: FromPath[str], data: JSONBody[NewSuccession], once: NamedDependency[Once]
    ) -> Response[SuccessionView]:
        """One person follows another: everything that the leaver answers for, confirmed by the successor device by device."""
        return once.answer(once.do(acts.SUCCEED, data, code))

    @get("/offices/{code:str}/successions", policy=SIGNED_IN, sync_to_thread=True)
    def list_successions(
        self,
        code: FromPath[str],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        limit: Limit = 100,
    ) -> Listing[SuccessionView]:
        """The successions in an office, the newest first."""
        with db.reading() as session:
            rows = queries.successions(session, offices.by_code(session, code, stamp), limit=limit)
            return Listing([succession_view(session, row) for row in rows], None, len(rows))

    @get("/devices/{code:str}/loans", policy=SIGNED_IN, sync_to_thread=True)
    def list_loans(
        self, code: FromPath[str], stamp: NamedDependency[Stamp], db: NamedDependency[Database]
    ) -> Listing[LoanView]:
        """The loans of a device, the newest first."""
        with db.reading() as session:
            found = loan_views(session, devices.by_code(session, code, stamp))
        return Listing(found, None, len(found))

    @get("/devices/{code:str}/bookings", policy=SIGNED_IN, sync_to_thread=True)
    def list_bookings(
        self, code: FromPath[str], stamp: NamedDependency[Stamp], db: NamedDependency[Database]
    ) -> Listing[FormerBookingView]:
        """The numbers that a device had in the books of other recording units, the latest first."""
        with db.reading() as session:
            found = former_views(session, devices.by_code(session, code, stamp))
        return Listing(found, None, len(found))


@put("/api/v1/holders", act=acts.HOLD_EACH, tags=["Custody"], sync_to_thread=True)
def name_holder_of_each(data: JSONBody[NewHolders], once: NamedDependency[Once]) -> Response[HoldingView]:
    """Say which person of their office has all these devices in their hands; null: they have no holder. All or none."""
    return once.answer(once.do(acts.HOLD_EACH, data))
