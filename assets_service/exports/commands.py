"""The one write of exports: recording who took what."""

from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.ledger.commands import record
from assets_service.ledger.events import Event


def note_taken(session: Session, event: Event, *, stamp: Stamp) -> None:
    """Record in a person's ledger what they took. Somebody at the command line is no person here and leaves no entry."""
    if stamp.actor_id is not None:
        record(session, event, subject=f"person/{stamp.actor_id}", stamp=stamp)
