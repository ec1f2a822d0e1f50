"""A label in the printer's own dots: PNG, and the 1-bit image ZPL is made of."""

from functools import lru_cache
from importlib import resources
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from labels.fonts import face
from labels.layout import MM_PER_INCH, Layout, Line, arrange
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
    out = BytesIO()
    image(text, stock, dpi, mark).save(out, "PNG", dpi=(dpi, dpi), compress_level=1)
    return out.getvalue()


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
        _stamp(canvas, mark, layout, per_mm)
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
    """A line drawn glyph by glyph at the layout's own advances: its mask, and the mask's place from the baseline."""
    font, advances = _pil_font(bold, size), face(bold=bold).advances
    width, height, left, top = (
        round(face(bold=bold).width(text) * size) + round(size),
        round(size * 1.5),
        round(size / 2),
        round(size),
    )
    mask = Image.new("1", (width, height), 0)
    pen, x = ImageDraw.Draw(mask), 0.0
    for character in text:
        pen.text((left + round(x * size), top), character, fill=1, font=font, anchor="ls")
        x += advances[character]
    return mask, -left, -top


@lru_cache(maxsize=64)
def _pil_font(bold: bool, size: float) -> ImageFont.FreeTypeFont:
    name = "NotoSans-Bold.ttf" if bold else "NotoSans-Regular.ttf"
    data = BytesIO((resources.files("labels") / "fonts" / name).read_bytes())
    return ImageFont.truetype(data, size, layout_engine=ImageFont.Layout.BASIC)


def _stamp(canvas: Image.Image, mark: Mark, layout: Layout, per_mm: float) -> None:
    assert layout.mark is not None
    box = layout.mark
    picture = one_bit(mark, round(box.width * per_mm), round(box.height * per_mm))
    canvas.paste(picture, (round(box.x * per_mm), round(box.y * per_mm)))
