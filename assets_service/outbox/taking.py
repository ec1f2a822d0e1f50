"""Taking a batch: each act in its place, in a transaction of its own, so that a bad one costs no other."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
import structlog
from msgspec import Struct, structs
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from assets_service.access.stamp import Door, Stamp
from assets_service.actions.errors import ActionReused, ActionUnderWay
from assets_service.actions.once import Once
from assets_service.devices.models import Device
from assets_service.kernel import fields
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Busy, Crash, Forbidden, NotFound, Refusal
from assets_service.outbox import acts, changes, commands, queries
from assets_service.outbox.asks import KEPT_DAYS, Batch, Contact, Place, QueuedAct
from assets_service.outbox.changes import Verdict
from assets_service.outbox.commands import Against, Handed
from assets_service.outbox.errors import (
    Contradicted,
    Dismissed,
    NotThatTime,
    Outdated,
    PayloadTooLarge,
    WentBack,
    kept,
)
from assets_service.outbox.kinds import KINDS, ask_of, key_of, names_of_photos
from assets_service.outbox.models import ActType, Answer, HandedAct, HeldFor, Mark, Ruling, Status
from assets_service.outbox.views import CLOCK_TOLERANCE_S
from assets_service.photos import queries as photos

log = structlog.get_logger("outbox")

PAYLOAD_KB_MAX = 256
AHEAD_MAX = timedelta(days=1)  # a clock further ahead than this is not only wrong by a zone
BEHIND_MAX = timedelta(days=KEPT_DAYS)
_CONTENT = ("type", "device", "shipment", "visit", "payload", "photos", "observed_at")
_encoder = msgspec.json.Encoder(order="deterministic")


class Taken(NamedTuple):
    """An act's id as it was sent, if one could be read, and what became of it."""

    id: str | None
    answer: Answer


class Batched(NamedTuple):
    each: list[Taken]
    is_signed_out: bool


def take(once: Once, batch: Batch) -> Batched:
    """Carry out what a phone hands in. Raises what a contact raises, and `Busy`: what was done until then stays done."""
    by = Once(once.db, structs.replace(once.stamp, door=Door.OUTBOX), tools=once.tools)
    skew = _skew(batch, by.stamp.at)
    phone = by.do(acts.CONTACT, Contact(str(batch.phone), batch.schema, batch.name, skew, batch.holds))
    taking = _Taking(by, phone.id, phone.sequence, phone.hole_until, skew)
    taking.recall([_id_of(raw) for raw in batch.actions])
    return Batched([taking.one(raw) for raw in batch.actions], phone.is_signed_out)


class _Taking:
    """One phone's batch under way: how far its order has come, and what was handed in before."""

    def __init__(self, by: Once, phone_id: str, sequence: int, hole_until: datetime | None, skew: int | None) -> None:
        self._by = by
        self._db = by.db
        self._stamp = by.stamp
        self._phone_id = phone_id
        self._sequence = sequence
        self._hole_until = hole_until
        self._skew = skew
        self._without_place = 0  # refused ones that took no place: what is missing in the order is no secret
        self._known: dict[str, HandedAct] = {}

    def recall(self, ids: list[str | None]) -> None:
        with self._db.reading() as session:
            self._known = queries.handed(session, [each for each in ids if each])

    def one(self, raw: Any) -> Taken:
        """What becomes of one act."""
        named = _id_of(raw)
        try:
            place = fields.read(_place_in(raw), Place)
        except Refusal as refusal:
            return self._refused_without_place(named, refusal)
        act = Handed(self._phone_id, self._stamp.actor_id or 0, str(place.id), place.sequence, _content_hash(raw))
        if before := self._known.get(act.id):
            return self._before(act, before)
        marks: list[Mark] = []
        if act.sequence <= self._sequence:
            if self._is_taken(act.sequence):
                return self._refused_without_place(act.id, WentBack())
            marks.append(Mark.LATE)
        elif act.sequence > self._sequence + 1 + self._without_place:
            if until := self._waits_until():
                return Taken(act.id, Answer(status=Status.WAITING, until=until))
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
        return _Doing(self._by, stamp, act, queued, ask, marks).answer()

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

    def _waits_until(self) -> datetime | None:
        """Until when an act waits for one that is missing before it; None when that has lasted long enough."""
        if self._hole_until is None:
            with self._db.writing() as session:
                self._hole_until = commands.wait_for_hole(session, self._phone_id, at=self._stamp.at)
        return self._hole_until if self._stamp.at < self._hole_until else None

    def _note(self, act: Handed, answer: Answer) -> None:
        if act.sequence > self._sequence:
            self._sequence, self._hole_until, self._without_place = act.sequence, None, 0
        kept_ = structs.asdict(act) | {"answer": msgspec.json.encode(answer).decode(), "at": self._stamp.at}
        self._known[act.id] = HandedAct(**kept_)

    def _refused(self, act: Handed, refusal: Refusal, marks: list[Mark]) -> Answer:
        answer = _refusing(refusal, marks)
        with self._db.writing() as session:
            commands.keep_answer(session, act, answer, at=self._stamp.at)
        return answer

    def _refused_without_place(self, named: str | None, refusal: Refusal) -> Taken:
        self._without_place += 1
        return Taken(named, _refusing(refusal, []))


