"""What is shown: loans, former numbers, successions, clearances."""

from datetime import date, datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.actions.act import Tools
from assets_service.custody import queries
from assets_service.custody.models import Cause, FormerBooking, Loan, Seen, Succession
from assets_service.devices.models import Condition, Device, Kind
from assets_service.offices.views import OfficeRef, office_ref
from assets_service.people import queries as people
from assets_service.people.models import Person
from assets_service.people.views import PersonRef, person_then


class LoanView(Struct):
    """A device at another office for a while."""

    shipment: int
    lender: OfficeRef
    borrower: OfficeRef
    return_on: date
    begun_at: datetime
    returned_at: datetime | None


class FormerBookingView(Struct):
    """The numbers that a device had in the books of another recording unit."""

    uakpb: str | None
    kode_barang: str | None
    nup: int | None
    until: datetime
    shipment: int


class SuccessionItemView(Struct):
    device: str
    kind: Kind
    brand: str
    model: str
    serial: str
    seen: Seen
    condition: Condition | None
    note: str | None


class SuccessionView(Struct):
    """One person followed another; `of_head`: as head of the office, who answers for all its devices."""

    id: int
    office: OfficeRef
    leaver: PersonRef
    successor: PersonRef
    cause: Cause
    of_head: bool
    witnesses: list[PersonRef]
    note: str | None
    at: datetime
    by: PersonRef | None
    lines: list[SuccessionItemView]


class ClearanceView(Struct):
    """Whether nothing is left that a person answers for, and when that was recorded."""

    person: PersonRef
    left: list[str]  # codes of devices
    cleared_at: list[datetime]


def loan_view(loan: Loan) -> LoanView:
    return LoanView(
        loan.shipment_id,
        office_ref(loan.lender),
        office_ref(loan.borrower),
        loan.return_on,
        loan.begun_at,
        loan.returned_at,
    )


def loan_views(session: Session, device: Device) -> list[LoanView]:
    return [loan_view(loan) for loan in queries.loans_of(session, device)]


def former_views(session: Session, device: Device) -> list[FormerBookingView]:
    return [_former_view(row) for row in queries.former_bookings(session, device)]


def _former_view(row: FormerBooking) -> FormerBookingView:
    return FormerBookingView(row.uakpb, row.kode_barang, row.nup, row.until, row.shipment_id)


def succession_view(session: Session, row: Succession) -> SuccessionView:
    persons = [row.leaver_id, row.successor_id, row.by_id, row.witness1_id, row.witness2_id]
    names = people.names(session, persons)

    def then(person_id: int | None) -> PersonRef | None:
        return person_then(person_id, row.at, names)

    return SuccessionView(
        id=row.id,
        office=office_ref(row.office),
        leaver=then(row.leaver_id) or PersonRef(row.leaver_id, ""),
        successor=then(row.successor_id) or PersonRef(row.successor_id, ""),
        cause=row.cause,
        of_head=row.of_head,
        witnesses=[person for person in map(then, (row.witness1_id, row.witness2_id)) if person],
        note=row.note,
        at=row.at,
        by=then(row.by_id),
        lines=[
            SuccessionItemView(
                device=item.device.code,
                kind=item.device.kind,
                brand=item.device.brand,
                model=item.device.model,
                serial=item.device.serial,
                seen=item.seen,
                condition=item.condition,
                note=item.note,
            )
            for item in queries.items_of(session, row)
        ],
    )


def succession_result(session: Session, row: Succession, _stamp: Stamp, _tools: Tools) -> SuccessionView:
    return succession_view(session, row)


def clearance_view(session: Session, person: Person) -> ClearanceView:
    return ClearanceView(
        PersonRef(person.id, person.name),
        [device.code for device in queries.devices_answered_for(session, person)],
        [row.at for row in queries.clearances(session, person)],
    )


def clearance_result(session: Session, person: Person, _stamp: Stamp, _tools: Tools) -> ClearanceView:
    return clearance_view(session, person)
