"""What is shown: flags and their counts."""

from enum import StrEnum
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from assets_service.flags.queries import AtOffice, Flag


class By(StrEnum):
    OFFICE = "office"
    PROVINCE = "province"


class Counts(Struct):
    """How many devices bear each flag; one that was not asked for is left out."""

    lost: int | UnsetType = UNSET
    not_found: int | UnsetType = UNSET
    one_sided: int | UnsetType = UNSET
    loan_overdue: int | UnsetType = UNSET
    late: int | UnsetType = UNSET
    unopened: int | UnsetType = UNSET
    unconfirmed: int | UnsetType = UNSET
    overdue: int | UnsetType = UNSET
    never_checked: int | UnsetType = UNSET
    unassigned: int | UnsetType = UNSET
    undelivered: int | UnsetType = UNSET
    damaged: int | UnsetType = UNSET
    unlabelled: int | UnsetType = UNSET
    unbooked: int | UnsetType = UNSET


class PlaceCounts(Struct):
    code: str
    name: str
    counts: Counts


class FlagCounts(Counts):
    """Every flag of the scope; asked `by` office or province, also each place that has any, the most first."""

    by_office: list[PlaceCounts] | UnsetType = UNSET
    by_province: list[PlaceCounts] | UnsetType = UNSET


def counts_view(counts: dict[Flag, int]) -> FlagCounts:
    return FlagCounts(**_by_name(counts))


def place_view(place: AtOffice) -> PlaceCounts:
    return PlaceCounts(place.code, place.name, Counts(**_by_name(place.counts)))


def _by_name(counts: dict[Flag, int]) -> dict[str, Any]:
    return {flag.value: number for flag, number in counts.items()}
