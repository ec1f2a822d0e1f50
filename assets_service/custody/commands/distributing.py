"""Many shipments at once: drafted, sent or undone in one act, each device with its own entry."""

from collections.abc import Sequence

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from assets_service.access.stamp import Stamp
from assets_service.custody.commands.sending import call_back, depart, drafted, line_values
from assets_service.custody.models import Movement, Shipment, ShipmentLine, ShipmentState
from assets_service.devices.models import Device
from assets_service.kernel import rows
from assets_service.ledger.commands import record_each
from assets_service.offices.models import Office

Pack = tuple[Office, list[tuple[Device, list[str]]]]  # the receiver, and each device with its accessories


def draft_each(
    session: Session, distribution_id: int, sender: Office, packs: Sequence[Pack], *, purpose: str | None, stamp: Stamp
) -> list[Shipment]:
    """One draft for each receiver. The devices were locked and judged by whoever chose them."""
    shipments = rows.add_each(
        session,
        Shipment,
        [
            {
                "from_id": sender.id,
                "to_id": to.id,
                "movement": Movement.DISTRIBUTION,
                "purpose": purpose,
                "distribution_id": distribution_id,
                "state": ShipmentState.DRAFT,
                "created_at": stamp.at,
                "created_by_id": stamp.actor_id,
                "version": 1,
            }
            for to, _ in packs
        ],
    )
    packed = [(shipment, to, each) for shipment, (to, pack) in zip(shipments, packs, strict=True) for each in pack]
    for shipment, (to, _) in zip(shipments, packs, strict=True):
        set_committed_value(shipment, "from_office", sender)
        set_committed_value(shipment, "to_office", to)
    lines = rows.add_each(session, ShipmentLine, [line_values(shipment, *each) for shipment, _, each in packed])
    told = [
        (device.code, drafted(shipment, line)) for (shipment, _, (device, _)), line in zip(packed, lines, strict=True)
    ]
    record_each(session, told, stamp=stamp)
    return shipments


def send_drafts(session: Session, shipments: Sequence[Shipment], *, stamp: Stamp) -> None:
    """Put all of these on their way, or none. Raises what `dispatch` raises."""
    told = [each for shipment in shipments for each in depart(session, shipment, None, stamp)]
    if told:
        record_each(session, told, stamp=stamp)


def undo_drafts(session: Session, shipments: Sequence[Shipment], *, stamp: Stamp) -> None:
    """Cancel all of these, which nobody has touched since they were drafted."""
    told = [each for shipment in shipments for each in call_back(session, shipment, None, stamp)]
    if told:
        record_each(session, told, stamp=stamp)
