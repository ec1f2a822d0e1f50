"""Print runs and every label in them, stocks that users saved, and what finders wrote."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assets_service.access.stamp import Door
from assets_service.devices.models import Device
from assets_service.kernel.db import Record, binary_text, unique_where
from assets_service.kernel.jobs import Job
from assets_service.offices.models import Office


class RunSort(StrEnum):
    DEVICES = "devices"
    BLANKS = "blanks"


class RunState(StrEnum):
    QUEUED = "queued"
    DRAWING = "drawing"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


OPEN = (RunState.QUEUED, RunState.DRAWING)


class SavedStock(Record):
    """A label stock that users measured themselves. Never changed, for runs name it: retired, and another one saved."""

    __tablename__ = "label_stocks"
    __table_args__ = (Index("ix_label_stocks_office_id", "office_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    geometry: Mapped[str] = mapped_column(String(1000))  # a labels.Stock as JSON
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    saved_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    office: Mapped[Office] = relationship(lazy="raise")


class PrintRun(Record):
    """One printing: who asked, for what, on which stock, and how far it is. Drawing it is a job of its own.

    `attempt` counts how often it was asked to be drawn.
    """

    __tablename__ = "print_runs"
    __table_args__ = (
        CheckConstraint("(state = 'done') = (file_sha256 IS NOT NULL)", name="done_with_file"),
        CheckConstraint("drawn BETWEEN 0 AND labels", name="drawn_within_labels"),
        Index("ix_print_runs_office_id", "office_id", "id"),
        Index("ix_print_runs_asked_by_id", "asked_by_id"),
        Index("ix_print_runs_job_id", "job_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    sort: Mapped[RunSort]
    state: Mapped[RunState] = mapped_column(default=RunState.QUEUED)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))  # all its labels belong at or below this office
    selection: Mapped[str] = mapped_column(String(160))
    stock: Mapped[str] = mapped_column(String(40))
    start: Mapped[int]
    offset_x_mm: Mapped[float]
    offset_y_mm: Mapped[float]
    scale: Mapped[float]
    draft: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(String(2000))
    labels: Mapped[int]
    drawn: Mapped[int] = mapped_column(default=0)
    attempt: Mapped[int] = mapped_column(default=1)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    door: Mapped[Door]
    action_id: Mapped[str] = mapped_column(String(36))
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"))  # none once it was swept
    ended_at: Mapped[datetime | None]
    why: Mapped[str | None] = mapped_column(Text)
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    file_bytes: Mapped[int | None] = mapped_column(BigInteger)
    office: Mapped[Office] = relationship(lazy="raise")
    job: Mapped[Job | None] = relationship(lazy="raise")


class PrintedLabel(Record):
    """One label of one run. When `issued_at` is set its file was handed out, so that this version of the code exists."""

    __tablename__ = "printed_labels"
    __table_args__ = (
        UniqueConstraint("run_id", "position", name="uq_printed_labels_position"),
        unique_where("uq_printed_labels_issued", "code", "version", where="issued_at IS NOT NULL"),
        Index("ix_printed_labels_device_id", "device_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("print_runs.id"))
    position: Mapped[int]
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    code: Mapped[str] = mapped_column(binary_text(8))
    version: Mapped[int]
    issued_at: Mapped[datetime | None]


class FinderMessage(Record):
    """What somebody wrote who found a device. Shown to the office that answers for it; the contact is personal data."""

    __tablename__ = "finder_messages"
    __table_args__ = (
        CheckConstraint("handled_at IS NOT NULL OR handled_by_id IS NULL", name="handled_has_time"),
        Index("ix_finder_messages_device_id", "device_id"),
        Index("ix_finder_messages_open", "handled_at", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(binary_text(8))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    message: Mapped[str] = mapped_column(String(1000))
    contact: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    device: Mapped[Device | None] = relationship(lazy="raise")
