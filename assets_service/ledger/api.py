"""The ledger's head over HTTP: what to write down somewhere else, so that nobody can rewrite what came before it."""

from litestar import get
from litestar.di import NamedDependency

from assets_service.kernel.db import Database
from assets_service.ledger import queries
from assets_service.ledger.policy import SIGNED_IN
from assets_service.ledger.queries import Head


@get("/api/v1/ledger/head", policy=SIGNED_IN, sync_to_thread=True, tags=["Ledger"])
def ledger_head(db: NamedDependency[Database]) -> Head:
    """The newest entry of all: its national number and its hash."""
    with db.reading() as session:
        return queries.head(session)
