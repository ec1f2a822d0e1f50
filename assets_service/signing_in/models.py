"""Sessions, and how often something was tried."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assets_service.kernel.db import STAYS, Record


class SignIn(Record):
    """A session; the same row serves the cookie and the bearer token. Only the token's SHA-256 is kept."""

    __tablename__ = "sign_ins"
    __table_args__ = (
        Index("ix_sign_ins_person_id", "person_id"),
        Index("ix_sign_ins_device_hash", "device_hash"),
        UniqueConstraint("token_hash"),
        STAYS,
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    epoch: Mapped[int]  # the person's epoch at sign-in; the person's grows when all their sessions are ended
    device_label: Mapped[str] = mapped_column(String(120))
    device_hash: Mapped[str | None] = mapped_column(String(64))  # of the cookie by which the device is known again
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Throttle(Record):
    """How often something was tried since `since`, when the present window began. It is a row since no state lives in a process."""

    __tablename__ = "throttles"
    __table_args__ = (Index("ix_throttles_since", "since"), STAYS)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    tries: Mapped[int]
    since: Mapped[datetime]
