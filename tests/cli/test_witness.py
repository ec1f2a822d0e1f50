"""`assets-service witness` against the real server, and `verify --tiles` with what it kept."""

from pathlib import Path

import pytest
from sqlalchemy import text

from assets_service.kernel.db import Database
from assets_service.settings import Settings
from tests.cli.conftest import Cli, running
from tests.seals.build_seals import sealed
from tests.tampering import behind_its_back


@pytest.fixture
def kept(db: Database, settings: Settings) -> Database:
    sealed(db, settings, 20)
    return db


def test_a_witness_visits_cosigns_and_an_auditor_checks_with_what_it_kept(
    kept: Database, settings: Settings, served: str, tmp_path: Path
) -> None:
    folder = tmp_path / "kept"
    here = running(ASSETS_DATABASE_URL=settings.database_url, ASSETS_DATA_DIR=settings.data_dir)
    refused = here("witness", served, "--memory", folder)
    assert refused.exit_code == 1, "it has no name yet"
    visit = ("witness", served, "--memory", folder, "--name", "witness.example.go.id/81")
    first = here(*visit)
    assert first.exit_code == 1
    why = "cosigned, but the log did not take the cosignature: Nobody known here as a witness has cosigned this."
    assert why in first.output, "nobody has told the log of it"
    assert (folder / "checkpoint").exists()
    done = here("verify", "--tiles", folder)
    assert "begins with the 21 leaves that are kept; 0 entries came later" in done.output
    with behind_its_back(kept) as session:
        session.execute(text("UPDATE entries SET action_id = 'x' WHERE seq = (SELECT min(seq) FROM entries) + 2"))
    broken = here("verify", "--tiles", folder)
    assert broken.exit_code == 1
    assert "Leaf 2: it is not the entry that was there" in broken.output


def test_a_service_that_is_no_log_or_is_away_is_said_to_be_so(tmp_path: Path) -> None:
    cli: Cli = running(ASSETS_DATA_DIR=tmp_path / "data")
    done = cli("witness", "http://127.0.0.1:9", "--memory", tmp_path / "kept", "--name", "w.example")
    assert done.exit_code == 1
    assert "does not answer as a log does" in done.output
    assert cli("witness", "http://127.0.0.1:9", "--memory", tmp_path / "kept", "--key", "nonsense").exit_code == 1
