"""ZPL for label printers: the label as one graphic field, so no printer's own font or QR decides how it looks."""

from labels.bitmap import dots
from labels.mark import Mark
from labels.stock import Stock
from labels.text import LabelText


def zpl(text: LabelText, stock: Stock, dpi: int = 203, mark: Mark | None = None) -> bytes:
    """One label as ZPL II: a `^GFA` field in whole dots of the printer (203 or 300 dpi are usual).

    Raises `LabelError`: it would not scan at that resolution, and why.
    """
    picture = dots(text, stock, dpi, mark)
    rows = picture.packed()
    total = len(rows) * len(rows[0])
    field = f"^XA^PW{picture.width}^LL{len(rows)}^LH0,0^FO0,0^GFA,{total},{total},{len(rows[0])},"
    return f"{field}{b''.join(rows).hex().upper()}^FS^XZ\n".encode()
