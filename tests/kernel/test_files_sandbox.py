"""Untrusted decoding happens where it can do no harm."""

import os
import time
from pathlib import Path

import pytest

from assets_service.kernel import sandbox
from assets_service.kernel.errors import TooMany
from assets_service.kernel.sandbox import TooDemanding, Unreadable, run_limited

WORK = "tests.kernel.boxed_work"


def test_the_child_answers_with_what_our_function_made() -> None:
    assert run_limited(f"{WORK}:shout", b"tablet " * 300_000, memory_mib=256, seconds=5) == b"TABLET " * 300_000


@pytest.mark.parametrize(
    ("work", "refusal"),
    [
        ("fail", Unreadable),
        ("no_such_function", Unreadable),
        ("eat", TooDemanding),
        ("spin", TooDemanding),
        ("sleep", TooDemanding),
        ("crash", TooDemanding),
        ("answer_too_much", TooDemanding),
        ("write_by_itself", TooDemanding),
        ("fill_the_disk", Unreadable),
    ],
)
def test_whatever_the_child_does_is_a_refusal(work: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        run_limited(f"{WORK}:{work}", b"", memory_mib=256, seconds=1, result_bytes_max=1000)


@pytest.mark.skipif(os.geteuid() == 0, reason="the kernel counts no processes for root")
def test_the_child_starts_no_other_process() -> None:
    with pytest.raises(Unreadable):
        run_limited(f"{WORK}:start_another", b"", memory_mib=256, seconds=2)


def test_the_child_sees_no_open_file_and_no_secret_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSETS_SECRET_KEY", "not for children")
    with (tmp_path / "open.db").open("wb") as ours:
        os.set_inheritable(ours.fileno(), True)
        seen = run_limited(f"{WORK}:look_around", b"", memory_mib=256, seconds=2)
    assert seen == b"[] ['PYTHONPATH'] False"


def test_only_so_many_children_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "TURN_SECONDS", 0.01)
    taken = 0
    while sandbox._turns.acquire(blocking=False):
        taken += 1
    try:
        with pytest.raises(TooMany):
            run_limited(f"{WORK}:shout", b"", memory_mib=256, seconds=2)
    finally:
        for _ in range(taken):
            sandbox._turns.release()
    assert taken == sandbox.CHILDREN_MAX


def test_a_child_that_sleeps_is_ended_at_the_wall() -> None:
    began = time.monotonic()
    with pytest.raises(TooDemanding):
        run_limited(f"{WORK}:sleep", b"", memory_mib=256, seconds=1)
    assert time.monotonic() - began < 20
