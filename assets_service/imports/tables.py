"""A file's bytes as rows of cells: CSV as people save it, XLSX through the sandbox. Sizes are bounded before anything is read.

Every row with content is read, or counted as one that is not, or the file is refused.
"""

from collections.abc import Mapping, Sequence
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
from assets_service.imports.headings import HEADER_ROWS, OF_DEVICES, Header, find_header
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
    """What of a file was not read, and what was read though the sheet does not show it.

    `unheaded` are the columns, as a spreadsheet letters them, that hold something under no heading.
    """

    above_header: int = 0
    remarks: int = 0
    unheaded: list[str] = []
    sheet: str | None = None  # the one that was read
    other_sheets: list[OtherSheet] = []
    hidden_rows: int = 0
    hidden_columns: list[str] = []


class Table(Struct):
    """The rows under the header, each with the number a spreadsheet shows. A day that is a number is counted from `day_zero`.

    `shifted` are rows of a CSV with more cells than the header has, each with the letter of the first that is too many: a sign
    that divides columns stands unquoted in them, so that nobody can say which cell belongs to which column.
    """

    header: Header
    rows: list[tuple[int, Sequence[Cell]]]
    beside: Beside
    day_zero: date = DAY_ZERO
    shifted: dict[int, str] = {}

    @property
    def told(self) -> list[tuple[int, Sequence[Cell]]]:
        """The rows of which each cell has its column."""
        return [row for row in self.rows if row[0] not in self.shifted]


def read_table(content: bytes, fields: Mapping[str, str] = OF_DEVICES) -> Table:
    """Read the file's table, whose columns are those of `fields`. Raises the refusals of `imports.errors` and of `kernel.workbooks`."""
    if len(content) > BYTES_MAX:
        raise FileTooLarge(most=BYTES_MAX >> 20)
    if content.startswith(_OLE):
        raise EncryptedWorkbook if _ENCRYPTED in content else OldWorkbook
    if content.startswith(_OTHERS) or _OPEN_DOCUMENT in content[:200]:
        raise NotATable
    if content.startswith(XLSX_MAGIC):
        return _from_workbook(content, fields)
    if content[:1000].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower().startswith(_WEB):
        raise WebPage
    header, rows = lines(decoded(content), fields, most=HEADER_ROWS + ROWS_MAX)
    table = _table(header, rows, Beside())
    table.shifted = {number: _letters(at) for number, cells in table.rows if (at := _first_beyond(cells, header.width))}
    return table


def _from_workbook(content: bytes, fields: Mapping[str, str]) -> Table:
    """A workbook's table: the first sheet that people see and that has a header."""
    book = _read(content, until=HEADER_ROWS, rows_max=HEADER_ROWS)
    headed = [place for place, sheet in enumerate(book.sheets) if find_header(sheet.rows, fields)]
    chosen = next((place for place in headed if not book.sheets[place].is_hidden), None)
    if chosen is None:
        if headed:
            raise OnlyHidden(sheet=book.sheets[headed[0]].name)
        raise NoHeader(rows=HEADER_ROWS)
    [sheet] = _read(content, only=chosen, rows_max=HEADER_ROWS + ROWS_MAX).sheets
    header = find_header(sheet.rows, fields)
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
    unheaded: set[int] = set()
    for row in rows:
        if len(row.cells) > COLUMNS_MAX and any(cell not in {None, ""} for cell in row.cells[COLUMNS_MAX:]):
            raise TooManyColumns(row=row.number, most=COLUMNS_MAX)
        if row.number == header.row or not any(map(_says_something, row.cells)):
            continue
        if row.number < header.row:
            beside.above_header += 1
        elif _is_remark(row):
            beside.remarks += 1
        else:
            beside.hidden_rows += row.is_hidden
            unheaded.update(
                at for at, cell in enumerate(row.cells) if at not in header.headed and _says_something(cell)
            )
            found.append((row.number, row.cells))
    if len(found) > ROWS_MAX:
        raise TooManyRows(most=ROWS_MAX)
    if not found:
        raise NothingToRegister
    beside.unheaded = [_letters(at) for at in sorted(unheaded)]
    return Table(header, found, beside, day_zero)


def _says_something(cell: Cell) -> bool:
    return cell is not None and bool(str(cell).strip())


def _first_beyond(cells: Sequence[Cell], width: int) -> int | None:
    return next((at for at in range(width, len(cells)) if _says_something(cells[at])), None)


def _letters(place: int) -> str:
    """The column as a spreadsheet letters it: 0 is A, 26 is AA."""
    before, last = divmod(place, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)


def _is_remark(row: Row) -> bool:
    return isinstance(row.cells[0], str) and row.cells[0].lstrip().startswith(REMARK)
