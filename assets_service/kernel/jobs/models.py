"""Work to be done, and how far it is."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from assets_service.kernel.db import BigId, Record, unique_where


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN_STATES = (JobState.WAITING, JobState.RUNNING)


class Job(Record):
    """One piece of work of a kind, about the thing that `key` names; only one job of a key is done at a time.

    Until `leased_until` a living process answers for it, by doing it or by keeping the queue. `attempt` counts how often it
    was begun, so that a thread that comes back late is told to stop; `failures` counts how often that ended badly.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("(state IN ('waiting', 'running')) = (ended_at IS NULL)", name="ended_has_time"),
        unique_where("uq_jobs_running_key", "key", where="state = 'running'"),
        Index("ix_jobs_due", "kind", "state", "next_at"),
        Index("ix_jobs_started_at", "kind", "started_at"),
        Index("ix_jobs_ended_at", "ended_at"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(80))
    payload: Mapped[str] = mapped_column(Text)  # a Struct of the kind's own, as JSON
    state: Mapped[JobState]
    attempt: Mapped[int]
    failures: Mapped[int]
    asked_at: Mapped[datetime]
    next_at: Mapped[datetime]  # not to be begun before
    started_at: Mapped[datetime | None]
    leased_until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    why: Mapped[str | None] = mapped_column(Text)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    def is_lost(self, at: datetime) -> bool:
        """Whether the process that did the job died, or none was there to begin it."""
        return self.is_open and self.leased_until < at
