"""Files in over HTTP."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Request, Response, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema

from assets_service.imports import commands
from assets_service.imports.commands import ImportRefused, Report
from assets_service.imports.form import MULTIPART_ROOM, saying, sent
from assets_service.imports.schemas import ImportProblem, ImportView, import_view, refused_rows
from assets_service.imports.tables import BYTES_MAX
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Gathering, Refusal, invalid
from assets_service.kernel.http import PROBLEM, Form, language_of, problem, request_id_of
from assets_service.ledger.once import Once
from assets_service.ledger.policy import REGISTRARS

_YES_AND_NO = {"": False, "true": True, "1": True, "on": True, "yes": True, "false": False, "0": False, "no": False}


class RowsNotRegistered(Refusal):
    """Answered together with the report."""

    title = "Nothing was registered"
    message = "Not one device was registered. Mend the cells named below and send the file again."


@dataclass
class TakesTable(Operation):
    """What OpenAPI says of a body that we read from the form ourselves."""

    def __post_init__(self) -> None:
        file = Schema(
            type=OpenAPIType.STRING,
            format=OpenAPIFormat.BINARY,
            description="CSV (`,` or `;`, UTF-8) or XLSX; at most 10 MB, 20,000 devices.",
        )
        dry_run = Schema(type=OpenAPIType.BOOLEAN, description="Check every cell, register nothing.")
        form = Schema(type=OpenAPIType.OBJECT, required=["file"], properties={"file": file, "dry_run": dry_run})
        self.request_body = RequestBody(content={"multipart/form-data": OpenAPIMediaType(schema=form)}, required=True)


class ImportsAPI(Controller):
    path = "/api/v1/imports"
    tags = ["Imports"]

    @post(
        policy=REGISTRARS,
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
        batch = commands.read(content)
        say = saying(request)
        if dry_run:
            with db.reading() as session:
                report = commands.check(session, batch, stamp=once.stamp)
            return Response(import_view(report, say, dry_run=True), status_code=200)
        once = once.about(content)
        try:
            with once.writing() as session:
                report = commands.register(session, batch, stamp=once.stamp)
                return once.answer(import_view(report, say, dry_run=False), status=201)
        except ImportRefused as refused:
            return _refusal(refused.report, request)  # type: ignore[return-value]  # a problem in the view's place


def _is_yes(form: Form, name: str) -> bool:
    found = _YES_AND_NO.get(form.text(name).lower())
    if found is None:
        raise invalid(name, "Answer yes or no (true or false).")
    return found


def _refusal(report: Report, request: Request[Any, Any, Any]) -> Response[ImportProblem]:
    said = problem(RowsNotRegistered(), language_of(request), request.app.state.translate, request_id_of(request))
    body = ImportProblem(
        type=said.type,
        title=said.title,
        status=said.status,
        detail=said.detail,
        errors=refused_rows(report.errors, saying(request)),
        request_id=said.request_id,
        rows=report.rows,
        created=0,
        errors_total=report.errors_total,
        ignored=report.ignored,
    )
    return Response(body, status_code=said.status, media_type=PROBLEM)
