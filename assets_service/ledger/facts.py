"""The facts that a chain tells of its subject: a field of any event in it that bears a fact's name states that fact.

What an event leaves UNSET stays as it was, null says that there is none. So the facts after an entry are those of the
entries up to it laid over each other, in their order, whatever their kinds: `fold`. Each entry's hash covers a digest of
the facts after it, and the end of each chain keeps them, so that nothing is replayed when the next entry is written.

A fact that was added when chains had been written already stands in no digest before it is first stated: so what was
hashed then is hashed the same for ever.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import Struct, structs

from assets_service.ledger.events import (
    Condition,
    Kind,
    NameDigest,
    OfficeCode,
    PersonId,
    Presence,
    Rupiah,
    ShipmentNumber,
)

Values = dict[str, Any]  # each fact by its name, as JSON has it

_encode = msgspec.json.Encoder(order="deterministic").encode


class DeviceFacts(Struct, kw_only=True):
    """A device. The facts that say what it is, where, and in which state are stated when it is registered."""

    kind: Kind | None = None
    brand: str | None = None
    model: str | None = None
    serial: str | None = None
    imei1: str | None = None
    imei2: str | None = None
    kode_barang: str | None = None
    nup: int | None = None
    uakpb: str | None = None
    kode_register: str | None = None
    acquired_on: date | None = None
    value: Rupiah | None = None
    programme: str | None = None
    note: str | None = None
    condition: Condition | None = None
    presence: Presence | None = None
    office: OfficeCode | None = None
    bound_for: OfficeCode | None = None
    holder: PersonId | None = None
    sent_at: datetime | None = None
    received_at: datetime | None = None
    received_by: PersonId | None = None
    handover: ShipmentNumber | None = None
    one_sided: bool = False
    last_checked_on: date | None = None
    check_due_on: date | None = None
    label_version: int = 1
    label_attached_at: datetime | None = None
    import_id: int | None = None
    withdrawn_at: datetime | None = None
    expected_on: date | None = None
    arrived_at: datetime | None = None
    return_due_on: date | None = None


class OfficeFacts(Struct, kw_only=True):
    """What an inventory says of an office."""

    office_name: str | None = None
    timezone: str | None = None


class PersonFacts(Struct, kw_only=True):
    """What an inventory says of a person: a name, of which the ledger holds a digest."""

    name_sha256: NameDigest | None = None


_ADDED = frozenset({"expected_on", "arrived_at", "return_due_on"})  # of a device, not there until first stated


class _Sort(Struct, frozen=True):
    """The facts before anything is stated, and the names of those that anybody may know."""

    begun: Values
    public: frozenset[str]


def _sort(kind: type[Struct], *public: str) -> _Sort:
    return _Sort(
        {name: value for name, value in structs.asdict(kind()).items() if name not in _ADDED}, frozenset(public)
    )


_SORTS = {  # by what stands before the / of a subject; before a device's code, nothing
    "": _sort(
        DeviceFacts,
        *("kind", "brand", "model", "condition", "acquired_on", "value", "office", "presence", "programme"),
    ),
    "office": _sort(OfficeFacts, "office_name", "timezone"),
    "person": _sort(PersonFacts),
}
_NONE = _Sort({}, frozenset())

_OF_DEVICES = frozenset(_SORTS[""].begun)
DEVICE_FACTS = _OF_DEVICES | _ADDED
PUBLIC_FACTS = _SORTS[""].public


def begun(subject: str) -> Values:
    """The facts of the subject before its first entry."""
    return dict(_sort_of(subject).begun)


def read(subject: str, kept: str | None) -> Values:
    """The facts that the end of the chain keeps; those before its first entry when it keeps none."""
    return msgspec.json.decode(kept) if kept else begun(subject)


def fold(facts: Values, said: Mapping[str, Any]) -> None:
    """Update the facts with what one entry's body says."""
    known = facts.keys() | _ADDED if facts.keys() >= _OF_DEVICES else facts.keys()
    facts.update((name, said[name]) for name in said.keys() & known)


def fold_body(facts: Values, body: str) -> None:
    """The same of an entry's body. Raises `ValueError` for one that is not written as ours are, so that it has one reading."""
    try:
        said = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(str(error)) from None
    if written(said) != body:
        raise ValueError("not canonical")
    fold(facts, said)


def texts(subject: str, facts: Values) -> tuple[str, str]:
    """The facts that anybody may know, and the others, as they are hashed: canonical JSON."""
    public = _sort_of(subject).public
    return (
        written({name: value for name, value in facts.items() if name in public}),
        written({name: value for name, value in facts.items() if name not in public}),
    )


def written(facts: Values) -> str:
    """Canonical JSON: keys sorted, no spaces, UTF-8."""
    return _encode(facts).decode()


def _sort_of(subject: str) -> _Sort:
    return _SORTS.get(subject.rpartition("/")[0], _NONE)
