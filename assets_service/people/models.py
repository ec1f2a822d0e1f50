"""Persons, the rights granted to them, and their sessions."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assets_service.kernel.db import Record
from assets_service.ledger.stamp import Role
from assets_service.offices.models import Office


class Person(Record):
    """Somebody who holds devices, signs in, or both. Without a username nobody signs in as them."""

    __tablename__ = "persons"
    __table_args__ = (
        CheckConstraint("password_hash IS NULL OR username IS NOT NULL", name="password_needs_username"),
        Index("ix_persons_office_id", "office_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str | None] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    title: Mapped[str | None] = mapped_column(String(120))
    nip: Mapped[str | None] = mapped_column(String(18))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    added_at: Mapped[datetime]
    office: Mapped[Office] = relationship(lazy="raise")
    grants: Mapped[list["Grant"]] = relationship(lazy="raise", back_populates="person", order_by="Grant.id")


class Grant(Record):
    """A role at an office, good for that office and all below it. Ended, never deleted."""

    __tablename__ = "grants"
    __table_args__ = (
        Index("ix_grants_office_id", "office_id"),
        Index(
            "uq_grants_open",
            "person_id",
            "role",
            "office_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    role: Mapped[Role]
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    granted_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship(lazy="raise", back_populates="grants")
    office: Mapped[Office] = relationship(lazy="raise")


class SignIn(Record):
    """A session: the same row serves the cookie and the bearer token. Only the token's SHA-256 is kept."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index("ix_sign_ins_person_id", "person_id"), UniqueConstraint("token_hash"))
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    device_label: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Throttle(Record):
    """How often something was tried in the window that began at `since`; kept here since no state lives in a process."""

    __tablename__ = "throttles"
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    tries: Mapped[int]
    since: Mapped[datetime]
