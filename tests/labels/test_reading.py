"""Every stock, format and resolution, with the longest and the shortest text: drawn, printed, hurt, and read again."""

import pytest

from labels import STOCKS, LabelError, LabelText, Level, Matrix, matrix
from labels.layout import Layout, arrange
from tests.labels import reading
from tests.labels.reading import Pixels
from tests.labels.texts import LONGEST, SHORTEST

FORMATS = ("png", "svg", "pdf", "zpl")
PRINTER_DPI = {"png": (203, 300), "zpl": (203, 300), "svg": (203, 600), "pdf": (203, 300)}
VECTOR_DPI = 600
TOO_COARSE = {("l4731", "png", 203), ("l4731", "zpl", 203)}  # 10 mm is too low for 33 modules of three dots


def prints(stock: str, kind: str) -> list[tuple[LabelText, Pixels, Layout, float]]:
    """The label with each text at each resolution of the format: text, pixels, layout, dots per module."""
    made = []
    for text in (LONGEST, SHORTEST):
        for dpi in PRINTER_DPI[kind]:
            if (stock, kind, dpi) in TOO_COARSE:
                continue
            layout = arrange(text, STOCKS[stock], dpi=dpi if kind in {"png", "zpl"} else VECTOR_DPI)
            made.append(
                (
                    text,
                    reading.printed(kind, text, STOCKS[stock], dpi),
                    layout,
                    layout.module * dpi / reading.MM_PER_INCH,
                )
            )
    return made


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("stock", STOCKS)
def test_both_readers_read_a_fresh_label(stock: str, kind: str) -> None:
    for text, pixels, _, dots in prints(stock, kind):
        assert reading.zxing(pixels) == [text.url]
        assert reading.opencv(reading.photographed(pixels, dots)) == [text.url]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("stock", STOCKS)
def test_zxing_reads_a_hurt_label(stock: str, kind: str) -> None:
    for text, pixels, layout, dots in prints(stock, kind):
        seen = reading.photographed(pixels, dots)
        hurt = {
            "blurred": reading.blurred(seen),
            "tilted": reading.tilted(seen),
            "faded": reading.faded(seen),
            "tilted, blurred and faded": reading.faded(reading.blurred(reading.tilted(seen))),
        }
        for place in ((1.0, 1.0), (1.0, 0.5), (0.5, 1.0)):
            for ink in (0, 255):
                torn = reading.torn(pixels, layout, 0.07, place, ink)
                hurt[f"7 % gone at {place} in {ink}"] = reading.photographed(torn, dots)
        for damage, view in hurt.items():
            assert reading.zxing(view) == [text.url], damage


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("stock", STOCKS)
def test_opencv_reads_a_hurt_label(stock: str, kind: str) -> None:
    # OpenCV's detector loses a good fifth of the blurred symbols at any distance; those only zxing is asked for.
    for text, pixels, layout, dots in prints(stock, kind):
        for ink in (0, 255):
            assert seen_by_opencv(reading.torn(pixels, layout, 0.07, ink=ink), dots) == [text.url]
        assert seen_by_opencv(reading.faded(pixels), dots) == [text.url]
        assert seen_by_opencv(reading.tilted(pixels), dots) == [text.url]


def seen_by_opencv(pixels: Pixels, dots: float) -> list[str]:
    """What it reads at one of three distances, as a hand moves a phone."""
    seen = (reading.opencv(reading.photographed(pixels, dots, pixels_per_module)) for pixels_per_module in (8, 6, 11))
    return next(filter(None, seen), [])


def of_level(drawn: Matrix, url: str) -> str:
    levels: tuple[Level, ...] = ("L", "M", "Q", "H")
    return next(level for level in levels if matrix(url, level) == drawn)


@pytest.mark.parametrize("stock", STOCKS)
def test_with_level_q_seven_hundredths_may_be_gone_from_the_middle(stock: str) -> None:
    for text, pixels, layout, dots in prints(stock, "png"):
        if of_level(layout.matrix, text.url) == "Q":
            torn = reading.torn(pixels, layout, 0.07, (0.5, 0.5))
            assert reading.zxing(reading.photographed(torn, dots)) == [text.url]


@pytest.mark.parametrize(
    ("stock", "level"),
    [
        ("l4731", "M"),
        ("tj-107", "M"),
        ("tj-108", "M"),
        ("l7651", "M"),
        ("tj-103", "Q"),
        ("tj-121", "Q"),
        ("l7163", "Q"),
    ],
)
def test_error_correction_is_m_when_small_and_q_from_20_mm(stock: str, level: str) -> None:
    layout = arrange(LONGEST, STOCKS[stock], dpi=300)
    assert of_level(layout.matrix, LONGEST.url) == level
    assert (layout.quiet.width >= 20) == (level == "Q")


@pytest.mark.parametrize(("stock", "kind", "dpi"), sorted(TOO_COARSE))
def test_a_printer_too_coarse_for_the_label_is_refused_with_the_figures(stock: str, kind: str, dpi: int) -> None:
    with pytest.raises(LabelError, match=r"needs 12\.4 mm at 203 dpi \(33 modules.*leaves 10 mm"):
        reading.printed(kind, LONGEST, STOCKS[stock], dpi)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("stock", STOCKS)
def test_every_format_draws_the_same_label(stock: str, kind: str) -> None:
    dpi = 300
    layout = arrange(LONGEST, STOCKS[stock], dpi=dpi if kind in {"png", "zpl"} else VECTOR_DPI)
    pixels = reading.printed(kind, LONGEST, STOCKS[stock], dpi)
    scale = dpi / reading.MM_PER_INCH
    expected = (round(layout.height * scale), round(layout.width * scale))
    beyond = 1 if kind == "pdf" else 0  # pdfium rounds a page up to whole pixels
    assert all(0 <= got - want <= beyond for got, want in zip(pixels.shape, expected, strict=True))
    x, y = layout.symbol
    for row, bits in enumerate(layout.matrix.rows):
        for column in range(layout.matrix.size):
            at = (
                round((y + (row + 0.5) * layout.module) * scale - 0.5),
                round((x + (column + 0.5) * layout.module) * scale - 0.5),
            )
            assert (pixels[at] < 128) == (bits >> layout.matrix.size - 1 - column & 1)
