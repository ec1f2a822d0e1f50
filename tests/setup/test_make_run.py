"""`make run`, as a newcomer types it: a fleet to look at, an address, a way in; and all of it again the next time."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
READY_WITHIN_S = 400  # a fleet of 1,067 through the real commands, on a machine that does other things too


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    if not (ROOT / ".venv" / ".run").exists():
        pytest.skip("the environment was not made by make")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("ASSETS_", "MAKE", "MFLAGS"))}
    return ours | {"PORT": port, "ASSETS_DATA_DIR": str(tmp_path / "data")}


@contextmanager
def running(environment: dict[str, str], said: Path) -> Iterator[str]:
    """What `make run` said until it served; then, while the block lasts, it serves."""
    with said.open("w") as output:
        make = subprocess.Popen(
            ["make", "run"], cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        address = f"http://127.0.0.1:{environment['PORT']}/health/ready"
        wait_for(address, make, said)
        yield said.read_text()
    finally:
        os.killpg(make.pid, signal.SIGINT)
        make.wait(30)


def wait_for(address: str, make: subprocess.Popen[bytes], said: Path) -> None:
    end = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < end and make.poll() is None:
        try:
            httpx.get(address).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"make run does not serve:\n{said.read_text()}")


@pytest.mark.timeout(1000)
def test_make_run_serves_a_fleet_and_keeps_it(environment: dict[str, str], tmp_path: Path) -> None:
    here = f"http://127.0.0.1:{environment['PORT']}"

    with running(environment, tmp_path / "first") as said:
        label_page = re.search(rf"{here}/d/[0-9A-Z]{{8}}", said)
        password = re.search(r"Password of all four: (\S+)", said)
        assert label_page
        assert password
        assert httpx.get(label_page[0]).status_code == 200
        token = signed_in(here, "auditor", password[1])
        assert devices(here, token) == 1067

    with running(environment, tmp_path / "second") as said:
        assert password[1] not in said
        assert devices(here, signed_in(here, "kepala", password[1])) < 1067
        assert devices(here, token) == 1067


def signed_in(here: str, username: str, password: str) -> str:
    answer = httpx.post(f"{here}/api/v1/session", json={"username": username, "password": password})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


def devices(here: str, token: str) -> int:
    answer = httpx.get(f"{here}/api/v1/devices?limit=1", headers={"Authorization": f"Bearer {token}"})
    return int(answer.json()["total"])
