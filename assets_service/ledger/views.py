"""An entry as it goes out: field by field on the wire, and told in words on a page."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from assets_service.ledger.events import Event, Field, Meaning, event_named, fields_of, listed_by, sentence_for
from assets_service.ledger.models import Entry
from assets_service.ledger.queries import Names


class EntryView(Struct):
    """A ledger entry; `hash` can be recomputed from the other fields (docs/ledger-format.md).

    `actor_name` is no part of it: what the actor was called then, if the reader may know.
    """

    seq: int
    subject: str
    device_seq: int
    kind: str
    at: datetime
    claimed_at: datetime | None
    actor: str
    actor_name: str | None
    door: str
    action_id: str
    body: Any
    salt: str
    facts: str
    prev_hash: str
    hash: str


class Fact(Struct, frozen=True):
    """One value of an entry. `called` is the name of the office or person that the value stands for, if it is known."""

    field: Field
    value: Any
    called: str | None = None


class Told(Struct, frozen=True):
    """An entry as a page tells it: `sentence` (English, a msgid) filled with `facts`, `listed` below it, `remarks` quoted.

    An entry whose kind is not known here has no sentence.
    """

    entry: EntryView
    subject: Fact
    sentence: str
    facts: dict[str, Fact]
    listed: list[Fact]
    remarks: list[str]


def entry_view(entry: Entry, names: Names) -> EntryView:
    return EntryView(
        seq=entry.seq,
        subject=entry.subject,
        device_seq=entry.subject_seq,
        kind=entry.kind,
        at=entry.at,
        claimed_at=entry.claimed_at,
        actor=entry.actor,
        actor_name=names.then(entry.actor, entry.at),
        door=entry.door,
        action_id=entry.action_id,
        body=msgspec.json.decode(entry.body),
        salt=entry.salt,
        facts=entry.facts,
        prev_hash=entry.prev_hash,
        hash=entry.hash,
    )


def told(entry: Entry, names: Names) -> Told:
    """The entry in words, with the offices and persons it speaks of called by these names."""
    view = entry_view(entry, names)
    try:
        event = event_named(entry.kind)
    except LookupError:
        event = Event
    facts = {name: _fact(field, view.body.get(name), view, names) for name, field in fields_of(event).items()}
    return Told(
        entry=view,
        subject=_subject(view, names),
        sentence=sentence_for(event, view.body),
        facts=facts,
        listed=[facts[name] for name in listed_by(event) if _is_said(facts[name], view.body)],
        remarks=[fact.value for fact in facts.values() if fact.field.meaning is Meaning.REMARK and fact.value],
    )


def _is_said(fact: Fact, body: dict[str, Any]) -> bool:
    """Whether there is something to show: null says something only where the field could have been left out."""
    if fact.field.name not in body:
        return False
    return fact.field.is_optional or fact.value not in (None, "", [], {})


def _fact(field: Field, value: Any, entry: EntryView, names: Names) -> Fact:
    match field.meaning:
        case Meaning.OFFICE:
            return Fact(field, value, names.offices.get(value))
        case Meaning.PERSON:
            return Fact(field, value, names.then(f"person/{value}", entry.at))
        case Meaning.NAME:
            return Fact(field, value, names.then(entry.subject, entry.at))
        case _:
            return Fact(field, value)


def _subject(entry: EntryView, names: Names) -> Fact:
    """What the chain is about: `office/81.02`, `person/17`, `programme/…`; a device's is its label code alone."""
    sort, _, rest = entry.subject.rpartition("/")
    match sort:
        case "":
            return Fact(Field("subject", Meaning.DEVICE), entry.subject)
        case "office":
            return _fact(Field("subject", Meaning.OFFICE), rest, entry, names)
        case "person":
            return _fact(Field("subject", Meaning.PERSON), int(rest), entry, names)
        case _:
            return Fact(Field("subject", Meaning.TEXT), entry.subject)
