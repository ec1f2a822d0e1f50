"""What happened to who answers for a device.

Fields named like a fact of `devices.events.Facts` state that fact from then on (`holder` is a person's id); what the
people wrote stands in `remark`, since `note` would be the device's own.
"""

from datetime import datetime

from msgspec import UNSET, UnsetType

from assets_service.ledger.events import Event


class Drafted(Event, frozen=True, tag="custody.drafted"):
    """Packed, not sent: nothing of the device has changed."""

    shipment: str
    from_office: str
    to_office: str


class Sent(Event, frozen=True, tag="custody.sent"):
    """On its way; the sender answers until the receiver confirms."""

    shipment: str
    from_office: str
    sent_condition: str
    accessories: str | None
    purpose: str | None
    presence: str
    bound_for: str
    sent_at: datetime
    holder: None = None


class Received(Event, frozen=True, tag="custody.received"):
    """The receiver answers for it from now on."""

    shipment: str
    from_office: str
    office: str
    presence: str
    received_at: datetime
    condition: str | UnsetType = UNSET
    remark: str | None = None
    bound_for: None = None
    sent_at: None = None
    holder: None = None


class ReceivedWithNotes(Event, frozen=True, tag="custody.received_with_notes"):
    """As received; its condition or accessories differ from what was sent."""

    shipment: str
    from_office: str
    office: str
    presence: str
    received_at: datetime
    condition: str | UnsetType = UNSET
    remark: str | None = None
    bound_for: None = None
    sent_at: None = None
    holder: None = None


class Short(Event, frozen=True, tag="custody.short"):
    """Not in the box; the sender still answers, and nobody knows where it is."""

    shipment: str
    to_office: str
    presence: str
    remark: str | None
    bound_for: None = None
    sent_at: None = None


class Declined(Event, frozen=True, tag="custody.declined"):
    """The receiver does not take it; it is the sender's as before."""

    shipment: str
    to_office: str
    presence: str
    remark: str | None
    stated_condition: str | None = None
    bound_for: None = None
    sent_at: None = None


class Cancelled(Event, frozen=True, tag="custody.cancelled"):
    """The shipment does not take place; facts are stated only if it had been sent."""

    shipment: str
    to_office: str
    remark: str | None
    presence: str | UnsetType = UNSET
    bound_for: UnsetType | None = UNSET
    sent_at: UnsetType | None = UNSET


class Held(Event, frozen=True, tag="custody.held"):
    """A person of the office has it in their hands; `received_at` when that is the office's first word of having it."""

    holder: int
    previous: int | None
    received_at: datetime | UnsetType = UNSET


class Released(Event, frozen=True, tag="custody.released"):
    """Nobody in particular holds it."""

    previous: int | None
    holder: None = None


class Lost(Event, frozen=True, tag="custody.lost"):
    """The office still answers; `report_no` is the police report's. `shipment` names the short line this settles."""

    reason: str
    report_no: str | None
    presence: str
    shipment: str | None = None


class Found(Event, frozen=True, tag="custody.found"):
    """Back at the office that answers. `shipment` names the short line this settles."""

    remark: str | None
    presence: str
    shipment: str | None = None


class Extra(Event, frozen=True, tag="custody.extra"):
    """Seen in a box on whose list it was not; changes nothing. `code_read` is what the receiver scanned."""

    shipment: str
    at_office: str
    code_read: str
    remark: str | None


class ExtraResolved(Event, frozen=True, tag="custody.extra_resolved"):
    """An officer has said what became of the finding."""

    shipment: str
    code_read: str
    remark: str
