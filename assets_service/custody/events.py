"""What happened to the custody of a device: who answers for it, who holds it, where it is.

Fields named like a fact of `ledger.facts.DeviceFacts` state that fact from then on (`holder` is a person's number). What
people wrote is a `remark`, since `note` is a fact of the device.
"""

from datetime import date, datetime
from typing import Annotated

from msgspec import UNSET, UnsetType

from assets_service.ledger.events import (
    Condition,
    Event,
    OfficeCode,
    PersonId,
    Presence,
    Remark,
    ShipmentNumber,
    Words,
)
from assets_service.web.language import phrase

Movement = Annotated[str, Words(("movement",))]
Cause = Annotated[str, Words(("reason",))]  # of what differs, or of a succession
Accessories = Annotated[list[str], Words(("accessory",))]
DifferenceKind = Annotated[str, Words(("line",))]
Outcome = Annotated[str, Words(("settlement",))]


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
    lists = (
        "accessories", "packed", "purpose", "movement", "courier", "waybill", "parcels", "weight_g", "seal_no", "expected_on",
        "return_on",
    )  # fmt: skip

    shipment: ShipmentNumber
    from_office: OfficeCode
    sent_condition: Condition
    accessories: str | None  # of shipments before there was a list
    purpose: str | None
    presence: Presence
    bound_for: OfficeCode
    sent_at: datetime
    packed: Accessories | UnsetType = UNSET
    movement: Movement | UnsetType = UNSET
    courier: str | UnsetType = UNSET
    waybill: str | UnsetType = UNSET
    parcels: int | UnsetType = UNSET
    weight_g: int | UnsetType = UNSET
    seal_no: str | UnsetType = UNSET
    return_on: date | UnsetType = UNSET
    expected_on: date | UnsetType = UNSET
    holder: None = None


class Arrived(Event, frozen=True, tag="custody.arrived"):
    """Its parcel is at the receiver, unopened: the sender answers as before."""

    says = phrase(
        "Its parcel arrived unopened at {at_office}, shipment {shipment}. {from_office} still answers for it."
    )
    lists = ("seal_intact", "waybill", "photos")

    shipment: ShipmentNumber
    from_office: OfficeCode
    at_office: OfficeCode
    arrived_at: datetime
    seal_intact: bool
    waybill: str | None
    photos: list[str]
    remark: Remark | None


class Received(Event, frozen=True, tag="custody.received"):
    """Received in good order: the receiver answers for it from now on."""

    says = (
        phrase("Received by {office} from {from_office} in shipment {shipment}, condition: {condition}."),
        phrase("Received by {office} from {from_office} in shipment {shipment}."),
    )
    lists = ("cause", "unpacked", "photos", "check_due_on", "return_due_on", "loan")

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
    receipt: str | UnsetType = UNSET
    cause: Cause | UnsetType = UNSET
    unpacked: Accessories | UnsetType = UNSET
    photos: list[str] | UnsetType = UNSET
    loan: Annotated[str, Words(("loan",))] | UnsetType = UNSET
    return_due_on: date | UnsetType | None = UNSET
    remark: Remark | None = None
    bound_for: None = None
    sent_at: None = None
    expected_on: UnsetType | None = UNSET
    arrived_at: UnsetType | None = UNSET
    holder: None = None


class ReceivedWithNotes(Event, frozen=True, tag="custody.received_with_notes"):
    """As received; its condition or accessories differ from what was sent."""

    says = (
        phrase("Received with notes by {office} from {from_office} in shipment {shipment}, condition: {condition}."),
        phrase("Received with notes by {office} from {from_office} in shipment {shipment}."),
    )
    lists = ("cause", "unpacked", "photos", "check_due_on", "return_due_on", "loan")

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
    receipt: str | UnsetType = UNSET
    cause: Cause | UnsetType = UNSET
    unpacked: Accessories | UnsetType = UNSET
    photos: list[str] | UnsetType = UNSET
    loan: Annotated[str, Words(("loan",))] | UnsetType = UNSET
    return_due_on: date | UnsetType | None = UNSET
    remark: Remark | None = None
    bound_for: None = None
    sent_at: None = None
    expected_on: UnsetType | None = UNSET
    arrived_at: UnsetType | None = UNSET
    holder: None = None


