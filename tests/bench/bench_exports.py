"""Exports and imports by size, with the memory each needs: `python tests/bench/bench_exports.py [--devices 100000] [--db sqlite|postgresql]`.

Each export runs in a process of its own, so that its peak memory is its own; what an empty export needs stands beside it.
"""

import argparse
import csv
import io
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

from assets_service.devices import commands as devices
from assets_service.devices.asks import DeviceRow
from assets_service.devices.models import Kind
from assets_service.exports.files import write_inventory, write_ledger
from assets_service.kernel.clock import utc_now
from assets_service.kernel.db import Database
from assets_service.offices import commands as offices
from migrations import load_models, upgrade
from tests import build, postgres
from tests.imports.build_imports import import_file

BATCH = 5000
OFFICES = ("00", "11", "31", "31.71", "62.71", "73.71", "81.02")
FILES = ("inventory.csv", "inventory.jsonl", "inventory.xlsx", "as-of.csv", "ledger.jsonl")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--devices", type=int, default=100_000)
    asked.add_argument("--db", choices=("sqlite", "postgresql"), default="sqlite")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.db == "sqlite":
            measure(f"sqlite:///{folder}/bench.db", given.devices, Path(folder))
            return
        server = postgres.Server(Path(folder) / "pg")
        server.start()
        try:
            measure(server.create("bench").render_as_string(hide_password=False), given.devices, Path(folder))
        finally:
            server.stop()


def measure(url: str, count: int, folder: Path) -> None:
    upgrade(url)
    db = Database(url)
    with db.writing() as session:
        offices.add_roster(session, stamp=build.system(utc_now()))
    started = time.perf_counter()
    for start in range(0, count, BATCH):
        with db.writing() as session:
            wanted = [a_wanted(number) for number in range(start, min(start + BATCH, count))]
            devices.register_each(session, wanted, stamp=build.system(utc_now()))
    print(f"{db.url.get_backend_name()}: {count} devices registered in {time.perf_counter() - started:.1f} s")
    db.close()
    idle = peak_of(nothing, url, folder)
    print(
        f"{'':18}{'seconds':>9}{'of CPU':>9}{'MB':>8}{'peak MiB':>10}   (a process that exports nothing: {idle.peak_mib:.0f})"
    )
    for name in FILES:
        told(name, peak_of(taken, url, folder / name))
    for rows in (1067, 20_000):
        told(f"import {rows} rows", peak_of(imported, url, rows))


class Cost(NamedTuple):
    seconds: float
    cpu_seconds: float
    peak_mib: float
    size: int


def told(name: str, cost: Cost) -> None:
    print(f"{name:18}{cost.seconds:9.1f}{cost.cpu_seconds:9.1f}{cost.size / 1e6:8.1f}{cost.peak_mib:10.0f}", flush=True)


def a_wanted(number: int) -> DeviceRow:
    facts: dict[str, Any] = {
        "brand": "Samsung", "model": "Galaxy A15 5G", "serial": f"R9{number:08d}", "imei1": build.an_imei(number),
        "kode_barang": "3060201004", "nup": number + 1, "uakpb": "115010199412345000KD", "value": 3_250_000,
        "note": "Diterima lengkap dengan pengisi daya dan kabel.",
    }  # fmt: skip
    return DeviceRow(row=number, kind=Kind.SMARTPHONE, office=OFFICES[number % len(OFFICES)], **facts)


def nothing(url: str, _folder: Path) -> int:
    Database(url).close()
    return 0


def taken(url: str, path: Path) -> int:
    db, stamp = Database(url), build.system(utc_now())
    if path.stem == "ledger":
        write_ledger(db, path, stamp)
    else:
        as_of = stamp.at.isoformat() if path.stem == "as-of" else None
        write_inventory(db, path, stamp, as_of=as_of, unconfirmed_after_days=14)
    db.close()
    return path.stat().st_size


def imported(url: str, rows: int) -> int:
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(
        [
            "Jenis",
            "Merk",
            "Tipe",
            "Nomor Seri",
            "IMEI 1",
            "Kode Kantor",
            "Kondisi",
            "Tanggal Perolehan",
            "Nilai Perolehan",
        ]
    )
    for number in range(rows):
        imei = build.an_imei(10_000_000 + rows + number)
        row = [
            "Smartphone",
            "Samsung",
            "A15",
            f"I{rows}-{number}",
            imei,
            OFFICES[number % len(OFFICES)],
            "Baik",
            "31/12/2024",
            "Rp 3.250.000",
        ]
        writer.writerow(row)
    db = Database(url)
    report = import_file(db, table.getvalue().encode(), dry_run=False, stamp=build.system(utc_now()))
    assert report.created == rows, report.errors[:3]
    db.close()
    return 0


def peak_of(work: Callable[[str, Any], int], url: str, what: Any) -> Cost:
    """What the work costs in a fresh process."""
    context = multiprocessing.get_context("spawn")
    answer = context.SimpleQueue()
    process = context.Process(target=_run, args=(work, url, what, answer))
    process.start()
    process.join()
    if process.exitcode:
        sys.exit(1)
    return Cost(*answer.get())


def _run(work: Callable[[str, Any], int], url: str, what: Any, answer: Any) -> None:
    load_models()
    started, cpu = time.perf_counter(), time.process_time()
    size = work(url, what)
    # getrusage would tell the peak of the process that started this one
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    answer.put((time.perf_counter() - started, time.process_time() - cpu, int(peak.split()[1]) / 1024, size))


if __name__ == "__main__":
    main()
