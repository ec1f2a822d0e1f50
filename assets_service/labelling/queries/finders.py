"""Every select of finders' messages, and of the labels that people on site read."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from assets_service.access.stamp import WRITERS, Stamp
from assets_service.devices.models import Device, LabelCode
from assets_service.devices.queries import IS_REGISTERED
from assets_service.devices.queries import visible_to as devices_visible_to
from assets_service.kernel.db import locking
from assets_service.labelling.errors import NoSuchMessage
from assets_service.labelling.models import FinderMessage
from assets_service.offices.models import NATIONAL
from assets_service.offices.queries import ids_in_scope, sees_all


def is_superseded(device: Device, version: int | None, *, code: str | None = None) -> bool:
    """Whether a scanned label is older than the device's newest ("label lama").

    A label with another code (`code` is what was scanned) was a blank; blanks are never reprinted, so it is never old.
    """
    if code is not None and code != device.code:
        return False
    return (version or 1) < device.label_version


def device_of_code(session: Session, code: str) -> Device | None:
    """The device of a label's code, whoever asks, for a finder has no scope. It is never shown to them."""
    return session.scalar(
        select(Device).join(LabelCode, LabelCode.device_id == Device.id).where(LabelCode.code == code, IS_REGISTERED)
    )


def messages(
    session: Session, stamp: Stamp, *, is_open: bool | None = None, before: int | None = None, limit: int
) -> tuple[list[FinderMessage], int]:
    """The visible messages, newest first and one more than `limit` when there are more, and how many there are in all."""
    found = _messages_visible_to(stamp)
    if is_open is not None:
        found = found.where(FinderMessage.handled_at.is_(None) if is_open else FinderMessage.handled_at.is_not(None))
    total = session.scalar(select(func.count()).select_from(found.with_only_columns(FinderMessage.id).subquery())) or 0
    if before:
        found = found.where(FinderMessage.id < before)
    return list(session.scalars(found.order_by(FinderMessage.id.desc()).limit(limit + 1))), total


def waiting(session: Session, stamp: Stamp) -> int:
    """How many messages nobody has taken care of yet that the stamp can answer."""
    found = select(func.count()).select_from(FinderMessage).where(FinderMessage.handled_at.is_(None))
    if not stamp.may(f"/{NATIONAL}/", *WRITERS):
        found = found.join(FinderMessage.device).where(Device.office_id.in_(ids_in_scope(stamp, *WRITERS)))
    return session.scalar(found) or 0


def locked_message(session: Session, message_id: int, stamp: Stamp) -> FinderMessage:
    """The message to be answered, its row locked. Raises `NoSuchMessage`."""
    found = _messages_visible_to(stamp).where(FinderMessage.id == message_id)
    one = session.scalar(locking(found, FinderMessage))
    if one is None:
        raise NoSuchMessage
    return one


def _messages_visible_to(stamp: Stamp) -> Select[FinderMessage]:
    """A select of the messages about devices in scope; those about no known device are the national office's."""
    found = select(FinderMessage).options(joinedload(FinderMessage.device).joinedload(Device.office))
    if sees_all(stamp):
        return found
    return found.where(FinderMessage.device_id.in_(devices_visible_to(stamp).with_only_columns(Device.id)))
