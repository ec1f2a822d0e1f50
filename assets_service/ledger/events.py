"""The shape of every event: a past-tense Struct with a tag that is for ever and fields that only grow.

A field of an event that bears the name of a fact (`office`, `holder`, `condition`, …: `ledger.facts`) states that
fact's value from then on; what it leaves UNSET stays as it was. So the fleet as of any instant is each subject's entries
up to then, later values over earlier ones, and a stranger can rebuild it without our code.

Nobody is named here: a person is a number, and of a name only a digest is told (`NameDigest`).

An event also says itself. The type of a field says what its value means (`OfficeCode`, `PersonId`, `Remark`, …), and
`says` is the sentence that a person reads, with the fields it needs in braces:

    class Held(Event, frozen=True, tag="custody.held"):
        says = (phrase("Handed to {holder} by {previous}."), phrase("Handed to {holder}."))

        holder: PersonId
        previous: PersonId | None
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Annotated, Any, ClassVar, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct, UnsetType

_encoder = msgspec.json.Encoder(order="deterministic", decimal_format="string")
_SLOT = re.compile(r"\{(\w+)\}")


class Meaning(StrEnum):
    """What the value of a field is, and so how a page shows it. The last six are known by the Python type alone."""

    OFFICE = "office"  # an office's code
    PERSON = "person"  # a person's number
    DEVICE = "device"  # a device's label code
    SHIPMENT = "shipment"  # a shipment's number
    RUPIAH = "rupiah"
    REMARK = "remark"  # what a person wrote, in their own words
    SELECTION = "selection"  # how devices were chosen: `office 81.02 unlabelled`, `list`
    NAME = "name"  # the digest of a name, which a page shows while it is kept
    ITEMS = "items"  # a list of which only the length is shown
    DAY = "day"
    MOMENT = "moment"
    TRUTH = "truth"
    NUMBER = "number"
    MAPPING = "mapping"
    TEXT = "text"


class Words(Struct, frozen=True):
    """The values are shown by the words of these families of `web.words`; of a mapping, its keys by the first family."""

    families: tuple[str, ...]


OfficeCode = Annotated[str, Meaning.OFFICE]
PersonId = Annotated[int, Meaning.PERSON]
DeviceCode = Annotated[str, Meaning.DEVICE]
ShipmentNumber = Annotated[str, Meaning.SHIPMENT]
Rupiah = Annotated[int, Meaning.RUPIAH]
Remark = Annotated[str, Meaning.REMARK]
Selection = Annotated[str, Meaning.SELECTION]
NameDigest = Annotated[str, Meaning.NAME]
Kind = Annotated[str, Words(("kind",))]
Condition = Annotated[str, Words(("condition",))]
Presence = Annotated[str, Words(("presence",))]

EVERY_FIELD = ("*",)


class Event(Struct, frozen=True, kw_only=True, tag_field="event", omit_defaults=False):
    """Something that happened. Subclasses give `tag="room.happened"`, `says`, and what else is shown.

    `says` is one whole sentence, or several from the fullest to the plainest: the first that has all its facts is said.
    `lists` names the fields shown one below the other under the sentence, each with its label. A `Remark` is always quoted.
    `is_watched`: the security log has a line of it.
    """

    says: ClassVar[str | tuple[str, ...]] = ""
    is_watched: ClassVar[bool] = False
    lists: ClassVar[tuple[str, ...]] = ()


class Field(Struct, frozen=True):
    """A field of an event. `is_optional`: it may be left UNSET, so that even null is a statement when it is there."""

    name: str
    meaning: Meaning
    families: tuple[str, ...] = ()
    is_optional: bool = False


def kind_of(event: Event | type[Event]) -> str:
    return str(event.__struct_config__.tag)


def said_by(event: Event) -> dict[str, Any]:
    """The event's fields as JSON has them, without its tag; UNSET left out."""
    said: dict[str, Any] = msgspec.to_builtins(event)
    del said["event"]
    return said


def body_of(said: dict[str, Any]) -> str:
    """What an event says as canonical JSON: keys sorted, no spaces, UTF-8."""
    return _encoder.encode(said).decode()


def every_event() -> Iterator[type[Event]]:
    """All events of the rooms that have been imported."""
    return _below(Event)


def _below(event: type[Event]) -> Iterator[type[Event]]:
    for each in event.__subclasses__():
        yield each
        yield from _below(each)


@cache
def event_named(kind: str) -> type[Event]:
    """The event of this kind. Raises `LookupError` for a kind that no imported room knows."""
    for event in every_event():
        if kind_of(event) == kind:
            return event
    raise LookupError(kind)


def sentences_of(event: type[Event]) -> tuple[str, ...]:
    """The event's sentences, from the fullest to the plainest."""
    return event.says if isinstance(event.says, tuple) else (event.says,)


def slots_of(sentence: str) -> list[str]:
    """The fields a sentence needs."""
    return _SLOT.findall(sentence)


def sentence_for(event: type[Event], facts: Mapping[str, Any]) -> str:
    """The first of the event's sentences that has all its facts, in English; the plainest when none has."""
    sentences = sentences_of(event)
    for sentence in sentences:
        if all(facts.get(slot) is not None for slot in slots_of(sentence)):
            return sentence
    return sentences[-1]


def listed_by(event: type[Event]) -> tuple[str, ...]:
    """The names of the fields that are shown under the sentence."""
    return event.__struct_fields__ if event.lists == EVERY_FIELD else event.lists


@cache
def fields_of(event: type[Struct]) -> dict[str, Field]:
    """What each field of the event means, by its name."""
    types = get_type_hints(event, include_extras=True)
    return {name: _field(name, types[name]) for name in event.__struct_fields__}


def fields_naming(event: type[Event], *meanings: Meaning) -> list[str]:
    """The names of the event's fields with one of these meanings: `fields_naming(Sent, Meaning.OFFICE)`."""
    return [field.name for field in fields_of(event).values() if field.meaning in meanings]


def _field(name: str, annotation: Any) -> Field:
    parts = list(_parts(annotation))
    families = next((part.families for part in parts if isinstance(part, Words)), ())
    meaning = next((part for part in parts if isinstance(part, Meaning)), None) or _plain_meaning(parts)
    return Field(name, meaning, families, is_optional=UnsetType in parts)


def _parts(annotation: Any) -> Iterator[Any]:
    """The types a field may have and the marks on them: of `Remark | None` these are str, Meaning.REMARK and NoneType."""
    if get_origin(annotation) in {Union, UnionType, Annotated}:
        for part in get_args(annotation):
            yield from _parts(part)
    else:
        yield get_origin(annotation) or annotation


_PLAIN = {
    datetime: Meaning.MOMENT,
    date: Meaning.DAY,
    bool: Meaning.TRUTH,
    int: Meaning.NUMBER,
    dict: Meaning.MAPPING,
}


def _plain_meaning(parts: list[Any]) -> Meaning:
    return next((_PLAIN[part] for part in parts if isinstance(part, type) and part in _PLAIN), Meaning.TEXT)
