"""Which devices the filters mean: as clauses over the register, and in Python for a device as the ledger tells it."""

from datetime import datetime
from typing import cast

from sqlalchemy import Select, or_

from assets_service.access.stamp import Stamp
from assets_service.devices import queries as devices
from assets_service.devices.commands.describing import search_text
from assets_service.devices.models import Device, Presence
from assets_service.devices.queries import Flagging
from assets_service.exports.asks import Chosen, ToCheck
from assets_service.exports.past import DeviceThen
from assets_service.inspections.queries import Due, due_states, is_due_as
from assets_service.offices.queries import Area


def in_register(chosen: Chosen, area: Area | None, stamp: Stamp, flagging: Flagging) -> Select[Device]:
    """The devices of the register, as its lists would show them."""
    found = devices.matching(
        stamp,
        area=area,
        kind=chosen.kind,
        condition=chosen.condition,
        presence=chosen.presence,
        flag=flagging.clause(chosen.flag, stamp.at) if chosen.flag else None,
        q=chosen.q,
    )
    if chosen.due:
        reasons = [is_due_as(state, stamp.at) for state in _reasons(chosen.due)]
        found = found.where(Device.presence == Presence.PRESENT, or_(*reasons))
    return found


def held_then(chosen: Chosen, was: DeviceThen, flags: list[str], at: datetime) -> bool:
    """Whether the same lists would have shown the device at that moment."""
    device = cast("Device", was)
    return (
        chosen.kind in {None, was.kind}
        and chosen.condition in {None, was.condition}
        and chosen.presence in {None, was.presence}
        and (chosen.flag is None or chosen.flag in flags)
        and (chosen.due is None or not set(due_states(device, at)).isdisjoint(_reasons(chosen.due)))
        and all(word in search_text(device) for word in devices.words_of(chosen.q))
    )


def _reasons(due: ToCheck) -> list[Due]:
    return list(Due) if due is ToCheck.ANY else [Due(due.value)]
