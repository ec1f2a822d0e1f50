"""Labels against the clock, beside a straightforward use of `qrcode` and, when it is installed, libqrencode.

Run it by hand: `python tests/bench/bench_labels.py [labels]`. Each measurement is its own process, so that its peak
memory is its own. Naive is what one writes first: `qrcode` for the symbol; for a PDF fpdf2 with one rectangle a module and
its own text cells; for a PNG `qrcode`'s Pillow image pasted beside Pillow's text.
"""

import ctypes
import io
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import qrcode
from PIL import Image, ImageDraw, ImageFont

from labels import STOCKS, LabelText, matrix, pdf, png, sheet_pdf, svg, zpl
from tests.labels.texts import numbered

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 1067
STOCK = STOCKS["tj-121"]
FONTS = Path(__file__).parents[2] / "labels" / "fonts"
NAIVE_SHARE = 10  # naive work is measured on a tenth and reckoned up; only times, never memory


def naive_code(text: LabelText) -> "qrcode.QRCode[qrcode.image.base.BaseImage]":
    code: qrcode.QRCode[qrcode.image.base.BaseImage] = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_Q, box_size=6, border=4
    )
    code.add_data(text.url)
    code.make(fit=True)
    return code


def lines(text: LabelText) -> list[str]:
    return [text.institution, text.uakpb_year, text.item_code, text.name, text.office, text.code]


def naive_png(text: LabelText) -> bytes:
    picture = Image.new("1", (886, 449), 1)
    picture.paste(naive_code(text).make_image().get_image(), (10, 10))
    font = ImageFont.truetype(FONTS / "NotoSans-Regular.ttf", 30)
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate(lines(text)):
        pen.text((340, 20 + 40 * number), line, font=font, fill=0)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def naive_sheet(texts: list[LabelText]) -> bytes:
    from fpdf import FPDF  # noqa: PLC0415 - its 40 MiB would stand in every other measurement's peak

    document = FPDF(unit="mm", format=STOCK.page_mm)
    document.set_auto_page_break(False)
    document.add_font("Noto", "", str(FONTS / "NotoSans-Regular.ttf"))
    for index, text in enumerate(texts):
        place = index % STOCK.per_sheet
        if place == 0:
            document.add_page()
            document.set_font("Noto", size=8)
        x, y = STOCK.place_mm(place + 1)
        for row, modules in enumerate(naive_code(text).modules):
            for column, dark in enumerate(modules):
                if dark:
                    document.rect(x + 3 + column * 0.7, y + 3 + row * 0.7, 0.7, 0.7, style="F")
        for number, line in enumerate(lines(text)):
            document.text(x + 28, y + 6 + 4 * number, line)
    return bytes(document.output())


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def each(draw: Callable[[LabelText], object], share: int = 1) -> Callable[[], float]:
    """Labels a second."""

    def measure() -> float:
        texts = numbered(COUNT // share)
        draw(texts[0])
        return len(texts) / timed(lambda: [draw(text) for text in texts])

    return measure


def libqrencode() -> float:
    """Symbols a second from libqrencode's own function, mask choice included; 0 when it is not installed."""
    try:
        library = ctypes.CDLL("libqrencode.so.4")
    except OSError:
        return 0.0
    encode, free = library.QRcode_encodeString, library.QRcode_free
    encode.restype, encode.argtypes = ctypes.c_void_p, [ctypes.c_char_p] + [ctypes.c_int] * 4
    free.argtypes = [ctypes.c_void_p]
    urls = [text.url.encode() for text in numbered(COUNT)]
    return COUNT / timed(lambda: [free(encode(url, 0, 2, 2, 1)) for url in urls])


def sheet_seconds() -> float:
    texts = numbered(COUNT)
    return timed(lambda: sheet_pdf(texts, STOCK))


def streamed_sheet_seconds(factor: int = 10) -> float:
    texts = (text for _ in range(factor) for text in numbered(COUNT))
    with Path("/dev/null").open("wb") as out:
        return timed(lambda: sheet_pdf(texts, STOCK, out=out))


MEASURES: dict[str, tuple[str, Callable[[], float]]] = {
    "matrix": ("symbols/s", each(lambda text: matrix(text.url, "Q"))),
    "matrix, naive": ("symbols/s", each(naive_code, NAIVE_SHARE)),
    "matrix, libqrencode": ("symbols/s", libqrencode),
    "png": ("labels/s", each(lambda text: png(text, STOCK))),
    "png, naive": ("labels/s", each(naive_png, NAIVE_SHARE)),
    "svg": ("labels/s", each(lambda text: svg(text, STOCK))),
    "zpl": ("labels/s", each(lambda text: zpl(text, STOCK))),
    "pdf, one each": ("labels/s", each(lambda text: pdf(text, STOCK))),
    "sheet": ("s", sheet_seconds),
    "sheet, naive": ("s", lambda: NAIVE_SHARE * timed(lambda: naive_sheet(numbered(COUNT // NAIVE_SHARE)))),
    "sheet, ten times as many, streamed": ("s", streamed_sheet_seconds),
}


def main() -> None:
    print(f"{COUNT} labels on {STOCK.title}, Python {sys.version.split()[0]}; import alone is in every peak\n")
    for name, (unit, _) in MEASURES.items():
        answer = subprocess.run(
            [sys.executable, __file__, str(COUNT), name], capture_output=True, text=True, check=True
        ).stdout
        figure, peak_mib = json.loads(answer)
        shown = "not installed" if figure == 0 else f"{figure:,.2f} {unit}" if unit == "s" else f"{figure:,.0f} {unit}"
        print(f"{name:36} {shown:>20} {peak_mib:8.0f} MiB peak")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        print(json.dumps([MEASURES[sys.argv[2]][1](), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
    else:
        main()
