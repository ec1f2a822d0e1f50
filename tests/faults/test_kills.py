"""The server is killed under writers, again and again: nothing that it acknowledged is lost, and nothing happens twice."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event, Thread
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select

from assets_service.access.stamp import Role
from assets_service.devices.models import Device
from assets_service.kernel.clock import utc_now
from assets_service.kernel.db import Database
from assets_service.ledger import queries as ledger
from assets_service.settings import Settings
from tests import build
from tests.serving import wait_until_live
from tests.soak import times

KILLS = times(2)
WRITERS = 16
ALIVE_S = (1.0, 2.5)


@contextmanager
def serving(settings: Settings, port: int) -> Iterator[None]:
    """The server, and all its workers, killed without a word at the end."""
    environment = os.environ | {
        "ASSETS_DATABASE_URL": settings.database_url,
        "ASSETS_DATA_DIR": str(settings.data_dir),
        "ASSETS_BASE_URL": f"http://127.0.0.1:{port}",
        "ASSETS_SECRET_KEY": settings.secret_key,
    }
    command = [sys.executable, "-c", "from assets_service.cli import main; main()", "serve", "--port", str(port)]
    log = Path(settings.data_dir).with_name("killed.log")
    with log.open("w") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)
        try:
            wait_until_live(f"http://127.0.0.1:{port}", server, log)
            yield
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


class Writer(Thread):
    """Registers one device after the other, and sends each again under its action id until it is acknowledged."""

    def __init__(self, port: int, token: str, enough: Event) -> None:
        super().__init__(daemon=True)
        self.acknowledged: dict[str, str] = {}  # serial -> label code
        self.odd: list[int] = []
        self._address = f"http://127.0.0.1:{port}/api/v1/devices"
        self._token = token
        self._enough = enough

    def run(self) -> None:
        while not self._enough.is_set():
            body = build.device_facts(serial=f"KILL{uuid4().hex[:12].upper()}") | {"kind": "smartphone"}
            headers = build.bearer(self._token) | {"Idempotency-Key": str(uuid4())}
            self.acknowledged[body["serial"]] = self._until_acknowledged(body, headers)

    def _until_acknowledged(self, body: dict[str, object], headers: dict[str, str]) -> str:
        while True:
            try:
                answer = httpx.post(self._address, json=body, headers=headers, timeout=30)
            except httpx.TransportError:
                time.sleep(0.1)  # nobody is there; the same again
                continue
            if answer.status_code == 201:
                return str(answer.json()["code"])
            if answer.status_code not in {409, 503}:  # under way, or not to be had at this moment
                self.odd.append(answer.status_code)
            time.sleep(0.1)


@pytest.mark.timeout(120 * KILLS)
def test_what_was_acknowledged_is_there_once_however_often_the_server_is_killed(
    db: Database, settings: Settings
) -> None:
    with db.writing() as session:
        build.roster(session)
        token = build.a_token(session, build.a_person(session, at="00", role=Role.LOGISTICS), at=utc_now())
    db.close()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    enough, throw = Event(), Random(KILLS)
    writers = [Writer(port, token, enough) for _ in range(WRITERS)]
    for number in range(KILLS + 1):
        with serving(settings, port):
            if number == 0:
                for writer in writers:
                    writer.start()
            if number == KILLS:
                enough.set()
                for writer in writers:
                    writer.join(60)
            else:
                time.sleep(throw.uniform(*ALIVE_S))

    acknowledged = {serial: code for writer in writers for serial, code in writer.acknowledged.items()}
    assert [writer.odd for writer in writers if writer.odd] == []
    assert len(acknowledged) > KILLS * WRITERS
    with db.reading() as session:
        kept = dict(session.execute(select(Device.serial, Device.code)).all())
        assert kept == acknowledged
        assert session.scalar(select(func.count()).select_from(Device)) == len(acknowledged)
        assert ledger.verify(session).broken is None
    print(f"{KILLS} kills, {len(acknowledged)} acknowledged acts, each there once")  # noqa: T201 - the figure of a soak
