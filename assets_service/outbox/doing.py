"""One act that could be read: done by its room, unless what has changed since, or a right that has ended, stands against it."""

from typing import Any

import structlog
from msgspec import Struct, structs
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.actions.errors import ActionReused, ActionUnderWay
from assets_service.actions.once import Once
from assets_service.devices.models import Device
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Busy, Crash, Forbidden, NotFound, Refusal
from assets_service.outbox import changes, commands, queries
from assets_service.outbox.asks import QueuedAct
from assets_service.outbox.changes import Verdict
from assets_service.outbox.commands import Against, Handed
from assets_service.outbox.errors import Contradicted, Outdated, kept
from assets_service.outbox.kinds import KINDS, key_of
from assets_service.outbox.models import ActType, Answer, HeldFor, Mark, Status

log = structlog.get_logger("outbox")


class Doing:
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
            return self._kept(refusing(self._in_payload(refusal), self._marks))
        except SQLAlchemyError:
            raise  # the database's trouble is nothing of this act's: the phone asks again
        except Exception as fault:
            if self._other_side is None:
                raise
            log.exception("an act that was handed in crashed", exc_info=fault, act=self._act.id)
            # Tried again and again it would hold back all behind it for ever.
            return self._held(HeldFor.QUARANTINED, Crash(), self._other_side)
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
            changed: list[Any] = list(changes.of_device(session, target, seen, phone_id=self._act.phone_id))
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


def refusing(refusal: Refusal, marks: list[Mark]) -> Answer:
    return Answer(status=Status.REFUSED, problem=kept(refusal), marks=marks)
