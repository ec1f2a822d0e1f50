"""Reading one cell as what its column holds: corrected where a spreadsheet changed its form, refused where it lost digits."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from assets_service.devices.identifiers import is_error_value, read_rupiah, says_nothing
from assets_service.devices.models import ACQUIRED_YEARS, Condition, Kind
from assets_service.kernel.formulas import guarded
from assets_service.kernel.texts import seen
from assets_service.kernel.workbooks import Cell, Unread
from assets_service.offices.reading import read_office

LENGTH_MAX = 2000
_ROUNDED = re.compile(r"^\d+([.,]\d+)?e\+\d+$", re.IGNORECASE)
_WHOLE = re.compile(r"^(\d+)\.0+$")
_EXACT_MAX = 10**15  # in a longer number a spreadsheet loses digits
DAY_ZERO = date(1899, 12, 30)  # a spreadsheet counts days from here, or from DAY_ZERO_1904
DAY_ZERO_1904 = date(1904, 1, 1)
_DAY_NUMBER = re.compile(r"^(\d{5})(\.0+)?$")
_DAY_FORMS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%Y/%m/%d", "%d/%m/%y")
_ZERO_LOST = re.compile(r"^(\d{2})[.,](\d)$")
_WRAPPED = re.compile(r'=\s*"((?:[^"]|"")*)"', re.DOTALL)  # how a CSV is told to open digits as text


class BadCellError(Exception):
    """Why a cell cannot be read: an English sentence and its facts."""

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts


def read(field: str, cell: Cell, *, day_zero: date = DAY_ZERO) -> Any:
    """The cell as what its column holds; null where it says nothing. Days that are numbers are counted from `day_zero`."""
    if isinstance(cell, Unread):
        raise _not_said(cell)
    return day(cell, day_zero=day_zero) if field == "acquired_on" else READERS[field](cell)


def _not_said(cell: Unread) -> BadCellError:
    if cell.what == "error":
        return BadCellError(
            "{it} is an error value of the spreadsheet and not a value. Write what belongs here.", it=cell.text[:60]
        )
    if cell.what == "formula":
        return BadCellError("The file does not hold the result of this formula. Replace the formula by its value.")
    return BadCellError(
        "The sheet shows this number in a form that cannot be read here ({it}). Format the cell as text.",
        it=cell.text[:60],
    )


def text(cell: Cell) -> str | None:
    """The text that people see, without the `'` or the `=""` around it by which spreadsheets mark text; null where it says nothing."""
    if not isinstance(cell, str):
        return _written(cell)
    found = seen(cell).strip()
    wrapped = _WRAPPED.fullmatch(found)
    found = (wrapped[1].replace('""', '"') if wrapped else _without_marks(found)).strip()
    if is_error_value(found):
        raise _not_said(Unread("error", found))
    if len(found) > LENGTH_MAX:
        raise BadCellError("At most {it} characters.", it=LENGTH_MAX)
    return None if says_nothing(found) else found


def _without_marks(found: str) -> str:
    """The text without the `'` before it that marks text, or the two around it with which some programs quote."""
    bare = found.removeprefix("'")
    is_quoted = bare != found and bare.endswith("'") and guarded(bare) == bare
    return bare.removesuffix("'") if is_quoted else bare


def identifier(cell: Cell) -> str | None:
    """A text that may be all digits: whole numbers keep their digits, rounded ones are refused."""
    found = text(cell)
    if found is None:
        return None
    if _ROUNDED.match(found):
        raise BadCellError(
            "{it} is a rounded number: the spreadsheet has lost digits. Format the cell as text.", it=found
        )
    whole = _WHOLE.match(found)
    return whole[1] if whole else found


def office(cell: Cell) -> str | None:
    """An office's code, however a spreadsheet took it for a number: 81.02, 62.1 (for 62.10), 8102, 0 (for 00); or its name."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        cell = f"{cell:05.2f}" if cell % 1 else f"{int(cell):02d}"
    found = identifier(cell)
    if found is None:
        return None
    if lost := _ZERO_LOST.match(found):
        return f"{lost[1]}.{lost[2]}0"
    code = read_office(found).code
    if code is None and (isinstance(cell, bool) or not any(map(str.isalpha, found))):
        raise BadCellError("An office has a code like 81 or 81.02.")
    return code or found


def count(cell: Cell) -> int | None:
    found = identifier(cell)
    if found is None:
        return None
    if not (found.isascii() and found.isdigit()):
        raise BadCellError("A whole number is expected here.")
    return int(found[:20])


