"""What is shown: shipments, their lines, what was found at a receipt."""

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.actions.act import Tools
from assets_service.custody import queries
from assets_service.custody.asks import NewReceipt, reason_of
from assets_service.custody.commands import agreed, state_of
from assets_service.custody.models import (
    Arrival,
    Difference,
    DifferenceKind,
    LineState,
    Movement,
    Resolution,
    Shipment,
    ShipmentLine,
    ShipmentState,
    TrackingNote,
)
from assets_service.custody.queries import BeyondShare, Shares
from assets_service.custody.views.choices import Called, Choice
from assets_service.custody.views.receipts import (
    ArrivalView,
    DifferenceView,
    actors_of,
    arrival_view,
    difference_view,
)
from assets_service.devices.models import Condition, Kind
from assets_service.ledger.queries import Names
from assets_service.offices.views import OfficeRef, office_ref
from assets_service.people import queries as people
from assets_service.people.views import PersonRef, person_then


class Standing(StrEnum):
    """How far a shipment is, in the words of those who wait for it: what is on its way may have come, and be opened in part."""

    DRAFT = "draft"
    SENT = "sent"
    ARRIVED = "arrived"
    PARTLY = "partly"
    CLOSED = "closed"
    CANCELLED = "cancelled"


def standing(state: ShipmentState, *, devices: int, waiting: int, has_arrived: bool) -> Standing:
    if state is not ShipmentState.SENT:
        return Standing(state)
    if waiting < devices:
        return Standing.PARTLY
    return Standing.ARRIVED if has_arrived else Standing.SENT


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
    accessories: list[Choice]
    accessories_note: str | None  # of shipments before there was a list
    arrived_condition: Condition | None
    arrived_accessories: list[Choice] | None  # null: as they were packed
    reason: Choice | None
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
    kind: DifferenceKind
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
    reason: Choice | None
    accessories: list[Choice] | None
    note: str | None
    photos: int
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
    movement: Movement
    devices: int
    open: int
    created_at: datetime
    sent_at: datetime | None
    expected_on: date | None
    arrived_at: datetime | None
    closed_at: datetime | None

    @property
    def standing(self) -> Standing:
        return standing(self.state, devices=self.devices, waiting=self.open, has_arrived=self.arrived_at is not None)


class TrackingNoteView(Struct):
    """What either side heard of a shipment."""

    at: datetime
    by: PersonRef | None
    note: str


class ShipmentView(Struct):
    """A whole shipment. `beyond_share` warns: the receiver gets more of a kind than a programme entitles it to."""

    id: int
    number: str
    state: ShipmentState
    from_office: OfficeRef
    to_office: OfficeRef
    movement: Movement
    return_on: date | None
    purpose: str | None
    note: str | None
    courier: str | None
    waybill: str | None
    parcels: int | None
    weight_g: int | None
    seal_no: str | None
    expected_on: date | None
    distribution: int | None
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
    arrival: ArrivalView | None
    receipts: int
    differences: list[DifferenceView]
    findings: list[FindingView]
    tracking: list[TrackingNoteView]
    documents: list[DocumentView]

    @property
    def standing(self) -> Standing:
        waiting = sum(line.state is LineState.OPEN for line in self.lines)
        return standing(self.state, devices=len(self.lines), waiting=waiting, has_arrived=self.arrival is not None)


def shipment_summary(shipment: Shipment, tally: tuple[int, int], arrival: Arrival | None = None) -> ShipmentSummary:
    return ShipmentSummary(
        id=shipment.id,
        number=shipment.number,
        state=shipment.state,
        from_office=office_ref(shipment.from_office),
        to_office=office_ref(shipment.to_office),
        purpose=shipment.purpose,
        movement=shipment.movement,
        devices=tally[0],
        open=tally[1],
        created_at=shipment.created_at,
        sent_at=shipment.sent_at,
        expected_on=shipment.expected_on,
        arrived_at=arrival.arrived_at if arrival else None,
        closed_at=shipment.closed_at,
    )


