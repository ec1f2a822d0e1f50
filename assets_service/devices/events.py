"""What happened to a device's register entry, and the facts that all events together state."""

from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from assets_service.ledger.events import Event


class Facts(Struct, kw_only=True):
    """A device as the ledger tells it. Any event's field of one of these names states the fact from then on."""

    kind: str = ""
    brand: str = ""
    model: str = ""
    serial: str = ""
    imei1: str | None = None
    imei2: str | None = None
    kode_barang: str | None = None
    nup: int | None = None
    uakpb: str | None = None
    acquired_on: date | None = None
    value: int | None = None
    programme: str | None = None
    note: str | None = None
    condition: str = ""
    presence: str = ""
    office: str = ""
    bound_for: str | None = None
    holder: int | None = None
    sent_at: datetime | None = None
    received_at: datetime | None = None
    last_checked_on: date | None = None
    check_due_on: date | None = None
    label_version: int = 1
    label_attached_at: datetime | None = None


FACTS = frozenset(field.name for field in msgspec.structs.fields(Facts))


def fold(facts: dict[str, Any], body: str) -> None:
    """Lay one entry's body over the facts so far (plain JSON values)."""
    said = msgspec.json.decode(body)
    facts.update((name, said[name]) for name in said.keys() & FACTS)


class DeviceRegistered(Event, frozen=True, tag="devices.registered"):
    kind: str
    brand: str
    model: str
    serial: str
    imei1: str | None
    imei2: str | None
    kode_barang: str | None
    nup: int | None
    uakpb: str | None
    acquired_on: date | None
    value: int | None
    programme: str | None
    note: str | None
    condition: str
    presence: str
    office: str


class DeviceAmended(Event, frozen=True, tag="devices.amended"):
    """Only the fields that changed are set."""

    brand: str | UnsetType = UNSET
    model: str | UnsetType = UNSET
    serial: str | UnsetType = UNSET
    imei1: str | None | UnsetType = UNSET
    imei2: str | None | UnsetType = UNSET
    kode_barang: str | None | UnsetType = UNSET
    nup: int | None | UnsetType = UNSET
    uakpb: str | None | UnsetType = UNSET
    acquired_on: date | None | UnsetType = UNSET
    value: int | None | UnsetType = UNSET
    programme: str | None | UnsetType = UNSET
    note: str | None | UnsetType = UNSET


class DeviceRetired(Event, frozen=True, tag="devices.retired"):
    reason: str
    decision_no: str | None
    presence: str


class CodeClaimed(Event, frozen=True, tag="devices.code_claimed"):
    """A blank label's code now leads to this device."""

    code: str
