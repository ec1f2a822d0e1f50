"""The first sheet of a run as SVG, to be looked at before paper is used."""

from collections.abc import Sequence

import labels
from assets_service.labelling.asks import OnPaper
from labels import LabelText, Stock

_SVG = '<svg xmlns="http://www.w3.org/2000/svg"'


def first_sheet_svg(texts: Sequence[LabelText], stock: Stock, paper: OnPaper, mark: bytes | None) -> str:
    """The page in millimetres, every label place outlined, from the start position on filled. Raises `LabelError`."""
    width, height = stock.page_mm
    parts = [
        f'{_SVG} viewBox="0 0 {width:g} {height:g}" width="{width:g}mm" height="{height:g}mm">',
        f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>',
    ]
    used = {place: text for place, text in enumerate(texts, paper.start) if place <= stock.per_sheet}
    for place in range(1, stock.per_sheet + 1):
        x, y = (
            paper.scale * edge + offset
            for edge, offset in zip(stock.place_mm(place), (paper.offset_x_mm, paper.offset_y_mm), strict=True)
        )
        if text := used.get(place):
            parts.append(_placed(labels.svg(text, stock, mark).decode(), x, y, stock, paper))
        parts.append(
            f'<rect x="{x:.3f}" y="{y:.3f}" width="{stock.label_width_mm * paper.scale:.3f}"'
            f' height="{stock.label_height_mm * paper.scale:.3f}" rx="{stock.corner_mm:g}" fill="none" stroke="#9aa"'
            ' stroke-width=".2"/>'
        )
    return "".join([*parts, "</svg>"])


def _placed(drawn: str, x: float, y: float, stock: Stock, paper: OnPaper) -> str:
    """A label's own drawing as part of the page's, in the page's units."""
    width, height = stock.label_width_mm, stock.label_height_mm
    size = f'width="{width:g}mm" height="{height:g}mm"'
    place = f'x="{x:.3f}" y="{y:.3f}" width="{width * paper.scale:.3f}" height="{height * paper.scale:.3f}"'
    return drawn.replace(size, place, 1)
