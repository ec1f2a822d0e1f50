"""The cells of a workbook as its sheets show them. Runs only inside the sandbox, so it imports next to nothing.

XLSX is a ZIP of XML (ECMA-376): the workbook names its sheets, the styles say how numbers are shown, texts stand apart.
"""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from functools import lru_cache
from io import BytesIO
from posixpath import basename, dirname, join, normpath
from typing import Any
from xml.etree.ElementTree import Element, iterparse, parse
from zipfile import ZipFile

import msgspec

from assets_service.kernel.number_formats import BUILT_IN, Day, Unshown, shown, shown_text

_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")  # how XLSX writes signs that XML cannot hold
_AS_IT_IS = {"General", "@"}
_WHOLE = re.compile(r"-?\d{1,17}")


def read(question: bytes) -> bytes:
    """The sheets with their cells, as MessagePack: [is_1904, [[name, is_hidden, hidden columns, rows]]].

    Takes (the one sheet to read or null, the last row to read or null, rows with content at most, columns at most, XLSX). A
    row is [number, is_hidden, cells]; what stands in more columns than asked for stands in the one after the last. A cell is
    null, text, number, truth value, or [what, text]: a `day`, an `error` value, a `formula` without its result, a number
    whose `form` is not understood.
    """
    only, until, rows_max, columns_max, data = msgspec.msgpack.decode(
        question, type=tuple[int | None, int | None, int, int, bytes]
    )
    with ZipFile(BytesIO(data)) as archive:
        book = _Book(archive, columns_max)
        chosen = [sheet for place, sheet in enumerate(book.sheets) if only is None or place == only]
        sheets = [[name, is_hidden, *book.read(part, until, rows_max)] for name, is_hidden, part in chosen]
    return msgspec.msgpack.encode([book.is_1904, sheets])


class _Book:
    def __init__(self, archive: ZipFile, columns_max: int) -> None:
        self._archive = archive
        self._columns_max = columns_max
        path = next(part for kind, part in _parts_of(archive, "").values() if kind == "officeDocument")
        parts = _parts_of(archive, path)
        self.is_1904 = False
        self.sheets: list[tuple[str, bool, str]] = []
        for element in _all(archive, path):
            if _name(element) == "workbookPr":
                self.is_1904 = element.get("date1904") in {"1", "true"}
            elif _name(element) == "sheet":
                kind, part = parts[next(value for key, value in element.items() if key.endswith("}id"))]
                if kind == "worksheet":
                    self.sheets.append((element.get("name", ""), element.get("state", "visible") != "visible", part))
        kinds = dict(parts.values())
        self._texts = list(_shared_texts(archive, kinds["sharedStrings"])) if "sharedStrings" in kinds else []
        self._forms = _number_formats(archive, kinds["styles"]) if "styles" in kinds else []

    def read(self, part: str, until: int | None, rows_max: int) -> tuple[list[int], list[list[Any]]]:
        """The sheet's hidden columns, and its rows with content, one more than `rows_max` when there are more."""
        rows: list[list[Any]] = []
        hidden: list[int] = []
        merged: list[str] = []
        number = 0
        with self._archive.open(part) as file:
            for _, element in iterparse(file):  # noqa: S314 - the same
                name = _name(element)
                if name == "row":
                    number = int(element.get("r", number + 1))
                    if (until and number > until) or len(rows) > rows_max:
                        break
                    if cells := self._cells(element):
                        rows.append([number, element.get("hidden") in {"1", "true"}, cells])
                    element.clear()  # or a million rows would stay in memory
                elif name == "col" and element.get("hidden") in {"1", "true"}:
                    last = min(int(element.get("max", 0)), self._columns_max)
                    hidden += range(int(element.get("min", 1)) - 1, last)
                elif name == "mergeCell":
                    merged.append(element.get("ref", ""))
        _fill_downwards(rows, merged, self._columns_max)
        return hidden, rows

    def _cells(self, row: Element) -> list[Any]:
        cells: list[Any] = []
        place = -1
        for cell in row:
            reference = _REFERENCE.match(cell.get("r", ""))
            place = _column(reference[1]) if reference else place + 1
            value = self._cell(cell)
            if value is not None and value != "":
                at = min(place, self._columns_max)
                cells.extend([None] * (at + 1 - len(cells)))
                cells[at] = value
        return cells

    def _cell(self, cell: Element) -> Any:
        kind = cell.get("t", "n")
        for child in cell:
            if (name := _name(child)) == "v" and (child.text or kind == "str"):
                return self._value(kind, child.text or "", cell)
            if name == "is":
                return self._text(_text_of(child), cell)
        return ["formula", ""] if len(cell) and _name(cell[0]) == "f" else None

    def _value(self, kind: str, value: str, cell: Element) -> Any:
        match kind:
            case "s":
                return self._text(self._texts[int(value)], cell)
            case "str":
                return self._text(_unescaped(value), cell)
            case "e":
                return ["error", value]
            case "b":
                return value in {"1", "true"}
            case "d":
                return _day(value)
        return self._number(value, self._form(cell))

    def _text(self, text: str, cell: Element) -> Any:
        form = self._form(cell)
        return text if form in _AS_IT_IS else _plain(shown_text(text, form))

    def _number(self, value: str, form: str) -> Any:
        number = int(value) if _WHOLE.fullmatch(value) else float(value)
        if not math.isfinite(number):
            return ["error", value]
        return _plain(shown(number, form, is_1904=self.is_1904))

    def _form(self, cell: Element) -> str:
        style = int(cell.get("s", 0))
        return self._forms[style] if style < len(self._forms) else "General"


