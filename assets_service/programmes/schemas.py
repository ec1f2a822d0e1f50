"""Programmes and coverage on the wire."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from msgspec import Meta, Struct, field

from assets_service.devices.models import Kind
from assets_service.devices.schemas import ProgrammeCode
from assets_service.kernel.errors import FieldProblem
from assets_service.kernel.fields import Wire
from assets_service.offices.models import Level
from assets_service.offices.schemas import OfficeRef
from assets_service.programmes.commands import Rule, twice
from assets_service.programmes.models import Programme
from assets_service.programmes.queries import Count, Coverage

ProgrammeName = Annotated[
    str, Meta(min_length=1, max_length=160, pattern=r"^(?=.*\S)[^\x00-\x1f\x7f\u0085\u2028\u2029]*$(?!\n)")
]
Quantity = Annotated[int, Meta(ge=0, le=1000)]


class NewRule(Wire):
    """Each office of the level is entitled to so many of the kind."""

    kind: Kind
    level: Level
    quantity: Quantity


Rules = Annotated[list[NewRule], Meta(max_length=100)]


class NewProgramme(Wire):
    code: ProgrammeCode
    name: ProgrammeName
    allocation: Rules = field(default_factory=list)

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        return twice([(rule.kind, rule.level) for rule in said.get("allocation", [])])


class NewAllocation(Wire):
    """The whole rule; a kind and level that is not named entitles nobody."""

    allocation: Rules

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        return twice([(rule.kind, rule.level) for rule in said.get("allocation", [])])


class ProgrammeView(Struct):
    code: str
    name: str
    allocation: list[Rule]


class CoverageView(Struct):
    """By kind: the office's own counts, and those with all offices below it."""

    office: OfficeRef
    level: Level
    parent: str | None
    kinds: dict[Kind, Count]
    subtree: dict[Kind, Count]


def rules(sent: list[NewRule]) -> list[Rule]:
    return [Rule(rule.kind, rule.level, rule.quantity) for rule in sent]


def programme_view(programme: Programme) -> ProgrammeView:
    return ProgrammeView(
        code=programme.code,
        name=programme.name,
        allocation=[Rule(held.kind, held.level, held.quantity) for held in programme.allocations if held.quantity],
    )


def coverage_view(coverage: Coverage) -> CoverageView:
    return CoverageView(
        office=OfficeRef(coverage.code, coverage.name),
        level=coverage.level,
        parent=coverage.parent,
        kinds=coverage.own,
        subtree=coverage.subtree,
    )
