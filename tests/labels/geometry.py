"""Where the stocks have their labels, and where a PDF says that things are, in millimetres from the page's top left."""

import ctypes
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

POINT_MM = 25.4 / 72


class Facts(NamedTuple):
    """A stock's page, and the left and top edge of its first and its last label, in millimetres."""

    page: tuple[float, float]
    first: tuple[float, float]
    last: tuple[float, float]
    label: tuple[float, float]


GEOMETRY = {
    "tj-103": Facts((210, 165), (6, 9.5), (140, 123.5), (64, 32)),
    "tj-107": Facts((165, 210), (2.5, 6), (112.5, 186), (50, 18)),
    "tj-108": Facts((210, 165), (4, 3), (168, 143), (38, 19)),
    "tj-121": Facts((165, 210), (5.5, 6), (84.5, 166), (75, 38)),
    "l7160": Facts((210, 297), (7.25, 15.15), (139.25, 243.75), (63.5, 38.1)),
    "l7163": Facts((210, 297), (4.65, 15.15), (106.25, 243.75), (99.1, 38.1)),
    "l7651": Facts((210, 297), (4.75, 10.7), (167.15, 265.1), (38.1, 21.2)),
    "l4731": Facts((210, 297), (8.6, 13.5), (176, 273.5), (25.4, 10)),
    "l4736": Facts((210, 297), (9.7, 21.3), (154.6, 254.5), (45.7, 21.2)),
    "roll-50x30": Facts((50, 30), (0, 0), (0, 0), (50, 30)),
    "roll-57x40": Facts((57, 40), (0, 0), (0, 0), (57, 40)),
    "roll-30x20": Facts((30, 20), (0, 0), (0, 0), (30, 20)),
    "roll-62": Facts((62, 29), (0, 0), (0, 0), (62, 29)),
}

Rectangle = tuple[float, float, float, float]


def rectangles(data: bytes, page: int, kind: int) -> tuple[tuple[float, float], list[Rectangle]]:
    """The page's size, and the left, top, right and bottom of its objects of a kind, in mm from the top left."""
    document = pypdfium2.PdfDocument(data)
    sheet = document[page]
    width, height = sheet.get_size()
    found = []
    for item in sheet.get_objects(filter=[kind]):
        left, bottom, right, top = item.get_bounds()
        found.append((left * POINT_MM, (height - top) * POINT_MM, right * POINT_MM, (height - bottom) * POINT_MM))
    document.close()
    return (width * POINT_MM, height * POINT_MM), found


def paths(data: bytes, page: int = 0) -> tuple[tuple[float, float], list[Rectangle]]:
    return rectangles(data, page, pdfium.FPDF_PAGEOBJ_PATH)


def outlines(data: bytes, page: int = 0) -> tuple[tuple[float, float], list[Rectangle]]:
    """As `paths`, by the corners the pen goes through rather than the ink of its line."""
    document = pypdfium2.PdfDocument(data)
    sheet = document[page]
    width, height = sheet.get_size()
    found = []
    for item in sheet.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH]):
        turn = item.get_matrix()
        corners = []
        for index in range(pdfium.FPDFPath_CountSegments(item)):
            x, y = ctypes.c_float(), ctypes.c_float()
            assert pdfium.FPDFPathSegment_GetPoint(pdfium.FPDFPath_GetPathSegment(item, index), x, y)
            corners.append(turn.on_point(x.value, y.value))
        across, up = zip(*corners, strict=True)
        edges = (min(across), height - max(up), max(across), height - min(up))
        found.append((edges[0] * POINT_MM, edges[1] * POINT_MM, edges[2] * POINT_MM, edges[3] * POINT_MM))
    document.close()
    return (width * POINT_MM, height * POINT_MM), found


def texts_of(data: bytes, page: int = 0) -> list[Rectangle]:
    return rectangles(data, page, pdfium.FPDF_PAGEOBJ_TEXT)[1]
