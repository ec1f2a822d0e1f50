"""The inside of the sandbox: `sandbox.run_limited` starts this file alone, so that the child imports next to nothing.

    python boxed.py module:function memory_mib cpu_seconds result_bytes_max

The function takes what stands on stdin and its answer goes to stdout. Exit 0 answered, 1 the function failed, 3 out of memory or too long.
"""

import resource
import sys
from importlib import import_module

TOO_MUCH = 3
_OPEN_FILES_MAX = 64


def limit(*, memory_bytes: int, cpu_seconds: int, result_bytes: int) -> None:  # pragma: no cover - runs in the child
    """Hard limits, kept by the kernel: nothing that runs here later can raise them again."""
    for what, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, result_bytes),  # stdout is a file, so this bounds the answer
        (resource.RLIMIT_NOFILE, _OPEN_FILES_MAX),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main() -> None:  # pragma: no cover - runs in the child
    target, memory_mib, cpu_seconds, result_bytes = sys.argv[1:]
    limit(memory_bytes=int(memory_mib) << 20, cpu_seconds=int(cpu_seconds), result_bytes=int(result_bytes))
    module, _, function = target.partition(":")
    try:
        answer: bytes = getattr(import_module(module), function)(sys.stdin.buffer.read())
    except MemoryError:
        sys.exit(TOO_MUCH)
    if len(answer) >= int(result_bytes):
        sys.exit(TOO_MUCH)
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":  # pragma: no cover - runs in the child
    main()
