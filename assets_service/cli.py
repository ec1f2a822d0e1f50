"""assets-service: the product from a command line. Exit 0 done, 1 refused or found broken, 2 wrong usage."""

import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from uuid_utils import uuid7

from assets_service import __version__
from assets_service.kernel.clock import utc_now
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Refusal
from assets_service.ledger.stamp import Door, Right, Role, Stamp
from assets_service.people import queries as people
from assets_service.settings import SettingError, Settings, read_settings

console = Console()
OUR_OWN = "system"  # the actor of what is done at the machine itself


class Machine:
    """What every command starts from: the settings and, once asked for, the database."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @contextmanager
    def database(self) -> Generator[Database]:
        """The database, its schema up to date. Exits 1 when it is not."""
        from migrations import is_current, load_models  # noqa: PLC0415 - Alembic takes a third of a second to import

        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        load_models()  # a command touches one room, but its rows point into others
        db = Database(self.settings.database_url)
        try:
            if not is_current(db.engine):
                raise click.ClickException("The database is not up to date: run assets-service migrate first.")
            yield db
        finally:
            db.close()

    def stamp(self, db: Database, username: str | None = None, *, door: Door = Door.CLI) -> Stamp:
        """Who acts: the named person with their own rights, or whoever has this machine."""
        if username is None:
            rights: tuple[Right, ...] = (Right(Role.ADMIN, "/"), Right(Role.LOGISTICS, "/"))
            return Stamp(actor_id=None, actor=OUR_OWN, rights=rights, at=utc_now(), door=door, action_id=str(uuid7()))
        with db.reading() as session:
            person = people.by_username(session, username)
            if person is None or not person.is_active:
                raise click.ClickException(f"There is no active person {username}.")
            rights = people.rights_of(session, person.id)
        return Stamp(
            actor_id=person.id,
            actor=person.username or OUR_OWN,
            rights=rights,
            at=utc_now(),
            door=door,
            action_id=str(uuid7()),
        )


class Tell(Protocol):
    """Says how many are done, and of how many where that is only known on the way."""

    def __call__(self, done: int, of: int | None = None, /) -> None: ...


@contextmanager
def progress(title: str, total: int | None = None) -> Iterator[Tell]:
    """A bar on a terminal, a plain line each tenth otherwise."""
    if console.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console) as bars:
            task = bars.add_task(title, total=total)
            yield lambda done, of=None, /: bars.update(task, completed=done, total=of or total)
        return
    tenths = 0

    def say(done: int, of: int | None = None, /) -> None:
        nonlocal tenths
        all_of_it = of or total
        if all_of_it and done * 10 // all_of_it > tenths:
            tenths = done * 10 // all_of_it
            click.echo(f"{title}: {done} of {all_of_it}")

    yield say


class Commands(click.Group):
    """Turns refusals and wrong settings into one line and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            lines = [str(refusal), *(f"  {p.pointer}: {p.message.format(**p.facts)}" for p in refusal.problems)]
            raise click.ClickException("\n".join(lines)) from refusal
        except OSError as error:
            raise click.ClickException(f"{error.filename or 'A file'}: {error.strerror or error}") from error
        except SettingError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Commands)
@click.version_option(__version__)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Custody of Bawaslu's PPID devices. A companion to SAKTI and SIMAN, never the official register."""
    ctx.obj = Machine(read_settings())


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="More than one needs PostgreSQL."
)
@click.pass_obj
def serve(machine: Machine, host: str, port: int, workers: int) -> None:
    """Serve the API and the pages."""
    from assets_service.server import run  # noqa: PLC0415 - loads the web server

    with machine.database() as db:
        if db.is_sqlite and workers > 1:
            raise click.UsageError("SQLite has one writer: more than one worker needs PostgreSQL.")
        with db.reading() as session:
            if host not in {"127.0.0.1", "::1", "localhost"} and people.demo_can_sign_in(session):
                raise click.ClickException(
                    "Demonstration persons can sign in: this server listens on 127.0.0.1 only. "
                    "Deactivate them (assets-service person deactivate USERNAME) or start with an empty database."
                )
    run(host, port, workers)


@main.command()
@click.pass_obj
def migrate(machine: Machine) -> None:
    """Bring the database up to date; a new one gets the 553 offices."""
    from assets_service.offices import commands, queries  # noqa: PLC0415

    _bring_up_to_date(machine)
    with machine.database() as db:
        with db.reading() as session:
            is_new = queries.count(session) == 0
        if is_new:
            with db.writing() as session:
                commands.add_roster(session, stamp=machine.stamp(db))
    click.echo("The database is up to date.")


def _bring_up_to_date(machine: Machine) -> None:
    from migrations import upgrade  # noqa: PLC0415 - Alembic takes a third of a second to import

    machine.settings.data_dir.mkdir(parents=True, exist_ok=True)
    upgrade(machine.settings.database_url)


