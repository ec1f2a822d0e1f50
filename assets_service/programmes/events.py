"""What happened to programmes."""

from assets_service.ledger.events import Event


class ProgrammeAdded(Event, frozen=True, tag="programmes.added"):
    code: str
    name: str


class AllocationSet(Event, frozen=True, tag="programmes.allocation_set"):
    """The whole rule from then on: by kind, then by level, how many each office is entitled to; absent is none."""

    allocation: dict[str, dict[str, int]]
