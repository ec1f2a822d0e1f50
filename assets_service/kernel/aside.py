"""Work that keeps a processor busy, done aside and at low priority: it takes no turn from those who scan and confirm.

What holds the interpreter (drawing a PDF, following every chain) is done by a process of its own; what lets go of it
(hashing) by a thread that gives way.
"""

import os
import threading
import traceback
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

NICENESS = 19  # the lowest priority there is that still gets a little of a full machine


_DONE = b"done"  # on the third pipe; anything else is what went wrong
_forked = get_context("forkserver")


class AsideFailed(Exception):  # noqa: N818 - told in the log; whoever asked is told that it is our fault
    """The process ended badly; the message is what it said last."""


class Aside(NamedTuple):
    """A process at work: what it is told, and what it answers."""

    stdin: IO[bytes]
    stdout: IO[bytes]
    process: BaseProcess


@contextmanager
def aside(target: str, order: bytes) -> Generator[Aside]:
    """A process that calls `function(order, stdin, stdout)` of `target`, a `module:function`; killed when the block ends.

    It is forked from one that has read the module before: starting afresh would take seconds. `order` is one line. Raises
    `AsideFailed`, once its output was read to the end, when it ended badly.
    """
    _forked.set_forkserver_preload([target.partition(":")[0]])  # heard before the first one alone
    pipes = [_forked.Pipe(duplex=False) for _ in range(3)]
    (told, to_tell), (to_hear, answers), (to_know, why) = pipes
    process = _forked.Process(target=_work, args=(target, told, answers, why))
    with ExitStack() as ends:
        for end in (to_tell, to_hear, to_know):
            ends.enter_context(end)
        with told, answers, why:
            process.start()
        ends.callback(_end, process)
        stdin, stdout, error = _as_file(to_tell, "wb"), _as_file(to_hear, "rb"), _as_file(to_know, "rb")
        ends.callback(_close, stdin, stdout, error)
        say(stdin, order)
        yield Aside(stdin, stdout, process)
        too_much, said = stdout.read(1), error.read()
        if too_much or said != _DONE:
            raise AsideFailed(said[-500:].decode(errors="replace"))


def _as_file(end: "Connection", mode: str) -> IO[bytes]:
    return os.fdopen(os.dup(end.fileno()), mode)


def _end(process: BaseProcess) -> None:
    if process.is_alive():
        process.kill()
    process.join()


def _close(*files: IO[bytes]) -> None:
    for file in files:
        with suppress(BrokenPipeError):
            file.close()


def _work(
    target: str, told: "Connection", answers: "Connection", why: "Connection"
) -> None:  # pragma: no cover - runs in the child
    give_way()
    module, _, function = target.partition(":")
    stdin, stdout, error = _as_file(told, "rb"), _as_file(answers, "wb"), _as_file(why, "wb")
    try:
        order = stdin.readline().rstrip(b"\n")
        getattr(import_module(module), function)(order, stdin, stdout)
        stdout.flush()
        said = _DONE
    except Exception:  # noqa: BLE001 - whatever it is, it is told to whoever asked
        said = traceback.format_exc().encode()
    with suppress(OSError):
        error.write(said)
        error.flush()
    os._exit(0)  # all is told: nothing is left to say on a standard error that is not ours


def say(to: IO[bytes], line: bytes) -> None:
    """Send one line; a process that has ended does not hear it."""
    with suppress(BrokenPipeError):
        to.write(line + b"\n")
        to.flush()


def give_way(niceness: int = NICENESS) -> None:
    """Let the calling thread, and those it starts, work when others leave the processor free; more so the nicer it is."""
    with suppress(OSError, AttributeError):  # not every system knows threads apart
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)
