"""What every act of custody writes: who answers for a device, where it is, and how a line or a shipment ends."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from assets_service.access.stamp import Stamp
from assets_service.custody.errors import NotOnItsWay
from assets_service.custody.models import LineState, Shipment, ShipmentLine, ShipmentState
from assets_service.devices.models import Device, Presence
from assets_service.kernel import rows
from assets_service.kernel.errors import Msgid
from assets_service.kernel.rows import Values
from assets_service.offices.models import Office
from assets_service.people import queries as people
from assets_service.web.language import phrase

NO_WAY: dict[str, object] = dict.fromkeys(("sent_at", "bound_for_id", "expected_on", "arrived_at"))  # it is on none


def move(session: Session, moves: Sequence[tuple[Device, Values]], to: Office | None = None) -> None:
    """Write who answers for each device and where it is. `to` is the office that these values name and the devices do not yet."""
    rows.change_each(session, [(device, {**values, "version": device.version + 1}) for device, values in moves])
    for device, values in moves:
        for relation in ("office", "bound_for", "holder"):
            if f"{relation}_id" in values and relation in device.__dict__:
                set_committed_value(device, relation, to if values[f"{relation}_id"] else None)


def back(presence: Presence) -> Values:
    """The values of a device that is no longer on its way: the sender answers as before."""
    return {"presence": presence} | NO_WAY


def off_its_way(device: Device) -> dict[str, Any]:
    """The facts of its way that an entry must end, since the device has them."""
    return {name: None for name in ("expected_on", "arrived_at") if getattr(device, name) is not None}


def closed(state: LineState | ShipmentState, stamp: Stamp) -> dict[str, object]:
    return {"state": state, "closed_at": stamp.at, "closed_by_id": stamp.actor_id}


def end_of(session: Session, shipment: Shipment, line: ShipmentLine | None = None) -> dict[str, str]:
    """Who ended the shipment, or this line of it, and when by the sender's clock."""
    ended = line or shipment
    by = people.who_and_when(session, ended.closed_by_id, ended.closed_at, shipment.from_office.timezone)
    return {"number": shipment.number, **by}


_WHY_NOT = {
    ShipmentState.DRAFT: phrase("it has not been sent yet."),
    ShipmentState.CLOSED: phrase("everything of it is confirmed."),
    ShipmentState.CANCELLED: phrase("the shipment was cancelled."),
}


def not_on_its_way(shipment: Shipment) -> NotOnItsWay:
    """The refusal of what can only be done to a shipment on its way."""
    return NotOnItsWay(number=shipment.number, why=Msgid(_WHY_NOT[shipment.state]))
