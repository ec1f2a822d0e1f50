"""Print runs as pages: all of them, one and how far it is."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from assets_service.access.policy import REGISTRARS
from assets_service.kernel.errors import Refusal
from assets_service.kernel.http import cursor_after, read_cursor
from assets_service.kernel.jobs import Bell
from assets_service.labelling import acts, queries
from assets_service.labelling.models import OPEN
from assets_service.labelling.printing import PRESS, Press
from assets_service.labelling.views import run_view, runs_viewing, stock_view
from assets_service.web.language import phrase
from assets_service.web.visit import Visit

RUNS_SHOWN = 30
CODES_SHOWN = 12


class RunPages(Controller):
    path = "/label/cetak"
    include_in_schema = False
    dependencies = PRESS

    @get(policy=REGISTRARS, sync_to_thread=True)
    def list_runs(self, visit: NamedDependency[Visit]) -> Response[str]:
        before = read_cursor(visit.form.text("cursor") or None, int)
        with visit.reading() as session:
            rows, total = queries.runs(session, visit.stamp, before=before, limit=RUNS_SHOWN)
            runs = list(map(runs_viewing(session, rows, visit.stamp.at), rows[:RUNS_SHOWN]))
        more = cursor_after(runs[-1].id) if len(rows) > RUNS_SHOWN else None
        return visit.page("labelling/runs.html", runs=runs, total=total, next_cursor=more)

    @get("/{run_id:int}", policy=REGISTRARS, sync_to_thread=True)
    def show_run(
        self, run_id: FromPath[int], visit: NamedDependency[Visit], press: NamedDependency[Press]
    ) -> Response[str]:
        return _run_page(visit, press, run_id)

    @post("/{run_id:int}/batal", act=acts.CANCEL, sync_to_thread=True)
    def cancel_run(
        self, run_id: FromPath[int], visit: NamedDependency[Visit], press: NamedDependency[Press]
    ) -> Response[Any]:
        with visit.shown_again(_run_page, press, run_id):
            visit.do(acts.CANCEL, None, run_id)
            return visit.done(f"/label/cetak/{run_id}", phrase("The print run is cancelled."), tone="info")

    @post("/{run_id:int}/ulang", act=acts.RESTART, sync_to_thread=True)
    def restart_run(
        self, run_id: FromPath[int], visit: NamedDependency[Visit], press: NamedDependency[Press]
    ) -> Response[Any]:
        with visit.shown_again(_run_page, press, run_id):
            visit.do(acts.RESTART, None, run_id)
            visit.once.tools[Bell].ring()
            return visit.done(f"/label/cetak/{run_id}")


def _run_page(visit: Visit, press: Press, run_id: int, refusal: Refusal | None = None) -> Response[str]:
    with visit.reading() as session:
        run = queries.run(session, run_id, visit.stamp)
        view = run_view(session, run, press.clock())
        stock = stock_view(queries.stock_of_run(session, run.stock))
        codes = queries.printed_codes(session, run_id, limit=CODES_SHOWN)
        is_withheld = not queries.is_within_sight(session, run, visit.stamp)
    return visit.page(
        "labelling/run.html",
        refusal,
        run=view,
        stock=stock,
        codes=[] if is_withheld else codes,
        is_kept=run.file_sha256 is not None and press.files.holds(run.file_sha256),
        why=queries.why(run, press.clock()),
        is_withheld=is_withheld,
        is_open=view.state in OPEN,
    )
