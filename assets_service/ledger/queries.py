"""Every select of the ledger."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct
from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from assets_service.kernel.clock import rfc3339
from assets_service.ledger import facts
from assets_service.ledger.chain import facts_of, hash_of
from assets_service.ledger.events import Meaning, event_named, fields_naming
from assets_service.ledger.models import NO_HASH, Chain, Entry, KeptName

BATCH = 2000
_NAMES = (
    select(KeptName.subject, KeptName.name, KeptName.since, KeptName.until)
    .where(KeptName.subject.in_(bindparam("subjects", expanding=True)))
    .order_by(KeptName.subject, KeptName.number)
)


class Spell(NamedTuple):
    """A name, and how long it stood. It is none where it was blanked."""

    name: str | None
    since: datetime
    until: datetime | None


class Names(Struct):
    """What offices are called (by code), and what persons and the heads of offices were called, by their chain, in order."""

    offices: dict[str, str] = {}
    spells: dict[str, list[Spell]] = {}

    def then(self, subject: str, at: datetime) -> str | None:
        """What the person of this chain was called at that time; none if it is not known, or not any more."""
        spells = self.spells.get(subject)
        if not spells:
            return None
        spell = next((each for each in reversed(spells) if each.since <= at), spells[0])
        return spell.name if spell.until is None or at < spell.until else None


class Mentioned(Struct):
    """The offices' codes and persons' numbers that some entries name."""

    offices: set[str] = msgspec.field(default_factory=set)
    persons: set[int] = msgspec.field(default_factory=set)


class Head(Struct):
    """The newest entry of all. `seal` is null until seals are made."""

    seq: int
    hash: str
    seal: None = None


class Broken(Struct):
    """The first entry that does not hold, and why."""

    subject: str
    subject_seq: int
    seq: int | None
    why: str


class Verification(Struct):
    entries: int
    subjects: int
    broken: Broken | None


def head(session: Session) -> Head:
    newest = session.execute(select(Entry.seq, Entry.hash).order_by(Entry.seq.desc()).limit(1)).first()
    return Head(newest.seq, newest.hash) if newest else Head(0, NO_HASH)


def latest_at(session: Session) -> datetime | None:
    """The latest time that any entry bears; null for an empty ledger."""
    return session.scalar(select(func.max(Entry.at)))


def history(session: Session, subject: str, *, after: int = 0, limit: int | None = None) -> list[Entry]:
    """A subject's entries, oldest first."""
    found = select(Entry).where(Entry.subject == subject, Entry.subject_seq > after).order_by(Entry.subject_seq)
    return list(session.scalars(found.limit(limit)))


class End(Struct, frozen=True):
    """The last entry of a chain, now or at a moment, and the facts after it as JSON."""

    subject: str
    subject_seq: int
    facts: str


def end_of(session: Session, subject: str, until: datetime | None = None) -> End | None:
    """Where the chain ends, or ended at that moment; none when it had not begun."""
    if until is None:
        chain = session.get(Chain, subject)
        return End(subject, chain.seq, chain.facts) if chain and chain.facts else None
    known, last = facts.begun(subject), 0
    for entry in history(session, subject):
        if entry.at > until:
            break
        facts.fold_body(known, entry.body)
        last = entry.subject_seq
    return End(subject, last, facts.written(known)) if last else None


def kept_name(session: Session, subject: str, until: datetime | None = None) -> KeptName | None:
    """What the person of this chain is called now, or was called at that moment, with the salt of its digest."""
    found = select(KeptName).where(KeptName.subject == subject)
    if until is None:
        found = found.where(KeptName.until.is_(None))
    else:
        found = found.where(KeptName.since <= until, or_(KeptName.until.is_(None), KeptName.until > until))
    return session.scalars(found.order_by(KeptName.number.desc()).limit(1)).first()


def count(session: Session, subject: str) -> int:
    return session.scalar(select(func.coalesce(func.max(Entry.subject_seq), 0)).where(Entry.subject == subject)) or 0


def newest(session: Session, *, before: int | None = None, limit: int) -> list[Entry]:
    """All subjects' entries, newest first."""
    found = select(Entry).order_by(Entry.seq.desc()).limit(limit)
    return list(session.scalars(found.where(Entry.seq < before) if before else found))


def by_subject(session: Session, *, until: datetime | None = None, prefix: str = "") -> Iterator[Entry]:
    """Entries chain by chain, each oldest first, streamed; `prefix` narrows to one kind of subject."""
    found = select(Entry).order_by(Entry.subject, Entry.subject_seq).execution_options(yield_per=BATCH)
    if until:
        found = found.where(Entry.at <= until)
    if prefix:
        found = found.where(Entry.subject >= prefix, Entry.subject < prefix[:-1] + chr(ord(prefix[-1]) + 1))
    return iter(session.scalars(found))


def kept_names(session: Session, subjects: Iterable[str]) -> dict[str, list[Spell]]:
    """What the persons of these chains (of an office's, its heads) were called, in order."""
    found = session.connection().execute(_NAMES, {"subjects": sorted(subjects)})
    return {
        subject: [Spell(spell.name, spell.since, spell.until) for spell in spells]
        for subject, spells in groupby(found, key=attrgetter("subject"))
    }


def first_name(session: Session, subject: str) -> KeptName | None:
    """What the person of this chain was called first; its salt is also that of their username's digest."""
    return session.get(KeptName, (subject, 1))


