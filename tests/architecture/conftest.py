"""Everything of ours is imported, so that no class escapes the tables."""

from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import assets_service

ROOT = Path(__file__).parents[2]
MODULES = [
    import_module(found.name)
    for found in walk_packages(assets_service.__path__, "assets_service.")
    if not found.name.endswith("__main__")
]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT
