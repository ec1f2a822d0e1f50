"""The shape of every event: a past-tense Struct with a tag that is for ever and fields that only grow.

A field of an event that bears the name of a fact (`office`, `holder`, `condition`, …) states that fact's value from
then on; what it leaves UNSET stays as it was. So the fleet as of any instant is each subject's entries up to then,
later values over earlier ones, and a stranger can rebuild it without our code.
"""

from typing import Any

import msgspec
from msgspec import Struct

_encoder = msgspec.json.Encoder(order="deterministic", decimal_format="string")


class Event(Struct, frozen=True, kw_only=True, tag_field="event", omit_defaults=False):
    """Something that happened. Subclasses give `tag="room.happened"`."""


def kind_of(event: Event) -> str:
    return str(type(event).__struct_config__.tag)


def body_of(event: Event) -> str:
    """The event without its tag as canonical JSON: keys sorted, no spaces, UTF-8, UNSET left out."""
    facts: dict[str, Any] = msgspec.to_builtins(event)
    del facts["event"]
    return _encoder.encode(facts).decode()