def rupiah(cell: Cell) -> int | None:
    """Whole rupiah: `Rp 1.234.567`, `1,234,567.00`, `1234567`."""
    found = text(cell)
    if found is None:
        return None
    if _ROUNDED.match(re.sub(r"(?i)^rp\.?|\s", "", found)):
        raise BadCellError(
            "{it} is a rounded number: the spreadsheet has lost digits. Format the cell as text.", it=found
        )
    read = read_rupiah(found)
    if read is None:
        raise BadCellError("Write whole rupiah, like 4500000 or Rp4.500.000.")
    return read


def day(cell: Cell, *, day_zero: date = DAY_ZERO) -> date | None:
    """A day: a date cell, `31/12/2024`, `2024-12-31` (a time after it is dropped), or a spreadsheet's day number."""
    found = cell if isinstance(cell, date) else text(cell)
    if found is None or says_nothing(str(found)):
        return None
    read = found if isinstance(found, date) else _day_of(found, day_zero)
    if read is None or read.year not in ACQUIRED_YEARS:
        raise BadCellError("Write the date like 31/12/2024 or 2024-12-31.")
    return read


def _day_of(found: str, day_zero: date) -> date | None:
    if number := _DAY_NUMBER.match(found):
        return day_zero + timedelta(days=int(number[1]))
    first = re.split(r"[ T]", found)[0]
    for form in _DAY_FORMS:
        with suppress(ValueError):
            return datetime.strptime(first, form).date()  # noqa: DTZ007 - a day has no zone
    return None


_CONDITIONS = {
    "baik": Condition.GOOD, "b": Condition.GOOD, "good": Condition.GOOD,
    "rusakringan": Condition.LIGHT, "rr": Condition.LIGHT, "light": Condition.LIGHT, "lightlydamaged": Condition.LIGHT,
    "rusakberat": Condition.HEAVY, "rb": Condition.HEAVY, "heavy": Condition.HEAVY, "heavilydamaged": Condition.HEAVY,
}  # fmt: skip
_KINDS = {
    "tablet": Kind.TABLET, "tabletpc": Kind.TABLET,
    "smartphone": Kind.SMARTPHONE, "ponselpintar": Kind.SMARTPHONE, "ponsel": Kind.SMARTPHONE,
    "telephonemobile": Kind.SMARTPHONE, "teleponmobile": Kind.SMARTPHONE, "telepongenggam": Kind.SMARTPHONE,
    "handphone": Kind.SMARTPHONE, "mobilephone": Kind.SMARTPHONE,
}  # fmt: skip


def condition(cell: Cell) -> Condition | None:
    found = text(cell)
    if found is None:
        return None
    if (known := _CONDITIONS.get(_plain(found))) is None:
        raise BadCellError("The condition is Baik, Rusak Ringan or Rusak Berat, not {it}.", it=found[:60])
    return known


def kind(cell: Cell) -> Kind | None:
    found = text(cell)
    if found is None:
        return None
    if (known := _KINDS.get(_plain(found))) is None:
        raise BadCellError("{it} is neither a tablet nor a smartphone.", it=found[:60])
    return known


def hinted_kind(cell: Cell) -> Kind | None:
    """A kind, if the cell names one: SIMAN's columns name many other things as well."""
    return _KINDS.get(_plain(text(cell) or "")) if isinstance(cell, str) else None


READERS: dict[str, Callable[[Cell], Any]] = {
    "kind": kind,
    "item_name": hinted_kind,
    "bmn_kind": hinted_kind,
    "brand": text,
    "model": text,
    "serial": identifier,
    "imei1": identifier,
    "imei2": identifier,
    "kode_barang": identifier,
    "nup": count,
    "uakpb": identifier,
    "kode_register": identifier,
    "acquired_on": day,
    "value": rupiah,
    "office": office,
    "condition": condition,
    "programme": text,
    "note": text,
}


def _plain(found: str) -> str:
    return re.sub(r"[\W_]+", "", found).casefold()


def _written(cell: Cell) -> str | None:
    """The text as it was before the spreadsheet took it for a number, a truth value or a date."""
    if cell is None or (isinstance(cell, date) and says_nothing(cell.isoformat())):
        return None
    if isinstance(cell, Unread):
        raise _not_said(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, date):
        raise BadCellError("The spreadsheet took this for a date ({it}). Format the cell as text.", it=cell.isoformat())
    if isinstance(cell, float) and not cell.is_integer():
        return repr(cell)
    if abs(number := int(cell)) >= _EXACT_MAX:
        raise BadCellError(
            "{it} is a rounded number: the spreadsheet has lost digits. Format the cell as text.", it=number
        )
    return str(number)
