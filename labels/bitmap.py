"""A label in the printer's own dots: PNG, and the 1-bit image ZPL is made of."""

import struct
import zlib
from functools import lru_cache
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageFont

from labels.fonts import face, font_bytes
from labels.layout import MM_PER_INCH, Line, arrange
from labels.mark import Mark, one_bit, ratio
from labels.qr import Matrix
from labels.stock import Stock
from labels.text import LabelText

_WHITE, _BLACK = 1, 0


def png(text: LabelText, stock: Stock, dpi: int = 300, mark: Mark | None = None) -> bytes:
    """The label as a 1-bit PNG of exactly its size in dots, with its resolution inside.

    Raises:
        LabelError: it would not scan, and why.
    """
    picture = image(text, stock, dpi, mark)
    packed = picture.tobytes()
    row_bytes = -(-picture.width // 8)
    rows = b"".join(b"\0" + packed[start : start + row_bytes] for start in range(0, len(packed), row_bytes))
    per_metre = round(dpi / MM_PER_INCH * 1000)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", picture.width, picture.height, 1, 0, 0, 0, 0)),
        (b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
        (b"IDAT", zlib.compress(rows, 1)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def image(text: LabelText, stock: Stock, dpi: int, mark: Mark | None = None) -> Image.Image:
    """The label as a 1-bit image, white 1."""
    layout = arrange(text, stock, dpi=dpi, mark_ratio=ratio(mark))
    per_mm = dpi / MM_PER_INCH
    canvas = Image.new("1", (round(layout.width * per_mm), round(layout.height * per_mm)), _WHITE)
    x, y = layout.symbol
    canvas.paste(_symbol(layout.matrix, round(layout.module * per_mm)), (round(x * per_mm), round(y * per_mm)))
    for line in layout.lines:
        _write(canvas, line, per_mm)
    if mark is not None and layout.mark is not None:
        box = layout.mark
        picture = one_bit(mark, round(box.width * per_mm), round(box.height * per_mm))
        canvas.paste(picture, (round(box.x * per_mm), round(box.y * per_mm)))
    return canvas


def _symbol(matrix: Matrix, dots: int) -> Image.Image:
    width = -(-matrix.size // 8)
    spare = 8 * width - matrix.size
    light = (1 << matrix.size) - 1
    packed = b"".join(((row ^ light) << spare).to_bytes(width, "big") for row in matrix.rows)
    modules = Image.frombytes("1", (matrix.size, matrix.size), packed)
    return modules.resize((matrix.size * dots, matrix.size * dots), Image.Resampling.NEAREST)


def _write(canvas: Image.Image, line: Line, per_mm: float) -> None:
    ink, left, top = _ink(line.text, line.bold, round(line.size * per_mm, 2))
    canvas.paste(_BLACK, (round(line.x * per_mm) + left, round(line.y * per_mm) + top), ink)


@lru_cache(maxsize=2048)
def _ink(text: str, bold: bool, size: float) -> tuple[Image.Image, int, int]:
    """A line at the layout's own advances: its mask, and the mask's place from the pen's start on the baseline.

    Glyph rows are integers shifted into the line's rows; drawing glyph by glyph with Pillow takes ten times as long.
    """
    advances, em = face(bold=bold).advances, round(size) + 1
    row_bytes = -(-(round(face(bold=bold).width(text) * size) + 2 * em) // 8)
    rows, x = [0] * (2 * em), float(em)
    for character in text:
        glyph = _glyph(character, bold, size)
        shift = 8 * row_bytes - round(x) - glyph.left - glyph.width
        for index, row in enumerate(glyph.rows, em + glyph.top):
            rows[index] |= row << shift
        x += advances[character] * size
    packed = b"".join(row.to_bytes(row_bytes, "big") for row in rows)
    return Image.frombytes("1", (8 * row_bytes, len(rows)), packed), -em, -em


class _Glyph(NamedTuple):
    """A glyph's dots: rows of `width` bits, and where they start from the pen, to the right and down."""

    rows: tuple[int, ...]
    width: int
    left: int
    top: int


@lru_cache(maxsize=8192)
def _glyph(character: str, bold: bool, size: float) -> _Glyph:
    mask, offset = _pil_font(bold, size).getmask2(character, mode="1", anchor="ls")
    width, height = mask.size
    dots = bytes(mask) if width and height else b""
    rows = (dots[start : start + width] for start in range(0, len(dots), max(width, 1)))
    return _Glyph(
        tuple(int("".join("1" if dot else "0" for dot in row), 2) for row in rows), width, offset[0], offset[1]
    )


@lru_cache(maxsize=64)
def _pil_font(bold: bool, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(BytesIO(font_bytes(bold=bold)), size, layout_engine=ImageFont.Layout.BASIC)
