"""Whether this process answers, whether it can serve, and how much it has answered."""

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct
from sqlalchemy import text

from assets_service.access.policy import AUDITORS
from assets_service.kernel.db import Database
from assets_service.kernel.metrics import Metrics
from assets_service.kernel.pools import POOLS, Pool


@get("/health/live", sync_to_thread=False, tags=["Health"])
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "live"}


class Readiness(Struct):
    """`full` names the kinds of work for which others already wait."""

    status: str
    full: list[Pool]


@get("/health/ready", sync_to_thread=True, tags=["Health"], pool=Pool.WATCHING)
def ready(db: NamedDependency[Database]) -> Readiness:
    """The database answers too, is the one that was opened, and takes what is written."""
    db.check_place()
    with db.reading() as session:
        session.execute(text("SELECT 1"))
    if db.may_write:  # a HEAD may only read
        db.try_writing()
    return Readiness("ready", [pool for pool in Pool if POOLS.is_full(pool)])


@get("/metrics", policy=AUDITORS, sync_to_thread=False, tags=["Health"], media_type="text/plain")
def metrics(figures: NamedDependency[Metrics]) -> Response[bytes]:
    """Figures for Prometheus, which shows a bearer token: what this process has answered."""
    return Response(figures.text(), headers={"content-type": figures.content_type})
