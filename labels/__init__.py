"""Labels that scan: `LabelText` + `Stock` -> PNG, SVG, PDF, ZPL. Knows nothing of the rest of the product.

    text = LabelText(url="HTTPS://ASET.EXAMPLE.GO.ID/D/7K3M9QWX", code="7K3M9QWX", institution="Bawaslu")
    png(text, STOCKS["tj-121"])                       # one label, 300 dpi
    sheet_pdf(texts, STOCKS["l7160"], start=4)        # a run, from the fourth label of the first sheet

What cannot be drawn so that it scans is refused with a `LabelError` whose text says why.
"""

from labels.bitmap import png
from labels.errors import LabelError, StockError, Word
from labels.mark import Mark, check_mark
from labels.qr import Level, Matrix, matrix
from labels.sheets import alignment_pdf, pdf, sheet_pdf
from labels.stock import Stock, check_stock
from labels.stocks import STOCKS
from labels.text import LabelText, grouped
from labels.vector import svg
from labels.zebra import zpl

__all__ = [
    "STOCKS",
    "LabelError",
    "LabelText",
    "Level",
    "Mark",
    "Matrix",
    "Stock",
    "StockError",
    "Word",
    "alignment_pdf",
    "check_mark",
    "check_stock",
    "grouped",
    "matrix",
    "pdf",
    "png",
    "sheet_pdf",
    "svg",
    "zpl",
]