@main.command()
@click.option("--if-empty", is_flag=True, help="Do nothing, without complaint, when there is data already.")
@click.pass_obj
def demo(machine: Machine, *, if_empty: bool) -> None:
    """Fill an empty database with the 553 offices and a demonstration fleet of 1,067 devices."""
    from assets_service.demo import NotEmpty, build, sign_in_hint  # noqa: PLC0415 - only here

    with machine.database() as db:
        try:
            with progress("Making the demonstration fleet", 1067) as done:
                made = build(db, machine.stamp(db), password=machine.settings.demo_password, progress=done)
        except NotEmpty as refusal:
            if not if_empty:
                raise click.ClickException(str(refusal)) from refusal
            made = None
        for line in sign_in_hint(db, machine.settings, made):
            click.echo(line)


@main.group()
def person() -> None:
    """Persons who sign in."""


@person.command("add")
@click.argument("username")
@click.option("--name", required=True)
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--office", required=True, help="The office's code, like 81.02.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_obj
def add_person(machine: Machine, username: str, name: str, role: str, office: str, *, password_stdin: bool) -> None:
    """Add somebody who signs in, with one role at one office."""
    from assets_service.kernel.fields import read  # noqa: PLC0415
    from assets_service.offices.queries import any_named  # noqa: PLC0415
    from assets_service.people import commands  # noqa: PLC0415
    from assets_service.people.schemas import NewPerson  # noqa: PLC0415

    password = sys.stdin.readline().rstrip("\n") if password_stdin else click.prompt("Password", hide_input=True)
    data = read({"username": username, "name": name, "role": role, "office": office, "password": password}, NewPerson)
    with machine.database() as db, db.writing() as session:
        stamp = machine.stamp(db)
        place = any_named(session, data.office, "office")
        made = commands.add(session, name=data.name, office=place, username=data.username, stamp=stamp)
        commands.grant(session, made, Role(role), place, stamp=stamp)
        commands.set_password(session, made, password, stamp=stamp)
    click.echo(f"{made.username} is {role} at {place.office_name}.")


@person.command("deactivate")
@click.argument("username")
@click.pass_obj
def deactivate_person(machine: Machine, username: str) -> None:
    """End somebody's sessions; they can no longer sign in."""
    from assets_service.people import commands  # noqa: PLC0415

    with machine.database() as db, db.writing() as session:
        found = people.by_username(session, username)
        if found is None:
            raise click.ClickException(f"There is no person {username}.")
        commands.deactivate(session, found, stamp=machine.stamp(db))
    click.echo(f"{username} can no longer sign in.")


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check every cell; register nothing.")
@click.option("--as", "username", help="Act as this person, with their rights.")
@click.pass_obj
def import_devices(machine: Machine, file: Path, username: str | None, *, dry_run: bool) -> None:
    """Register the devices of a CSV or XLSX file: all rows or none."""
    from assets_service.imports.commands import import_file  # noqa: PLC0415

    with machine.database() as db, progress("Importing") as done:
        stamp = machine.stamp(db, username, door=Door.IMPORT)
        report = import_file(db, file.name, file.read_bytes(), dry_run=dry_run, stamp=stamp, progress=done)
    for error in report.errors:
        click.echo(f"row {error.row}, {error.column}: {error.message}", err=True)
    if more := report.errors_total - len(report.errors):
        click.echo(f"… and {more} more.", err=True)
    click.echo(f"{report.rows} rows, {report.created} registered.")
    sys.exit(1 if report.errors else 0)


@main.group()
def export() -> None:
    """Files out."""


@export.command("inventory")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--as-of", help="The fleet as of this day or instant: 2026-06-30 or 2026-06-30T12:00:00Z.")
@click.option("--office", help="Only this office and all below it.")
@click.option("--as", "username", help="Act as this person, with their rights.")
@click.pass_obj
def export_inventory(machine: Machine, file: Path, as_of: str | None, office: str | None, username: str | None) -> None:
    """Write the inventory as .csv, .xlsx, .jsonl or .pdf, by the file's ending."""
    from assets_service.exports.files import write_inventory  # noqa: PLC0415

    with machine.database() as db, progress("Exporting") as done:
        rows = write_inventory(db, file, machine.stamp(db, username), as_of=as_of, office=office, progress=done)
    click.echo(f"{rows} devices in {file}.")


@export.command("ledger")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--as", "username", help="Act as this person, with their rights.")
@click.pass_obj
def export_ledger(machine: Machine, file: Path, username: str | None) -> None:
    """Write every ledger entry in scope, to be verified without a database."""
    from assets_service.exports.files import write_ledger  # noqa: PLC0415

    with machine.database() as db, progress("Exporting") as done:
        rows = write_ledger(db, file, machine.stamp(db, username), progress=done)
    click.echo(f"{rows} entries in {file}.")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--stock", default="tj-107", show_default=True, help="The label sheet or roll.")
