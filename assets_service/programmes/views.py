"""What is shown: programmes and coverage."""

from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.actions.act import Tools
from assets_service.devices.models import Kind
from assets_service.offices.models import Level
from assets_service.offices.views import OfficeRef
from assets_service.programmes.asks import Entitlement
from assets_service.programmes.models import Programme
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
