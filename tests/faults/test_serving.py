"""One server on one port; it ends when it is told, whatever its clients do; its workers end with it."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from assets_service.access.stamp import Role
from assets_service.kernel.clock import utc_now
from assets_service.kernel.db import Database
from assets_service.server import DRAIN_S
from assets_service.server.listening import ListeningError, address_of, alone_on
from assets_service.settings import Settings
from tests import build
from tests.cli.conftest import environment, started

Serve = Callable[..., subprocess.Popen[str]]
WITHIN_S = DRAIN_S + 10


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def serve(settings: Settings, db: Database, port: int) -> Iterator[Serve]:
    """Starts `assets-service serve` on the test's database; what is left of it ends with the test."""
    db.close()
    servers: list[subprocess.Popen[str]] = []

    def start(*words: str, **ours: str) -> subprocess.Popen[str]:
        environ = environment(
            ASSETS_DATABASE_URL=settings.database_url,
            ASSETS_DATA_DIR=settings.data_dir,
            ASSETS_SECRET_KEY=settings.secret_key,
            **ours,
        )
        servers.append(started("serve", "--port", str(port), *words, environ=environ))
        return servers[-1]

    yield start
    for server in servers:
        with suppress(ProcessLookupError):
            for child in children_of(server.pid):
                os.kill(child, signal.SIGKILL)
            server.kill()
        server.communicate()


def children_of(pid: int) -> list[int]:
    with suppress(FileNotFoundError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def live(port: int, server: subprocess.Popen[str]) -> str:
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        assert server.poll() is None, server.communicate()
        with suppress(httpx.TransportError):
            httpx.get(f"{address}/health/live")
            return address
        time.sleep(0.05)
    raise AssertionError("The server does not answer.")


def test_a_second_server_on_the_port_is_refused(serve: Serve, port: int) -> None:
    address = live(port, serve())
    for host in ("127.0.0.1", "0.0.0.0", "localhost"):
        second = serve("--host", host)
        _, said = second.communicate(timeout=30)
        assert second.returncode == 1
        assert said.startswith("Error: Somebody listens on ")
        assert len(said.splitlines()) == 1
    assert httpx.get(f"{address}/health/live").status_code == 200


def test_of_two_that_start_together_one_serves(serve: Serve, port: int) -> None:
    both = [serve(), serve()]
    end = time.monotonic() + 30
    while all(server.poll() is None for server in both):
        assert time.monotonic() < end, "both serve"
        time.sleep(0.1)
    assert [server.returncode for server in both if server.poll() is not None] == [1]
    live(port, next(server for server in both if server.poll() is None))


def test_another_programs_port_is_refused() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(ListeningError, match="listens on 127"),
        alone_on("127.0.0.1", taken.getsockname()[1]),
    ):
        pass


def test_a_port_that_was_left_a_moment_ago_is_free() -> None:
    """What TIME_WAIT keeps of the last server's connections is in nobody's way."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = int(server.getsockname()[1])
        with closing(socket.create_connection(("127.0.0.1", port))) as client:
            line, _ = server.accept()
            line.close()  # the side that closes first is the one that waits
            client.recv(1)
    with alone_on("127.0.0.1", port):
        pass


@pytest.mark.parametrize(("host", "address"), [("localhost", "127.0.0.1"), ("127.0.0.2", "127.0.0.2"), ("::1", "::1")])
def test_a_host_is_found_by_name_or_address(host: str, address: str) -> None:
    assert address_of(host) == address


def test_a_host_that_is_none_is_said_in_one_line(serve: Serve) -> None:
    refused = serve("--host", "127.0.0.1.5")
    _, said = refused.communicate(timeout=30)
    assert (refused.returncode, said) == (1, "Error: There is no address for the host 127.0.0.1.5.\n")


def test_a_worker_ends_when_its_parent_is_killed(serve: Serve, port: int) -> None:
    server = serve()
    live(port, server)
    (worker,) = children_of(server.pid)
    server.kill()
    server.wait()
    end = time.monotonic() + 5
    while Path(f"/proc/{worker}").exists() and time.monotonic() < end:
        time.sleep(0.05)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
    live(port, serve())


def test_the_server_ends_when_it_is_told_whatever_its_clients_do(serve: Serve, port: int, settings: Settings) -> None:
    db = Database(settings.database_url)
    with db.writing() as session:
        build.roster(session)
        for _ in range(400):
            build.a_device(session)
        token = build.a_token(session, build.a_person(session, role=Role.ADMIN), at=utc_now())
    db.close()
    server = serve()
    address = urlsplit(live(port, server))
    head = f"Host: x\r\nAuthorization: Bearer {token}\r\n"
    half = (
        "GET /api/v1/dev",
        f"GET /api/v1/devices HTTP/1.1\r\n{head}",
        f"POST /api/v1/devices HTTP/1.1\r\n{head}Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{{",
        f"GET /api/v1/exports/inventory.jsonl HTTP/1.1\r\n{head}\r\n" * 20,
    )
    lines = [socket.create_connection((address.hostname, address.port or 0), timeout=5) for _ in half]
    for line, sent in zip(lines, half, strict=True):
        line.sendall(sent.encode())
    time.sleep(1)
    server.terminate()
    assert server.wait(WITHIN_S) == 0
    for line in lines:
        line.close()
    assert children_of(server.pid) == []
    live(port, serve())
