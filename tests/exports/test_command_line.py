"""Exports and verification by the command line."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assets_service.cli import main
from assets_service.kernel.clock import utc_now
from assets_service.kernel.db import Database
from tests import build
from tests.custody.build_custody import a_box, both


def cli(database_url: str, folder: Path, *words: str | Path, **environ: str) -> Result:
    """`assets-service …` in this process."""
    given = {"ASSETS_DATABASE_URL": database_url, "ASSETS_DATA_DIR": str(folder / "data")} | environ
    return CliRunner().invoke(main, [str(word) for word in words], env=given)


@pytest.mark.parametrize(("days", "is_late"), [("3", True), ("30", False)])
def test_a_shipment_may_wait_as_long_as_the_setting_says(
    db: Database, database_url: str, tmp_path: Path, days: str, *, is_late: bool
) -> None:
    with db.writing() as session:
        sender = both(session).sender
        a_box(session, [build.a_device(session, by=sender)], build.system(utc_now() - timedelta(days=7)))
    file = tmp_path / "a.jsonl"
    done = cli(database_url, tmp_path, "export", "inventory", file, ASSETS_UNCONFIRMED_AFTER_DAYS=days)
    assert done.exit_code == 0, done.output
    [_, device, _] = [json.loads(line) for line in file.read_text().splitlines()]
    assert ("unconfirmed" in device["flags"]) == is_late
