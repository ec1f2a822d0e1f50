"""What is asked: shipments, receipts, differences, holders."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType, structs

from assets_service.custody.models import (
    ACCESSORIES_MAX,
    DEVICES_MAX,
    PHOTOS_MAX,
    POINTS_MAX,
    STROKES_MAX,
    Cause,
    DifferenceKind,
    Movement,
    Outcome,
    Seen,
    Settlement,
    ShipmentState,
)
from assets_service.devices.asks import Reason
from assets_service.devices.identifiers import unreadable
from assets_service.devices.models import Condition
from assets_service.kernel.errors import FieldProblem
from assets_service.kernel.fields import Code, Moment, Name, Note, OneLine, Wire
from assets_service.offices.models import OfficeName

Word = Annotated[str, Meta(min_length=1, max_length=40, pattern="^[a-z][a-z0-9_]*$")]  # of a list that can be edited
Accessories = Annotated[list[Word], Meta(max_length=ACCESSORIES_MAX)]
Photos = Annotated[list[Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]], Meta(max_length=PHOTOS_MAX)]
ShortLine = Annotated[
    str, Meta(min_length=1, max_length=80, pattern=r"^(?=.*\S)[^\x00-\x1f\x7f\u0085\u2028\u2029]*$(?!\n)")
]
Parcels = Annotated[int, Meta(ge=1, le=500)]
Grams = Annotated[int, Meta(ge=1, le=10_000_000)]
Days = Annotated[int, Meta(ge=1, le=365)]
Point = Annotated[list[Annotated[int, Meta(ge=0, le=4000)]], Meta(min_length=2, max_length=2)]
Stroke = Annotated[list[Point], Meta(min_length=1, max_length=POINTS_MAX)]
PersonId = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class ShipmentFilter(Wire):
    """The filter of the list of shipments."""

    state: ShipmentState | None = None


class NewShipment(Wire):
    """Devices to be sent, by their label codes. Without `from_office` the office that answers for the first device sends."""

    to_office: OfficeName
    devices: Annotated[list[Code], Meta(min_length=1, max_length=DEVICES_MAX)]
    from_office: OfficeName | None = None
    movement: Movement = Movement.DISTRIBUTION
    return_on: date | None = None  # of a loan
    purpose: OneLine | None = None
    note: Note | None = None
    accessories: Accessories = []  # what is packed with each device, of those that its kind has
    courier: Name | None = None
    waybill: ShortLine | None = None
    parcels: Parcels | None = None
    weight_g: Grams | None = None
    seal_no: ShortLine | None = None
    expected_on: date | None = None  # else as long as the route takes
    send: bool = False

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        yield from unreadable(said.get("devices", []))
        is_loan = said.get("movement") is Movement.LOAN
        if is_loan and not said.get("return_on"):
            yield FieldProblem("/return_on", "Say by which day it comes back.")
        if not is_loan and said.get("return_on"):
            yield FieldProblem("/return_on", "Only a loan has a day of return.")


class AmendShipment(Wire):
    """What was mistaken about a shipment on its way, and why it is corrected."""

    reason: Reason
    purpose: OneLine | UnsetType | None = UNSET
    courier: Name | UnsetType | None = UNSET
    waybill: ShortLine | UnsetType | None = UNSET
    parcels: Parcels | UnsetType | None = UNSET
    weight_g: Grams | UnsetType | None = UNSET
    seal_no: ShortLine | UnsetType | None = UNSET
    expected_on: date | UnsetType | None = UNSET
    return_on: date | UnsetType = UNSET


class NewTrackingNote(Wire):
    """What either side heard of a shipment on its way."""

    note: Reason


class NewRoute(Wire):
    """How many days a parcel may take; without offices, between any two that have no route of their own."""

    days: Days
    from_office: OfficeName | None = None
    to_office: OfficeName | None = None

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        ends = said.get("from_office"), said.get("to_office")
        if any(ends) and not all(ends):
            yield FieldProblem("/to_office" if ends[0] else "/from_office", "A route has two ends.")
        elif all(ends) and ends[0] == ends[1]:
            yield FieldProblem("/to_office", "A route goes to another office.")


class NewArrival(Wire):
    """The parcel is here, unopened. Without `arrived_at` it came just now."""

    seal_intact: bool
    brought_by: Name | None = None
    waybill: ShortLine | None = None
    photos: Photos = []
    note: Note | None = None
    arrived_at: Moment | None = None


class Remark(Wire):
    """What somebody writes when they send a shipment or call it back."""

    note: Note | None = None


class ReceiptLine(Wire):
    """What arrived of one device; `device` is its code as read. A code on no line is an extra.

    What differs needs a `reason` of the list; a note alone counts as the reason `other`. `accessories` are those that were
    there, of those that were packed; left out, all of them.
    """

    device: Code
    outcome: Outcome
    condition: Condition | None = None
    reason: Word | None = None
    note: Note | None = None
    accessories: Accessories | None = None
    photos: Photos = []

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        if "outcome" not in said:
            return ()
        return unsaid(said["outcome"], said.get("condition"), said.get("reason"), said.get("note"))


class Signature(Wire):
    """Drawn on the screen: no certified signature. `strokes` are lists of points, each [x, y] of a pad at most 4,000 wide."""

    name: Name
    strokes: Annotated[list[Stroke], Meta(min_length=1, max_length=STROKES_MAX)]
    position: OneLine | None = None

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        strokes = said.get("strokes") or []
        points = sum(len(stroke) for stroke in strokes)
        if strokes and len({tuple(point) for stroke in strokes for point in stroke}) < 2:  # noqa: PLR2004 - one point is no line
            yield FieldProblem("/strokes", "Sign with at least one stroke.")
        if points > POINTS_MAX:
            yield FieldProblem("/strokes", "A signature may have at most {it} points.", {"it": POINTS_MAX})


class NewReceipt(Wire):
    """What one visit to the boxes says: any part of the open lines; the others stay open. `visit` is an id that the visitor makes."""

    lines: Annotated[list[ReceiptLine], Meta(min_length=1, max_length=2 * DEVICES_MAX)]
    visit: UUID | None = None
    delivered_by: Name | None = None
    note: Note | None = None
    signature: Signature | None = None


class ReceiptCorrection(Wire):
    """What a receipt should have said of some of its devices, and why."""

    reason: Reason
    lines: Annotated[list[ReceiptLine], Meta(min_length=1, max_length=DEVICES_MAX)]


class NewSettlement(Wire):
    """How a difference ends, and why it came about."""

    outcome: Settlement
    reason: Word
    note: Note | None = None


class NewReason(Wire):
    """One reason of the list: which kinds of differences it fits, and whether it needs a note."""

    name: ShortLine
    fits: Annotated[list[DifferenceKind], Meta(min_length=1, max_length=len(DifferenceKind))]
    needs_note: bool = False
    offered: bool = True


class NewAccessory(Wire):
    """What may be packed with a device of a kind."""

    name: ShortLine
    offered: bool = True


class NewHolder(Wire):
    """The holder, a person of the office that answers for the device; null: it was handed back and has no holder.

    `position` is the holder's, else the one they have; `condition` is that of a device that is handed back, damage needs a note.
    """

    person: PersonId | None
    position: OneLine | None = None
    condition: Condition | None = None
    note: Note | None = None

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        if said.get("person") and said.get("condition"):
            yield FieldProblem("/condition", "Only what is handed back has a condition to state.")
        if said.get("condition") in _DAMAGED and not (said.get("note") or "").strip():
            yield FieldProblem("/note", "Say in a few words what is the matter.")


class HolderCorrection(Wire):
    """Who should have been named as the holder; null: nobody."""

    person: PersonId | None
    reason: Reason


class NewHolders(Wire):
    """One holder for several devices of the person's office; null: they have no holder. All of them or none."""

    devices: Annotated[list[Code], Meta(min_length=1, max_length=DEVICES_MAX)]
    person: PersonId | None

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        return unreadable(said.get("devices", []))


