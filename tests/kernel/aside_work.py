"""What the tests of `kernel.aside` let another process do."""

import os
from typing import BinaryIO


def answer(order: bytes, asked: BinaryIO, out: BinaryIO) -> None:
    out.write(b"%s at %d\n" % (order, os.nice(0)))
    out.flush()
    out.write(b"heard " + asked.readline())


def fail(order: bytes, _asked: BinaryIO, out: BinaryIO) -> None:
    out.write(order)
    raise ValueError("no such thing")


def go_on_for_ever(_order: bytes, _asked: BinaryIO, out: BinaryIO) -> None:
    while True:
        out.write(b"more\n")
