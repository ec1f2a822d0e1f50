"""The real server on a test's database, in a process of its own."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context, set_start_method
from pathlib import Path

import httpx
import pytest

from assets_service.kernel.db import Database
from assets_service.settings import Settings

FORKED = get_context("forkserver")
READ_BEFORE = ("assets_service.cli", "assets_service.server", "assets_service.exports.apart", "migrations")


@pytest.fixture
def served(settings: Settings, db: Database) -> Iterator[str]:
    """The address of the real server, on the test's database and the real clock.

    It is what `assets-service serve` runs, forked from a process that has read the code before: reading it takes two
    seconds, each time.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "ASSETS_DATABASE_URL": settings.database_url,
        "ASSETS_DATA_DIR": str(settings.data_dir),
        "ASSETS_BASE_URL": address,
        "ASSETS_SECRET_KEY": settings.secret_key,
    }
    db.close()  # SQLite: no connection of ours may stand in the server's way
    log = settings.data_dir.with_name("served.log")
    log.touch()
    FORKED.set_forkserver_preload(list(READ_BEFORE))  # heard when the first one is forked
    server = FORKED.Process(target=_serve, args=(port, environment, log))
    server.start()
    try:
        _wait(address, lambda: server.exitcode, log)
        yield address
    finally:
        server.terminate()
        server.join()


def _serve(port: int, environment: dict[str, str], log: Path) -> None:  # pragma: no cover - runs in the child
    with log.open("wb") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    os.environ.clear()
    os.environ.update(environment)
    set_start_method("fork", force=True)  # of the server's workers; a new Python would read all of it again
    from assets_service.cli import main  # noqa: PLC0415 - has been read by the process that this one is forked from

    main(["serve", "--port", str(port)])


def wait_until_live(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Raises `RuntimeError` with what it logged when it ends, or does not answer for 30 s."""
    _wait(address, server.poll, log)


def _wait(address: str, ended: Callable[[], int | None], log: Path) -> None:
    for _ in range(600):
        if ended() is not None:
            raise RuntimeError(f"The server ended at once:\n{log.read_text()}")
        try:
            httpx.get(f"{address}/health/live")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"The server does not answer:\n{log.read_text()}")
