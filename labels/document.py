"""A PDF written page by page to a stream: what is on a finished page is not kept in memory.

Only what labels need: two embedded TrueType fonts (Type 0, with a ToUnicode map, so that text can be searched and copied),
one optional picture, and pages of drawing commands. Lengths on a page are millimetres, y upwards.
"""

import zlib
from functools import cache
from typing import BinaryIO

from PIL import Image

from labels.fonts import ASCENT, DESCENT, Face, face, font_bytes

POINTS_PER_MM = 72 / 25.4

_CATALOG, _PAGES, _RESOURCES = 1, 2, 3
_COMPRESSION = 6


class Document:
    """A PDF under way. Write the pages, then `close`; `out` is left open."""

    def __init__(self, out: BinaryIO, *, title: str, picture: Image.Image | None = None) -> None:
        self.out = out
        self.position = 0
        self.offsets: dict[int, int] = {}
        self.next_number = _RESOURCES + 1
        self.pages: list[int] = []
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        self.info = self._add(b"<< /Title <FEFF%s> /Producer (labels) >>" % title.encode("utf-16-be").hex().encode())
        regular, bold = self._font(bold=False), self._font(bold=True)
        pictures = b"/XObject << /Mark %d 0 R >> " % self._picture(picture) if picture is not None else b""
        self._add(b"<< /Font << /R %d 0 R /B %d 0 R >> %s>>" % (regular, bold, pictures), number=_RESOURCES)

    def page(self, width_mm: float, height_mm: float, commands: str) -> None:
        """Add a page of drawing commands."""
        scale = f"{POINTS_PER_MM:.8f}"
        content = self._stream(b"", f"{scale} 0 0 {scale} 0 0 cm\n{commands}".encode())
        box = f"0 0 {width_mm * POINTS_PER_MM:.4f} {height_mm * POINTS_PER_MM:.4f}".encode()
        self.pages.append(
            self._add(
                b"<< /Type /Page /Parent %d 0 R /MediaBox [%s] /Resources %d 0 R /Contents %d 0 R >>"
                % (_PAGES, box, _RESOURCES, content)
            )
        )

    def close(self) -> None:
        """Write what closes the file: the page tree, the catalog and the table of offsets."""
        kids = b" ".join(b"%d 0 R" % page for page in self.pages)
        self._add(b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(self.pages), kids), number=_PAGES)
        # Ask the print dialogue not to shrink the page: labels must print at 100 %.
        preferences = b"<< /PrintScaling /None >>"
        self._add(
            b"<< /Type /Catalog /Pages %d 0 R /Lang (id) /ViewerPreferences %s >>" % (_PAGES, preferences),
            number=_CATALOG,
        )
        table = self.position
        entries = b"".join(b"%010d 00000 n \n" % self.offsets[number] for number in range(1, self.next_number))
        self._write(b"xref\n0 %d\n0000000000 65535 f \n%s" % (self.next_number, entries))
        trailer = b"<< /Size %d /Root %d 0 R /Info %d 0 R >>" % (self.next_number, _CATALOG, self.info)
        self._write(b"trailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (trailer, table))

    def _add(self, body: bytes, *, number: int | None = None) -> int:
        if number is None:
            number, self.next_number = self.next_number, self.next_number + 1
        self.offsets[number] = self.position
        self._write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        return number

    def _stream(self, entries: bytes, data: bytes) -> int:
        return self._packed(entries, zlib.compress(data, _COMPRESSION))

    def _packed(self, entries: bytes, packed: bytes) -> int:
        head = b"<< %s/Filter /FlateDecode /Length %d >>" % (entries, len(packed))
        return self._add(b"%s\nstream\n%s\nendstream" % (head, packed))

    def _write(self, data: bytes) -> None:
        self.out.write(data)
        self.position += len(data)

    def _font(self, *, bold: bool) -> int:
        font, name = face(bold=bold), b"NotoSans-Bold" if bold else b"NotoSans-Regular"
        file = self._packed(b"/Length1 %d " % len(font.data), _packed_font(bold=bold))
        left, bottom, right, top = font.bounds
        descriptor = self._add(
            b"<< /Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [%d %d %d %d] /ItalicAngle 0 /Ascent %d /Descent %d "
            b"/CapHeight 714 /StemV %d /FontFile2 %d 0 R >>"
            % (name, left, bottom, right, top, 1000 * ASCENT, -1000 * DESCENT, 140 if bold else 80, file)
        )
        descendant = self._add(
            b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) "
            b"/Supplement 0 >> /FontDescriptor %d 0 R /CIDToGIDMap /Identity /W [0 [%s]] >>"
            % (name, descriptor, _widths(font))
        )
        unicode_map = self._stream(b"", _unicode_map(font))
        return self._add(
            b"<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>"
            % (name, descendant, unicode_map)
        )

    def _picture(self, picture: Image.Image) -> int:
        size = b"/Width %d /Height %d " % picture.size
        return self._stream(
            b"/Type /XObject /Subtype /Image %s/ColorSpace /DeviceGray /BitsPerComponent 1 " % size, picture.tobytes()
        )


@cache
def _packed_font(*, bold: bool) -> bytes:
    return zlib.compress(font_bytes(bold=bold), 9)


def _widths(font: Face) -> bytes:
    metrics = font.font["hmtx"]
    advances = (metrics[name][0] * 1000 // font.em for name in font.font.getGlyphOrder())
    return b" ".join(b"%d" % advance for advance in advances)


def _unicode_map(font: Face) -> bytes:
    """The CMap that turns glyphs back into characters, in blocks of at most 100 as the format demands."""
    pairs = [b"<%04X> <%04X>" % (glyph, ord(character)) for character, glyph in font.glyphs.items()]
    blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    body = b"\n".join(b"%d beginbfchar\n%s\nendbfchar" % (len(block), b"\n".join(block)) for block in blocks)
    return (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        b"/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n" + body + b"\n"
        b"endcmap CMapName currentdict /CMap defineresource pop end end\n"
    )
