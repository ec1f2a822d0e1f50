"""Where what was received is not what was sent: opened by a receipt, settled by somebody of neither side."""

from collections.abc import Sequence

from msgspec import UNSET
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.custody import queries
from assets_service.custody.asks import FindingResolution, NewSettlement, ReceiptLine, reason_of
from assets_service.custody.commands.crossing import send_back, take_over
from assets_service.custody.commands.visiting import subject
from assets_service.custody.errors import AlreadySettled, NotBothSides, OneOfTheParties
from assets_service.custody.events import Extra, Settled
from assets_service.custody.models import (
    CODE_READ_MAX,
    SETTLEMENTS,
    Difference,
    DifferenceKind,
    LineState,
    Outcome,
    Receipt,
    Resolution,
    Settlement,
    Shipment,
    ShipmentLine,
)
from assets_service.devices import queries as devices
from assets_service.devices.models import Condition, Device, Presence
from assets_service.kernel.errors import FieldProblem, Invalid
from assets_service.ledger.commands import record_each
from assets_service.ledger.events import Event
from assets_service.people import queries as people

_WORSE = (Condition.GOOD, Condition.LIGHT, Condition.HEAVY)
_RESOLUTIONS = {Settlement.FOUND: Resolution.FOUND, Settlement.LOST: Resolution.LOST}
_PRESENCE = {Settlement.FOUND: Presence.PRESENT, Settlement.LOST: Presence.LOST}


def kind_of_difference(said: ReceiptLine, line: ShipmentLine | None) -> DifferenceKind | None:
    """What differs in what the receiver says of one device, or None."""
    if line is None:
        return DifferenceKind.EXTRA
    if said.outcome is Outcome.SHORT:
        return DifferenceKind.SHORT
    if said.outcome is Outcome.DECLINED:
        return DifferenceKind.DECLINED
    is_worse = said.condition is not None and _WORSE.index(said.condition) > _WORSE.index(line.sent_condition)
    return DifferenceKind.DAMAGED if is_worse else None


def read_as(code: str) -> str:
    """What was read of an extra, as it is kept."""
    return code.strip()[:CODE_READ_MAX]


def open_differences(
    session: Session,
    receipt: Receipt,
    said: Sequence[tuple[ReceiptLine, ShipmentLine | None, int | None]],
    *,
    stamp: Stamp,
) -> list[tuple[str, Event]]:
    """Open a difference for each line that needs one; extras are told besides, in the chain of the device or else of the shipment."""
    shipment = receipt.shipment
    extras = [device_id for _, line, device_id in said if line is None and device_id]
    codes = devices.codes_of(session, extras) if extras else {}
    told: list[tuple[str, Event]] = []
    for each, line, device_id in said:
        kind = kind_of_difference(each, line)
        if kind is None:
            continue
        read = read_as(each.device) if line is None else line.device.code
        opened = Difference(
            kind=kind,
            shipment_id=shipment.id,
            receipt_id=receipt.id,
            device_id=line.device_id if line else device_id,
            code_read=read,
            reason=reason_of(each),
            note=each.note,
            stated_outcome=None if line else each.outcome,
            stated_condition=None if line else each.condition,
            opened_at=stamp.at,
            opened_by_id=stamp.actor_id,
        )
        session.add(opened)
        if line is None:
            extra = Extra(
                shipment=shipment.number,
                at_office=shipment.to_office.code,
                code_read=read,
                remark=each.note,
                receipt=receipt.number,
                cause=reason_of(each) or UNSET,
                stated_outcome=each.outcome,
                stated_condition=each.condition or UNSET,
            )
            told.append((codes[device_id] if device_id else subject(shipment), extra))
    session.flush()
    return told


