"""The alignment page, and how far a printer's faults may be made good."""

import re

import pytest
from msgspec.structs import replace

from labels import STOCKS, Stock, StockError, alignment_pdf, sheet_pdf
from labels.alignment import alignment_page
from labels.placement import Placement, checked
from tests.labels.geometry import GEOMETRY, outlines, paths, texts_of
from tests.labels.texts import numbered

"""Where labels lie on paper, from the PDF's own coordinates, and how a run of them behaves."""


@pytest.mark.parametrize("name", STOCKS)
def test_the_alignment_page_outlines_the_labels_where_the_stock_has_them(name: str) -> None:
    facts, stock = GEOMETRY[name], STOCKS[name]
    page, drawn = outlines(alignment_pdf(stock))
    labels = drawn[: stock.per_sheet]
    assert page == pytest.approx(facts.page, abs=0.1)
    for (left, top), outline in ((facts.first, labels[0]), (facts.last, labels[-1])):
        assert outline == pytest.approx((left, top, left + facts.label[0], top + facts.label[1]), abs=0.1)


def test_the_alignment_page_can_lead_a_run_and_shows_the_same_offset() -> None:
    stock = STOCKS["tj-108"]
    data = sheet_pdf(numbered(3), stock, alignment=True, offset_x_mm=1)
    assert outlines(data, 0)[1][0][:2] == pytest.approx((5, 3), abs=0.1)
    assert len(paths(data, 1)[1]) == 3
    assert paths(alignment_pdf(stock, offset_x_mm=1))[1] == paths(data, 0)[1]


@pytest.mark.parametrize("name", STOCKS)
def test_the_alignment_page_has_a_ruler_in_tens_of_millimetres(name: str) -> None:
    """As long as the page allows, at most 100 mm, from 2.5 mm inside the first label; its ticks hang 1 mm down."""
    stock, facts = STOCKS[name], GEOMETRY[name]
    _, drawn = outlines(alignment_pdf(stock))
    line, *ticks = drawn[stock.per_sheet :]
    length = min(100, int(facts.page[0] - 10) // 10 * 10)
    left, level = facts.first[0] + 2.5, facts.first[1] + 0.36 * facts.label[1]
    assert line == pytest.approx((left, level, left + length, level), abs=0.01)
    assert ticks == [
        pytest.approx((left + mm, level, left + mm, level + 1), abs=0.01) for mm in range(0, length + 1, 10)
    ]


def test_the_alignment_page_grows_and_moves_as_the_labels_do() -> None:
    stock = STOCKS["tj-121"]
    plain = outlines(alignment_pdf(stock))[1]
    moved = outlines(alignment_pdf(stock, scale=1.02, offset_x_mm=0.5, offset_y_mm=-0.5))[1]
    for before, after in zip(plain[: stock.per_sheet], moved, strict=False):
        assert after == pytest.approx([1.02 * edge + shift for edge, shift in zip(before, (0.5, -0.5) * 2, strict=True)], abs=0.01)  # fmt: skip
    ticks = [after[0] - moved[stock.per_sheet][0] for after in moved[stock.per_sheet + 1 :]]
    assert ticks == pytest.approx([10.2 * place for place in range(11)], abs=0.01)


@pytest.mark.parametrize("name", STOCKS)
def test_what_the_alignment_page_says_stands_below_the_ruler_on_the_first_label(name: str) -> None:
    stock, facts = STOCKS[name], GEOMETRY[name]
    data = alignment_pdf(stock)
    said = texts_of(data)
    assert len(said) == stock.per_sheet + 3
    level = facts.first[1] + 0.36 * facts.label[1]
    bottoms = [level + 1]
    for left, top, right, bottom in said[-3:]:
        assert facts.first[0] + 2.5 <= left + 0.3
        assert right <= facts.first[0] + facts.label[0]
        assert bottoms[-1] <= top + 0.6  # the glyphs of one line may reach down to the next one's accents
        assert bottom > bottoms[-1]
        bottoms.append(bottom)
    assert bottoms[-1] <= facts.first[1] + facts.label[1] + 0.5  # on 10 mm the tails of the last line touch the edge
    page = alignment_page(stock, Placement())
    assert "/B " not in page, "captions are in the regular weight"
    sizes = [float(size) for size in re.findall(r"/R (\S+) Tf", page)]
    assert sizes[:-3] == [2.0] * stock.per_sheet
    assert max(sizes[-3:]) <= 2.4


def test_the_numbers_stand_in_the_corner_of_their_labels() -> None:
    stock, facts = STOCKS["tj-121"], GEOMETRY["tj-121"]
    first = texts_of(alignment_pdf(stock))[0]
    assert first[0] == pytest.approx(facts.first[0] + 0.6, abs=0.3)
    assert first[3] == pytest.approx(facts.first[1] + 2.2, abs=0.1)  # figures stand on the baseline


CENTRED = Stock(
    name="own", title="Own", page_width_mm=100, page_height_mm=100,
    label_width_mm=40, label_height_mm=30, margin_left_mm=30, margin_top_mm=35,
)  # fmt: skip
AT_THE_EDGE = replace(CENTRED, margin_left_mm=0, margin_top_mm=0, page_width_mm=40, page_height_mm=30)


@pytest.mark.parametrize(
    "placement", [Placement(15, -15), Placement(-15, 15), Placement(scale=0.9), Placement(scale=1.1)]
)
def test_the_farthest_place_is_still_taken(placement: Placement) -> None:
    assert checked(CENTRED, 1, placement) == placement


@pytest.mark.parametrize(
    ("farthest", "too_far"),
    [
        (Placement(-2, 0), Placement(-2.1, 0)),
        (Placement(0, -2), Placement(0, -2.1)),
        (Placement(2, 0), Placement(2.1, 0)),
        (Placement(0, 2), Placement(0, 2.1)),
        (Placement(0, 0, 1.05), Placement(0, 0, 1.06)),  # 40 mm grow by 2
    ],
)
def test_labels_may_leave_the_page_by_two_millimetres(farthest: Placement, too_far: Placement) -> None:
    checked(AT_THE_EDGE, 1, farthest)
    with pytest.raises(StockError, match="leave the page by more than 2 mm"):
        checked(AT_THE_EDGE, 1, too_far)
