"""The one write of exports: who took what along."""

from sqlalchemy.orm import Session

from assets_service.ledger.commands import record
from assets_service.ledger.events import Event
from assets_service.ledger.stamp import Stamp


def note_taken(session: Session, event: Event, *, stamp: Stamp) -> None:
    """In the ledger of the person. Whoever works on the machine itself is no person here and leaves no entry."""
    if stamp.actor_id is not None:
        record(session, event, subject=f"person/{stamp.actor_id}", stamp=stamp)
