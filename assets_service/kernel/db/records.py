"""What every row has in common: its times in UTC, its enumerations as text, the names of its constraints."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Index, Integer, MetaData, String, TypeDecorator, text
from sqlalchemy.orm import DeclarativeBase


class UTCDateTime(TypeDecorator[datetime]):
    """A moment, stored and given back in UTC on both databases. Values without a time zone are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone cannot be stored.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def binary_text(length: int) -> String:
    """A column type for text that is compared byte by byte on both databases, so that a search by prefix can use the index."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


# For `__table_args__`: rows that are about this installation alone, and are not taken along into another by a backup.
STAYS: dict[str, Any] = {"info": {"stays": True}}

BigId = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers only INTEGER keys by itself


def unique_where(name: str, *columns: str, where: str) -> Index:
    """An index that lets no two rows for which `where` holds (SQL) have the same values in the columns."""
    return Index(name, *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where))


class Record(DeclarativeBase):
    """A row. Enumerations are stored as their text with a CHECK, never as a database type."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UTCDateTime(),
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            create_constraint=True,
            length=24,
            values_callable=lambda words: [word.value for word in words],
        ),
    }
