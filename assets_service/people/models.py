"""Persons and the rights granted to them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assets_service.access.stamp import Role
from assets_service.kernel.db import Record, unique_where
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
    username_likeness: Mapped[str | None] = mapped_column(String(60), unique=True)  # nobody's looks like another's
    name: Mapped[str] = mapped_column(String(120))
    search: Mapped[str] = mapped_column(String(400))  # name and username without case, blanks, signs, accents
    title: Mapped[str | None] = mapped_column(String(120))
    nip: Mapped[str | None] = mapped_column(String(18))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    sign_in_epoch: Mapped[int] = mapped_column(default=0)  # sessions of an earlier epoch have ended
    version: Mapped[int] = mapped_column(default=1)
    added_at: Mapped[datetime]
    office: Mapped[Office] = relationship(lazy="raise")
    grants: Mapped[list["Grant"]] = relationship(
        lazy="raise", back_populates="person", order_by="Grant.id", foreign_keys="Grant.person_id"
    )


class Grant(Record):
    """A role at an office, good for that office and all below it. Ended, never deleted."""

    __tablename__ = "grants"
    __table_args__ = (
        Index("ix_grants_office_id", "office_id"),
        unique_where("uq_grants_open", "person_id", "role", "office_id", where="ended_at IS NULL"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    role: Mapped[Role]
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))  # nobody: at the machine itself
    ended_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship(lazy="raise", back_populates="grants", foreign_keys=[person_id])
    office: Mapped[Office] = relationship(lazy="raise")
