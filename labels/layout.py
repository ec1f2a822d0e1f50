"""Where everything on a label goes: the QR on whole dots, its quiet zone, and the lines that fit beside it.

What fits decides what is shown. The code is always there; then, as room allows, kode barang and NUP, the institution,
the item's name, its office, UAKPB and year. A line is shrunk, then wrapped to two, then dropped or cut with an ellipsis.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct

from labels.errors import LabelError
from labels.fonts import ASCENT, DESCENT, face, printable
from labels.qr import Level, Matrix, matrix
from labels.stock import QUIET_MODULES, Stock, check_dpi
from labels.text import LabelText, check_text, grouped

MM_PER_INCH = 25.4

_MODULE_MAX_MM = 0.75  # beyond this a larger QR reads no better, and the text needs the room
_LEVEL_Q_FROM_MM = 20.0
_QR_SHARE = 0.46  # of a wide label's width

_GAP_MM = 0.6  # from quiet zone to text; more than any glyph hangs over its left edge
_SIZE_MAX_MM, _SIZE_MIN_MM, _SIZE_STEP_MM = 3.2, 1.6, 0.1
_CODE_SCALE = 1.35
_LINES_MAX = 2
_MARK_MM, _MARK_GAP_MM = 9.0, 0.8
_MARK_ROOM_MM = 22.0


class Line(NamedTuple):
    """One line of text: its left end on the baseline and its size, in millimetres from the label's top left."""

    x: float
    y: float
    size: float
    bold: bool
    text: str


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float


class Layout(Struct, frozen=True):
    """A label ready to draw, in millimetres from its top left. `quiet` includes the symbol and its quiet zone."""

    width: float
    height: float
    matrix: Matrix
    module: float
    quiet: Box
    lines: tuple[Line, ...]
    mark: Box | None

    @property
    def symbol(self) -> tuple[float, float]:
        """The top left corner of the first module."""
        return self.quiet.x + QUIET_MODULES * self.module, self.quiet.y + QUIET_MODULES * self.module


class _Field(NamedTuple):
    """One fact; `whole` where an ellipsis would make it another number."""

    text: str
    bold: bool = False
    scale: float = 1.0
    whole: bool = False


class _Manner(NamedTuple):
    """How far the text may be squeezed: lines for a number, and whether names may end in an ellipsis."""

    number_lines: int
    ellipsis: bool


_MANNERS = (_Manner(1, ellipsis=False), _Manner(_LINES_MAX, ellipsis=False), _Manner(_LINES_MAX, ellipsis=True))


def arrange(text: LabelText, stock: Stock, *, dpi: int, mark_ratio: float | None = None) -> Layout:
    """Lay a label out for a printer of `dpi` dots per inch; `mark_ratio` is the mark's width over its height, if any.

    Raises:
        LabelError: the QR or the code does not fit, and why.
    """
    check_text(text)
    check_dpi(dpi)
    symbol, dots = _symbol(text.url, stock, dpi)
    module = dots * MM_PER_INCH / dpi
    quiet = _quiet_box(stock, (symbol.size + 2 * QUIET_MODULES) * module, MM_PER_INCH / dpi)
    room = _text_room(stock, quiet)
    mark = None
    if mark_ratio and room.height >= _MARK_ROOM_MM:
        height = min(_MARK_MM, room.width / mark_ratio)
        mark = Box(room.x, room.y, height * mark_ratio, height)
        taken = height + _MARK_GAP_MM
        room = Box(room.x, room.y + taken, room.width, room.height - taken)
    return Layout(
        width=stock.label_width_mm,
        height=stock.label_height_mm,
        matrix=symbol,
        module=module,
        quiet=quiet,
        lines=tuple(_lines(text, room)),
        mark=mark,
    )


