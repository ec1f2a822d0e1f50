"""Every write of actions: claiming an id, and keeping the result of its act."""

from typing import cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.actions.errors import ActionReused, ActionUnderWay
from assets_service.actions.models import Action
from assets_service.kernel import rows

_ACTIONS = cast("Table", Action.__table__)
_EARLIER = select(_ACTIONS.c.person_id, _ACTIONS.c.act, _ACTIONS.c.content_hash, _ACTIONS.c.result).where(
    _ACTIONS.c.id == bindparam("of")
)
_KEEP = update(_ACTIONS).where(_ACTIONS.c.id == bindparam("of")).values(result=bindparam("result"))


def claim(session: Session, stamp: Stamp, act: str, content_hash: str) -> bytes | None:
    """Take the action id for this transaction, or give back the result that its act already had.

    Raises `ActionReused` when the id stands for something else or another person, and `ActionUnderWay`.
    """
    new = {
        "id": stamp.action_id,
        "person_id": stamp.actor_id,
        "act": act,
        "content_hash": content_hash,
        "result": None,
        "created_at": stamp.at,
    }
    if rows.add_once(session, Action, new):
        return None
    result = kept(session, stamp, content_hash)
    if result is None:
        raise ActionUnderWay
    return result


def kept(session: Session, stamp: Stamp, content_hash: str) -> bytes | None:
    """The result that the act of this id already had. Raises `ActionReused` as `claim` does."""
    earlier = session.connection().execute(_EARLIER, {"of": stamp.action_id}).one_or_none()
    if earlier is None or earlier.result is None:
        return None
    if earlier.person_id != stamp.actor_id:
        raise ActionReused
    if earlier.content_hash != content_hash:
        raise ActionReused(act=earlier.act, result=bytes(earlier.result))
    return bytes(earlier.result)


def keep(session: Session, stamp: Stamp, result: bytes) -> None:
    """Store the result beside the effect; both commit together."""
    session.connection().execute(_KEEP, {"of": stamp.action_id, "result": result})
