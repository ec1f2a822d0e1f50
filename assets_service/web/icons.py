"""Draw the app's icons from its mark (maintainers only, after a change of `favicon.svg`): `python -m assets_service.web.icons`."""

import re
from pathlib import Path

from PIL import Image, ImageDraw

STATIC = Path(__file__).parent / "static"
SIDE = 32  # of the mark's own square
FINER = 4  # drawn larger and made small, for smooth edges
INK, GROUND = "#10312f", "#e9a23b"
DEVICE = (7.0, 6.0, 18.0, 26.0)
TICK = ((14.5, 20.0), (18.5, 24.0), (26.0, 14.5))
ICONS = {"icon-192.png": (192, 1.0, False), "icon-512.png": (512, 1.0, False), "icon-maskable.png": (512, 0.72, True)}


def icon(side: int, share: float, *, is_full: bool) -> Image.Image:
    """The mark; `is_full` gives it a ground to the edges, of which a phone cuts a shape of its own, and `share` of the room."""
    whole = side * FINER
    unit = whole * share / SIDE
    begin = (whole - SIDE * unit) / 2
    picture = Image.new("RGBA", (whole, whole), GROUND if is_full else (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)

    def at(*measures: float) -> list[float]:
        return [begin + unit * measure for measure in measures]

    def line(width: float, colour: str) -> None:
        points = [tuple(at(*point)) for point in TICK]
        pen.line(points, fill=colour, width=round(width * unit), joint="curve")
        for x, y in points:
            half = width * unit / 2
            pen.ellipse((x - half, y - half, x + half, y + half), fill=colour)

    if not is_full:
        pen.rounded_rectangle(at(1, 1, 31, 31), 8 * unit, fill=GROUND)
    left, top, right, bottom = DEVICE
    pen.rounded_rectangle(at(left - 1.2, top - 1.2, right + 1.2, bottom + 1.2), 3.7 * unit, fill=INK)
    pen.rounded_rectangle(at(left + 1.2, top + 1.2, right - 1.2, bottom - 1.2), 1.3 * unit, fill=GROUND)
    line(6, GROUND)
    line(2.8, INK)
    return picture.resize((side, side), Image.Resampling.LANCZOS)


def colours() -> set[str]:
    return set(re.findall(r"#[0-9a-f]{6}", (STATIC / "favicon.svg").read_text()))


def main() -> None:
    assert colours() == {INK, GROUND}, "the mark has other colours now"
    for name, (side, share, is_full) in ICONS.items():
        drawn = icon(side, share, is_full=is_full)
        drawn.convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(STATIC / name, optimize=True)


if __name__ == "__main__":
    main()
