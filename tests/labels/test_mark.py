"""An institution's mark: its size, its place, the room it takes, and which pictures are refused."""

import base64
import io
import re

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from labels import STOCKS, LabelError, Stock, check_mark, pdf, png, svg, zpl
from labels.layout import arrange
from labels.mark import one_bit
from tests.labels import reading
from tests.labels.test_text import check_inside, ink_outside_the_symbol
from tests.labels.texts import LONGEST, SHORTEST


def a_mark(width: int = 90, height: int = 60) -> bytes:
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((0, 0, width - 1, height - 1), fill=(180, 20, 20, 255))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("stock", STOCKS.values(), ids=STOCKS)
def test_a_mark_stands_beside_the_qr_where_there_is_room(stock: Stock) -> None:
    layout = arrange(LONGEST, stock, dpi=300, mark_ratio=1.5)
    check_inside(layout)
    pixels = reading.from_png(png(LONGEST, stock, 300, a_mark()))
    ink_outside_the_symbol(layout, pixels)
    assert reading.zxing(pixels) == [LONGEST.url]
    assert (layout.mark is not None) == (stock.label_height_mm > 24)


def test_a_mark_is_drawn_in_every_format() -> None:
    stock, mark = STOCKS["tj-121"], a_mark()
    layout = arrange(LONGEST, stock, dpi=300, mark_ratio=1.5)
    assert layout.mark is not None
    middle = (layout.mark.x + layout.mark.width / 2, layout.mark.y + layout.mark.height / 2)
    drawn = {
        "png": reading.from_png(png(LONGEST, stock, 300, mark)),
        "pdf": reading.from_pdf(pdf(LONGEST, stock, mark), 300),
        "zpl": reading.from_zpl(zpl(LONGEST, stock, 300, mark)),
    }
    for kind, pixels in drawn.items():
        x, y = (round(at * 300 / 25.4) for at in middle)
        around = pixels[y - 12 : y + 12, x - 12 : x + 12]
        assert np.mean(around < 128) > 0.3, kind
        assert reading.zxing(np.asarray(cv2.copyMakeBorder(pixels, 9, 9, 9, 9, cv2.BORDER_CONSTANT, value=(255,)))) == [
            LONGEST.url
        ]
    assert b"<image " in svg(LONGEST, stock, mark)


@pytest.mark.parametrize("stock", ["l4731", "tj-107"])
def test_a_mark_without_room_is_left_out_in_every_format(stock: str) -> None:
    for kind in (png, zpl):
        assert kind(LONGEST, STOCKS[stock], 300, a_mark()) == kind(LONGEST, STOCKS[stock], 300)
    assert svg(LONGEST, STOCKS[stock], a_mark()) == svg(LONGEST, STOCKS[stock])
    assert (reading.from_pdf(pdf(LONGEST, STOCKS[stock], a_mark()), 300) == reading.from_pdf(pdf(LONGEST, STOCKS[stock]), 300)).all()  # fmt: skip


def test_a_mark_may_be_five_times_as_long_as_it_is_high_or_the_other_way_round() -> None:
    for good in (a_mark(100, 20), a_mark(20, 100), a_mark(4000, 4000)):
        check_mark(good)
    for thin in (a_mark(101, 20), a_mark(20, 101)):
        with pytest.raises(LabelError, match="too long and thin"):
            check_mark(thin)


def test_a_mark_too_small_for_a_dot_is_one_dot() -> None:
    assert one_bit(a_mark(), 0, 0).size == (1, 1)


@pytest.mark.parametrize(
    ("mark", "sentence"),
    [
        (b"not a picture", "not a picture"),
        (a_mark(300, 20), "too long and thin"),
        (b"<svg/>", "not a picture"),
        (a_mark()[:200], "not a picture"),
        (a_mark(4100, 4000), "too many pixels"),
    ],
)
def test_a_bad_mark_is_refused(mark: bytes, sentence: str) -> None:
    with pytest.raises(LabelError, match=sentence):
        png(LONGEST, STOCKS["tj-121"], 300, mark)


@pytest.mark.parametrize(
    ("stock", "ratio", "size"),
    [
        ("tj-121", 1.0, (9.0, 9.0)),
        ("tj-121", 1.5, (13.5, 9.0)),
        ("tj-121", 0.2, (1.8, 9.0)),
        ("tj-121", 5.0, (45.0, 9.0)),
        ("roll-57x40", 5.0, (28.953, 5.791)),  # as wide as the room, and no wider
        ("roll-50x30", 3.0, (25.086, 8.362)),
    ],
)
def test_a_mark_is_nine_millimetres_high_or_as_wide_as_the_room(
    stock: str, ratio: float, size: tuple[float, float]
) -> None:
    bare = arrange(LONGEST, STOCKS[stock], dpi=300)
    layout = arrange(LONGEST, STOCKS[stock], dpi=300, mark_ratio=ratio)
    assert layout.mark is not None
    assert layout.mark[2:] == pytest.approx(size, abs=0.001)
    assert layout.mark[:2] == pytest.approx((layout.quiet.x + layout.quiet.width + 0.6, 1.2))
    assert (bare.quiet, bare.mark) == (layout.quiet, None)


@pytest.mark.parametrize(("height", "marked"), [(24.39, False), (24.41, True)])
def test_a_mark_needs_a_room_22_mm_high(height: float, marked: bool) -> None:
    """The label keeps a white edge of 1.2 mm above and below."""
    stock = Stock(name="own", title="Own", label_width_mm=60, label_height_mm=height)
    assert (arrange(LONGEST, stock, dpi=300, mark_ratio=1.0).mark is not None) == marked


def black_mark() -> bytes:
    out = io.BytesIO()
    Image.new("L", (90, 60), 0).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("kind", ["png", "zpl", "pdf"])
@pytest.mark.parametrize("stock", ["tj-121", "roll-50x30"])
def test_a_mark_is_drawn_in_its_place_in_its_size_and_nothing_near_it(stock: str, kind: str) -> None:
    layout = arrange(SHORTEST, STOCKS[stock], dpi=600 if kind == "pdf" else 300, mark_ratio=1.5)
    pixels = {
        "png": lambda: reading.from_png(png(SHORTEST, STOCKS[stock], 300, black_mark())),
        "zpl": lambda: reading.from_zpl(zpl(SHORTEST, STOCKS[stock], 300, black_mark())),
        "pdf": lambda: reading.from_pdf(pdf(SHORTEST, STOCKS[stock], black_mark()), 300),
    }[kind]()
    assert layout.mark is not None
    left, top, width, height = (round(length * 300 / 25.4) for length in layout.mark)
    right, bottom = left + width, top + height
    blur = 1 if kind == "pdf" else 0
    assert (pixels[top + blur : bottom - blur, left + blur : right - blur] < 128).all()
    around = pixels[top - 8 : bottom + 9, left - 6 : right + 9].copy()
    around[8 - blur - 1 : -9 + blur + 1, 6 - blur - 1 : -9 + blur + 1] = 255
    assert (around > 128).all()


def test_an_svg_has_its_mark_in_twelve_dots_a_millimetre() -> None:
    drawn = svg(SHORTEST, STOCKS["tj-121"], black_mark()).decode()
    found = re.search(
        r'<image x="25.534" y="1.200" width="13.500" height="9.000" href="data:image/png;base64,(\S+)"/>', drawn
    )
    assert found
    assert Image.open(io.BytesIO(base64.b64decode(found[1]))).size == (162, 108)
