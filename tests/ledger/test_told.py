"""Every kind of entry is told in whole sentences, in both languages, with the offices and persons called by name."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
from markupsafe import escape

from assets_service.ledger.events import (
    Event,
    Field,
    Meaning,
    fields_of,
    kind_of,
    sentences_of,
    slots_of,
)
from assets_service.ledger.models import Entry
from assets_service.ledger.queries import Mentioned, Names, Spell, mentioned_in
from assets_service.ledger.views import told
from assets_service.web.language import LANGUAGES, catalogue
from assets_service.web.templating import templates
from assets_service.web.words import WORDS
from tests.build import NOON, later
from tests.events import EVENTS, always_there

SPELLS = [Spell("Siti Hasan", later(days=-9), later(days=-1)), Spell("Siti Aminah", later(days=-1), None)]
NAMES = Names(offices={"81.02": "Maluku Tenggara"}, spells={"person/7": SPELLS})
TOLD = '{% import "ledger/told.html" as ledger with context %}{{ ledger.sentence(told) }}{{ ledger.beneath(told) }}'
ACTOR = '{% import "ledger/told.html" as ledger with context %}{{ ledger.actor(told) }}'
SUBJECT = '{% import "ledger/told.html" as ledger with context %}{{ ledger.shown(told.subject) }}'

# meaning -> a value as it stands in a body, and what a reader must find of it
SAMPLES: dict[Meaning, tuple[Any, tuple[str, ...]]] = {
    Meaning.OFFICE: ("81.02", ("Maluku Tenggara", "(81.02)")),
    Meaning.PERSON: (7, ("Siti Aminah", "(#7)")),
    Meaning.DEVICE: ("7K3M9QXA", ("7K3M 9QXA",)),
    Meaning.SHIPMENT: ("PK-2026-000001", ("PK-2026-000001",)),
    Meaning.SELECTION: ("office 81.02 unlabelled", (" 81.02, ",)),
    Meaning.RUPIAH: (4500000, ("500",)),
    Meaning.REMARK: ("the <b>lid</b>", ("<q", "the &lt;b&gt;lid&lt;/b&gt;")),
    Meaning.ITEMS: (["ab" * 32, "cd" * 32], (": 2",)),
    Meaning.DAY: ("2026-11-05", ("5 Nov 2026",)),
    Meaning.MOMENT: ("2026-11-05T03:00:00.000000Z", ("5 Nov 2026, 10.00 WIB",)),
    Meaning.TRUTH: (True, ()),
    Meaning.NUMBER: (3, ("3",)),
    Meaning.TEXT: ("{office} 100%", ("{office} 100%",)),
    Meaning.NAME: ("ab" * 32, ("•••",)),
}


def an_entry(kind: str, body: dict[str, Any], *, subject: str = "7K3M9QXA", actor: str = "person/7") -> Entry:
    text = msgspec.json.encode(body).decode()
    made = SimpleNamespace(
        seq=1, subject=subject, subject_seq=1, kind=kind, at=NOON, claimed_at=None, actor=actor, door="page",
        action_id="", body=text, salt="", facts="", prev_hash="", hash="",
    )  # fmt: skip
    return cast("Entry", made)


def shown(entry: Entry, lang: str, template: str = TOLD, names: Names = NAMES) -> str:
    found = templates(lang).from_string(template).render(told=told(entry, names), lang=lang, zone="Asia/Jakarta")
    return " ".join(found.split())


def sample(field: Field) -> Any:
    if field.meaning is Meaning.MAPPING:
        outer, inner = (next(iter(WORDS[family])) for family in field.families)
        return {outer: {inner: 2}} if field.families == ("kind", "level") else {outer: inner}
    if field.meaning is Meaning.TEXT and field.families:
        return next(iter(WORDS[field.families[0]]))
    return SAMPLES[field.meaning][0]


def bodies(event: type[Event]) -> Iterator[tuple[str, dict[str, Any]]]:
    """For each sentence of the event a body that must be told by it: null where it may be and the sentence does not ask."""
    fields = fields_of(event)
    for sentence in sentences_of(event):
        needed = always_there(event) | set(slots_of(sentence))
        yield sentence, {name: sample(field) if name in needed else None for name, field in fields.items()}
    plainest = sentences_of(event)[-1]
    if len(sentences_of(event)) == 1:
        yield plainest, {name: sample(field) for name, field in fields.items()}


CASES = [(event, sentence, body) for event in EVENTS for sentence, body in bodies(event)]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("event", "sentence", "body"), CASES, ids=lambda value: getattr(value, "__name__", ""))
def test_an_entry_is_told_whole(event: type[Event], sentence: str, body: dict[str, Any], lang: str) -> None:
    entry = an_entry(kind_of(event), body)
    said = told(entry, NAMES)
    text = shown(entry, lang)
    assert said.sentence == sentence
    assert kind_of(event) not in text
    asked = {*slots_of(sentence), *(fact.field.name for fact in said.listed)}
    for name, field in fields_of(event).items():
        if field.families or body[name] is None or (name not in asked and field.meaning is not Meaning.REMARK):
            continue
        assert [part for part in SAMPLES[field.meaning][1] if part not in text] == [], name
    for words in catalogue(lang).gettext(sentence).replace("}", "{").split("{")[::2]:
        assert escape(words.strip()) in text
    for fact in said.listed:
        assert escape(catalogue(lang).gettext(WORDS["field"][fact.field.name]) + ":") in text


@pytest.mark.parametrize("event", EVENTS, ids=kind_of)
def test_the_two_languages_are_not_the_same(event: type[Event]) -> None:
    for _, body in bodies(event):
        entry = an_entry(kind_of(event), body)
        assert shown(entry, "id") != shown(entry, "en")


def test_a_value_of_a_closed_set_is_shown_by_its_word() -> None:
    checked = {"checked_on": "2026-11-05", "seen_condition": "light", "checklist": {"screen": "problem"}}
    text = shown(an_entry("inspections.checked", checked), "id")
    assert "Rusak Ringan" in text
    assert "Daftar periksa: Layar: Bermasalah" in text
    allocation = shown(an_entry("programmes.allocation_set", {"allocation": {"tablet": {"ri": 1, "kota": 2}}}), "en")
    assert "Entitlement: Tablet: National: 1; City: 2" in allocation


@pytest.mark.parametrize("typed", ["Good", "Lost", "Extra", "Draft", "Label"])
def test_what_a_person_typed_is_shown_as_they_typed_it(typed: str) -> None:
    """Also where it happens to be a phrase of ours, which the page would say in Indonesian."""
    for body in ({"brand": typed}, {"model": typed}, {"serial": typed}):
        assert f": {typed}" in shown(an_entry("devices.amended", body), "id")
    retired = {"reason": "SK", "decision_no": typed, "presence": "written_off"}
    assert typed in shown(an_entry("devices.retired", retired), "id")


def test_null_is_told_only_where_a_field_could_have_been_left_out() -> None:
    """An edit to nothing is an edit; a check that did not look at the label says nothing of it."""
    assert "Note: –" in shown(an_entry("devices.amended", {"note": None}), "en").replace(
        '<span class="nothing">–</span>', "–"
    )
    assert "Label" not in shown(an_entry("inspections.checked", {"label_present": None}), "en")
    assert "Label is on it: No" in shown(an_entry("inspections.checked", {"label_present": False}), "en")


def test_who_is_not_known_to_the_reader_stays_a_number() -> None:
    held = an_entry("custody.held", {"holder": 9, "previous": None}, actor="person/9")
    assert "Handed to <b>#9</b>." in shown(held, "en")
    assert shown(held, "en", ACTOR) == "#9"


@pytest.mark.parametrize(
    ("actor", "lang", "text"),
    [
        ("person/7", "id", "Siti Aminah (#7)"),
        ("system", "id", "Sistem"),
        ("system", "en", "The system"),
        ("-", "id", "Seseorang tanpa akun"),
    ],
)
def test_an_actor_is_called_by_name(actor: str, lang: str, text: str) -> None:
    assert shown(an_entry("custody.found", {}, actor=actor), lang, ACTOR) == text


@pytest.mark.parametrize(
    ("subject", "parts"),
    [
        ("7K3M9QXA", ("7K3M 9QXA", 'href="/d/7K3M9QXA"')),
        ("office/81.02", ("Maluku Tenggara", "(81.02)")),
        ("person/7", ("Siti Aminah", "(#7)")),
        ("person/9", ("#9",)),
        ("label-run/3", ("Print run 3",)),
        ("programme/PPID-2024", ("Programme PPID-2024",)),
    ],
)
def test_what_a_chain_is_about_is_called_by_name(subject: str, parts: tuple[str, ...]) -> None:
    text = shown(an_entry("custody.found", {}, subject=subject), "en", SUBJECT)
    assert [part for part in parts if part not in text] == []


def test_a_kind_from_a_later_version_is_shown_by_its_tag() -> None:
    entry = an_entry("custody.borrowed", {"holder": 7})
    assert shown(entry, "id") == '<span class="code">custody.borrowed</span>'
    assert mentioned_in([entry]) == Mentioned(persons={7})


def test_whom_entries_name_is_what_their_events_declare_with_subjects_and_actors() -> None:
    found = mentioned_in(
        [
            an_entry("custody.sent", {"bound_for": "81", "from_office": "00", "accessories": "82"}, actor="person/8"),
            an_entry("custody.held", {"holder": 7, "previous": None}),
            an_entry("inspections.policy_set", {"months": 9}, subject="office/81.02"),
            an_entry("people.deactivated", {"person": 4}, subject="person/5"),
        ]
    )
    assert found == Mentioned(offices={"81", "00", "81.02"}, persons={7, 8, 4, 5})
