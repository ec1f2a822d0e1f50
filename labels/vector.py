"""A label as SVG: the QR as one path, the text as outlines, so that it looks the same wherever it is opened."""

from base64 import b64encode
from collections.abc import Iterator
from html import escape
from io import BytesIO

from labels.fonts import face
from labels.layout import Layout, arrange
from labels.mark import Mark, one_bit, ratio
from labels.stock import Stock
from labels.text import LabelText, grouped

NOMINAL_DPI = 600  # vector modules are whole dots of this grid, hence of the usual laser printers
_MARK_DOTS_PER_MM = 12


def svg(text: LabelText, stock: Stock, mark: Mark | None = None) -> bytes:
    """The label as SVG in millimetres, free of fonts, scripts and references.

    Raises:
        LabelError: it would not scan, and why.
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
    x, y = layout.symbol
    runs = "".join(f"M{column} {row}h{length}v1h-{length}z" for column, row, length in layout.matrix.runs())
    yield (
        f'<path shape-rendering="crispEdges" transform="translate({x:.5f} {y:.5f}) scale({layout.module:.6f})" d="{runs}"/>'
    )
    drawn = sorted({(line.bold, character) for line in layout.lines for character in line.text if character != " "})
    yield "<defs>"
    for bold, character in drawn:
        yield f'<path id="{_name(bold, character)}" d="{face(bold=bold).outline(character)}"/>'
    yield "</defs>"
    for line in layout.lines:
        font = face(bold=line.bold)
        scale = line.size / font.em
        yield f'<g transform="translate({line.x:.4f} {line.y:.4f}) scale({scale:.7f} {-scale:.7f})">'
        pen = 0.0
        for character in line.text:
            if character != " ":
                yield f'<use href="#{_name(line.bold, character)}" x="{pen * font.em:g}"/>'
            pen += font.advances[character]
        yield "</g>"
    if mark is not None and layout.mark is not None:
        yield _picture(mark, layout)
    yield "</svg>\n"


def _name(bold: bool, character: str) -> str:
    return f"{'b' if bold else 'r'}{ord(character):x}"


def _picture(mark: Mark, layout: Layout) -> str:
    assert layout.mark is not None
    box, out = layout.mark, BytesIO()
    one_bit(mark, round(box.width * _MARK_DOTS_PER_MM), round(box.height * _MARK_DOTS_PER_MM)).save(out, "PNG")
    data = b64encode(out.getvalue()).decode()
    return (
        f'<image x="{box.x:.3f}" y="{box.y:.3f}" width="{box.width:.3f}" height="{box.height:.3f}"'
        f' href="data:image/png;base64,{data}"/>'
    )
