"""Files in over HTTP."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath

from assets_service.access.policy import REGISTRARS
from assets_service.access.stamp import Stamp
from assets_service.actions.once import Once
from assets_service.devices import queries
from assets_service.imports import acts, batches, grades
from assets_service.imports.asks import DeviceFile, GradeFile
from assets_service.imports.batches import ImportRefused, Report
from assets_service.imports.form import MULTIPART_ROOM, saying, sent
from assets_service.imports.tables import BYTES_MAX
from assets_service.imports.views import (
    ImportedView,
    ImportProblem,
    ImportView,
    import_problem,
    import_view,
    imported_view,
)
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Gathering, Refusal, invalid
from assets_service.kernel.http import (
    PROBLEM,
    Cursor,
    Form,
    Limit,
    Listing,
    language_of,
    listing,
    problem,
    read_cursor,
    request_id_of,
)

_YES_AND_NO = {"": False, "true": True, "1": True, "on": True, "yes": True, "false": False, "0": False, "no": False}


class RowsNotRegistered(Refusal):
    """The refusal of a file, answered together with the report."""

    title = "Nothing was registered"
    message = "Not one device was registered. Correct the cells named below and send the file again."


class NotRecorded(Refusal):
    title = "Nothing was recorded"
    message = "Not one grade was recorded. Correct the cells named below and send the file again."


@dataclass
class TakesTable(Operation):
    """Describes in OpenAPI a body that we read from the form ourselves."""

    def __post_init__(self) -> None:
        file = Schema(
            type=OpenAPIType.STRING,
            format=OpenAPIFormat.BINARY,
            description="CSV (`,` or `;`, UTF-8) or XLSX; at most 10 MB, 20,000 rows.",
        )
        dry_run = Schema(type=OpenAPIType.BOOLEAN, description="Check every cell, keep nothing.")
        form = Schema(type=OpenAPIType.OBJECT, required=["file"], properties={"file": file, "dry_run": dry_run})
        self.request_body = RequestBody(content={"multipart/form-data": OpenAPIMediaType(schema=form)}, required=True)


class ImportsAPI(Controller):
    path = "/api/v1/imports"
    tags = ["Imports"]

    @post(
        act=acts.REGISTER,
        sync_to_thread=True,
        operation_class=TakesTable,
        request_max_body_size=BYTES_MAX + MULTIPART_ROOM,
        responses={200: ResponseSpec(ImportView, description="A dry run: what would have been registered.")},
    )
    def import_devices(
        self,
        form: NamedDependency[Form],
        once: NamedDependency[Once],
        db: NamedDependency[Database],
        request: Request[Any, Any, Any],
    ) -> Response[ImportView]:
        """Register the devices of a file: all rows or none. Custody columns are ignored; they have their own doors."""
        asked = Gathering()
        content = asked.ask(lambda: sent(form))
        dry_run = asked.ask(lambda: _is_yes(form, "dry_run"))
        asked.refuse()
        assert content is not None, "it was not refused"
        say = saying(request)
        if dry_run:
            batch = batches.read(content)
            with db.reading() as session:
                report = batches.check(session, batch, stamp=once.stamp)
            return Response(import_view(report, say, dry_run=True), status_code=200)
        try:
            report = once.do(acts.REGISTER, DeviceFile(content))
            answer = import_view(report, say, dry_run=False)
            return once.answer(answer, status=201, location=f"/api/v1/imports/{report.number}")
        except ImportRefused as refused:
            return _refusal(refused.report, request, RowsNotRegistered())  # type: ignore[return-value]  # a problem in the view's place

    @get(policy=REGISTRARS, sync_to_thread=True)
    def list_imports(
        self, stamp: NamedDependency[Stamp], db: NamedDependency[Database], limit: Limit = 100, cursor: Cursor = None
    ) -> Listing[ImportedView]:
        """Files that became devices, newest first: those of devices in scope, and one's own."""
        before = read_cursor(cursor, int)
        with db.reading() as session:
            rows, total = queries.imports(session, stamp, before=before, limit=limit)
            return listing(rows, total, limit, view=imported_view, key=lambda made: made.id)

    @get("/{import_id:int}", policy=REGISTRARS, sync_to_thread=True)
    def read_import(
        self, import_id: FromPath[int], stamp: NamedDependency[Stamp], db: NamedDependency[Database]
    ) -> ImportedView:
        with db.reading() as session:
            return imported_view(queries.import_by_id(session, import_id, stamp))

    @delete("/{import_id:int}", act=acts.UNDO, status_code=200, sync_to_thread=True)
    def undo_import(self, import_id: FromPath[int], once: NamedDependency[Once]) -> Response[ImportedView]:
        """Withdraw all devices of the import, while nothing else has happened to any: their serials and IMEIs are free again."""
        return once.answer(once.do(acts.UNDO, None, import_id))


@post(
    "/api/v1/openness",
    act=acts.GRADE,
    sync_to_thread=True,
    operation_class=TakesTable,
    request_max_body_size=BYTES_MAX + MULTIPART_ROOM,
    responses={200: ResponseSpec(ImportView, description="A dry run: what would have been recorded.")},
    tags=["Openness"],
)
def import_grades(
    form: NamedDependency[Form],
    once: NamedDependency[Once],
    db: NamedDependency[Database],
    request: Request[Any, Any, Any],
) -> Response[ImportView]:
    """Record the grades of a file (Kode Kantor, Tahun, Predikat, Sumber): all rows or none."""
    asked = Gathering()
    content = asked.ask(lambda: sent(form))
    dry_run = asked.ask(lambda: _is_yes(form, "dry_run"))
    asked.refuse()
    assert content is not None, "it was not refused"
    say = saying(request)
    if dry_run:
        read = grades.read(content)
        with db.reading() as session:
            report = grades.check(session, read, stamp=once.stamp)
        return Response(import_view(report, say, dry_run=True), status_code=200)
    try:
        report = once.do(acts.GRADE, GradeFile(content))
        return once.answer(import_view(report, say, dry_run=False), status=201)
    except ImportRefused as refused:
        return _refusal(refused.report, request, NotRecorded())  # type: ignore[return-value]  # the same


def _is_yes(form: Form, name: str) -> bool:
    found = _YES_AND_NO.get(form.text(name).lower())
    if found is None:
        raise invalid(name, "Answer yes or no (true or false).")
    return found


def _refusal(report: Report, request: Request[Any, Any, Any], refusal: Refusal) -> Response[ImportProblem]:
    said = problem(refusal, language_of(request), request.app.state.translate, request_id_of(request))
    body = import_problem(said, report, saying(request))
    return Response(body, status_code=said.status, media_type=PROBLEM)
