"""The columns of the inventory: SIMAN's headings first, then ours. What is public is said here and nowhere else.

Tabular files show the words of `Column.words` in place of a value; every table of words reads both ways, so that a file
can be held against the digest of its rows.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from operator import attrgetter
from typing import Annotated, Any, get_type_hints

from msgspec import Struct, structs

Row = tuple[Any, ...]  # one device's values in the order of the columns that are shown

KINDS = {"tablet": "Tablet PC", "smartphone": "Telephone Mobile"}  # as the state's item code table names them
CONDITIONS = {"good": "Baik", "light": "Rusak Ringan", "heavy": "Rusak Berat"}
PRESENCES = {
    "present": "Ada",
    "in_transit": "Dalam Pengiriman",
    "not_found": "Tidak Ditemukan",
    "lost": "Hilang",
    "written_off": "Dihapuskan",
}
OPENNESS = {
    "informatif": "Informatif",
    "menuju_informatif": "Menuju Informatif",
    "cukup_informatif": "Cukup Informatif",
    "kurang_informatif": "Kurang Informatif",
    "tidak_informatif": "Tidak Informatif",
}
FLAGS = {
    "lost": "Hilang",
    "not_found": "Tidak ditemukan",
    "one_sided": "Penerimaan dikonfirmasi pihak pengirim",
    "loan_overdue": "Lewat hari pengembalian",
    "late": "Terlambat di perjalanan",
    "unopened": "Tiba, belum dibuka",
    "unconfirmed": "Belum dikonfirmasi",
    "overdue": "Lewat jatuh tempo",
    "never_checked": "Belum pernah diperiksa",
    "unassigned": "Belum ada pemegang",
    "undelivered": "Belum diterima kantornya",
    "damaged": "Rusak",
    "unlabelled": "Label belum terpasang",
    "unbooked": "Belum dibukukan",
}
FORMER_WORDS = {"Diterima dari pihak pengirim": "one_sided"}  # as earlier files say them
WORDS_BETWEEN = ", "


class Edition(StrEnum):
    INTERNAL = "internal"
    PUBLIC = "public"


class Sort(StrEnum):
    """The kind of value a column holds, which decides how each format writes it."""

    IDENTIFIER = "identifier"  # text even where it is all digits
    TEXT = "text"
    WORD = "word"
    WORDS = "words"
    COUNT = "count"
    RUPIAH = "rupiah"
    DAY = "day"


class Column(Struct, frozen=True):
    """How one field of a row is shown. `name` is the field's, `width` counts characters, `former` is the heading of earlier files."""

    heading: str
    sort: Sort
    width: int
    is_public: bool = False
    words: Mapping[str, str] = {}
    former: str = ""
    name: str = ""


class DeviceRow(Struct, frozen=True, kw_only=True, array_like=True):
    """One device of an inventory, in plain values as JSONL carries them; days are `YYYY-MM-DD`, money whole rupiah."""

    uakpb: Annotated[str | None, Column("Kode Satker", Sort.IDENTIFIER, 22)]
    kode_barang: Annotated[str | None, Column("Kode Barang", Sort.IDENTIFIER, 13)]
    nup: Annotated[int | None, Column("NUP", Sort.COUNT, 7)]
    kind: Annotated[str, Column("Nama Barang", Sort.WORD, 17, is_public=True, words=KINDS)]
    brand: Annotated[str, Column("Merk", Sort.TEXT, 14, is_public=True)]
    model: Annotated[str, Column("Tipe", Sort.TEXT, 22, is_public=True)]
    condition: Annotated[str, Column("Kondisi", Sort.WORD, 13, is_public=True, words=CONDITIONS)]
    acquired_on: Annotated[str | None, Column("Tanggal Perolehan", Sort.DAY, 12, is_public=True)]
    value: Annotated[int | None, Column("Nilai Perolehan", Sort.RUPIAH, 15, is_public=True)]
    kode_register: Annotated[str | None, Column("Kode Register", Sort.IDENTIFIER, 34)]
    serial: Annotated[str, Column("Nomor Seri", Sort.IDENTIFIER, 18)]
    imei1: Annotated[str | None, Column("IMEI 1", Sort.IDENTIFIER, 17)]
    imei2: Annotated[str | None, Column("IMEI 2", Sort.IDENTIFIER, 17)]
    code: Annotated[str, Column("Kode Label", Sort.IDENTIFIER, 11)]
    office: Annotated[str, Column("Kode Kantor", Sort.IDENTIFIER, 8, is_public=True)]
    office_name: Annotated[str, Column("Nama Kantor", Sort.TEXT, 34, is_public=True)]
    openness: Annotated[str | None, Column("Predikat Keterbukaan", Sort.WORD, 18, is_public=True, words=OPENNESS)]
    openness_year: Annotated[int | None, Column("Tahun Predikat", Sort.COUNT, 8, is_public=True)]
    presence: Annotated[str, Column("Keberadaan", Sort.WORD, 16, is_public=True, words=PRESENCES)]
    bound_for: Annotated[str | None, Column("Kode Kantor Tujuan", Sort.IDENTIFIER, 8)]
    holder: Annotated[str | None, Column("Pemegang", Sort.TEXT, 24)]
    sent_on: Annotated[str | None, Column("Tanggal Dikirim", Sort.DAY, 12)]
    handover: Annotated[str | None, Column("Nomor Pengiriman", Sort.IDENTIFIER, 16, former="Nomor Serah Terima")]
    received_on: Annotated[str | None, Column("Tanggal Diterima", Sort.DAY, 12)]
    received_by: Annotated[str | None, Column("Diterima Oleh", Sort.TEXT, 24)]
    last_checked_on: Annotated[str | None, Column("Terakhir Diperiksa", Sort.DAY, 12)]
    check_due_on: Annotated[str | None, Column("Jatuh Tempo Pemeriksaan", Sort.DAY, 12)]
    flags: Annotated[list[str], Column("Perlu Tindakan", Sort.WORDS, 30, words=FLAGS, former="Tanda")]
    programme: Annotated[str | None, Column("Program", Sort.IDENTIFIER, 16, is_public=True)]
    note: Annotated[str | None, Column("Keterangan", Sort.TEXT, 30)]


COLUMNS = tuple(
    structs.replace(hint.__metadata__[0], name=name)
    for name, hint in get_type_hints(DeviceRow, include_extras=True).items()
)


def columns_of(edition: Edition) -> tuple[Column, ...]:
    return tuple(column for column in COLUMNS if column.is_public or edition is Edition.INTERNAL)


def values_of(edition: Edition) -> Callable[[DeviceRow], Row]:
    """A function that takes an edition's values out of a row; made once, not for each of a hundred thousand rows."""
    if edition is Edition.INTERNAL:
        return structs.astuple
    return attrgetter(*(column.name for column in columns_of(edition)))


def wording(column: Column) -> Callable[[Any], Any]:
    """A function that turns a column's values into the words of a tabular file; made once, not for each of a million cells."""
    if column.sort is Sort.WORD:
        return lambda value: column.words.get(value, value)
    if column.sort is Sort.WORDS:
        return _Joined(column.words)
    return lambda value: value


class _Joined(dict[tuple[str, ...], str | None]):
    """Joins the words of a list, and keeps what it joined: a fleet knows few different lists."""

    def __init__(self, words: Mapping[str, str]) -> None:
        super().__init__()
        self._words = words

    def __call__(self, values: list[str]) -> str | None:
        return self[tuple(values)]

    def __missing__(self, values: tuple[str, ...]) -> str | None:
        self[values] = WORDS_BETWEEN.join(self._words.get(value, value) for value in values) or None
        return self[values]
