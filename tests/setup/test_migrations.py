"""Migrations make exactly what the models say, on both databases, and are never in doubt about where they are."""

from pathlib import Path

import pytest
from sqlalchemy import inspect, text

import migrations
from assets_service.kernel.db import Database, Record


def test_a_migration_needs_nothing_of_ours() -> None:
    """What it did once it does for ever, whatever our code becomes."""
    for file in (Path(migrations.__file__).parent / "versions").glob("*.py"):
        assert "assets_service" not in file.read_text()


def test_migrations_say_all_that_the_models_say(database_url: str) -> None:
    migrations.check(database_url)


def test_a_bare_database_is_behind_until_it_is_upgraded(bare_database_url: str) -> None:
    db = Database(bare_database_url)
    assert not migrations.is_current(db.engine)
    migrations.upgrade(bare_database_url)
    assert migrations.is_current(db.engine)
    migrations.load_models()
    assert set(Record.metadata.tables) <= set(inspect(db.engine).get_table_names())
    db.close()


def test_upgrading_again_changes_nothing(db: Database, database_url: str) -> None:
    def schema() -> list[str]:
        asked = (
            "SELECT coalesce(sql, name) FROM sqlite_master ORDER BY 1"
            if db.is_sqlite
            else "SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns"
            " WHERE table_schema = 'public' ORDER BY 1"
        )
        with db.reading() as session:
            return list(session.scalars(text(asked)))

    before = schema()
    migrations.upgrade(database_url)
    assert before
    assert schema() == before


def test_a_model_that_no_migration_knows_is_noticed(database_url: str, db: Database) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE attic (id INTEGER PRIMARY KEY)"))
    with pytest.raises(Exception, match="attic"):
        migrations.check(database_url)
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE attic"))
