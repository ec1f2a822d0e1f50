"""What is well with an installation, and what is not. The doctor is needed when things are broken, so it never breaks."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from assets_service.kernel.db import Database, NoDriverError, in_one_line
from assets_service.settings import Settings
from assets_service.upkeep.doctor import database, machine
from assets_service.upkeep.doctor.finding import Finding
from migrations import Standing, standing

__all__ = ["Finding", "examine", "findings"]

ON_THE_MACHINE = (machine.labels, machine.disk, machine.private, machine.owner)
IN_THE_DATABASE = (
    database.engine,
    database.file,
    database.demonstration,
    database.objects,
    database.chains,
    database.seals,
    database.files,
    database.jobs,
    database.clock,
    database.writing,
    database.connections,
)


def examine(settings: Settings) -> Iterator[Finding]:
    """Check everything that has to be right for this installation to be trusted."""
    try:
        db = Database(settings.database_url)
    except NoDriverError as error:
        yield from _of_the_machine(settings)
        yield Finding("database", False, str(error))
        return
    try:
        yield from findings(db, settings)
    finally:
        db.close()


def findings(db: Database, settings: Settings) -> Iterator[Finding]:
    """All findings, given a database that can be asked; one that cannot be reached is one finding, not one for each check."""
    yield from _of_the_machine(settings)
    try:
        stands = standing(db)
    except (SQLAlchemyError, sqlite3.Error) as error:
        yield Finding("database", False, in_one_line(error).removeprefix("The database: "))
        return
    if stands is Standing.NONE:
        yield Finding("database", False, f"there is none at {db.place}: assets-service migrate --new makes one")
        return
    yield from _of_one("schema", partial(database.schema, db, settings))
    for look in IN_THE_DATABASE if stands is Standing.CURRENT else IN_THE_DATABASE[:2]:
        yield from _of_one(look.__name__, partial(look, db, settings))


def _of_the_machine(settings: Settings) -> Iterator[Finding]:
    for look in ON_THE_MACHINE:
        yield from _of_one(look.__name__, partial(look, settings))


def _of_one(what: str, look: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """The findings of one check, or that the check itself failed."""
    try:
        return list(look())
    except (SQLAlchemyError, sqlite3.Error) as error:
        return [Finding(what, False, in_one_line(error))]
    except OSError as error:
        return [Finding(what, False, f"{error.filename}: {error.strerror or error}")]
