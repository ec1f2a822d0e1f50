"""ZPL for label printers: the label as one graphic field, so no printer's own font or QR decides how it looks."""

from labels.bitmap import image
from labels.mark import Mark
from labels.stock import Stock
from labels.text import LabelText


def zpl(text: LabelText, stock: Stock, dpi: int = 203, mark: Mark | None = None) -> bytes:
    """One label as ZPL II: a `^GFA` field in whole dots of the printer (203 or 300 dpi are usual).

    Raises:
        LabelError: it would not scan at that resolution, and why.
    """
    picture = image(text, stock, dpi, mark)
    row_bytes = -(-picture.width // 8)
    # In the image white is 1 and rows are padded with 0; ZPL prints 1, so the padding must be turned with the rest.
    spare = 8 * row_bytes - picture.width
    paper = ((1 << picture.width) - 1) << spare
    raw = picture.tobytes()
    rows = (raw[start : start + row_bytes] for start in range(0, len(raw), row_bytes))
    dots = b"".join((int.from_bytes(row, "big") & paper ^ paper).to_bytes(row_bytes, "big") for row in rows)
    field = f"^XA^PW{picture.width}^LL{picture.height}^LH0,0^FO0,0^GFA,{len(dots)},{len(dots)},{row_bytes},"
    return field.encode() + dots.hex().upper().encode() + b"^FS^XZ\n"
