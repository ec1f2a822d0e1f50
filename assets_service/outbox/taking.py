"""Taking a batch: each act in its place, in a transaction of its own, so that a bad one costs no other."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
from msgspec import structs

from assets_service.access.stamp import Door
from assets_service.actions.errors import ActionReused, ActionUnderWay
from assets_service.actions.once import Once
from assets_service.kernel import fields
from assets_service.kernel.errors import Malformed, Refusal
from assets_service.outbox import acts, commands, queries
from assets_service.outbox.asks import KEPT_DAYS, Batch, Contact, Place, QueuedAct
from assets_service.outbox.commands import Handed
from assets_service.outbox.doing import Doing, refusing
from assets_service.outbox.errors import (
    Dismissed,
    NotThatTime,
    PayloadTooLarge,
    WentBack,
    kept,
)
from assets_service.outbox.kinds import ask_of, names_of_photos
from assets_service.outbox.models import Answer, HandedAct, Mark, Ruling, Status
from assets_service.outbox.views import CLOCK_TOLERANCE_S, Contacted
from assets_service.photos import queries as photos

PAYLOAD_KB_MAX = 256
AHEAD_MAX = timedelta(days=1)  # a clock further ahead than this is not only wrong by a zone
SKEW_MAX_S = 2_000_000_000  # more than any clock can be wrong, and what a row holds
BEHIND_MAX = timedelta(days=KEPT_DAYS)
_CONTENT = ("type", "device", "shipment", "visit", "payload", "photos", "observed_at")


class Taken(NamedTuple):
    """An act's id as it was sent, if one could be read, and what became of it."""

    id: str | None
    answer: Answer


class Batched(NamedTuple):
    each: list[Taken]
    is_signed_out: bool


def take(once: Once, batch: Batch, *, door: Door = Door.OUTBOX) -> Batched:
    """Carry out what a phone hands in. Raises what a contact raises, and `Busy`: what was done until then stays done."""
    by = Once(once.db, structs.replace(once.stamp, door=door), tools=once.tools)
    skew = _skew(batch, by.stamp.at)
    holds = None if batch.holds is None else max(0, batch.holds - len(_known(by, batch)))
    phone = by.do(acts.CONTACT, Contact(str(batch.phone), batch.schema, batch.name, skew, holds))
    taking = _Taking(
        by, phone, _known(by, batch), skew
    )  # known not before the phone's place is: it may be handed in twice at once
    return Batched([taking.one(raw) for raw in batch.actions], phone.is_signed_out)


def _known(by: Once, batch: Batch) -> dict[str, HandedAct]:
    """Those of the batch's acts that were handed in before."""
    with by.db.reading() as session:
        return queries.handed(session, [named for raw in batch.actions if (named := _id_of(raw))])


