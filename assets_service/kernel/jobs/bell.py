"""Wakes the threads of this process that wait for work; other processes find work by looking."""

from threading import Condition


class Bell:
    """Rung after a job was added. Nobody has to be there to hear it."""

    def __init__(self) -> None:
        self._changed = Condition()
        self.rung = 0  # times

    def ring(self) -> None:
        with self._changed:
            self.rung += 1
            self._changed.notify_all()

    def wait(self, heard: int, seconds: float) -> None:
        """Wait until it was rung more often than `heard`, or the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: self.rung != heard, seconds)
