"""Reading a cell of a tabular file as the value that was digested: words back into values, guards off, days in ISO form."""

from contextlib import suppress
from datetime import date, datetime
from typing import Any

from assets_service.exports.columns import FORMER_WORDS, WORDS_BETWEEN, Column, Sort
from assets_service.exports.verify.said import BrokenError
from assets_service.kernel.formulas import guarded, guarded_inside, unguarded

_GUARDED = {Sort.IDENTIFIER, Sort.TEXT}


def from_text(column: Column, cell: str | None, number: int) -> Any:
    """The value of a CSV's cell. Raises `BrokenError` where the guard against formulas was taken off."""
    text = (cell or "").replace("\r\n", "\n")
    plain = unguarded(text)
    if column.sort in _GUARDED and text not in {guarded(plain), f"'{guarded_inside(plain)}"}:
        raise BrokenError(f"row {number}, {column.heading}: the sign that keeps a formula from running is gone.")
    return _value(column, plain or None)


def from_workbook(column: Column, cell: Any, _number: int) -> Any:
    """The value of an XLSX's cell, in which only a leading `'` is doubled."""
    if isinstance(cell, str):
        cell = cell.removeprefix("'").replace("\r\n", "\n") or None
    return _value(column, cell)


def _value(column: Column, cell: Any) -> Any:
    if column.sort is Sort.WORDS:
        back = FORMER_WORDS | {word: value for value, word in column.words.items()}
        return [back.get(word, word) for word in cell.split(WORDS_BETWEEN)] if cell else []
    if cell is None:
        return None
    if column.sort is Sort.WORD:
        return next((value for value, word in column.words.items() if word == cell), cell)
    if column.sort in {Sort.COUNT, Sort.RUPIAH}:
        with suppress(ValueError):
            return int(cell)
    if column.sort is Sort.DAY and isinstance(cell, str) and "/" in cell:
        with suppress(ValueError):
            return datetime.strptime(cell, "%d/%m/%Y").date().isoformat()  # noqa: DTZ007 - a day has no zone
    return cell.isoformat() if isinstance(cell, date) else cell
