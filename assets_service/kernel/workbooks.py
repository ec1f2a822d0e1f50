"""Reading XLSX files that anybody may have made: sizes checked first, then cells read in the sandbox, as the sheets show them."""

from datetime import date
from io import BytesIO
from typing import Any, cast
from zipfile import BadZipFile, ZipFile

import msgspec
from msgspec import Struct

from assets_service.kernel.errors import TooLarge
from assets_service.kernel.sandbox import Unreadable, run_limited

XLSX_MAGIC = b"PK\x03\x04"
UNPACKED_BYTES_MAX = 200 << 20
PARTS_MAX = 2000
RATIO_MAX = 200  # a sheet of zeros packs 100:1; a bomb 1000:1
_RATIO_APPLIES_BYTES = 8 << 20


class Unread(Struct, frozen=True):
    """A cell that holds no value: an `error` value, a `formula` without its result, a number whose `form` is not understood."""

    what: str
    text: str


Cell = str | float | bool | date | Unread | None


class Unpacked(TooLarge):
    title = "Too large"
    message = "Unpacked, this workbook would be too large. Keep only the sheet with the table and save it again."


class Row(Struct, array_like=True):
    """A row with content. `number` and the places of its cells are those a person sees; a filter may hide it."""

    number: int
    is_hidden: bool
    cells: list[Cell]


class Sheet(Struct, array_like=True):
    """One sheet with its rows that have content; `hidden_columns` counts from 0."""

    name: str
    is_hidden: bool
    hidden_columns: list[int]
    rows: list[Row]


class Workbook(Struct, array_like=True):
    """`is_1904`: its days are counted from 1904-01-01 and not from 1899-12-30."""

    is_1904: bool
    sheets: list[Sheet]


class _Row(Struct, array_like=True):
    number: int
    is_hidden: bool
    cells: list[str | int | float | bool | list[str] | None]


class _Sheet(Struct, array_like=True):
    name: str
    is_hidden: bool
    hidden_columns: list[int]
    rows: list[_Row]


def read_workbook(
    data: bytes,
    *,
    only: int | None = None,
    until: int | None = None,
    rows_max: int,
    columns_max: int = 200,
    memory_mib: int = 512,
    seconds: int = 20,
) -> Workbook:
    """The workbook's sheets, or `only` the one in this place; of each the rows `until` this one, and one row more than `rows_max`.

    What stands in more than `columns_max` columns stands in the one after them. Raises `Unreadable`, `Unpacked`, and
    `TooDemanding` when the sandbox had to stop it.
    """
    _check_sizes(data)
    question = msgspec.msgpack.encode((only, until, rows_max, columns_max, data))
    answer = run_limited("assets_service.kernel.workbook_cells:read", question, memory_mib=memory_mib, seconds=seconds)
    is_1904, sheets = msgspec.msgpack.decode(answer, type=tuple[bool, list[_Sheet]])
    return Workbook(is_1904, [_sheet(said) for said in sheets])


def _sheet(said: _Sheet) -> Sheet:
    rows = [Row(row.number, row.is_hidden, [_cell(cell) for cell in row.cells]) for row in said.rows]
    return Sheet(said.name, said.is_hidden, said.hidden_columns, rows)


def _cell(said: Any) -> Cell:
    if not isinstance(said, list):
        return cast("Cell", said)
    what, text = said
    return date.fromisoformat(text) if what == "day" else Unread(what, text)


def _check_sizes(data: bytes) -> None:
    """Check the sizes that the archive states of itself; the sandbox holds it to them."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
    except (BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        raise Unreadable from None
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > PARTS_MAX or unpacked > UNPACKED_BYTES_MAX:
        raise Unpacked
    if unpacked > _RATIO_APPLIES_BYTES and unpacked > RATIO_MAX * len(data):
        raise Unpacked
    if any(part.flag_bits & 1 for part in parts):  # encrypted
        raise Unreadable
