"""What else was in a box."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from assets_service.access.stamp import Stamp
from assets_service.custody.errors import NoSuchFinding
from assets_service.custody.models import Finding
from assets_service.custody.queries.shipments import locked
from assets_service.devices import queries as devices
from assets_service.devices.models import Device
from assets_service.kernel.db import locking

_FINDINGS = select(Finding).where(Finding.shipment_id == bindparam("shipment_id")).order_by(Finding.id)


def findings_of(session: Session, shipment_id: int, stamp: Stamp) -> list[tuple[Finding, str | None]]:
    """The extras of a shipment, each with the code of its device if the stamp may see that device."""
    rows = session.execute(_FINDINGS, {"shipment_id": shipment_id}).all()
    seen = {finding.device_id for (finding,) in rows if finding.device_id}
    if not seen:
        return [(finding, None) for (finding,) in rows]
    mine = devices.visible_to(stamp).where(Device.id.in_(seen)).with_only_columns(Device.id, Device.code)
    codes = dict(session.execute(mine).all())
    return [(finding, codes.get(finding.device_id or 0)) for (finding,) in rows]


def locked_finding(session: Session, shipment_id: int, finding_id: int, stamp: Stamp) -> Finding:
    """The finding to be resolved, locked after its shipment. Raises `NoSuchShipment` and `NoSuchFinding`."""
    shipment = locked(session, shipment_id, stamp)
    found = session.scalar(
        locking(select(Finding).where(Finding.id == finding_id, Finding.shipment_id == shipment_id), Finding)
    )
    if found is None:
        raise NoSuchFinding
    set_committed_value(found, "shipment", shipment)
    return found
