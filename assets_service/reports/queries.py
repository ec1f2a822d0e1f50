"""What the dashboards gather from the rooms below."""

from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.access.stamp import WRITERS, Stamp
from assets_service.custody import queries as custody
from assets_service.custody.models import ShipmentState
from assets_service.custody.queries import Direction
from assets_service.custody.views import ShipmentSummary, shipment_summary
from assets_service.offices import queries as offices
from assets_service.offices.models import Office
from assets_service.offices.queries import Area
from assets_service.openness import queries as openness
from assets_service.openness.models import Grade
from assets_service.openness.queries import Distribution

SHIPMENTS_SHOWN = 5


def own_offices(session: Session, stamp: Stamp) -> list[Office]:
    """The offices at which the person's writing roles are held, without those below."""
    return [offices.by_path(session, path) for path in stamp.scopes(*WRITERS)]


def incoming(session: Session, stamp: Stamp, office: Office) -> tuple[list[ShipmentSummary], int]:
    """Shipments sent to this very office and not confirmed: the newest few, and how many in all."""
    return _shipments(session, stamp, office, ShipmentState.SENT, Direction.INCOMING)


def drafts(session: Session, stamp: Stamp, office: Office) -> tuple[list[ShipmentSummary], int]:
    """Shipments packed at this very office and not sent."""
    return _shipments(session, stamp, office, ShipmentState.DRAFT, Direction.OUTGOING)


def _shipments(
    session: Session, stamp: Stamp, office: Office, state: ShipmentState, direction: Direction
) -> tuple[list[ShipmentSummary], int]:
    found = custody.matching(stamp, state=state, area=Area(office.path, is_alone=True), direction=direction)
    rows, total = custody.listed(session, found, limit=SHIPMENTS_SHOWN)
    tallies = custody.tallies(session, rows)
    return [shipment_summary(row, tallies.get(row.id, (0, 0))) for row in rows[:SHIPMENTS_SHOWN]], total


class Openness(Struct):
    """How offices are distributed over the grades of the newest year of which any is known, and each office's own."""

    year: int | None
    levels: list[Distribution]
    grades: dict[str, Grade]


def openness_of(session: Session, stamp: Stamp | None = None) -> Openness:
    """Of the offices in scope; without a stamp of the whole country, which anybody may know."""
    year = next(iter(openness.years(session, stamp)), None)
    if year is None:
        return Openness(None, [], {})
    return Openness(year, openness.distribution(session, year, stamp), openness.of_year(session, year))
