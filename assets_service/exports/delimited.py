"""CSV in two flavours. The header is the first row; what the file says about itself follows the data, in rows that begin with `#`.

At the end, since only then the rows are counted and digested in one pass; and since a file without its last remark was
cut off on the way. Programs that want nothing but the table drop rows that begin with `#`; our own import does.
"""

import csv
from collections.abc import Callable, Iterator
from datetime import date
from enum import StrEnum
from typing import Any

from assets_service.exports.columns import Column, Sort, wording
from assets_service.exports.inventory import Inventory
from assets_service.exports.particulars import told

PART_BYTES = 1 << 16
REMARK = "# "
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


class Flavour(StrEnum):
    """`rfc4180`: comma, ISO days. `excel-id`: semicolon and BOM, as an Indonesian Excel opens it with a double click."""

    RFC4180 = "rfc4180"
    EXCEL_ID = "excel-id"


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula: a leading `'`, which reading takes off again."""
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text


def delimited(inventory: Inventory, flavour: Flavour) -> Iterator[bytes]:
    """The file, part by part."""
    for_excel = flavour is Flavour.EXCEL_ID
    lines = _Lines()
    writer = csv.writer(lines, delimiter=";" if for_excel else ",", lineterminator="\r\n")
    if for_excel:
        lines.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    columns = inventory.columns
    writer.writerow([column.heading for column in columns])
    cells = [_cell_for(column, for_excel=for_excel) for column in columns]
    for row in inventory:
        writer.writerow([cell(value) for cell, value in zip(cells, row, strict=True)])
        if lines.size > PART_BYTES:
            yield lines.taken()
    empty = [""] * (len(columns) - 2)
    for label, value in told(inventory.particulars()):
        writer.writerow([REMARK + label, value, *empty])
    yield lines.taken()


def _cell_for(column: Column, *, for_excel: bool) -> Callable[[Any], Any]:
    """How one column's values are written; chosen once, not for each of a million cells."""
    if column.sort in {Sort.COUNT, Sort.RUPIAH}:
        return _as_it_is
    if column.sort is Sort.DAY:
        return _indonesian_day if for_excel else _as_it_is
    if column.sort is Sort.IDENTIFIER and for_excel:
        return _marked_as_text
    if column.sort in {Sort.WORD, Sort.WORDS}:
        return wording(column)
    return _guarded_or_none


def _as_it_is(value: Any) -> Any:
    return value


def _indonesian_day(value: str | None) -> str | None:
    return f"{date.fromisoformat(value):%d/%m/%Y}" if value else None


def _marked_as_text(value: str | None) -> str | None:
    """Excel would round an IMEI to 3,56E+14 and read 81.02 as a number; a leading `'` keeps the digits."""
    return f"'{value}" if value else None


def _guarded_or_none(value: str | None) -> str | None:
    return guarded(value) if value else None


class _Lines:
    """What csv writes, collected into parts of a size worth sending."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.size = 0

    def write(self, text: str) -> None:
        self._parts.append(text)
        self.size += len(text)

    def taken(self) -> bytes:
        part = "".join(self._parts).encode()
        self._parts.clear()
        self.size = 0
        return part
