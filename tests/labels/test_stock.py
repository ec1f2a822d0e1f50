import subprocess
import sys

import pytest
from msgspec.structs import replace

import labels
from labels import STOCKS, Stock, StockError, check_stock, png
from tests.labels.texts import SHORTEST

SHEET = STOCKS["l7160"]
ROLL = STOCKS["roll-50x30"]


def test_every_stock_named_in_the_contract_is_there_and_can_be_printed() -> None:
    named = "tj-103 tj-107 tj-108 tj-121 l7160 l7163 l7651 l4731 l4736 roll-50x30 roll-57x40 roll-30x20 roll-62"
    assert " ".join(STOCKS) == named
    for name, stock in STOCKS.items():
        assert stock.name == name
        check_stock(stock)


@pytest.mark.parametrize(
    ("stock", "sentence"),
    [
        (replace(SHEET, name="Label besar"), "name is 1 to 40 small letters"),
        (replace(SHEET, name=""), "name is 1 to 40 small letters"),
        (replace(SHEET, title=""), "title has 1 to 80"),
        (replace(SHEET, title="a\nb"), "title has 1 to 80"),
        (replace(SHEET, pitch_x_mm=63.0), "columns overlap: labels of 63.5 mm stand only 63 mm apart"),
        (replace(SHEET, pitch_y_mm=0.0), "rows overlap"),
        (replace(SHEET, margin_left_mm=20.0), "columns leave the page: they end at 215.5 mm of 210 mm"),
        (replace(SHEET, rows=8), "rows leave the page"),
        (replace(SHEET, margin_top_mm=-1.0), "top margin must be from 0"),
        (replace(SHEET, page_width_mm=None), "both the page's width and its height"),
        (replace(SHEET, label_width_mm=float("nan")), "label width must be"),
        (replace(SHEET, page_height_mm=float("inf")), "page height must be"),
        (replace(SHEET, columns=0), "1 to 60 columns"),
        (replace(SHEET, rows=61), "1 to 60 columns"),
        (replace(SHEET, dpi=72), "from 150 to 1200 dpi, not 72"),
        (replace(SHEET, module_min_mm=0.1), "smallest module must be from 0.254"),
        (replace(SHEET, corner_mm=-1.0), "corner radius"),
        (replace(ROLL, columns=2), "A roll has one label"),
        (replace(ROLL, margin_left_mm=1.0), "A roll has one label"),
        (replace(ROLL, label_height_mm=12.0), r"50 × 12 mm is too small: a QR with its quiet zone needs 13\.2 mm"),
        (replace(ROLL, label_width_mm=16.0, label_height_mm=16.0), "16 × 16 mm has no room for the code"),
        (replace(ROLL, label_width_mm=5.0), "label width must be from 8"),
    ],
)
def test_a_stock_that_cannot_be_printed_is_refused_with_what_is_wrong(stock: Stock, sentence: str) -> None:
    with pytest.raises(StockError, match=sentence):
        check_stock(stock)


WIDE = replace(SHEET, columns=1, rows=1, pitch_x_mm=0.0, pitch_y_mm=0.0, page_width_mm=1000.0, page_height_mm=1000.0)
# The least and the most of each fact, on stocks that allow it.
BOUNDS: list[tuple[Stock, str, float, float]] = [
    (replace(ROLL, label_height_mm=40.0, module_min_mm=0.254), "label_width_mm", 8.382, 320.0),
    (replace(ROLL, label_width_mm=60.0, module_min_mm=0.254), "label_height_mm", 8.382, 320.0),
    (replace(WIDE, margin_left_mm=0.0), "page_width_mm", 63.5, 1000.0),
    (replace(WIDE, margin_top_mm=0.0), "page_height_mm", 38.1, 1000.0),
    (WIDE, "margin_left_mm", 0.0, 936.5),
    (WIDE, "margin_top_mm", 0.0, 961.9),
    (WIDE, "pitch_x_mm", 0.0, 1000.0),
    (WIDE, "pitch_y_mm", 0.0, 1000.0),
    (replace(WIDE, columns=2), "pitch_x_mm", 63.5, 929.25),
    (replace(WIDE, rows=2), "pitch_y_mm", 38.1, 946.75),
    (ROLL, "corner_mm", 0.0, 160.0),
    (ROLL, "module_min_mm", 0.254, 30 / 33),
    (replace(ROLL, label_width_mm=320.0, label_height_mm=320.0), "module_min_mm", 0.254, 2.0),
    (ROLL, "dpi", 150, 1200),
]


@pytest.mark.parametrize(("stock", "fact", "least", "most"), BOUNDS, ids=[f"{n}-{b[1]}" for n, b in enumerate(BOUNDS)])
def test_each_measure_has_a_least_and_a_most(stock: Stock, fact: str, least: float, most: float) -> None:
    step = 1 if fact == "dpi" else 0.06
    for good in (least, most):
        check_stock(replace(stock, **{fact: good}))
    for bad in (least - step, most + step):
        with pytest.raises(StockError):
            check_stock(replace(stock, **{fact: bad}))


def test_a_sheet_may_have_60_columns_and_rows() -> None:
    wide = replace(WIDE, label_width_mm=15.5, label_height_mm=15.5, margin_left_mm=0.0, margin_top_mm=0.0)
    square = replace(wide, pitch_x_mm=16.0, pitch_y_mm=16.0, module_min_mm=0.254)
    check_stock(replace(square, columns=60, rows=60))
    for more in (replace(square, columns=61), replace(square, rows=61)):
        with pytest.raises(StockError, match="1 to 60 columns"):
            check_stock(replace(more, page_width_mm=1000.0))


def test_a_name_and_a_title_have_a_most() -> None:
    check_stock(replace(SHEET, name="a" * 40, title="x" * 80))
    for longer in (replace(SHEET, name="a" * 41), replace(SHEET, title="x" * 81)):
        with pytest.raises(StockError):
            check_stock(longer)


@pytest.mark.parametrize(
    ("width", "height", "held"), [(20.3, 13.2, True), (20.1, 13.2, False), (20.3, 13.19, False), (13.2, 20.3, True)]
)
def test_a_label_holds_33_modules_one_way_and_7_mm_more_the_other(width: float, height: float, held: bool) -> None:
    stock = replace(ROLL, label_width_mm=width, label_height_mm=height)
    if held:
        check_stock(stock)
    else:
        with pytest.raises(StockError, match=r"too small|no room for the code"):
            check_stock(stock)


@pytest.mark.parametrize("dpi", [0, 149, 1201, 10**6])
def test_a_resolution_no_printer_has_is_refused(dpi: int) -> None:
    with pytest.raises(StockError, match="from 150 to 1200 dpi"):
        png(SHORTEST, SHEET, dpi)


def test_places_run_row_by_row_from_the_top_left() -> None:
    assert SHEET.place_mm(1) == (7.25, 15.15)
    assert SHEET.place_mm(3) == pytest.approx((139.25, 15.15))
    assert SHEET.place_mm(4) == pytest.approx((7.25, 53.25))


def test_all_names_are_there_and_nothing_of_the_product_is_needed() -> None:
    for name in labels.__all__:
        assert hasattr(labels, name)
    found = subprocess.run(
        [sys.executable, "-c", "import labels, sys; print(*(name for name in sys.modules if '.' not in name))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "labels" in found
    assert not {"assets_service", "sqlalchemy", "litestar"} & set(found)