class _Doing:
    """One act that could be read, done through the same `Once` as at every other door; what stands against it is judged here."""

    def __init__(self, by: Once, stamp: Stamp, act: Handed, queued: QueuedAct, ask: Struct, marks: list[Mark]) -> None:
        self._db: Database = by.db
        self._tools = by.tools
        self._stamp = stamp
        self._act = act
        self._queued = queued
        self._kind = KINDS[queued.type]
        self._ask = ask
        self._marks = marks
        self._is_outdated = False
        self._answer: Answer | None = None
        self._other_side: Against | None = None

    def answer(self) -> Answer:
        once = Once(self._db, self._stamp, key=self._act.id, tools=self._tools, door=self)
        try:
            self._kind.act.who.check(self._stamp)
            once.do(self._kind.act, self._ask, key_of(self._queued))
        except (Busy, ActionUnderWay):
            raise  # nothing final: the phone asks again
        except Contradicted as refusal:
            assert self._other_side, "what contradicts was seen"
            return self._held(HeldFor.CONFLICT, refusal, self._other_side)
        except Refusal as refusal:
            if isinstance(refusal, Forbidden | NotFound) and (other_side := self._lost_right()):
                return self._held(HeldFor.QUARANTINED, refusal, other_side)
            return self._kept(_refusing(self._in_payload(refusal), self._marks))
        except SQLAlchemyError:
            raise  # the database's trouble is nothing of this act's: the phone asks again
        except Exception as fault:
            if self._other_side is None:
                raise
            log.exception("an act that was handed in crashed", exc_info=fault, act=self._act.id)
            return self._held(
                HeldFor.QUARANTINED, Crash(), self._other_side
            )  # else it would hold back all behind it for ever
        if self._answer:
            return self._answer
        with self._db.writing() as session:  # it came through another door, or its answer was never kept
            answer = self._done(session, Status.DUPLICATE)
            commands.keep_answer(session, self._act, answer, at=self._stamp.at)
        return answer

    def before(self, session: Session, target: Any) -> None:
        """Weigh what has changed since the phone saw the thing. Raises `Contradicted`."""
        seen = self._queued.base_version
        self._other_side = commands.against(target)
        if seen is None or self._is_so_already(target):
            return
        if isinstance(target, Device):
            changed: list[Any] = list(changes.of_device(session, target, seen))
        else:
            changed = list(changes.of_shipment(session, target, seen, self._codes_named()))
        verdict = changes.verdict_of(self._queued.type, changed)
        self._is_outdated = verdict is Verdict.REFUSED
        if verdict is Verdict.CONFLICT:
            raise Contradicted(changed=[str(each) for each in changed])

    def after(self, session: Session) -> None:
        """Keep the answer beside the effect. Raises `Outdated` for what the table refuses and the act's own rules did not."""
        if self._is_outdated:
            raise Outdated
        self._answer = self._done(session, Status.APPLIED)
        commands.keep_answer(session, self._act, self._answer, at=self._stamp.at)

    def _done(self, session: Session, status: Status) -> Answer:
        seq = queries.last_entry_of(session, self._act.id)
        if status is Status.APPLIED and seq is None:
            status = Status.UNCHANGED
        return Answer(status=status, ledger_seq=seq, marks=self._marks)

    def _is_so_already(self, target: Any) -> bool:
        """Whether the device has the holder already whom the act names: two who say the same contradict each other in nothing."""
        if self._queued.type is not ActType.HOLDER:
            return False
        return bool(target.holder_id == structs.asdict(self._ask)["person"])

    def _codes_named(self) -> set[str]:
        lines = structs.asdict(self._ask).get("lines") or []
        return {line.device.replace(" ", "").replace("-", "").upper() for line in lines}

    def _lost_right(self) -> Against | None:
        """What the act is on, if its person had the right to do it then and has it no more: the right of then opens nothing else."""
        now, seen_at = self._stamp, self._stamp.seen_at or self._stamp.at
        roles = self._kind.act.who.roles
        with self._db.reading() as session:
            then = structs.replace(now, rights=queries.rights_at(session, self._act.person_id, seen_at))
            if self._kind.key == "shipment":
                shipment = queries.any_shipment(session, self._queued.shipment or 0)
                if shipment is None or shipment.sent_at is None:
                    return None
                path = shipment.to_office.path
                return commands.against(shipment) if then.belongs_to(path) and not now.belongs_to(path) else None
            device = queries.any_device(session, self._queued.device or "")
            if device is None or now.may(device.office.path, *roles):
                return None
            path = queries.office_then(session, device, seen_at) or ""
            return commands.against(device) if path and then.may(path, *roles) else None

    def _held(self, held_for: HeldFor, refusal: Refusal, other_side: Against) -> Answer:
        changed = refusal.changed if isinstance(refusal, Contradicted) else []
        answer = Answer(status=Status(held_for), problem=kept(refusal), marks=self._marks)
        with self._db.writing() as session:
            commands.hold_back(
                session,
                self._act,
                self._queued,
                self._ask,
                other_side,
                refusal,
                held_for=held_for,
                changed=changed,
                stamp=self._stamp,
            )
            commands.keep_answer(session, self._act, answer, at=self._stamp.at)
        return answer

    def _kept(self, answer: Answer) -> Answer:
        with self._db.writing() as session:
            commands.keep_answer(session, self._act, answer, at=self._stamp.at)
        return answer

    def _in_payload(self, refusal: Refusal) -> Refusal:
        """The refusal with its pointers as they stand in the act: what the command asks is the payload."""
        if not refusal.problems or isinstance(refusal, ActionReused):
            return refusal
        return refusal.placed(lambda pointer: f"/payload{pointer}")