def shipment_view(session: Session, shipment: Shipment, stamp: Stamp, shares: Shares) -> ShipmentView:
    """The whole shipment. It takes a few more selects: for what the receiver said, for names, for the receiver's share."""
    is_new = shipment.version == 1  # neither side has said anything of it yet
    found = [] if is_new else queries.of_shipment(session, shipment, stamp)
    arrival = None if is_new else queries.arrival(session, shipment.id)
    pictures = queries.photos_of(session, shipment.id) if arrival else []
    notes = queries.tracking_notes(session, shipment.id) if shipment.sent_at else []
    names = people.names(session, _actors(shipment, [each for each, _ in found], arrival, notes))
    called = Called(session)
    return ShipmentView(
        id=shipment.id,
        number=shipment.number,
        state=shipment.state,
        from_office=office_ref(shipment.from_office),
        to_office=office_ref(shipment.to_office),
        movement=shipment.movement,
        return_on=shipment.return_on,
        purpose=shipment.purpose,
        note=shipment.note,
        courier=shipment.courier,
        waybill=shipment.waybill,
        parcels=shipment.parcels,
        weight_g=shipment.weight_g,
        seal_no=shipment.seal_no,
        expected_on=shipment.expected_on,
        distribution=shipment.distribution_id,
        created_at=shipment.created_at,
        created_by=person_then(shipment.created_by_id, shipment.created_at, names),
        sent_at=shipment.sent_at,
        sent_by=person_then(shipment.sent_by_id, shipment.sent_at, names),
        closed_at=shipment.closed_at,
        closed_by=person_then(shipment.closed_by_id, shipment.closed_at, names),
        closing_note=shipment.closing_note,
        version=shipment.version,
        beyond_share=shares.beyond_in(session, shipment),
        lines=[_line_view(line, names, called) for line in shipment.lines],
        arrival=arrival_view(shipment.id, arrival, pictures, names) if arrival else None,
        receipts=0 if is_new else queries.visits(session, shipment.id),
        differences=[difference_view(each, code, names, called) for each, code in found],
        findings=[_finding_view(each, code, names) for each, code in found if each.kind is DifferenceKind.EXTRA],
        tracking=[TrackingNoteView(note.at, person_then(note.by_id, note.at, names), note.note) for note in notes],
        documents=[],
    )


def review_view(session: Session, shipment: Shipment, ask: NewReceipt, stamp: Stamp) -> ReviewView:
    """What the receipt would record, if no rule refuses it. Raises what `commands.receive` raises."""
    lines = agreed(session, shipment, ask, stamp=stamp).lines
    called = Called(session)
    said = [
        ReviewedLine(
            read=each.device,
            outcome=state_of(line, each) if line else each.outcome.state,
            condition=each.condition,
            reason=called.reason(reason_of(each)),
            accessories=called.accessories(each.accessories) if each.accessories is not None else None,
            note=each.note,
            photos=len(each.photos),
            line=_line_view(line, Names(), called) if line else None,
        )
        for each, line in zip(ask.lines, lines, strict=True)
    ]
    named = {line.id for line in lines if line}
    waiting = [line for line in shipment.lines if line.is_open and line.id not in named]
    return ReviewView(said, [_line_view(line, Names(), called) for line in waiting])


def shipment_result(session: Session, shipment: Shipment, stamp: Stamp, tools: Tools) -> ShipmentView:
    """The result of an act on a shipment: the shipment as it is now."""
    return shipment_view(session, shipment, stamp, tools[Shares])


def _line_view(line: ShipmentLine, names: Names, called: Called) -> LineView:
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
        accessories=called.accessories(line.packed),
        accessories_note=line.accessories,
        arrived_condition=line.arrived_condition,
        arrived_accessories=called.accessories(line.unpacked) if line.unpacked is not None else None,
        reason=called.reason(line.reason),
        note=line.note,
        one_sided=line.one_sided,
        closed_at=line.closed_at,
        closed_by=person_then(line.closed_by_id, line.closed_at, names),
        resolution=line.resolution,
        resolved_at=line.resolved_at,
        resolved_by=person_then(line.resolved_by_id, line.resolved_at, names),
    )


def _finding_view(found: Difference, code: str | None, names: Names) -> FindingView:
    return FindingView(
        id=found.id,
        kind=found.kind,
        code_read=found.code_read,
        device=code,
        note=found.note,
        found_at=found.opened_at,
        found_by=person_then(found.opened_by_id, found.opened_at, names),
        resolution=(found.settled_note or found.outcome) if found.outcome else None,
        resolved_at=found.settled_at,
        resolved_by=person_then(found.settled_by_id, found.settled_at, names),
    )


def _actors(
    shipment: Shipment, differences: list[Difference], arrival: Arrival | None, notes: list[TrackingNote]
) -> set[int | None]:
    return {
        shipment.created_by_id,
        shipment.sent_by_id,
        shipment.closed_by_id,
        arrival.recorded_by_id if arrival else None,
        *(person for line in shipment.lines for person in (line.closed_by_id, line.resolved_by_id)),
        *(note.by_id for note in notes),
        *actors_of(differences),
    }
