"""What the dashboards gather from the rooms below."""

from sqlalchemy.orm import Session

from assets_service.custody import queries as custody
from assets_service.custody.models import ShipmentState
from assets_service.custody.queries import Direction
from assets_service.custody.schemas import ShipmentSummary, shipment_summary
from assets_service.ledger.stamp import Role, Stamp
from assets_service.offices import queries as offices
from assets_service.offices.models import Office

SHIPMENTS_SHOWN = 5


def own_offices(session: Session, stamp: Stamp) -> list[Office]:
    """Where the person works: the offices their writing rights are given at, not all below."""
    return [offices.by_path(session, path) for path in stamp.scopes(Role.ADMIN, Role.LOGISTICS, Role.HEAD)]


def incoming(session: Session, stamp: Stamp, office: Office) -> tuple[list[ShipmentSummary], int]:
    """Sent to this very office and not confirmed; the newest few, and how many in all."""
    return _shipments(session, stamp, office, ShipmentState.SENT, Direction.INCOMING)


def drafts(session: Session, stamp: Stamp, office: Office) -> tuple[list[ShipmentSummary], int]:
    """Packed at this very office and not sent."""
    return _shipments(session, stamp, office, ShipmentState.DRAFT, Direction.OUTGOING)


def _shipments(
    session: Session, stamp: Stamp, office: Office, state: ShipmentState, direction: Direction
) -> tuple[list[ShipmentSummary], int]:
    found = custody.matching(stamp, state=state, office=office, direction=direction, only_there=True)
    rows, total = custody.listed(session, found, before=None, limit=SHIPMENTS_SHOWN)
    tallies = custody.tallies(session, rows)
    return [shipment_summary(row, tallies.get(row.id, (0, 0))) for row in rows[:SHIPMENTS_SHOWN]], total
