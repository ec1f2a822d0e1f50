"""The list that a phone carries, for the demonstration's fleet: `python tests/bench/bench_pocket.py [data directory]`.

Without a directory the demonstration is made first (a minute). Prints the size of the list, plain and compressed, for the whole
country, a province and an office, what it takes to make it, and what it takes to say that nothing has changed.
"""

import gzip
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).parents[2]))

from assets_service import demo
from assets_service.access.stamp import Role
from assets_service.app import create_app
from assets_service.kernel.clock import utc_now
from assets_service.kernel.db import Database
from assets_service.offices.models import Office
from assets_service.settings import Settings
from migrations import upgrade
from tests.build import a_person, a_token, bearer, system

POCKET = "/api/v1/pocket"
TIMES = 5


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder)
        url = f"sqlite:///{data}/assets.db"
        upgrade(url)
        db = Database(url)
        if len(sys.argv) == 1:
            with db.writing() as session:
                demo.build(session, system(utc_now()), password=demo.new_password())
        settings = Settings(data_dir=data, database_url=url, secret_key="of this measurement alone, 2026-11")
        with TestClient(create_app(settings, db=db)) as client:
            for role, office in ((Role.LOGISTICS, "00"), (Role.LOGISTICS, "81"), (Role.HEAD, "81.02")):
                measure(client, db, role, office)
        db.close()


def measure(client: TestClient[Litestar], db: Database, role: Role, office: str) -> None:
    with db.writing() as session:
        assert session.scalar(select(Office.id).where(Office.code == office)), "no demonstration there"
        headers = bearer(a_token(session, a_person(session, f"Ukur{office}", at=office, role=role), at=utc_now()))
    body = client.get(POCKET, headers=headers)
    again = headers | {"If-None-Match": body.headers["etag"]}
    assert client.get(POCKET, headers=again).status_code == 304
    packed = len(gzip.compress(body.content, 6))
    whole, unchanged = (best_of(partial(client.get, POCKET, headers=asked)) for asked in (headers, again))
    print(
        f"{role:<10} {office:<6} {len(body.json()['devices']['code']):>5} devices {len(body.content):>8,} bytes, "
        f"{packed:>7,} compressed; made in {whole:6.1f} ms, unchanged in {unchanged:5.1f} ms",
        flush=True,
    )


def best_of(ask: Callable[[], object]) -> float:
    def once() -> float:
        began = time.perf_counter()
        ask()
        return (time.perf_counter() - began) * 1000

    return min(once() for _ in range(TIMES))


if __name__ == "__main__":
    main()
