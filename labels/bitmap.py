"""A label in the printer's own dots: PNG, and the rows ZPL is made of.

Rows of dots are integers, for one label is some thousand shifts and ORs then; Pillow only draws each glyph once.
"""

import struct
import zlib
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from typing import NamedTuple

from PIL import ImageChops, ImageFont

from labels.fonts import face, font_bytes
from labels.layout import MM_PER_INCH, arrange
from labels.mark import Mark, one_bit, ratio
from labels.stock import Stock
from labels.text import LabelText


class Dots(NamedTuple):
    """A black-and-white picture: rows from the top, ink 1, the leftmost dot in the highest of `width` bits."""

    width: int
    rows: list[int]

    def lay(self, rows: Sequence[int], width: int, x: int, y: int) -> None:
        """Put ink on the picture, in rows of `width` bits, from (x, y) on; the rows' white ends may lie outside."""
        shift = self.width - x - width
        for index, row in enumerate(rows, y):
            self.rows[index] |= row << shift if shift >= 0 else row >> -shift

    def packed(self) -> list[bytes]:
        """The rows in whole bytes, filled up with white at the right."""
        count = -(-self.width // 8)
        spare = 8 * count - self.width
        return [(row << spare).to_bytes(count, "big") for row in self.rows]


def png(text: LabelText, stock: Stock, dpi: int = 300, mark: Mark | None = None) -> bytes:
    """The label as a 1-bit PNG of exactly its size in dots, with its resolution inside.

    Raises `LabelError`: it would not scan, and why.
    """
    picture = dots(text, stock, dpi, mark)
    per_metre = round(dpi / MM_PER_INCH * 1000)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", picture.width, len(picture.rows), 1, 3, 0, 0, 0)),
        (b"PLTE", b"\xff\xff\xff\0\0\0"),  # paper, ink
        (b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
        (b"IDAT", zlib.compress(b"\0" + b"\0".join(picture.packed()), 1)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def dots(text: LabelText, stock: Stock, dpi: int, mark: Mark | None = None) -> Dots:
    """The label in dots of this resolution."""
    layout = arrange(text, stock, dpi=dpi, mark_ratio=ratio(mark))
    per_mm = dpi / MM_PER_INCH
    picture = Dots(round(layout.width * per_mm), [0] * round(layout.height * per_mm))

    x, y = (round(side * per_mm) for side in layout.symbol)
    module = round(layout.module * per_mm)
    light, dark = "0" * module, "1" * module
    for row in layout.matrix.rows:
        wide = int(f"{row:b}".replace("0", light).replace("1", dark), 2)
        picture.lay([wide] * module, layout.matrix.size * module, x, y)
        y += module

    for line in layout.lines:
        ink = _ink(line.text, line.bold, round(line.size * per_mm, 2))
        picture.lay(ink.rows, ink.width, round(line.x * per_mm) + ink.left, round(line.y * per_mm) + ink.top)
    if mark is not None and layout.mark is not None:
        box = layout.mark
        stamp = one_bit(mark, round(box.width * per_mm), round(box.height * per_mm))
        rows = _rows(ImageChops.invert(stamp.convert("L")).tobytes(), stamp.width)
        picture.lay(rows, stamp.width, round(box.x * per_mm), round(box.y * per_mm))
    return picture


class _Ink(NamedTuple):
    """Drawn letters: rows of `width` bits, and where they start from the pen's start on the baseline."""

    rows: tuple[int, ...]
    width: int
    left: int
    top: int


@lru_cache(maxsize=2048)
def _ink(text: str, bold: bool, size: float) -> _Ink:
    """A line at the layout's own advances, without empty rows above and below."""
    font, em = face(bold=bold), round(size) + 1
    width = round(font.width(text) * size) + 2 * em
    rows, pen = [0] * (2 * em), float(em)
    for character in text:
        glyph = _glyph(character, bold, size)
        shift = width - round(pen) - glyph.left - glyph.width
        for index, row in enumerate(glyph.rows, em + glyph.top):
            rows[index] |= row << shift
        pen += font.advances[character] * size
    inked = [index for index, row in enumerate(rows) if row] or [em]
    return _Ink(tuple(rows[inked[0] : inked[-1] + 1]), width, -em, inked[0] - em)


@lru_cache(maxsize=8192)
def _glyph(character: str, bold: bool, size: float) -> _Ink:
    mask, (left, top) = _pil_font(bold, size).getmask2(character, mode="1", anchor="ls")
    width, height = mask.size
    return _Ink(_rows(bytes(mask), width) if width and height else (), width, left, top)


def _rows(shades: bytes, width: int) -> tuple[int, ...]:
    """One byte a dot, 0 for paper, as rows of bits."""
    bits = shades.translate(_BITS).decode()
    return tuple(int(bits[start : start + width], 2) for start in range(0, len(bits), width))


_BITS = b"0" + b"1" * 255


@lru_cache(maxsize=64)
def _pil_font(bold: bool, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(BytesIO(font_bytes(bold=bold)), size, layout_engine=ImageFont.Layout.BASIC)
