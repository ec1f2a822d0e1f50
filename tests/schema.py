"""Stands in until the first migration."""

from importlib import import_module
from pathlib import Path

from assets_service.kernel.db import Database, Record


def upgrade(url: str) -> None:
    for models in Path("assets_service").glob("*/models.py"):
        import_module(f"assets_service.{models.parent.name}.models")
    database = Database(url)
    Record.metadata.create_all(database.engine)
    database.close()
