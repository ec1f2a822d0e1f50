"""A process that takes jobs in hand and never ends one: `python job_process.py DATABASE_URL`, to be killed by a test."""

import sys
import time

from assets_service.kernel.db import Database
from assets_service.kernel.jobs import Held, Work
from assets_service.kernel.jobs.worker import Worker


def linger(held: Held) -> None:
    print(held.lease.key, flush=True)  # noqa: T201 - the test waits for it
    time.sleep(300)


def main() -> None:
    worker = Worker(Database(sys.argv[1]), {"count": Work(linger)}, hands=1)
    worker.start()
    time.sleep(300)


if __name__ == "__main__":
    main()
