"""A clock that moves only when a test says so."""

from datetime import datetime, timedelta

from tests.build import NOON


class StillClock:
    """Called, it tells the time; `at` may be set."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **span: float) -> None:
        self.at += timedelta(**span)
