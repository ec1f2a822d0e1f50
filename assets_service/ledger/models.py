"""Entries nobody can quietly change, the head of each chain, and beside them what people were called."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint, column
from sqlalchemy.orm import Mapped, mapped_column

from assets_service.access.stamp import Door
from assets_service.kernel.db import BigId, Record, binary_text, json_text

NO_HASH = "0" * 64  # what the first entry of a chain names as its predecessor


class Entry(Record):
    """One thing that happened. Triggers on both databases refuse UPDATE and DELETE."""

    __tablename__ = "entries"
    __table_args__ = (
        UniqueConstraint("subject", "subject_seq", name="uq_entries_subject"),
        CheckConstraint("subject_seq > 0", name="subject_seq_positive"),
        Index("ix_entries_at", "at"),
        Index("ix_entries_action_id", "action_id"),
        # Which devices an office ever answered for, or was to receive: a province's past is found by these.
        Index("ix_entries_office", json_text(column("body"), "office"), "subject"),
        Index("ix_entries_bound_for", json_text(column("body"), "bound_for"), "subject"),
        # Which devices somebody ever held.
        Index("ix_entries_holder", json_text(column("body"), "holder"), "subject"),
    )
    seq: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    subject: Mapped[str] = mapped_column(binary_text(40))
    subject_seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    actor: Mapped[str] = mapped_column(String(60))  # person/17, system, or - for a stranger
    door: Mapped[Door]
    action_id: Mapped[str] = mapped_column(String(36))
    body: Mapped[str] = mapped_column(Text)
    salt: Mapped[str] = mapped_column(String(32))
    facts: Mapped[str] = mapped_column(String(64))  # a digest of the subject's facts as they stand after this entry
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Chain(Record):
    """The end of a subject's chain. Locking this row is what puts two writers of one subject in order."""

    __tablename__ = "chains"
    subject: Mapped[str] = mapped_column(binary_text(40), primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime | None]  # the last entry's, which the next may not be before
    facts: Mapped[str | None] = mapped_column(Text)  # those after the last entry, as JSON; null before the first


class KeptName(Record):
    """What the person of a chain was called (of an office's chain, its head): from when, and until when.

    The ledger holds a digest of it alone. So a name can be blanked, with its salt, when the law says so, and no chain breaks.
    """

    __tablename__ = "names"
    __table_args__ = (CheckConstraint("(name IS NULL) = (salt IS NULL)", name="blanked_with_salt"),)
    subject: Mapped[str] = mapped_column(binary_text(40), primary_key=True)  # person/17, office/81.02
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 1, 2, 3, … of this subject
    name: Mapped[str | None] = mapped_column(String(120))
    salt: Mapped[str | None] = mapped_column(String(32))
    since: Mapped[datetime]
    until: Mapped[datetime | None]
