"""What the tests let the limited child do."""

import os
import subprocess
import sys
import time
from pathlib import Path


def shout(data: bytes) -> bytes:
    return data.upper()


def fail(_data: bytes) -> bytes:
    raise ValueError("no")


def eat(_data: bytes) -> bytes:
    return b"x" * (1 << 30)


def answer_too_much(_data: bytes) -> bytes:
    return b"x" * 2000


def write_by_itself(_data: bytes) -> bytes:
    os.write(1, b"x" * 2000)
    return b""


def spin(_data: bytes) -> bytes:
    while True:
        pass


def sleep(_data: bytes) -> bytes:
    time.sleep(60)
    return b""


def crash(_data: bytes) -> bytes:
    os.abort()


def fill_the_disk(_data: bytes) -> bytes:
    with Path(f"/tmp/assets-boxed-{os.getpid()}").open("wb") as file:
        Path(file.name).unlink()
        file.write(b"x" * 100_000)
    return b""


def start_another(_data: bytes) -> bytes:
    return subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, check=True).stdout


def look_around(_data: bytes) -> bytes:
    """Which files are open beside the three streams, and which names the environment has."""
    mine = os.listdir("/proc/self/fd")  # noqa: PTH208 - the listing itself opens one more, which is gone again
    open_files = [fd for fd in mine if int(fd) > 2 and Path(f"/proc/self/fd/{fd}").exists()]
    return f"{open_files} {sorted(set(os.environ) - {'LC_CTYPE'})} {'msgspec' in sys.modules}".encode()
