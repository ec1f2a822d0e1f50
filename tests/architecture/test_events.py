"""What every event declares: a tag that is for ever, what its fields mean, the facts it states, and its sentences."""

from collections import Counter
from datetime import date, datetime

import pytest
from msgspec import structs

from assets_service.ledger.events import (
    Event,
    Meaning,
    fields_of,
    kind_of,
    listed_by,
    sentences_of,
    slots_of,
)
from assets_service.ledger.facts import DEVICE_FACTS, DeviceFacts
from assets_service.web.language import catalogue
from assets_service.web.words import WORDS
from tests.events import EVENTS, OF_OTHER_SUBJECTS, STATED, always_there, ever_there


def test_every_tag_is_given_once() -> None:
    assert [tag for tag, times in Counter(map(kind_of, EVENTS)).items() if times > 1] == []


@pytest.mark.parametrize("event", EVENTS, ids=kind_of)
def test_a_tag_names_its_room(event: type[Event]) -> None:
    room = event.__module__.split(".")[1]
    assert kind_of(event).startswith(f"{room}.")
    assert kind_of(event) == kind_of(event).lower()


@pytest.mark.parametrize("event", EVENTS, ids=kind_of)
def test_an_event_cannot_be_changed(event: type[Event]) -> None:
    assert event.__struct_config__.frozen
    assert event.__struct_config__.tag_field == "event"
    assert "event" not in {field.encode_name for field in structs.fields(event)}


def test_every_kind_is_known_to_state_facts_of_a_device_or_to_be_about_something_else() -> None:
    assert STATED.keys() | OF_OTHER_SUBJECTS == set(map(kind_of, EVENTS))
    assert STATED.keys() & OF_OTHER_SUBJECTS == set()


@pytest.mark.parametrize("event", [each for each in EVENTS if kind_of(each) in STATED], ids=kind_of)
def test_a_devices_event_states_these_facts_and_no_other(event: type[Event]) -> None:
    assert fields_of(event).keys() & DEVICE_FACTS == STATED[kind_of(event)]


@pytest.mark.parametrize("event", [each for each in EVENTS if kind_of(each) in STATED], ids=kind_of)
def test_a_stated_fact_means_what_the_devices_fact_means(event: type[Event]) -> None:
    """`bound_for: None` says that there is none; any other value is an office, a person, a moment, as the fact is."""
    facts = fields_of(DeviceFacts)
    for name in STATED[kind_of(event)] & ever_there(event):
        field = fields_of(event)[name]
        assert (field.meaning, field.families) == (facts[name].meaning, facts[name].families), name


def test_every_fact_of_a_device_is_stated_by_some_event() -> None:
    assert set.union(*STATED.values()) == DEVICE_FACTS


@pytest.mark.parametrize("event", EVENTS, ids=kind_of)
def test_every_event_has_a_sentence_that_needs_only_fields_of_its_own(event: type[Event]) -> None:
    for sentence in sentences_of(event):
        assert sentence.endswith("."), sentence
        assert set(slots_of(sentence)) <= fields_of(event).keys(), sentence
        assert Meaning.REMARK not in {fields_of(event)[slot].meaning for slot in slots_of(sentence)}, sentence


@pytest.mark.parametrize("event", EVENTS, ids=kind_of)
def test_the_plainest_sentence_can_always_be_said(event: type[Event]) -> None:
    assert set(slots_of(sentences_of(event)[-1])) <= always_there(event)


@pytest.mark.parametrize("event", EVENTS, ids=kind_of)
def test_no_sentence_stands_behind_one_that_needs_no_more(event: type[Event]) -> None:
    """Else it would never be said."""
    seen: list[set[str]] = []
    for sentence in sentences_of(event):
        needed = set(slots_of(sentence))
        assert not [before for before in seen if before <= needed], sentence
        seen.append(needed)


@pytest.mark.parametrize("event", EVENTS, ids=kind_of)
def test_every_sentence_is_there_in_indonesian(event: type[Event]) -> None:
    for sentence in sentences_of(event):
        said = catalogue("id").gettext(sentence)
        assert said != sentence
        assert sorted(slots_of(said)) == sorted(slots_of(sentence))


@pytest.mark.parametrize("event", EVENTS, ids=kind_of)
def test_a_listed_field_has_a_label_and_a_value_of_a_closed_set_its_words(event: type[Event]) -> None:
    assert [name for name in listed_by(event) if name not in WORDS["field"]] == []
    assert [each for field in fields_of(event).values() for each in field.families if each not in WORDS] == []


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        (name, Meaning.OFFICE) for name in ("office", "from_office", "to_office", "bound_for", "at_office", "under", "parent")
    ]
    + [(name, Meaning.PERSON) for name in ("holder", "previous", "person")]
    + [("shipment", Meaning.SHIPMENT)]
    + [(name, Meaning.REMARK) for name in ("remark", "reason", "check_note")],
)  # fmt: skip
def test_one_name_means_one_thing_in_all_events(name: str, meaning: Meaning) -> None:
    """So that who reads the ledger by the names of its fields, and who reads it by their meaning, find the same."""
    found = [(kind_of(event), fields_of(event)[name].meaning) for event in EVENTS if name in ever_there(event)]
    assert found
    assert [each for each in found if each[1] is not meaning] == []


def test_plain_types_are_told_apart() -> None:
    class Told(Event, frozen=True, tag="tests.told_apart"):
        day: date
        moment: datetime | None
        truth: bool
        number: int
        mapping: dict[str, int]
        items: list[str]

    assert [field.meaning for field in fields_of(Told).values()] == [
        Meaning.DAY,
        Meaning.MOMENT,
        Meaning.TRUTH,
        Meaning.NUMBER,
        Meaning.MAPPING,
        Meaning.TEXT,
    ]
