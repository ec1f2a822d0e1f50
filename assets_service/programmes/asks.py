"""What is asked: programmes and coverage."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from msgspec import Meta, field

from assets_service.custody.asks import Accessories
from assets_service.devices.asks import ProgrammeCode
from assets_service.devices.models import Kind
from assets_service.kernel.errors import FieldProblem
from assets_service.kernel.fields import OneLine, Wire
from assets_service.offices.models import Level, OfficeName

ProgrammeName = Annotated[
    str, Meta(min_length=1, max_length=160, pattern=r"^(?=.*\S)[^\x00-\x1f\x7f\u0085\u2028\u2029]*$(?!\n)")
]
Quantity = Annotated[int, Meta(ge=0, le=1000)]


class Entitlement(Wire):
    """How many devices of the kind each office of the level is entitled to."""

    kind: Kind
    level: Level
    quantity: Quantity


Entitlements = Annotated[list[Entitlement], Meta(max_length=100)]


class NewProgramme(Wire):
    code: ProgrammeCode
    name: ProgrammeName
    allocation: Entitlements = field(default_factory=list)

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        return _twice(said.get("allocation", []))


class NewAllocation(Wire):
    """The whole entitlement; a kind and level that is not named entitles nobody."""

    allocation: Entitlements

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        return _twice(said.get("allocation", []))


def _twice(each: Sequence[Entitlement]) -> Iterable[FieldProblem]:
    """The problems of entitlements for a kind and level that an earlier one names."""
    named = [(one.kind, one.level) for one in each]
    for place, one in enumerate(named):
        if one in named[:place]:
            yield FieldProblem(f"/allocation/{place}", "This kind and level are listed twice.")


class NewDistribution(Wire):
    """One draft for each office of the area that the programme still entitles to something, from what the sender has.

    The area is an office with all below it. Without `from_office` the national office sends; without `accessories` every
    device goes with those of its kind.
    """

    programme: ProgrammeCode
    office: OfficeName
    from_office: OfficeName | None = None
    purpose: OneLine | None = None
    accessories: Accessories | None = None
