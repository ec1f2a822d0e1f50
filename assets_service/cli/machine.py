"""What every command starts from: the settings, the database, and who acts."""

from collections.abc import Generator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

import click
from uuid_utils import uuid7

from assets_service.access.stamp import MACHINE, Door, Stamp
from assets_service.kernel.clock import utc_now
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Refusal
from assets_service.people import queries as people
from assets_service.settings import Settings, read_settings
from assets_service.upkeep.owner import other_owner

if TYPE_CHECKING:
    from assets_service.actions.once import Once

OUR_OWN = "system"  # the actor of what is done at the machine itself


class Machine:
    """The settings and the database, each once it is asked for: reading settings makes a key where there is none."""

    def __init__(self) -> None:
        self.was_asked = False

    @cached_property
    def settings(self) -> Settings:
        """The installation's settings. Raises `SettingError`."""
        settings = read_settings()
        self.was_asked = True
        return settings

    @contextmanager
    def database(self) -> Generator[Database]:
        """The database, its schema up to date. Exits 1 when it is not."""
        from migrations import Standing, load_models  # noqa: PLC0415 - Alembic takes a third of a second to import

        load_models()  # a command touches one room, but its rows point into others
        with self.database_as_it_is() as (db, standing):
            if standing is Standing.NONE:
                raise there_is_none(db)
            if standing is Standing.OLDER:
                raise click.ClickException("The database is not up to date: run assets-service migrate first.")
            yield db

    @contextmanager
    def database_as_it_is(self) -> Generator[tuple[Database, str]]:
        """The database with the state of its schema; it may not exist yet, or be older.

        Exits 1 when an earlier build, or another program, made it.
        """
        from migrations import BEGIN_ANEW, Standing, revision_of, standing  # noqa: PLC0415 - as above

        db = Database(self.settings.database_url)
        try:
            stands = standing(db)
            if stands is Standing.EARLIER:
                raise click.ClickException(f"The database at {db.place} was {BEGIN_ANEW}.")
            if stands is Standing.FOREIGN:
                raise click.ClickException(
                    f"The database has the schema {revision_of(db.engine)}, which this version of the program does not "
                    "know: use the version that made it."
                )
            yield db, stands
        finally:
            db.close()

    def bring_up_to_date(self) -> None:
        """Bring the schema up to the newest; a database that is not there is made."""
        from migrations import upgrade  # noqa: PLC0415 - as above

        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        upgrade(self.settings.database_url)

    def once(self, db: Database, username: str | None = None) -> "Once":
        """The way an act is carried out from this machine, the same as through any other door."""
        from assets_service.actions.once import Once  # noqa: PLC0415 - loads the web framework, and few commands act
        from assets_service.app.dependencies import tools_of  # noqa: PLC0415
        from assets_service.flags.queries import Flags  # noqa: PLC0415

        tools = tools_of(self.settings, Flags(self.settings.unconfirmed_after_days))
        return Once(db, self.stamp(db, username), tools=tools)

    def seal(self, db: Database) -> None:
        """Seal, so that an export has a proof of everything; where that cannot be, the reason is told and the export goes on."""
        from assets_service.seals.sealing import Sealer  # noqa: PLC0415 - the other commands need no cryptography

        try:
            Sealer(db, self.settings).seal()
        except Refusal as refusal:
            click.echo(f"Not sealed: {refusal}", err=True)

    def refuse_to_stay_as_root(self) -> None:
        """Refuse what runs for long: only at its end is what root made given to whom the data belongs to."""
        if owner := other_owner(self.settings):
            raise click.ClickException(
                f"{self.settings.data_dir} belongs to {owner}: run this as that user, not as root."
            )

    def stamp(self, db: Database, username: str | None = None, *, door: Door = Door.CLI) -> Stamp:
        """The stamp of whoever acts: the named person with their own rights, or, unnamed, whoever has this machine."""
        if username is None:
            return Stamp(
                actor_id=None, account=OUR_OWN, rights=MACHINE, at=utc_now(), door=door, action_id=str(uuid7())
            )
        with db.reading() as session:
            person = people.by_username(session, username)
            if person is None or not person.is_active:
                raise click.ClickException(f"There is no active person {username}.")
            rights = people.rights_of(session, person.id)
        return Stamp(
            actor_id=person.id,
            account=person.username or OUR_OWN,
            rights=rights,
            at=utc_now(),
            door=door,
            action_id=str(uuid7()),
        )


def there_is_none(db: Database) -> click.ClickException:
    return click.ClickException(f"There is no database at {db.place}. To make a new one: assets-service migrate --new")
