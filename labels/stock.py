"""What a label stock is, in millimetres, and the check that it can be printed at all."""

import math
import re

from msgspec import Struct

from labels.errors import StockError, Word

MODULE_MIN_MM = 0.40
MODULE_FLOOR_MM = 0.254  # 10 mil, three dots at 300 dpi: nothing smaller may be asked for
QUIET_MODULES = 4

_SMALLEST_SYMBOL = 25 + 2 * QUIET_MODULES  # version 2, what a short URL in capitals needs at level M
_CODE_ROOM_MM = 7.0  # beside or below the QR, for four characters to a line
_LABEL_SIDE_MM = (8.0, 320.0)
_PAGE_SIDE_MM = (20.0, 1000.0)
_GRID_MAX = 60
_DPI = (150, 1200)
_TOLERANCE_MM = 0.051


class Stock(Struct, frozen=True, kw_only=True):
    """A sheet of labels, or a roll (no page: each label is its own page). All lengths in millimetres.

    Margins are from the page's left and top edge to the first label; pitch is from one label's edge to the next one's.
    `module_min_mm` is the smallest QR module allowed on this stock; below 0.40 only where the label leaves no choice.
    """

    name: str
    title: str
    label_width_mm: float
    label_height_mm: float
    page_width_mm: float | None = None
    page_height_mm: float | None = None
    columns: int = 1
    rows: int = 1
    margin_left_mm: float = 0.0
    margin_top_mm: float = 0.0
    pitch_x_mm: float = 0.0
    pitch_y_mm: float = 0.0
    corner_mm: float = 0.0
    dpi: int = 300
    module_min_mm: float = MODULE_MIN_MM

    @property
    def per_sheet(self) -> int:
        return self.columns * self.rows

    @property
    def is_roll(self) -> bool:
        return self.page_width_mm is None

    @property
    def page_mm(self) -> tuple[float, float]:
        """The page's width and height; for a roll, the label's."""
        if self.page_width_mm is None or self.page_height_mm is None:
            return self.label_width_mm, self.label_height_mm
        return self.page_width_mm, self.page_height_mm

    @property
    def least_mm(self) -> tuple[float, float]:
        """The shorter and the longer side that a QR with its quiet zone, and the code beside it, need."""
        needed = _SMALLEST_SYMBOL * self.module_min_mm
        return needed, needed + _CODE_ROOM_MM

    def place_mm(self, position: int) -> tuple[float, float]:
        """The left and top edge of the label at a 1-based position, row by row from the top left."""
        row, column = divmod(position - 1, self.columns)
        return self.margin_left_mm + column * self.pitch_x_mm, self.margin_top_mm + row * self.pitch_y_mm


def check_stock(stock: Stock) -> None:
    """Raise `StockError`, with what is wrong, unless the labels lie on the page, apart, and can hold a QR."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", stock.name):
        raise StockError("A stock's name is 1 to 40 small letters, digits and hyphens.")
    if not 1 <= len(stock.title) <= 80 or not stock.title.isprintable():  # noqa: PLR2004 - a title fits one line
        raise StockError("A stock's title has 1 to 80 characters.")
    _check_sizes(stock)
    if stock.is_roll:
        if stock.per_sheet != 1 or stock.margin_left_mm or stock.margin_top_mm:
            raise StockError("A roll has one label to a page, without margins.")
    else:
        _check_grid(stock)
    needed, with_code = stock.least_mm
    if min(stock.label_width_mm, stock.label_height_mm) < needed - 1e-9:
        raise StockError(
            "A label of {width} × {height} mm is too small: a QR with its quiet zone needs {needed} mm at modules of {module} mm.",
            width=stock.label_width_mm, height=stock.label_height_mm, needed=round(needed, 1), module=stock.module_min_mm,
        )  # fmt: skip
    if max(stock.label_width_mm, stock.label_height_mm) < with_code:
        raise StockError(
            "A label of {width} × {height} mm has no room for the code beside its QR.",
            width=stock.label_width_mm, height=stock.label_height_mm,
        )  # fmt: skip


def _check_sizes(stock: Stock) -> None:
    if (stock.page_width_mm is None) != (stock.page_height_mm is None):
        raise StockError("Give both the page's width and its height, or neither for a roll.")
    lengths = {
        Word("label width"): (stock.label_width_mm, *_LABEL_SIDE_MM),
        Word("label height"): (stock.label_height_mm, *_LABEL_SIDE_MM),
        Word("page width"): (stock.page_mm[0], *(_LABEL_SIDE_MM if stock.is_roll else _PAGE_SIDE_MM)),
        Word("page height"): (stock.page_mm[1], *(_LABEL_SIDE_MM if stock.is_roll else _PAGE_SIDE_MM)),
        Word("left margin"): (stock.margin_left_mm, 0.0, _PAGE_SIDE_MM[1]),
        Word("top margin"): (stock.margin_top_mm, 0.0, _PAGE_SIDE_MM[1]),
        Word("horizontal pitch"): (stock.pitch_x_mm, 0.0, _PAGE_SIDE_MM[1]),
        Word("vertical pitch"): (stock.pitch_y_mm, 0.0, _PAGE_SIDE_MM[1]),
        Word("corner radius"): (stock.corner_mm, 0.0, _LABEL_SIDE_MM[1] / 2),
        Word("smallest module"): (stock.module_min_mm, MODULE_FLOOR_MM, 2.0),
    }
    for what, (length, low, high) in lengths.items():
        if not math.isfinite(length) or not low <= length <= high:
            raise StockError(
                "The {what} must be from {low} to {high} mm, not {length}.",
                what=what,
                low=low,
                high=high,
                length=length,
            )
    if not (1 <= stock.columns <= _GRID_MAX and 1 <= stock.rows <= _GRID_MAX):
        raise StockError("A sheet has 1 to {most} columns and 1 to {most} rows.", most=_GRID_MAX)
    check_dpi(stock.dpi)


def _check_grid(stock: Stock) -> None:
    axes = (
        (
            Word("columns"),
            stock.columns,
            stock.pitch_x_mm,
            stock.label_width_mm,
            stock.margin_left_mm,
            stock.page_mm[0],
        ),
        (Word("rows"), stock.rows, stock.pitch_y_mm, stock.label_height_mm, stock.margin_top_mm, stock.page_mm[1]),
    )
    for what, count, pitch, side, margin, page in axes:
        if count > 1 and pitch < side - 1e-9:
            raise StockError(
                "The {what} overlap: labels of {side} mm stand only {pitch} mm apart.",
                what=what,
                side=side,
                pitch=pitch,
            )
        end = margin + (count - 1) * pitch + side
        if end > page + _TOLERANCE_MM:
            raise StockError(
                "The {what} leave the page: they end at {end} mm of {page} mm.", what=what, end=round(end, 1), page=page
            )


def check_dpi(dpi: int) -> None:
    """Raise `StockError` for a resolution no label printer has."""
    if not _DPI[0] <= dpi <= _DPI[1]:
        raise StockError(
            "The resolution must be from {least} to {most} dpi, not {dpi}.", least=_DPI[0], most=_DPI[1], dpi=dpi
        )
