"""What the labels and papers of a shipment's devices may be read as: for the page that matches what a gun reads."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_service.custody.models import ShipmentLine
from assets_service.devices.models import Device, LabelCode


def names_of_devices(session: Session, shipment_id: int) -> dict[str, list[str]]:
    """Of each device on the shipment, by its code: every label code that leads to it, its serial number and its IMEIs."""
    mine = select(ShipmentLine.device_id).where(ShipmentLine.shipment_id == shipment_id)
    names: dict[str, list[str]] = defaultdict(list)
    devices = session.execute(select(Device.code, Device.serial, Device.imei1, Device.imei2).where(Device.id.in_(mine)))
    for code, *others in devices:
        names[code] += [code, *filter(None, others)]
    claimed = select(Device.code, LabelCode.code).join(Device, Device.id == LabelCode.device_id)
    for code, label in session.execute(claimed.where(Device.id.in_(mine), LabelCode.code != Device.code)):
        names[code].append(label)
    return names
