"""What strangers write who found a device, and who took care of it."""

from hashlib import sha256

from sqlalchemy.orm import Session

from assets_service.access.stamp import WRITERS, Stamp
from assets_service.devices.identifiers import read_code
from assets_service.devices.models import Device
from assets_service.kernel.errors import Forbidden, TooMany
from assets_service.labelling import queries
from assets_service.labelling.asks import FinderNote
from assets_service.labelling.events import FinderAnswered, FinderWrote
from assets_service.labelling.models import FinderMessage
from assets_service.ledger.commands import record
from assets_service.signing_in.commands import count_try

MESSAGES_PER_CODE_MAX = 5
MESSAGES_UNKNOWN_MAX = 30


def code_read(_session: Session, code: str, _stamp: Stamp) -> str:
    """The code in the address of a finder's note; anything may stand there."""
    return code


def write_finder(session: Session, code: str, ask: FinderNote, *, stamp: Stamp) -> None:
    """Keep what a finder wrote. Nothing tells them whether the code is known. Raises `TooMany`."""
    label = read_code(code)
    key = label.code if label else code[:40].upper()
    # One of 65,536 counters: strangers choose the codes, so they must not choose how many rows are kept.
    count_try(session, f"finder/{sha256(key.encode()).hexdigest()[:4]}", at=stamp.at, most=MESSAGES_PER_CODE_MAX)
    device = queries.device_of_code(session, label.code) if label else None
    if label is None or (device is None and not _has_room_for_unknown(session, stamp)):
        return
    written = FinderMessage(
        code=label.code,
        device_id=device.id if device else None,
        message=ask.message.strip(),
        contact=ask.contact.strip(),
        at=stamp.at,
    )
    session.add(written)
    session.flush()
    record(session, FinderWrote(message=written.id), subject=_subject(written, device), stamp=stamp)


def answer_finder(session: Session, written: FinderMessage, *, stamp: Stamp) -> None:
    """Record who of the office took care of a message; the first one is kept. Raises `Forbidden`."""
    path = written.device.office.path if written.device else "/00/"
    if not stamp.may(path, *WRITERS):
        raise Forbidden
    if written.handled_at:
        return
    written.handled_at, written.handled_by_id = stamp.at, stamp.actor_id
    record(session, FinderAnswered(message=written.id), subject=_subject(written, written.device), stamp=stamp)


def _has_room_for_unknown(session: Session, stamp: Stamp) -> bool:
    try:
        count_try(session, "finder/unknown", at=stamp.at, most=MESSAGES_UNKNOWN_MAX)
    except TooMany:
        return False
    return True


def _subject(written: FinderMessage, device: Device | None) -> str:
    return device.code if device else f"finder/{written.id}"
