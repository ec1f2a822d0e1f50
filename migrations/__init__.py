"""The schema's history, built by Alembic; up on both databases; a merged migration is never edited.

upgrade(url)      bring a database up to date
revision("adds")  write a new migration from what the models say (maintainers)
"""

from enum import StrEnum
from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

import assets_service
from assets_service.kernel.db import Database, alone

EARLIER = frozenset({"0001", "20261126"})  # what 0001_begin.py called itself while it was made anew in place
BEGIN_ANEW = (
    "made by an earlier build, whose ledger has another format, and nothing can carry it over: move it away, or name another "
    "place in ASSETS_DATABASE_URL, and run assets-service migrate --new"
)


def load_models() -> None:
    """Import every room's tables, so that the metadata is whole."""
    house = Path(next(iter(assets_service.__path__)))
    for models in sorted([*house.rglob("models.py"), *house.rglob("models/__init__.py")]):
        import_module(
            ".".join((house.name, *models.relative_to(house).with_suffix("").parts)).removesuffix(".__init__")
        )


class Standing(StrEnum):
    """How a database's schema compares to this program's."""

    NONE = "none"  # there is no database, or nothing in it
    OLDER = "older"
    CURRENT = "current"
    EARLIER = "earlier"  # of a build from before the ledger's format was settled: nothing carries it over
    FOREIGN = "foreign"  # of a program that is not this one: newer, most likely


def upgrade(url: str) -> None:
    """Bring the schema up to the newest; nothing happens where it already is. Several at once do it one after the other."""
    db = Database(url)
    try:
        with alone(db):
            command.upgrade(_config(db.write_engine), "head")
    finally:
        db.close()


def standing(db: Database) -> Standing:
    """How the database's schema stands. Nothing is made: a SQLite file that is not there stays away."""
    if db.is_sqlite and not Path(str(db.url.database)).exists():
        return Standing.NONE
    revision = revision_of(db.engine)
    if revision is None:
        return Standing.OLDER if inspect(db.engine).get_table_names() else Standing.NONE
    if revision == newest():
        return Standing.CURRENT
    if revision in EARLIER:
        return Standing.EARLIER
    known = {one.revision for one in ScriptDirectory.from_config(_config(None)).walk_revisions()}
    return Standing.OLDER if revision in known else Standing.FOREIGN


def revision_of(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_current(engine: Engine) -> bool:
    return revision_of(engine) == newest()


def newest() -> str | None:
    return scripts().get_current_head()


def scripts() -> ScriptDirectory:
    """Every migration there is."""
    return ScriptDirectory.from_config(_config(None))


def revision(message: str, url: str) -> None:
    db = Database(url)
    try:
        command.upgrade(_config(db.engine), "head")
        command.revision(_config(db.engine), message, autogenerate=True)
    finally:
        db.close()


def check(url: str) -> None:
    """Refuse models that say something that no migration does; raises Alembic's error."""
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
