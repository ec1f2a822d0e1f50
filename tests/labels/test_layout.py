"""Where things stand on a label, to the dot: the symbol, the mark, the lines; and that all this stays as it is."""

import io
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from msgspec.structs import replace
from PIL import Image, ImageDraw, ImageFont

from labels import STOCKS, LabelError, Stock
from labels.fonts import face, font_bytes
from labels.layout import Layout, arrange
from labels.lines import Line
from tests.labels import reading
from tests.labels.reading import Pixels
from tests.labels.texts import LONGEST, SHORTEST

LOOKS = Path(__file__).with_name("looks.txt")


def look_of(layout: Layout) -> str:
    """A layout in words: its symbol, its mark, and each line of text with its place and size in millimetres."""
    quiet = layout.quiet
    said = [
        f"{layout.matrix.size} modules of {layout.module:.4f}, from {quiet.x:.3f} {quiet.y:.3f} on {quiet.width:.3f} × {quiet.height:.3f}"
    ]
    if layout.mark:
        said.append("mark at {:.3f} {:.3f}, {:.3f} × {:.3f}".format(*layout.mark))
    said += [f"{line.x:.3f} {line.y:.3f} {line.size:.2f}{' bold' * line.bold}: {line.text}" for line in layout.lines]
    return "\n".join(f"  {each}" for each in said)


def looks() -> str:
    """Every stock with a long text and a mark at 300 dpi, and with a short text, printed again, at 203."""
    again = replace(SHORTEST, version=12, name="Galaxy A15")
    told = []
    for name, stock in STOCKS.items():
        told.append(f"{name} at 300 dpi\n{look_of(arrange(LONGEST, stock, dpi=300, mark_ratio=1.5))}")
        if name != "l4731":  # too low for a printer that coarse
            told.append(f"{name} at 203 dpi\n{look_of(arrange(again, stock, dpi=203))}")
    return "\n".join(told) + "\n"


def test_a_reprint_looks_like_the_label_it_replaces() -> None:
    """If the look is to change, `looks.txt` changes with it, and whoever reads the change sees what moves."""
    assert looks().splitlines() == LOOKS.read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    ("dpi", "dots", "tall"),
    [(203, 11, False), (300, 6, False), (300, 8, True), (300, 9, False), (300, 16, True), (600, 11, False), (600, 13, True)],
)  # fmt: skip
def test_a_symbol_that_fills_its_label_exactly_in_whole_dots_is_drawn(dpi: int, dots: int, tall: bool) -> None:
    """Side and smallest module are what these dots come to in floating point, a hair less or more than whole."""
    modules = 33
    side = modules * dots * 25.4 / dpi
    sides = (side, 3 * side) if tall else (3 * side, side)
    stock = Stock(
        name="full", title="Full", label_width_mm=sides[0], label_height_mm=sides[1], module_min_mm=dots * 25.4 / dpi
    )
    short = replace(SHORTEST, url="HTTPS://A.ID/D/7K3M9QWX"[: 20 if side > 20 else 38])
    layout = arrange(short, stock, dpi=dpi)
    assert layout.matrix.size == modules - 8
    assert layout.module * dpi / 25.4 == pytest.approx(dots)
    assert layout.quiet[2:] == pytest.approx((side, side))
    assert layout.quiet.x == 0
    assert layout.quiet.y == (pytest.approx(1.2, abs=25.4 / dpi) if tall else 0)


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_a_label_a_hundredth_of_a_millimetre_lower_has_a_module_of_one_dot_less_or_none(dpi: int) -> None:
    dots = 2 + round(0.40 * dpi / 25.4)
    side = 33 * dots * 25.4 / dpi
    full = Stock(name="own", title="Own", label_width_mm=60, label_height_mm=side)
    lower = replace(full, label_height_mm=side - 0.01)
    assert arrange(SHORTEST, full, dpi=dpi).module * dpi / 25.4 == pytest.approx(dots)
    assert arrange(SHORTEST, lower, dpi=dpi).module * dpi / 25.4 == pytest.approx(dots - 1)
    with pytest.raises(LabelError, match="A QR of 23 characters needs"):
        arrange(SHORTEST, replace(lower, module_min_mm=dots * 25.4 / dpi), dpi=dpi)


