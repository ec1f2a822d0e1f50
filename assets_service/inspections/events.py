"""What happened in checks. Names like those of `devices.events.Facts` state the device's fact from then on."""

from datetime import date, datetime

from msgspec import UNSET, UnsetType

from assets_service.ledger.events import Event


class DeviceChecked(Event, frozen=True, tag="inspections.checked"):
    """A check as it was seen, and what it changed of the device.

    `seen_condition` is always there; `condition`, `last_checked_on` and `check_due_on` only when this check is the
    device's newest. `photos` are the SHA-256 of the stored files.
    """

    check: int
    observed_at: datetime
    checked_on: date
    seen_condition: str
    label_present: bool | None
    identity_matches: bool | None
    checklist: dict[str, str]
    check_note: str | None
    photos: list[str]
    condition: str | UnsetType = UNSET
    last_checked_on: date | UnsetType = UNSET
    check_due_on: date | UnsetType = UNSET
    label_attached_at: datetime | UnsetType | None = UNSET


class PhotoUploaded(Event, frozen=True, tag="inspections.photo_uploaded"):
    """A photo waits for its check. Its subject is the person who sent it."""

    photo: str


class PolicySet(Event, frozen=True, tag="inspections.policy_set"):
    """How often devices of an office and all below it are checked. Its subject is the office."""

    rule: str
    months: int | None
