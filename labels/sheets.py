"""PDF: one label, a run of sheets, and the alignment page."""

from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from itertools import chain
from typing import BinaryIO

from labels.alignment import alignment_page
from labels.document import Document
from labels.drawing import drawn, picture
from labels.errors import LabelError
from labels.layout import NOMINAL_DPI, arrange
from labels.mark import Mark, ratio
from labels.placement import Placement, checked, origin
from labels.stock import Stock
from labels.text import LabelText


def pdf(text: LabelText, stock: Stock, mark: Mark | None = None) -> bytes:
    """One label on a page of its own size.

    Raises `LabelError`: it would not scan, and why.
    """
    out = BytesIO()
    document = Document(out, title=text.code, picture=picture(mark))
    layout = arrange(text, stock, dpi=NOMINAL_DPI, mark_ratio=ratio(mark))
    document.page(layout.width, layout.height, drawn(layout, 0.0, layout.height, 1.0))
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

    Raises `StockError`: the stock, the start or the placement is impossible.
    Raises `LabelError`: there is no label, or one would not scan; the sentence names its code.
    """
    placement = checked(stock, start, Placement(offset_x_mm, offset_y_mm, scale))
    texts = iter(texts)
    first = next(texts, None)
    if first is None:
        raise LabelError("There are no labels to print.")

    target = BytesIO() if out is None else out
    document = Document(target, title=f"Label {stock.title}", picture=picture(mark))
    width, height = stock.page_mm
    if alignment:
        document.page(width, height, alignment_page(stock, placement))
    for commands in _sheets(chain([first], texts), stock, start, placement, ratio(mark), on_label):
        document.page(width, height, commands)
    document.close()
    return target.getvalue() if isinstance(target, BytesIO) and out is None else b""


def alignment_pdf(stock: Stock, *, offset_x_mm: float = 0.0, offset_y_mm: float = 0.0, scale: float = 1.0) -> bytes:
    """One page with every label's outline and number and a ruler, to be held against a sheet of labels before printing.

    Raises `StockError`: the stock or the placement is impossible.
    """
    placement = checked(stock, 1, Placement(offset_x_mm, offset_y_mm, scale))
    out = BytesIO()
    document = Document(out, title=f"Label {stock.title}")
    document.page(*stock.page_mm, alignment_page(stock, placement))
    document.close()
    return out.getvalue()


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
        x, y = origin(stock, position, placement)
        try:
            layout = arrange(text, stock, dpi=NOMINAL_DPI, mark_ratio=mark_ratio)
        except LabelError as error:
            facts = error.facts | {"code": text.code, "why": error.message}
            raise LabelError("Label {code}: {why}", **facts) from None
        commands.append(drawn(layout, x, height - y, placement.scale))
        if on_label:
            on_label(count)
        position += 1
        if position > stock.per_sheet:
            yield "".join(commands)
            commands, position = [], 1
    if commands:
        yield "".join(commands)
