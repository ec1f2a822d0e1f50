"""The commands that a newcomer reads about exist and say what they do."""

import re
import subprocess
from pathlib import Path

import pytest

PROMISED = (
    *("run", "test", "check", "setup", "fmt", "lint", "types", "arch", "test-sqlite", "test-pg"),
    *("soak", "bench", "migrate", "revision", "verify-ledger", "lock", "messages", "vendor", "clean", "help"),
)


@pytest.fixture(scope="module")
def help_text(root: Path) -> str:
    return subprocess.run(["make", "help"], cwd=root, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("target", PROMISED)
def test_make_help_explains(target: str, help_text: str) -> None:
    assert re.search(rf"^  make {target} +\w", help_text, re.MULTILINE)


def test_make_alone_prints_the_help(root: Path, help_text: str) -> None:
    assert subprocess.run(["make"], cwd=root, capture_output=True, text=True, check=True).stdout == help_text


def test_a_revision_without_a_name_is_refused(root: Path) -> None:
    done = subprocess.run(
        ["make", "--old-file=setup-dev", "revision"], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert 'm="' in done.stderr


def test_ci_runs_what_a_person_types(root: Path) -> None:
    assert "exec make check" in (root / ".ci" / "run").read_text()
