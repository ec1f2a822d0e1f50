"""Which column is which: names in English, Indonesian and SIMAN's, without regard to case, spaces, signs."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from assets_service.kernel.workbooks import Cell, Row, Unread

HEADER_ROWS = 10  # the header stands in one of the first ten

# The heading a person is told when the column is missing; and every name it may have, as `plain` makes it.
NAMES: dict[str, tuple[str, tuple[str, ...]]] = {
    "kind": ("Jenis", ("kind", "jenis", "jenisperangkat")),
    "item_name": ("Nama Barang", ("namabarang", "itemname")),
    "bmn_kind": ("Jenis BMN", ("jenisbmn",)),
    "brand": ("Merk", ("brand", "merk", "merek")),
    "model": ("Tipe", ("model", "tipe", "type")),
    "serial": (
        "Nomor Seri",
        (
            "serial",
            "nomorseri",
            "noseri",
            "nomorserial",
            "noserial",
            "serialnumber",
            "serialno",
            "sn",
            "nosn",
            "nomorsn",
        ),
    ),
    "imei1": (
        "IMEI 1",
        (
            "imei1",
            "imei",
            "noimei",
            "noimei1",
            "nomorimei",
            "nomorimei1",
            "imeino",
            "imeinumber",
            "imeislot1",
            "imeisim1",
        ),
    ),
    "imei2": ("IMEI 2", ("imei2", "noimei2", "nomorimei2", "imeislot2", "imeisim2")),
    "kode_barang": ("Kode Barang", ("kodebarang", "itemcode")),
    "nup": ("NUP", ("nup",)),
    "uakpb": ("Kode Satker", ("uakpb", "kodesatker", "kodeuakpb")),
    "kode_register": ("Kode Register", ("koderegister", "noregister", "nomorregister", "registercode")),
    "acquired_on": (
        "Tanggal Perolehan",
        ("acquiredon", "tanggalperolehan", "tglperolehan", "tanggaloleh", "acquisitiondate"),
    ),
    "value": ("Nilai Perolehan", ("value", "nilaiperolehan", "acquisitionvalue")),
    "office": ("Kode Kantor", ("office", "kodekantor", "officecode")),
    "condition": ("Kondisi", ("condition", "kondisi")),
    "programme": ("Program", ("programme", "program", "kodeprogram")),
    "note": ("Keterangan", ("note", "keterangan", "catatan")),
}
NEEDED = ("brand", "model", "serial")
TELL_THE_KIND = ("kind", "item_name", "bmn_kind", "kode_barang")
_FIELD_BY_NAME = {name: field for field, (_, names) in NAMES.items() for name in names}
_KNOWN_MIN = 2  # a title row may hold one word that looks like a column
_ASIDE = re.compile(r"\((rp|rupiah|idr|dd|tgl|hh|yyyy|wajib|opsional|required|optional)[^)]*\)", re.IGNORECASE)


class Header(Struct):
    """The header that was found: the place and the heading of each field; `ignored` are the headings that no field uses."""

    row: int
    places: dict[str, int]
    headings: dict[str, str]
    ignored: list[str]
    twice: list[tuple[str, str]]  # (heading, the earlier heading of the same column)


def plain(heading: object) -> str:
    return re.sub(r"[\W_]+", "", str(heading)).casefold()


def find_header(rows: Sequence[Row]) -> Header | None:
    """The header: among the first rows the one that names the most columns, beside the row above it."""
    best: Header | None = None
    above = Row(0, False, [])
    for row in rows:
        if row.number > HEADER_ROWS:
            break
        header = _read(row, above if above.number == row.number - 1 else Row(0, False, []))
        if len(header.places) >= _KNOWN_MIN and (best is None or len(header.places) > len(best.places)):
            best = header
        above = row
    return best


def _read(row: Row, above: Row) -> Header:
    header = Header(row.number, {}, {}, [], [])
    for place, heading in _headings(row, above):
        field = _field(heading)
        if field is None:
            header.ignored.append(heading[:120])
        elif field in header.places:
            header.twice.append((heading, header.headings[field]))
        else:
            header.places[field] = place
            header.headings[field] = heading
    return header


def _headings(row: Row, above: Row) -> Iterator[tuple[int, str]]:
    """Each place with its heading. Above may stand the heading itself, or one of a group (NILAI over Perolehan)."""
    group = ""
    for place in range(max(len(row.cells), len(above.cells))):
        own, over = _text(row.cells, place), _text(above.cells, place)
        group = over or group
        heading = own or over
        if own and not _field(own) and _field(f"{group} {own}"):
            heading = f"{group} {own}"
        if heading:
            yield place, heading


def _field(heading: str) -> str | None:
    return _FIELD_BY_NAME.get(plain(heading)) or _FIELD_BY_NAME.get(plain(_ASIDE.sub("", heading)))


def _text(cells: Sequence[Cell], place: int) -> str:
    cell = cells[place] if place < len(cells) else None
    return cell.text if isinstance(cell, Unread) else " ".join(str(cell).split()) if cell is not None else ""
