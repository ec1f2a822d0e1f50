"""The schema's history, built by Alembic; up on both databases; a merged migration is never edited.

upgrade(url)      bring a database up to date
revision("adds")  write a new migration from what the models say (maintainers)
"""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

import assets_service
from assets_service.kernel.db import Database


def load_models() -> None:
    """Import every room's tables, so that the metadata is whole."""
    for room in iter_modules(assets_service.__path__):
        folder = Path(next(iter(assets_service.__path__))) / room.name
        if (folder / "models.py").is_file():
            import_module(f"assets_service.{room.name}.models")


def upgrade(url: str) -> None:
    """To the newest schema; nothing happens where it already is."""
    db = Database(url)
    try:
        command.upgrade(_config(db.engine), "head")
    finally:
        db.close()


def is_current(engine: Engine) -> bool:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest()


def newest() -> str | None:
    return ScriptDirectory.from_config(_config(None)).get_current_head()


def revision(message: str, url: str) -> None:
    db = Database(url)
    try:
        command.upgrade(_config(db.engine), "head")
        command.revision(_config(db.engine), message, autogenerate=True)
    finally:
        db.close()


def check(url: str) -> None:
    """Raises when the models say something that no migration does."""
    db = Database(url)
    try:
        command.check(_config(db.engine))
    finally:
        db.close()


def _config(engine: Engine | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(rev)s_%%(slug)s")
    config.attributes["engine"] = engine
    return config
