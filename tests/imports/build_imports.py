"""Tables to import, as text and as workbooks."""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import openpyxl

from assets_service.access.stamp import Stamp
from assets_service.actions.once import Once
from assets_service.cli.files import imported
from assets_service.imports.batches import Report
from assets_service.kernel.db import Database
from tests import build

HEADINGS = ("Jenis", "Merk", "Tipe", "Nomor Seri", "IMEI 1", "Kode Kantor")


def a_row(**cells: Any) -> dict[str, Any]:
    """A valid smartphone of 81.02."""
    number = build.an_imei()
    row = {
        "Jenis": "Ponsel Pintar", "Merk": "Samsung", "Tipe": "Galaxy A15", "Nomor Seri": f"R{number[-9:]}", "IMEI 1": number,
        "Kode Kantor": "81.02",
    }  # fmt: skip
    return row | {heading.replace("_", " "): value for heading, value in cells.items()}


def a_table(*rows: dict[str, Any]) -> list[list[Any]]:
    """The header, then the rows under it."""
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    return [headings, *([row.get(heading) for heading in headings] for row in rows)]


def as_csv(table: list[list[Any]], *, delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    lines = [delimiter.join("" if cell is None else str(cell) for cell in row) for row in table]
    return "\r\n".join([*lines, ""]).encode(encoding)


def as_workbook(*sheets: list[list[Any]], hidden: Sequence[int] = ()) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, table in enumerate(sheets):
        sheet = book.create_sheet(f"Lembar{number}")
        sheet.sheet_state = "hidden" if number in hidden else "visible"
        for row in table:
            sheet.append(row)
        for cell in (cell for row in sheet for cell in row if cell.data_type == "f"):
            cell.data_type = "s"  # it was given as a text
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def import_file(
    db: Database, content: bytes, *, dry_run: bool, stamp: Stamp, progress: Callable[[int], None] | None = None
) -> Report:
    """As the command line does it: what would be refused, or what was done."""
    once = Once(db, stamp)
    report = imported(once, content, dry_run=dry_run)
    if progress:
        progress(report.rows)
    return report
