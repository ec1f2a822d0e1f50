"""Which column is which: names in English, Indonesian and SIMAN's, without regard to case, spaces, signs."""

import re
from collections.abc import Iterator, Mapping, Sequence

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
            "seri",
            "nomorseriperangkat",
            "nomorserialperangkat",
            "serialnum",
            "serialnr",
            "snperangkat",
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
            "imeike1",
            "imeii",
            "imeipertama",
            "kodeimei",
            "kodeimei1",
        ),
    ),
    "imei2": (
        "IMEI 2",
        (
            "imei2",
            "noimei2",
            "nomorimei2",
            "imeislot2",
            "imeisim2",
            "imeike2",
            "imeiii",
            "imeikedua",
            "kodeimei2",
        ),
    ),
    "kode_barang": ("Kode Barang", ("kodebarang", "itemcode")),
    "nup": ("NUP", ("nup",)),
    "uakpb": ("Kode Satker", ("uakpb", "kodesatker", "kodeuakpb")),
    "kode_register": ("Kode Register", ("koderegister", "noregister", "nomorregister", "registercode")),
    "acquired_on": (
        "Tanggal Perolehan",
        ("acquiredon", "tanggalperolehan", "tglperolehan", "tanggaloleh", "acquisitiondate"),
    ),
    "value": ("Nilai Perolehan", ("value", "nilaiperolehan", "hargaperolehan", "acquisitionvalue")),
    "office": ("Kode Kantor", ("office", "kodekantor", "officecode")),
    "condition": ("Kondisi", ("condition", "kondisi")),
    "programme": ("Program", ("programme", "program", "kodeprogram")),
    "note": ("Keterangan", ("note", "keterangan", "catatan")),
}
NEEDED = ("brand", "model", "serial")
TELL_THE_KIND = ("kind", "item_name", "bmn_kind", "kode_barang")
OF_DEVICES = {name: field for field, (_, names) in NAMES.items() for name in names}
_KNOWN_MIN = 2  # a title row may hold one word that looks like a column
_ASIDE = re.compile(r"\((rp|rupiah|idr|dd|tgl|hh|yyyy|wajib|opsional|required|optional)[^)]*\)", re.IGNORECASE)
_BETWEEN_NAMES = re.compile(
    r"[()|\n]|\s/\s|(?<=\w\w)/(?=\w\w)"
)  # `Nomor Seri (SN)`, `Merek / Brand`: one column under two of its names
_SHORT = {
    "kd": "kode",
    "no": "nomor",
    "nmr": "nomor",
    "nomer": "nomor",
    "nr": "nomor",
    "tgl": "tanggal",
    "jns": "jenis",
    "nm": "nama",
}
_WORD = re.compile(r"[^\W\d_]+")


class Header(Struct):
    """The header that was found: the place and the heading of each field; `ignored` are the headings that no field uses.

    `headed` are the places with any heading, `width` is the number of cells of the header's row.
    """

    row: int
    places: dict[str, int]
    headings: dict[str, str]
    ignored: list[str]
    twice: list[tuple[str, str]]  # (heading, the earlier heading of the same column)
    headed: set[int] = set()
    width: int = 0


def plain(heading: object) -> str:
    return re.sub(r"[\W_]+", "", str(heading)).casefold()


def find_header(rows: Sequence[Row], fields: Mapping[str, str] = OF_DEVICES) -> Header | None:
    """The header: among the first rows the one that names the most columns, beside the row above it.

    `fields` tells the field of each name that a column may have, as `plain` makes it.
    """
    best: Header | None = None
    above = Row(0, False, [])
    for row in rows:
        if row.number > HEADER_ROWS:
            break
        header = _read(row, above if above.number == row.number - 1 else Row(0, False, []), fields)
        if len(header.places) >= _KNOWN_MIN and (best is None or len(header.places) > len(best.places)):
            best = header
        above = row
    return best


def _read(row: Row, above: Row, fields: Mapping[str, str]) -> Header:
    header = Header(row.number, {}, {}, [], [], set(), max(len(row.cells), len(above.cells)))
    for place, heading in _headings(row, above, fields):
        header.headed.add(place)
        field = _field(heading, fields)
        if field is None:
            header.ignored.append(heading[:120])
        elif field in header.places:
            header.twice.append((heading, header.headings[field]))
        else:
            header.places[field] = place
            header.headings[field] = heading
    return header


def _headings(row: Row, above: Row, fields: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """Each place with its heading. Above may stand the heading itself, or one of a group (NILAI over Perolehan)."""
    group = ""
    for place in range(max(len(row.cells), len(above.cells))):
        own, over = _text(row.cells, place), _text(above.cells, place)
        group = over or group
        heading = own or over
        if own and not _field(own, fields) and _field(f"{group} {own}", fields):
            heading = f"{group} {own}"
        if heading:
            yield place, heading


def _field(heading: str, fields: Mapping[str, str]) -> str | None:
    """The field of a heading: by its name, by its name without a unit, or where it is several names of one field."""
    return _named(heading, fields) or _named(without := _ASIDE.sub("", heading), fields) or _of_all(without, fields)


def _named(heading: str, fields: Mapping[str, str]) -> str | None:
    in_full = _WORD.sub(lambda word: _SHORT.get(word[0].casefold(), word[0]), heading)
    return fields.get(plain(heading)) or fields.get(plain(in_full))


def _of_all(heading: str, fields: Mapping[str, str]) -> str | None:
    named = {_named(part, fields) for part in _BETWEEN_NAMES.split(heading) if part.strip()}
    return named.pop() if len(named) == 1 else None


def _text(cells: Sequence[Cell], place: int) -> str:
    cell = cells[place] if place < len(cells) else None
    return cell.text if isinstance(cell, Unread) else " ".join(str(cell).split()) if cell is not None else ""
