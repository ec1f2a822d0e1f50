"""A file's bytes as rows of cells: CSV as people save it, XLSX through the sandbox. Sizes are bounded before anything is read.

Every row with content is read, or counted as one that is not, or the file is refused.
"""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from assets_service.imports.cells import DAY_ZERO, DAY_ZERO_1904
from assets_service.imports.errors import (
    EncryptedWorkbook,
    FileTooLarge,
    NoHeader,
    NotATable,
    NothingToRegister,
    OldWorkbook,
    OnlyHidden,
    TooManyColumns,
    TooManyRows,
    WebPage,
)
from assets_service.imports.headings import HEADER_ROWS, Header, find_header
from assets_service.imports.rows import decoded, lines
from assets_service.kernel.workbooks import XLSX_MAGIC, Cell, Row, Sheet, Workbook, read_workbook

BYTES_MAX = 10 << 20
ROWS_MAX = 20_000
COLUMNS_MAX = 200
REMARK = "# "  # as our own exports write it: `#1` and `#N/A` are none
_OLE = bytes.fromhex(
    "d0cf11e0"
)  # what Excel wrote before 2007, and what any program writes around an encrypted workbook
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHERS = (b"%PDF", b"\x89PNG", b"{")
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis"
_WEB = (b"<", b"mime-version:")
_MEMORY_MIB = 512
_SECONDS = 20


class OtherSheet(Struct):
    """A sheet that was not read."""

    name: str
    is_hidden: bool
    has_table: bool  # its first rows name columns as a device file does


class Beside(Struct):
    """What of a file was not read, and what was read though the sheet does not show it."""

    above_header: int = 0
    remarks: int = 0
    sheet: str | None = None  # the one that was read
    other_sheets: list[OtherSheet] = []
    hidden_rows: int = 0
    hidden_columns: list[str] = []


class Table(Struct):
    """The rows under the header, each with the number a spreadsheet shows. A day that is a number is counted from `day_zero`."""

    header: Header
    rows: list[tuple[int, Sequence[Cell]]]
    beside: Beside
    day_zero: date = DAY_ZERO


def read_table(content: bytes) -> Table:
    """Read the file's table. Raises the refusals of `imports.errors` and of `kernel.workbooks`."""
    if len(content) > BYTES_MAX:
        raise FileTooLarge(most=BYTES_MAX >> 20)
    if content.startswith(_OLE):
        raise EncryptedWorkbook if _ENCRYPTED in content else OldWorkbook
    if content.startswith(_OTHERS) or _OPEN_DOCUMENT in content[:200]:
        raise NotATable
    if content.startswith(XLSX_MAGIC):
        return _from_workbook(content)
    if content[:1000].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower().startswith(_WEB):
        raise WebPage
    header, rows = lines(decoded(content), most=HEADER_ROWS + ROWS_MAX)
    return _table(header, rows, Beside())


def _from_workbook(content: bytes) -> Table:
    """A workbook's table: the first sheet that people see and that has a header."""
    book = _read(content, until=HEADER_ROWS, rows_max=HEADER_ROWS)
    headed = [place for place, sheet in enumerate(book.sheets) if find_header(sheet.rows)]
    chosen = next((place for place in headed if not book.sheets[place].is_hidden), None)
    if chosen is None:
        if headed:
            raise OnlyHidden(sheet=book.sheets[headed[0]].name)
        raise NoHeader(rows=HEADER_ROWS)
    [sheet] = _read(content, only=chosen, rows_max=HEADER_ROWS + ROWS_MAX).sheets
    header = find_header(sheet.rows)
    assert header is not None, "its first rows had one"
    others = [
        OtherSheet(other.name, other.is_hidden, place in headed)
        for place, other in enumerate(book.sheets)
        if place != chosen
    ]
    beside = Beside(sheet=sheet.name, other_sheets=others, hidden_columns=_hidden(sheet, header))
    return _table(header, sheet.rows, beside, DAY_ZERO_1904 if book.is_1904 else DAY_ZERO)


def _read(content: bytes, *, only: int | None = None, until: int | None = None, rows_max: int) -> Workbook:
    return read_workbook(
        content,
        only=only,
        until=until,
        rows_max=rows_max,
        columns_max=COLUMNS_MAX,
        memory_mib=_MEMORY_MIB,
        seconds=_SECONDS,
    )


def _hidden(sheet: Sheet, header: Header) -> list[str]:
    return [header.headings[field] for field, place in header.places.items() if place in sheet.hidden_columns]


def _table(header: Header, rows: Sequence[Row], beside: Beside, day_zero: date = DAY_ZERO) -> Table:
    found: list[tuple[int, Sequence[Cell]]] = []
    for row in rows:
        if len(row.cells) > COLUMNS_MAX and any(cell not in {None, ""} for cell in row.cells[COLUMNS_MAX:]):
            raise TooManyColumns(row=row.number, most=COLUMNS_MAX)
        if row.number == header.row or not any(cell is not None and str(cell).strip() for cell in row.cells):
            continue
        if row.number < header.row:
            beside.above_header += 1
        elif _is_remark(row):
            beside.remarks += 1
        else:
            beside.hidden_rows += row.is_hidden
            found.append((row.number, row.cells))
    if len(found) > ROWS_MAX:
        raise TooManyRows(most=ROWS_MAX)
    if not found:
        raise NothingToRegister
    return Table(header, found, beside, day_zero)


def _is_remark(row: Row) -> bool:
    return isinstance(row.cells[0], str) and row.cells[0].lstrip().startswith(REMARK)
