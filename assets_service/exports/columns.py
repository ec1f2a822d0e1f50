"""The columns of the inventory: SIMAN's headings first, then ours. What is public is said here and nowhere else.

A row is a tuple of plain values in this order, as JSONL carries them. Tabular files show the words of `Column.words`
in their place; every table of words reads both ways, so that a file can be held against the digest of its rows.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

Row = tuple[Any, ...]

KINDS = {"tablet": "Tablet PC", "smartphone": "Telephone Mobile"}  # as the state's item code table names them
CONDITIONS = {"good": "Baik", "light": "Rusak Ringan", "heavy": "Rusak Berat"}
PRESENCES = {
    "present": "Ada",
    "in_transit": "Dalam Pengiriman",
    "not_found": "Tidak Ditemukan",
    "lost": "Hilang",
    "written_off": "Dihapuskan",
}
FLAGS = {
    "lost": "Hilang",
    "not_found": "Tidak ditemukan",
    "unconfirmed": "Belum dikonfirmasi",
    "overdue": "Lewat jatuh tempo",
    "unassigned": "Belum ada pemegang",
    "undelivered": "Belum diterima kantornya",
    "damaged": "Rusak",
    "unlabelled": "Label belum terpasang",
    "unbooked": "Belum dibukukan",
}
WORDS_BETWEEN = ", "


class Edition(StrEnum):
    INTERNAL = "internal"
    PUBLIC = "public"


class Sort(StrEnum):
    """What a column holds, which decides how each format writes it."""

    IDENTIFIER = "identifier"  # text even where it is all digits
    TEXT = "text"
    WORD = "word"
    WORDS = "words"
    COUNT = "count"
    RUPIAH = "rupiah"
    DAY = "day"


class Column(Struct, frozen=True):
    """`width` in characters."""

    name: str
    heading: str
    sort: Sort
    width: int
    is_public: bool = False
    words: Mapping[str, str] = {}


COLUMNS = (
    Column("uakpb", "Kode Satker", Sort.IDENTIFIER, 22),
    Column("kode_barang", "Kode Barang", Sort.IDENTIFIER, 13),
    Column("nup", "NUP", Sort.COUNT, 7),
    Column("kind", "Nama Barang", Sort.WORD, 17, is_public=True, words=KINDS),
    Column("brand", "Merk", Sort.TEXT, 14, is_public=True),
    Column("model", "Tipe", Sort.TEXT, 22, is_public=True),
    Column("condition", "Kondisi", Sort.WORD, 13, is_public=True, words=CONDITIONS),
    Column("acquired_on", "Tanggal Perolehan", Sort.DAY, 12, is_public=True),
    Column("value", "Nilai Perolehan", Sort.RUPIAH, 15, is_public=True),
    Column("serial", "Nomor Seri", Sort.IDENTIFIER, 18),
    Column("imei1", "IMEI 1", Sort.IDENTIFIER, 17),
    Column("imei2", "IMEI 2", Sort.IDENTIFIER, 17),
    Column("code", "Kode Label", Sort.IDENTIFIER, 11),
    Column("office", "Kode Kantor", Sort.IDENTIFIER, 8, is_public=True),
    Column("office_name", "Nama Kantor", Sort.TEXT, 34, is_public=True),
    Column("presence", "Keberadaan", Sort.WORD, 16, is_public=True, words=PRESENCES),
    Column("bound_for", "Kode Kantor Tujuan", Sort.IDENTIFIER, 8),
    Column("holder", "Pemegang", Sort.TEXT, 24),
    Column("sent_on", "Tanggal Dikirim", Sort.DAY, 12),
    Column("handover", "Nomor Serah Terima", Sort.IDENTIFIER, 16),
    Column("received_on", "Tanggal Diterima", Sort.DAY, 12),
    Column("received_by", "Diterima Oleh", Sort.TEXT, 24),
    Column("last_checked_on", "Terakhir Diperiksa", Sort.DAY, 12),
    Column("check_due_on", "Jatuh Tempo Pemeriksaan", Sort.DAY, 12),
    Column("flags", "Tanda", Sort.WORDS, 30, words=FLAGS),
    Column("programme", "Program", Sort.IDENTIFIER, 16, is_public=True),
    Column("note", "Keterangan", Sort.TEXT, 30),
)
PLACES = {
    edition: tuple(n for n, c in enumerate(COLUMNS) if c.is_public or edition is Edition.INTERNAL)
    for edition in Edition
}


def columns_of(edition: Edition) -> tuple[Column, ...]:
    return tuple(COLUMNS[place] for place in PLACES[edition])


def wording(column: Column) -> Callable[[Any], Any]:
    """What turns this column's values into the words of a tabular file; chosen once, not for each of a million cells."""
    if column.sort is Sort.WORD:
        return lambda value: column.words.get(value, value)
    if column.sort is Sort.WORDS:
        return _Joined(column.words)
    return lambda value: value


class _Joined(dict[tuple[str, ...], str | None]):
    """The words of a list, joined; a fleet knows few different lists."""

    def __init__(self, words: Mapping[str, str]) -> None:
        super().__init__()
        self._words = words

    def __call__(self, values: list[str]) -> str | None:
        return self[tuple(values)]

    def __missing__(self, values: tuple[str, ...]) -> str | None:
        self[values] = WORDS_BETWEEN.join(self._words.get(value, value) for value in values) or None
        return self[values]
