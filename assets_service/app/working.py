"""The jobs beside the pages: their kinds, how each is done, and the worker of a server process."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

from anyio.to_thread import run_sync
from litestar import Litestar

from assets_service.kernel.clock import Clock, utc_now
from assets_service.kernel.db import Database
from assets_service.kernel.jobs import Bell, Work
from assets_service.kernel.jobs.worker import POLL_S, Worker
from assets_service.labelling.commands.runs import LABEL_RUN
from assets_service.labelling.printing import Press
from assets_service.seals.sealing import SEAL, Sealer
from assets_service.settings import Settings


def works(db: Database, settings: Settings, clock: Clock = utc_now) -> dict[str, Work]:
    """Every kind of job, and how it is done."""
    return {
        LABEL_RUN: Work(Press(db, settings, clock=clock).do, at_once=1, tries=3),
        SEAL: Work(Sealer(db, settings, clock=clock).do, every=timedelta(minutes=settings.seal_minutes)),
    }


def working(
    settings: Settings, bell: Bell, *, poll_s: float = POLL_S
) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """Do jobs while the app runs, on as many threads as the settings say."""

    @asynccontextmanager
    async def while_it_runs(app: Litestar) -> AsyncGenerator[None]:
        db, clock = app.state.db, app.state.clock
        worker = Worker(
            db, works(db, settings, clock), hands=settings.job_threads, clock=clock, bell=bell, poll_s=poll_s
        )
        worker.start()
        try:
            yield
        finally:
            await run_sync(worker.stop)

    return while_it_runs
