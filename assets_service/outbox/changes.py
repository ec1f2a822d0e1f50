"""What has changed since a phone saw a thing, and what that makes of the act it then did: one complete table.

Scans and checks say what somebody saw, so they are always added. Who has a device in hand, and what a box held, can be
contradicted: then both sides are kept and an officer decides. What cannot be done at all any more is refused.
"""

from collections.abc import Iterable
from enum import StrEnum
from itertools import chain, groupby
from operator import attrgetter
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from assets_service.custody import queries as custody
from assets_service.custody.models import Shipment, ShipmentState
from assets_service.devices.models import Device, Presence
from assets_service.ledger import facts as ledger_facts
from assets_service.ledger import queries as ledger
from assets_service.ledger.models import Entry
from assets_service.outbox import queries
from assets_service.outbox.models import ActType


class Fact(StrEnum):
    """What can have changed of a device."""

    DESCRIPTION = "description"
    IDENTITY = "identity"
    CONDITION = "condition"
    OFFICE = "office"
    WAY = "way"
    MISSING = "missing"
    FOUND = "found"
    RETIRED = "retired"
    HOLDER = "holder"
    CHECKED = "checked"
    LABEL = "label"
    RECEIVED = "received"
    UNTOLD = "untold"  # the version that the phone had is none of ours


class Turn(StrEnum):
    """What can have happened to a shipment."""

    AMENDED = "amended"
    ARRIVED = "arrived"
    OPENED = "opened"  # some devices were confirmed, none of those that are meant
    CONFIRMED = "confirmed"  # some of those that are meant
    CLOSED = "closed"
    CANCELLED = "cancelled"
    UNTOLD = "untold"


class Verdict(StrEnum):
    """From the mildest: of several changes the strictest counts."""

    APPLIED = "applied"
    CONFLICT = "conflict"
    REFUSED = "refused"


_APPLIED, _CONFLICT, _REFUSED = Verdict
_STRICTNESS = list(Verdict)
_ANY_FACT: dict[Fact | Turn, Verdict] = dict.fromkeys(Fact, _APPLIED)

VERDICTS: dict[ActType, dict[Fact | Turn, Verdict]] = {
    ActType.CHECK: _ANY_FACT,
    ActType.ATTACH_LABEL: _ANY_FACT | {Fact.RETIRED: _REFUSED},
    ActType.CLAIM_LABEL: _ANY_FACT
    | {
        Fact.IDENTITY: _CONFLICT,  # is it the device that was meant?
        Fact.OFFICE: _CONFLICT,
        Fact.RETIRED: _REFUSED,
        Fact.UNTOLD: _CONFLICT,
    },
    ActType.HOLDER: _ANY_FACT
    | {
        Fact.OFFICE: _CONFLICT,
        Fact.WAY: _CONFLICT,
        Fact.MISSING: _CONFLICT,  # somebody has in hand what another calls missing
        Fact.HOLDER: _CONFLICT,
        Fact.RETIRED: _REFUSED,
        Fact.UNTOLD: _CONFLICT,
    },
    ActType.ARRIVAL: {
        Turn.AMENDED: _APPLIED,
        Turn.ARRIVED: _REFUSED,  # the first who said so is named
        Turn.OPENED: _REFUSED,
        Turn.CONFIRMED: _REFUSED,
        Turn.CLOSED: _REFUSED,
        Turn.CANCELLED: _CONFLICT,  # called back, and yet it is there
        Turn.UNTOLD: _APPLIED,
    },
    ActType.RECEIPT: {
        Turn.AMENDED: _APPLIED,
        Turn.ARRIVED: _APPLIED,
        Turn.OPENED: _APPLIED,
        Turn.CONFIRMED: _CONFLICT,  # two opened the box, and each says what was in it
        Turn.CLOSED: _CONFLICT,
        Turn.CANCELLED: _CONFLICT,
        Turn.UNTOLD: _APPLIED,
    },
}

