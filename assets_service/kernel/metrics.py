"""Figures for Prometheus. The processes of one server keep theirs in files of one folder, so that any of them tells the sum."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # a process that imports the library anew reads it then


@contextmanager
def figures_of_all(processes: int) -> Generator[None]:
    """Processes started inside count together."""
    if processes == 1 or FOLDER in os.environ:
        yield
        return
    with TemporaryDirectory(prefix="assets-figures-") as folder:
        os.environ[FOLDER] = folder
        alone, values.ValueClass = values.ValueClass, values.MultiProcessValue()  # type: ignore[no-untyped-call]  # the library's; for those forked from here
        try:
            yield
        finally:
            del os.environ[FOLDER]
            values.ValueClass = alone


class Metrics:
    """How much was answered, and how long it took."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._answers = Counter(
            "http_answers", "Answers by method and status.", ["method", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "http_answer_seconds",
            "From the request's head to the answer's end.",
            ["method"],
            buckets=SECONDS,
            registry=self._registry,
        )

    def answered(self, method: str, status: int, seconds: float) -> None:
        self._answers.labels(method, str(status)).inc()
        self._seconds.labels(method).observe(seconds)

    def text(self) -> bytes:
        """The figures of all processes that count together."""
        registry = self._registry
        if FOLDER in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library's
        return generate_latest(registry)
