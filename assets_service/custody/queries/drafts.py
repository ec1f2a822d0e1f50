"""The shipments that one distribution of a programme drafted."""

from collections import defaultdict

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager
from sqlalchemy.orm.attributes import set_committed_value

from assets_service.custody.models import LineState, Shipment, ShipmentLine, ShipmentState
from assets_service.custody.queries.shipments import MOVES, OFFICES
from assets_service.devices.models import Device
from assets_service.kernel.db import lock_each


def locked_drafts(session: Session, distribution_id: int) -> list[Shipment]:
    """Its shipments with their lines and devices, all locked: shipments first, then devices, each in the order of their ids."""
    mine = Shipment.distribution_id == distribution_id
    lock_each(session, Shipment, mine)
    ids = select(Shipment.id).where(mine)
    lock_each(session, Device, Device.id.in_(select(ShipmentLine.device_id).where(ShipmentLine.shipment_id.in_(ids))))
    shipments = list(session.scalars(select(Shipment).where(mine).options(*OFFICES).order_by(Shipment.id)))
    lines: dict[int, list[ShipmentLine]] = defaultdict(list)
    found = select(ShipmentLine).where(ShipmentLine.shipment_id.in_(ids)).join(ShipmentLine.device)
    for line in session.scalars(
        found.options(contains_eager(ShipmentLine.device).load_only(*MOVES)).order_by(ShipmentLine.id)
    ):
        lines[line.shipment_id].append(line)
    for shipment in shipments:
        set_committed_value(shipment, "lines", lines[shipment.id])
    return shipments


def is_draft(shipment: Shipment) -> bool:
    return shipment.state is ShipmentState.DRAFT


def is_untouched(shipment: Shipment) -> bool:
    return shipment.state is ShipmentState.DRAFT and shipment.version == 1


def states_of(session: Session, distribution_ids: list[int]) -> dict[int, dict[ShipmentState, int]]:
    """How many shipments of each distribution are in which state."""
    counted = (
        select(Shipment.distribution_id, Shipment.state, func.count())
        .where(Shipment.distribution_id.in_(distribution_ids))
        .group_by(Shipment.distribution_id, Shipment.state)
    )
    found: dict[int, dict[ShipmentState, int]] = defaultdict(dict)
    for distribution_id, state, number in session.execute(counted):
        found[distribution_id or 0][state] = number
    return found


def packed_for(session: Session, programme: str) -> dict[tuple[int, str], int]:
    """How many devices of the programme lie in drafts, by receiver and kind."""
    counted = (
        select(Shipment.to_id, Device.kind, func.count())
        .select_from(ShipmentLine)
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .join(Device, Device.id == ShipmentLine.device_id)
        .where(
            ShipmentLine.state == LineState.OPEN, Shipment.state == ShipmentState.DRAFT, Device.programme == programme
        )
        .group_by(Shipment.to_id, Device.kind)
    )
    return {(to_id, kind): number for to_id, kind, number in session.execute(counted)}
