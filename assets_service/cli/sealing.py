"""Sealing the ledger, and being a witness to a log."""

from pathlib import Path

import click

from assets_service.cli.machine import Machine
from assets_service.cli.progress import progress
from assets_service.kernel.clock import utc_now


@click.command()
@click.option("--new-key", is_flag=True, help="Let a new key sign from now on; the old one says so.")
@click.option("--key-lost", is_flag=True, help="The old key is lost: nobody can say that the new one takes its place.")
@click.option(
    "--new-log",
    is_flag=True,
    help="Begin another log: only after a backup was restored that is older than what was signed.",
)
@click.option("--reason", help="Why the key changes.")
@click.pass_obj
def seal(machine: Machine, reason: str | None, *, new_key: bool, key_lost: bool, new_log: bool) -> None:
    """Seal every entry of the ledger that is not sealed yet."""
    from assets_service.seals import queries  # noqa: PLC0415 - as the other commands do
    from assets_service.seals.sealing import Sealer  # noqa: PLC0415

    if new_log and (new_key or key_lost):
        raise click.UsageError("A new log and a new key are two things: one after the other.")
    with machine.database() as db, progress("Sealing") as done:
        sealer = Sealer(db, machine.settings)
        if new_log:
            sealer.begin_another()
        elif new_key or key_lost:
            sealer.change_key(is_lost=key_lost, reason=reason)
        else:
            sealer.seal(progress=done)
        with db.reading() as session:
            log = queries.log(session)
            newest = queries.seal(session, log.id)
    click.echo(newest.note, nl=False)
    click.echo(f"Its verifier key: {log.key}")


@click.command()
@click.argument("url")
@click.option("--memory", default="witness", show_default=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--key", "told", help="The log's verifier key, as its operator gave it to you; needed only once.")
@click.option("--name", help="What this witness is called, like witness.example.go.id/81; needed only once.")
def witness(url: str, memory: Path, told: str | None, name: str | None) -> None:
    """Check that the log at URL only grew since the last visit, keep what is new, and cosign it. Needs no database."""
    from assets_service.tlog.keys import read_key  # noqa: PLC0415 - the other commands need no cryptography
    from assets_service.witness.memory import Memory  # noqa: PLC0415
    from assets_service.witness.remote import Remote  # noqa: PLC0415
    from assets_service.witness.visiting import visit  # noqa: PLC0415

    kept = Memory(memory)
    own = kept.own_key(name)
    key = read_key(told) if told else None
    seen = visit(Remote(url), kept, own=own, at=utc_now(), key=key)
    if seen.is_first:
        click.echo(f"Its key was believed because nothing else was known; hold it against another source: {seen.key}")
    click.echo(
        f"{seen.origin}: {seen.size} leaves, {seen.size - seen.before} of them new; it only grew. Cosigned as {own.name}."
    )
