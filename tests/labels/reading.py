"""A printer and two readers for labels: every format becomes grey pixels, and pixels become what a phone would read."""

import re
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2
import zxingcpp

from labels import LabelText, Stock, pdf, png, svg, zpl
from labels.layout import Layout

Pixels = npt.NDArray[np.uint8]

MM_PER_INCH = 25.4

_QR = zxingcpp.barcode_formats_from_str("QRCode")


def printed(kind: str, text: LabelText, stock: Stock, dpi: int) -> Pixels:
    """The label as grey pixels at this resolution: 0 ink, 255 paper."""
    if kind == "png":
        return from_png(png(text, stock, dpi))
    if kind == "zpl":
        return from_zpl(zpl(text, stock, dpi))
    if kind == "svg":
        return from_svg(svg(text, stock), dpi)
    return from_pdf(pdf(text, stock), dpi)


def from_png(data: bytes) -> Pixels:
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert pixels is not None
    return np.asarray(pixels, np.uint8)


def from_pdf(data: bytes, dpi: int, page: int = 0) -> Pixels:
    document = pypdfium2.PdfDocument(data)
    bitmap = document[page].render(scale=dpi / 72, grayscale=True)
    pixels = np.array(bitmap.to_numpy(), np.uint8).squeeze()
    document.close()
    return pixels


def from_zpl(data: bytes) -> Pixels:
    """What a Zebra printer does with one uncompressed `^GFA` field on a label of `^PW` × `^LL` dots."""
    match = re.fullmatch(
        r"\^XA\^PW(\d+)\^LL(\d+)\^LH0,0\^FO(\d+),(\d+)\^GFA,(\d+),(\d+),(\d+),([0-9A-F]+)\^FS\^XZ\n", data.decode()
    )
    assert match
    width, height, left, top, total, bytes_used, row_bytes = map(int, match.groups()[:7])
    field = bytes.fromhex(match[8])
    assert len(field) == total == bytes_used == row_bytes * height
    dots = np.unpackbits(np.frombuffer(field, np.uint8).reshape(-1, row_bytes), axis=1)
    paper = np.full((height, width), 255, np.uint8)
    assert not dots[:, width - left :].any(), "ink outside the label"
    paper[top:, left:][dots[:, : width - left] == 1] = 0
    return paper


def from_svg(data: bytes, dpi: int) -> Pixels:
    """The SVG drawn by a reader of our own: rectangles, filled paths of M h v z (the QR) and of outlines (the glyphs)."""
    root = ET.fromstring(data.decode())
    width, height = (float(number) for number in root.attrib["viewBox"].split()[2:])
    scale, fine = dpi / MM_PER_INCH, 4
    size = (round(width * scale), round(height * scale))
    paper = np.full((size[1] * fine, size[0] * fine), 255, np.uint8)
    for polygons in svg_polygons(root):
        dots = [np.round(polygon * scale * fine * 16 - 8).astype(np.int32) for polygon in polygons]
        cv2.fillPoly(paper, dots, (0,), cv2.LINE_8, shift=4)
    return np.asarray(cv2.resize(paper, size, interpolation=cv2.INTER_AREA), np.uint8)


def svg_polygons(root: ET.Element) -> list[list[npt.NDArray[np.float64]]]:
    """Each filled shape as polygons in millimetres from the label's top left."""
    ns = "{http://www.w3.org/2000/svg}"
    outlines = {path.attrib["id"]: path.attrib["d"] for path in root.iter(f"{ns}path") if "id" in path.attrib}
    shapes = []
    for element in root:
        if element.tag == f"{ns}path":
            shapes += [[polygon] for polygon in _polygons(element.attrib["d"], _matrix(element.attrib["transform"]))]
        if element.tag == f"{ns}g":
            turn = _matrix(element.attrib["transform"])
            for use in element:
                shift = turn @ np.array([[1, 0, float(use.attrib["x"])], [0, 1, 0], [0, 0, 1]])
                shapes.append(_polygons(outlines[use.attrib["href"][1:]], shift))
    return shapes


