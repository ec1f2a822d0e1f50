"""Files in as pages: choose, see what was found, then say yes."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from assets_service.access.policy import ADMINS, REGISTRARS
from assets_service.devices import queries
from assets_service.devices.views import DeviceViews
from assets_service.imports import acts, batches, template
from assets_service.imports.asks import DeviceFile, GradeFile
from assets_service.imports.batches import Batch, ImportRefused, Report
from assets_service.imports.form import MULTIPART_ROOM, saying, sent
from assets_service.imports.grades import NAMES
from assets_service.imports.tables import BYTES_MAX, ROWS_MAX
from assets_service.imports.uploads import UPLOADS, Uploads
from assets_service.imports.views import import_view, imported_view
from assets_service.kernel.errors import Refusal
from assets_service.kernel.http import Cursor, listing, read_cursor
from assets_service.kernel.store import Store
from assets_service.openness.models import Grade
from assets_service.settings import Settings
from assets_service.web.language import phrase
from assets_service.web.visit import Visit

PAGE_SIZE = 50
RECENT_SHOWN = 5
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ImportPages(Controller):
    path = "/impor"
    include_in_schema = False

    @get(policy=REGISTRARS, sync_to_thread=True)
    def choose_file(self, visit: NamedDependency[Visit]) -> Response[str]:
        return _choose(visit)

    @post(act=acts.REGISTER, sync_to_thread=True, request_max_body_size=BYTES_MAX + MULTIPART_ROOM)
    def check_file(self, visit: NamedDependency[Visit], settings: NamedDependency[Settings]) -> Response[str]:
        """Read the file and say what would happen; nothing is registered yet."""
        with visit.shown_again(_choose):
            content = sent(visit.form)
            batch = batches.read(content)
            with visit.reading() as session:
                report = batches.check(session, batch, stamp=visit.stamp)
            name = _uploads(settings).keep(content)
            return _checked(visit, report, batch, name, file=visit.form.files["file"][0].filename)

    @post("/daftar", act=acts.REGISTER, sync_to_thread=True)
    def register_file(self, visit: NamedDependency[Visit], settings: NamedDependency[Settings]) -> Response[Any]:
        """Register what was checked. The file is checked again: the register may have changed in between."""
        name = visit.form.text("upload")
        with visit.shown_again(_choose):
            content = _uploads(settings).read(name)
            try:
                report = visit.do(acts.REGISTER, DeviceFile(content))
            except ImportRefused as refused:
                batch = batches.read(content)
                return _checked(visit, refused.report, batch, name, file=visit.form.text("file"), status=400)
            return visit.done(
                f"/impor/{report.number}", phrase("{count} devices are registered."), count=report.created
            )

    @get("/{import_id:int}", policy=REGISTRARS, sync_to_thread=True)
    def read_import(
        self,
        import_id: FromPath[int],
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
        cursor: Cursor = None,
    ) -> Response[str]:
        """Exactly the devices of one import, with what is to be done next."""
        return _import(visit, views, import_id, read_cursor(cursor, int))

    @post("/{import_id:int}/pembatalan", act=acts.UNDO, sync_to_thread=True)
    def undo_import(
        self, import_id: FromPath[int], visit: NamedDependency[Visit], views: NamedDependency[DeviceViews]
    ) -> Response[Any]:
        with visit.shown_again(_import, views, import_id, None):
            visit.do(acts.UNDO, None, import_id)
            return visit.done(f"/impor/{import_id}", phrase("The import is undone: its devices are withdrawn."))

    @get("/templat.csv", policy=REGISTRARS, sync_to_thread=True)
    def template_as_csv(self) -> Response[bytes]:
        return _download(template.as_csv(), "text/csv", "templat-impor-perangkat.csv")

    @get("/templat.xlsx", policy=REGISTRARS, sync_to_thread=True)
    def template_as_workbook(self) -> Response[bytes]:
        return _download(template.as_workbook(), _XLSX, "templat-impor-perangkat.xlsx")


class GradeFilePages(Controller):
    path = "/impor/keterbukaan"
    include_in_schema = False

    @get(policy=ADMINS, sync_to_thread=True)
    def choose_grades(self, visit: NamedDependency[Visit]) -> Response[str]:
        return _choose_grades(visit)

    @post(act=acts.GRADE, sync_to_thread=True, request_max_body_size=BYTES_MAX + MULTIPART_ROOM)
    def record_grades(self, visit: NamedDependency[Visit]) -> Response[Any]:
        """Record all grades of the file; one bad cell, and none is."""
        with visit.shown_again(_choose_grades):
            try:
                report = visit.do(acts.GRADE, GradeFile(sent(visit.form)))
            except ImportRefused as refused:
                return _choose_grades(visit, report=refused.report)
            said = phrase("{rows} rows read, {count} grades recorded.")
            return visit.done("/kantor", said, rows=report.rows, count=report.created)


def _choose_grades(visit: Visit, refusal: Refusal | None = None, *, report: Report | None = None) -> Response[str]:
    view = import_view(report, saying(visit.request), dry_run=False) if report else None
    content: dict[str, Any] = {"report": view, "grades": list(Grade), "columns": [title for title, _ in NAMES.values()]}
    return visit.page("imports/grades.html", refusal, status=400 if report else None, max_mb=BYTES_MAX >> 20, **content)


def _choose(visit: Visit, refusal: Refusal | None = None) -> Response[str]:
    with visit.reading() as session:
        rows, _ = queries.imports(session, visit.stamp, before=None, limit=RECENT_SHOWN)
        recent = [imported_view(made) for made in rows[:RECENT_SHOWN]]
    return visit.page("imports/choose.html", refusal, max_mb=BYTES_MAX >> 20, max_rows=ROWS_MAX, recent=recent)


def _import(
    visit: Visit, views: DeviceViews, number: int, after: int | None, refusal: Refusal | None = None
) -> Response[str]:
    with visit.reading() as session:
        made = queries.import_by_id(session, number, visit.stamp)
        found = queries.matching(visit.stamp, imported=number)
        rows, total = queries.listed(session, found, after=after, limit=PAGE_SIZE)
        view = views.each(session, rows, visit.stamp.at)
        devices = listing(rows, total, PAGE_SIZE, view=view, key=lambda device: device.id)
        may_undo = not made.withdrawn_at and not queries.touched(session, number)[0]
        shown = imported_view(made)
    return visit.page("imports/import.html", refusal, made=shown, devices=devices, may_undo=may_undo)


def _checked(visit: Visit, report: Report, batch: Batch, upload: str, *, file: str, status: int = 200) -> Response[str]:
    view = import_view(report, saying(visit.request), dry_run=True)
    content: dict[str, Any] = {"headings": list(batch.header.headings.values()), "upload": upload, "file": file[:120]}
    return visit.page("imports/checked.html", status=status, report=view, **content)


def _uploads(settings: Settings) -> Uploads:
    return Uploads(Store(settings.files_dir, UPLOADS))


def _download(content: bytes, media_type: str, name: str) -> Response[bytes]:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
