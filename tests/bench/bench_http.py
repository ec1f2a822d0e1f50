"""Requests per second beside a bare Litestar + one-select app, in one run: `python tests/bench/bench_http.py [--server uvicorn]`.

Server and load generator share this machine's cores, so read the ratios; absolute figures are this machine's.
"""

import argparse
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import msgspec

sys.path.insert(0, str(Path(__file__).parents[2]))

from assets_service.access.stamp import Role
from assets_service.kernel.clock import utc_now
from assets_service.kernel.db import Database
from migrations import upgrade
from tests import build
from tests.bench import load

DEVICES = 3000
ROUNDS = 5
WRITES = 300  # in a round
SERVERS = {
    "granian": ["-m", "granian", "--interface", "asgi", "--no-log", "--factory", "--port", "{port}", "{app}"],
    "uvicorn": [
        "-m",
        "uvicorn",
        "--log-level",
        "critical",
        "--no-access-log",
        "--factory",
        "--port",
        "{port}",
        "{app}",
    ],
}


@contextmanager
def served(app: str, server: str, environ: dict[str, str]) -> Generator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [word.format(port=port, app=app) for word in SERVERS[server]]
    process = subprocess.Popen([sys.executable, *words], env=environ, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


def fleet(url: str) -> tuple[list[str], str, str, str]:
    """Codes of registered devices, and tokens: logistics at 00, heads of a regency and a city."""
    upgrade(url)
    db = Database(url)
    now = utc_now()
    with db.writing() as session:
        build.roster(session, at=now)
        sender = build.a_person(session, "Logistik", at="00", role=Role.LOGISTICS)
        receiver = build.a_person(session, "Kepala", at="81.02", role=Role.HEAD)
        tokens = [build.a_token(session, person, at=now) for person in (sender, receiver)]
    with db.writing() as session:
        codes = [build.a_device(session, when=now).code for _ in range(DEVICES)]
    db.close()
    return codes, tokens[0], tokens[1], url


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--server", choices=SERVERS, default="granian")
    words.add_argument("--url", help="a PostgreSQL database to fill; otherwise a new SQLite file")
    words.add_argument("--requests", type=int, default=4000)
    chosen = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = chosen.url or f"sqlite:///{folder}/bench.db"
        codes, sender, receiver, _ = fleet(url)
        environ = os.environ | {
            "ASSETS_DATABASE_URL": url,
            "ASSETS_DATA_DIR": folder,
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        measure(chosen.server, environ, codes, sender, receiver, chosen.requests)


def measure(server: str, environ: dict[str, str], codes: list[str], sender: str, receiver: str, total: int) -> None:
    pick = random.Random(1).choice
    with (
        served("tests.bench.bare:app", server, environ) as bare,
        served("assets_service.server:app", server, environ) as ours,
    ):
        one_select = lambda _: load.request("GET", f"/bare/{pick(codes)}")  # noqa: E731
        look_up = lambda _: load.request("GET", f"/api/v1/lookup?id={pick(codes)}", token=sender)  # noqa: E731
        list_100 = lambda _: load.request("GET", "/api/v1/devices?limit=100", token=sender)  # noqa: E731
        for warm, port in ((one_select, bare), (look_up, ours)):
            load.run(port, 400, 16, warm)
        ratios = []
        for _ in range(ROUNDS):
            yardstick = load.run(bare, total, 16, one_select)
            looked_up = load.run(ours, total, 16, look_up)
            ratios.append(looked_up.per_second / yardstick.per_second)
            print(f"bare one select    {yardstick}\nlook-up            {looked_up}")
        print(f"look-up / bare: {sorted(ratios)[ROUNDS // 2]:.0%} (median of {ROUNDS})")
        print(f"list of 100        {load.run(ours, 300, 8, list_100)}")
        bodies = [_shipment(code) for code in codes]
        sends = [
            load.request("POST", "/api/v1/shipments", token=sender, body=body, Idempotency_Key=str(uuid4()))
            for body in bodies
        ]
        in_turn("send, 16 writers ", ours, 16, sends[: ROUNDS * WRITES])
        in_turn("receive, 16      ", ours, 16, [_receipt(n + 1, ours, receiver) for n in range(ROUNDS * WRITES)])
        in_turn("send, 64 writers ", ours, 64, sends[ROUNDS * WRITES : 2 * ROUNDS * WRITES])


def in_turn(title: str, port: int, connections: int, requests: list[bytes]) -> None:
    """Each request once, in rounds; says the median of the rounds, and each."""
    rounds = [load.run(port, WRITES, connections, requests[number * WRITES :].__getitem__) for number in range(ROUNDS)]
    for each in rounds:
        print(f"{title}  {each}")
    middle = sorted(rounds, key=lambda each: each.per_second)[ROUNDS // 2]
    print(f"{title}: {middle.per_second:.0f}/s, p99 {middle.p99_ms:.0f} ms (median of {ROUNDS})")


def _shipment(code: str) -> bytes:
    return msgspec.json.encode({"to_office": "81.02", "from_office": "00", "devices": [code], "send": True})


def _receipt(number: int, port: int, token: str) -> bytes:
    """The receipt of the `number`-th shipment; its one device is asked for first."""
    import http.client  # noqa: PLC0415

    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", f"/api/v1/shipments/{number}", headers={"Authorization": f"Bearer {token}"})
    lines = msgspec.json.decode(connection.getresponse().read())["lines"]
    connection.close()
    device = lines[0]["device"]
    code = device["code"] if isinstance(device, dict) else device
    body = msgspec.json.encode({"lines": [{"device": code, "outcome": "received"}]})
    return load.request("PUT", f"/api/v1/shipments/{number}/receipt", token=token, body=body)


if __name__ == "__main__":
    main()
