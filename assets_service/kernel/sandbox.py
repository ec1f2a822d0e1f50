"""Reading what strangers made (photos, workbooks) in a child process that cannot take the service down with it."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import BoundedSemaphore

from assets_service.kernel.boxed import TOO_MUCH
from assets_service.kernel.errors import Refusal, TooLarge, TooMany

RESULT_BYTES_MAX = 64 << 20
CHILDREN_MAX = max(2, os.cpu_count() or 2)
TURN_SECONDS = 30

_BOXED = Path(__file__).with_name("boxed.py")
_ROOT = str(Path(__file__).parents[2])
_turns = BoundedSemaphore(CHILDREN_MAX)  # so that many uploads at once do not multiply the memory they may use


class Unreadable(Refusal):
    """The child could not read the file: it is damaged, or not what it says it is."""

    title = "The file cannot be read"
    message = "This file cannot be read. It is damaged, or of another kind than its name says."


class TooDemanding(TooLarge):
    """The child reached its limit of memory, time or size of its answer."""

    message = "This file asks for too much memory or time to be read. Make it smaller and send it again."


def run_limited(
    function: str, data: bytes, *, memory_mib: int, seconds: int, result_bytes_max: int = RESULT_BYTES_MAX
) -> bytes:
    """The result of `function` (`package.module:name`, bytes to bytes) for `data`, run in a fresh child process.

    The child has at most `memory_mib` of address space and `seconds` of CPU, no open files of ours, no environment but the
    import path, and no way to start another process (unless the service runs as root). Keep the imports of its module few:
    the child pays for them (none: 15 ms; Pillow: 60 ms).

    Raises `Unreadable`, `TooDemanding`, and `TooMany` when no place comes free.
    """
    if not _turns.acquire(timeout=TURN_SECONDS):
        raise TooMany(seconds=TURN_SECONDS)
    try:
        return _run(function, data, memory_mib=memory_mib, seconds=seconds, result_bytes_max=result_bytes_max)
    finally:
        _turns.release()


def _run(function: str, data: bytes, *, memory_mib: int, seconds: int, result_bytes_max: int) -> bytes:
    limits = [str(memory_mib), str(seconds), str(result_bytes_max + 1)]
    with tempfile.TemporaryFile() as question, tempfile.TemporaryFile() as answer:
        question.write(data)
        question.seek(0)
        with subprocess.Popen(  # noqa: S603 - our own interpreter, fixed arguments
            [sys.executable, "-S", "-s", "-P", "-B", str(_BOXED), function, *limits],
            stdin=question,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PYTHONPATH": os.pathsep.join([_ROOT, *filter(None, sys.path)])},
            start_new_session=True,
        ) as child:
            try:
                code = child.wait(2 * seconds + 1)  # a busy machine may give it half a processor
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                raise TooDemanding from None
        if code < 0 or code == TOO_MUCH:
            raise TooDemanding
        if code:
            raise Unreadable
        answer.seek(0)
        result = answer.read(result_bytes_max + 1)
    if len(result) > result_bytes_max:
        raise TooDemanding
    return result
