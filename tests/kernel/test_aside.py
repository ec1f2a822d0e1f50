"""Slow work is done by another process that gives way, and that ends with whoever asked for it."""

import os
from contextlib import suppress
from signal import SIGKILL
from threading import Thread

import pytest

from assets_service.kernel.aside import NICENESS, AsideFailed, aside, give_way, say

WORK = "tests.kernel.aside_work"


def test_it_answers_at_low_priority_and_hears_what_is_said_meanwhile() -> None:
    with aside(f"{WORK}:answer", b"an order") as other:
        assert other.stdout.readline() == b"an order at %d\n" % NICENESS
        say(other.stdin, b"go on")
        assert other.stdout.read() == b"heard go on\n"


def read_whole(function: str) -> bytes:
    with aside(f"{WORK}:{function}", b"half") as other:
        return other.stdout.read()


def test_what_ends_badly_is_not_taken_for_whole() -> None:
    with pytest.raises(AsideFailed, match="no such thing"):
        read_whole("fail")


def test_it_ends_when_nobody_reads_any_more() -> None:
    with suppress(KeyboardInterrupt), aside(f"{WORK}:go_on_for_ever", b"") as other:
        assert other.stdout.readline() == b"more\n"
        raise KeyboardInterrupt
    assert other.process.exitcode == -SIGKILL


def test_a_thread_that_gives_way_leaves_the_others_as_they_are() -> None:
    seen: list[int] = []

    def work() -> None:
        give_way()
        seen.append(os.getpriority(os.PRIO_PROCESS, 0))

    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert (seen, os.getpriority(os.PRIO_PROCESS, 0)) == ([NICENESS], 0)
