"""Phones that come back to the network all at once: `python tests/bench/bench_outbox.py [phones] [database url]`.

Each of the phones hands in 50 checks in two batches, four at a time, in one process and without a network between; every fifth batch
is sent twice, as if its answer had been lost. Prints acts per second, and holds the ledger against what was acknowledged.
"""

import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from litestar.testing import TestClient
from sqlalchemy import func, select

sys.path.insert(0, str(Path(__file__).parents[2]))

from assets_service.access.stamp import Role
from assets_service.app import create_app
from assets_service.kernel.clock import utc_now
from assets_service.kernel.db import Database
from assets_service.ledger.models import Entry
from assets_service.settings import Settings
from migrations import upgrade
from tests import build
from tests.inspections.build_inspections import iso
from tests.outbox.build_outbox import Hand

ACTS, BATCH, AT_ONCE = 50, 25, 4


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        phones = int(sys.argv[1]) if len(sys.argv) > 1 else 100
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{folder}/bench.db"
        upgrade(url)
        db = Database(url)
        settings = Settings(data_dir=Path(folder), database_url=url, secret_key="of this measurement alone, 2026-11")
        with TestClient(create_app(settings, db=db)) as client:
            storm(client, db, phones)
        db.close()


def storm(client: TestClient, db: Database, phones: int) -> None:  # type: ignore[type-arg]  # any app
    with db.writing() as session:
        build.roster(session)
        head = build.a_person(session, at="81.02", role=Role.HEAD)
        token = build.a_token(session, head, at=utc_now())
        codes = [build.a_device(session, at="81.02").code for _ in range(phones)]
        others = [build.a_person(session, f"Kepala{n}", at="81.02", role=Role.HEAD) for n in range(phones // 10)]
        tokens = [token, *(build.a_token(session, other, at=utc_now()) for other in others)]
    hands = [Hand(client, db, head.id, build.bearer(tokens[n % len(tokens)])) for n in range(phones)]
    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = sum(pool.map(hand_in, hands, codes, range(phones)), Counter())
    seconds = time.perf_counter() - began
    with db.reading() as session:
        checks = session.scalar(select(func.count()).where(Entry.kind == "inspections.checked"))
    print(
        f"{phones} phones, {told['applied']} acts in {seconds:.1f} s: {told['applied'] / seconds:.0f} a second; {dict(told)}"
    )
    assert checks == told["applied"] == phones * ACTS, "each once, and none lost"


def hand_in(hand: Hand, code: str, number: int) -> "Counter[str]":
    told: Counter[str] = Counter()
    facts = {"device": code, "payload": {"condition": "good"}, "observed_at": iso(utc_now()), "elapsed_ms": 1000}
    for batch in range(ACTS // BATCH):
        acts = [hand.act("check", **facts) for _ in range(BATCH)]
        for _ in range(2 if (number + batch) % 5 == 0 else 1):
            told.update(hand.statuses(*acts))
    return told


if __name__ == "__main__":
    main()
