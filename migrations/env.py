"""Alembic's entrance: one connection, in one transaction, with batch mode where SQLite cannot ALTER."""

from alembic import context

from assets_service.kernel.db import Record
from migrations import load_models

load_models()

with context.config.attributes["engine"].connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Record.metadata,
        render_as_batch=True,
        compare_type=True,
        user_module_prefix="db.",
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
