"""What is shown: programmes and coverage."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.actions.act import Tools
from assets_service.custody import queries as shipments
from assets_service.custody.models import ShipmentState
from assets_service.devices.models import Kind
from assets_service.offices.models import Level
from assets_service.offices.views import OfficeRef, office_ref
from assets_service.people import queries as people
from assets_service.people.views import PersonRef, person_then
from assets_service.programmes.asks import Entitlement
from assets_service.programmes.models import Distribution, Programme
from assets_service.programmes.queries import Count, Coverage


class ProgrammeView(Struct):
    code: str
    name: str
    allocation: list[Entitlement]


class CoverageView(Struct):
    """An office's coverage by kind: its own counts, and those with all offices below it."""

    office: OfficeRef
    level: Level
    parent: str | None
    kinds: dict[Kind, Count]
    subtree: dict[Kind, Count]


class DistributionView(Struct):
    """What one act drafted, and in which states its shipments are now. `wanting`: devices that the sender did not have."""

    id: int
    programme: str
    from_office: OfficeRef
    area: OfficeRef
    shipments: int
    devices: int
    wanting: int
    states: dict[ShipmentState, int]
    made_at: datetime
    made_by: PersonRef | None
    undone_at: datetime | None
    undone_by: PersonRef | None


def distribution_views(session: Session, rows: list[Distribution]) -> list[DistributionView]:
    """The distributions of a list."""
    names = people.names(session, {person for row in rows for person in (row.made_by_id, row.undone_by_id)})
    states = shipments.states_of(session, [row.id for row in rows])
    return [
        DistributionView(
            id=row.id,
            programme=row.programme,
            from_office=office_ref(row.from_office),
            area=office_ref(row.area),
            shipments=row.shipments,
            devices=row.devices,
            wanting=row.wanting,
            states=states[row.id],
            made_at=row.made_at,
            made_by=person_then(row.made_by_id, row.made_at, names),
            undone_at=row.undone_at,
            undone_by=person_then(row.undone_by_id, row.undone_at, names),
        )
        for row in rows
    ]


def distribution_result(session: Session, row: Distribution, _stamp: Stamp, _tools: Tools) -> DistributionView:
    return distribution_views(session, [row])[0]


def programme_view(programme: Programme) -> ProgrammeView:
    return ProgrammeView(
        code=programme.code,
        name=programme.name,
        allocation=[
            Entitlement(kind=held.kind, level=held.level, quantity=held.quantity)
            for held in programme.allocations
            if held.quantity
        ],
    )


def programme_result(_session: Session, programme: Programme, _stamp: Stamp, _tools: Tools) -> ProgrammeView:
    return programme_view(programme)


def coverage_view(coverage: Coverage) -> CoverageView:
    return CoverageView(
        office=OfficeRef(coverage.code, coverage.name),
        level=coverage.level,
        parent=coverage.parent,
        kinds=coverage.own,
        subtree=coverage.subtree,
    )
