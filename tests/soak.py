"""How long a test goes on: once in `make check`, many times in `make soak` (`SOAK=20`)."""

import os

SOAK = int(os.environ.get("SOAK") or "1")


def times(number: int) -> int:
    return number * SOAK
