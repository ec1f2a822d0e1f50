"""What is asked: shipments and holders."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from msgspec import Meta

from assets_service.custody.models import DEVICES_MAX, Outcome, ShipmentState
from assets_service.devices.asks import Reason
from assets_service.devices.identifiers import unreadable
from assets_service.devices.models import Condition
from assets_service.kernel.errors import FieldProblem
from assets_service.kernel.fields import Code, Name, Note, OneLine, Wire
from assets_service.offices.models import OfficeName

Accessories = Annotated[str, Meta(max_length=400)]
PersonId = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class ShipmentFilter(Wire):
    """The filter of the list of shipments."""

    state: ShipmentState | None = None


class NewShipment(Wire):
    """Devices to be sent, by their label codes. Without `from_office` the office that answers for the first device sends."""

    to_office: OfficeName
    devices: Annotated[list[Code], Meta(min_length=1, max_length=DEVICES_MAX)]
    from_office: OfficeName | None = None
    purpose: OneLine | None = None
    note: Note | None = None
    accessories: Accessories | None = None
    send: bool = False

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        return unreadable(said.get("devices", []))


class Remark(Wire):
    """What somebody writes when they send a shipment or call it back."""

    note: Note | None = None


class ReceiptLine(Wire):
    """What arrived of one device; `device` is its code as read. A code on no line is an extra. Damage and declining need a note."""

    device: Code
    outcome: Outcome
    condition: Condition | None = None
    note: Note | None = None

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        if "outcome" not in said:
            return ()
        return unsaid(said["outcome"], said.get("condition"), said.get("note"))


class Receipt(Wire):
    """What arrived: any part of the open lines; the others stay open."""

    lines: Annotated[list[ReceiptLine], Meta(min_length=1, max_length=2 * DEVICES_MAX)]


class NewHolder(Wire):
    """The holder, a person of the office that answers for the device; null: it has no holder."""

    person: PersonId | None


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

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        if said.get("successor") and said.get("release"):
            yield FieldProblem("/successor", "Somebody holds them next, or nobody does: not both.")


class Transfer(Leaving, kw_only=True):
    """Somebody goes to another office; what they hold stays at the old one."""

    office: OfficeName


class Loss(Wire):
    """How the device was lost; `report_no` is the number of the police report."""

    reason: Reason
    report_no: Name | None = None


class Recovery(Wire):
    note: Note | None = None


class FindingResolution(Wire):
    note: Reason


_DAMAGED = (Condition.LIGHT, Condition.HEAVY)


def unsaid(
    outcome: Outcome, condition: Condition | None, note: str | None, sent_condition: Condition | None = None
) -> list[FieldProblem]:
    """The problems of one outcome: what it lacks, or states though it cannot be.

    `sent_condition` is the condition on the line it is about, if that is known.
    """
    problems = []
    needs_note = outcome is Outcome.DECLINED or condition in _DAMAGED
    if sent_condition and outcome is Outcome.RECEIVED_WITH_NOTES:
        needs_note = needs_note or condition in {None, sent_condition}
    if outcome is Outcome.SHORT and condition is not None:
        problems.append(FieldProblem("/condition", "What is not in the box has no condition to state."))
    if needs_note and not (note and note.strip()):
        problems.append(FieldProblem("/note", "Say in a few words what is the matter."))
    return problems
