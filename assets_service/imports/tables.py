"""A file's bytes as rows of cells: CSV as people save it, XLSX through the sandbox. Sizes are bounded before anything is read."""

import codecs
import csv
from collections.abc import Sequence
from io import StringIO
from itertools import islice

from msgspec import Struct

from assets_service.imports.errors import (
    BrokenTable,
    FileTooLarge,
    NoHeader,
    NotATable,
    NothingToRegister,
    NotUnicode,
    TooManyColumns,
    TooManyRows,
)
from assets_service.imports.headings import HEADER_ROWS, Header, find_header
from assets_service.kernel.workbooks import XLSX_MAGIC, Cell, read_workbook

BYTES_MAX = 10 << 20
ROWS_MAX = 20_000
COLUMNS_MAX = 200
REMARK = "#"
_DELIMITERS = (",", ";", "\t")
_OTHERS = (bytes.fromhex("d0cf11e0"), b"%PDF", b"\x89PNG", b"{")  # the first is what Excel wrote before 2007
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis"
_MEMORY_MIB = 512
_SECONDS = 20


class Table(Struct):
    """The rows under the header, each with the number a spreadsheet shows; blank rows and remarks are left out."""

    header: Header
    rows: list[tuple[int, Sequence[Cell]]]


def read_table(content: bytes) -> Table:
    """Raises the refusals of `imports.errors` and of `kernel.workbooks`."""
    if len(content) > BYTES_MAX:
        raise FileTooLarge(most=BYTES_MAX >> 20)
    if content.startswith(_OTHERS) or _OPEN_DOCUMENT in content[:200]:
        raise NotATable
    if content.startswith(XLSX_MAGIC):
        return _from_workbook(content)
    return _from_text(_decoded(content))


def _from_workbook(content: bytes) -> Table:
    """The first sheet that has a header."""
    most = ROWS_MAX + HEADER_ROWS
    for sheet in read_workbook(content, rows_max=most, memory_mib=_MEMORY_MIB, seconds=_SECONDS):
        if header := find_header(sheet.rows):
            return _table(header, sheet.rows)
    raise NoHeader(rows=HEADER_ROWS)


def _from_text(text: str) -> Table:
    """The delimiter is the one with which the most columns are known."""
    best: tuple[int, str] = (0, "")
    for delimiter in _DELIMITERS:
        header = find_header(_rows(text, delimiter, HEADER_ROWS))
        if header and len(header.places) > best[0]:
            best = (len(header.places), delimiter)
    if not best[1]:
        raise NoHeader(rows=HEADER_ROWS)
    rows = _rows(text, best[1], HEADER_ROWS + ROWS_MAX + 1)
    header = find_header(rows)
    assert header is not None, "the same rows had one above"
    return _table(header, rows)


def _rows(text: str, delimiter: str, most: int) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        rows.extend(islice(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True), most))
    except csv.Error:
        raise BrokenTable(row=len(rows) + 1) from None
    return rows


def _table(header: Header, rows: Sequence[Sequence[Cell]]) -> Table:
    found: list[tuple[int, Sequence[Cell]]] = []
    for number, row in enumerate(rows[header.row :], header.row + 1):
        if len(row) > COLUMNS_MAX and any(cell not in {None, ""} for cell in row[COLUMNS_MAX:]):
            raise TooManyColumns(row=number, most=COLUMNS_MAX)
        if any(cell is not None and str(cell).strip() for cell in row) and not _is_remark(row):
            found.append((number, row))
    if len(found) > ROWS_MAX:
        raise TooManyRows(most=ROWS_MAX)
    if not found:
        raise NothingToRegister
    return Table(header, found)


def _is_remark(row: Sequence[Cell]) -> bool:
    return isinstance(row[0], str) and row[0].lstrip().startswith(REMARK)


def _decoded(content: bytes) -> str:
    """UTF-8 with or without its mark, or UTF-16 with one. Nothing is guessed: a guess garbles names silently."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError:
            raise NotATable from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        if b"\x00" in before:
            raise NotATable from None
        raise NotUnicode(row=before.count(b"\n") + 1) from None
    if "\x00" in text:
        raise NotATable
    return text
