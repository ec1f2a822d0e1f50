"""What is printed beside the QR: what fits, readable, on the label and out of the quiet zone."""

import io
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from PIL import Image

from labels import STOCKS, LabelError, LabelText, Stock, grouped, matrix, png, svg
from labels.fonts import ASCENT, DESCENT, face, printable
from labels.layout import Layout, arrange
from tests.labels import reading
from tests.labels.texts import LONGEST, OFFICES, SHORTEST

FIELDS = ("institution", "uakpb_year", "item_code", "name", "office")


def words(layout: Layout) -> str:
    return " ".join(line.text for line in layout.lines)


def check_inside(layout: Layout) -> None:
    """Every glyph's box lies on the label and right of (or below) the quiet zone."""
    quiet = layout.quiet
    for line in layout.lines:
        font = face(bold=line.bold)
        first = font.font["glyf"][font.font.getGlyphName(font.glyphs[line.text[0]])]
        left = line.x + min(getattr(first, "xMin", 0), 0) / font.em * line.size
        right = line.x + font.width(line.text) * line.size
        top, bottom = line.y - ASCENT * line.size, line.y + DESCENT * line.size
        assert left >= 0
        assert top >= 0
        assert right <= layout.width
        assert bottom <= layout.height
        assert left >= quiet.x + quiet.width or top >= quiet.y + quiet.height


def ink_outside_the_symbol(layout: Layout, pixels: reading.Pixels) -> reading.Pixels:
    """The pixels with the symbol wiped, after checking that nothing but paper lies in its quiet zone."""
    across, down = pixels.shape[1] / layout.width, pixels.shape[0] / layout.height
    x, y = layout.symbol
    side = layout.matrix.size * layout.module
    rest = pixels.copy()
    # A dot more, for a renderer may smear a vector's edge over the next one.
    rows = slice(round(y * down) - 1, round((y + side) * down) + 1)
    columns = slice(round(x * across) - 1, round((x + side) * across) + 1)
    rest[rows, columns] = 255
    quiet = layout.quiet
    left, top = round(quiet.x * across), round(quiet.y * down)
    zone = rest[top : top + round(quiet.height * down), left : left + round(quiet.width * across)]
    assert (zone > 250).all(), "ink in the quiet zone"
    return rest


@pytest.mark.parametrize("stock", STOCKS.values(), ids=STOCKS)
def test_no_office_of_the_roster_leaves_a_label(stock: Stock) -> None:
    for office in OFFICES:
        check_inside(arrange(replace(LONGEST, office=office), stock, dpi=300))


@pytest.mark.parametrize("stock", STOCKS.values(), ids=STOCKS)
@pytest.mark.parametrize("kind", ["png", "svg", "pdf", "zpl"])
def test_the_longest_text_leaves_a_white_edge_and_a_clean_quiet_zone(stock: Stock, kind: str) -> None:
    for text in (
        LONGEST,
        replace(LONGEST, draft=True, version=12),
        replace(LONGEST, name="W" * 60, office="Jjj " * 40),
    ):
        layout = arrange(text, stock, dpi=300 if kind in {"png", "zpl"} else 600)
        pixels = reading.printed(kind, text, stock, 300)
        ink_outside_the_symbol(layout, pixels)
        for edge in (pixels[:4], pixels[-4:], pixels[:, :4], pixels[:, -4:]):
            assert (edge > 250).all(), "ink on the label's edge"


@settings(max_examples=150, deadline=None)
@given(
    fields=st.fixed_dictionaries({field: st.text(max_size=120) for field in FIELDS}),
    stock=st.sampled_from(list(STOCKS.values())),
    draft=st.booleans(),
    version=st.integers(1, 99),
)
def test_whatever_is_typed_becomes_a_label(fields: dict[str, str], stock: Stock, draft: bool, version: int) -> None:
    layout = arrange(replace(SHORTEST, draft=draft, version=version, **fields), stock, dpi=300)
    check_inside(layout)
    assert words(layout).replace(" ", "").endswith("7K3M9QWX" + (f"v{version}" if version > 1 else ""))


def test_a_large_label_says_everything_and_a_small_one_the_code_and_the_number() -> None:
    text = replace(LONGEST, name="Samsung Galaxy Tab A9")
    large = words(arrange(text, STOCKS["tj-121"], dpi=300))
    for said in (text.institution, text.uakpb_year, text.item_code, text.name, text.office, "7K3M 9QWX"):
        assert said in large
    small = words(arrange(replace(text, institution=""), STOCKS["l4731"], dpi=300))
    assert "7K3M 9QWX" in small
    assert "3.10.01.02.009" in small
    assert text.office not in small


