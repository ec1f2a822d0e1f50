"""The embedded font (Noto Sans, subset to Latin): what it can print, how wide, and in what outline.

All formats place glyphs by these advances, without kerning, so a label is laid out the same everywhere.
"""

import unicodedata
from functools import cache, cached_property, lru_cache
from importlib import resources
from io import BytesIO

from fontTools.pens.boundsPen import ControlBoundsPen
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTFont

# Of the em, over all glyphs of both faces: nothing is drawn above ASCENT or below DESCENT from the baseline.
ASCENT = 1.01
DESCENT = 0.245

_TEXT_LENGTH_MAX = 200
_FALLBACK = "?"


class Face:
    """One weight of the font."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.font = TTFont(BytesIO(data))
        self.em: int = self.font["head"].unitsPerEm
        names: dict[int, str] = self.font.getBestCmap()
        metrics = self.font["hmtx"]
        self.glyphs: dict[str, int] = {chr(point): self.font.getGlyphID(name) for point, name in names.items()}
        self.advances: dict[str, float] = {chr(point): metrics[name][0] / self.em for point, name in names.items()}

    def width(self, text: str) -> float:
        """Width of the text in em; the text must be `printable`."""
        return sum(map(self.advances.__getitem__, text))

    @cached_property
    def bounds(self) -> tuple[int, int, int, int]:
        """The box around every glyph, in font units: left, bottom, right, top."""
        glyphs = self.font.getGlyphSet()
        boxes = []
        for name in self.font.getGlyphOrder():
            pen = ControlBoundsPen(glyphs)
            glyphs[name].draw(pen)
            boxes.append(pen.bounds or (0, 0, 0, 0))
        lefts, bottoms, rights, tops = zip(*boxes, strict=True)
        return min(lefts), min(bottoms), max(rights), max(tops)

    @lru_cache(maxsize=512)  # noqa: B019 - there are two faces, and they live as long as the process
    def outline(self, character: str) -> str:
        """The glyph as an SVG path in font units, y up."""
        glyphs = self.font.getGlyphSet()
        pen = SVGPathPen(glyphs, ntos=lambda number: f"{number:g}")
        glyphs[self.font.getGlyphName(self.glyphs[character])].draw(pen)
        return str(pen.getCommands())


@cache
def face(*, bold: bool) -> Face:
    return Face(font_bytes(bold=bold))


@cache
def font_bytes(*, bold: bool) -> bytes:
    name = "NotoSans-Bold.ttf" if bold else "NotoSans-Regular.ttf"
    return (resources.files("labels") / "fonts" / name).read_bytes()


@lru_cache(maxsize=4096)
def printable(text: str) -> str:
    """The text with only what the font can print, on one line.

    Accents the font lacks are taken off their letters; emoji, control and direction signs disappear; a word in another
    script becomes a single `?`, for a label must stay readable rather than complete. Long texts are cut at 200 characters.
    """
    known = face(bold=False).advances
    line = []
    for character in unicodedata.normalize("NFC", text[:_TEXT_LENGTH_MAX]):
        if character in known and character != "\N{REPLACEMENT CHARACTER}":
            line.append(" " if character.isspace() else character)
        elif character.isspace():
            line.append(" ")
        else:
            line.append(_nearest(character, known))
    words = "".join(line).split()
    return " ".join(_without_repeats(word) for word in words)


def _nearest(character: str, known: dict[str, float]) -> str:
    plain = "".join(part for part in unicodedata.normalize("NFKD", character) if part in known and not part.isspace())
    if plain:
        return plain
    return _FALLBACK if unicodedata.category(character)[0] in "LN" else ""


def _without_repeats(word: str) -> str:
    while _FALLBACK * 2 in word:
        word = word.replace(_FALLBACK * 2, _FALLBACK)
    return word