def settle(session: Session, found: Difference, ask: NewSettlement, *, stamp: Stamp) -> Shipment:
    """Say how a difference ends.

    Raises `NotBothSides`, `OneOfTheParties`, `AlreadySettled`, `CannotBeTransferred`, `CannotBeReturned`, `Invalid`.
    """
    shipment = found.shipment
    must_settle(session, shipment, stamp)
    if found.settled_at is not None:
        zone = shipment.to_office.timezone
        raise AlreadySettled(**people.who_and_when(session, found.settled_by_id, found.settled_at, zone))
    _refuse_unfit(session, found, ask)
    moved = take_over(session, found, stamp=stamp) if ask.outcome is Settlement.TRANSFERRED else []
    if (found.kind, ask.outcome) == (DifferenceKind.DAMAGED, Settlement.RETURNED):
        send_back(session, found, stamp=stamp)
    presence = _whereabouts(session, found, ask.outcome) if found.kind is DifferenceKind.SHORT else None
    settled = close(session, found, ask.outcome, ask.reason, ask.note, stamp=stamp, presence=presence)
    record_each(session, [settled, *moved], stamp=stamp)
    return shipment


def resolve_finding(session: Session, found: Difference, ask: FindingResolution, *, stamp: Stamp) -> Shipment:
    """Settle an extra by its older name: what became of it is recorded in words, and nothing is moved. Raises as `settle`."""
    ended = NewSettlement(outcome=Settlement.RECORDED, reason="other", note=ask.note)
    return settle(session, found, ended, stamp=stamp)


def must_settle(session: Session, shipment: Shipment, stamp: Stamp) -> None:
    """Refuse who has no rights over both sides, and who is of one of them. Raises `NotBothSides`, `OneOfTheParties`."""
    if not queries.has_both_sides(stamp, shipment):
        raise NotBothSides(sender=shipment.from_office.name, receiver=shipment.to_office.name)
    if stamp.actor_id in queries.parties(session, shipment):
        raise OneOfTheParties(number=shipment.number)


def close(
    session: Session,
    found: Difference,
    outcome: Settlement,
    reason: str,
    note: str | None,
    *,
    stamp: Stamp,
    presence: Presence | None = None,
) -> tuple[str, Event]:
    """Write how the difference ended; returns what is told of it, and where."""
    end(session, found, outcome, reason, note, stamp=stamp)
    codes = devices.codes_of(session, [found.device_id]) if found.device_id else {}
    told = Settled(
        shipment=found.shipment.number,
        difference=found.kind,
        code_read=found.code_read,
        outcome=outcome,
        cause=reason,
        remark=note,
        presence=presence or UNSET,
    )
    return codes.get(found.device_id or 0, subject(found.shipment)), told


def end(
    session: Session, found: Difference, outcome: Settlement, reason: str, note: str | None, *, stamp: Stamp
) -> None:
    """Write how the difference ended, and on the line of a device that was not in the box what became of it."""
    found.outcome, found.settled_reason, found.settled_note = outcome, reason, note
    found.settled_at, found.settled_by_id = stamp.at, stamp.actor_id
    if found.kind is DifferenceKind.SHORT and outcome in _RESOLUTIONS:
        line = queries.line_of(session, found)
        if line.state is LineState.SHORT:
            line.resolution, line.resolved_at, line.resolved_by_id = _RESOLUTIONS[outcome], stamp.at, stamp.actor_id
    session.flush()


def _whereabouts(session: Session, found: Difference, outcome: Settlement) -> Presence | None:
    """Write where a device is that was not in the box; None if that was known already."""
    device = session.get_one(Device, found.device_id)
    if device.presence is not Presence.NOT_FOUND:
        return None
    device.presence = _PRESENCE[outcome]
    device.version += 1
    return device.presence


def _refuse_unfit(session: Session, found: Difference, ask: NewSettlement) -> None:
    """Refuse an outcome that this kind of difference cannot have, and a reason that is not of it. Raises `Invalid`."""
    problems = []
    if ask.outcome not in SETTLEMENTS[found.kind]:
        problems.append(FieldProblem("/outcome", "A difference of this kind cannot end like this."))
    reason = queries.reasons_for(session, found.kind).get(ask.reason)
    if reason is None:
        problems.append(FieldProblem("/reason", "This reason does not fit the outcome."))
    elif reason.needs_note and not (ask.note and ask.note.strip()):
        problems.append(FieldProblem("/note", "Say in a few words what is the matter."))
    if ask.outcome is Settlement.TRANSFERRED and not found.device_id:
        problems.append(FieldProblem("/outcome", "The register knows no device behind this code."))
    if problems:
        raise Invalid(*problems)
