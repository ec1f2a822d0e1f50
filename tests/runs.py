"""One run of the suite: a folder that its workers share, and what a killed run left behind."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests import postgres

MEMORY = Path("/dev/shm")
MEMORY_MIN_BYTES = 2 << 30
PREFIX = "assets-run"


class Run:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = postgres.Server(folder / "pg")
        self._held: IO[str] | None = None

    @property
    def sqlite_template(self) -> Path:
        return self.folder / "template.db"

    @property
    def postgres_template(self) -> str:
        return f"template_{self.folder.name.replace('-', '_')}"

    @contextmanager
    def lock(self) -> Generator[None]:
        with (self.folder / "lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield

    def hold(self) -> bool:
        """True while this process alone owns the run. The lock dies with its process, wherever it runs: a process's
        number would mean nothing to a container that shares our memory."""
        held = (self.folder / "held").open("a")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.close()
            return False
        self._held = held
        return True

    def let_go(self) -> None:
        if self._held:
            self._held.close()

    def end(self) -> None:
        """Also when its server was killed with it."""
        if self.server.is_given and (self.folder / "template.pg").exists():
            self.server.drop(self.postgres_template)
        self.server.stop()
        until = time.monotonic() + 10
        while self.folder.exists() and time.monotonic() < until:  # what a killed server started ends a moment later
            shutil.rmtree(self.folder, ignore_errors=True)
        self.let_go()


def begin(parent: Path | None = None) -> Run:
    """In memory when there is room. Ends what killed runs left there."""
    parent = parent or roomiest()
    for left in parent.glob(f"{PREFIX}-{os.geteuid()}-*/held"):
        run = Run(left.parent)
        if run.hold():
            run.end()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}-{os.geteuid()}-", dir=parent))
    folder.chmod(0o711)  # `nobody` passes through to its database
    run = Run(folder)
    run.hold()
    return run


def roomiest() -> Path:
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_MIN_BYTES:
        return MEMORY
    return Path(tempfile.gettempdir())