def mentioned_in(entries: Iterable[Entry]) -> Mentioned:
    """The offices and persons that the entries name: in their bodies, by what each event declares, or as subject or actor."""
    found = Mentioned()
    for entry in entries:
        for named in (entry.subject, entry.actor):
            sort, _, rest = named.rpartition("/")
            if sort == "office":
                found.offices.add(rest)
            elif sort == "person":
                found.persons.add(int(rest))
        found.offices.update(_named(entry, Meaning.OFFICE))
        found.persons.update(_named(entry, Meaning.PERSON))
    return found


def _named(entry: Entry, meaning: Meaning) -> Iterator[Any]:
    try:
        fields = fields_naming(event_named(entry.kind), meaning)
    except LookupError:
        return
    if fields:
        body = msgspec.json.decode(entry.body)
        yield from (body[field] for field in fields if body.get(field) is not None)


def verify(session: Session) -> Verification:
    """Recompute every hash, follow every link, and hold each chain against its kept head."""
    try:
        return _verify(session)
    except (ValueError, LookupError):  # a time or a door that cannot be read: no entry of ours was stored so
        return Verification(session.scalar(select(func.count(Entry.seq))) or 0, 0, _unreadable(session))


def _verify(session: Session) -> Verification:
    with closing(_Heads(session)) as heads:
        return _verify_beside(session, heads)


def _verify_beside(session: Session, heads: "_Heads") -> Verification:
    entries, subjects, broken = 0, 0, None
    for subject, chain in groupby(by_subject(session), key=attrgetter("subject")):
        subjects += 1
        broken = broken or heads.without_a_chain(before=subject)
        last, known = None, facts.begun(subject)
        for entry in chain:
            entries += 1
            broken = broken or _break_between(last, entry) or _break_of_facts(entry, known)
            last = entry
            session.expunge(entry)
        broken = broken or heads.broken_at(last, facts.written(known))
    return Verification(entries, subjects, broken or heads.without_a_chain())


class _Heads:
    """The kept heads, read beside the chains in the order of their subjects, so that none is held in memory."""

    def __init__(self, session: Session) -> None:
        kept = select(Chain.subject, Chain.seq, Chain.hash, Chain.at, Chain.facts).order_by(Chain.subject)
        self._kept = session.execute(kept.execution_options(yield_per=BATCH))
        self._rows = iter(self._kept)
        self._next = next(self._rows, None)

    def close(self) -> None:
        self._kept.close()

    def without_a_chain(self, *, before: str | None = None) -> Broken | None:
        """The break if a head comes before this subject whose chain has no entry at all."""
        if self._next is None or (before is not None and self._next.subject >= before):
            return None
        return Broken(self._next.subject, 1, None, "its whole chain is missing")

    def broken_at(self, last: Entry | None, known: str) -> Broken | None:
        """The break if the chain that ends with this entry, and these facts, does not end with its kept head."""
        if last is None:
            return None
        head = self._next
        if head is not None and head.subject == last.subject:
            self._next = next(self._rows, None)
            if (head.seq, head.hash) == (last.subject_seq, last.hash):
                is_kept = (head.at, head.facts) == (last.at, known)
                why = "its chain's end keeps another time, or other facts"
                return None if is_kept else Broken(last.subject, last.subject_seq, last.seq, why)
        return Broken(last.subject, last.subject_seq + 1, None, "later entries were cut off")


def _unreadable(session: Session) -> Broken | None:
    places = session.execute(
        select(Entry.seq, Entry.subject, Entry.subject_seq).order_by(Entry.subject, Entry.subject_seq)
    )
    for seq, subject, subject_seq in places:
        try:
            session.scalars(select(Entry).where(Entry.seq == seq)).one()
        except (ValueError, LookupError):
            return Broken(subject, subject_seq, seq, "it cannot be read")
    return None


def _break_between(last: Entry | None, entry: Entry) -> Broken | None:
    expected_seq, expected_hash = (last.subject_seq + 1, last.hash) if last else (1, NO_HASH)
    if entry.subject_seq != expected_seq:
        return Broken(entry.subject, expected_seq, None, "this entry is missing")
    if entry.prev_hash != expected_hash:
        return Broken(entry.subject, entry.subject_seq, entry.seq, "it does not follow the entry before it")
    if entry.hash != hash_of(entry):
        return Broken(entry.subject, entry.subject_seq, entry.seq, "its content was changed")
    if last and entry.at < last.at:
        return Broken(entry.subject, entry.subject_seq, entry.seq, "it is earlier than the entry before it")
    return None


def _break_of_facts(entry: Entry, known: facts.Values) -> Broken | None:
    """The break if the entry's digest is not of the facts that its chain tells; `known`, those before it, become those after it."""
    try:
        facts.fold_body(known, entry.body)
    except ValueError:
        return Broken(entry.subject, entry.subject_seq, entry.seq, "its body is not written as a body is")
    texts = facts.texts(entry.subject, known)
    if entry.facts == facts_of(entry.salt, entry.subject, entry.subject_seq, rfc3339(entry.at), texts):
        return None
    return Broken(entry.subject, entry.subject_seq, entry.seq, "its facts are not those that its chain tells")


def latest(session: Session, subject: str, *, before: int | None = None, limit: int) -> list[Entry]:
    """A subject's entries, newest first."""
    found = select(Entry).where(Entry.subject == subject).order_by(Entry.subject_seq.desc()).limit(limit)
    return list(session.scalars(found.where(Entry.subject_seq < before) if before else found))
