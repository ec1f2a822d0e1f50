"""The office tree."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta
from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assets_service.kernel.db import Record, binary_text

OFFICE_LENGTH_MAX = 160
OfficeName = Annotated[
    str,
    Meta(
        min_length=2, max_length=OFFICE_LENGTH_MAX, pattern="[0-9A-Za-z]", description="An office's code or its name."
    ),
]

NATIONAL = "00"  # our own code; Kemendagri numbers begin at 11


class Level(StrEnum):
    NATIONAL = "ri"
    PROVINCE = "provinsi"
    REGENCY = "kabupaten"
    CITY = "kota"


class Office(Record):
    """A Bawaslu office. `path` holds the codes from the top (`/00/81/81.02/`): a subtree is a range of paths."""

    __tablename__ = "offices"
    __table_args__ = (
        CheckConstraint("timezone IN ('Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura')", name="timezone"),
        Index("ix_offices_path", "path", unique=True),
        Index("ix_offices_parent_id", "parent_id"),
        Index("ix_offices_search", "search"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(binary_text(8), unique=True)
    level: Mapped[Level]
    name: Mapped[str] = mapped_column(String(120))
    office_name: Mapped[str] = mapped_column(String(160))
    search: Mapped[str] = mapped_column(String(320))  # both names without case, spaces, hyphens
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    path: Mapped[str] = mapped_column(binary_text(24))
    timezone: Mapped[str] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(300))
    head_name: Mapped[str | None] = mapped_column(String(120))
    head_title: Mapped[str | None] = mapped_column(String(120))
    letter_code: Mapped[str | None] = mapped_column(String(20))
    uakpb: Mapped[str | None] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    added_at: Mapped[datetime]
    parent: Mapped["Office | None"] = relationship(remote_side=[id], lazy="raise")  # noqa: A003 - the column above is meant
