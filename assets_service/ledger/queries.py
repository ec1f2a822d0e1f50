"""Every select of the ledger."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets_service.ledger.chain import hash_of
from assets_service.ledger.models import NO_HASH, Chain, Entry

BATCH = 2000


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


def history(session: Session, subject: str, *, after: int = 0, limit: int | None = None) -> list[Entry]:
    """A subject's entries, oldest first."""
    found = select(Entry).where(Entry.subject == subject, Entry.subject_seq > after).order_by(Entry.subject_seq)
    return list(session.scalars(found.limit(limit)))


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


def verify(session: Session) -> Verification:
    """Recompute every hash, follow every link, and hold each chain against its kept head."""
    try:
        return _verify(session)
    except (ValueError, LookupError):  # a time that is none, a door that is none: no value of ours was stored so
        return Verification(session.scalar(select(func.count(Entry.seq))) or 0, 0, _unreadable(session))


def _verify(session: Session) -> Verification:
    heads = dict(session.execute(select(Chain.subject, Chain.hash)).all())
    entries, subjects, broken = 0, 0, None
    last: Entry | None = None
    for entry in by_subject(session):
        entries += 1
        if last is None or last.subject != entry.subject:
            broken = broken or _cut_off(last, heads)
            subjects += 1
            last = None
        broken = broken or _break_between(last, entry)
        last = entry
        session.expunge(entry)
    broken = broken or _cut_off(last, heads)
    if broken is None and heads:
        subject = min(heads)
        broken = Broken(subject, 1, None, "its whole chain is missing")
    return Verification(entries, subjects, broken)


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
    return None


def _cut_off(last: Entry | None, heads: dict[str, str]) -> Broken | None:
    """Whether the chain ends before its kept head; takes the head off the list."""
    if last is None or heads.pop(last.subject, None) == last.hash:
        return None
    return Broken(last.subject, last.subject_seq + 1, None, "later entries were cut off")


def latest(session: Session, subject: str, *, limit: int) -> list[Entry]:
    """A subject's entries, newest first."""
    found = select(Entry).where(Entry.subject == subject).order_by(Entry.subject_seq.desc()).limit(limit)
    return list(session.scalars(found))
