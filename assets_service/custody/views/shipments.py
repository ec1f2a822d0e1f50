"""What is shown: shipments, their lines, what was found at a receipt."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.actions.act import Tools
from assets_service.custody import queries
from assets_service.custody.asks import Receipt
from assets_service.custody.commands import agreed
from assets_service.custody.models import (
    Finding,
    FindingKind,
    LineState,
    Resolution,
    Shipment,
    ShipmentLine,
    ShipmentState,
)
from assets_service.custody.queries import BeyondShare, Shares
from assets_service.devices.models import Condition, Kind
from assets_service.ledger.queries import Names
from assets_service.offices.views import OfficeRef, office_ref
from assets_service.people import queries as people
from assets_service.people.views import PersonRef, person_then


class LineView(Struct):
    """One device of a shipment: as it was sent, and as the receiver found it.

    `one_sided`: who received it had sent it too, or had their role here within a week from the sender's side.
    """

    device: str
    kind: Kind
    brand: str
    model: str
    serial: str
    imei1: str | None
    imei2: str | None
    kode_barang: str | None
    nup: int | None
    state: LineState
    sent_condition: Condition
    accessories: str | None
    arrived_condition: Condition | None
    note: str | None
    one_sided: bool
    closed_at: datetime | None
    closed_by: PersonRef | None
    resolution: Resolution | None
    resolved_at: datetime | None
    resolved_by: PersonRef | None


class FindingView(Struct):
    """An extra; `device` is null for a reader who may not see that device."""

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


class ReviewedLine(Struct):
    """What a receipt says of one device, before it counts. `line` is null for a code on no line: an extra."""

    read: str
    outcome: LineState
    condition: Condition | None
    note: str | None
    line: LineView | None


class ReviewView(Struct):
    """A receipt to be looked over: what it would record, and the devices of which it says nothing."""

    said: list[ReviewedLine]
    waiting: list[LineView]


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
    """A whole shipment. `beyond_share` warns: the receiver gets more of a kind than a programme entitles it to."""

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
    beyond_share: list[BeyondShare]
    lines: list[LineView]
    findings: list[FindingView]
    documents: list[DocumentView]


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


def shipment_view(session: Session, shipment: Shipment, stamp: Stamp, shares: Shares) -> ShipmentView:
    """The whole shipment. It takes a few more selects: for the extras, for the names of who acted, for the receiver's share."""
    is_new = shipment.version == 1  # nobody has looked into the box yet
    found = [] if is_new else queries.findings_of(session, shipment.id, stamp)
    names = people.names(session, _actors(shipment, [finding for finding, _ in found]))
    return ShipmentView(
        id=shipment.id,
        number=shipment.number,
        state=shipment.state,
        from_office=office_ref(shipment.from_office),
        to_office=office_ref(shipment.to_office),
        purpose=shipment.purpose,
        note=shipment.note,
        created_at=shipment.created_at,
        created_by=person_then(shipment.created_by_id, shipment.created_at, names),
        sent_at=shipment.sent_at,
        sent_by=person_then(shipment.sent_by_id, shipment.sent_at, names),
        closed_at=shipment.closed_at,
        closed_by=person_then(shipment.closed_by_id, shipment.closed_at, names),
        closing_note=shipment.closing_note,
        version=shipment.version,
        beyond_share=shares.beyond_in(session, shipment),
        lines=[_line_view(line, names) for line in shipment.lines],
        findings=[_finding_view(finding, code, names) for finding, code in found],
        documents=[],
    )


def review_view(session: Session, shipment: Shipment, ask: Receipt, stamp: Stamp) -> ReviewView:
    """What the receipt would record, if no rule refuses it. Raises what `commands.receive` raises."""
    lines, _ = agreed(session, shipment, ask, stamp=stamp)
    said = [
        ReviewedLine(
            each.device,
            each.outcome.state,
            each.condition,
            each.note,
            _line_view(line, Names()) if line else None,
        )
        for each, line in zip(ask.lines, lines, strict=True)
    ]
    named = {line.id for line in lines if line}
    return ReviewView(
        said, [_line_view(line, Names()) for line in shipment.lines if line.is_open and line.id not in named]
    )


def shipment_result(session: Session, shipment: Shipment, stamp: Stamp, tools: Tools) -> ShipmentView:
    """The result of an act on a shipment: the shipment as it is now."""
    return shipment_view(session, shipment, stamp, tools[Shares])


def _line_view(line: ShipmentLine, names: Names) -> LineView:
    device = line.device
    return LineView(
        device=device.code,
        kind=device.kind,
        brand=device.brand,
        model=device.model,
        serial=device.serial,
        imei1=device.imei1,
        imei2=device.imei2,
        kode_barang=device.kode_barang,
        nup=device.nup,
        state=line.state,
        sent_condition=line.sent_condition,
        accessories=line.accessories,
        arrived_condition=line.arrived_condition,
        note=line.note,
        one_sided=line.one_sided,
        closed_at=line.closed_at,
        closed_by=person_then(line.closed_by_id, line.closed_at, names),
        resolution=line.resolution,
        resolved_at=line.resolved_at,
        resolved_by=person_then(line.resolved_by_id, line.resolved_at, names),
    )


def _finding_view(finding: Finding, code: str | None, names: Names) -> FindingView:
    return FindingView(
        id=finding.id,
        kind=finding.kind,
        code_read=finding.code_read,
        device=code,
        note=finding.note,
        found_at=finding.found_at,
        found_by=person_then(finding.found_by_id, finding.found_at, names),
        resolution=finding.resolution,
        resolved_at=finding.resolved_at,
        resolved_by=person_then(finding.resolved_by_id, finding.resolved_at, names),
    )


def _actors(shipment: Shipment, findings: list[Finding]) -> set[int | None]:
    return {
        shipment.created_by_id,
        shipment.sent_by_id,
        shipment.closed_by_id,
        *(person for line in shipment.lines for person in (line.closed_by_id, line.resolved_by_id)),
        *(person for finding in findings for person in (finding.found_by_id, finding.resolved_by_id)),
    }
