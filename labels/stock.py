"""Label stocks as data, in millimetres, and the check that a stock can be printed at all."""

import math
import re

from msgspec import Struct

from labels.errors import StockError

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
            f"A label of {stock.label_width_mm:g} × {stock.label_height_mm:g} mm is too small: a QR with its quiet zone "
            f"needs {needed:.1f} mm at modules of {stock.module_min_mm:.2f} mm."
        )
    if max(stock.label_width_mm, stock.label_height_mm) < with_code:
        raise StockError(
            f"A label of {stock.label_width_mm:g} × {stock.label_height_mm:g} mm has no room for the code beside its QR."
        )


def _check_sizes(stock: Stock) -> None:
    if (stock.page_width_mm is None) != (stock.page_height_mm is None):
        raise StockError("Give both the page's width and its height, or neither for a roll.")
    lengths = {
        "label width": (stock.label_width_mm, *_LABEL_SIDE_MM),
        "label height": (stock.label_height_mm, *_LABEL_SIDE_MM),
        "page width": (stock.page_mm[0], *(_LABEL_SIDE_MM if stock.is_roll else _PAGE_SIDE_MM)),
        "page height": (stock.page_mm[1], *(_LABEL_SIDE_MM if stock.is_roll else _PAGE_SIDE_MM)),
        "left margin": (stock.margin_left_mm, 0.0, _PAGE_SIDE_MM[1]),
        "top margin": (stock.margin_top_mm, 0.0, _PAGE_SIDE_MM[1]),
        "horizontal pitch": (stock.pitch_x_mm, 0.0, _PAGE_SIDE_MM[1]),
        "vertical pitch": (stock.pitch_y_mm, 0.0, _PAGE_SIDE_MM[1]),
        "corner radius": (stock.corner_mm, 0.0, _LABEL_SIDE_MM[1] / 2),
        "smallest module": (stock.module_min_mm, MODULE_FLOOR_MM, 2.0),
    }
    for what, (length, low, high) in lengths.items():
        if not math.isfinite(length) or not low <= length <= high:
            raise StockError(f"The {what} must be from {low:g} to {high:g} mm, not {length:g}.")
    if not (1 <= stock.columns <= _GRID_MAX and 1 <= stock.rows <= _GRID_MAX):
        raise StockError(f"A sheet has 1 to {_GRID_MAX} columns and 1 to {_GRID_MAX} rows.")
    check_dpi(stock.dpi)


def _check_grid(stock: Stock) -> None:
    axes = (
        ("columns", stock.columns, stock.pitch_x_mm, stock.label_width_mm, stock.margin_left_mm, stock.page_mm[0]),
        ("rows", stock.rows, stock.pitch_y_mm, stock.label_height_mm, stock.margin_top_mm, stock.page_mm[1]),
    )
    for what, count, pitch, side, margin, page in axes:
        if count > 1 and pitch < side - 1e-9:
            raise StockError(f"The {what} overlap: labels of {side:g} mm stand only {pitch:g} mm apart.")
        end = margin + (count - 1) * pitch + side
        if end > page + _TOLERANCE_MM:
            raise StockError(f"The {what} leave the page: they end at {end:g} mm of {page:g} mm.")


def check_dpi(dpi: int) -> None:
    """Raise `StockError` for a resolution no label printer has."""
    if not _DPI[0] <= dpi <= _DPI[1]:
        raise StockError(f"The resolution must be from {_DPI[0]} to {_DPI[1]} dpi, not {dpi}.")


def _sheet(
    name: str, title: str, page: tuple[float, float], label: tuple[float, float], grid: tuple[int, int],
    pitch: tuple[float, float], *, corner: float, module_min: float = MODULE_MIN_MM,
) -> Stock:  # fmt: skip
    """A sheet whose grid lies in the middle of its page, as all those below do."""
    spans = [side + (count - 1) * step for side, count, step in zip(label, grid, pitch, strict=True)]
    left, top = (round((side - span) / 2, 3) for side, span in zip(page, spans, strict=True))
    return Stock(
        name=name, title=title, page_width_mm=page[0], page_height_mm=page[1], label_width_mm=label[0],
        label_height_mm=label[1], columns=grid[0], rows=grid[1], margin_left_mm=left, margin_top_mm=top,
        pitch_x_mm=pitch[0], pitch_y_mm=pitch[1], corner_mm=corner, module_min_mm=module_min,
    )  # fmt: skip


