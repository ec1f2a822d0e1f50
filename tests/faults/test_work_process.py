"""`assets-service work` beside the server: it does the jobs that are waiting, and ends when it is told."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta

import httpx
import pytest

from assets_service.access.stamp import Role
from assets_service.app.working import works
from assets_service.kernel.clock import utc_now
from assets_service.kernel.db import Database
from assets_service.kernel.jobs.worker import Worker
from assets_service.labelling import commands, queries
from assets_service.labelling.asks import NewSheet
from assets_service.labelling.printing import Press
from assets_service.settings import Settings
from tests.build import a_person, a_token, bearer, system
from tests.labelling.build_labelling import BASE, a_country, a_shop, addresses_in, devices_at
from tests.serving import wait_until_live

WAIT_S = 60.0


@pytest.fixture
def working(settings: Settings, db: Database) -> Iterator[subprocess.Popen[str]]:
    a_country(db)
    command = [sys.executable, "-c", "from assets_service.cli import main; main()", "work", "--threads", "1"]
    with subprocess.Popen(
        command, env=environment_of(settings), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        yield process
        process.kill()


def test_what_waits_is_done_beside_the_server_until_it_is_told_to_stop(
    working: subprocess.Popen[str], db: Database, settings: Settings
) -> None:
    codes = devices_at(db, "81.02", 2)
    with db.writing() as session:
        ask = NewSheet(stock="tj-121", devices=codes)
        run_id = commands.order(session, ask, a_shop(settings), stamp=system(utc_now())).id
    end = time.monotonic() + WAIT_S
    while state(db, run_id) in {"queued", "drawing"}:
        assert working.poll() is None
        assert time.monotonic() < end
        time.sleep(0.1)
    assert state(db, run_id) == "done"
    with Press(db, settings).open(run_id, system(utc_now())) as file:
        assert addresses_in(file.read()) == sorted(BASE + code for code in codes)
    working.send_signal(signal.SIGTERM)
    assert working.wait(timeout=20) == 0
    assert working.stdout is not None
    assert "Stopped." in working.stdout.read()


@pytest.fixture
def serving(settings: Settings, db: Database) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The real server and its address; whoever is still there at the end is killed with it."""
    a_country(db)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [sys.executable, "-c", "from assets_service.cli import main; main()", "serve", "--port", port]
    log = settings.data_dir.with_name("served.log")
    with (
        log.open("w") as output,
        subprocess.Popen(
            command, env=environment_of(settings), stdout=output, stderr=output, start_new_session=True
        ) as server,
    ):
        try:
            wait_until_live(f"http://127.0.0.1:{port}", server, log)
            yield f"http://127.0.0.1:{port}", server
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_whose_server_ends_while_it_draws_goes_on_elsewhere(
    serving: tuple[str, subprocess.Popen[bytes]], db: Database, settings: Settings, end: signal.Signals
) -> None:
    address, server = serving
    with db.writing() as session:
        token = a_token(session, a_person(session, role=Role.LOGISTICS), at=utc_now())
    body = {"count": 2000, "office": "81.02", "stock": "tj-107"}
    asked = httpx.post(f"{address}/api/v1/label-blanks", json=body, headers=bearer(token), timeout=30)
    run_id = asked.json()["id"]
    until(lambda: drawn(db, run_id) > 0)
    at = time.monotonic()
    os.killpg(server.pid, end)
    server.wait(timeout=WAIT_S)
    assert time.monotonic() - at < 20
    assert state(db, run_id) in {"queued", "drawing"}, "it is not lost yet"
    now, hence = Worker(db, works(db, settings)), Worker(db, works(db, settings), clock=in_two_minutes)
    assert now.do_one() is (end is signal.SIGTERM), "put down, or held by a lease that has to end first"
    assert hence.do_one() is (end is signal.SIGKILL)
    assert state(db, run_id) == "done"


def in_two_minutes() -> datetime:
    return utc_now() + timedelta(minutes=2)


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def drawn(db: Database, run_id: int) -> int:
    with db.reading() as session:
        return queries.whole_run(session, run_id).drawn


def environment_of(settings: Settings) -> dict[str, str]:
    return os.environ | {
        "ASSETS_DATABASE_URL": settings.database_url,
        "ASSETS_DATA_DIR": str(settings.data_dir),
        "ASSETS_BASE_URL": settings.base_url,
        "ASSETS_SECRET_KEY": settings.secret_key,
    }


def state(db: Database, run_id: int) -> str:
    with db.reading() as session:
        return str(queries.state_of(queries.whole_run(session, run_id), utc_now()))
