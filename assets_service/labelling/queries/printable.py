"""Which devices a print run may mean, and what each needs to be known of."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from assets_service.access.stamp import Stamp
from assets_service.custody.models import Shipment, ShipmentLine
from assets_service.custody.queries import visible_to as shipments_visible_to
from assets_service.devices.models import Device, Import, Presence
from assets_service.devices.queries import named_each
from assets_service.devices.queries import visible_to as devices_visible_to
from assets_service.kernel.errors import invalid
from assets_service.labelling.models import PrintedLabel
from assets_service.offices.models import Office

_CHUNK = 500
_IMPORTS_SHOWN = 10


class Printable(Struct, frozen=True):
    """A device that a label may be printed for. `is_printed`: a label of it was handed out before."""

    device_id: int
    code: str
    office_path: str
    presence: Presence
    label_version: int
    is_printed: bool


_issued = aliased(PrintedLabel)
is_printed = exists().where(_issued.code == Device.code, _issued.issued_at.is_not(None)).correlate(Device)


def printable_by_codes(session: Session, names: Sequence[str], stamp: Stamp) -> list[Printable]:
    """The devices of these label codes and other numbers, in the same order. Raises `Invalid` and `Ambiguous` naming each that is refused."""
    ids = named_each(session, names, stamp)
    found: dict[int, Printable] = {}
    for start in range(0, len(ids), _CHUNK):
        part = devices_visible_to(stamp).where(Device.id.in_(ids[start : start + _CHUNK]))
        found |= {each.device_id: each for each in (Printable(*row) for row in session.execute(_printable(part)))}
    return [found[id_] for id_ in ids]


def printable_matching(
    session: Session, found: Select[Device], *, unprinted: bool, limit: int
) -> tuple[list[Printable], int]:
    """The devices in use that match, office by office and up to `limit`; and how many there are in all."""
    found = found.where(Device.presence != Presence.WRITTEN_OFF)
    if unprinted:
        found = found.where(~is_printed)
    total = session.scalar(select(func.count()).select_from(found.with_only_columns(Device.id).subquery())) or 0
    rows = session.execute(_printable(found).order_by(Office.path, Device.id).limit(limit))
    return [Printable(*row) for row in rows], total


def _printable(found: Select[Device]) -> Select[int, str, str, Presence, int, bool]:
    return found.join(Office, Office.id == Device.office_id).with_only_columns(
        Device.id, Device.code, Office.path, Device.presence, Device.label_version, is_printed
    )


def in_shipment(session: Session, shipment_id: int, stamp: Stamp) -> ColumnElement[bool]:
    """A clause for the devices of a shipment. Raises `Invalid` for a shipment that cannot be seen."""
    visible = shipments_visible_to(stamp).where(Shipment.id == shipment_id).with_only_columns(Shipment.id)
    if session.scalar(visible) is None:
        raise invalid("shipment", "There is no shipment {it} that you can see.", it=shipment_id)
    return Device.id.in_(select(ShipmentLine.device_id).where(ShipmentLine.shipment_id == shipment_id))


class ImportSeen(Struct, frozen=True):
    """An import, by its number, and how many devices in scope it registered."""

    number: int
    at: datetime
    devices: int


def recent_imports(session: Session, stamp: Stamp) -> list[ImportSeen]:
    """The newest imports that registered devices in scope."""
    found = devices_visible_to(stamp).join(Import, Import.id == Device.import_id).group_by(Import.id, Import.made_at)
    rows = session.execute(
        found.with_only_columns(Import.id, Import.made_at, func.count())
        .order_by(Import.id.desc())
        .limit(_IMPORTS_SHOWN)
    )
    return [ImportSeen(*row) for row in rows]
