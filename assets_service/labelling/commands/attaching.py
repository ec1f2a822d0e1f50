"""Attaching: the first scan on site says that the label is on the device."""

from sqlalchemy.orm import Session

from assets_service.access.stamp import WRITERS, Stamp
from assets_service.devices.errors import Retired
from assets_service.devices.identifiers import LabelRef, read_code
from assets_service.devices.models import Device, Presence
from assets_service.kernel.errors import Forbidden, invalid
from assets_service.labelling import queries
from assets_service.labelling.asks import Attachment
from assets_service.labelling.events import LabelAttached
from assets_service.ledger.commands import record


def attach(session: Session, device: Device, ask: Attachment, *, stamp: Stamp) -> None:
    """Record that the label is on the device; only its first scan counts. Raises `Forbidden`, `Retired`, `Invalid`.

    Later scans, and scans of an old label, change nothing.
    """
    if not stamp.may(device.office.path, *WRITERS):
        raise Forbidden
    if device.presence is Presence.WRITTEN_OFF:
        raise Retired(code=device.code)
    label = _label(device, ask)
    if device.label_attached_at or queries.is_superseded(device, label.version, code=label.code):
        return
    device.label_attached_at = stamp.at
    device.version += 1
    event = LabelAttached(label_version=device.label_version, label_attached_at=stamp.at)
    record(session, event, subject=device.code, stamp=stamp)


def _label(device: Device, ask: Attachment) -> LabelRef:
    """The label that was scanned, or else the device's newest one."""
    if not ask.scanned:
        return LabelRef(device.code, device.label_version)
    label = read_code(ask.scanned)
    if label is None:
        raise invalid("scanned", "This is not a label code.")
    return label