def _symbol(url: str, stock: Stock, dpi: int) -> tuple[Matrix, int]:
    """The symbol and its module in dots: level Q where that leaves it at least 20 mm, level M otherwise."""
    side = min(stock.label_width_mm, stock.label_height_mm)
    levels: tuple[Level, ...] = ("Q", "M") if side >= _LEVEL_Q_FROM_MM else ("M",)
    for level in levels:
        symbol = matrix(url, level)
        dots = _module_dots(symbol, stock, dpi)
        drawn = (symbol.size + 2 * QUIET_MODULES) * dots * MM_PER_INCH / dpi
        if dots and (level == "M" or drawn >= _LEVEL_Q_FROM_MM):
            return symbol, dots
    smallest = math.ceil(stock.module_min_mm * dpi / MM_PER_INCH - 1e-6) * MM_PER_INCH / dpi
    modules = symbol.size + 2 * QUIET_MODULES
    raise LabelError(
        f"A QR of {len(url)} characters needs {modules * smallest:.1f} mm at {dpi} dpi ({modules} modules with the quiet "
        f"zone, the smallest of {stock.module_min_mm:.2f} mm or more being {smallest:.2f} mm), but {stock.title} leaves "
        f"{side:g} mm. Use a shorter address, a larger label or a finer printer."
    )


def _module_dots(symbol: Matrix, stock: Stock, dpi: int) -> int:
    """The module in whole dots: as large as serves, never below the stock's smallest; 0 where that does not fit."""
    modules = symbol.size + 2 * QUIET_MODULES
    dots_per_mm = dpi / MM_PER_INCH
    width, height = stock.label_width_mm, stock.label_height_mm
    smallest = math.ceil(stock.module_min_mm * dots_per_mm - 1e-6)
    largest = math.floor(min(width, height) / modules * dots_per_mm + 1e-6)
    wanted = min(height, width * _QR_SHARE) if height <= width else min(width, height * _QR_SHARE)
    dots = min(largest, math.floor(wanted / modules * dots_per_mm), math.floor(_MODULE_MAX_MM * dots_per_mm))
    return max(dots, smallest) if smallest <= largest else 0


def _padding(stock: Stock) -> float:
    """The white edge that text keeps, so that a sheet fed a little askew still prints it whole."""
    return 1.2 if stock.label_height_mm >= 15 else 0.6  # noqa: PLR2004 - small labels cannot spare more


def _quiet_box(stock: Stock, side: float, dot: float) -> Box:
    """The QR with its quiet zone, on whole dots: at the left in the middle, or on a tall label at the top."""
    if stock.label_height_mm > stock.label_width_mm:
        x, y = (stock.label_width_mm - side) / 2, min(_padding(stock), (stock.label_height_mm - side) / 2)
    else:
        x, y = min(_padding(stock), (stock.label_height_mm - side) / 2), (stock.label_height_mm - side) / 2
    return Box(math.floor(x / dot + 1e-6) * dot, math.floor(y / dot + 1e-6) * dot, side, side)


def _text_room(stock: Stock, quiet: Box) -> Box:
    pad = _padding(stock)
    if stock.label_height_mm > stock.label_width_mm:
        top = quiet.y + quiet.height + _GAP_MM
        return Box(pad, top, stock.label_width_mm - 2 * pad, stock.label_height_mm - pad - top)
    left = quiet.x + quiet.width + _GAP_MM
    return Box(left, pad, stock.label_width_mm - pad - left, stock.label_height_mm - 2 * pad)


def _lines(text: LabelText, room: Box) -> list[Line]:
    """As many fields as fit, in reading order, each as large as the room allows."""
    fields, order = _fields(text)
    for count in range(len(order), 0, -1):
        shown = [fields[index] for index in sorted(order[:count])]
        for manner in _MANNERS:
            size = _largest_size(shown, room, manner)
            if size:
                return _placed(shown, room, size, manner)
    left = " × ".join(f"{max(side, 0):.1f}" for side in (room.width, room.height))
    raise LabelError(f"The code {text.code} does not fit beside the QR: {left} mm are left.")


def _fields(text: LabelText) -> tuple[list[_Field], list[int]]:
    """The fields in reading order, and their places in that list by importance."""
    code = grouped(text.code) + (f" v{text.version}" if text.version > 1 else "")
    if text.draft:
        code = f"DRAF {code}"
    named = {
        "institution": _Field(printable(text.institution), bold=True),
        "uakpb_year": _Field(printable(text.uakpb_year), whole=True),
        "item_code": _Field(printable(text.item_code), whole=True),
        "name": _Field(printable(text.name)),
        "office": _Field(printable(text.office)),
        "code": _Field(code, bold=True, scale=_CODE_SCALE),
    }
    shown = [key for key, field in named.items() if field.text.strip("? ")]
    importance = ("code", "item_code", "institution", "name", "office", "uakpb_year")
    return [named[key] for key in shown], [shown.index(key) for key in importance if key in shown]


