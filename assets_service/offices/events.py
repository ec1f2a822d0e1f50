"""What happened to offices. The subject is the office itself."""

from typing import Annotated

from msgspec import UNSET, UnsetType

from assets_service.ledger.events import EVERY_FIELD, Event, NameDigest, OfficeCode, Words
from assets_service.web.language import phrase


class OfficeAdded(Event, frozen=True, tag="offices.added"):
    """The office stands in the tree from now on."""

    says = (phrase("{code} added below {parent}."), phrase("{code} added."))
    lists = ("level", "office_name", "timezone")

    code: OfficeCode
    level: Annotated[str, Words(("level",))]
    name: str
    office_name: str
    parent: OfficeCode | None
    timezone: str


class OfficeAmended(Event, frozen=True, tag="offices.amended"):
    """The office's data changed; only the fields that did are set. Of its head's name the ledger holds a digest."""

    says = phrase("The office's data edited.")
    lists = EVERY_FIELD

    name: str | UnsetType = UNSET
    office_name: str | UnsetType = UNSET
    address: str | None | UnsetType = UNSET
    head_name_sha256: NameDigest | None | UnsetType = UNSET
    head_title: str | None | UnsetType = UNSET
    letter_code: str | None | UnsetType = UNSET
    uakpb: str | None | UnsetType = UNSET
