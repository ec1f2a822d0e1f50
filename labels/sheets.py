"""PDF: one label, a run of sheets, and the page that shows whether the printer is aligned."""

import math
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from itertools import chain
from typing import BinaryIO, NamedTuple

from PIL import Image

from labels.document import Document
from labels.errors import LabelError, StockError
from labels.fonts import face, printable
from labels.layout import MM_PER_INCH, Layout, Line, arrange
from labels.mark import Mark, one_bit, ratio
from labels.stock import Stock, check_stock
from labels.text import LabelText
from labels.vector import NOMINAL_DPI

_OFFSET_MAX_MM = 15.0
_SCALE = (0.9, 1.1)
_OFF_PAGE_MM = 2.0
_MARK_DOTS_PER_MM = 12
_MARK_HEIGHT_DOTS = 9 * _MARK_DOTS_PER_MM
_DOT_MM = MM_PER_INCH / NOMINAL_DPI


class Placement(NamedTuple):
    """How a printer's faults are made good: a shift, and a scale about the page's top left corner."""

    offset_x_mm: float = 0.0
    offset_y_mm: float = 0.0
    scale: float = 1.0


def pdf(text: LabelText, stock: Stock, mark: Mark | None = None) -> bytes:
    """One label on a page of its own size.

    Raises:
        LabelError: it would not scan, and why.
    """
    out = BytesIO()
    document = Document(out, title=text.code, picture=_picture(mark))
    layout = arrange(text, stock, dpi=NOMINAL_DPI, mark_ratio=ratio(mark))
    document.page(layout.width, layout.height, _drawn(layout, 0.0, layout.height, 1.0))
    document.close()
    return out.getvalue()


def sheet_pdf(
    texts: Iterable[LabelText],
    stock: Stock,
    *,
    start: int = 1,
    offset_x_mm: float = 0.0,
    offset_y_mm: float = 0.0,
    scale: float = 1.0,
    alignment: bool = False,
    mark: Mark | None = None,
    out: BinaryIO | None = None,
    on_label: Callable[[int], None] | None = None,
) -> bytes:
    """Labels on sheets (or one a page on a roll), from position `start` of the first sheet on.

    `offset_*_mm` (to the right and down, at most 15) and `scale` (0.9 to 1.1) make good what a printer does wrong;
    `alignment` puts the alignment page first. With `out` the PDF is written there page by page, only one page is held in
    memory, and the answer is empty. `on_label` hears the number of labels drawn after each; what it raises ends the run.

    Raises:
        StockError: the stock, the start or the placement is impossible.
        LabelError: there is no label, or one would not scan; the sentence names its code.
    """
    placement = _checked(stock, start, Placement(offset_x_mm, offset_y_mm, scale))
    texts = iter(texts)
    first = next(texts, None)
    if first is None:
        raise LabelError("There are no labels to print.")

    target = BytesIO() if out is None else out
    document = Document(target, title=f"Label {stock.title}", picture=_picture(mark))
    width, height = stock.page_mm
    if alignment:
        document.page(width, height, _alignment(stock, placement))
    for commands in _sheets(chain([first], texts), stock, start, placement, ratio(mark), on_label):
        document.page(width, height, commands)
    document.close()
    return target.getvalue() if isinstance(target, BytesIO) and out is None else b""


def alignment_pdf(stock: Stock, *, offset_x_mm: float = 0.0, offset_y_mm: float = 0.0, scale: float = 1.0) -> bytes:
    """One page with every label's outline and number and a ruler, to be held against a sheet of labels before printing.

    Raises:
        StockError: the stock or the placement is impossible.
    """
    placement = _checked(stock, 1, Placement(offset_x_mm, offset_y_mm, scale))
    out = BytesIO()
    document = Document(out, title=f"Label {stock.title}")
    document.page(*stock.page_mm, _alignment(stock, placement))
    document.close()
    return out.getvalue()


def _checked(stock: Stock, start: int, placement: Placement) -> Placement:
    check_stock(stock)
    if not 1 <= start <= stock.per_sheet:
        sheet = "one label" if stock.per_sheet == 1 else f"{stock.per_sheet} labels"
        raise StockError(f"A sheet of {stock.title} has {sheet}; printing cannot start at label {start}.")
    if not all(abs(offset) <= _OFFSET_MAX_MM for offset in placement[:2]):  # also refuses NaN
        raise StockError(f"An offset is at most {_OFFSET_MAX_MM:g} mm either way.")
    if not _SCALE[0] <= placement.scale <= _SCALE[1]:
        raise StockError(f"The scale is from {_SCALE[0]:g} to {_SCALE[1]:g}.")
    left, top, _ = _origin(stock, 1, placement)
    last_left, last_top, _ = _origin(stock, stock.per_sheet, placement)
    right = last_left + stock.label_width_mm * placement.scale
    bottom = last_top + stock.label_height_mm * placement.scale
    if min(left, top, stock.page_mm[0] - right, stock.page_mm[1] - bottom) < -_OFF_PAGE_MM:
        raise StockError("With this offset and scale, labels leave the page by more than 2 mm.")
    return placement


