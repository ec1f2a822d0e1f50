"""`assets-service …` on this test's database, or on none; in this process, or in one of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assets_service.cli import main

Cli = Callable[..., Result]


def environment(**ours: str | Path) -> dict[str, str]:
    """This process's, with nothing of its own that begins with ASSETS_."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("ASSETS_")}
    return others | {name: str(value) for name, value in ours.items()}


def started(*words: str | Path, environ: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "from assets_service.cli import main; main()", *map(str, words)]
    return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def running(**ours: str | Path) -> Cli:
    """Runs commands with these `ASSETS_…`. What is raised and not told in one line comes through, as a traceback would."""
    forgotten = dict.fromkeys((name for name in os.environ if name.startswith("ASSETS_")), None)

    def run(*words: str | Path, stdin: str = "", umask: int = 0o022) -> Result:
        before = os.umask(umask)
        try:
            env = forgotten | {name: str(value) for name, value in ours.items()}
            return CliRunner().invoke(main, [*map(str, words)], input=stdin, env=env, catch_exceptions=False)
        finally:
            os.umask(before)

    return run


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def cli(database_url: str, data: Path) -> Cli:
    """On this test's migrated database."""
    return running(ASSETS_DATABASE_URL=database_url, ASSETS_DATA_DIR=data)


@pytest.fixture
def new(data: Path) -> Cli:
    """On a machine where nothing was made yet: SQLite, in the data directory."""
    return running(ASSETS_DATA_DIR=data)