FACTS: dict[str, Fact | None] = {
    **dict.fromkeys(("acquired_on", "value", "programme", "note"), Fact.DESCRIPTION),
    **dict.fromkeys(
        ("kind", "brand", "model", "serial", "imei1", "imei2", "kode_barang", "nup", "uakpb", "kode_register"),
        Fact.IDENTITY,
    ),
    "condition": Fact.CONDITION,
    "office": Fact.OFFICE,
    **dict.fromkeys(("bound_for", "sent_at", "expected_on", "arrived_at"), Fact.WAY),
    "presence": None,  # by what it has become
    "holder": Fact.HOLDER,
    **dict.fromkeys(("last_checked_on", "check_due_on"), Fact.CHECKED),
    **dict.fromkeys(("label_version", "label_attached_at"), Fact.LABEL),
    **dict.fromkeys(("received_at", "received_by", "handover", "one_sided", "return_due_on"), Fact.RECEIVED),
    **dict.fromkeys(("import_id", "withdrawn_at"), Fact.RETIRED),
}
_BECOME = {
    Presence.PRESENT: Fact.FOUND,
    Presence.IN_TRANSIT: Fact.WAY,
    Presence.NOT_FOUND: Fact.MISSING,
    Presence.LOST: Fact.MISSING,
    Presence.WRITTEN_OFF: Fact.RETIRED,
}
# Entries that state a fact and yet come with the version of another entry, or with none.
WITHOUT_VERSION = {"custody.rebooked", "custody.shipment_corrected"}


def verdict_of(what: ActType, changed: Iterable[Fact | Turn]) -> Verdict:
    found = [VERDICTS[what][each] for each in changed]
    return max(found, key=_STRICTNESS.index, default=Verdict.APPLIED)


def of_device(session: Session, device: Device, seen: int, *, phone_id: str) -> list[Fact]:
    """What others have changed of the device since the version that the phone had seen.

    Each act on it is a version and an action id. An act that may have left the version as it was is not counted as one, so
    that rather too much is found changed than too little.
    """
    since = device.version - seen
    if since <= 0:
        return [Fact.UNTOLD] if since else []
    acts = [list(act) for _, act in groupby(ledger.history(session, device.code), key=attrgetter("action_id"))]
    first = len(acts)
    while first > 1 and since > 0:
        first -= 1
        since -= any(map(_is_a_version, acts[first]))
    then = _folded(ledger_facts.begun(device.code), acts[:first])
    own = queries.handed_in_by(session, phone_id, [act[0].action_id for act in acts[first:]])
    now = _folded(dict(then), (act for act in acts[first:] if act[0].action_id not in own))
    different = (name for name in now if now[name] != then.get(name))
    return sorted({FACTS[name] or _BECOME[Presence(now[name])] for name in different}, key=list(Fact).index)


def _is_a_version(entry: Entry) -> bool:
    """Whether it is sure that the device has another version since this entry."""
    states = FACTS.keys() & msgspec.json.decode(entry.body, type=dict[str, Any]).keys()
    return entry.kind == "inspections.checked" or (bool(states) and entry.kind not in WITHOUT_VERSION)


def _folded(known: ledger_facts.Values, acts: Iterable[list[Entry]]) -> ledger_facts.Values:
    for entry in chain.from_iterable(acts):
        ledger_facts.fold_body(known, entry.body)
    return known


def of_shipment(session: Session, shipment: Shipment, seen: int, named: set[str]) -> list[Turn]:
    """What has happened to the shipment since the version that was seen; `named` are the codes of devices that are meant."""
    if shipment.version == seen:
        return []
    if shipment.version < seen:
        return [Turn.UNTOLD]
    if shipment.state is ShipmentState.CANCELLED:
        return [Turn.CANCELLED]
    turns = {
        Turn.CLOSED: shipment.state is ShipmentState.CLOSED,
        Turn.CONFIRMED: any(line.device.code in named and not line.is_open for line in shipment.lines),
        Turn.OPENED: any(not line.is_open for line in shipment.lines),
        Turn.ARRIVED: custody.arrival(session, shipment.id) is not None,
    }
    return [turn for turn in Turn if turns.get(turn)] or [Turn.AMENDED]


def stood(target: Device | Shipment) -> dict[str, Any]:
    """The other side: how the thing stood when the act came in."""
    if isinstance(target, Device):
        names = ("version", "presence", "condition", "holder_id", "check_due_on", "label_version")
        office = {"office": target.office.code, "bound_for": target.bound_for.code if target.bound_for else None}
        plain: dict[str, Any] = msgspec.to_builtins({name: getattr(target, name) for name in names} | office)
        return plain
    lines = {line.device.code: line.state.value for line in target.lines}
    return {"version": target.version, "number": target.number, "state": target.state.value, "lines": lines}
