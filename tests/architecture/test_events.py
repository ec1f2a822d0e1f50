"""A tag is for ever: it is unique and says its room. That strangers are told of it, the test of the ledger's page sees to."""

from collections import Counter
from collections.abc import Iterator

import pytest
from msgspec import structs

from assets_service.ledger.events import Event
from assets_service.web.words import WORDS


def subclasses(kind: type[Event]) -> Iterator[type[Event]]:
    for each in kind.__subclasses__():
        yield each
        yield from subclasses(each)


def tag_of(event: type[Event]) -> str:
    return str(event.__struct_config__.tag)


# Tests may make events of their own; those are nobody's business.
EVENTS = [each for each in subclasses(Event) if each.__module__.startswith("assets_service.")]


def test_every_tag_is_given_once() -> None:
    assert [tag for tag, times in Counter(map(tag_of, EVENTS)).items() if times > 1] == []


@pytest.mark.parametrize("event", EVENTS, ids=tag_of)
def test_a_tag_names_its_room(event: type[Event]) -> None:
    room = event.__module__.split(".")[1]
    assert tag_of(event).startswith(f"{room}.")
    assert tag_of(event) == tag_of(event).lower()


@pytest.mark.parametrize("event", EVENTS, ids=tag_of)
def test_an_event_cannot_be_changed(event: type[Event]) -> None:
    assert event.__struct_config__.frozen
    assert event.__struct_config__.tag_field == "event"
    assert "event" not in {field.encode_name for field in structs.fields(event)}


@pytest.mark.parametrize("event", EVENTS, ids=tag_of)
def test_the_ledgers_page_has_a_word_for_every_tag(event: type[Event]) -> None:
    assert tag_of(event) in WORDS["entry"]
