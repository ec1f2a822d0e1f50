"""Checks over HTTP."""

from dataclasses import dataclass
from typing import Annotated

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath, JSONBody, PathParameter, QueryParameter
from sqlalchemy.orm import Session

from assets_service.devices import queries as devices
from assets_service.devices.models import Kind
from assets_service.inspections import commands, photos, queries
from assets_service.inspections.schemas import (
    CheckCursor,
    ChecklistView,
    CheckView,
    NewCheck,
    PhotoView,
    PolicyView,
    SetPolicy,
    check_view,
    checklist_view,
    photo_view,
    policy_view,
)
from assets_service.kernel.db import Database
from assets_service.kernel.errors import answered, invalid
from assets_service.kernel.fields import refuse_misfits
from assets_service.kernel.files import Files
from assets_service.kernel.http import Cursor, Form, Limit, Listing, etag, listing, read_cursor
from assets_service.ledger.once import Once
from assets_service.ledger.policy import ADMINS, RECEIVERS, SIGNED_IN
from assets_service.ledger.stamp import Stamp
from assets_service.offices import queries as offices
from assets_service.offices.models import NATIONAL
from assets_service.people import queries as people

_MULTIPART_ROOM = 64_000  # bytes around the photo itself


@dataclass
class TakesPhoto(Operation):
    """What OpenAPI says of a body that we read from the form ourselves."""

    def __post_init__(self) -> None:
        file = Schema(
            type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY, description="JPEG, PNG or WebP, at most 10 MB."
        )
        form = Schema(type=OpenAPIType.OBJECT, required=["file"], properties={"file": file})
        self.request_body = RequestBody(content={"multipart/form-data": OpenAPIMediaType(schema=form)}, required=True)


class InspectionsAPI(Controller):
    path = "/api/v1"
    tags = ["Checks"]

    @post("/devices/{code:str}/checks", policy=RECEIVERS, sync_to_thread=True)
    def check_device(
        self, code: FromPath[str], data: JSONBody[NewCheck], once: NamedDependency[Once]
    ) -> Response[CheckView]:
        """Record what you see of the device; the answer says by when the next check is due."""
        with once.writing() as session:
            device = devices.locked(session, code, once.stamp)
            made = commands.check(
                session,
                device,
                condition=data.condition,
                note=data.note,
                label_present=data.label_present,
                identity_matches=data.identity_matches,
                checklist=data.checklist,
                photos=data.photos,
                observed_at=data.observed_at,
                stamp=once.stamp,
            )
            view = whole(session, made.id, code, once.stamp)
            return once.answer(
                view,
                status=201,
                headers={"location": f"/api/v1/devices/{device.code}/checks/{made.id}", "etag": etag(device.version)},
            )

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
        after = read_cursor(cursor, tuple[CheckCursor])
        with db.reading() as session:
            device = devices.by_code(session, code, stamp)
            rows = queries.of_device(session, device, after=after[0] if after else None, limit=limit)
            total = queries.count_of_device(session, device)
            return listing(
                rows, total, limit, view=lambda c: check_view(c, c.photos), key=lambda c: (c.observed_at, c.id)
            )

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

    @post(
        "/photos",
        policy=RECEIVERS,
        sync_to_thread=True,
        request_max_body_size=photos.BYTES_MAX + _MULTIPART_ROOM,
        operation_class=TakesPhoto,
    )
    def upload_photo(
        self, form: NamedDependency[Form], once: NamedDependency[Once], files: NamedDependency[Files]
    ) -> Response[PhotoView]:
        """Send a photo as `file`; name its `id` in a check within seven days. Metadata is removed, large ones made smaller."""
        sent = form.files.get("file", [])
        if len(sent) != 1:
            raise invalid("file", "Send one photo under the name “file”.")
        picture = photos.keep(files, sent[0].file.read())
        with once.writing() as session:
            made = commands.add_photo(session, picture, stamp=once.stamp)
            return once.answer(photo_view(made), status=201)

    @get("/check-policy", policy=SIGNED_IN, sync_to_thread=True)
    def read_check_policy(
        self,
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        office: Annotated[str | None, QueryParameter(max_length=8)] = None,
    ) -> PolicyView:
        """How often devices are checked at an office: left out, at the caller's own."""
        with db.reading() as session:
            if office is None:
                office = people.by_id(session, stamp.actor_id, stamp).office.code if stamp.actor_id else NATIONAL
                there = offices.any_named(session, office, "office")
            else:
                there = offices.named(session, office, stamp, "office")
            own, holding = queries.own_policy(session, there), queries.policy_at(session, there.path)
            return policy_view(there, own, holding, stamp)

    @put("/check-policy", policy=ADMINS, sync_to_thread=True)
    def set_check_policy(self, data: JSONBody[SetPolicy], once: NamedDependency[Once]) -> Response[PolicyView]:
        """Set it for an office and all below it; it counts from each device's next check on."""
        with once.writing() as session:
            there = answered(
                lambda: offices.named(session, data.office, once.stamp, "office"), lambda: refuse_misfits(data)
            )
            own = commands.set_policy(session, there, data.rule, data.months, stamp=once.stamp)
            session.flush()
            return once.answer(policy_view(there, own, queries.policy_at(session, there.path), once.stamp))

    @get("/checklists/{kind:str}", policy=SIGNED_IN, sync_to_thread=True)
    def read_checklist(self, kind: FromPath[Kind], db: NamedDependency[Database]) -> ChecklistView:
        """What a check of this kind of device looks at."""
        with db.reading() as session:
            return checklist_view(kind, queries.checklist(session, kind))


def whole(session: Session, check_id: int, code: str, stamp: Stamp) -> CheckView:
    """A check of a device in scope, with all it shows. Raises `NoSuchDevice` and `NoSuchCheck`."""
    found = queries.of_device_by_id(session, devices.by_code(session, code, stamp), check_id)
    return check_view(found, found.photos)
