"""Every write of the ledger: recording what happened, and answering an action once."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

import msgspec
from msgspec import Struct
from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from assets_service.ledger.chain import hash_of
from assets_service.ledger.errors import ActionReused, ActionUnderWay
from assets_service.ledger.events import Event, body_of, kind_of
from assets_service.ledger.models import NO_HASH, Action, Chain, Entry
from assets_service.ledger.stamp import Stamp

_CHUNK = 500  # bound parameters in one IN list

# Built once, and on the tables: every write of every room comes through these.
_ENTRIES, _CHAINS, _ACTIONS = (cast("Table", kind.__table__) for kind in (Entry, Chain, Action))
_APPEND = insert(_ENTRIES)
_HEADS = (
    select(_CHAINS.c.subject, _CHAINS.c.seq, _CHAINS.c.hash)
    .where(_CHAINS.c.subject.in_(bindparam("subjects", expanding=True)))
    .order_by(_CHAINS.c.subject)
    .with_for_update()
)
_HEAD = (
    select(_CHAINS.c.subject, _CHAINS.c.seq, _CHAINS.c.hash)
    .where(_CHAINS.c.subject == bindparam("subject"))
    .with_for_update()
)
_MOVE_HEAD = (
    update(_CHAINS)
    .where(_CHAINS.c.subject == bindparam("of"))
    .values(seq=bindparam("to_seq"), hash=bindparam("to_hash"))
)
_DIALECTS = {"sqlite": sqlite, "postgresql": postgresql}
_CLAIM = {
    # PostgreSQL's driver gives no count of inserted rows
    name: dialect.insert(_ACTIONS).on_conflict_do_nothing().returning(_ACTIONS.c.id)
    for name, dialect in _DIALECTS.items()
}
_KEEP = (
    update(_ACTIONS)
    .where(_ACTIONS.c.id == bindparam("of"))
    .values(status=bindparam("status"), headers=bindparam("headers"), answer=bindparam("answer"))
)


def record(session: Session, event: Event, *, subject: str, stamp: Stamp) -> None:
    """Append the event to its subject's chain, in the transaction of the change it tells."""
    record_each(session, [(subject, event)], stamp=stamp)


def record_each(session: Session, events: Sequence[tuple[str, Event]], *, stamp: Stamp) -> None:
    """Append many events, in order, with as few statements as one."""
    session.flush()
    heads = _locked_heads(session, sorted({subject for subject, _ in events}))
    entries = []
    for subject, event in events:
        seq, prev_hash = heads[subject]
        entry = SimpleNamespace(
            subject=subject,
            subject_seq=seq + 1,
            kind=kind_of(event),
            at=stamp.at,
            claimed_at=stamp.claimed_at,
            actor_id=stamp.actor_id,
            actor=stamp.actor,
            door=stamp.door,
            action_id=stamp.action_id,
            body=body_of(event),
            prev_hash=prev_hash,
        )
        entry.hash = hash_of(entry)
        heads[subject] = (entry.subject_seq, entry.hash)
        entries.append(vars(entry))
    connection = session.connection()
    connection.execute(_APPEND, entries)
    connection.execute(
        _MOVE_HEAD, [{"of": subject, "to_seq": seq, "to_hash": hash_} for subject, (seq, hash_) in heads.items()]
    )


def _locked_heads(session: Session, subjects: list[str]) -> dict[str, tuple[int, str]]:
    """Each subject's (seq, hash), its chain row locked in one fixed order so that two batches never wait in a circle."""
    heads: dict[str, tuple[int, str]] = {}
    for start in range(0, len(subjects), _CHUNK):
        part = subjects[start : start + _CHUNK]
        found = _read_heads(session, part)
        if missing := [subject for subject in part if subject not in found]:
            _begin_chains(session, missing)
            found = _read_heads(session, part)
        heads |= found
    return heads


def _read_heads(session: Session, subjects: list[str]) -> dict[str, tuple[int, str]]:
    connection = session.connection()
    if len(subjects) == 1:  # mostly; a list of one takes half as long again
        rows = connection.execute(_HEAD, {"subject": subjects[0]})
    else:
        rows = connection.execute(_HEADS, {"subjects": subjects})
    return {subject: (seq, hash_) for subject, seq, hash_ in rows}


def _begin_chains(session: Session, subjects: list[str]) -> None:
    dialect = _DIALECTS[session.get_bind().dialect.name]
    new = [{"subject": subject, "seq": 0, "hash": NO_HASH} for subject in subjects]
    session.execute(dialect.insert(Chain).on_conflict_do_nothing(), new)


class Answer(Struct):
    """What an action was answered, kept to be given again."""

    status: int
    headers: dict[str, str]
    body: bytes


def claim(session: Session, stamp: Stamp, content_hash: str) -> Answer | None:
    """Take the action id for this transaction, or give back the answer it already got.

    Raises `ActionReused` when the id stands for other content or another person.
    """
    new = {
        "id": stamp.action_id,
        "person_id": stamp.actor_id,
        "content_hash": content_hash,
        "status": 0,
        "headers": "{}",
        "answer": b"",
        "created_at": stamp.at,
    }
    if session.connection().scalar(_CLAIM[session.get_bind().dialect.name], new) is not None:
        return None
    earlier = session.execute(
        select(Action.person_id, Action.content_hash, Action.status, Action.headers, Action.answer).where(
            Action.id == stamp.action_id
        )
    ).one_or_none()
    if earlier is None or earlier.status == 0:
        raise ActionUnderWay
    if earlier.content_hash != content_hash or earlier.person_id != stamp.actor_id:
        raise ActionReused
    return Answer(earlier.status, msgspec.json.decode(earlier.headers, type=dict[str, str]), earlier.answer)


def keep(session: Session, stamp: Stamp, answer: Answer) -> None:
    """Store the answer beside the effect; both commit together."""
    headers = msgspec.json.encode(answer.headers).decode()
    session.connection().execute(
        _KEEP, {"of": stamp.action_id, "status": answer.status, "headers": headers, "answer": answer.body}
    )
