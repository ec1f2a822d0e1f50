"""Which column is which: names in English, Indonesian and SIMAN's, without regard to case, spaces, signs."""

import re
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

HEADER_ROWS = 10  # the header stands in one of the first ten

# The heading a person is told when the column is missing; and every name it may have, as `plain` makes it.
NAMES: dict[str, tuple[str, tuple[str, ...]]] = {
    "kind": ("Jenis", ("kind", "jenis", "jenisperangkat")),
    "item_name": ("Nama Barang", ("namabarang", "itemname")),
    "bmn_kind": ("Jenis BMN", ("jenisbmn",)),
    "brand": ("Merk", ("brand", "merk", "merek")),
    "model": ("Tipe", ("model", "tipe", "type")),
    "serial": ("Nomor Seri", ("serial", "nomorseri", "noseri", "serialnumber", "sn")),
    "imei1": ("IMEI 1", ("imei1", "imei")),
    "imei2": ("IMEI 2", ("imei2",)),
    "kode_barang": ("Kode Barang", ("kodebarang", "itemcode")),
    "nup": ("NUP", ("nup",)),
    "uakpb": ("Kode Satker", ("uakpb", "kodesatker", "kodeuakpb")),
    "acquired_on": ("Tanggal Perolehan", ("acquiredon", "tanggalperolehan", "tglperolehan", "acquisitiondate")),
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


class Header(Struct):
    """`places` and `headings` by field; `ignored` are the headings nobody here reads."""

    row: int
    places: dict[str, int]
    headings: dict[str, str]
    ignored: list[str]
    twice: list[tuple[str, str]]  # (heading, the earlier heading of the same column)


def plain(heading: object) -> str:
    return re.sub(r"[\W_]+", "", str(heading)).casefold()


def find_header(rows: Sequence[Sequence[Any]]) -> Header | None:
    """The one of the first rows that names the most columns."""
    best: Header | None = None
    for number, row in enumerate(rows[:HEADER_ROWS], 1):
        header = _read(number, row)
        if len(header.places) >= _KNOWN_MIN and (best is None or len(header.places) > len(best.places)):
            best = header
    return best


def _read(number: int, row: Sequence[Any]) -> Header:
    header = Header(number, {}, {}, [], [])
    for place, cell in enumerate(row):
        heading = str(cell).strip() if cell is not None else ""
        field = _FIELD_BY_NAME.get(plain(heading))
        if field is None:
            if heading:
                header.ignored.append(heading[:120])
        elif field in header.places:
            header.twice.append((heading, header.headings[field]))
        else:
            header.places[field] = place
            header.headings[field] = heading
    return header
