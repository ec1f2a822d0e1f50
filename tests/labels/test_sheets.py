"""Where labels lie on paper, from the PDF's own coordinates, and how a run of them behaves."""

import io
import re
import tracemalloc

import pypdf
import pytest
from msgspec.structs import replace

from labels import STOCKS, LabelError, Stock, StockError, pdf, sheet_pdf
from labels.fonts import face
from tests.labels import reading
from tests.labels.geometry import GEOMETRY, outlines, paths, texts_of
from tests.labels.texts import LONGEST, SHORTEST, numbered


@pytest.mark.parametrize("name", STOCKS)
def test_symbol_and_text_lie_on_their_label_at_every_place_of_the_sheet(name: str) -> None:
    facts, stock = GEOMETRY[name], STOCKS[name]
    data = sheet_pdf(numbered(stock.per_sheet), stock)
    page, symbols = paths(data)
    lines = texts_of(data)
    assert page == pytest.approx(facts.page, abs=0.1)
    assert len(symbols) == stock.per_sheet
    across = (facts.last[0] - facts.first[0]) / max(stock.columns - 1, 1)
    down = (facts.last[1] - facts.first[1]) / max(stock.rows - 1, 1)
    single = paths(pdf(numbered(1)[0], stock))[1][0]
    for place, (left, top, right, bottom) in enumerate(symbols):
        x = facts.first[0] + place % stock.columns * across
        y = facts.first[1] + place // stock.columns * down
        assert (left - x, top - y) == pytest.approx(single[:2], abs=0.1)
        quiet = 4 * stock.module_min_mm
        assert x + quiet <= left + 0.05
        assert y + quiet <= top + 0.05
        assert bottom <= y + facts.label[1] - quiet + 0.05
        mine = [line for line in lines if x <= line[0] < x + facts.label[0] and y <= line[1] < y + facts.label[1]]
        assert mine
        for line in mine:
            assert right + quiet <= line[0]
            assert line[2] <= x + facts.label[0]
            assert line[3] <= y + facts.label[1]


def test_a_part_used_sheet_is_printed_from_its_first_free_label() -> None:
    data = sheet_pdf(numbered(20), STOCKS["l7160"], start=5)
    first, second = paths(data, 0)[1], paths(data, 1)[1]
    assert (len(first), len(second)) == (17, 3)
    whole = paths(sheet_pdf(numbered(21), STOCKS["l7160"]))[1]
    assert first[0] == pytest.approx(whole[4], abs=0.1)
    assert second[0] == pytest.approx(whole[0], abs=0.1)


def test_an_offset_moves_every_label_and_a_scale_grows_from_the_top_left_corner() -> None:
    stock = STOCKS["tj-121"]
    plain = paths(sheet_pdf(numbered(10), stock))[1]
    moved = paths(sheet_pdf(numbered(10), stock, offset_x_mm=1.5, offset_y_mm=-0.7))[1]
    grown = paths(sheet_pdf(numbered(10), stock, scale=1.02))[1]
    for before, shifted, scaled in zip(plain, moved, grown, strict=True):
        left, top, right, bottom = before
        assert shifted == pytest.approx((left + 1.5, top - 0.7, right + 1.5, bottom - 0.7), abs=0.1)
        assert scaled == pytest.approx([edge * 1.02 for edge in before], abs=0.1)


def test_every_label_of_a_sheet_reads_as_its_own() -> None:
    texts = numbered(30)
    pixels = reading.from_pdf(sheet_pdf(texts, STOCKS["tj-107"]), 300)
    assert sorted(reading.zxing(pixels)) == sorted(text.url for text in texts)


def test_a_roll_gives_each_label_its_own_page() -> None:
    data = sheet_pdf(numbered(4), STOCKS["roll-50x30"])
    assert [reading.zxing(reading.from_pdf(data, 203, page)) for page in range(4)] == [
        [text.url] for text in numbered(4)
    ]


@pytest.mark.parametrize(
    ("stock", "placement", "sentence"),
    [
        ("l7160", {"start": 22}, "A sheet of Avery L7160 .* has 21 labels; printing cannot start at label 22"),
        ("l7160", {"start": 0}, "printing cannot start at label 0"),
        ("roll-50x30", {"start": 2}, "has one label; printing cannot start at label 2"),
        ("l7160", {"offset_x_mm": 15.1}, "An offset is at most 15 mm"),
        ("l7160", {"offset_y_mm": float("nan")}, "An offset is at most 15 mm"),
        ("l7160", {"scale": 1.2}, "The scale is from 0.9 to 1.1"),
        ("l7160", {"scale": float("nan")}, "The scale is from 0.9 to 1.1"),
        ("l7160", {"offset_x_mm": 14.0}, "labels leave the page"),
        ("tj-108", {"offset_y_mm": -6.0}, "labels leave the page"),
    ],
)
def test_an_impossible_place_is_refused_in_a_plain_sentence(
    stock: str, placement: dict[str, float], sentence: str
) -> None:
    with pytest.raises(StockError, match=sentence):
        sheet_pdf([SHORTEST], STOCKS[stock], **placement)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["l7160", "tj-108", "l4731"])
