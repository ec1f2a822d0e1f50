"""A file of text as rows: its encoding and the sign that divides its columns are found by themselves, and never guessed wrong."""

import codecs
import csv
import re
from collections.abc import Mapping
from io import StringIO

from assets_service.imports.errors import BrokenTable, NoHeader, NotATable, NotUnicode
from assets_service.imports.headings import HEADER_ROWS, Header, find_header
from assets_service.kernel.formulas import unguarded_inside
from assets_service.kernel.workbooks import Cell, Row, Unread

_DELIMITERS = (",", ";", "\t", "|")
_FORMULA = re.compile(r'=(?!\s*")')  # ="001" is text


def lines(text: str, fields: Mapping[str, str], *, most: int) -> tuple[Header, list[Row]]:
    """The header (of these `fields`) and the rows with content, divided by the sign with which the most columns are known.

    A sign that does not divide the file is no fault of the file. Of more rows than `most` one more is given.
    """
    best: tuple[int, str] = (0, "")
    broken = 0
    for delimiter in _DELIMITERS:
        rows, broken_at = _rows(text, delimiter, until=HEADER_ROWS, most=most)
        header = find_header(rows, fields)
        broken = broken or (broken_at or 0)
        if header and len(header.places) > best[0]:
            best = (len(header.places), delimiter)
    if not best[1]:
        raise BrokenTable(row=broken) if broken else NoHeader(rows=HEADER_ROWS)
    rows, broken_at = _rows(text, best[1], until=None, most=most)
    if broken_at:
        raise BrokenTable(row=broken_at)
    header = find_header(rows, fields)
    assert header is not None, "the same rows had one above"
    return header, rows


def _rows(text: str, delimiter: str, *, until: int | None, most: int) -> tuple[list[Row], int | None]:
    """The rows with content, and the number of the one that cannot be read, where reading ended."""
    rows: list[Row] = []
    number = 0
    try:
        for number, cells in enumerate(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True), 1):
            if (until and number > until) or len(rows) > most:
                break
            if any(map(str.strip, cells)):
                rows.append(Row(number, False, [_cell(cell) for cell in cells]))
    except csv.Error:
        return rows, number + 1
    return rows, None


def _cell(text: str) -> Cell:
    """The text without the guards inside it (the one at its start comes off later); a formula is none that can be read."""
    return Unread("formula", text[:60]) if _FORMULA.match(text.lstrip()) else unguarded_inside(text)


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, or in UTF-16 or UTF-32 as their marks or their zeros tell. No encoding is guessed: it garbles names."""
    try:
        if wide := _wide(content):
            return content.decode(wide)
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        if b"\x00" in before or _wide(content):
            raise NotATable from None
        raise NotUnicode(row=before.count(b"\n") + 1) from None
    if "\x00" in text:
        raise NotATable
    return text


def _wide(content: bytes) -> str | None:
    """The encoding in which a sign has two bytes or more, if it is one."""
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if content[1:2] == b"\x00" and content[:1] != b"\x00":
        return "utf-16-le"
    return "utf-16-be" if content[:1] == b"\x00" and content[1:2] != b"\x00" else None