def _origin(stock: Stock, position: int, placement: Placement) -> tuple[float, float, float]:
    """A label's left and top edge on the page, and its scale."""
    x, y = stock.place_mm(position)
    return placement.scale * x + placement.offset_x_mm, placement.scale * y + placement.offset_y_mm, placement.scale


def _sheets(
    texts: Iterable[LabelText],
    stock: Stock,
    start: int,
    placement: Placement,
    mark_ratio: float | None,
    on_label: Callable[[int], None] | None,
) -> Iterator[str]:
    """The commands of each full or last sheet."""
    commands: list[str] = []
    position = start
    height = stock.page_mm[1]
    for count, text in enumerate(texts, 1):
        x, y, scale = _origin(stock, position, placement)
        try:
            layout = arrange(text, stock, dpi=NOMINAL_DPI, mark_ratio=mark_ratio)
        except LabelError as error:
            raise LabelError(f"Label {text.code}: {error}") from None
        commands.append(_drawn(layout, x, height - y, scale))
        if on_label:
            on_label(count)
        position += 1
        if position > stock.per_sheet:
            yield "".join(commands)
            commands, position = [], 1
    if commands:
        yield "".join(commands)


def _drawn(layout: Layout, x: float, y: float, scale: float) -> str:
    """One label with its top left corner at (x, y), moved by at most half a printer's dot onto the dots' grid."""
    if scale == 1.0:
        x, y = round(x / _DOT_MM) * _DOT_MM, round(y / _DOT_MM) * _DOT_MM
    left, top = layout.symbol
    runs = "".join(f"{column} {row} {length} 1 re\n" for column, row, length in layout.matrix.runs())
    module = f"{layout.module:.6f}"
    lines = "".join(map(_written, layout.lines))
    picture = ""
    if layout.mark is not None:
        box = layout.mark
        picture = f"q {box.width:.4f} 0 0 {box.height:.4f} {box.x:.4f} {-box.y - box.height:.4f} cm /Mark Do Q\n"
    return (
        f"q {scale:g} 0 0 {scale:g} {x:.5f} {y:.5f} cm\n"
        f"q {module} 0 0 -{module} {left:.5f} {-top:.5f} cm\n{runs}f Q\n"
        f"BT\n{lines}ET\n{picture}Q\n"
    )


def _written(line: Line) -> str:
    glyphs = face(bold=line.bold).glyphs
    text = "".join(f"{glyphs[character]:04X}" for character in line.text)
    return f"/{'B' if line.bold else 'R'} {line.size:.4f} Tf 1 0 0 1 {line.x:.4f} {-line.y:.4f} Tm <{text}> Tj\n"


def _picture(mark: Mark | None) -> Image.Image | None:
    shape = ratio(mark)
    if mark is None or shape is None:
        return None
    return one_bit(mark, round(_MARK_HEIGHT_DOTS * shape), _MARK_HEIGHT_DOTS)


def _alignment(stock: Stock, placement: Placement) -> str:
    """Outlines, numbers, a ruler and how to use them."""
    page_width, page_height = stock.page_mm
    parts = ["0.1 w\n"]
    for position in range(1, stock.per_sheet + 1):
        x, y, scale = _origin(stock, position, placement)
        width, height = stock.label_width_mm * scale, stock.label_height_mm * scale
        parts.append(f"{x:.4f} {page_height - y - height:.4f} {width:.4f} {height:.4f} re S\n")
        parts.append(_caption(str(position), x + 0.6, page_height - y - 2.2, 2.0))

    x, y, scale = _origin(stock, 1, placement)
    length = min(100, 10 * math.floor((page_width - 10) / 10))
    level = page_height - y - 0.36 * stock.label_height_mm * scale
    left = x + 2.5
    parts.append(f"{left:.4f} {level:.4f} m {left + length * scale:.4f} {level:.4f} l S\n")
    parts.extend(
        f"{left + mm * scale:.4f} {level:.4f} m {left + mm * scale:.4f} {level - 1:.4f} l S\n"
        for mm in range(0, length + 1, 10)
    )
    size = 0.14 * stock.label_height_mm
    for number, sentence in enumerate(
        (printable(stock.title), "cetak 100 % · print at 100 %", f"garis · ruler: {length} mm"),
    ):
        fitting = min(size, 2.4, (stock.label_width_mm - 3) / face(bold=False).width(sentence))
        parts.append(_caption(sentence, left, level - 1.2 - (number + 1) * min(size, 2.4) * 1.25, fitting))
    return "".join(parts)


def _caption(text: str, x: float, y: float, size: float) -> str:
    return f"BT {_written(Line(x, -y, size, False, text))}ET\n"
