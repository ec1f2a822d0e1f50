"""Sheets and print runs over HTTP."""

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from assets_service.access.policy import REGISTRARS, SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.actions.once import Once
from assets_service.kernel.db import Database
from assets_service.kernel.http import Cursor, Limit, Listing, listing, read_cursor, stored_file
from assets_service.kernel.jobs import Bell
from assets_service.labelling import acts, queries
from assets_service.labelling.api.parameters import PDF
from assets_service.labelling.asks import NewBlanks, NewSheet
from assets_service.labelling.printing import PRESS, Press
from assets_service.labelling.views import RunView, run_view, runs_viewing


class SheetsAPI(Controller):
    path = "/api/v1"
    tags = ("Labels",)
    dependencies = PRESS

    @post("/label-sheets", act=acts.PRINT, status_code=200, sync_to_thread=True, media_type=PDF)
    def print_sheets(
        self, data: JSONBody[NewSheet], once: NamedDependency[Once], press: NamedDependency[Press]
    ) -> Stream:
        """A PDF of labels, now; it is kept as a run (`Content-Location`). Up to 10,000 labels.

        The same sent again, with its key, gives the same file; a run that failed meanwhile is drawn again.
        """
        run = once.do(acts.PRINT, data)
        if once.is_replay and press.has_failed(run.id):
            once.beside().do(acts.RESTART, None, run.id)
        press.see_to(run.id, once.tools[Bell])
        return _file(press, run.id, once.stamp, is_replay=once.is_replay)

    @post("/label-runs", act=acts.PRINT, status_code=202, sync_to_thread=True)
    def start_run(self, data: JSONBody[NewSheet], once: NamedDependency[Once]) -> Response[RunView]:
        """Start the same in the background; `Location` tells how far it is."""
        return _accepted(once, once.do(acts.PRINT, data))

    @post("/label-blanks", act=acts.PRINT_BLANKS, status_code=202, sync_to_thread=True)
    def print_blanks(self, data: JSONBody[NewBlanks], once: NamedDependency[Once]) -> Response[RunView]:
        """Labels for devices that are not registered yet, as a run."""
        return _accepted(once, once.do(acts.PRINT_BLANKS, data))

    @get("/label-runs", policy=SIGNED_IN, sync_to_thread=True)
    def list_runs(
        self,
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Listing[RunView]:
        """Print runs in scope, newest first."""
        before = read_cursor(cursor, int)
        with db.reading() as session:
            rows, total = queries.runs(session, stamp, before=before, limit=limit)
            return listing(rows, total, limit, view=runs_viewing(session, rows, stamp.at), key=lambda run: run.id)

    @get("/label-runs/{run_id:int}", policy=SIGNED_IN, sync_to_thread=True)
    def read_run(self, run_id: FromPath[int], stamp: NamedDependency[Stamp], db: NamedDependency[Database]) -> RunView:
        with db.reading() as session:
            return run_view(session, queries.run(session, run_id, stamp), stamp.at)

    @get("/label-runs/{run_id:int}/file", policy=REGISTRARS, sync_to_thread=True, media_type=PDF)
    def run_file(self, run_id: FromPath[int], stamp: NamedDependency[Stamp], press: NamedDependency[Press]) -> Stream:
        """The run's file, for whoever may see all of its devices."""
        return _file(press, run_id, stamp)

    @put("/label-runs/{run_id:int}/cancellation", act=acts.CANCEL, sync_to_thread=True)
    def cancel_run(self, run_id: FromPath[int], once: NamedDependency[Once]) -> Response[RunView]:
        """Cancel a run, as long as none of its labels was handed out."""
        return once.answer(once.do(acts.CANCEL, None, run_id))

    @put("/label-runs/{run_id:int}/restart", act=acts.RESTART, status_code=202, sync_to_thread=True)
    def restart_run(self, run_id: FromPath[int], once: NamedDependency[Once]) -> Response[RunView]:
        """Draw a run again that failed, was cancelled, lost its server, or whose file is no longer kept."""
        return _accepted(once, once.do(acts.RESTART, None, run_id))


def _accepted(once: Once, run: RunView) -> Response[RunView]:
    once.tools[Bell].ring()
    return once.answer(run, status=202, location=f"/api/v1/label-runs/{run.id}")


def _file(press: Press, run_id: int, stamp: Stamp, *, is_replay: bool = False) -> Stream:
    headers = {"content-location": f"/api/v1/label-runs/{run_id}"}
    if is_replay:
        headers["Idempotency-Replayed"] = "true"
    return stored_file(press.open(run_id, stamp), media_type=PDF, filename=f"label-{run_id}.pdf", headers=headers)