@pytest.mark.parametrize("stock", STOCKS.values(), ids=STOCKS)
def test_numbers_are_whole_or_absent(stock: Stock) -> None:
    said = words(arrange(LONGEST, stock, dpi=300)).replace(" ", "")
    for number in (LONGEST.item_code, LONGEST.uakpb_year):
        assert number.replace(" ", "") in said or number[:6] not in said
    assert "7K3M9QWX" in said


def test_a_name_too_long_ends_in_an_ellipsis() -> None:
    said = [line.text for line in arrange(LONGEST, STOCKS["l7651"], dpi=300).lines]
    assert any(line.endswith("…") for line in said)


@pytest.mark.parametrize("stock", STOCKS.values(), ids=STOCKS)
def test_a_draft_says_so_and_a_reprint_carries_its_version(stock: Stock) -> None:
    said = words(arrange(replace(LONGEST, draft=True, version=3), stock, dpi=300))
    assert "DRAF" in said
    assert "v3" in said
    assert "DRAF" not in words(arrange(LONGEST, stock, dpi=300))
    assert "v1" not in words(arrange(LONGEST, stock, dpi=300))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Galaxy 📱 Tab 👍🏽", "Galaxy Tab"),
        ("جهاز Samsung", "? Samsung"),
        ("מכשיר לוח A9", "? ? A9"),
        ("평판 A9", "? A9"),
        ("e\u0301tat Ångström", "état Ångström"),
        ("Phạm Ngũ Lão", "Pham Ngũ Lão"),
        ("a\u202eb\u200dc\u0000d\u2066", "abcd"),
        ("two\nlines\tand\u00a0more", "two lines and more"),
        ("ﬁle № 5 ½", "file № 5 ½"),
        ("  ", ""),
        ("<b>&amp;", "<b>&amp;"),
    ],
)
def test_signs_the_font_lacks_leave_a_readable_line(typed: str, said: str) -> None:
    assert printable(typed) == said


@pytest.mark.parametrize("name", ["📱📱📱", "جهاز لوحي", "\u202e\u2066", "<svg onload=alert(1)>&\"'"])
def test_strange_names_still_make_labels_that_read(name: str) -> None:
    text = replace(LONGEST, name=name, office=name, institution=name)
    for kind in ("png", "svg", "pdf", "zpl"):
        assert reading.zxing(reading.printed(kind, text, STOCKS["l7160"], 300)) == [text.url]


def test_no_glyph_is_taller_or_deeper_than_the_lines_allow() -> None:
    for bold in (False, True):
        font = face(bold=bold)
        for character in font.advances:
            glyph = font.font["glyf"][font.font.getGlyphName(font.glyphs[character])]
            assert getattr(glyph, "yMax", 0) <= ASCENT * font.em, character
            assert getattr(glyph, "yMin", 0) >= -DESCENT * font.em, character


def test_the_fonts_box_is_the_box_around_its_glyphs() -> None:
    for bold in (False, True):
        font = face(bold=bold)
        glyphs = [font.font["glyf"][name] for name in font.font.getGlyphOrder()]
        boxes = [[getattr(glyph, edge, 0) for edge in ("xMin", "yMin", "xMax", "yMax")] for glyph in glyphs]
        lefts, bottoms, rights, tops = zip(*boxes, strict=True)
        assert font.bounds == (min(lefts), min(bottoms), max(rights), max(tops))


def test_codes_are_grouped_for_reading_aloud() -> None:
    assert grouped("7K3M9QWX") == "7K3M 9QWX"
    assert grouped("7K3M9") == "7K3M 9"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"url": ""}, "plain ASCII"),
        ({"url": "https://contoh.id/d/é"}, "plain ASCII"),
        ({"url": "HTTPS://A.ID/D/ 7K"}, "plain ASCII"),
        ({"url": "HTTPS://A.ID/D/\n7K"}, "plain ASCII"),
        ({"url": "A" * 401}, "401 characters; at most 400"),
        ({"code": ""}, "letters and digits"),
        ({"code": "7K3M 9QWX"}, "letters and digits"),
        ({"code": "A" * 33}, "letters and digits"),
        ({"code": "W" * 32}, "does not fit beside the QR"),
    ],
)
def test_a_text_that_cannot_be_a_label_is_refused(change: dict[str, str], sentence: str) -> None:
    with pytest.raises(LabelError, match=sentence):
        png(replace(SHORTEST, **change), STOCKS["tj-108"])


