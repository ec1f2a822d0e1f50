"""Ending with one's parent: a worker whose parent was killed would go on serving, unseen, beside the next server."""

import os
from multiprocessing import parent_process
from threading import Thread


def end_with_parent() -> None:
    """Let this process live no longer than the one that started it; without one nothing happens."""
    parent = parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)  # nothing is asked any more: an act that was not answered is tried again by its sender

    Thread(target=watch, name="end-with-parent", daemon=True).start()
