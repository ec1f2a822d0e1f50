"""Pages and receipts while slow work goes on: `python tests/bench/bench_slow_work.py`.

Beside the public page and receipts go 45 sign-ins of strangers, 8 checks of the ledger and 8 inventories as PDF, each
begun again as soon as it is answered. Server and load share this machine's cores, so read the ratios to the calm run.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parents[2]))

from assets_service.access.stamp import Role
from assets_service.kernel.clock import utc_now
from assets_service.kernel.db import Database
from assets_service.people.passwords import hash_password
from tests import build
from tests.bench import load
from tests.bench.bench_http import _receipt, _shipment, fleet, served

PAGES, RECEIPTS, CONNECTIONS = 400, 80, 4
STRANGERS, CHECKS, PAPERS, HONEST = 45, 8, 8, 3
PASSWORD = "a long pass phrase"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        codes, sender, receiver, _ = fleet(url)
        auditor = an_auditor(url)
        environ = os.environ | {
            "ASSETS_DATABASE_URL": url,
            "ASSETS_DATA_DIR": folder,
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        with served("assets_service.server:app", "granian", environ) as port:
            shipped(port, sender, codes[: 4 * RECEIPTS])
            measure(port, receiver, auditor)


def an_auditor(url: str) -> str:
    """Somebody who may check the ledger, and one who signs in honestly; the auditor's token."""
    db = Database(url)
    now = utc_now()
    with db.writing() as session:
        person = build.a_person(session, "Auditor", at="00", role=Role.AUDITOR)
        honest = build.a_person(session, "Jujur", at="00", role=Role.HEAD, username="jujur")
        honest.password_hash = hash_password(PASSWORD)
        token = build.a_token(session, person, at=now)
    db.close()
    return token


def shipped(port: int, token: str, codes: list[str]) -> None:
    requests = [load.request("POST", "/api/v1/shipments", token=token, body=_shipment(code)) for code in codes]
    load.run(port, len(requests), CONNECTIONS, requests.__getitem__)


def measure(port: int, receiver: str, auditor: str) -> None:
    page = lambda _: load.request("GET", "/publik")  # noqa: E731
    receipts = iter([_receipt(number + 1, port, receiver) for number in range(4 * RECEIPTS)])
    load.run(port, 50, CONNECTIONS, page)
    calm = [asyncio.run(way(port, page, receipts)) for way in (_one_at_a_time, _together)]
    busy, waits, slow = asyncio.run(_beside_slow_work(port, page, receipts, auditor))
    for way, calmly, busily in zip(("one at a time", "4 beside 4"), calm, busy, strict=True):
        for name, one, other in zip(("page", "receipt"), calmly, busily, strict=True):
            refused = sum(count for status, count in other.statuses.items() if status >= 400)
            print(f"{way}, {name}:\n  calm {one}\n  busy {other}")
            print(f"  busy / calm: p50 {other.p50_ms / one.p50_ms:.1f}, p99 {other.p99_ms / one.p99_ms:.1f}")
            print(f"  refused {refused / sum(other.statuses.values()):.1%}")
    print(f"honest sign-ins: {', '.join(f'{seconds:.1f} s ({status})' for seconds, status in waits)}")
    print(f"slow work meanwhile, answers by status: {slow}")


async def _one_at_a_time(port: int, page: load.Request, receipts: Iterator[bytes]) -> tuple[load.Load, load.Load]:
    """Pages over one connection, then receipts over one."""
    pages = await load._run(port, PAGES, 1, page)
    return pages, await load._run(port, RECEIPTS, 1, lambda _: next(receipts))


async def _together(port: int, page: load.Request, receipts: Iterator[bytes]) -> tuple[load.Load, load.Load]:
    """Pages and receipts at the same time, each over several connections."""
    return await asyncio.gather(
        load._run(port, PAGES, CONNECTIONS, page), load._run(port, RECEIPTS, CONNECTIONS, lambda _: next(receipts))
    )


async def _beside_slow_work(
    port: int, page: load.Request, receipts: Iterator[bytes], auditor: str
) -> tuple[list[tuple[load.Load, load.Load]], list[tuple[float, int]], dict[str, dict[int, int]]]:
    answers: dict[str, dict[int, int]] = {}
    slow = {
        "sign-in": (STRANGERS, _a_stranger),
        "check": (CHECKS, lambda _: load.request("GET", "/ledger/periksa", token=auditor)),
        "paper": (PAPERS, lambda _: load.request("GET", "/api/v1/exports/inventory.pdf", token=auditor)),
    }
    working = [
        asyncio.create_task(_again_and_again(port, make, answers.setdefault(name, {}), first=number * 100_000))
        for name, (many, make) in slow.items()
        for number in range(many)
    ]
    await asyncio.sleep(2)
    honest = [asyncio.create_task(_honest(port, after=number)) for number in range(HONEST)]
    busy = [await way(port, page, receipts) for way in (_one_at_a_time, _together)]
    waits = await asyncio.gather(*honest)
    began = time.perf_counter()
    await asyncio.gather(*(_once(port, make, answers[name]) for name, (_, make) in slow.items()))
    print(f"one more of each is answered in {time.perf_counter() - began:.0f} s: slow work is late, but it comes")
    for task in working:
        task.cancel()
    await asyncio.gather(*working, return_exceptions=True)
    return busy, waits, answers


def _a_stranger(number: int) -> bytes:
    body = msgspec.json.encode({"username": f"orang{number}", "password": "tidak tahu sama sekali"})
    return load.request("POST", "/api/v1/session", body=body)


async def _honest(port: int, *, after: float) -> tuple[float, int]:
    """How long an honest sign-in took, tried again when it was told to wait, and how it ended."""
    await asyncio.sleep(after)
    began = time.perf_counter()
    body = msgspec.json.encode({"username": "jujur", "password": PASSWORD})
    while True:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(load.request("POST", "/api/v1/session", body=body))
        status = await load._read_answer(reader)
        writer.close()
        if status not in {429, 503}:
            return time.perf_counter() - began, status
        await asyncio.sleep(1)


async def _again_and_again(port: int, make: Callable[[int], bytes], answers: dict[int, int], *, first: int) -> None:
    number = first
    while True:
        number += 1
        await _once(port, make, answers, number)


async def _once(port: int, make: Callable[[int], bytes], answers: dict[int, int], number: int = 0) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(make(number))
        status = await load._read_answer(reader)
        answers[status] = answers.get(status, 0) + 1
    finally:
        writer.close()


if __name__ == "__main__":
    main()
