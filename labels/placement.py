"""Where on its page a label goes, and how a printer's faults are made good."""

from typing import NamedTuple

from labels.errors import StockError
from labels.stock import Stock, check_stock

_OFFSET_MAX_MM = 15.0
_SCALE = (0.9, 1.1)
_OFF_PAGE_MM = 2.0


class Placement(NamedTuple):
    """What makes good a printer's faults: a shift, and a scale about the page's top left corner."""

    offset_x_mm: float = 0.0
    offset_y_mm: float = 0.0
    scale: float = 1.0


def checked(stock: Stock, start: int, placement: Placement) -> Placement:
    """The placement, if labels can be printed so from position `start` on.

    Raises `StockError`: the stock, the start or the placement is impossible, and why.
    """
    check_stock(stock)
    if not 1 <= start <= stock.per_sheet:
        if stock.per_sheet == 1:
            raise StockError(
                "{stock} has one label; printing cannot start at label {start}.", stock=stock.title, start=start
            )
        raise StockError(
            "A sheet of {stock} has {labels} labels; printing cannot start at label {start}.",
            stock=stock.title, labels=stock.per_sheet, start=start,
        )  # fmt: skip
    if not all(abs(offset) <= _OFFSET_MAX_MM for offset in placement[:2]):  # also refuses NaN
        raise StockError("An offset is at most {most} mm either way.", most=_OFFSET_MAX_MM)
    if not _SCALE[0] <= placement.scale <= _SCALE[1]:
        raise StockError("The scale is from {least} to {most}.", least=_SCALE[0], most=_SCALE[1])
    if _beyond_the_page(stock, placement) > _OFF_PAGE_MM:
        raise StockError("With this offset and scale, labels leave the page by more than 2 mm.")
    return placement


def origin(stock: Stock, position: int, placement: Placement) -> tuple[float, float]:
    """The left and top edge, on the page, of the label at a 1-based position."""
    x, y = stock.place_mm(position)
    return placement.scale * x + placement.offset_x_mm, placement.scale * y + placement.offset_y_mm


def _beyond_the_page(stock: Stock, placement: Placement) -> float:
    """How far the outermost label lies outside its page; negative where all lie on it."""
    left, top = origin(stock, 1, placement)
    last_left, last_top = origin(stock, stock.per_sheet, placement)
    right = last_left + stock.label_width_mm * placement.scale
    bottom = last_top + stock.label_height_mm * placement.scale
    return max(-left, -top, right - stock.page_mm[0], bottom - stock.page_mm[1])
