"""Comparing a database's objects with those that the migrations make: tables, constraints, indexes, triggers.

What the migrations make is made anew, in memory or in a schema that is rolled back, so that no list can go stale.
"""

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Executable, bindparam, create_engine, text

from assets_service.kernel.db import Database, Record
from migrations import scripts

Objects = dict[str, str]  # "trigger entries_refuse_update" -> how it is defined

_OURS, _SCRATCH = "public", "assets_as_migrated"
_TABLES_OF_SQLITE = text("SELECT name FROM sqlite_master WHERE type = 'table'")
_OBJECTS_OF_SQLITE = text(
    "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_master WHERE tbl_name IN :tables"
).bindparams(bindparam("tables", expanding=True))
_OBJECTS_OF_POSTGRESQL = text("""
WITH ours AS (
    SELECT oid, relname FROM pg_class
     WHERE relnamespace = CAST(:schema AS regnamespace) AND relkind = 'r' AND relname IN :tables
)
SELECT 'table ' || relname, string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), collname,
       CASE WHEN attnotnull THEN 'not null' END, pg_get_expr(adbin, adrelid)), ', ' ORDER BY attname)
  FROM ours JOIN pg_attribute ON attrelid = ours.oid AND attnum > 0 AND NOT attisdropped
  LEFT JOIN pg_attrdef ON adrelid = ours.oid AND adnum = attnum
  LEFT JOIN pg_collation ON pg_collation.oid = attcollation
 GROUP BY relname
UNION ALL SELECT 'constraint ' || conname, relname || ' ' || convalidated::text || ' ' || pg_get_constraintdef(pg_constraint.oid)
  FROM ours JOIN pg_constraint ON conrelid = ours.oid
UNION ALL SELECT 'index ' || indexrelid::regclass::text, indisvalid::text || ' ' || pg_get_indexdef(indexrelid)
  FROM ours JOIN pg_index ON indrelid = ours.oid
UNION ALL SELECT 'trigger ' || tgname, tgenabled::text || ' ' || pg_get_triggerdef(pg_trigger.oid)
  FROM ours JOIN pg_trigger ON tgrelid = ours.oid AND NOT tgisinternal
UNION ALL SELECT 'function ' || proname, pg_get_functiondef(pg_proc.oid)
  FROM pg_proc WHERE oid IN (SELECT tgfoid FROM ours JOIN pg_trigger ON tgrelid = ours.oid AND NOT tgisinternal)
UNION ALL SELECT 'rule ' || rulename, ev_enabled::text || ' ' || pg_get_ruledef(pg_rewrite.oid)
  FROM ours JOIN pg_rewrite ON ev_class = ours.oid
""").bindparams(bindparam("tables", expanding=True))


def differences(db: Database) -> list[str]:
    """One sentence for each object that is missing, changed, or was added to a table of ours.

    Tables of others are not looked at. Raises `DBAPIError` where PostgreSQL does not let us make a schema.
    """
    made, there = _on_sqlite(db) if db.is_sqlite else _on_postgresql(db)
    return sorted(
        [f"The {name} is missing." for name in made.keys() - there.keys()]
        + [f"The {name} is not as it was made." for name in made.keys() & there.keys() if made[name] != there[name]]
        + [f"The {name} is none of ours." for name in there.keys() - made.keys()]
    )


def _on_sqlite(db: Database) -> tuple[Objects, Objects]:
    """The objects that the migrations make, and those that are there, on SQLite."""
    memory = create_engine("sqlite://")
    with memory.begin() as fresh, db.engine.connect() as live:
        _migrate(fresh)
        tables = list(fresh.scalars(_TABLES_OF_SQLITE))
        made, there = (_told(place, _OBJECTS_OF_SQLITE, tables=tables) for place in (fresh, live))
    memory.dispose()
    return made, there


def _on_postgresql(db: Database) -> tuple[Objects, Objects]:
    """The same on PostgreSQL. Each schema is read as the default one, so that its name is not written into definitions."""
    with db.engine.connect() as connection, connection.begin() as everything:
        connection.execute(text(f"CREATE SCHEMA {_SCRATCH}"))
        connection.execute(text(f"SET LOCAL search_path TO {_SCRATCH}"))
        _migrate(connection)
        tables = list(
            connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = :s"), {"s": _SCRATCH})
        )
        made = _told(connection, _OBJECTS_OF_POSTGRESQL, schema=_SCRATCH, tables=tables)
        connection.execute(text(f"SET LOCAL search_path TO {_OURS}"))
        there = _told(connection, _OBJECTS_OF_POSTGRESQL, schema=_OURS, tables=tables)
        everything.rollback()
    return made, there


def _migrate(connection: Connection) -> None:
    """Run every migration in its order, without recording it: what is made here is thrown away."""
    with Operations.context(MigrationContext.configure(connection, opts={"target_metadata": Record.metadata})):
        for script in reversed(list(scripts().walk_revisions())):
            script.module.upgrade()


def _told(connection: Connection, asked: Executable, **about: object) -> Objects:
    """The definition of each object by its name, without what means nothing: spaces, and the schema's own name."""
    found = connection.execute(asked, about)
    schema = f"{about.get('schema')}."
    return {name.replace(schema, ""): " ".join(said.split()).replace(schema, "") for name, said in found}