class Short(Event, frozen=True, tag="custody.short"):
    """Not in the box: the sender still answers, and nobody knows where it is."""

    says = phrase("Was not in the box at {to_office}, shipment {shipment}. The sender still answers for it.")

    shipment: ShipmentNumber
    to_office: OfficeCode
    presence: Presence
    remark: Remark | None
    receipt: str | UnsetType = UNSET
    cause: Cause | UnsetType = UNSET
    bound_for: None = None
    sent_at: None = None
    expected_on: UnsetType | None = UNSET
    arrived_at: UnsetType | None = UNSET


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
    receipt: str | UnsetType = UNSET
    cause: Cause | UnsetType = UNSET
    photos: list[str] | UnsetType = UNSET
    bound_for: None = None
    sent_at: None = None
    expected_on: UnsetType | None = UNSET
    arrived_at: UnsetType | None = UNSET


class Cancelled(Event, frozen=True, tag="custody.cancelled"):
    """Called back. Facts are stated only if the shipment had been sent."""

    says = phrase("Shipment {shipment} to {to_office} was cancelled.")

    shipment: ShipmentNumber
    to_office: OfficeCode
    remark: Remark | None
    presence: Presence | UnsetType = UNSET
    bound_for: UnsetType | None = UNSET
    sent_at: UnsetType | None = UNSET
    expected_on: UnsetType | None = UNSET
    arrived_at: UnsetType | None = UNSET


class Held(Event, frozen=True, tag="custody.held"):
    """A person of the office has it in their hands. `received_at` is set when the office says with this that the device is there."""

    says = (phrase("Handed to {holder} by {previous}."), phrase("Handed to {holder}."))
    lists = ("position",)

    holder: PersonId
    previous: PersonId | None
    received_at: datetime | UnsetType = UNSET
    position: str | UnsetType = UNSET


class Released(Event, frozen=True, tag="custody.released"):
    """It has no holder any more."""

    says = (
        phrase("Handed back by {previous}, condition: {condition}. It has no holder now."),
        phrase("Handed back by {previous}. It has no holder now."),
        phrase("Handed back. It has no holder now."),
    )

    previous: PersonId | None
    condition: Condition | UnsetType = UNSET
    remark: Remark | UnsetType = UNSET
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
    lists = ("cause", "stated_outcome", "stated_condition")

    shipment: ShipmentNumber
    at_office: OfficeCode
    code_read: str
    remark: Remark | None
    receipt: str | UnsetType = UNSET
    cause: Cause | UnsetType = UNSET
    stated_outcome: DifferenceKind | UnsetType = UNSET
    stated_condition: Condition | UnsetType = UNSET


class ExtraResolved(Event, frozen=True, tag="custody.extra_resolved"):
    """An officer has said what became of the extra device: so it was told before extras were differences like others."""

    says = phrase("The extra device in the box of shipment {shipment} was settled. Code read: {code_read}.")

    shipment: ShipmentNumber
    code_read: str
    remark: Remark


class Settled(Event, frozen=True, tag="custody.settled"):
    """Somebody of neither side has said how a difference ends. `code_read` tells extras apart that no device stands behind."""

    says = phrase("A difference of shipment {shipment} was settled ({difference}): {outcome}.")
    lists = ("cause",)

    shipment: ShipmentNumber
    difference: DifferenceKind
    code_read: str
    outcome: Outcome
    cause: Cause
    remark: Remark | None
    presence: Presence | UnsetType = UNSET


class ReceiptCorrected(Event, frozen=True, tag="custody.receipt_corrected"):
    """What was said of it at a receipt was mistaken; the facts are as they would be without the mistake."""

    says = phrase("Receipt {corrects} was corrected by {receipt}: {line}.")
    lists = ("cause",)

    shipment: ShipmentNumber
    receipt: str
    corrects: str
    line: DifferenceKind
    reason: Remark
    remark: Remark | None
    cause: Cause | None
    stated_condition: Condition | None
    office: OfficeCode
    presence: Presence
    condition: Condition | UnsetType = UNSET
    received_at: datetime | UnsetType | None = UNSET
    received_by: PersonId | UnsetType | None = UNSET
    handover: ShipmentNumber | UnsetType | None = UNSET
    one_sided: bool | UnsetType = UNSET
    check_due_on: date | UnsetType | None = UNSET
    return_due_on: date | UnsetType | None = UNSET
    loan: Annotated[str, Words(("loan",))] | UnsetType = UNSET
    holder: UnsetType | None = UNSET


