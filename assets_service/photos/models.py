"""Photos as they were sent."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from assets_service.kernel.db import BigId, Record, binary_text, unique_where


class Photo(Record):
    """A picture that somebody sent. It waits until an act names it; two acts may show the same picture."""

    __tablename__ = "photos"
    __table_args__ = (
        CheckConstraint("length(hash) = 64", name="hash_length"),
        Index("ix_photos_hash", "hash"),
        Index("ix_photos_attached_at", "attached_at", "uploaded_at"),
        unique_where("uq_photos_sent", "person_id", "sent_sha256", where="sent_sha256 IS NOT NULL"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    hash: Mapped[str] = mapped_column(binary_text(64))
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    uploaded_at: Mapped[datetime]
    attached_at: Mapped[datetime | None]
    sent_sha256: Mapped[str | None] = mapped_column(
        binary_text(64)
    )  # of the bytes as a phone sent them, which names it there
