"""A live database held against itself: its objects, its chains, and every table and stored file against the ledger."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from assets_service.kernel.db import Database
from assets_service.kernel.errors import Refusal
from assets_service.ledger import queries as ledger
from assets_service.ledger.queries import Verification
from assets_service.seals import checking as seals
from assets_service.settings import Settings
from assets_service.upkeep import tables
from assets_service.upkeep.stored import damaged
from assets_service.witness.memory import Memory
from migrations.schema import differences


def verify(
    db: Database, settings: Settings, *, say: Callable[[str], None], memory: Memory | None = None
) -> Verification:
    """Verify the database; returns how many entries and chains it has. `say` gets one sentence for each thing that is wrong.

    `memory` is what a witness kept of the log: then the first leaf is named that is not as it was.

    The tables are compared only where every chain holds: a broken one tells nothing.
    """
    for sentence in differences(db):
        say(sentence)
    with db.reading() as session:
        found = ledger.verify(session)
        if found.broken:
            say(f"BROKEN at {found.broken.subject}, entry {found.broken.subject_seq}: {found.broken.why}.")
        else:
            tables.compare(session, say=say)
        for sentence in seals.check(session):
            say(sentence)
        if memory:
            _hold_against(session, memory, say)
        for kind, name in damaged(session, settings):
            say(f"{kind}, {name}: its file is missing, or is no longer what was stored.")
    return found


def _hold_against(session: Session, memory: Memory, say: Callable[[str], None]) -> None:
    try:
        for sentence in seals.against(session, memory):
            say(sentence)
    except Refusal as refusal:
        say(str(refusal))