class HolderCorrected(Event, frozen=True, tag="custody.holder_corrected"):
    """A wrong person was named as its holder."""

    says = (
        phrase("The holder was corrected from {previous} to {holder}."),
        phrase("The holder was corrected to {holder}."),
        phrase("The holder was corrected: it has none."),
    )

    holder: PersonId | None
    previous: PersonId | None
    reason: Remark


class ShipmentCorrected(Event, frozen=True, tag="custody.shipment_corrected"):
    """What was said of its shipment on the way was mistaken. Only what changed is told."""

    says = phrase("What was recorded of shipment {shipment} was corrected.")
    lists = ("purpose", "courier", "waybill", "parcels", "weight_g", "seal_no", "expected_on", "return_on")

    shipment: ShipmentNumber
    reason: Remark
    purpose: str | UnsetType | None = UNSET
    courier: str | UnsetType | None = UNSET
    waybill: str | UnsetType | None = UNSET
    parcels: int | UnsetType | None = UNSET
    weight_g: int | UnsetType | None = UNSET
    seal_no: str | UnsetType | None = UNSET
    return_on: date | UnsetType | None = UNSET
    expected_on: date | UnsetType | None = UNSET


class Rebooked(Event, frozen=True, tag="custody.rebooked"):
    """It goes over into the books of the receiver's recording unit, which gives it a number of its own."""

    says = (
        phrase("Went over from the books of {former_uakpb} (NUP {former_nup}) to those of {uakpb}."),
        phrase("Went over into the books of {uakpb}."),
    )

    shipment: ShipmentNumber
    former_uakpb: str | None
    former_kode_barang: str | None
    former_nup: int | None
    uakpb: str
    nup: None = None


class Succeeded(Event, frozen=True, tag="custody.succeeded"):
    """One person answers for it after another. `witness` and `second_witness` stand for somebody who died."""

    says = (
        phrase("{successor} succeeded {leaver} and confirmed it, condition: {seen_condition}."),
        phrase("{successor} succeeded {leaver}: {seen}."),
    )
    lists = ("cause",)

    succession: int
    at_office: OfficeCode
    leaver: PersonId
    successor: PersonId
    cause: Cause
    of_head: bool
    witness: PersonId | None
    second_witness: PersonId | None
    seen: Annotated[str, Words(("seen",))]
    seen_condition: Condition | None
    remark: Remark | None
    presence: Presence | UnsetType = UNSET
    condition: Condition | UnsetType = UNSET
    holder: PersonId | UnsetType | None = UNSET


class Visited(Event, frozen=True, tag="custody.visited"):
    """A receipt as a whole, in the shipment's own chain. `strokes_sha256` is of the signature as it was drawn."""

    says = (
        phrase("Receipt {receipt} was recorded at {at_office}, correcting {corrects}."),
        phrase("Receipt {receipt} was recorded at {at_office}."),
    )
    lists = ("items", "strokes_sha256")

    shipment: ShipmentNumber
    receipt: str
    visit: int
    at_office: OfficeCode
    items: int
    strokes_sha256: str | None
    corrects: str | None = None
    reason: Remark | None = None


class Tracked(Event, frozen=True, tag="custody.tracked"):
    """What either side heard of a shipment."""

    says = phrase("A note on the way of shipment {shipment}.")

    shipment: ShipmentNumber
    remark: Remark


class RouteSet(Event, frozen=True, tag="custody.route_set"):
    """How many days a parcel may take. Without offices: between any two that have no route of their own."""

    says = (
        phrase("From {from_office} to {to_office} a parcel may take {days} days."),
        phrase("A parcel may take {days} days."),
    )

    from_office: OfficeCode | None
    to_office: OfficeCode | None
    days: int


class Cleared(Event, frozen=True, tag="custody.cleared"):
    """Nothing is left that the person answers for."""

    says = phrase("{person} answers for no device any more.")

    person: PersonId


class AccessorySaved(Event, frozen=True, tag="custody.accessory_saved"):
    """What may be packed with a device of a kind."""

    says = phrase("Accessory {name} of {device_kind} was saved.")
    lists = ("offered",)

    device_kind: Annotated[str, Words(("kind",))]
    code: str
    name: str
    offered: bool


class ReasonSaved(Event, frozen=True, tag="custody.reason_saved"):
    """Why something may differ."""

    says = phrase("Reason {name} was saved.")
    lists = ("offered",)

    code: str
    name: str
    fits: list[str]
    needs_note: bool
    offered: bool
