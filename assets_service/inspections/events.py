"""What happened in checks. Names like those of `ledger.facts.DeviceFacts` state the device's fact from then on."""

from datetime import date, datetime
from typing import Annotated

from msgspec import UNSET, UnsetType

from assets_service.ledger.events import Condition, Event, Meaning, Remark, Words
from assets_service.web.language import phrase


class DeviceChecked(Event, frozen=True, tag="inspections.checked"):
    """A check as it was seen, and what it changed of the device.

    `seen_condition` is always there; `condition`, `last_checked_on` and `check_due_on` only when this check is the
    device's newest. `photos` are the SHA-256 of the stored files.
    """

    says = phrase("Checked on {checked_on}, condition: {seen_condition}.")
    lists = ("identity_matches", "label_present", "checklist", "photos", "check_due_on")

    check: int
    observed_at: datetime
    checked_on: date
    seen_condition: Condition
    label_present: bool | None
    identity_matches: bool | None
    checklist: Annotated[dict[str, str], Words(("checklist", "verdict"))]
    check_note: Remark | None
    photos: Annotated[list[str], Meaning.ITEMS]
    condition: Condition | UnsetType = UNSET
    last_checked_on: date | UnsetType = UNSET
    check_due_on: date | UnsetType = UNSET
    label_attached_at: datetime | UnsetType | None = UNSET


class PolicySet(Event, frozen=True, tag="inspections.policy_set"):
    """How often devices of an office and all below it are checked. Its subject is the office."""

    says = (phrase("Check schedule set: {rule}, number of months: {months}."), phrase("Check schedule set: {rule}."))

    rule: Annotated[str, Words(("rule",))]
    months: int | None
