"""Work that outlives the request that asked for it: asked for in the act's own transaction, done by whichever process is free.

Nothing of it lives in a process. A job is a row; whoever does it holds a lease, which it prolongs while it works; when a
process dies its leases end, and another takes the work over.
"""

from collections.abc import Callable
from datetime import timedelta

from msgspec import Struct

from assets_service.kernel.jobs.bell import Bell
from assets_service.kernel.jobs.held import Held, Lost, Stopping
from assets_service.kernel.jobs.models import Job, JobState


class Work(Struct, frozen=True):
    """How the jobs of one kind are done.

    `at_once`: how many of them one process does at the same time. `tries`: how often one may fail, or lose the process
    that does it, before it ends as failed. `every`: how often one is asked for by itself; zero is never.
    """

    do: Callable[[Held], object]
    at_once: int = 1
    tries: int = 5
    every: timedelta = timedelta(0)


__all__ = ["Bell", "Held", "Job", "JobState", "Lost", "Stopping", "Work"]
