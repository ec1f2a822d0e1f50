"""The offline door over HTTP: acts by the batch, phones, and what an officer settles."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, NamedTuple

from litestar import Controller, Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import structs

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.actions.once import Once
from assets_service.flags.queries import Flags
from assets_service.kernel.db import Database
from assets_service.kernel.http import (
    Cursor,
    Form,
    Limit,
    Listing,
    listing,
    read_cursor,
)
from assets_service.outbox import acts, queries
from assets_service.outbox.answers import batch_answer, in_words_of
from assets_service.outbox.asks import Batch, NewRuling
from assets_service.outbox.filing import MULTIPART_ROOM, file_in, take_file
from assets_service.outbox.pocket import Pocket, mark_of, pocket
from assets_service.outbox.sealed import FILE_BYTES_MAX, key_of
from assets_service.outbox.taking import take
from assets_service.outbox.views import (
    BatchAnswer,
    ConflictView,
    PhoneView,
    conflict_views,
    phone_view,
)
from assets_service.settings import Settings

NOT_MODIFIED = ResponseSpec(None, description="The list is still as it was.")
BATCH_BYTES_MAX = 1_900_000  # so that one act may be refused for its size in its own place


@dataclass
class TakesFile(Operation):
    """Describes in OpenAPI a body that we read from the form ourselves."""

    def __post_init__(self) -> None:
        file = Schema(
            type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY, description="The file as the phone saved it."
        )
        form = Schema(type=OpenAPIType.OBJECT, required=["file"], properties={"file": file})
        self.request_body = RequestBody(content={"multipart/form-data": OpenAPIMediaType(schema=form)}, required=True)


class PhoneCursor(NamedTuple):
    """The last phone already shown."""

    contact_at: datetime
    id: str


class OutboxAPI(Controller):
    path = "/api/v1"
    tags = ("Offline",)

    @post("/actions", act=acts.CONTACT, status_code=200, sync_to_thread=True, request_max_body_size=BATCH_BYTES_MAX)
    def hand_in(
        self, data: JSONBody[Batch], request: Request[Any, Any, Any], once: NamedDependency[Once]
    ) -> BatchAnswer:
        """Hand in what was done without network: each act by itself, at most once, whichever door it came through before."""
        key = b64encode(key_of(once.tools[Settings].secret_key, str(data.phone))).decode()
        return structs.replace(batch_answer(take(once, data), in_words_of(request)), key=key)

    @post(
        "/actions/file",
        act=acts.HAND_IN_FILE,
        status_code=200,
        sync_to_thread=True,
        operation_class=TakesFile,
        request_max_body_size=FILE_BYTES_MAX + MULTIPART_ROOM,
    )
    def hand_in_file(
        self, form: NamedDependency[Form], request: Request[Any, Any, Any], once: NamedDependency[Once]
    ) -> BatchAnswer:
        """Hand in a phone's queue that was saved as a file; it is judged as the phone's person, whoever hands it in."""
        return batch_answer(take_file(once, file_in(form)), in_words_of(request))

    @get("/pocket", policy=SIGNED_IN, sync_to_thread=True, responses={304: NOT_MODIFIED})
    def read_pocket(
        self,
        request: Request[Any, Any, Any],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        flags: NamedDependency[Flags],
    ) -> Response[Pocket | None]:
        """What a phone carries: every device its person may see, with its state and the one next action. Ask with `If-None-Match`."""
        seen = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
        with db.reading() as session:
            mark = f'"{mark_of(session, stamp)}"'
            headers = {"etag": mark, "cache-control": "private, no-cache", "vary": "Authorization, Cookie"}
            if mark in seen:
                return Response(None, status_code=304, headers=headers)
            return Response(pocket(session, stamp, flags), headers=headers)

    @get("/phones", policy=SIGNED_IN, sync_to_thread=True)
    def list_phones(
        self, stamp: NamedDependency[Stamp], db: NamedDependency[Database], limit: Limit = 100, cursor: Cursor = None
    ) -> Listing[PhoneView]:
        """One's own phones, and those of the persons one administers, the one last heard of first."""
        beyond = read_cursor(cursor, PhoneCursor)
        with db.reading() as session:
            phones, total = queries.listed_phones(session, stamp, beyond=beyond, limit=limit)
            return listing(phones, total, limit, view=phone_view, key=lambda phone: (phone.contact_at, phone.id))

    @delete("/phones/{phone_id:uuid}", act=acts.SIGN_OUT, status_code=204, sync_to_thread=True)
    def sign_out_phone(self, phone_id: FromPath[Any], once: NamedDependency[Once]) -> Response[None]:
        """Sign a phone out: at its next contact it hands in what it holds, and then empties itself."""
        return once.answer(once.do(acts.SIGN_OUT, None, str(phone_id)), status=204)

    @get("/conflicts", policy=SIGNED_IN, sync_to_thread=True)
    def list_conflicts(
        self,
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        request: Request[Any, Any, Any],
        is_open: Annotated[bool | None, QueryParameter(name="open")] = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Listing[ConflictView]:
        """Acts done without network that an officer decides about, the newest first; `open`: those not settled, or only the settled."""
        beyond = read_cursor(cursor, int)
        with db.reading() as session:
            found = queries.conflicts_visible_to(stamp, is_open=is_open)
            rows, total = queries.listed_conflicts(session, found, beyond=beyond, limit=limit)
            views = {view.id: view for view in conflict_views(session, rows, in_words_of(request))}
            return listing(rows, total, limit, view=lambda row: views[row.id], key=lambda row: row.id)

    @put("/conflicts/{conflict_id:int}/settlement", act=acts.SETTLE, sync_to_thread=True)
    def settle(
        self,
        conflict_id: FromPath[int],
        data: JSONBody[NewRuling],
        request: Request[Any, Any, Any],
        once: NamedDependency[Once],
    ) -> Response[ConflictView]:
        """Carry it out now, by your rights, or say that it is not done; and why."""
        decided = once.do(acts.SETTLE, data, conflict_id)
        with once.db.reading() as session:
            held = queries.conflict(session, decided.id)
            [view] = conflict_views(session, [held], in_words_of(request))
        return once.answer(view)
