"""Files in as pages: choose, see what was found, then say yes."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency

from assets_service.imports import commands, template
from assets_service.imports.commands import Batch, ImportRefused, Report
from assets_service.imports.form import MULTIPART_ROOM, saying, sent
from assets_service.imports.schemas import import_view
from assets_service.imports.tables import BYTES_MAX, ROWS_MAX
from assets_service.imports.uploads import Uploads
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Refusal
from assets_service.kernel.http import Form
from assets_service.ledger.once import Once
from assets_service.ledger.policy import REGISTRARS
from assets_service.ledger.stamp import Stamp
from assets_service.settings import Settings
from assets_service.web.language import phrase
from assets_service.web.page import Me, done, page

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ImportPages(Controller):
    path = "/impor"
    include_in_schema = False

    @get(policy=REGISTRARS, sync_to_thread=True)
    def choose_file(self, request: Request[Any, Any, Any], me: NamedDependency[Me | None]) -> Response[str]:
        return _choose(request, me)

    @post(policy=REGISTRARS, sync_to_thread=True, request_max_body_size=BYTES_MAX + MULTIPART_ROOM)
    def check_file(
        self,
        request: Request[Any, Any, Any],
        form: NamedDependency[Form],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        me: NamedDependency[Me | None],
        settings: NamedDependency[Settings],
    ) -> Response[str]:
        """Read the file and say what would happen; nothing is registered yet."""
        try:
            content = sent(form)
            batch = commands.read(content)
            with db.reading() as session:
                report = commands.check(session, batch, stamp=stamp)
        except Refusal as refusal:
            return _choose(request, me, refusal)
        name = _uploads(settings).keep(content)
        return _checked(request, me, report, batch, name, file=form.files["file"][0].filename)

    @post("/daftar", policy=REGISTRARS, sync_to_thread=True)
    def register_file(
        self,
        request: Request[Any, Any, Any],
        form: NamedDependency[Form],
        once: NamedDependency[Once],
        me: NamedDependency[Me | None],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """Register what was checked. The file is checked again: the register may have changed in between."""
        name = form.text("upload")
        try:
            batch = commands.read(_uploads(settings).read(name))
            with once.writing() as session:
                report = commands.register(session, batch, stamp=once.stamp)
                said = done("/perangkat", phrase("{count} devices are registered."), count=report.created)
                return once.see(said)
        except ImportRefused as refused:
            return _checked(request, me, refused.report, batch, name, file=form.text("file"), status=400)
        except Refusal as refusal:
            return _choose(request, me, refusal)

    @get("/templat.csv", policy=REGISTRARS, sync_to_thread=True)
    def template_as_csv(self) -> Response[bytes]:
        return _download(template.as_csv(), "text/csv", "templat-impor-perangkat.csv")

    @get("/templat.xlsx", policy=REGISTRARS, sync_to_thread=True)
    def template_as_workbook(self) -> Response[bytes]:
        return _download(template.as_workbook(), _XLSX, "templat-impor-perangkat.xlsx")


def _choose(request: Request[Any, Any, Any], me: Me | None, refusal: Refusal | None = None) -> Response[str]:
    return page(request, "imports/choose.html", me=me, refusal=refusal, max_mb=BYTES_MAX >> 20, max_rows=ROWS_MAX)


def _checked(
    request: Request[Any, Any, Any],
    me: Me | None,
    report: Report,
    batch: Batch,
    upload: str,
    *,
    file: str,
    status: int = 200,
) -> Response[str]:
    view = import_view(report, saying(request), dry_run=True)
    content: dict[str, Any] = {"headings": list(batch.header.headings.values()), "upload": upload, "file": file[:120]}
    return page(request, "imports/checked.html", me=me, status=status, report=view, **content)


def _uploads(settings: Settings) -> Uploads:
    return Uploads(settings.data_dir / "uploads")


def _download(content: bytes, media_type: str, name: str) -> Response[bytes]:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
