"""Reading XLSX files that anybody may have made: sizes checked first, then cells read in the sandbox."""

from datetime import date
from io import BytesIO
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

Cell = str | float | bool | date | None


class Unpacked(TooLarge):
    title = "Too large"
    message = "Unpacked, this workbook would be too large. Keep only the sheet with the table and save it again."


class Sheet(Struct):
    """Rows from row 1 and column A on, so that places are those a person sees."""

    name: str
    rows: list[list[Cell]]


class _Said(Struct):
    name: str
    rows: list[list[str | float | bool | list[str] | None]]


def read_workbook(
    data: bytes, *, sheets_max: int = 4, rows_max: int, memory_mib: int = 512, seconds: int = 20
) -> list[Sheet]:
    """The first sheets, each up to one row more than `rows_max`.

    Raises `Unreadable`, `Unpacked`, and `TooDemanding` when the sandbox had to stop it.
    """
    _check_sizes(data)
    question = msgspec.msgpack.encode((sheets_max, rows_max + 1, data))
    answer = run_limited("assets_service.kernel.workbook_cells:read", question, memory_mib=memory_mib, seconds=seconds)
    return [
        Sheet(
            said.name,
            [[date.fromisoformat(cell[0]) if isinstance(cell, list) else cell for cell in row] for row in said.rows],
        )
        for said in msgspec.msgpack.decode(answer, type=list[_Said])
    ]


def _check_sizes(data: bytes) -> None:
    """What the archive says of itself; the sandbox holds it to that."""
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
