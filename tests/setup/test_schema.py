"""What a database is made of is held against what the migrations make, object by object."""

import migrations
from assets_service.kernel.db import Database
from migrations.schema import differences

CHANGES: dict[str, dict[str, str | None]] = {
    "sqlite": {
        "DROP TRIGGER entries_refuse_update": "The trigger entries_refuse_update is missing.",
        "DROP TRIGGER chains_refuse_delete": "The trigger chains_refuse_delete is not as it was made.",
        "CREATE TRIGGER chains_refuse_delete BEFORE DELETE ON chains BEGIN SELECT 1; END": None,
        "DROP INDEX uq_grants_open": "The index uq_grants_open is missing.",
        "ALTER TABLE devices ADD COLUMN secret TEXT": "The table devices is not as it was made.",
        "DROP TABLE finder_messages": "The table finder_messages is missing.",
        "CREATE TRIGGER helpful AFTER INSERT ON entries BEGIN DELETE FROM actions; END": "The trigger helpful is none of ours.",
    },
    "postgresql": {
        "DROP TRIGGER entries_refuse_change ON entries": "The trigger entries_refuse_change is missing.",
        "ALTER TABLE chains DISABLE TRIGGER chains_refuse_update": "The trigger chains_refuse_update is not as it was made.",
        "CREATE OR REPLACE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$": (
            "The function refuse_ledger_change is not as it was made."
        ),
        "DROP INDEX uq_grants_open": "The index uq_grants_open is missing.",
        "ALTER TABLE devices ADD COLUMN secret TEXT": "The table devices is not as it was made.",
        "ALTER TABLE devices DROP CONSTRAINT ck_devices_code_length": "The constraint ck_devices_code_length is missing.",
        "CREATE RULE quiet AS ON DELETE TO entries DO INSTEAD NOTHING": "The rule quiet is none of ours.",
    },
}


def test_a_migrated_database_is_as_it_was_made(db: Database) -> None:
    assert differences(db) == []
    assert differences(db) == []  # nothing of the comparison stays


def test_every_object_that_was_changed_is_named(bare_database_url: str) -> None:
    migrations.upgrade(bare_database_url)
    db = Database(bare_database_url)
    changes = CHANGES[db.url.get_backend_name()]
    with db.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE of_somebody_else (id INTEGER)")
        for change in changes:
            connection.exec_driver_sql(change)
    said = differences(db)
    db.close()
    assert {sentence for sentence in changes.values() if sentence} <= set(said)
    # A table that is gone takes its indexes along.
    assert [
        sentence for sentence in said if sentence not in changes.values() and "finder_messages" not in sentence
    ] == []
