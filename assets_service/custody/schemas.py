"""Shipments and holders on the wire."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from msgspec import Meta, Struct
from sqlalchemy.orm import Session

from assets_service.custody import queries
from assets_service.custody.commands import Outcome, unsaid
from assets_service.custody.models import (
    DEVICES_MAX,
    Finding,
    FindingKind,
    LineState,
    Resolution,
    Shipment,
    ShipmentLine,
    ShipmentState,
)
from assets_service.devices.identifiers import unreadable
from assets_service.devices.models import Condition, Kind
from assets_service.devices.schemas import Reason
from assets_service.kernel.errors import FieldProblem
from assets_service.kernel.fields import Code, Line, Name, Note, OfficeCode, Wire
from assets_service.ledger.stamp import Stamp
from assets_service.offices.schemas import OfficeRef, office_ref
from assets_service.people.schemas import PersonRef

Accessories = Annotated[str, Meta(max_length=400)]
PersonId = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class NewShipment(Wire):
    """`devices` are label codes; `from_office` left out is the one that answers for the first of them."""

    to_office: OfficeCode
    devices: Annotated[list[Code], Meta(min_length=1, max_length=DEVICES_MAX)]
    from_office: OfficeCode | None = None
    purpose: Line | None = None
    note: Note | None = None
    accessories: Accessories | None = None
    send: bool = False

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        return unreadable(said.get("devices", []))


class Remark(Wire):
    """Of a dispatch or a cancellation."""

    note: Note | None = None


class OutcomeWord(StrEnum):
    """What a receiver can say of a device on a line."""

    RECEIVED = "received"
    RECEIVED_WITH_NOTES = "received_with_notes"
    SHORT = "short"
    DECLINED = "declined"


class ReceiptLine(Wire):
    """`device` is the code as read; one that is on no line becomes a finding. Damage and declining need a note."""

    device: Code
    outcome: OutcomeWord
    condition: Condition | None = None
    note: Note | None = None

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        if "outcome" not in said:
            return ()
        outcome = LineState(said["outcome"])
        return unsaid(Outcome(said.get("device", ""), outcome, said.get("condition"), said.get("note")))


class Receipt(Wire):
    """Any part of what is still open; the rest stays open."""

    lines: Annotated[list[ReceiptLine], Meta(min_length=1, max_length=2 * DEVICES_MAX)]


class NewHolder(Wire):
    """A person of the office that answers for the device; null: nobody in particular."""

    person: PersonId | None


class Loss(Wire):
    """`report_no` is the number of the police report."""

    reason: Reason
    report_no: Name | None = None


class Recovery(Wire):
    note: Note | None = None


class FindingResolution(Wire):
    note: Reason


class LineView(Struct):
    """One device of a shipment: as it was sent, and as the receiver found it."""

    device: str
    kind: Kind
    brand: str
    model: str
    serial: str
    state: LineState
    sent_condition: Condition
    accessories: str | None
    arrived_condition: Condition | None
    note: str | None
    closed_at: datetime | None
    closed_by: PersonRef | None
    resolution: Resolution | None
    resolved_at: datetime | None
    resolved_by: PersonRef | None


class FindingView(Struct):
    """`device` is given only to who may see it."""

    id: int
    kind: FindingKind
    code_read: str
    device: str | None
    note: str | None
    found_at: datetime
    found_by: PersonRef | None
    resolution: str | None
    resolved_at: datetime | None
    resolved_by: PersonRef | None


class DocumentView(Struct):
    """A paper of the shipment."""

    kind: str
    number: str
    url: str
    sha256: str


class ShipmentSummary(Struct):
    """A shipment in a list; `open` devices still wait for their receipt."""

    id: int
    number: str
    state: ShipmentState
    from_office: OfficeRef
    to_office: OfficeRef
    purpose: str | None
    devices: int
    open: int
    created_at: datetime
    sent_at: datetime | None
    closed_at: datetime | None


class ShipmentView(Struct):
    id: int
    number: str
    state: ShipmentState
    from_office: OfficeRef
    to_office: OfficeRef
    purpose: str | None
    note: str | None
    created_at: datetime
    created_by: PersonRef | None
    sent_at: datetime | None
    sent_by: PersonRef | None
    closed_at: datetime | None
    closed_by: PersonRef | None
    closing_note: str | None
    version: int
    lines: list[LineView]
    findings: list[FindingView]
    documents: list[DocumentView]


def outcomes(receipt: Receipt) -> list[Outcome]:
    return [Outcome(line.device, LineState(line.outcome), line.condition, line.note) for line in receipt.lines]


def shipment_summary(shipment: Shipment, tally: tuple[int, int]) -> ShipmentSummary:
    return ShipmentSummary(
        id=shipment.id,
        number=shipment.number,
        state=shipment.state,
        from_office=office_ref(shipment.from_office),
        to_office=office_ref(shipment.to_office),
        purpose=shipment.purpose,
        devices=tally[0],
        open=tally[1],
        created_at=shipment.created_at,
        sent_at=shipment.sent_at,
        closed_at=shipment.closed_at,
    )


def shipment_view(session: Session, shipment: Shipment, stamp: Stamp) -> ShipmentView:
    """All of it: two more selects, for the findings and for the names of who acted."""
    is_new = shipment.version == 1  # nobody has looked into the box yet
    found = [] if is_new else queries.findings_of(session, shipment.id, stamp)
    names = queries.names(session, _actors(shipment, [finding for finding, _ in found]))
    return ShipmentView(
        id=shipment.id,
        number=shipment.number,
        state=shipment.state,
        from_office=office_ref(shipment.from_office),
        to_office=office_ref(shipment.to_office),
        purpose=shipment.purpose,
        note=shipment.note,
        created_at=shipment.created_at,
        created_by=_person(shipment.created_by_id, names),
        sent_at=shipment.sent_at,
        sent_by=_person(shipment.sent_by_id, names),
        closed_at=shipment.closed_at,
        closed_by=_person(shipment.closed_by_id, names),
        closing_note=shipment.closing_note,
        version=shipment.version,
        lines=[_line_view(line, names) for line in shipment.lines],
        findings=[_finding_view(finding, code, names) for finding, code in found],
        documents=[],
    )


def _line_view(line: ShipmentLine, names: dict[int, str]) -> LineView:
    device = line.device
    return LineView(
        device=device.code,
        kind=device.kind,
        brand=device.brand,
        model=device.model,
        serial=device.serial,
        state=line.state,
        sent_condition=line.sent_condition,
        accessories=line.accessories,
        arrived_condition=line.arrived_condition,
        note=line.note,
        closed_at=line.closed_at,
        closed_by=_person(line.closed_by_id, names),
        resolution=line.resolution,
        resolved_at=line.resolved_at,
        resolved_by=_person(line.resolved_by_id, names),
    )


def _finding_view(finding: Finding, code: str | None, names: dict[int, str]) -> FindingView:
    return FindingView(
        id=finding.id,
        kind=finding.kind,
        code_read=finding.code_read,
        device=code,
        note=finding.note,
        found_at=finding.found_at,
        found_by=_person(finding.found_by_id, names),
        resolution=finding.resolution,
        resolved_at=finding.resolved_at,
        resolved_by=_person(finding.resolved_by_id, names),
    )


def _actors(shipment: Shipment, findings: list[Finding]) -> set[int | None]:
    return {
        shipment.created_by_id,
        shipment.sent_by_id,
        shipment.closed_by_id,
        *(person for line in shipment.lines for person in (line.closed_by_id, line.resolved_by_id)),
        *(person for finding in findings for person in (finding.found_by_id, finding.resolved_by_id)),
    }


def _person(person_id: int | None, names: dict[int, str]) -> PersonRef | None:
    return PersonRef(person_id, names[person_id]) if person_id in names else None
