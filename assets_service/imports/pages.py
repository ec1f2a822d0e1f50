"""Files in as pages: choose, see what was found, then say yes."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from assets_service.imports import commands, template
from assets_service.imports.commands import Batch, ImportRefused, Report
from assets_service.imports.form import MULTIPART_ROOM, saying, sent
from assets_service.imports.schemas import import_view
from assets_service.imports.tables import BYTES_MAX, ROWS_MAX
from assets_service.imports.uploads import Uploads
from assets_service.kernel.errors import Refusal
from assets_service.ledger.policy import REGISTRARS
from assets_service.ledger.visit import Visit
from assets_service.settings import Settings
from assets_service.web.language import phrase

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ImportPages(Controller):
    path = "/impor"
    include_in_schema = False

    @get(policy=REGISTRARS, sync_to_thread=True)
    def choose_file(self, visit: NamedDependency[Visit]) -> Response[str]:
        return _choose(visit)

    @post(policy=REGISTRARS, sync_to_thread=True, request_max_body_size=BYTES_MAX + MULTIPART_ROOM)
    def check_file(self, visit: NamedDependency[Visit], settings: NamedDependency[Settings]) -> Response[str]:
        """Read the file and say what would happen; nothing is registered yet."""
        try:
            content = sent(visit.form)
            batch = commands.read(content)
            with visit.reading() as session:
                report = commands.check(session, batch, stamp=visit.stamp)
        except Refusal as refusal:
            return _choose(visit, refusal)
        name = _uploads(settings).keep(content)
        return _checked(visit, report, batch, name, file=visit.form.files["file"][0].filename)

    @post("/daftar", policy=REGISTRARS, sync_to_thread=True)
    def register_file(self, visit: NamedDependency[Visit], settings: NamedDependency[Settings]) -> Response[Any]:
        """Register what was checked. The file is checked again: the register may have changed in between."""
        name = visit.form.text("upload")
        try:
            batch = commands.read(_uploads(settings).read(name))
            with visit.writing() as session:
                report = commands.register(session, batch, stamp=visit.stamp)
                return visit.done("/perangkat", phrase("{count} devices are registered."), count=report.created)
        except ImportRefused as refused:
            return _checked(visit, refused.report, batch, name, file=visit.form.text("file"), status=400)
        except Refusal as refusal:
            return _choose(visit, refusal)

    @get("/templat.csv", policy=REGISTRARS, sync_to_thread=True)
    def template_as_csv(self) -> Response[bytes]:
        return _download(template.as_csv(), "text/csv", "templat-impor-perangkat.csv")

    @get("/templat.xlsx", policy=REGISTRARS, sync_to_thread=True)
    def template_as_workbook(self) -> Response[bytes]:
        return _download(template.as_workbook(), _XLSX, "templat-impor-perangkat.xlsx")


def _choose(visit: Visit, refusal: Refusal | None = None) -> Response[str]:
    return visit.page("imports/choose.html", refusal, max_mb=BYTES_MAX >> 20, max_rows=ROWS_MAX)


def _checked(visit: Visit, report: Report, batch: Batch, upload: str, *, file: str, status: int = 200) -> Response[str]:
    view = import_view(report, saying(visit.request), dry_run=True)
    content: dict[str, Any] = {"headings": list(batch.header.headings.values()), "upload": upload, "file": file[:120]}
    return visit.page("imports/checked.html", status=status, report=view, **content)


def _uploads(settings: Settings) -> Uploads:
    return Uploads(settings.data_dir / "uploads")


def _download(content: bytes, media_type: str, name: str) -> Response[bytes]:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
