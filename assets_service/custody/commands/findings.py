"""Extra devices in a box: recorded as a finding, resolved later. A finding changes nobody's custody."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from assets_service.access.stamp import WRITERS, Stamp
from assets_service.custody.asks import FindingResolution, ReceiptLine
from assets_service.custody.errors import FindingResolved
from assets_service.custody.events import Extra, ExtraResolved
from assets_service.custody.models import CODE_READ_MAX, Finding, FindingKind, Shipment
from assets_service.devices import queries as devices
from assets_service.kernel.errors import Forbidden
from assets_service.ledger.commands import record
from assets_service.ledger.events import Event
from assets_service.people import queries as people


def keep_extras(
    session: Session, shipment: Shipment, extras: Sequence[tuple[ReceiptLine, int | None]], *, stamp: Stamp
) -> list[tuple[str, Event]]:
    """Record extras as findings, in the ledger of the device each code leads to, or else in the shipment's own."""
    codes = devices.codes_of(session, [device_id for _, device_id in extras if device_id]) if extras else {}
    told: list[tuple[str, Event]] = []
    for said, device_id in extras:
        read = said.device.strip()[:CODE_READ_MAX]
        session.add(
            Finding(
                kind=FindingKind.EXTRA,
                shipment_id=shipment.id,
                office_id=shipment.to_id,
                device_id=device_id,
                code_read=read,
                note=said.note,
                found_at=stamp.at,
                found_by_id=stamp.actor_id,
            )
        )
        extra = Extra(shipment=shipment.number, at_office=shipment.to_office.code, code_read=read, remark=said.note)
        told.append((codes[device_id] if device_id else subject(shipment), extra))
    return told


def subject(shipment: Shipment) -> str:
    """The shipment's own chain, for an extra that belongs to no device: a code in the box that nobody knows."""
    return f"shipment/{shipment.id}"


def resolve_finding(session: Session, found: Finding, ask: FindingResolution, *, stamp: Stamp) -> Shipment:
    """Say what became of an extra. Raises `Forbidden` and `FindingResolved`."""
    shipment = found.shipment
    if not stamp.may(shipment.to_office.path, *WRITERS):
        raise Forbidden
    if found.resolved_at is not None:
        by = people.who_and_when(session, found.resolved_by_id, found.resolved_at, shipment.to_office.timezone)
        raise FindingResolved(time=by["time"])
    found.resolution, found.resolved_at, found.resolved_by_id = ask.note, stamp.at, stamp.actor_id
    codes = devices.codes_of(session, [found.device_id]) if found.device_id else {}
    resolved = ExtraResolved(shipment=shipment.number, code_read=found.code_read, remark=ask.note)
    record(session, resolved, subject=codes.get(found.device_id or 0, subject(shipment)), stamp=stamp)
    return shipment
