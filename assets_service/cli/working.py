"""Doing the jobs beside the server."""

import signal
from threading import Event

import click

from assets_service.cli.machine import Machine


@click.command()
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1, 16), help="Jobs done at the same time.")
@click.pass_obj
def work(machine: Machine, threads: int) -> None:
    """Do jobs (print runs) until told to stop, beside the server or instead of its own threads (ASSETS_JOB_THREADS=0)."""
    from assets_service.app.working import works  # noqa: PLC0415 - loads the rooms
    from assets_service.kernel.jobs.worker import Worker  # noqa: PLC0415
    from assets_service.server.logs import configure_logs  # noqa: PLC0415

    machine.refuse_to_stay_as_root()
    configure_logs()
    told = Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: told.set())
    with machine.database() as db:
        worker = Worker(db, works(db, machine.settings), hands=threads)
        worker.start()
        click.echo("Waiting for jobs.")
        told.wait()
        has_ended = worker.stop()
    click.echo("Stopped." if has_ended else "Stopped; what was in hand is begun again elsewhere.")
