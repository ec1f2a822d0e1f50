"""Files in and files out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assets_service.cli.machine import Machine
from assets_service.cli.progress import progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assets_service.actions.once import Once
    from assets_service.imports.batches import Report


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check every cell; register nothing.")
@click.option("--as", "username", help="Act as this person, with their rights.")
@click.pass_obj
def import_devices(machine: Machine, file: Path, username: str | None, *, dry_run: bool) -> None:
    """Register the devices of a CSV or XLSX file: all rows or none."""
    with machine.database() as db, progress("Importing") as done:
        report = imported(machine.once(db, username), file.read_bytes(), dry_run=dry_run)
        done(report.rows)
    _say_errors(report)
    for line in _beside(report):
        click.echo(line, err=True)
    if report.number:
        click.echo(f"This is import {report.number}.")
    click.echo(f"{report.rows} rows, {report.created} registered.")
    sys.exit(1 if report.errors else 0)


def _beside(report: "Report") -> "Iterator[str]":
    """What of the file was not read, and what was read though the sheet does not show it."""
    beside = report.beside
    if beside.above_header or beside.remarks:
        yield f"Not read: {beside.above_header} rows above the header, {beside.remarks} remarks."
    if beside.unheaded:
        yield f"Not read: columns without a heading: {', '.join(beside.unheaded)}."
    for sheet in beside.other_sheets:
        yield f"Not read: the {'hidden ' if sheet.is_hidden else ''}sheet {sheet.name}{', which holds devices too' if sheet.has_table else ''}."
    if beside.hidden_rows or beside.hidden_columns:
        hidden = ", ".join(beside.hidden_columns) or "none"
        yield f"Read though hidden: {beside.hidden_rows} rows; columns: {hidden}."


def imported(once: "Once", content: bytes, *, dry_run: bool) -> "Report":
    from assets_service.imports import acts, batches  # noqa: PLC0415
    from assets_service.imports.asks import DeviceFile  # noqa: PLC0415

    if dry_run:
        batch = batches.read(content)
        with once.db.reading() as session:
            return batches.check(session, batch, stamp=once.stamp)
    try:
        return once.do(acts.REGISTER, DeviceFile(content))
    except batches.ImportRefused as refused:
        return refused.report


@click.command("import-openness")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check every cell; record nothing.")
@click.option("--as", "username", help="Act as this person, with their rights.")
@click.pass_obj
def import_openness(machine: Machine, file: Path, username: str | None, *, dry_run: bool) -> None:
    """Record the openness grades of a CSV file: all rows or none."""
    from assets_service.imports import acts, grades  # noqa: PLC0415
    from assets_service.imports.asks import GradeFile  # noqa: PLC0415

    with machine.database() as db:
        once, content = machine.once(db, username), file.read_bytes()
        read = grades.read(content)
        with db.reading() as session:
            report = grades.check(session, read, stamp=once.stamp)
        if not (dry_run or report.errors):
            report = once.do(acts.GRADE, GradeFile(content))
    _say_errors(report)
    click.echo(f"{report.rows} rows, {report.created} grades recorded.")
    sys.exit(1 if report.errors else 0)


def _say_errors(report: "Report") -> None:
    for error in report.errors:
        click.echo(f"row {error.row}, {error.column}: {error.message}", err=True)
    if more := report.errors_total - len(report.errors):
        click.echo(f"… and {more} more.", err=True)


@click.group()
def export() -> None:
    """Files out."""


@export.command("inventory")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--as-of", help="The fleet as of this day or instant: 2026-06-30 or 2026-06-30T12:00:00Z.")
@click.option("--office", help="Only this office and all below it.")
@click.option("--office-only", is_flag=True, help="With --office: without the offices below it.")
@click.option("--kind", help="Only tablet or smartphone.")
@click.option("--condition", help="Only good, light or heavy.")
@click.option("--presence", help="Only present, in_transit, not_found, lost or written_off.")
@click.option("--flag", help="Only devices that bear this flag: overdue, never_checked, unassigned, …")
@click.option("--due", help="Only devices whose check is overdue, soon or never made; any of these.")
@click.option("--q", help="Only devices with these words in their code, numbers or model.")
@click.option("--edition", default="internal", show_default=True, help="internal or public.")
@click.option("--as", "username", help="Act as this person, with their rights.")
@click.pass_obj
def export_inventory(
    machine: Machine,
    /,
    file: Path,
    as_of: str | None,
    office: str | None,
    username: str | None,
    edition: str,
    *,
    office_only: bool,
    **filters: str | None,
) -> None:
    """Write the inventory as .csv, .xlsx, .jsonl or .pdf, by the file's ending; the filters are those of the lists."""
    from assets_service.exports.asks import Chosen, Form  # noqa: PLC0415
    from assets_service.exports.files import write_inventory  # noqa: PLC0415
    from assets_service.kernel.fields import read  # noqa: PLC0415

    chosen = read({name: value for name, value in filters.items() if value}, Chosen)
    with machine.database() as db, progress("Exporting") as done:
        machine.seal(db)
        rows = write_inventory(
            db,
            file,
            machine.stamp(db, username),
            as_of=as_of,
            office=office,
            office_only=office_only,
            edition=read({"edition": edition}, Form).edition,
            chosen=chosen,
            unconfirmed_after_days=machine.settings.unconfirmed_after_days,
            progress=done,
        )
    click.echo(f"{rows} devices in {file}; what proves them is in {file.name}.proofs.")


@export.command("ledger")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--as", "username", help="Act as this person, with their rights.")
@click.pass_obj
def export_ledger(machine: Machine, file: Path, username: str | None) -> None:
    """Write every ledger entry in scope, to be verified without a database."""
    from assets_service.exports.files import write_ledger  # noqa: PLC0415

    with machine.database() as db, progress("Exporting") as done:
        machine.seal(db)
        rows = write_ledger(db, file, machine.stamp(db, username), progress=done)
    click.echo(f"{rows} entries in {file}; what proves them is in {file.name}.proofs.")