def test_at_full_size_every_label_starts_on_a_printers_dot(name: str) -> None:
    """600 dots an inch, and so 300: a module begins where a dot does, wherever on the sheet its label lies."""
    stock = STOCKS[name]
    for left, top, _, _ in outlines(sheet_pdf(numbered(stock.per_sheet), stock))[1]:
        for edge in (left, stock.page_mm[1] - top):
            assert edge * 600 / 25.4 == pytest.approx(round(edge * 600 / 25.4), abs=0.01)


def test_a_run_without_labels_is_refused() -> None:
    with pytest.raises(LabelError, match="no labels"):
        sheet_pdf([], STOCKS["l7160"])


def test_a_label_that_would_not_scan_stops_the_run_and_is_named() -> None:
    bad = replace(LONGEST, url="HTTPS://" + "A" * 200, code="BADC0DE1")
    with pytest.raises(LabelError, match=r"^Label BADC0DE1: A QR of 208 characters needs"):
        sheet_pdf([*numbered(2), bad], STOCKS["tj-107"])


def test_progress_is_told_after_each_label_and_can_stop_the_run() -> None:
    told: list[int] = []

    class StopError(Exception):
        pass

    def stop_at_seven(count: int) -> None:
        told.append(count)
        if count == 7:
            raise StopError

    with pytest.raises(StopError):
        sheet_pdf(numbered(50), STOCKS["tj-121"], on_label=stop_at_seven)
    assert told == [1, 2, 3, 4, 5, 6, 7]


class Sink(io.RawIOBase):
    """A file that forgets."""

    length = 0

    def write(self, data: object) -> int:
        assert isinstance(data, bytes)
        self.length += len(data)
        return len(data)


def peak_bytes(count: int, stock: Stock) -> int:
    texts = (text for text in numbered(1) * count)
    sink = Sink()
    tracemalloc.start()
    assert sheet_pdf(texts, stock, out=sink) == b""  # type: ignore[arg-type]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sink.length > 50 * count
    return peak


def test_a_long_run_keeps_one_page_in_memory() -> None:
    stock = STOCKS["l7651"]
    sheet_pdf(numbered(1), stock)  # fills the caches
    assert peak_bytes(1_300, stock) - peak_bytes(130, stock) < 100_000


def test_what_is_written_to_a_stream_is_what_is_returned() -> None:
    out = io.BytesIO()
    assert sheet_pdf(numbered(30), STOCKS["l7160"], out=out) == b""
    assert out.getvalue() == sheet_pdf(numbered(30), STOCKS["l7160"])


def test_the_pdf_is_sound_embeds_its_font_and_asks_to_be_printed_at_100_percent() -> None:
    reader = pypdf.PdfReader(io.BytesIO(sheet_pdf(numbered(30), STOCKS["l7160"])), strict=True)
    assert len(reader.pages) == 2
    fonts = reader.pages[0]["/Resources"]["/Font"].values()  # type: ignore[index]
    for font in fonts:
        descendant = font.get_object()["/DescendantFonts"][0].get_object()
        assert descendant["/FontDescriptor"]["/FontFile2"].get_object().get_data()[:4] == b"\0\1\0\0"
        facts = descendant["/FontDescriptor"]
        assert (facts["/Ascent"], facts["/Descent"]) == (1010, -245)
        blocks = re.findall(rb"(\d+) beginbfchar", font.get_object()["/ToUnicode"].get_object().get_data())
        assert all(1 <= int(block) <= 100 for block in blocks)  # as the format demands
        drawn = face(bold="Bold" in descendant["/BaseFont"])
        assert sum(map(int, blocks)) == len(drawn.glyphs)
        first, widths = descendant["/W"]
        for character in "iW":
            assert widths[drawn.glyphs[character] - first] == pytest.approx(1000 * drawn.advances[character], abs=1)
    assert reader.root_object["/ViewerPreferences"]["/PrintScaling"] == "/None"  # type: ignore[index]
    words = reader.pages[1].extract_text()
    assert "0000 001D" in words
    assert "Badan Pengawas" in words
