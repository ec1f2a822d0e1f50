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
from assets_service.kernel.formulas import guarded, guarded_inside

PART_BYTES = 1 << 16
REMARK = "# "


class Flavour(StrEnum):
    """The two kinds of CSV. `rfc4180`: comma, ISO days. `excel-id`: semicolon and a byte order mark, for an Indonesian Excel."""

    RFC4180 = "rfc4180"
    EXCEL_ID = "excel-id"


def delimited(inventory: Inventory, flavour: Flavour) -> Iterator[bytes]:
    """The file, in parts of a size worth sending."""
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
        writer.writerow([REMARK + label, guarded(value), *empty])
    yield lines.taken()


def _cell_for(column: Column, *, for_excel: bool) -> Callable[[Any], Any]:
    """A function that writes one column's values; made once, not for each of a million cells."""
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
    """The value with a leading `'`: without it Excel would round an IMEI to 3,56E+14 and read 81.02 as a number."""
    return f"'{guarded_inside(value)}" if value else None


def _guarded_or_none(value: str | None) -> str | None:
    return guarded(value) if value else None


class _Lines:
    """Collects what the csv module writes into parts of a size worth sending."""

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
