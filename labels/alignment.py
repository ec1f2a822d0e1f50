"""The page that shows whether a printer is aligned: to be held against a sheet of labels before printing."""

import math
from collections.abc import Iterator

from labels.drawing import caption
from labels.fonts import face, printable
from labels.placement import Placement, origin
from labels.stock import Stock

_RULER_MAX_MM = 100
_SIZE_MAX_MM = 2.4


def alignment_page(stock: Stock, placement: Placement) -> str:
    """Every label's outline and number, a ruler, and how to use them, as drawing commands."""
    return "".join(("0.1 w\n", *_outlines(stock, placement), *_ruler(stock, placement)))


def _outlines(stock: Stock, placement: Placement) -> Iterator[str]:
    page_height = stock.page_mm[1]
    width, height = stock.label_width_mm * placement.scale, stock.label_height_mm * placement.scale
    for position in range(1, stock.per_sheet + 1):
        x, y = origin(stock, position, placement)
        yield f"{x:.4f} {page_height - y - height:.4f} {width:.4f} {height:.4f} re S\n"
        yield caption(str(position), x + 0.6, page_height - y - 2.2, 2.0)


def _ruler(stock: Stock, placement: Placement) -> Iterator[str]:
    """A line with a tick every 10 mm, from the first label on, and what it is for below it."""
    page_width, page_height = stock.page_mm
    x, y = origin(stock, 1, placement)
    scale = placement.scale
    length = min(_RULER_MAX_MM, 10 * math.floor((page_width - 10) / 10))
    level = page_height - y - 0.36 * stock.label_height_mm * scale
    left = x + 2.5
    yield f"{left:.4f} {level:.4f} m {left + length * scale:.4f} {level:.4f} l S\n"
    for mm in range(0, length + 1, 10):
        yield f"{left + mm * scale:.4f} {level:.4f} m {left + mm * scale:.4f} {level - 1:.4f} l S\n"

    size = min(0.14 * stock.label_height_mm, _SIZE_MAX_MM)
    sentences = (printable(stock.title), "cetak 100% · print at 100%", f"garis · ruler: {length} mm")
    for number, sentence in enumerate(sentences, 1):
        fitting = min(size, (stock.label_width_mm - 3) / face(bold=False).width(sentence))
        yield caption(sentence, left, level - 1.2 - number * size * 1.25, fitting)
