"""The stocks that are shipped: their published measures, and where those disagree."""

from labels.stock import MODULE_FLOOR_MM, MODULE_MIN_MM, Stock


def _sheet(
    name: str, title: str, page: tuple[float, float], label: tuple[float, float], grid: tuple[int, int],
    pitch: tuple[float, float], *, corner: float, module_min: float = MODULE_MIN_MM,
) -> Stock:  # fmt: skip
    """A sheet whose grid lies in the middle of its page, as all those below do."""
    spans = [side + (count - 1) * step for side, count, step in zip(label, grid, pitch, strict=True)]
    left, top = (round((side - span) / 2, 3) for side, span in zip(page, spans, strict=True))
    return Stock(
        name=name, title=title, page_width_mm=page[0], page_height_mm=page[1], label_width_mm=label[0],
        label_height_mm=label[1], columns=grid[0], rows=grid[1], margin_left_mm=left, margin_top_mm=top,
        pitch_x_mm=pitch[0], pitch_y_mm=pitch[1], corner_mm=corner, module_min_mm=module_min,
    )  # fmt: skip


def _roll(name: str, title: str, width: float, height: float) -> Stock:
    return Stock(name=name, title=title, label_width_mm=width, label_height_mm=height, corner_mm=1.5, dpi=203)


_TJ_TALL, _TJ_WIDE, _A4 = (165.0, 210.0), (210.0, 165.0), (210.0, 297.0)

# Published geometries disagree, hence the alignment page, the offsets and "print at 100 %".
# Tom & Jerry prints only label sizes on its packs. Open-source projects that print on them give, for 103: 63 × 31 at pitch
# 67 × 38 on a page of 210 × 164; for 107: margins of 3 and 7, gaps of 5 and 2 (and once 3 × 8 labels); for 108: 38 × 18 or
# 38 × 19, as 5 × 8, as 4 × 10 on 165 × 210, or on 127 × 205; for 121: the A4 grid of another maker. Ours: the sizes on the
# pack, the gaps most agree on, the grid in the middle of the page.
# Avery, against glabels' templates: L7160 left 7.25 and pitch 66.0 (glabels 7.48 and 66.04); L7163 left 4.65, pitch 101.6
# (3.35 and 103.0); L7651 left 4.75, pitch 40.6 (4.7 and 40.6); L4731 pitch 27.9 (a project says 2.5 mm gaps with a margin
# of 9; glabels' sheet of the same labels, 8658, has 28.5 × 10.14); L4736 is in none of them.
# L4731 is 10 mm high: the 33 modules of a QR with its quiet zone would need 13.2 mm at 0.40, so this one stock goes down to
# 10 mil. It needs 300 dpi; at 203 dpi it is refused.
_ALL = (
    _sheet("tj-103", "Tom & Jerry 103 · 64 × 32 mm", _TJ_WIDE, (64.0, 32.0), (3, 4), (67.0, 38.0), corner=2.0),
    _sheet("tj-107", "Tom & Jerry 107 · 50 × 18 mm", _TJ_TALL, (50.0, 18.0), (3, 10), (55.0, 20.0), corner=2.0),
    _sheet("tj-108", "Tom & Jerry 108 · 38 × 19 mm", _TJ_WIDE, (38.0, 19.0), (5, 8), (41.0, 20.0), corner=2.0),
    _sheet("tj-121", "Tom & Jerry 121 · 75 × 38 mm", _TJ_TALL, (75.0, 38.0), (2, 5), (79.0, 40.0), corner=2.0),
    _sheet("l7160", "Avery L7160 · 63.5 × 38.1 mm", _A4, (63.5, 38.1), (3, 7), (66.0, 38.1), corner=1.5),
    _sheet("l7163", "Avery L7163 · 99.1 × 38.1 mm", _A4, (99.1, 38.1), (2, 7), (101.6, 38.1), corner=1.5),
    _sheet("l7651", "Avery L7651 · 38.1 × 21.2 mm", _A4, (38.1, 21.2), (5, 13), (40.6, 21.2), corner=1.5),
    _sheet(
        "l4731", "Avery L4731 · 25.4 × 10 mm", _A4, (25.4, 10.0), (7, 27), (27.9, 10.0),
        corner=1.0, module_min=MODULE_FLOOR_MM,
    ),
    _sheet("l4736", "Avery L4736 · 45.7 × 21.2 mm", _A4, (45.7, 21.2), (4, 12), (48.3, 21.2), corner=1.5),
    _roll("roll-50x30", "Roll 50 × 30 mm", 50.0, 30.0),
    _roll("roll-57x40", "Roll 57 × 40 mm", 57.0, 40.0),
    _roll("roll-30x20", "Roll 30 × 20 mm", 30.0, 20.0),
    _roll("roll-62", "Brother 62 mm · 62 × 29 mm", 62.0, 29.0),
)  # fmt: skip

STOCKS: dict[str, Stock] = {stock.name: stock for stock in _ALL}
