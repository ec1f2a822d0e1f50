"""What happened to programmes."""

from typing import Annotated

from assets_service.ledger.events import Event, OfficeCode, Words
from assets_service.web.language import phrase


class ProgrammeAdded(Event, frozen=True, tag="programmes.added"):
    """A programme that gives devices to offices."""

    says = phrase("Programme {code} added: {name}.")

    code: str
    name: str


class AllocationSet(Event, frozen=True, tag="programmes.allocation_set"):
    """The whole rule from then on: by kind, then by level, how many each office is entitled to; absent is none."""

    says = phrase("Entitlement set.")
    lists = ("allocation",)

    allocation: Annotated[dict[str, dict[str, int]], Words(("kind", "level"))]


class Distributed(Event, frozen=True, tag="programmes.distributed"):
    """One draft for each office that is still entitled to something; each device has its own entry with the same action id."""

    says = phrase("{shipments} shipments from {from_office} were drafted for {area}.")
    lists = ("programme", "devices", "wanting")

    programme: str
    from_office: OfficeCode
    area: OfficeCode
    shipments: int
    devices: int
    wanting: int


class DistributionSent(Event, frozen=True, tag="programmes.distribution_sent"):
    """All its drafts went on their way."""

    says = phrase("{shipments} shipments of the distribution were sent.")

    shipments: int


class DistributionUndone(Event, frozen=True, tag="programmes.distribution_undone"):
    """All its drafts were cancelled, untouched as they were."""

    says = phrase("{shipments} drafts of the distribution were undone.")

    shipments: int
