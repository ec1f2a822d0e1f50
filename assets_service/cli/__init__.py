"""assets-service: the product from a command line. Exit 0 done, 1 refused or found broken, 2 wrong usage."""

import os

import click

from assets_service import __version__
from assets_service.cli import files, labels, persons, sealing, serving, upkeep, working
from assets_service.cli.machine import Machine
from assets_service.cli.refusing import Commands
from assets_service.upkeep.owner import give_back


@click.group(cls=Commands)
@click.version_option(__version__)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Custody of Bawaslu's PPID devices. A companion to SAKTI and SIMAN, never the official register."""
    os.umask(0o077)  # the files that commands make hold private data
    machine = ctx.obj = Machine()
    ctx.call_on_close(lambda: give_back(machine.settings) if machine.was_asked else None)


for command in (
    *(serving.migrate, serving.demo, serving.serve),
    persons.person,
    *(files.import_devices, files.import_openness, files.export),
    labels.labels,
    working.work,
    *(sealing.seal, sealing.witness),
    *(upkeep.verify, upkeep.sweep, upkeep.backup, upkeep.restore, upkeep.doctor),
):
    main.add_command(command)
