"""Where everything on a label goes: the QR on whole dots, its quiet zone, the mark, and the room left for lines of text."""

import math

from msgspec import Struct

from labels.errors import LabelError
from labels.lines import Box, Line, fitting_lines
from labels.qr import Level, Matrix, matrix
from labels.stock import QUIET_MODULES, Stock, check_dpi
from labels.text import LabelText, check_text

MM_PER_INCH = 25.4
NOMINAL_DPI = 600  # vector modules are whole dots of this grid, hence of the usual laser printers

_MODULE_MAX_MM = 0.75  # beyond this a larger QR reads no better, and the text needs the room
_LEVEL_Q_FROM_MM = 20.0
_QR_SHARE = 0.46  # of a wide label's width

_GAP_MM = 0.6  # from quiet zone to text; more than any glyph hangs over its left edge
_MARK_MM, _MARK_GAP_MM = 9.0, 0.8
_MARK_ROOM_MM = 22.0
_SLACK = 1e-6  # of a dot: a length that is a whole number of dots stays one after a division


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


def arrange(text: LabelText, stock: Stock, *, dpi: int, mark_ratio: float | None = None) -> Layout:
    """Lay a label out for a printer of `dpi` dots per inch; `mark_ratio` is the mark's width over its height, if any.

    Raises `LabelError`: the QR or the code does not fit, and why.
    """
    check_text(text)
    check_dpi(dpi)
    symbol, dots = _symbol(text.url, stock, dpi)
    dot = MM_PER_INCH / dpi
    module = dots * MM_PER_INCH / dpi
    quiet = _quiet_box(stock, _modules(symbol) * module, dot)
    mark, room = _mark_and_room(mark_ratio, _text_room(stock, quiet))
    return Layout(
        width=stock.label_width_mm,
        height=stock.label_height_mm,
        matrix=symbol,
        module=module,
        quiet=quiet,
        lines=tuple(fitting_lines(text, room)),
        mark=mark,
    )


def _symbol(url: str, stock: Stock, dpi: int) -> tuple[Matrix, int]:
    """The symbol and its module in dots: level Q where that leaves it at least 20 mm, level M otherwise."""
    side = min(stock.label_width_mm, stock.label_height_mm)
    levels: tuple[Level, ...] = ("Q", "M") if side >= _LEVEL_Q_FROM_MM else ("M",)
    for level in levels:
        symbol = matrix(url, level)
        dots = _module_dots(symbol, stock, dpi)
        drawn = _modules(symbol) * dots * MM_PER_INCH / dpi
        if dots and (level == "M" or drawn >= _LEVEL_Q_FROM_MM):
            return symbol, dots
    smallest = _smallest_dots(stock, dpi) * MM_PER_INCH / dpi
    modules = _modules(symbol)
    raise LabelError(
        "A QR of {characters} characters needs {needed} mm at {dpi} dpi ({modules} modules with the quiet zone, the smallest of "
        "{least} mm or more being {smallest} mm), but {stock} leaves {side} mm. Use a shorter address, a larger label or a finer "
        "printer.",
        characters=len(url), needed=round(modules * smallest, 1), dpi=dpi, modules=modules, least=stock.module_min_mm,
        smallest=round(smallest, 2), stock=stock.title, side=side,
    )  # fmt: skip


def _modules(symbol: Matrix) -> int:
    """The modules along one side, quiet zone included."""
    return symbol.size + 2 * QUIET_MODULES


def _module_dots(symbol: Matrix, stock: Stock, dpi: int) -> int:
    """The module in whole dots: as large as serves, never below the stock's smallest; 0 where that does not fit."""
    modules = _modules(symbol)
    dots_per_mm = dpi / MM_PER_INCH
    width, height = stock.label_width_mm, stock.label_height_mm
    smallest = _smallest_dots(stock, dpi)
    largest = math.floor(min(width, height) / modules * dots_per_mm + _SLACK)
    wanted = min(height, width * _QR_SHARE) if height <= width else min(width, height * _QR_SHARE)
    wanted_dots = math.floor(wanted / modules * dots_per_mm + _SLACK)
    dots = min(largest, wanted_dots, math.floor(_MODULE_MAX_MM * dots_per_mm))
    return max(dots, smallest) if smallest <= largest else 0


def _smallest_dots(stock: Stock, dpi: int) -> int:
    """The stock's smallest module in whole dots of this printer."""
    return math.ceil(stock.module_min_mm * dpi / MM_PER_INCH - _SLACK)


def _padding(stock: Stock) -> float:
    """The white edge that text keeps, so that a sheet fed a little askew still prints it whole."""
    return 1.2 if stock.label_height_mm >= 15 else 0.6  # noqa: PLR2004 - small labels cannot spare more


def _is_tall(stock: Stock) -> bool:
    """Whether the text goes below the QR instead of beside it."""
    return stock.label_height_mm > stock.label_width_mm


def _quiet_box(stock: Stock, side: float, dot: float) -> Box:
    """The QR with its quiet zone, on whole dots: at the left in the middle, or on a tall label at the top."""
    middle = (stock.label_height_mm - side) / 2
    padding = min(_padding(stock), middle)
    x, y = ((stock.label_width_mm - side) / 2, padding) if _is_tall(stock) else (padding, middle)
    return Box(math.floor(x / dot + _SLACK) * dot, math.floor(y / dot + _SLACK) * dot, side, side)


def _text_room(stock: Stock, quiet: Box) -> Box:
    """What the QR leaves of the label, within the white edge."""
    pad = _padding(stock)
    if _is_tall(stock):
        top = quiet.y + quiet.height + _GAP_MM
        return Box(pad, top, stock.label_width_mm - 2 * pad, stock.label_height_mm - pad - top)
    left = quiet.x + quiet.width + _GAP_MM
    return Box(left, pad, stock.label_width_mm - pad - left, stock.label_height_mm - 2 * pad)


def _mark_and_room(ratio: float | None, room: Box) -> tuple[Box | None, Box]:
    """The mark at the room's top, at most 9 mm high, and the room below it; no mark where the room is low."""
    if not ratio or room.height < _MARK_ROOM_MM:
        return None, room
    height = min(_MARK_MM, room.width / ratio)
    taken = height + _MARK_GAP_MM
    below = Box(room.x, room.y + taken, room.width, room.height - taken)
    return Box(room.x, room.y, height * ratio, height), below
