"""What happened to programmes."""

from typing import Annotated

from assets_service.ledger.events import Event, Words
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
