"""The tree over the ledger: its leaves, its tiles, its signed checkpoints, and who cosigned them.

Each row belongs to one log; an installation has one, and a second only after a backup older than its last checkpoint was
restored. A log and its keys are told by its chain in the ledger, `log/1`.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assets_service.kernel.db import Record


class Leaf(Record):
    """An entry's place in the tree, given when it was sealed. It points to the entry without a foreign key, whose check would lock a million of them."""

    __tablename__ = "leaves"
    __table_args__ = (UniqueConstraint("log", "entry_seq"), CheckConstraint("number >= 0", name="number_from_zero"))
    log: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry_seq: Mapped[int] = mapped_column(BigInteger)


class Tile(Record):
    """Up to 256 hashes of one level, end to end. It grows at its end until it is full."""

    __tablename__ = "tiles"
    log: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)


class Seal(Record):
    """A checkpoint: the tree when it had `size` leaves, its root, and the note that the log's key signed.

    `seen_seq` is the newest entry that was looked at: once every transaction that was open then has ended, which `settles_at`
    tells, no more will appear below it. `settled_seq` is the entry up to which all there will ever be are sealed.
    """

    __tablename__ = "seals"
    log: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text)
    sealed_at: Mapped[datetime]
    seen_seq: Mapped[int] = mapped_column(BigInteger)
    settles_at: Mapped[int] = mapped_column(BigInteger)
    settled_seq: Mapped[int] = mapped_column(BigInteger)


class Cosignature(Record):
    """A witness's signature under a checkpoint; `witness` is its verifier key."""

    __tablename__ = "cosignatures"
    __table_args__ = (ForeignKeyConstraint(["log", "size"], ["seals.log", "seals.size"]),)
    log: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    witness: Mapped[str] = mapped_column(String(300), primary_key=True)
    line: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime]
