"""XLSX: the inventory, its totals, and what proves it. Written row by row to disk; nothing in it is a formula."""

from collections.abc import Callable
from datetime import UTC, date
from pathlib import Path
from typing import Any

import xlsxwriter

from assets_service.exports.columns import CONDITIONS, Column, Sort, wording
from assets_service.exports.inventory import Inventory, Progress
from assets_service.exports.particulars import told

_DAY_ZERO = date(1899, 12, 30).toordinal()  # Excel counts days from here
_A4 = 9
_KEY_COLUMNS = 3


def write_workbook(inventory: Inventory, path: Path, progress: Progress | None = None) -> None:
    book = xlsxwriter.Workbook(
        path,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    taken_at = inventory.stamp.at.astimezone(UTC).replace(tzinfo=None)
    book.set_properties({"title": "Inventaris perangkat PPID", "created": taken_at})
    bold = book.add_format({"bold": True, "bg_color": "#E8EAED", "border": 1, "text_wrap": True, "valign": "top"})
    _inventory_sheet(book, inventory, bold, progress)
    _totals_sheet(book, inventory, bold)
    _particulars_sheet(book, inventory, bold)
    book.close()


def _inventory_sheet(book: Any, inventory: Inventory, bold: Any, progress: Progress | None) -> None:
    sheet = book.add_worksheet("Inventaris")
    _prepare_page(sheet, "Inventaris perangkat PPID")
    columns = inventory.columns
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width)
        sheet.write_string(0, number, column.heading, bold)
    sheet.freeze_panes(1, _KEY_COLUMNS)
    sheet.repeat_rows(0)
    formats = {
        Sort.IDENTIFIER: book.add_format({"num_format": "@"}),
        Sort.DAY: book.add_format({"num_format": "dd/mm/yyyy"}),
        Sort.RUPIAH: book.add_format({"num_format": '"Rp"#,##0'}),
    }
    put = [
        _putter(sheet, number, column, formats.get(column.sort)) for number, column in enumerate(columns)
    ]  # chosen once for each column
    place = 0
    for place, row in enumerate(inventory, 1):
        for put_cell, value in zip(put, row, strict=True):
            if value is not None:
                put_cell(place, value)
        if progress and place % 1000 == 0:
            progress(place)
    sheet.autofilter(0, 0, place, len(columns) - 1)
    if progress:
        progress(place)


def _putter(sheet: Any, number: int, column: Column, form: Any) -> Callable[[int, Any], None]:
    """A function that writes one column's cells.

    Text is written as text, so it is no formula; a leading `'` is doubled, for reading takes one off, and the `="` with which
    a CSV marks text gets one too.
    """
    write_string, write_number = sheet.write_string, sheet.write_number
    worded = wording(column)

    def put_number(place: int, value: int) -> None:
        write_number(place, number, value, form)

    def put_day(place: int, value: str) -> None:
        write_number(place, number, date.fromisoformat(value).toordinal() - _DAY_ZERO, form)

    def put_text(place: int, value: Any) -> None:
        if text := worded(value):
            write_string(place, number, f"'{text}" if text.startswith(("'", '="')) else text, form)

    if column.sort is Sort.DAY:
        return put_day
    return put_number if column.sort in {Sort.COUNT, Sort.RUPIAH} else put_text


def _totals_sheet(book: Any, inventory: Inventory, bold: Any) -> None:
    sheet = book.add_worksheet("Rekap")
    _prepare_page(sheet, "Rekap per kantor dan kondisi")
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, len(CONDITIONS) + 1, 14)
    for number, heading in enumerate(("Kantor", *CONDITIONS.values(), "Jumlah")):
        sheet.write_string(0, number, heading, bold)
    sheet.freeze_panes(1, 1)
    offices = list(dict.fromkeys(office for office, _ in inventory.totals))
    sums = [0] * (len(CONDITIONS) + 1)
    for place, office in enumerate(offices, 1):
        counts = [inventory.totals[office, condition] for condition in CONDITIONS]
        counts.append(sum(counts))
        sums = [a + b for a, b in zip(sums, counts, strict=True)]
        sheet.write_string(place, 0, office)
        for number, value in enumerate(counts, 1):
            sheet.write_number(place, number, value)
    last = len(offices) + 1
    sheet.write_string(last, 0, "Jumlah", bold)
    for number, value in enumerate(sums, 1):
        sheet.write_number(last, number, value, bold)


def _particulars_sheet(book: Any, inventory: Inventory, bold: Any) -> None:
    sheet = book.add_worksheet("Keterangan")
    _prepare_page(sheet, "Keterangan")
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 80)
    for place, (label, value) in enumerate(told(inventory.particulars())):
        sheet.write_string(place, 0, label, bold)
        sheet.write_string(place, 1, value)


def _prepare_page(sheet: Any, title: str) -> None:
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{title}&RHalaman &P dari &N")