def _roll(name: str, title: str, width: float, height: float) -> Stock:
    return Stock(name=name, title=title, label_width_mm=width, label_height_mm=height, corner_mm=1.5, dpi=203)


_TJ_TALL, _TJ_WIDE, _A4 = (165.0, 210.0), (210.0, 165.0), (210.0, 297.0)

# Published geometries disagree, hence the alignment page, the offsets and "print at 100 %".
# Tom & Jerry prints only label sizes on its packs. Open-source projects that print on them give, for 103: 63 × 31 at pitch
# 67 × 38 on a page of 210 × 164; for 107: margins of 3 and 7, gaps of 5 and 2 (and once 3 × 8 labels); for 108: 38 × 18 or
# 38 × 19, as 5 × 8, as 4 × 10 on 165 × 210, or on 127 × 205; for 121: the A4 grid of another maker. Ours: the sizes on the
# pack, the gaps most agree on, the grid in the middle of the page.
# Avery, against glabels' templates: L7160 left 7.25 and pitch 66.0 (glabels 7.48 and 66.04); L7163 left 4.65, pitch 101.6
# (3.35 and 103.0); L7651 left 4.75, pitch 40.6 (4.7 and 40.6); L4731 pitch 27.9 (a project says 2.5 mm gaps with a margin
# of 9; glabels' sheet of the same labels, 8658, has 28.5 × 10.14); L4736 is in none of them.
# L4731 is 10 mm high: the 33 modules of a QR with its quiet zone would need 13.2 mm at 0.40, so this one stock goes down to
# 10 mil. It needs 300 dpi; at 203 dpi it is refused.
_ALL = (
    _sheet("tj-103", "Tom & Jerry 103 · 64 × 32 mm", _TJ_WIDE, (64.0, 32.0), (3, 4), (67.0, 38.0), corner=2.0),
    _sheet("tj-107", "Tom & Jerry 107 · 50 × 18 mm", _TJ_TALL, (50.0, 18.0), (3, 10), (55.0, 20.0), corner=2.0),
    _sheet("tj-108", "Tom & Jerry 108 · 38 × 19 mm", _TJ_WIDE, (38.0, 19.0), (5, 8), (41.0, 20.0), corner=2.0),
    _sheet("tj-121", "Tom & Jerry 121 · 75 × 38 mm", _TJ_TALL, (75.0, 38.0), (2, 5), (79.0, 40.0), corner=2.0),
    _sheet("l7160", "Avery L7160 · 63.5 × 38.1 mm", _A4, (63.5, 38.1), (3, 7), (66.0, 38.1), corner=1.5),
    _sheet("l7163", "Avery L7163 · 99.1 × 38.1 mm", _A4, (99.1, 38.1), (2, 7), (101.6, 38.1), corner=1.5),
    _sheet("l7651", "Avery L7651 · 38.1 × 21.2 mm", _A4, (38.1, 21.2), (5, 13), (40.6, 21.2), corner=1.5),
    _sheet(
        "l4731", "Avery L4731 · 25.4 × 10 mm", _A4, (25.4, 10.0), (7, 27), (27.9, 10.0),
        corner=1.0, module_min=MODULE_FLOOR_MM,
    ),
    _sheet("l4736", "Avery L4736 · 45.7 × 21.2 mm", _A4, (45.7, 21.2), (4, 12), (48.3, 21.2), corner=1.5),
    _roll("roll-50x30", "Roll 50 × 30 mm", 50.0, 30.0),
    _roll("roll-57x40", "Roll 57 × 40 mm", 57.0, 40.0),
    _roll("roll-30x20", "Roll 30 × 20 mm", 30.0, 20.0),
    _roll("roll-62", "Brother 62 mm · 62 × 29 mm", 62.0, 29.0),
)  # fmt: skip

STOCKS: dict[str, Stock] = {stock.name: stock for stock in _ALL}
