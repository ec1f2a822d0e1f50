"""The stand-alone verifier of the documentation, run from where it lies: the same files hold, the same lies are found."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.exports.columns import Edition
from assets_service.exports.verify import Trust
from assets_service.kernel.db import Database
from assets_service.tlog.keys import read_key
from tests.exports.test_proofs import LIES, Export, a_ledger, an_inventory, fleet, lines_of, rewrite, trust
from tests.seals.test_tampering import kept_by

__all__ = ["fleet", "trust"]

VERIFIER = Path(__file__).parents[2] / "docs" / "verify_seals.py"
LINES_MAX = 150


def run(trust: Trust, *words: str | Path) -> str:
    command = [sys.executable, "-I", "-B", str(VERIFIER), str(trust.key), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == done.stdout.startswith("BROKEN")
    return done.stdout


def test_it_is_short_and_needs_one_package() -> None:
    text = VERIFIER.read_text()
    assert len(text.splitlines()) <= LINES_MAX
    assert "assets_service" not in text.partition('"""\n\n')[2].replace("assets-service", "")


def test_what_we_export_holds(db: Database, trust: Trust, tmp_path: Path) -> None:
    assert "say what their proven entries say" in run(trust, *an_inventory(db, tmp_path))
    assert "say what their proven entries say" in run(
        trust, *an_inventory(db, tmp_path, "p.jsonl", edition=Edition.PUBLIC)
    )
    said = run(trust, *a_ledger(db, tmp_path))
    assert "chains hold; " in said
    assert " heads proven, 0 not sealed yet" in said


def test_a_ledger_and_a_checkpoint_are_held_against_what_a_witness_kept(
    db: Database, trust: Trust, client: TestClient[Litestar], tmp_path: Path
) -> None:
    memory = kept_by(client, tmp_path / "kept")
    witness = read_key((tmp_path / "kept" / "witness.vkey").read_text().strip())
    note = tmp_path / "kept" / "checkpoint"
    with_tiles = ("--tiles", tmp_path / "kept")
    assert "leaves holds" in run(trust, note, *with_tiles, "--witness", str(witness), "--need", "1")
    assert run(trust, note, "--need", "1").startswith("BROKEN")
    ledger, proofs = a_ledger(db, tmp_path)
    assert "chains hold" in run(trust, ledger, proofs, *with_tiles)
    tile = tmp_path / "kept" / "tile" / "0" / f"000.p/{memory.checkpoint().size}"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    assert run(trust, note, *with_tiles).startswith("BROKEN")
    assert "leaf [0] is no entry" in run(trust, ledger, *with_tiles)


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_lie_is_found(
    db: Database, trust: Trust, tmp_path: Path, lie: Callable[[list[Export], list[Export]], None]
) -> None:
    paths = an_inventory(db, tmp_path)
    export, proofs = (lines_of(path) for path in paths)
    lie(export, proofs)
    rewrite(paths[0], export)
    rewrite(paths[1], proofs)
    if lie.__name__ == "claims_unsealed":
        assert "1 not sealed yet" in run(trust, *paths)
    else:
        assert run(trust, *paths).startswith("BROKEN")
