"""What happened to a device's register entry. A field named like one of `ledger.facts.DeviceFacts` states that fact."""

from datetime import date, datetime

from msgspec import UNSET, UnsetType

from assets_service.ledger.events import (
    EVERY_FIELD,
    Condition,
    DeviceCode,
    Event,
    Kind,
    OfficeCode,
    Presence,
    Remark,
    Rupiah,
)
from assets_service.web.language import phrase


class DeviceRegistered(Event, frozen=True, tag="devices.registered"):
    """The device is in the register, and the office answers for it."""

    says = phrase("Registered at {office}: {kind} {brand} {model}, serial number {serial}, condition: {condition}.")
    lists = ("check_due_on",)

    kind: Kind
    brand: str
    model: str
    serial: str
    imei1: str | None
    imei2: str | None
    kode_barang: str | None
    nup: int | None
    uakpb: str | None
    acquired_on: date | None
    value: Rupiah | None
    programme: str | None
    note: str | None
    condition: Condition
    presence: Presence
    office: OfficeCode
    kode_register: str | None | UnsetType = UNSET
    import_id: int | UnsetType = UNSET
    check_due_on: date | UnsetType = UNSET


class DeviceAmended(Event, frozen=True, tag="devices.amended"):
    """What describes the device was changed; only the fields that changed are set."""

    says = phrase("Data edited.")
    lists = EVERY_FIELD

    brand: str | UnsetType = UNSET
    model: str | UnsetType = UNSET
    serial: str | UnsetType = UNSET
    imei1: str | None | UnsetType = UNSET
    imei2: str | None | UnsetType = UNSET
    kode_barang: str | None | UnsetType = UNSET
    nup: int | None | UnsetType = UNSET
    uakpb: str | None | UnsetType = UNSET
    acquired_on: date | None | UnsetType = UNSET
    value: Rupiah | None | UnsetType = UNSET
    programme: str | None | UnsetType = UNSET
    note: str | None | UnsetType = UNSET
    kode_register: str | None | UnsetType = UNSET


class DeviceRetired(Event, frozen=True, tag="devices.retired"):
    """Written off by a decree: nothing more happens to it."""

    says = (phrase("Written off by decree {decision_no}."), phrase("Written off."))

    reason: Remark
    decision_no: str | None
    presence: Presence


class DeviceWithdrawn(Event, frozen=True, tag="devices.withdrawn"):
    """The import that registered it was undone: from then on it is in no list, and its numbers are free for another device."""

    says = phrase("Withdrawn: import {import_id} was undone.")

    import_id: int
    withdrawn_at: datetime


class CodeClaimed(Event, frozen=True, tag="devices.code_claimed"):
    """A blank label's code now leads to this device."""

    says = phrase("The label {code} now leads to this device.")

    code: DeviceCode
