"""Labels to print."""

from pathlib import Path

import click

from assets_service.cli.machine import Machine
from assets_service.cli.progress import progress


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--stock", default="tj-107", show_default=True, help="The label sheet or roll.")
@click.option("--office", help="Labels of this office and all below it.")
@click.option("--office-only", is_flag=True, help="With --office: without the offices below it.")
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
    office_only: bool,
    draft: bool,
) -> None:
    """Draw a PDF of labels."""
    from assets_service.actions.once import Once  # noqa: PLC0415
    from assets_service.app.dependencies import tools_of  # noqa: PLC0415
    from assets_service.flags.queries import Flags  # noqa: PLC0415
    from assets_service.kernel.fields import read  # noqa: PLC0415
    from assets_service.labelling import acts  # noqa: PLC0415
    from assets_service.labelling.asks import NewSheet  # noqa: PLC0415
    from assets_service.labelling.printing import Press, copy_of  # noqa: PLC0415

    if bool(office) == bool(devices):
        raise click.UsageError("Give either --office or one or more --device.")
    chosen = {"office": office, "office_only": office_only} if office else {"devices": list(devices)}
    asked = read(chosen | {"stock": stock, "start": start, "reason": reason, "draft": draft}, NewSheet)
    flags = Flags(machine.settings.unconfirmed_after_days)
    with machine.database() as db, progress("Drawing labels") as done:
        press = Press(db, machine.settings)
        run = Once(db, machine.stamp(db), tools=tools_of(machine.settings, flags)).do(acts.PRINT, asked)
        with press.files.open(press.draw(run.id, done)) as drawn:
            copy_of(drawn, file)
    click.echo(f"{run.labels} labels in {file}. Print at 100 %.")
