"""Starting: the database, the demonstration fleet, the server."""

from collections.abc import Iterable

import click

from assets_service.cli.machine import Machine, there_is_none
from assets_service.cli.progress import progress
from assets_service.kernel.db import Database, alone
from assets_service.people import queries as people


@click.command()
@click.option("--new", is_flag=True, help="Make a database where there is none.")
@click.pass_obj
def migrate(machine: Machine, *, new: bool) -> None:
    """Bring the database up to date; a new one gets the 553 offices."""
    from assets_service.offices import acts, queries  # noqa: PLC0415
    from migrations import Standing  # noqa: PLC0415 - Alembic takes a third of a second to import
    from migrations.schema import differences  # noqa: PLC0415 - as above

    with machine.database_as_it_is() as (db, standing):
        if standing is Standing.NONE and not new:
            raise there_is_none(db)
    machine.bring_up_to_date()
    with machine.database() as db:
        with alone(db):
            with db.reading() as session:
                is_new = queries.count(session) == 0
            if is_new and not new:
                raise click.ClickException(
                    "The database has nothing in it: assets-service migrate --new adds the offices."
                )
            if is_new:
                machine.once(db).do(acts.ADD_ROSTER)
        changed = differences(db)
    if changed:
        raise click.ClickException("\n  ".join(["The database is not as the migrations made it:", *changed]))
    click.echo("The database is up to date.")


@click.command()
@click.option("--if-empty", is_flag=True, help="Do nothing, without complaint, when there is data already.")
@click.pass_obj
def demo(machine: Machine, *, if_empty: bool) -> None:
    """Fill an empty database with the 553 offices and a demonstration fleet of 1,067 devices."""
    from assets_service.demo import NotEmpty, sign_in_hint  # noqa: PLC0415 - only here

    with machine.database() as db, alone(db):
        try:
            _make_demonstration(machine, db)
        except NotEmpty as refusal:
            if not if_empty:
                raise click.ClickException(str(refusal)) from refusal
            with db.reading() as session:
                _say_each(sign_in_hint(session, machine.settings, None))


def _make_demonstration(machine: Machine, db: Database) -> None:
    """The fleet and, before it is kept, the way in: whoever is interrupted has both or neither."""
    from assets_service.demo import build, new_password, sign_in_hint  # noqa: PLC0415

    given = machine.settings.demo_password
    password = given or new_password()
    with db.writing() as session:
        with progress("Making the demonstration fleet", 1067) as done:
            build(session, machine.stamp(db), password=password, progress=done)
        shown = "the one in ASSETS_DEMO_PASSWORD" if given else password
        _say_each(sign_in_hint(session, machine.settings, shown))


def _say_each(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="More than one needs PostgreSQL."
)
@click.pass_obj
def serve(machine: Machine, host: str, port: int, workers: int) -> None:
    """Serve the API and the pages."""
    from assets_service.server import run  # noqa: PLC0415 - loads the web server
    from assets_service.server.listening import ListeningError, address_of, is_loopback  # noqa: PLC0415

    machine.refuse_to_stay_as_root()
    try:
        address = address_of(host)
        with machine.database() as db:
            _refuse_crowd(db, workers)
            with db.reading() as session:
                if people.demo_can_sign_in(session):
                    _refuse_demonstration(machine, is_loopback=is_loopback(address))
        run(address, port, workers)
    except ListeningError as error:
        raise click.ClickException(str(error)) from error


def _refuse_crowd(db: Database, workers: int) -> None:
    if db.is_sqlite and workers > 1:
        raise click.UsageError("SQLite has one writer: more than one worker needs PostgreSQL.")
    if workers > (most := db.workers_max()):
        raise click.UsageError(
            f"The server's max_connections leave room for {most} workers; raise it, or ask for fewer."
        )


def _refuse_demonstration(machine: Machine, *, is_loopback: bool) -> None:
    cure = "Deactivate them (assets-service person deactivate USERNAME) or start with an empty database."
    if not is_loopback:
        raise click.ClickException(f"Demonstration persons can sign in: this server listens on 127.0.0.1 only. {cure}")
    if not machine.settings.is_local:
        raise click.ClickException(
            f"Demonstration persons can sign in, and ASSETS_BASE_URL is {machine.settings.base_url}. {cure}"
        )
