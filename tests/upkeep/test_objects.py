"""A trigger that somebody dropped is noticed by whatever looks after the installation."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from assets_service.cli import main
from assets_service.kernel.db import Database


@pytest.mark.parametrize("command", ["doctor", "migrate", "verify"])
def test_a_dropped_trigger_is_named(bare_database_url: str, tmp_path: Path, command: str) -> None:
    environ = {"ASSETS_DATABASE_URL": bare_database_url, "ASSETS_DATA_DIR": str(tmp_path / "data")}
    made = CliRunner().invoke(main, ["migrate", "--new"], env=environ)
    assert made.exit_code == 0, made.output
    assert "is missing" not in CliRunner().invoke(main, [command], env=environ).output
    db = Database(bare_database_url)
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER chains_refuse_delete{'' if db.is_sqlite else ' ON chains'}")
    db.close()
    found = CliRunner().invoke(main, [command], env=environ)
    assert found.exit_code == 1
    assert "The trigger chains_refuse_delete is missing." in found.output
