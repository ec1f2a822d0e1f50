"""Checks over HTTP."""

from typing import Annotated

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, PathParameter, QueryParameter
from sqlalchemy.orm import Session

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.actions.once import Once
from assets_service.devices import queries as devices
from assets_service.devices.models import Kind
from assets_service.inspections import acts, queries
from assets_service.inspections.asks import CheckCursor, NewCheck, SetPolicy
from assets_service.inspections.views import (
    ChecklistView,
    CheckView,
    PolicyView,
    checklist_view,
    policy_view,
    viewing,
)
from assets_service.kernel.db import Database
from assets_service.kernel.http import Cursor, Limit, Listing, listing, read_cursor
from assets_service.offices import queries as offices
from assets_service.offices.models import NATIONAL, OFFICE_LENGTH_MAX
from assets_service.people import queries as people
from assets_service.schedules import queries as schedules


class InspectionsAPI(Controller):
    path = "/api/v1"
    tags = ["Checks"]

    @post("/devices/{code:str}/checks", act=acts.CHECK, sync_to_thread=True)
    def check_device(
        self, code: FromPath[str], data: JSONBody[NewCheck], once: NamedDependency[Once]
    ) -> Response[CheckView]:
        """Record what you see of the device; the answer says when the next check is due."""
        made = once.do(acts.CHECK, data, code)
        location = f"/api/v1/devices/{made.check.device}/checks/{made.check.id}"
        return once.answer(made.check, status=201, location=location, etag=made.device_version)

    @get("/devices/{code:str}/checks", policy=SIGNED_IN, sync_to_thread=True)
    def list_checks(
        self,
        code: FromPath[str],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Listing[CheckView]:
        """The device's checks, the newest observation first."""
        after = read_cursor(cursor, CheckCursor)
        with db.reading() as session:
            device = devices.by_code(session, code, stamp)
            rows = queries.of_device(session, device, after=after, limit=limit)
            total = queries.count_of_device(session, device)
            return listing(rows, total, limit, view=viewing(session, rows), key=lambda c: (c.observed_at, c.id))

    @get("/devices/{code:str}/checks/{check_id:int}", policy=SIGNED_IN, sync_to_thread=True)
    def read_check(
        self,
        code: FromPath[str],
        check_id: Annotated[int, PathParameter(ge=1, le=2**53)],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
    ) -> CheckView:
        with db.reading() as session:
            return whole(session, check_id, code, stamp)

    @get("/check-policy", policy=SIGNED_IN, sync_to_thread=True)
    def read_check_policy(
        self,
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        office: Annotated[str | None, QueryParameter(max_length=OFFICE_LENGTH_MAX)] = None,
    ) -> PolicyView:
        """How often devices are checked at an office; at the caller's own when none is named."""
        with db.reading() as session:
            if office is None:
                office = people.by_id(session, stamp.actor_id, stamp).office.code if stamp.actor_id else NATIONAL
                there = offices.any_named(session, office, "office")
            else:
                there = offices.named(session, office, stamp, "office")
            own, holding = schedules.own_policy(session, there), schedules.policy_at(session, there.path)
            return policy_view(there, own, holding, stamp)

    @put("/check-policy", act=acts.SET_POLICY, sync_to_thread=True)
    def set_check_policy(self, data: JSONBody[SetPolicy], once: NamedDependency[Once]) -> Response[PolicyView]:
        """Set how often devices of an office and all below it are checked; it counts from each device's next check on."""
        return once.answer(once.do(acts.SET_POLICY, data))

    @get("/checklists/{kind:str}", policy=SIGNED_IN, sync_to_thread=True)
    def read_checklist(self, kind: FromPath[Kind], db: NamedDependency[Database]) -> ChecklistView:
        """What a check of this kind of device looks at."""
        with db.reading() as session:
            return checklist_view(kind, queries.checklist(session, kind))


def whole(session: Session, check_id: int, code: str, stamp: Stamp) -> CheckView:
    """A check of a device in scope, with everything it shows. Raises `NoSuchDevice` and `NoSuchCheck`."""
    check = queries.of_device_by_id(session, devices.by_code(session, code, stamp), check_id)
    return viewing(session, [check])(check)