def _matrix(transform: str) -> npt.NDArray[np.float64]:
    match = re.fullmatch(r"translate\((\S+) (\S+)\) scale\((\S+?)(?: (\S+))?\)", transform)
    assert match
    x, y, across, down = match[1], match[2], match[3], match[4] or match[3]
    return np.array([[float(across), 0, float(x)], [0, float(down), float(y)], [0, 0, 1]])


def _polygons(data: str, turn: npt.NDArray[np.float64]) -> list[npt.NDArray[np.float64]]:
    polygons: list[list[tuple[float, float]]] = []
    at = (0.0, 0.0)
    for sign, numbers in re.findall(r"([MLHVhvQqlZz])([^A-Za-z]*)", data):
        values = [float(number) for number in re.findall(r"-?\d*\.?\d+", numbers)]
        if sign == "M":
            polygons.append([])
        if sign in "ML":
            path = [(values[i], values[i + 1]) for i in range(0, len(values), 2)]
        elif sign in "Hh":
            path = [(values[0] + (at[0] if sign == "h" else 0), at[1])]
        elif sign in "Vv":
            path = [(at[0], values[0] + (at[1] if sign == "v" else 0))]
        elif sign == "Q":
            path = []
            for i in range(0, len(values), 4):
                (cx, cy), end = values[i : i + 2], (values[i + 2], values[i + 3])
                start = path[-1] if path else at
                path += [
                    (
                        (1 - t) ** 2 * start[0] + 2 * t * (1 - t) * cx + t * t * end[0],
                        (1 - t) ** 2 * start[1] + 2 * t * (1 - t) * cy + t * t * end[1],
                    )
                    for t in (0.25, 0.5, 0.75, 1.0)
                ]
        else:
            assert sign in "Zz", sign
            path = []
        polygons[-1] += path
        at = path[-1] if path else polygons[-1][0]
    return [(np.c_[np.array(polygon), np.ones(len(polygon))] @ turn.T)[:, :2] for polygon in polygons if polygon]


def photographed(pixels: Pixels, dots_per_module: float, pixels_per_module: float = 8) -> Pixels:
    """The print as a phone sees it from a hand's breadth: some pixels a module, on a white table."""
    factor = pixels_per_module / dots_per_module
    seen = cv2.resize(
        pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA
    )
    return np.asarray(cv2.copyMakeBorder(seen, 24, 24, 24, 24, cv2.BORDER_CONSTANT, value=(255,)), np.uint8)


def zxing(pixels: Pixels) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(np.ascontiguousarray(pixels), formats=_QR)]


def opencv(pixels: Pixels) -> list[str]:
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(pixels)
    return [text] if text else []


# What happens to a label in an office.


def torn(
    pixels: Pixels, layout: Layout, share: float, place: tuple[float, float] = (1.0, 1.0), ink: int = 255
) -> Pixels:
    """A square patch over this share of the symbol's modules; place (1, 1) is the corner that has no finder."""
    x, y = layout.symbol
    scale = pixels.shape[1] / layout.width
    side = layout.matrix.size * layout.module
    patch = side * share**0.5
    left, top = (round((edge + at * (side - patch)) * scale) for edge, at in zip((x, y), place, strict=True))
    hurt = pixels.copy()
    hurt[top : top + round(patch * scale), left : left + round(patch * scale)] = ink
    return hurt


def blurred(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), 3.0), np.uint8)


def tilted(pixels: Pixels, degrees: float = 15) -> Pixels:
    height, width = pixels.shape
    side = int(np.hypot(height, width)) + 8
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    turn[:, 2] += (side - width) / 2, (side - height) / 2
    return np.asarray(cv2.warpAffine(pixels, turn, (side, side), borderValue=(255,)), np.uint8)


def faded(pixels: Pixels) -> Pixels:
    """Half the contrast: ink at mid grey, paper as it was, less a little light."""
    return np.asarray(110 + pixels.astype(np.float64) * 0.5, np.uint8)
