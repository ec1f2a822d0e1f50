"""What happened to the custody of a device: who answers for it, who holds it, where it is.

Fields named like a fact of `ledger.facts.DeviceFacts` state that fact from then on (`holder` is a person's number). What
people wrote is a `remark`, since `note` is a fact of the device.
"""

from datetime import date, datetime

from msgspec import UNSET, UnsetType

from assets_service.ledger.events import (
    Condition,
    Event,
    OfficeCode,
    PersonId,
    Presence,
    Remark,
    ShipmentNumber,
)
from assets_service.web.language import phrase


class Drafted(Event, frozen=True, tag="custody.drafted"):
    """Packed but not sent: no fact of the device has changed."""

    says = phrase("Packed for {to_office} in shipment {shipment}, not sent yet.")

    shipment: ShipmentNumber
    from_office: OfficeCode
    to_office: OfficeCode


class Sent(Event, frozen=True, tag="custody.sent"):
    """On its way. The sender answers until the receiver confirms."""

    says = phrase(
        "Sent to {bound_for} in shipment {shipment}, condition: {sent_condition}. "
        "{from_office} answers for it until it is confirmed."
    )
    lists = ("accessories", "purpose")

    shipment: ShipmentNumber
    from_office: OfficeCode
    sent_condition: Condition
    accessories: str | None
    purpose: str | None
    presence: Presence
    bound_for: OfficeCode
    sent_at: datetime
    holder: None = None


class Received(Event, frozen=True, tag="custody.received"):
    """Received in good order: the receiver answers for it from now on."""

    says = (
        phrase("Received by {office} from {from_office} in shipment {shipment}, condition: {condition}."),
        phrase("Received by {office} from {from_office} in shipment {shipment}."),
    )
    lists = ("check_due_on",)

    shipment: ShipmentNumber
    from_office: OfficeCode
    office: OfficeCode
    presence: Presence
    received_at: datetime
    received_by: PersonId | None
    handover: ShipmentNumber
    check_due_on: date | UnsetType = UNSET
    condition: Condition | UnsetType = UNSET
    one_sided: bool | UnsetType = UNSET
    remark: Remark | None = None
    bound_for: None = None
    sent_at: None = None
    holder: None = None


class ReceivedWithNotes(Event, frozen=True, tag="custody.received_with_notes"):
    """As received; its condition or accessories differ from what was sent."""

    says = (
        phrase("Received with notes by {office} from {from_office} in shipment {shipment}, condition: {condition}."),
        phrase("Received with notes by {office} from {from_office} in shipment {shipment}."),
    )
    lists = ("check_due_on",)

    shipment: ShipmentNumber
    from_office: OfficeCode
    office: OfficeCode
    presence: Presence
    received_at: datetime
    received_by: PersonId | None
    handover: ShipmentNumber
    check_due_on: date | UnsetType = UNSET
    condition: Condition | UnsetType = UNSET
    one_sided: bool | UnsetType = UNSET
    remark: Remark | None = None
    bound_for: None = None
    sent_at: None = None
    holder: None = None


class Short(Event, frozen=True, tag="custody.short"):
    """Not in the box: the sender still answers, and nobody knows where it is."""

    says = phrase("Was not in the box at {to_office}, shipment {shipment}. The sender still answers for it.")

    shipment: ShipmentNumber
    to_office: OfficeCode
    presence: Presence
    remark: Remark | None
    bound_for: None = None
    sent_at: None = None


class Declined(Event, frozen=True, tag="custody.declined"):
    """Declined by the receiver: it is the sender's as before."""

    says = (
        phrase(
            "Declined by {to_office}, shipment {shipment}, condition there: {stated_condition}. "
            "The sender still answers for it."
        ),
        phrase("Declined by {to_office}, shipment {shipment}. The sender still answers for it."),
    )

    shipment: ShipmentNumber
    to_office: OfficeCode
    presence: Presence
    remark: Remark | None
    stated_condition: Condition | None = None
    bound_for: None = None
    sent_at: None = None


class Cancelled(Event, frozen=True, tag="custody.cancelled"):
    """Called back. Facts are stated only if the shipment had been sent."""

    says = phrase("Shipment {shipment} to {to_office} was cancelled.")

    shipment: ShipmentNumber
    to_office: OfficeCode
    remark: Remark | None
    presence: Presence | UnsetType = UNSET
    bound_for: UnsetType | None = UNSET
    sent_at: UnsetType | None = UNSET


class Held(Event, frozen=True, tag="custody.held"):
    """A person of the office has it in their hands. `received_at` is set when the office says with this that the device is there."""

    says = (phrase("Handed to {holder} by {previous}."), phrase("Handed to {holder}."))

    holder: PersonId
    previous: PersonId | None
    received_at: datetime | UnsetType = UNSET


class Released(Event, frozen=True, tag="custody.released"):
    """It has no holder any more."""

    says = (phrase("Handed back by {previous}. It has no holder now."), phrase("Handed back. It has no holder now."))

    previous: PersonId | None
    holder: None = None


class Lost(Event, frozen=True, tag="custody.lost"):
    """Reported lost; the office still answers. `report_no` is the police report's number, `shipment` that of the short line it settles."""

    says = (
        phrase("Reported lost, police report {report_no}. This settles shipment {shipment}."),
        phrase("Reported lost. This settles shipment {shipment}."),
        phrase("Reported lost, police report {report_no}."),
        phrase("Reported lost."),
    )

    reason: Remark
    report_no: str | None
    presence: Presence
    shipment: ShipmentNumber | None = None


class Found(Event, frozen=True, tag="custody.found"):
    """There again, at the office that answers. `shipment` is the number of the short line it settles."""

    says = (phrase("Found again. This settles shipment {shipment}."), phrase("Found again."))

    remark: Remark | None
    presence: Presence
    shipment: ShipmentNumber | None = None


class Extra(Event, frozen=True, tag="custody.extra"):
    """Seen in a box without being on its list; changes no fact. `code_read` is what the receiver scanned."""

    says = phrase(
        "Was in a box at {at_office} without being on the list of shipment {shipment}. Code read: {code_read}."
    )

    shipment: ShipmentNumber
    at_office: OfficeCode
    code_read: str
    remark: Remark | None


class ExtraResolved(Event, frozen=True, tag="custody.extra_resolved"):
    """An officer has said what became of the extra device."""

    says = phrase("The extra device in the box of shipment {shipment} was settled. Code read: {code_read}.")

    shipment: ShipmentNumber
    code_read: str
    remark: Remark
