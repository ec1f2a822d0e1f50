"""Every write of jobs: adding one, taking it, prolonging its lease, ending it, beginning it again."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from secrets import SystemRandom

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from assets_service.kernel.jobs.models import OPEN_STATES, Job, JobState

LEASE = timedelta(seconds=90)
FIRST_WAIT_S = 5.0  # after a failure; doubled with each further one
WAIT_MAX_S = 3600.0
WHY_MAX = 1000  # characters

_NEVER = datetime.min.replace(tzinfo=UTC)
_chance = SystemRandom()


class Lease(Struct, frozen=True):
    """The right to do a job, for this attempt."""

    job_id: int
    kind: str
    key: str
    attempt: int
    payload: str


def ask(session: Session, kind: str, key: str, payload: Struct, *, at: datetime) -> Job:
    """Add a job, to be done once this transaction commits. `key` names what it is about (`label-run/17`)."""
    job = Job(
        kind=kind,
        key=key,
        payload=msgspec.json.encode(payload).decode(),
        state=JobState.WAITING,
        attempt=0,
        failures=0,
        asked_at=at,
        next_at=at,
        leased_until=at + LEASE,
    )
    session.add(job)
    session.flush()
    return job


def is_time_for(session: Session, kind: str, every: timedelta, *, at: datetime) -> bool:
    """Whether the last job of this kind was asked for so long ago that another is due; one that waits still counts."""
    recent = or_(Job.asked_at > at - every, Job.state.in_(OPEN_STATES))
    return not session.scalar(select(exists().where(Job.kind == kind, recent)))


def ask_again(session: Session, job: Job, payload: Struct, *, at: datetime) -> None:
    """Begin a job again that has ended or lost its process; a thread that still does it is told to stop."""
    job.payload = msgspec.json.encode(payload).decode()
    job.state, job.failures, job.ended_at, job.why = JobState.WAITING, 0, None, None
    job.next_at, job.leased_until = at, at + LEASE
    session.flush()


def locked(session: Session, job_id: int) -> Job:
    """The job, locked until the transaction ends."""
    found = select(Job).where(Job.id == job_id).with_for_update()
    return session.scalars(found.execution_options(populate_existing=True)).one()


def cancel(session: Session, job: Job, *, at: datetime) -> None:
    """Cancel the job; whoever does it learns of it when it next prolongs its lease."""
    job.state, job.ended_at = JobState.CANCELLED, at
    session.flush()


def take(session: Session, job: Job, *, at: datetime) -> Lease | None:
    """Lease this very job; None when it has ended or somebody else does it."""
    if job.state is JobState.WAITING or job.is_lost(at):
        return _taken(session, job, at)
    return None


def claim(session: Session, tries: Mapping[str, int], *, at: datetime) -> Lease | None:
    """Lease the next job of these kinds; None when nothing is due. `tries`: kind -> how often it may fail.

    The kind that was served longest ago comes first, so that a thousand jobs of one kind do not keep the others waiting. A
    job whose process died is taken over, until it has lost as many processes as it may fail.
    """
    for kind in _longest_waiting_first(session, list(tries)):
        while job := _next_due(session, kind, at):
            if job.state is JobState.RUNNING:
                job.failures += 1
            if job.failures < tries[kind]:
                return _taken(session, job, at)
            _end(job, JobState.FAILED, at, "Whoever did it stopped before the end, again and again.")
            session.flush()
    return None


def is_anything_due(session: Session, kinds: Sequence[str], *, at: datetime) -> bool:
    """Whether `claim` would find something: asked first, since looking costs nobody a turn at writing."""
    return bool(session.scalar(select(exists().where(Job.kind.in_(kinds), _is_due(at)))))


def is_anything_waiting(session: Session, kinds: Sequence[str]) -> bool:
    return bool(session.scalar(select(exists().where(Job.kind.in_(kinds), Job.state == JobState.WAITING))))


def count_lost(session: Session, *, at: datetime) -> int:
    """How many open jobs nobody answers for any more."""
    lost = select(func.count()).where(Job.state.in_(OPEN_STATES), Job.leased_until < at)
    return session.scalar(lost) or 0


def answer_for_waiting(session: Session, kinds: Sequence[str], *, at: datetime) -> None:
    """Prolong the leases of waiting jobs: a worker for these kinds is alive, so they are not lost."""
    waiting = update(Job).where(Job.kind.in_(kinds), Job.state == JobState.WAITING)
    session.execute(waiting.values(leased_until=at + LEASE), execution_options={"synchronize_session": False})


def prolong(session: Session, lease: Lease, *, at: datetime) -> bool:
    """Prolong the lease and lock the row until the transaction ends. False when it was cancelled or taken over."""
    return _if_held(session, lease, leased_until=at + LEASE)


def finish(session: Session, lease: Lease, *, at: datetime) -> bool:
    """End the job as done. False when it is no longer leased to the caller."""
    return _if_held(session, lease, state=JobState.DONE, ended_at=at)


def give_up(session: Session, lease: Lease, why: str, *, at: datetime) -> bool:
    """End the job as failed. False when it is no longer leased to the caller."""
    return _if_held(session, lease, state=JobState.FAILED, ended_at=at, why=why[:WHY_MAX])


def put_down(session: Session, lease: Lease, *, at: datetime) -> bool:
    """Give the job back undone, for another process to begin at once. False when it is no longer leased to the caller."""
    return _if_held(session, lease, state=JobState.WAITING, next_at=at, leased_until=at + LEASE)


def retry(session: Session, lease: Lease, why: str, *, tries: int, at: datetime) -> bool:
    """Let the job wait for another try after a fault, or end it as failed. False when it is no longer leased to the caller."""
    failures = session.scalar(select(Job.failures).where(Job.id == lease.job_id)) or 0
    if failures + 1 >= tries:
        return _if_held(session, lease, state=JobState.FAILED, ended_at=at, why=why[:WHY_MAX], failures=failures + 1)
    next_at = at + wait_after(failures)
    return _if_held(
        session,
        lease,
        state=JobState.WAITING,
        next_at=next_at,
        leased_until=next_at + LEASE,
        why=why[:WHY_MAX],
        failures=failures + 1,
    )


def wait_after(failures: int) -> timedelta:
    """How long to wait after so many failures: longer each time, and by chance, so that not all try again at the same moment."""
    return timedelta(seconds=min(WAIT_MAX_S, FIRST_WAIT_S * 2**failures) * _chance.uniform(0.5, 1.5))


def _longest_waiting_first(session: Session, kinds: list[str]) -> list[str]:
    def served_at(kind: str) -> datetime:
        return session.scalar(select(func.max(Job.started_at)).where(Job.kind == kind)) or _NEVER

    return sorted(kinds, key=served_at)


def _next_due(session: Session, kind: str, at: datetime) -> Job | None:
    other = aliased(Job)
    is_alone = ~exists().where(other.key == Job.key, other.id != Job.id, other.state == JobState.RUNNING)
    found = select(Job).where(Job.kind == kind, _is_due(at), is_alone).order_by(Job.next_at, Job.id)
    return session.scalar(found.limit(1).with_for_update(skip_locked=True).execution_options(populate_existing=True))


def _is_due(at: datetime) -> ColumnElement[bool]:
    return or_(
        and_(Job.state == JobState.WAITING, Job.next_at <= at),
        and_(Job.state == JobState.RUNNING, Job.leased_until < at),
    )


def _taken(session: Session, job: Job, at: datetime) -> Lease:
    job.state, job.attempt = JobState.RUNNING, job.attempt + 1
    job.started_at, job.leased_until = at, at + LEASE
    session.flush()
    return Lease(job.id, job.kind, job.key, job.attempt, job.payload)


def _end(job: Job, state: JobState, at: datetime, why: str) -> None:
    job.state, job.ended_at, job.why = state, at, why


def _if_held(session: Session, lease: Lease, **values: object) -> bool:
    held = (Job.id == lease.job_id) & (Job.attempt == lease.attempt) & (Job.state == JobState.RUNNING)
    done = session.execute(update(Job).where(held).values(**values), execution_options={"synchronize_session": False})
    return done.rowcount == 1  # type: ignore[attr-defined, no-any-return]  # an UPDATE gives a CursorResult
