"""What is on a page in the drawing commands of PDF: one label, one line of text. Millimetres, y upwards."""

from PIL import Image

from labels.fonts import face
from labels.layout import MM_PER_INCH, NOMINAL_DPI, Layout
from labels.lines import Box, Line
from labels.mark import Mark, one_bit, ratio

_MARK_HEIGHT_DOTS = 108  # 9 mm, the highest a mark is drawn, at 12 dots per mm
_DOT_MM = MM_PER_INCH / NOMINAL_DPI


def drawn(layout: Layout, x: float, y: float, scale: float) -> str:
    """One label with its top left corner at (x, y), moved by at most half a printer's dot onto the dots' grid."""
    if scale == 1.0:
        x, y = round(x / _DOT_MM) * _DOT_MM, round(y / _DOT_MM) * _DOT_MM
    left, top = layout.symbol
    runs = "".join(f"{column} {row} {length} 1 re\n" for column, row, length in layout.matrix.runs())
    module = f"{layout.module:.6f}"
    lines = "".join(map(_written, layout.lines))
    return (
        f"q {scale:g} 0 0 {scale:g} {x:.5f} {y:.5f} cm\n"
        f"q {module} 0 0 -{module} {left:.5f} {-top:.5f} cm\n{runs}f Q\n"
        f"BT\n{lines}ET\n{_marked(layout.mark)}Q\n"
    )


def caption(text: str, x: float, y: float, size: float) -> str:
    """A line of `printable` text whose baseline starts at (x, y)."""
    return f"BT {_written(Line(x, -y, size, False, text))}ET\n"


def picture(mark: Mark | None) -> Image.Image | None:
    """The mark as the document embeds it, once for all labels."""
    shape = ratio(mark)
    if mark is None or shape is None:
        return None
    return one_bit(mark, round(_MARK_HEIGHT_DOTS * shape), _MARK_HEIGHT_DOTS)


def _written(line: Line) -> str:
    glyphs = face(bold=line.bold).glyphs
    text = "".join(f"{glyphs[character]:04X}" for character in line.text)
    return f"/{'B' if line.bold else 'R'} {line.size:.4f} Tf 1 0 0 1 {line.x:.4f} {-line.y:.4f} Tm <{text}> Tj\n"


def _marked(box: Box | None) -> str:
    if box is None:
        return ""
    return f"q {box.width:.4f} 0 0 {box.height:.4f} {box.x:.4f} {-box.y - box.height:.4f} cm /Mark Do Q\n"