def test_the_text_has_the_room_that_the_mark_leaves_and_stands_in_its_middle() -> None:
    """The line's box is 1.255 of its size high, its baseline 1.01 below its top."""
    stock = STOCKS["tj-121"]
    (line,) = arrange(SHORTEST, stock, dpi=300, mark_ratio=1.0).lines
    top, bottom = 1.2 + 9.0 + 0.8, stock.label_height_mm - 1.2
    assert line.y - 1.01 * line.size == pytest.approx((top + bottom) / 2 - 1.255 * line.size / 2)


@pytest.mark.parametrize("kind", ["png", "svg", "pdf", "zpl"])
@pytest.mark.parametrize("stock", ["tj-121", "tj-107"])
def test_every_letter_is_drawn_where_the_layout_has_it(stock: str, kind: str) -> None:
    """Wherever one has ink, the other has some within two dots: drawn here by Pillow, letter by letter."""
    layout = arrange(LONGEST, STOCKS[stock], dpi=300 if kind in {"png", "zpl"} else 600)
    expected = lettered(layout, 300)
    pixels = reading.printed(kind, LONGEST, STOCKS[stock], 300)[: expected.shape[0], : expected.shape[1]]
    beyond = round((layout.quiet.x + layout.quiet.width) * 300 / 25.4)
    wanted, drawn = (each[:, beyond:] < 128 for each in (expected, pixels))
    assert wanted.sum() > 1000
    assert not (drawn & ~swollen(wanted)).any()
    assert (wanted & ~swollen(drawn)).sum() <= 0.01 * wanted.sum()  # hairlines get lost in grey


def lettered(layout: Layout, dpi: int) -> Pixels:
    per_mm = dpi / 25.4
    paper = Image.new("L", (round(layout.width * per_mm), round(layout.height * per_mm)), 255)
    brush = ImageDraw.Draw(paper)
    for line in layout.lines:
        font = ImageFont.truetype(io.BytesIO(font_bytes(bold=line.bold)), line.size * per_mm)
        pen = line.x * per_mm
        for character in line.text:
            brush.text((pen, line.y * per_mm), character, fill=0, font=font, anchor="ls")
            pen += face(bold=line.bold).advances[character] * line.size * per_mm
    return np.asarray(paper)


def swollen(ink: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    return np.asarray(cv2.dilate(ink.astype(np.uint8), np.ones((5, 5), np.uint8)), np.bool_)


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("stock", STOCKS.values(), ids=STOCKS)
def test_a_version_of_seven_digits_is_printed_whole(stock: Stock, dpi: int) -> None:
    if (stock.name, dpi) == ("l4731", 203):
        pytest.skip("no label of this height is drawn so coarsely")
    for text in (LONGEST, SHORTEST):
        layout = arrange(replace(text, version=1_234_567), stock, dpi=dpi)
        assert " ".join(line.text for line in layout.lines).endswith("7K3M 9QWX v1234567")
        assert all(line.x + width_of(line) <= layout.width for line in layout.lines)


def width_of(line: Line) -> float:
    return face(bold=line.bold).width(line.text) * line.size


def test_a_code_too_long_for_two_lines_has_a_line_for_each_of_its_groups() -> None:
    """On a narrow roll at 203 dpi, where a label that is printed again must not be refused for its version."""
    layout = arrange(replace(LONGEST, draft=True, version=12), STOCKS["roll-30x20"], dpi=203)
    assert [line.text for line in layout.lines] == ["DRAF", "7K3M", "9QWX", "v12"]
    assert len({line.size for line in layout.lines}) == 1
    below = [after.y - before.y for before, after in pairwise(layout.lines)]
    assert below == pytest.approx([1.255 * layout.lines[0].size] * 3)
