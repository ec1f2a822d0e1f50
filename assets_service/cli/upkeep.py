"""Keeping an installation well: verify, sweep, backup, restore, doctor."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from assets_service.cli.machine import Machine
from assets_service.cli.progress import say_table
from assets_service.kernel.clock import utc_now
from assets_service.kernel.db import alone

LOST_MAX = 20  # named one by one; then their number


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--head", metavar="SEQ:HASH", help="A head noted earlier, which the ledger in FILE must hold.")
@click.option("--key", metavar="KEY", help="The log's verifier key, as you got it from its operator.")
@click.option("--tiles", type=click.Path(exists=True, file_okay=False, path_type=Path), help="What a witness kept.")
@click.option("--witness", "witnesses", metavar="KEY", multiple=True, help="The key of a witness whose word counts.")
@click.option("--need", default=0, type=click.IntRange(0), help="How many of these witnesses must have cosigned.")
@click.pass_obj
def verify(
    machine: Machine,
    files: tuple[Path, ...],
    head: str | None,
    key: str | None,
    tiles: Path | None,
    witnesses: tuple[str, ...],
    need: int,
) -> None:
    """Hold the database against its ledger; or exported files, checkpoints and proofs, with no database. Names what is broken."""
    if files:
        sys.exit(_verify_files(files, head, key, tiles, witnesses, need))
    if head is not None:
        raise click.UsageError("--head needs the FILE in which to look for it.")
    _verify_database(machine, tiles)


def _verify_database(machine: Machine, tiles: Path | None) -> None:
    from assets_service.upkeep.verify import verify as verify_database  # noqa: PLC0415
    from assets_service.witness.memory import Memory  # noqa: PLC0415

    broken: list[str] = []
    memory = Memory(tiles) if tiles else None
    with machine.database() as db:
        found = verify_database(db, machine.settings, say=broken.append, memory=memory)
    for sentence in broken:
        click.echo(sentence, err=True)
    if broken:
        sys.exit(1)
    click.echo(f"{found.entries} entries in {found.subjects} chains hold; every table and every photo is as they tell.")
    if memory:
        kept = memory.checkpoint().size
        click.echo(
            f"The ledger begins with the {kept} leaves that are kept; {found.entries - kept} entries came later, and nothing "
            "outside this database protects them yet."
        )


def _verify_files(
    files: Sequence[Path], head: str | None, key: str | None, tiles: Path | None, witnesses: Sequence[str], need: int
) -> int:
    """Verify the files alone: an auditor's machine has no settings and no database."""
    from assets_service.exports.verify import Trust, verify_files  # noqa: PLC0415
    from assets_service.exports.verify.said import read_head  # noqa: PLC0415
    from assets_service.tlog.keys import read_key  # noqa: PLC0415
    from assets_service.witness.memory import Memory  # noqa: PLC0415

    try:
        noted = read_head(head) if head is not None else None
    except ValueError:
        raise click.BadParameter(
            "write it as the export names it: the number, a colon, 64 hexadecimal digits"
        ) from None
    trust = Trust(
        read_key(key) if key else None, Memory(tiles) if tiles else None, tuple(map(read_key, witnesses)), need
    )
    said = verify_files(files, noted=noted, trust=trust)
    for each in said:
        click.echo(each.sentence)
    return 0 if all(each.holds for each in said) else 1


@click.command()
@click.pass_obj
def sweep(machine: Machine) -> None:
    """Remove what is only kept for a time. The ledger is never swept."""
    from assets_service.upkeep.sweep import sweep as sweep_all  # noqa: PLC0415

    with machine.database() as db:
        swept = sweep_all(db, machine.settings, at=utc_now())
    for what, number in swept.items():
        click.echo(f"{number} {what} removed.")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
def backup(machine: Machine, folder: Path) -> None:
    """Write a backup that SQLite and PostgreSQL can both be restored from."""
    from assets_service.upkeep.backup import back_up  # noqa: PLC0415

    with machine.database() as db:
        made = back_up(db, machine.settings, folder, progress=say_table)
    click.echo(f"Backed up to {made.folder}.")
    _say_lost(made.lost)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.pass_obj
def restore(machine: Machine, folder: Path) -> None:
    """Fill a new database from a backup, after checking every file and every hash chain. Makes the tables itself."""
    from assets_service.upkeep.archive import check  # noqa: PLC0415
    from assets_service.upkeep.restore import restore as restore_all  # noqa: PLC0415
    from migrations import Standing, load_models, newest  # noqa: PLC0415

    load_models()
    check(folder, revision=newest() or "-")  # before a database is made that would stay empty
    with machine.database_as_it_is() as (_, standing):
        if standing is Standing.OLDER:
            raise click.ClickException("The database is not empty: a backup only ever fills an empty one.")
    machine.bring_up_to_date()
    with machine.database() as db, alone(db):
        lost = restore_all(db, machine.settings, folder, progress=say_table)
    click.echo("Restored; every hash chain holds.")
    _say_lost(lost)


@click.command()
@click.pass_obj
def doctor(machine: Machine) -> None:
    """Say what is well with this installation and what is not."""
    from assets_service.upkeep.doctor import examine  # noqa: PLC0415
    from migrations import load_models  # noqa: PLC0415

    load_models()
    marks = {True: "ok  ", None: "note", False: "BAD "}
    found = list(examine(machine.settings))
    for one in found:
        click.echo(f"{marks[one.is_well]} {one.what}: {one.said}")
    sys.exit(1 if any(one.is_well is False for one in found) else 0)


def _say_lost(lost: list[tuple[str, str]]) -> None:
    """Say which files rows name and the backup does not hold, and exit 1 if there are any."""
    for kind, name in lost[:LOST_MAX]:
        click.echo(f"Missing in the backup: {kind} {name}", err=True)
    if lost:
        raise click.ClickException(f"{len(lost)} stored files are named by rows and not in the backup.")
