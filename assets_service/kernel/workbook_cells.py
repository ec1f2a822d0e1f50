"""The cells of a workbook as plain values. Runs only inside the sandbox, so it imports next to nothing."""

from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

import msgspec
from python_calamine import CalamineWorkbook, SheetTypeEnum


def read(question: bytes) -> bytes:
    """(sheets at most, rows at most, XLSX) as MessagePack to [{name, rows}]; a day is a list with one ISO text."""
    sheets_max, rows_max, data = msgspec.msgpack.decode(question, type=tuple[int, int, bytes])
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    names = [sheet.name for sheet in book.sheets_metadata if sheet.typ is SheetTypeEnum.WorkSheet]
    sheets = []
    for name in names[:sheets_max]:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=rows_max)
        sheets.append({"name": name, "rows": [[_plain(cell) for cell in row] for row in rows]})
    return msgspec.msgpack.encode(sheets)


def _plain(cell: Any) -> Any:
    if cell == "" and isinstance(cell, str):
        return None
    if isinstance(cell, datetime):
        return [cell.date().isoformat()]
    if isinstance(cell, date):
        return [cell.isoformat()]
    if isinstance(cell, time | timedelta):
        return str(cell)
    return cell
