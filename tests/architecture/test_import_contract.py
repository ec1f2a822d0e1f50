"""The contract in pyproject.toml is kept, and says no when it is broken."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Our Python, copied where a test may spoil it."""
    for package in ("assets_service", "labels"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=lambda _, names: [n for n in names if n == "static"])
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LINT_IMPORTS), "--no-cache"],
        cwd=house,
        capture_output=True,
        text=True,
        check=False,
        env={"COLUMNS": "300"},
    )


def test_the_house_keeps_its_contract(house: Path) -> None:
    done = lint(house)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("spoiled", "by", "named"),
    [
        (
            "ledger/chain.py",
            "import assets_service.devices.models",
            "assets_service.ledger.chain -> assets_service.devices.models",
        ),
        (
            "offices/queries.py",
            "import assets_service.people.queries",
            "assets_service.offices.queries -> assets_service.people.queries",
        ),
        (
            "kernel/clock.py",
            "import assets_service.ledger.chain",
            "assets_service.kernel.clock -> assets_service.ledger.chain",
        ),
        ("kernel/clock.py", "import assets_service.settings", "assets_service.kernel.clock -> assets_service.settings"),
        (
            "web/figures.py",
            "import assets_service.devices.queries",
            "assets_service.web.figures -> assets_service.devices.queries",
        ),
        (
            "devices/queries.py",
            "import assets_service.devices.commands",
            "assets_service.devices.queries -> assets_service.devices.commands",
        ),
        (
            "devices/models.py",
            "import assets_service.devices.api",
            "assets_service.devices.models -> assets_service.devices.api",
        ),
        ("devices/errors.py", "import litestar", "assets_service.devices.errors -> litestar"),
        (
            "devices/commands.py",
            "import assets_service.kernel.http.requests",
            "assets_service.kernel.http.requests -> litestar",
        ),
    ],
)
def test_an_import_against_the_contract_is_named(house: Path, spoiled: str, by: str, named: str) -> None:
    with (house / "assets_service" / spoiled).open("a") as module:
        module.write(f"\n{by}\n")
    done = lint(house)
    assert done.returncode == 1
    assert named in done.stdout


def test_labels_may_not_know_the_service(house: Path) -> None:
    with (house / "labels" / "__init__.py").open("a") as module:
        module.write("\nimport assets_service.kernel.clock\n")
    done = lint(house)
    assert done.returncode == 1
    assert "labels -> assets_service.kernel.clock" in done.stdout


def test_labels_are_drawn_in_one_direction(house: Path) -> None:
    with (house / "labels" / "mark.py").open("a") as module:
        module.write("\nimport labels.sheets\n")
    done = lint(house)
    assert done.returncode == 1
    assert "labels.mark -> labels.sheets" in done.stdout


def test_a_room_without_a_place_in_the_contract_is_refused(house: Path) -> None:
    (house / "assets_service" / "attic.py").touch()
    done = lint(house)
    assert done.returncode == 1
    assert "assets_service.attic" in done.stdout + done.stderr


@pytest.mark.parametrize("place", ["custody", "signing_in", "kernel", "web", "cli"])
def test_a_file_without_a_place_inside_its_room_is_refused(house: Path, place: str) -> None:
    (house / "assets_service" / place / "attic.py").touch()
    done = lint(house)
    assert done.returncode == 1
    assert f"assets_service.{place}.attic" in done.stdout + done.stderr
