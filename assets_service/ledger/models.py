"""Entries nobody can quietly change, the head of each chain, and the actions already answered."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assets_service.kernel.db import BigId, Record, binary_text
from assets_service.ledger.stamp import Door

NO_HASH = "0" * 64  # what the first entry of a chain names as its predecessor


class Entry(Record):
    """One sentence of the history. Triggers on both databases refuse UPDATE and DELETE."""

    __tablename__ = "entries"
    __table_args__ = (
        UniqueConstraint("subject", "subject_seq", name="uq_entries_subject"),
        CheckConstraint("subject_seq > 0", name="subject_seq_positive"),
        Index("ix_entries_at", "at"),
        Index("ix_entries_action_id", "action_id"),
    )
    seq: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    subject: Mapped[str] = mapped_column(binary_text(40))
    subject_seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    actor_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(60))
    door: Mapped[Door]
    action_id: Mapped[str] = mapped_column(String(36))
    body: Mapped[str] = mapped_column(Text)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Chain(Record):
    """Where a subject's chain ends. Locking this row is what puts two writers of one subject in order."""

    __tablename__ = "chains"
    subject: Mapped[str] = mapped_column(binary_text(40), primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class Action(Record):
    """An action id, what it asked, and the answer it got: the same id never acts twice. Kept 400 days."""

    __tablename__ = "actions"
    __table_args__ = (Index("ix_actions_created_at", "created_at"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[int | None]
    content_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    headers: Mapped[str] = mapped_column(Text)
    answer: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