@lru_cache(maxsize=256)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _name(element: Element) -> str:
    return _local(element.tag)


def _all(archive: ZipFile, path: str) -> Iterator[Element]:
    with archive.open(path) as file:
        yield from parse(file).getroot().iter()  # noqa: S314 - the same


def _parts_of(archive: ZipFile, path: str) -> dict[str, tuple[str, str]]:
    """What this part of the archive refers to, by the id it uses: the kind and the path of each."""
    links = join(dirname(path), "_rels", f"{basename(path)}.rels")
    found = {}
    for link in _all(archive, links):
        target = link.get("Target", "")
        part = target.lstrip("/") if target.startswith("/") else normpath(join(dirname(path), target))
        found[link.get("Id", "")] = (link.get("Type", "").rpartition("/")[2], part)
    return found


def _shared_texts(archive: ZipFile, path: str) -> Iterator[str]:
    with archive.open(path) as file:
        for _, element in iterparse(file):  # noqa: S314 - the same
            if _name(element) == "si":
                yield _text_of(element)
                element.clear()


def _number_formats(archive: ZipFile, path: str) -> list[str]:
    """The format of each style of cells."""
    codes = dict(BUILT_IN)
    for element in _all(archive, path):
        if _name(element) == "numFmt":
            codes[int(element.get("numFmtId", 0))] = element.get("formatCode") or "General"
        elif _name(element) == "cellXfs":
            return [codes.get(int(style.get("numFmtId", 0)), "General") for style in element]
    return []


def _text_of(element: Element) -> str:
    """The text of a cell, also where parts of it are formatted; not what tells how it is pronounced."""
    parts = [part for child in element for part in (child if _name(child) == "r" else [child])]
    return _unescaped("".join(part.text or "" for part in parts if _name(part) == "t"))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _plain(cell: Any) -> Any:
    if isinstance(cell, Day):
        return ["day", cell.iso]
    return ["form", cell.code] if isinstance(cell, Unshown) else cell


def _day(written: str) -> Any:
    with suppress(ValueError):
        return ["day", date.fromisoformat(written[:10]).isoformat()]
    return written


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _fill_downwards(rows: list[list[Any]], merged: list[str], columns_max: int) -> None:
    """A cell that was merged with those below it stands in each of their rows, as people see it."""
    numbers = [number for number, _, _ in rows]
    for reference in merged:
        corners = _REFERENCE.findall(reference)
        if len(corners) != 2 or corners[0][1] == corners[1][1]:  # noqa: PLR2004 - first and last
            continue
        place, first, last = _column(corners[0][0]), int(corners[0][1]), int(corners[1][1])
        top = rows[bisect_left(numbers, first) : bisect_right(numbers, first)]
        value = top[0][2][place] if top and place < min(len(top[0][2]), columns_max) else None
        for _, _, cells in (
            rows[bisect_right(numbers, first) : bisect_right(numbers, last)] if value is not None else []
        ):
            cells.extend([None] * (place + 1 - len(cells)))
            cells[place] = value if cells[place] is None else cells[place]
