"""Figures for Prometheus. Each process counts its own; several workers are several targets."""

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class Metrics:
    """What one app has answered, and how long it took."""

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
        return generate_latest(self._registry)
