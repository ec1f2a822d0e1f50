"""Figures: what one process counted, and what all processes of one server counted together."""

import os
import subprocess
import sys

from assets_service.kernel.metrics import FOLDER, Metrics, figures_of_all

COUNT = """
from assets_service.kernel.metrics import Metrics
figures = Metrics()
for _ in range(3):
    figures.answered("GET", 200, 0.1)
print(figures.text().decode())
"""


def counted(text: str) -> float:
    (line,) = (line for line in text.splitlines() if line.startswith('http_answers_total{method="GET",status="200"}'))
    return float(line.rpartition(" ")[2])


def a_process() -> str:
    return subprocess.run([sys.executable, "-c", COUNT], capture_output=True, text=True, check=True).stdout


def test_processes_of_one_server_tell_their_sum_also_of_those_that_have_ended() -> None:
    with figures_of_all(2):
        assert [counted(a_process()) for _ in range(3)] == [3, 6, 9]
        folder = os.environ[FOLDER]
    assert (FOLDER in os.environ, os.path.exists(folder)) == (False, False)  # noqa: PTH110 - a name is enough


def test_one_process_tells_its_own() -> None:
    with figures_of_all(1):
        assert [counted(a_process()) for _ in range(2)] == [3, 3]
    figures = Metrics()
    figures.answered("GET", 200, 0.1)
    assert counted(figures.text().decode()) == 1