class Leaving(Wire):
    """What becomes of the devices that somebody holds who will hold none any more.

    `successor`, a person of the same office, takes them all over; or `release` says that nobody holds them for now.
    """

    successor: PersonId | None = None
    release: bool = False
    reason: Reason | None = None  # why nobody holds them

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        if said.get("successor") and said.get("release"):
            yield FieldProblem("/successor", "Somebody holds them next, or nobody does: not both.")


class Transfer(Leaving, kw_only=True):
    """Somebody goes to another office; what they hold stays at the old one."""

    office: OfficeName


class SuccessionLine(Wire):
    """What the successor says of one device."""

    device: Code
    seen: Seen = Seen.PRESENT
    condition: Condition | None = None
    note: Note | None = None

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        is_missing = said.get("seen") is Seen.MISSING
        if is_missing and said.get("condition"):
            yield FieldProblem("/condition", "What is missing has no condition to state.")
        if (is_missing or said.get("condition") in _DAMAGED) and not (said.get("note") or "").strip():
            yield FieldProblem("/note", "Say in a few words what is the matter.")


class NewSuccession(Wire):
    """One person follows another: every device that the leaver answers for, each as the successor found it.

    Two persons of the office bear witness for somebody who died.
    """

    leaver: PersonId
    successor: PersonId
    cause: Cause
    lines: Annotated[list[SuccessionLine], Meta(min_length=1, max_length=DEVICES_MAX)]
    witnesses: Annotated[list[PersonId], Meta(max_length=2)] = []
    note: Note | None = None

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        for problem in unreadable([line.device for line in said.get("lines", [])]):
            yield structs.replace(problem, pointer=f"{problem.pointer.replace('/devices', '/lines', 1)}/device")
        witnesses = said.get("witnesses") or []
        if said.get("leaver") and said.get("leaver") == said.get("successor"):
            yield FieldProblem("/successor", "Name somebody else.")
        if said.get("cause") is Cause.DIED and len(set(witnesses)) != 2:  # noqa: PLR2004 - as the ask says
            yield FieldProblem("/witnesses", "Two persons bear witness for somebody who died.")
        elif said.get("cause") and said.get("cause") is not Cause.DIED and witnesses:
            yield FieldProblem("/witnesses", "Witnesses stand only for somebody who died.")
        elif set(witnesses) & {said.get("leaver"), said.get("successor")}:
            yield FieldProblem("/witnesses", "A witness is neither of the two.")


