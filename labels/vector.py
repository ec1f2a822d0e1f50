"""A label as SVG: the QR as one path, the text as outlines, so that it looks the same wherever it is opened."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from html import escape
from io import BytesIO

from labels.fonts import face
from labels.layout import NOMINAL_DPI, Layout, arrange
from labels.lines import Box, Line
from labels.mark import Mark, one_bit, ratio
from labels.stock import Stock
from labels.text import LabelText, grouped

_MARK_DOTS_PER_MM = 12
_BLANKS = {(False, " "), (True, " ")}


def svg(text: LabelText, stock: Stock, mark: Mark | None = None) -> bytes:
    """The label as SVG in millimetres, free of fonts, scripts and references.

    Raises `LabelError`: it would not scan, and why.
    """
    layout = arrange(text, stock, dpi=NOMINAL_DPI, mark_ratio=ratio(mark))
    return "".join(_parts(text, layout, mark)).encode()


def _parts(text: LabelText, layout: Layout, mark: Mark | None) -> Iterator[str]:
    width, height = f"{layout.width:g}", f"{layout.height:g}"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}" role="img">'
        f"<title>{escape(grouped(text.code))}</title>"
        f'<rect width="{width}" height="{height}" fill="#fff"/>'
    )
    yield _symbol(layout)
    yield from _glyphs(layout.lines)
    for line in layout.lines:
        yield from _written(line)
    if mark is not None and layout.mark is not None:
        yield _picture(mark, layout.mark)
    yield "</svg>\n"


def _symbol(layout: Layout) -> str:
    x, y = layout.symbol
    runs = "".join(f"M{column} {row}h{length}v1h-{length}z" for column, row, length in layout.matrix.runs())
    return f'<path shape-rendering="crispEdges" transform="translate({x:.5f} {y:.5f}) scale({layout.module:.6f})" d="{runs}"/>'


def _glyphs(lines: Sequence[Line]) -> Iterator[str]:
    """The outline of each character that is written, once."""
    yield "<defs>"
    for bold, character in sorted({(line.bold, character) for line in lines for character in line.text} - _BLANKS):
        yield f'<path id="{_name(bold, character)}" d="{face(bold=bold).outline(character)}"/>'
    yield "</defs>"


def _written(line: Line) -> Iterator[str]:
    """The line's glyphs, each at the layout's own advance."""
    font = face(bold=line.bold)
    scale = line.size / font.em
    yield f'<g transform="translate({line.x:.4f} {line.y:.4f}) scale({scale:.7f} {-scale:.7f})">'
    pen = 0.0
    for character in line.text:
        if (line.bold, character) not in _BLANKS:
            yield f'<use href="#{_name(line.bold, character)}" x="{pen * font.em:g}"/>'
        pen += font.advances[character]
    yield "</g>"


def _name(bold: bool, character: str) -> str:
    return f"{'b' if bold else 'r'}{ord(character):x}"


def _picture(mark: Mark, box: Box) -> str:
    out = BytesIO()
    one_bit(mark, round(box.width * _MARK_DOTS_PER_MM), round(box.height * _MARK_DOTS_PER_MM)).save(out, "PNG")
    data = b64encode(out.getvalue()).decode()
    return (
        f'<image x="{box.x:.3f}" y="{box.y:.3f}" width="{box.width:.3f}" height="{box.height:.3f}"'
        f' href="data:image/png;base64,{data}"/>'
    )
