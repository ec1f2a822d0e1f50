"""Several worker processes are one service: one that dies does not end it, and any of them tells the figures of all."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from assets_service.access.stamp import Role
from assets_service.kernel.clock import utc_now
from assets_service.kernel.db import Database
from assets_service.settings import Settings
from tests import build
from tests.serving import wait_until_live

WORKERS = 2
COMMAND = [sys.executable, "-c", "from assets_service.cli import main; main()", "serve", "--workers"]


@pytest.fixture
def environment(settings: Settings, db: Database) -> dict[str, str]:
    db.close()
    return os.environ | {
        "ASSETS_DATABASE_URL": settings.database_url,
        "ASSETS_DATA_DIR": str(settings.data_dir),
        "ASSETS_BASE_URL": "http://127.0.0.1",
        "ASSETS_SECRET_KEY": settings.secret_key,
    }


@pytest.fixture
def server(settings: Settings, environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The parent of two workers, and its address."""
    if not settings.database_url.startswith("postgresql"):
        pytest.skip("SQLite has one worker")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    log = settings.data_dir.with_name("served.log")
    command = [*COMMAND, str(WORKERS), "--port", port]
    with log.open("w") as output, subprocess.Popen(command, env=environment, stdout=output, stderr=output) as parent:
        try:
            wait_until_live(f"http://127.0.0.1:{port}", parent, log)
            yield parent, f"http://127.0.0.1:{port}"
        finally:
            parent.terminate()


def workers_of(parent: int) -> list[int]:
    """The children that serve, forked from their parent or started anew by Python."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    said = {int(child): Path(f"/proc/{child}/cmdline").read_bytes() for child in children}
    return [child for child, words in said.items() if b"spawn_main" in words or b"--workers" in words]


def test_a_worker_that_dies_does_not_end_the_service(
    server: tuple[subprocess.Popen[bytes], str], settings: Settings
) -> None:
    db = Database(settings.database_url)
    with db.writing() as session:
        build.roster(session)
        token = build.a_token(session, build.a_person(session, role=Role.ADMIN), at=utc_now())
    db.close()
    parent, address = server
    before = workers_of(parent.pid)
    assert len(before) == WORKERS
    for _ in range(20):
        assert httpx.get(f"{address}/health/live").status_code == 200  # each on a line of its own, to either of them
    told = httpx.get(f"{address}/metrics", headers=build.bearer(token)).text
    found = re.search(r'http_answers_total\{method="GET",status="200"\} (\S+)', told)
    assert found
    assert float(found[1]) >= 20

    os.kill(before[0], signal.SIGKILL)
    until = time.monotonic() + 30
    while len(set(workers_of(parent.pid)) - {before[0]}) < WORKERS and time.monotonic() < until:
        with suppress(httpx.TransportError):  # what had been given to the dead one is reset
            assert httpx.get(f"{address}/health/live").status_code == 200  # whoever is left answers
        time.sleep(0.2)
    assert len(workers_of(parent.pid)) == WORKERS
    assert parent.poll() is None
    assert httpx.get(f"{address}/health/ready", timeout=20).status_code == 200


def test_more_workers_than_the_databases_server_has_room_for_are_not_started(
    environment: dict[str, str], settings: Settings
) -> None:
    done = subprocess.run([*COMMAND, "64"], env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    is_sqlite = settings.database_url.startswith("sqlite")
    assert ("one writer" if is_sqlite else "max_connections leave room for") in done.stderr
