"""The devices that somebody wants to send, as they stand and where they go."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased, contains_eager, load_only

from assets_service.access.stamp import Stamp
from assets_service.custody.models import LineState, Shipment, ShipmentLine, number_of
from assets_service.custody.queries.shipments import MOVES, OFFICE
from assets_service.devices import queries as devices
from assets_service.devices.identifiers import no_such_device
from assets_service.devices.models import Device
from assets_service.kernel.db import lock_each
from assets_service.kernel.errors import Invalid
from assets_service.offices.models import NATIONAL, Office

_TO = aliased(Office)
_PACKABLE = (
    select(Device, _TO, Shipment.id, Shipment.created_at)
    .join(Device.office)
    .join(_TO, _TO.code == bindparam("to"))
    .options(load_only(*MOVES), contains_eager(Device.office).load_only(*OFFICE))
    .options(load_only(_TO.code, _TO.name, _TO.path, _TO.timezone, _TO.uakpb))
    .outerjoin(ShipmentLine, (ShipmentLine.device_id == Device.id) & (ShipmentLine.state == LineState.OPEN))
    .outerjoin(Shipment, Shipment.id == ShipmentLine.shipment_id)
    .where(devices.IS_REGISTERED)
)
_WITH_IDS = Device.id.in_(bindparam("asked", expanding=True))
_BY_IDS = _PACKABLE.where(_WITH_IDS)


class Packable(Struct):
    """A device that somebody wants to send, its destination, and the number of the shipment on whose open line it already is."""

    device: Device
    to: Office
    on: str | None


def packable(session: Session, names: Sequence[str], ids: list[int], to_office: str, stamp: Stamp) -> list[Packable]:
    """The visible devices with these ids, locked, in the same order; none if there is no such destination.

    Raises `Invalid` naming, as it was named, each that has gone out of sight before it was locked.
    """
    lock_each(session, Device, _WITH_IDS, asked=ids)
    visible: Any = devices.seen_once(_BY_IDS, stamp)
    found = {
        device.id: Packable(device, to, number_of(shipment_id, created_at) if shipment_id else None)
        for device, to, shipment_id, created_at in session.execute(visible, {"asked": ids, "to": to_office})
    }
    gone = [no_such_device(names, place) for place, id_ in enumerate(ids) if id_ not in found]
    if found and gone:
        raise Invalid(*gone)
    return [found[id_] for id_ in ids] if found else []


def visible(session: Session, names: Sequence[str], stamp: Stamp) -> list[Packable]:
    """The devices that a body names, locked, whatever their destination. Raises `Invalid` and `Ambiguous` naming each that is refused."""
    return packable(session, names, devices.named_each(session, names, stamp), NATIONAL, stamp)
