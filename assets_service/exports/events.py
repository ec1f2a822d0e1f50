"""What left the house as a file. Its subject is the person who took it."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, UnsetType

from assets_service.ledger.events import Event, OfficeCode, Words
from assets_service.web.language import phrase


class InventoryTaken(Event, frozen=True, tag="exports.inventory_taken"):
    """Somebody took an inventory, recorded before its first byte leaves. `under` is the office that was asked for, with all below it."""

    is_watched = True
    says = (
        phrase("Inventory of {under} exported as {format}, as of {as_of}."),
        phrase("Inventory of {under} exported as {format}."),
        phrase("Inventory exported as {format}, as of {as_of}."),
        phrase("Inventory exported as {format}."),
    )
    lists = ("edition", "office_only", "chosen", "rows")

    format: str
    edition: Annotated[str, Words(("edition",))]
    as_of: datetime | None
    under: OfficeCode | None
    rows: int
    office_only: bool | UnsetType = UNSET
    chosen: Annotated[dict[str, str], Words(("field", "chosen"))] | UnsetType = UNSET


class LedgerTaken(Event, frozen=True, tag="exports.ledger_taken"):
    """Somebody took a copy of the ledger."""

    is_watched = True
    says = phrase("Ledger exported.")
    lists = ("entries",)

    entries: int
