"""Reading while nobody can write: `python tests/bench/bench_waiting.py [--url postgresql://…]`.

Reads are measured calm, and again while another program holds the write lock and more writers wait than there are threads.
"""

import argparse
import os
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import msgspec

sys.path.insert(0, str(Path(__file__).parents[2]))

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.bench import load
from tests.bench.bench_http import fleet, served

HELD_S = 8.0
WRITERS = 40
READS = 400
PATHS = ("/api/v1/devices?limit=20", "/publik", "/health/ready")


@contextmanager
def held(url: str) -> Generator[None]:
    """Keep everybody from writing, as a stuck program would."""
    where = make_url(url)
    if where.get_backend_name() == "sqlite":
        holder = sqlite3.connect(str(where.database), isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        yield
        holder.execute("ROLLBACK")
        holder.close()
        return
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("LOCK TABLE programmes, devices, sign_ins IN SHARE MODE"))
        yield
    engine.dispose()


def measure(url: str, port: int, token: str) -> None:
    reads = [load.request("GET", path, token=token) for path in PATHS]
    load.run(port, READS, 8, lambda number: reads[number % len(reads)])
    for path, read in zip(PATHS, reads, strict=True):
        print(f"calm     {path:28} {load.run(port, READS, 8, lambda _, read=read: read)}")  # type: ignore[misc]  # a default binds the loop's
    body = {"kind": "tablet", "office": "00", "brand": "Samsung", "model": "Galaxy Tab A9+"}
    answers: list[load.Load] = []

    def write(number: int) -> bytes:
        key = str(uuid4())
        one = msgspec.json.encode(body | {"serial": f"WAIT{number:06d}"})
        return load.request("POST", "/api/v1/devices", token=token, body=one, Idempotency_Key=key)

    writers = threading.Thread(target=lambda: answers.append(load.run(port, WRITERS, WRITERS, write)))
    with held(url):
        began = time.monotonic()
        writers.start()
        time.sleep(0.5)
        for path, read in zip(PATHS, reads, strict=True):
            if path != "/health/ready":  # it tries a write, and would wait its turn
                print(f"held     {path:28} {load.run(port, READS, 8, lambda _, read=read: read)}")  # type: ignore[misc]  # the same
        time.sleep(max(0.0, HELD_S - (time.monotonic() - began)))
    writers.join()
    print(f"writers that waited {HELD_S:.0f} s:           {answers[0]}")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--url", help="a PostgreSQL database to fill; otherwise a new SQLite file")
    chosen = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = chosen.url or f"sqlite:///{folder}/bench.db"
        _, sender, _, _ = fleet(url)
        environ = os.environ | {
            "ASSETS_DATABASE_URL": url,
            "ASSETS_DATA_DIR": folder,
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        with served("assets_service.server:app", "granian", environ) as port:
            measure(url, port, sender)


if __name__ == "__main__":
    main()
