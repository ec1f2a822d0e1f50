"""Every write of the ledger: recording what happened, and keeping beside it what people are called."""

from collections.abc import Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.kernel import rows
from assets_service.kernel.clock import rfc3339
from assets_service.kernel.db import locking
from assets_service.kernel.security import note_once_committed
from assets_service.ledger import facts
from assets_service.ledger.chain import facts_of, hash_of, name_of, new_salt, salt_of
from assets_service.ledger.events import Event, body_of, kind_of, said_by
from assets_service.ledger.models import NO_HASH, Chain, Entry, KeptName

_CHUNK = 500  # bound parameters in one IN list

# Built once, and on the tables: every write of every room comes through these.
_ENTRIES, _CHAINS = (cast("Table", kind.__table__) for kind in (Entry, Chain))
_APPEND = insert(_ENTRIES)
_ANY_HEAD = locking(select(_CHAINS.c.subject, _CHAINS.c.seq, _CHAINS.c.hash, _CHAINS.c.at, _CHAINS.c.facts), Chain)
_HEADS = _ANY_HEAD.where(_CHAINS.c.subject.in_(bindparam("subjects", expanding=True))).order_by(_CHAINS.c.subject)
_HEAD = _ANY_HEAD.where(_CHAINS.c.subject == bindparam("subject"))
_MOVE_HEAD = (
    update(_CHAINS)
    .where(_CHAINS.c.subject == bindparam("of"))
    .values(seq=bindparam("to_seq"), hash=bindparam("to_hash"), at=bindparam("to_at"), facts=bindparam("to_facts"))
)


class _End(NamedTuple):
    """Where a chain ends; `at` and `facts` are null for one without entries."""

    seq: int
    hash: str
    at: datetime | None
    facts: str | None


def record(session: Session, event: Event, *, subject: str, stamp: Stamp) -> None:
    """Append the event to its subject's chain, in the transaction of the change it tells."""
    record_each(session, [(subject, event)], stamp=stamp)


def record_each(session: Session, events: Sequence[tuple[str, Event]], *, stamp: Stamp) -> None:
    """Append many events, in order, with as few statements as one; in each chain none is earlier than the one before it."""
    session.flush()
    heads = _locked_heads(session, sorted({subject for subject, _ in events}))
    known = {subject: facts.read(subject, end.facts) for subject, end in heads.items()}
    entries = []
    for subject, event in events:
        entry = _follow(heads[subject], subject, event, known[subject], stamp)
        heads[subject] = _End(entry["subject_seq"], entry["hash"], entry["at"], None)
        entries.append(entry)
    connection = session.connection()
    connection.execute(_APPEND, entries)
    connection.execute(_MOVE_HEAD, [_moved(subject, end, known[subject]) for subject, end in heads.items()])
    _tell_who_watches(session, events, stamp)


def _follow(end: _End, subject: str, event: Event, known: facts.Values, stamp: Stamp) -> dict[str, Any]:
    """The entry that follows this end; `known`, the facts until now, become those after it."""
    said = said_by(event)
    facts.fold(known, said)
    # Whoever waited for the chain has an older time than who was first, and a clock may be set back.
    at = max(stamp.at, end.at or stamp.at)
    entry = SimpleNamespace(
        subject=subject,
        subject_seq=end.seq + 1,
        kind=kind_of(event),
        at=at,
        claimed_at=stamp.claimed_at,
        actor=stamp.actor,
        door=stamp.door,
        action_id=stamp.action_id,
        body=body_of(said),
        salt=new_salt(),
        prev_hash=end.hash,
    )
    entry.facts = facts_of(entry.salt, subject, entry.subject_seq, rfc3339(at), facts.texts(subject, known))
    entry.hash = hash_of(entry)
    return vars(entry)


def _moved(subject: str, end: _End, known: facts.Values) -> dict[str, Any]:
    return {
        "of": subject,
        "to_seq": end.seq,
        "to_hash": end.hash,
        "to_at": end.at,
        "to_facts": facts.written(known),
    }


def keep_name(session: Session, subject: str, name: str | None, *, at: datetime) -> KeptName | None:
    """Keep what the person of this chain (of an office's chain, its head) is called from now on; none ends what was.

    It stands from the moment that the chain's next entry bears, which is to tell of it.
    """
    at = max(at, _locked_heads(session, [subject])[subject].at or at)
    former = session.scalar(
        select(KeptName).where(KeptName.subject == subject).order_by(KeptName.number.desc()).limit(1)
    )
    if former:
        former.until = former.until or at
    if name is None:
        return None
    kept = KeptName(subject=subject, number=former.number + 1 if former else 1, name=name, salt=new_salt(), since=at)
    session.add(kept)
    return kept


def digest_of(kept: KeptName, username: str | None = None) -> str:
    """What the ledger tells of a kept name; or of the username of the person who bears it."""
    part = "username" if username else "name"
    return name_of(salt_of(kept.salt or "", part), username or kept.name or "", part)


def _tell_who_watches(session: Session, events: Sequence[tuple[str, Event]], stamp: Stamp) -> None:
    who = {"person": stamp.actor_id, "account": stamp.account, "door": str(stamp.door)}
    for subject, event in events:
        if event.is_watched:
            note_once_committed(session, kind_of(event), **who, subject=subject, said=body_of(said_by(event)))


def _locked_heads(session: Session, subjects: list[str]) -> dict[str, _End]:
    """The end of each subject's chain, the rows locked in one fixed order so that two batches never wait in a circle."""
    heads: dict[str, _End] = {}
    for start in range(0, len(subjects), _CHUNK):
        part = subjects[start : start + _CHUNK]
        found = _read_heads(session, part)
        if missing := [subject for subject in part if subject not in found]:
            rows.add_once(
                session,
                Chain,
                *({"subject": subject, "seq": 0, "hash": NO_HASH, "at": None, "facts": None} for subject in missing),
            )
            found = _read_heads(session, part)
        heads |= found
    return heads


def _read_heads(session: Session, subjects: list[str]) -> dict[str, _End]:
    connection = session.connection()
    if len(subjects) == 1:  # the usual case; a list of one would take half as long again
        found = connection.execute(_HEAD, {"subject": subjects[0]})
    else:
        found = connection.execute(_HEADS, {"subjects": subjects})
    return {subject: _End(*end) for subject, *end in found}


def lock_chain(session: Session, subject: str) -> int:
    """Hold the chain, begun or not, until the transaction ends; returns the number of its last entry."""
    return _locked_heads(session, [subject])[subject].seq
