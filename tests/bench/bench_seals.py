"""Seals by size, and what they cost who writes: `python tests/bench/bench_seals.py [--leaves 1000000] [--db sqlite|postgresql]`.

First as many leaves as asked for are sealed and proven, with the memory that it takes. Then devices are registered, in turns
with a process beside that seals every second (six hundred times as often as in service) and without one.
"""

import argparse
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing.synchronize import Event
from pathlib import Path
from random import Random

from msgspec import structs

sys.path.insert(0, str(Path(__file__).parents[2]))

from assets_service.devices import commands as devices
from assets_service.devices.asks import NewDevice
from assets_service.devices.models import Kind
from assets_service.kernel.clock import utc_now
from assets_service.kernel.db import Database
from assets_service.ledger.commands import record_each
from assets_service.ledger.models import Entry
from assets_service.seals import queries
from assets_service.seals.proofs import Prover
from assets_service.seals.sealing import Sealer
from assets_service.settings import Settings, read_settings
from assets_service.tlog.merkle import check_inclusion, leaf_hash
from migrations import load_models, upgrade
from tests import build, postgres
from tests.seals.build_seals import Happened

BATCH = 5000
CHAINS = 20_000
PROOFS = 20_000
ROUNDS = 12
WRITES = 150  # in one round


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--leaves", type=int, default=1_000_000)
    asked.add_argument("--db", choices=("sqlite", "postgresql"), default="sqlite")
    given = asked.parse_args()
    load_models()
    with tempfile.TemporaryDirectory() as folder:
        if given.db == "sqlite":
            measure(f"sqlite:///{folder}/bench.db", given.leaves, Path(folder))
            return
        server = postgres.Server(Path(folder) / "pg")
        server.start()
        try:
            measure(server.create("bench").render_as_string(hide_password=False), given.leaves, Path(folder))
        finally:
            server.stop()


def measure(url: str, leaves: int, folder: Path) -> None:
    settings = structs.replace(
        read_settings({"ASSETS_DATA_DIR": str(folder / "data"), "ASSETS_DATABASE_URL": url}),
        base_url="https://aset.example.go.id",
    )
    upgrade(url)
    db = Database(url)
    print(f"{db.url.get_backend_name()}, {leaves} entries")
    told("recorded", leaves, lambda: record(db, leaves))
    idle = peak_mib()
    told("sealed", leaves, lambda: Sealer(db, settings).seal())
    print(f"{'':12}peak memory {peak_mib():.0f} MiB, {idle:.0f} before")
    prove(db, leaves)
    alternate(db, settings)
    db.close()


def told(what: str, number: int, work: Callable[[], object]) -> None:
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    print(f"{what:12}{number:9} in {seconds:7.1f} s, {seconds / number * 1e6:7.0f} µs each", flush=True)


def record(db: Database, number: int) -> None:
    stamp = build.system(utc_now())
    for first in range(0, number, BATCH):
        some = range(first, min(first + BATCH, number))
        with db.writing() as session:
            record_each(session, [(f"stock/{each % CHAINS}", Happened(what=str(each))) for each in some], stamp=stamp)


def prove(db: Database, leaves: int) -> None:
    with db.reading() as session:
        log = queries.log(session)
        seal = queries.seal(session, log.id)
        prover, random = Prover(session, log, seal), Random(1)
        chosen = sorted(random.randrange(leaves) for _ in range(PROOFS))
        sizes: list[int] = []
        told("proven", PROOFS, lambda: sizes.extend(proofs(prover, chosen)))
        entry = session.get_one(Entry, chosen[0] + 1)
        proof = prover.proof(entry)
    check_inclusion(leaf_hash(bytes.fromhex(entry.hash)), proof.index, seal.size, bytes.fromhex(seal.root), proof.path)
    print(
        f"{'':12}a path of {len(proof.path)} hashes, {statistics.mean(sizes):.0f} bytes as text; leaves {seal.size * 32 / 1e6:.0f} MB"
    )
    print(f"{'':12}a proof that stands alone: {len(str(proof))} bytes")


def proofs(prover: Prover, chosen: list[int]) -> Iterator[int]:
    for number in chosen:
        yield 45 * len(prover.tree.inclusion(number))


def alternate(db: Database, settings: Settings) -> None:
    """Registering devices, in turns with and without sealing beside it."""
    with db.writing() as session:
        build.roster(session, at=utc_now())
    write(db, WRITES)
    times: dict[bool, list[float]] = {True: [], False: []}
    for number in range(ROUNDS * 2):
        is_sealing = bool(number % 2)
        with sealing(settings) if is_sealing else nothing():
            began = time.perf_counter()
            write(db, WRITES)
            times[is_sealing].append((time.perf_counter() - began) / WRITES * 1e3)
    without, beside = (statistics.median(times[each]) for each in (False, True))
    print(f"a write      {without:.2f} ms without seals, {beside:.2f} ms with: {(beside / without - 1) * 100:+.1f} %")


def write(db: Database, number: int) -> None:
    for _ in range(number):
        with db.writing() as session:
            facts = build.device_facts()
            devices.register(
                session, NewDevice(kind=Kind.SMARTPHONE, office="00", **facts), stamp=build.system(utc_now())
            )


class nothing:  # noqa: N801 - reads as a word
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


class sealing:  # noqa: N801 - the same
    """A process of its own that seals every second."""

    def __init__(self, settings: Settings) -> None:
        context = multiprocessing.get_context("spawn")
        self.ready, self.enough = context.Event(), context.Event()
        self.process = context.Process(target=seal_until, args=(settings, self.ready, self.enough))

    def __enter__(self) -> None:
        self.process.start()
        self.ready.wait()

    def __exit__(self, *_: object) -> None:
        self.enough.set()
        self.process.join()


def seal_until(settings: Settings, ready: Event, enough: Event) -> None:
    load_models()
    db = Database(settings.database_url)
    sealer = Sealer(db, settings)
    sealer.seal()
    ready.set()
    while not enough.wait(1):
        sealer.seal()
    db.close()


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
