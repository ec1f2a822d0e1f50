"""What a receipt means beside custody: a loan begins or ends, and devices go over into the books of another recording unit."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.custody import queries
from assets_service.custody.events import Rebooked
from assets_service.custody.models import FormerBooking, Loan, Movement, Shipment
from assets_service.devices.commands.describing import search_text
from assets_service.devices.models import Device
from assets_service.kernel.clock import local_date
from assets_service.ledger.events import Event

BEGUN, ON_TIME, LATE = "begun", "on_time", "late"


class Lending(NamedTuple):
    """What the receipt means for loans: for each device by its id the word of it, and the day by which it is to be back."""

    said: dict[int, tuple[str, date | None]]

    def of(self, device: Device) -> tuple[str | None, date | None]:
        return self.said.get(device.id, (None, device.return_due_on))


def lend_and_take_back(session: Session, shipment: Shipment, arrived: Sequence[Device], *, stamp: Stamp) -> Lending:
    """Begin the loans of a loan's shipment; end those of devices that are received at their lender's again."""
    if shipment.movement is Movement.LOAN:
        assert shipment.return_on, "a loan has its day"
        session.add_all(
            Loan(
                device_id=device.id,
                shipment_id=shipment.id,
                lender_id=shipment.from_id,
                borrower_id=shipment.to_id,
                return_on=shipment.return_on,
                begun_at=stamp.at,
            )
            for device in arrived
        )
        session.flush()
        return Lending({device.id: (BEGUN, shipment.return_on) for device in arrived})
    lent = [device.id for device in arrived if device.return_due_on]
    loans = queries.open_loans(session, lent) if lent else {}
    said: dict[int, tuple[str, date | None]] = {}
    for device_id, loan in loans.items():
        if loan.lender_id != shipment.to_id:
            continue  # it was lent on: whoever lent it first still waits for it
        loan.returned_at, loan.return_shipment_id = stamp.at, shipment.id
        is_late = local_date(stamp.at, loan.lender.timezone) > loan.return_on
        said[device_id] = (LATE if is_late else ON_TIME, None)
    session.flush()
    return Lending(said)


def undo_loan(session: Session, shipment: Shipment, device: Device, *, stamp: Stamp) -> None:
    """The device was not in the box after all: a loan that began with it has ended, one that ended with it goes on."""
    for loan in queries.loans_touched(session, device, shipment):
        if loan.shipment_id == shipment.id:
            loan.returned_at, loan.return_shipment_id = stamp.at, shipment.id
        else:
            loan.returned_at, loan.return_shipment_id = None, None
    session.flush()


def taken_into_books(
    session: Session, shipment: Shipment, arrived: Sequence[Device], *, stamp: Stamp
) -> list[tuple[str, Event]]:
    """Take the devices of a transfer over into the receiver's books: their numbers there are still to be given."""
    books = shipment.to_office.uakpb
    if shipment.movement is not Movement.TRANSFER or books is None:
        return []
    told: list[tuple[str, Event]] = []
    for device in arrived:
        if device.uakpb == books:
            continue
        former = {"uakpb": device.uakpb, "kode_barang": device.kode_barang, "nup": device.nup}
        if any(former.values()):
            session.add(FormerBooking(device_id=device.id, shipment_id=shipment.id, until=stamp.at, **former))
        device.uakpb, device.nup = books, None
        device.search = search_text(device)
        before = {f"former_{name}": value for name, value in former.items()}
        told.append((device.code, Rebooked(shipment=shipment.number, uakpb=books, **before)))  # type: ignore[arg-type]  # the numbers above
    session.flush()
    return told
