from datetime import datetime

from assets_service.ledger.events import Event


class InventoryTaken(Event, frozen=True, tag="exports.inventory_taken"):
    """Who saw what: recorded before the first byte leaves. `under` is the office whose subtree was asked for."""

    format: str
    edition: str
    as_of: datetime | None
    under: str | None
    rows: int


class LedgerTaken(Event, frozen=True, tag="exports.ledger_taken"):
    """Who took the ledger along."""

    entries: int
