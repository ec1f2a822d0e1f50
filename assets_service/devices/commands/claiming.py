"""Claiming the code of a blank label: from then on it leads to a device."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from assets_service.access.stamp import REGISTRARS, Stamp
from assets_service.devices import queries
from assets_service.devices.asks import CodeClaim
from assets_service.devices.errors import BlankOfAnother, CodeTaken, NoSuchBlank, Retired
from assets_service.devices.events import CodeClaimed
from assets_service.devices.identifiers import NO_LABEL_CODE, read_code
from assets_service.devices.models import Device, LabelCode, Presence
from assets_service.kernel.errors import Forbidden, Invalid
from assets_service.ledger.commands import record
from assets_service.offices.models import Office


def claim_code(session: Session, device: Device, ask: CodeClaim, *, stamp: Stamp) -> None:
    """Let a blank label lead to this device as well.

    Raises `Forbidden`, `Retired`, `NoSuchBlank`, `BlankOfAnother`, `CodeTaken`.
    """
    if not stamp.may(device.office.path, *REGISTRARS):
        raise Forbidden
    must_be_in_use(device)
    blank = read_blank(ask.code)
    must_be_blank(session, blank, device.office, stamp)
    claim(session, device, blank, stamp=stamp)
    device.version += 1
    record(session, CodeClaimed(code=blank), subject=device.code, stamp=stamp)


def claim(session: Session, device: Device, code: str, *, stamp: Stamp) -> None:
    """The database decides who is first: only a code without a device can be taken."""
    taken = session.execute(
        update(LabelCode)
        .where(LabelCode.code == code, LabelCode.device_id.is_(None))
        .values(device_id=device.id, claimed_at=stamp.at)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise CodeTaken(code=code)


def must_be_blank(session: Session, code: str, at: Office, stamp: Stamp) -> None:
    """Printed for the office `at` or one above it, and without a device. Raises `NoSuchBlank`, `BlankOfAnother`, `CodeTaken`."""
    label = session.get(LabelCode, code)
    if label is None:
        raise NoSuchBlank(code=code)
    if label.device_id is not None:
        raise CodeTaken(code=code)
    printed_for = queries.printed_for(session, label)
    if printed_for and not at.path.startswith(printed_for.path):
        if not queries.may_meet(printed_for, stamp):
            raise NoSuchBlank(code=code)
        raise BlankOfAnother(code=code, office=printed_for.name)


def read_blank(text: str) -> str:
    label = read_code(text)
    if label is None:
        raise Invalid(NO_LABEL_CODE)
    return label.code


def must_be_in_use(device: Device) -> None:
    if device.presence is Presence.WRITTEN_OFF:
        raise Retired(code=device.code)