@pytest.mark.parametrize("path", ["/sistem/aset/", "/" + "A" * 170 + "/"])
@pytest.mark.parametrize("stock", STOCKS.values(), ids=STOCKS)
def test_a_long_address_gives_a_label_that_reads_or_a_reason(stock: Stock, path: str) -> None:
    text = replace(LONGEST, url=f"HTTPS://ASET.BAWASLU.GO.ID{path}D/7K3M9QWX")
    modules = matrix(text.url, "M").size + 8
    room = min(stock.label_width_mm, stock.label_height_mm)
    smallest = math.ceil(stock.module_min_mm * 300 / 25.4 - 1e-6) * 25.4 / 300
    if modules * smallest > room:
        with pytest.raises(LabelError, match=rf"QR of {len(text.url)} characters needs .* leaves {room:g} mm"):
            png(text, stock, 300)
    else:
        assert reading.zxing(reading.from_png(png(text, stock, 300))) == [text.url]


@pytest.mark.parametrize("dpi", [203, 300, 600])
@pytest.mark.parametrize("stock", STOCKS.values(), ids=STOCKS)
def test_modules_are_whole_dots_of_the_least_size_or_more(stock: Stock, dpi: int) -> None:
    for text in (LONGEST, SHORTEST):
        try:
            layout = arrange(text, stock, dpi=dpi)
        except LabelError:
            assert (stock.name, dpi) == ("l4731", 203)
            continue
        dots = layout.module * dpi / 25.4
        assert dots == pytest.approx(round(dots), abs=1e-6)
        assert layout.module >= (0.254 if stock.name == "l4731" else 0.40) - 1e-9
        assert layout.quiet.width == pytest.approx((layout.matrix.size + 8) * layout.module)
        for edge in (*layout.quiet[:2], *layout.symbol):
            assert edge * dpi / 25.4 == pytest.approx(round(edge * dpi / 25.4), abs=1e-6)


def test_a_tall_label_carries_its_text_below_the_qr() -> None:
    tall = Stock(name="tall", title="Tall", label_width_mm=30, label_height_mm=50)
    layout = arrange(LONGEST, tall, dpi=300)
    check_inside(layout)
    assert all(line.y > layout.quiet.y + layout.quiet.height for line in layout.lines)
    assert reading.zxing(reading.from_png(png(LONGEST, tall))) == [LONGEST.url]


def test_a_label_with_room_for_the_qr_only_is_refused() -> None:
    square = Stock(name="square", title="Square", label_width_mm=15, label_height_mm=15)
    with pytest.raises(LabelError, match=r"code 7K3M9QWX does not fit beside the QR: 0 × 12\.6 mm"):
        arrange(LONGEST, square, dpi=300)


@given(
    width=st.floats(13.3, 120),
    height=st.floats(13.3, 120),
    dpi=st.sampled_from([203, 300, 600]),
    text=st.sampled_from([LONGEST, SHORTEST]),
)
@settings(max_examples=100, deadline=None)
def test_any_size_of_label_holds_all_that_is_drawn_or_is_refused(
    width: float, height: float, dpi: int, text: LabelText
) -> None:
    stock = Stock(name="own", title="Own", label_width_mm=width, label_height_mm=height)
    try:
        layout = arrange(text, stock, dpi=dpi)
    except LabelError:
        assert min(width, height) < 18.6 or max(width, height) < 26
    else:
        check_inside(layout)


def test_the_svg_says_its_code_and_its_size_and_holds_nothing_active() -> None:
    drawn = svg(LabelText(url="HTTPS://A.ID/D/7K3M9QWX", code="7K3M9QWX", name="<script>"), STOCKS["l7160"]).decode()
    assert "<title>7K3M 9QWX</title>" in drawn
    assert 'width="63.5mm" height="38.1mm"' in drawn
    assert "<script" not in drawn


def test_the_png_states_its_resolution() -> None:
    picture = Image.open(io.BytesIO(png(SHORTEST, STOCKS["roll-50x30"], 203)))
    assert picture.size == (400, 240)
    assert picture.info["dpi"] == pytest.approx((203, 203), abs=0.1)