class Loss(Wire):
    """How the device was lost; `report_no` is the number of the police report."""

    reason: Reason
    report_no: Name | None = None


class Recovery(Wire):
    note: Note | None = None


class FindingResolution(Wire):
    note: Reason


_DAMAGED = (Condition.LIGHT, Condition.HEAVY)
_OTHER = "other"


def unsaid(
    outcome: Outcome,
    condition: Condition | None,
    reason: str | None,
    note: str | None,
    sent_condition: Condition | None = None,
) -> list[FieldProblem]:
    """The problems of one outcome: what it lacks, or states though it cannot be.

    `sent_condition` is the condition on the line it is about, if that is known.
    """
    problems = []
    has_note = bool(note and note.strip())
    if outcome is Outcome.SHORT and condition is not None:
        problems.append(FieldProblem("/condition", "What is not in the box has no condition to state."))
    elif outcome is Outcome.SHORT and not (reason or has_note):
        problems.append(FieldProblem("/reason", "Choose why it is not in the box."))
    needs_words = outcome is Outcome.DECLINED or condition in _DAMAGED
    if sent_condition and outcome is Outcome.RECEIVED_WITH_NOTES:
        needs_words = needs_words or condition in {None, sent_condition}
    if needs_words and not (reason or has_note):
        problems.append(FieldProblem("/note", "Say in a few words what is the matter."))
    return problems


def reason_of(line: ReceiptLine) -> str | None:
    """The reason of the list that is meant: a note alone says that it is another one."""
    return line.reason or (_OTHER if line.note and line.note.strip() else None)
