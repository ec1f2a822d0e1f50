"""Alembic's entrance: one connection, in one transaction, with batch mode where SQLite cannot ALTER."""

import warnings
from typing import Any, Literal

from alembic import context
from sqlalchemy import Column

from assets_service.kernel.db import Record, UTCDateTime
from migrations import load_models

load_models()


def written(sort: str, it: Any, _about: Any) -> str | Literal[False]:
    """How a type is written in a migration: by SQLAlchemy's own types, for ours may change and what a migration did may not."""
    return "sa.DateTime(timezone=True)" if sort == "type" and isinstance(it, UTCDateTime) else False


def can_be_compared(item: Any, _name: str | None, kind: str, _is_reflected: bool, _other: Any) -> bool:
    """Whether Alembic can compare this. It cannot read an index on an expression back as it was written."""
    return kind != "index" or all(isinstance(by, Column) for by in item.expressions)


with context.config.attributes["engine"].connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Record.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=written,
        include_object=can_be_compared,
    )
    with context.begin_transaction(), warnings.catch_warnings():
        for said in ("Skipped unsupported reflection of", "autogenerate skipping metadata-specified"):
            warnings.filterwarnings("ignore", f"{said} expression-based index")
        context.run_migrations()
    connection.commit()