def _largest_size(fields: Sequence[_Field], room: Box, manner: _Manner) -> float | None:
    """The largest size at which all fields fit in this manner, by bisection over the steps."""
    if not _fits(fields, room, _SIZE_MIN_MM, manner):
        return None
    low, high = 0, 0 if manner.ellipsis else round((_SIZE_MAX_MM - _SIZE_MIN_MM) / _SIZE_STEP_MM)
    while low < high:
        middle = (low + high + 1) // 2
        if _fits(fields, room, _SIZE_MIN_MM + middle * _SIZE_STEP_MM, manner):
            low = middle
        else:
            high = middle - 1
    return _SIZE_MIN_MM + low * _SIZE_STEP_MM


def _fits(fields: Sequence[_Field], room: Box, size: float, manner: _Manner) -> bool:
    height = 0.0
    for field in fields:
        lines = _set(field, room, size, manner)
        if not lines:
            return False
        height += len(lines) * size * field.scale * (ASCENT + DESCENT)
    return height <= room.height


def _placed(fields: Sequence[_Field], room: Box, size: float, manner: _Manner) -> list[Line]:
    """The lines, as a block in the middle of the room's height."""
    ems = [(field, size * field.scale, _set(field, room, size, manner)) for field in fields]
    height = sum(len(lines) * em for _, em, lines in ems) * (ASCENT + DESCENT)
    y = room.y + (room.height - height) / 2
    placed = []
    for field, em, lines in ems:
        for line in lines:
            placed.append(Line(room.x, y + ASCENT * em, em, field.bold, line))
            y += (ASCENT + DESCENT) * em
    return placed


def _set(field: _Field, room: Box, size: float, manner: _Manner) -> list[str]:
    lines_max = manner.number_lines if field.whole else _LINES_MAX
    return _wrapped(field, room.width / (size * field.scale), lines_max, ellipsis=manner.ellipsis)


def _wrapped(field: _Field, width_em: float, lines_max: int, *, ellipsis: bool) -> list[str]:
    """The field on one line or two of about equal length, none wider than `width_em`; empty when it does not fit."""
    ends = _word_ends(field.text, field.bold)
    if ends[-1][1] <= width_em:
        return [field.text]
    if lines_max == 1:
        return []
    total, space = ends[-1][1], _space(field.bold)
    width, end = min(((max(used, total - used - space), end) for end, used in ends[:-1]), default=(total, 0))
    if width <= width_em:
        return [field.text[:end], field.text[end + 1 :]]
    return _cut(field, width_em) if ellipsis and field.scale == 1.0 else []


def _cut(field: _Field, width_em: float) -> list[str]:
    """The field over two lines, broken anywhere, the second ended by an ellipsis."""
    advances = face(bold=field.bold).advances
    lines, rest = [], field.text
    for last in (False, True):
        room = width_em - (advances["…"] if last else 0.0)
        kept, used = 0, 0.0
        while kept < len(rest) and used + advances[rest[kept]] <= room:
            used += advances[rest[kept]]
            kept += 1
        if not kept:
            return []
        if not last and kept < len(rest):
            kept = max((rest.rfind(sign, 0, kept) + 1 for sign in " .-/"), default=0) or kept
        lines.append(rest[:kept].strip())
        rest = rest[kept:]
        if not rest:
            return lines
    return [] if field.whole else [lines[0], lines[1] + "…"]


@lru_cache(maxsize=8192)
def _word_ends(text: str, bold: bool) -> tuple[tuple[int, float], ...]:
    """Where each word ends, in characters and in em from the start of the text."""
    font = face(bold=bold)
    ends = [index for index, character in enumerate(text) if character == " "]
    return tuple((end, font.width(text[:end])) for end in (*ends, len(text)))


@lru_cache(maxsize=2)
def _space(bold: bool) -> float:
    return face(bold=bold).advances[" "]