@click.option("--office", help="Labels of this office and all below it.")
@click.option("--device", "devices", multiple=True, help="One device's code; may be repeated.")
@click.option(
    "--start", default=1, show_default=True, type=click.IntRange(1), help="The first free place on a used sheet."
)
@click.option("--reason", help="Why labels that exist are printed again.")
@click.option("--draft", is_flag=True, help="Mark each label DRAF; needed while the base URL is this machine.")
@click.pass_obj
def labels(
    machine: Machine,
    file: Path,
    stock: str,
    office: str | None,
    devices: tuple[str, ...],
    start: int,
    reason: str | None,
    *,
    draft: bool,
) -> None:
    """Draw a PDF of labels."""
    from assets_service.flags.queries import Flags  # noqa: PLC0415
    from assets_service.kernel.fields import read  # noqa: PLC0415
    from assets_service.labelling.ordering import draw_sheet_file  # noqa: PLC0415
    from assets_service.labelling.printing import Press  # noqa: PLC0415
    from assets_service.labelling.schemas import NewSheet  # noqa: PLC0415

    if bool(office) == bool(devices):
        raise click.UsageError("Give either --office or one or more --device.")
    chosen = {"office": office} if office else {"devices": list(devices)}
    asked = read(chosen | {"stock": stock, "start": start, "reason": reason, "draft": draft}, NewSheet)
    flags = Flags(machine.settings.unconfirmed_after_days)
    with machine.database() as db, progress("Drawing labels") as done:
        press = Press(db, machine.settings)
        drawn = draw_sheet_file(press, file, asked, flagging=flags, stamp=machine.stamp(db), progress=done)
    click.echo(f"{drawn} labels in {file}. Print at 100 %.")


@main.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def verify(machine: Machine, file: Path | None) -> None:
    """Follow every hash chain: of the database, or without one of an exported FILE. Names the first broken entry."""
    if file is not None:
        from assets_service.exports.verify import verify_file  # noqa: PLC0415

        said = verify_file(file)
        click.echo(said.sentence)
        sys.exit(0 if said.holds else 1)
    from assets_service.ledger.queries import verify as verify_ledger  # noqa: PLC0415

    with machine.database() as db, db.reading() as session:
        found = verify_ledger(session)
    if found.broken:
        place = f"{found.broken.subject}, entry {found.broken.subject_seq}"
        click.echo(f"BROKEN at {place}: {found.broken.why}.", err=True)
        sys.exit(1)
    click.echo(f"{found.entries} entries in {found.subjects} chains hold.")


@main.command()
@click.pass_obj
def sweep(machine: Machine) -> None:
    """Remove what is only kept for a time. The ledger is never swept."""
    from assets_service.kernel.files import Files  # noqa: PLC0415
    from assets_service.labelling.printing import Press  # noqa: PLC0415
    from assets_service.upkeep import files_dir  # noqa: PLC0415
    from assets_service.upkeep import sweep as sweep_all  # noqa: PLC0415

    with machine.database() as db:
        swept = sweep_all(db, at=utc_now(), files=Files(files_dir(machine.settings)))
        swept["files of labels"] = Press(db, machine.settings).sweep()
    for what, number in swept.items():
        click.echo(f"{number} {what} removed.")


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
def backup(machine: Machine, folder: Path) -> None:
    """Write a backup that SQLite and PostgreSQL can both be restored from."""
    from assets_service.upkeep import back_up  # noqa: PLC0415

    with machine.database() as db:
        made = back_up(db, machine.settings, folder, progress=_say_table)
    click.echo(f"Backed up to {made}.")


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.pass_obj
def restore(machine: Machine, folder: Path) -> None:
    """Fill a new database from a backup, after checking every file and every hash chain. Makes the tables itself."""
    from assets_service.kernel.backup import BackupError  # noqa: PLC0415
    from assets_service.upkeep import restore as restore_all  # noqa: PLC0415

    _bring_up_to_date(machine)
    with machine.database() as db:
        try:
            restore_all(db, machine.settings, folder, progress=_say_table)
        except BackupError as error:
            raise click.ClickException(str(error)) from error
    click.echo("Restored; every hash chain holds.")


@main.command()
@click.pass_obj
def doctor(machine: Machine) -> None:
    """Say what is well with this installation and what is not."""
    from assets_service.upkeep import findings  # noqa: PLC0415

    marks = {True: "ok  ", None: "note", False: "BAD "}
    with machine.database() as db:
        found = list(findings(db, machine.settings))
    for one in found:
        click.echo(f"{marks[one.is_well]} {one.what}: {one.said}")
    sys.exit(1 if any(one.is_well is False for one in found) else 0)


def _say_table(table: str, rows: int) -> None:
    if console.is_terminal:
        console.print(f"{table}: {rows}", end="\r")
