"""What the container installs is all that we keep: templates, translations, fonts, the roster, migrations."""

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

PACKAGES = ("assets_service", "labels", "migrations")
ALSO = ("pyproject.toml", "README.md", "LICENSE", "NOTICE")


def files_in(folder: Path, packages: tuple[str, ...]) -> set[str]:
    return {
        str(file.relative_to(folder))
        for package in packages
        for file in (folder / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


def test_a_wheel_holds_every_file_of_the_packages(root: Path, tmp_path: Path) -> None:
    pytest.importorskip("setuptools", minversion="77")
    source = tmp_path / "source"
    for package in PACKAGES:
        shutil.copytree(root / package, source / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ALSO:
        shutil.copy(root / name, source)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--wheel-dir", str(tmp_path), str(source)], check=True, capture_output=True)
    with ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        assert files_in(source, PACKAGES) - set(wheel.namelist()) == set()
