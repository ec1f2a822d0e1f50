"""A client that hangs up, one that dawdles, a disk that is full: the service goes on, and keeps nothing half."""

import errno
import os
import socket
import struct
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import structlog
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.kernel.clock import utc_now
from assets_service.kernel.db import Database
from assets_service.settings import Settings
from tests import build
from tests.inspections.build_inspections import a_picture
from tests.replay.world import caller, head_of

Api = TestClient[Litestar]


def a_caller(settings: Settings) -> str:
    """A token good at the real clock, made before the server's first request."""
    db = Database(settings.database_url)
    with db.writing() as session:
        build.roster(session)
        for _ in range(300):
            build.a_device(session)
        token = build.a_token(session, build.a_person(session, role=Role.ADMIN), at=utc_now())
    db.close()
    return token


def hang_up(address: str, sent: bytes, *, after: float = 0.05) -> None:
    """Send the bytes, then cut the line without a goodbye."""
    host = urlsplit(address)
    with socket.create_connection((host.hostname or "", host.port or 0), timeout=5) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.sendall(sent)
        time.sleep(after)


def test_clients_that_hang_up_leave_the_service_as_it_was(served: str, settings: Settings) -> None:
    token = a_caller(settings)
    head = f"Host: x\r\nAuthorization: Bearer {token}\r\n"
    form = "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 5000000\r\n\r\n"
    part = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    wire = {
        "nothing": "",
        "half a line": "GET /api/v1/dev",
        "half of the headers": f"GET /api/v1/devices HTTP/1.1\r\n{head}",
        "half a JSON body": f"POST /api/v1/devices HTTP/1.1\r\n{head}Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{{",
        "half a photo": f"POST /api/v1/photos HTTP/1.1\r\n{head}{form}{part}" + "x" * 20_000,
        "half a table": f"POST /api/v1/imports HTTP/1.1\r\n{head}{form}{part}" + "x" * 20_000,
        "a chunk without an end": f"POST /api/v1/devices HTTP/1.1\r\n{head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{{",
        "an export nobody reads": f"GET /api/v1/exports/inventory.csv HTTP/1.1\r\n{head}\r\n",
        "a PDF nobody reads": f"GET /api/v1/exports/inventory.pdf HTTP/1.1\r\n{head}\r\n",
        "no HTTP at all": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    }  # fmt: skip
    for sent in wire.values():
        for _ in range(5):
            hang_up(served, sent.encode("latin-1"))
    with httpx.Client(base_url=served, headers={"Authorization": f"Bearer {token}"}, timeout=20) as client:
        assert client.get("/health/ready").status_code == 200
        assert client.get("/api/v1/devices").json()["total"] == 300
        body = build.device_facts() | {"kind": "smartphone"}
        assert client.post("/api/v1/devices", json=body).status_code == 201  # no writer was left holding the lock
        photo = client.post("/api/v1/photos", files={"file": ("a.jpg", a_picture(), "image/jpeg")})
        assert photo.status_code == 201
    stored = [file for file in (settings.data_dir / "files").rglob("*") if file.is_file()]
    assert [file.name for file in stored] == [photo.json()["id"]]
    log = settings.data_dir.with_name("served.log").read_text()
    assert '"event":"crash"' not in log


def test_a_dawdling_client_keeps_nobody_waiting(served: str, settings: Settings) -> None:
    """Forty half-sent requests stand open; a writer is served all the same."""
    token = a_caller(settings)
    host = urlsplit(served)
    lines = []
    for _ in range(40):
        line = socket.create_connection((host.hostname or "", host.port or 0), timeout=5)
        line.sendall(
            f"POST /api/v1/devices HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{{".encode()
        )
        lines.append(line)
    try:
        body = build.device_facts() | {"kind": "smartphone"}
        answer = httpx.post(
            f"{served}/api/v1/devices", json=body, headers={"Authorization": f"Bearer {token}"}, timeout=10
        )
        assert answer.status_code == 201
    finally:
        for line in lines:
            line.close()


def test_a_full_disk_is_told_and_keeps_no_half_photo(
    client: Api, db: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.writing() as session:
        build.roster(session)
    head = caller(db, Role.HEAD, "81.02")
    before = head_of(db)

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    sent: Any = {"file": ("a.jpg", a_picture(), "image/jpeg")}
    with monkeypatch.context() as disk, structlog.testing.capture_logs() as events:
        disk.setattr("assets_service.kernel.store.os.fsync", full)
        answer = client.post("/api/v1/photos", files=sent, headers=head)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert str(settings.data_dir) not in answer.text
    assert any(one["event"] == "crash" for one in events)
    assert [file for file in Path(settings.data_dir).rglob("*") if file.is_file()] == []
    assert head_of(db) == before
    assert client.post("/api/v1/photos", files=sent, headers=head).status_code == 201