def _refusing(refusal: Refusal, marks: list[Mark]) -> Answer:
    return Answer(status=Status.REFUSED, problem=kept(refusal), marks=marks)


def _id_of(raw: Any) -> str | None:
    named = raw.get("id") if isinstance(raw, dict) else None
    return named[:36].lower() if isinstance(named, str) and named.isascii() and named.isprintable() else None


def _place_in(raw: Any) -> Any:
    return {name: raw[name] for name in ("id", "sequence") if name in raw} if isinstance(raw, dict) else raw


def _content_hash(raw: Mapping[str, Any]) -> str:
    """What the act stands for, without what may differ from one sending to the next."""
    return sha256(_encoder.encode({name: raw[name] for name in _CONTENT if name in raw})).hexdigest()


def _read(raw: Any) -> QueuedAct:
    if len(_encoder.encode(raw.get("payload"))) > PAYLOAD_KB_MAX << 10:
        raise PayloadTooLarge(kilobytes=PAYLOAD_KB_MAX)
    return fields.read(raw, QueuedAct)


def _skew(batch: Batch, at: datetime) -> int | None:
    """By how many seconds the phone's clock is ahead of ours; None when it does not say what it shows."""
    return round((batch.sent_at - at).total_seconds()) if batch.sent_at else None


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