class _Taking:
    """One phone's batch under way: how far its order has come, and what was handed in before."""

    def __init__(self, by: Once, phone: Contacted, known: dict[str, HandedAct], skew: int | None) -> None:
        self._by = by
        self._db = by.db
        self._stamp = by.stamp
        self._phone_id = phone.id
        self._sequence = phone.sequence
        self._hole_until = phone.hole_until
        self._skew = skew
        self._without_place = 0  # refused ones that took no place: what is missing in the order is no secret
        self._known = known

    def one(self, raw: Any) -> Taken:
        """What becomes of one act."""
        named = _id_of(raw)
        try:
            place = fields.read(_place_in(raw), Place)
            content_hash = _content_hash(raw)
        except Refusal as refusal:
            return self._refused_without_place(named, refusal)
        act = Handed(self._phone_id, self._stamp.actor_id or 0, str(place.id), place.sequence, content_hash)
        if before := self._known.get(act.id):
            return self._before(act, before)
        marks: list[Mark] = []
        if act.sequence <= self._sequence:
            if self._is_taken(act.sequence):
                return self._refused_without_place(act.id, WentBack())
            marks.append(Mark.LATE)
        elif act.sequence > self._sequence + 1 + self._without_place:
            if until := self._waits_until(act.sequence):
                return Taken(act.id, Answer(status=Status.WAITING, until=until))
            if act.sequence > self._sequence + 1:
                marks.append(Mark.HOLE)
        try:
            answer = self._judged(act, raw, marks)
        except ActionUnderWay:
            return Taken(act.id, Answer(status=Status.WAITING, until=self._stamp.at))
        self._note(act, answer)
        return Taken(act.id, answer)

    def _judged(self, act: Handed, raw: Any, marks: list[Mark]) -> Answer:
        try:
            queued = _read(raw)
            seen_at, is_wrong = _seen_at(queued, self._skew, self._stamp.at)
        except Refusal as refusal:
            return self._refused(act, refusal, marks)
        if is_wrong:
            marks = [*marks, Mark.CLOCK]
        stamp = structs.replace(self._stamp, action_id=act.id, claimed_at=queued.observed_at, seen_at=seen_at)
        try:
            ask = ask_of(queued, self._sent(queued))
        except Refusal as refusal:
            return self._refused(act, refusal, marks)
        return Doing(self._by, stamp, act, queued, ask, marks).answer()

    def _is_taken(self, sequence: int) -> bool:
        with self._db.reading() as session:
            return queries.is_place_taken(session, self._phone_id, sequence)

    def _sent(self, queued: QueuedAct) -> dict[str, str]:
        """The photos that the act names, as they are called here."""
        names = names_of_photos(queued)
        if not names:
            return {}
        with self._db.reading() as session:
            return {name: photo.hash for name, photo in photos.sent_by(session, names, self._stamp).items()}

    def _before(self, act: Handed, before: HandedAct) -> Taken:
        """The answer to an act that was handed in before: its own again, or that it is another."""
        if (before.person_id, before.content_hash) != (act.person_id, act.content_hash):
            return self._refused_without_place(act.id, ActionReused())
        answer = msgspec.json.decode(before.answer, type=Answer)
        if answer.status in {Status.APPLIED, Status.UNCHANGED}:
            return Taken(act.id, structs.replace(answer, status=Status.DUPLICATE))
        if answer.status in {Status.CONFLICT, Status.QUARANTINED}:
            return Taken(act.id, self._as_settled(act.id, answer))
        return Taken(act.id, answer)

    def _as_settled(self, action_id: str, answer: Answer) -> Answer:
        with self._db.reading() as session:
            held = queries.held_of(session, [action_id]).get(action_id)
        if held is None or held.ruling is None:
            return answer
        if held.ruling is Ruling.APPLIED:
            return Answer(status=Status.DUPLICATE, ledger_seq=held.ledger_seq, marks=answer.marks)
        problem = kept(Dismissed(reason=held.reason))
        return Answer(status=Status.REFUSED, problem=problem, marks=answer.marks)

    def _waits_until(self, sequence: int) -> datetime | None:
        """Until when an act waits for one that is missing before it; None when that has lasted long enough, or it has come."""
        if self._hole_until is None:
            with self._db.writing() as session:
                phone = commands.wait_for_hole(session, self._phone_id, sequence, at=self._stamp.at)
                self._sequence, self._hole_until = phone.sequence, phone.hole_until
        return self._hole_until if self._hole_until and self._stamp.at < self._hole_until else None

    def _note(self, act: Handed, answer: Answer) -> None:
        if act.sequence > self._sequence:
            self._sequence, self._hole_until, self._without_place = act.sequence, None, 0
        kept_ = structs.asdict(act) | {"answer": msgspec.json.encode(answer).decode(), "at": self._stamp.at}
        self._known[act.id] = HandedAct(**kept_)

    def _refused(self, act: Handed, refusal: Refusal, marks: list[Mark]) -> Answer:
        answer = refusing(refusal, marks)
        with self._db.writing() as session:
            commands.keep_answer(session, act, answer, at=self._stamp.at)
        return answer

    def _refused_without_place(self, named: str | None, refusal: Refusal) -> Taken:
        self._without_place += 1
        return Taken(named, refusing(refusal, []))


def _id_of(raw: Any) -> str | None:
    named = raw.get("id") if isinstance(raw, dict) else None
    return named[:36].lower() if isinstance(named, str) and named.isascii() and named.isprintable() else None


def _place_in(raw: Any) -> Any:
    return {name: raw[name] for name in ("id", "sequence") if name in raw} if isinstance(raw, dict) else raw


def _content_hash(raw: Mapping[str, Any]) -> str:
    """What the act stands for, without what may differ from one sending to the next. Raises `Malformed`."""
    return sha256(_written({name: raw[name] for name in _CONTENT if name in raw})).hexdigest()


def _written(value: Any) -> bytes:
    """Any value that was JSON as JSON again, always the same. Raises `Malformed` for one that is nested too deeply."""
    try:
        return json.dumps(value, sort_keys=True).encode()
    except RecursionError:
        raise Malformed(why="it is nested too deeply.") from None


def _read(raw: Any) -> QueuedAct:
    if len(_written(raw.get("payload"))) > PAYLOAD_KB_MAX << 10:
        raise PayloadTooLarge(kilobytes=PAYLOAD_KB_MAX)
    return fields.read(raw, QueuedAct)


def _skew(batch: Batch, at: datetime) -> int | None:
    """By how many seconds the phone's clock is ahead of ours; None when it does not say what it shows."""
    if batch.sent_at is None:
        return None
    skew = round((batch.sent_at - at).total_seconds())
    return max(-SKEW_MAX_S, min(skew, SKEW_MAX_S))


def _seen_at(queued: QueuedAct, skew: int | None, at: datetime) -> tuple[datetime, bool]:
    """When it was done, as well as can be told, and whether the phone's clock was wrong then. Raises `NotThatTime`.

    How long ago it was is the best witness, for no one sets that clock; then what the clock shows now.
    """
    claimed = queued.observed_at
    if not at - BEHIND_MAX <= claimed <= at + AHEAD_MAX:
        raise NotThatTime
    told = claimed
    if queued.elapsed_ms is not None:
        told = at - timedelta(milliseconds=queued.elapsed_ms)
    elif skew is not None:
        told = claimed - timedelta(seconds=skew)
    is_wrong = abs((claimed - min(told, at)).total_seconds()) > CLOCK_TOLERANCE_S
    return min(told, at), is_wrong
