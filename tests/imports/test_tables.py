"""A file's bytes as a table: encodings, delimiters, headers, bounds, hostile workbooks."""

import struct
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from assets_service.imports import tables
from assets_service.imports.errors import (
    BrokenTable,
    EncryptedWorkbook,
    FileTooLarge,
    NoHeader,
    NotATable,
    NothingToRegister,
    NotUnicode,
    OldWorkbook,
    OnlyHidden,
    TooManyColumns,
    TooManyRows,
    WebPage,
)
from assets_service.imports.headings import NAMES, find_header
from assets_service.imports.tables import read_table
from assets_service.kernel.errors import Refusal
from assets_service.kernel.sandbox import TooDemanding, Unreadable
from assets_service.kernel.workbooks import Row, Unpacked
from tests.imports.build_imports import a_row, a_table, as_csv, as_workbook

TABLE = a_table(a_row(), a_row())
SIMAN = (
    "Jenis BMN", "Kode Satker", "Nama Satker", "Kode Barang", "NUP", "Nama Barang", "Status BMN", "Merk", "Tipe", "Kondisi", "Umur Aset",
    "Intra/Ekstra", "Tanggal Buku Pertama", "Tanggal Perolehan", "Tanggal Penghapusan", "Nilai Perolehan Pertama", "Nilai Mutasi", "Nilai Perolehan",
)  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_delimiter_and_encoding_are_found_by_themselves(delimiter: str, encoding: str) -> None:
    table = [list(row) for row in TABLE]
    table[1][1] = "Sämsung"
    read = read_table(as_csv(table, delimiter=delimiter, encoding=encoding))
    assert list(read.header.headings.values()) == TABLE[0]
    assert [number for number, _ in read.rows] == [2, 3]
    assert read.rows[0][1][1] == "Sämsung"


SIGNS = ",;\t|"


@pytest.mark.parametrize("delimiter", SIGNS)
@pytest.mark.parametrize("inside", SIGNS)
def test_a_sign_that_does_not_divide_the_file_never_breaks_it(delimiter: str, inside: str) -> None:
    """Every field quoted, or only the first, with each sign inside it: read strictly, the other signs find broken quotes."""
    brand = f'"Samsung{inside} ""Inc"""'
    for quoted in ([f'"{cell}"' for cell in TABLE[1]], TABLE[1]):
        table = [[f'"{heading}"' for heading in TABLE[0]], [quoted[0], brand, *quoted[2:]], [brand, *quoted[1:]]]
        read = read_table(as_csv(table, delimiter=delimiter))
        assert read.rows[0][1][1] == read.rows[1][1][0] == f'Samsung{inside} "Inc"'


def test_quotes_broken_in_the_first_rows_are_said_of_the_row() -> None:
    with pytest.raises(BrokenTable) as refused:
        read_table(as_csv(TABLE[:2]) + b'"Sam"sung;A15\r\n')
    assert refused.value.facts == {"row": 3}


@pytest.mark.parametrize("above", range(10))
def test_the_header_stands_in_any_of_the_first_ten_rows(above: int) -> None:
    title: list[list[Any]] = [["Daftar Merk dan perangkat"], [], ["Tahun", "2026"]] * 4
    for content in (as_csv([*title[:above], *TABLE]), as_workbook([*title[:above], *TABLE])):
        read = read_table(content)
        assert read.header.row == above + 1
        assert [number for number, _ in read.rows] == [above + 2, above + 3]


def test_below_the_tenth_row_no_header_is_looked_for() -> None:
    with pytest.raises(NoHeader):
        read_table(as_csv([[]] * 10 + TABLE))


def test_a_line_that_names_the_separator_is_no_obstacle() -> None:
    assert read_table(b"sep=;\r\n" + as_csv(TABLE)).header.row == 2


@pytest.mark.parametrize("field", list(NAMES))
def test_every_name_of_a_column_is_known_whatever_its_case_and_signs(field: str) -> None:
    for name in NAMES[field][1]:
        for written in (name.upper(), f" {name.capitalize()} ", " ".join(name), "_".join(name), f"{name}:"):
            header = find_header([Row(1, False, [written, "Foto", "Merk" if field != "brand" else "Tipe"])])
            assert header is not None
            assert header.places[field] == 0
            assert header.ignored == ["Foto"]


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ("Serial No.", "serial"), ("Nomor Serial", "serial"), ("S/N", "serial"), ("No. Seri", "serial"), ("Nomor Seri *", "serial"),
        ("No. IMEI", "imei1"), ("IMEI (1)", "imei1"), ("No. IMEI 2", "imei2"), ("Nilai Perolehan (Rp)", "value"),
        ("Nilai Perolehan (Rupiah)", "value"), ("Tgl. Perolehan (dd/mm/yyyy)", "acquired_on"), ("Kode Register", "kode_register"),
        ("Nomor Seri (SN)", "serial"), ("Seri", "serial"), ("Nomor Seri Perangkat", "serial"), ("Serial Nr", "serial"), ("S/N / Serial Number", "serial"),
        ("Nmr. Seri", "serial"), ("No.\nSeri", "serial"), ("IMEI ke-1", "imei1"), ("Kode IMEI", "imei1"), ("IMEI I", "imei1"), ("IMEI II", "imei2"), ("IMEI ke-2", "imei2"),
        ("Harga Perolehan (Rp.)", "value"), ("Kd Register", "kode_register"), ("Kd. Barang", "kode_barang"), ("Merek/Brand", "brand"), ("Tipe (Model)", "model"),
        ("Jns Perangkat", "kind"), ("No. Register", "kode_register"), ("Merek\u200b", "brand"), ("  Kode\u00a0 Barang ", "kode_barang"),
    ],
)  # fmt: skip
def test_headings_as_people_write_them(written: str, field: str) -> None:
    header = find_header([Row(1, False, [written, "Jenis", "Kondisi"])])
    assert header is not None
    assert header.places[field] == 0


@pytest.mark.parametrize(
    "written",
    [
        "Nilai Perolehan Pertama (Rp)",
        "Serial lama",
        "IMEI 3",
        "Kode",
        "Merek / Tipe",
        "Nomor Seri (lama)",
        "NUP dan Kode Barang",
    ],
)
def test_headings_that_only_look_like_ours_are_named_as_not_read(written: str) -> None:
    header = find_header([Row(1, False, ["Merk", "Tipe", "Jenis", written])])
    assert header is not None
    assert header.ignored == [written]


GROUPED = [
    ["No", "IDENTITAS", None, "NILAI (Rp)", None, "IMEI", None, "Merk", "Tipe", "Nomor Seri"],
    [None, "Jenis", "NUP", "Perolehan Pertama", "Perolehan", "1", "2"],
]


def test_a_heading_in_two_rows_is_read_from_both() -> None:
    """SIMAN groups its columns; a heading over both rows stands in the upper one alone."""
    for content in (as_csv([*GROUPED, ["1", "Tablet"]]), as_workbook([*GROUPED, ["1", "Tablet"]])):
        header = read_table(content).header
        assert (header.row, header.ignored, header.twice) == (2, ["No", "Perolehan Pertama"], [])
        assert header.places == {
            "kind": 1, "nup": 2, "value": 4, "imei1": 5, "imei2": 6, "brand": 7, "model": 8, "serial": 9,
        }  # fmt: skip


def test_simans_headings_are_known_or_named_as_ignored() -> None:
    header = find_header([Row(1, False, list(SIMAN))])
    assert header is not None
    assert set(header.places) == {
        "bmn_kind",
        "uakpb",
        "kode_barang",
        "nup",
        "item_name",
        "brand",
        "model",
        "condition",
        "acquired_on",
        "value",
    }
    assert header.ignored == [
        "Nama Satker",
        "Status BMN",
        "Umur Aset",
        "Intra/Ekstra",
        "Tanggal Buku Pertama",
        "Tanggal Penghapusan",
        "Nilai Perolehan Pertama",
        "Nilai Mutasi",
    ]
    assert header.headings["value"] == "Nilai Perolehan"


def test_blank_rows_and_remarks_are_left_out_and_the_others_keep_their_numbers() -> None:
    table = [TABLE[0], [], TABLE[1], ["# Jumlah baris", "2"], ["  ", ""], TABLE[2]]
    for content in (as_csv(table), as_workbook(table)):
        read = read_table(content)
        assert [number for number, _ in read.rows] == [3, 6]
        assert (read.beside.remarks, read.beside.above_header) == (1, 0)


@pytest.mark.parametrize("first", ["#1", "#N/A", "#", "#remark"])
def test_a_remark_begins_with_a_sign_and_a_space(first: str) -> None:
    table = [["No", *TABLE[0]], [first, *TABLE[1]], ["# 1", *TABLE[2]]]
    for content in (as_csv(table), as_workbook(table)):
        read = read_table(content)
        assert ([number for number, _ in read.rows], read.beside.remarks) == ([2], 1)


def test_rows_above_the_header_are_counted() -> None:
    for content in (as_csv([["Daftar"], [], ["Tahun", "2026"], *TABLE]), as_workbook([["Daftar"], ["2026"], *TABLE])):
        assert read_table(content).beside.above_header == 2


def test_rows_far_apart_are_read_however_many_lines_lie_between() -> None:
    for content in (
        as_csv([*TABLE[:2], *[["", ""]] * 30_000, TABLE[2]]),
        as_workbook([*TABLE[:2], *[[]] * 30_000, TABLE[2]]),
    ):
        assert [number for number, _ in read_table(content).rows] == [2, 30_003]


def test_a_workbook_is_read_from_the_first_sheet_that_has_a_header_and_the_others_are_named() -> None:
    read = read_table(as_workbook([["Keterangan"], ["apa pun"]], TABLE, a_table(a_row())))
    assert len(read.rows) == 2
    assert read.beside.sheet == "Lembar1"
    others = [(sheet.name, sheet.has_table) for sheet in read.beside.other_sheets]
    assert others == [("Lembar0", False), ("Lembar2", True)]


def test_a_table_on_hidden_sheets_alone_is_not_read_and_not_passed_over() -> None:
    with pytest.raises(OnlyHidden) as refused:
        read_table(as_workbook(TABLE, [["apa pun"]], hidden=[0]))
    assert refused.value.facts == {"sheet": "Lembar0"}


def test_the_ninth_sheet_is_looked_at_too() -> None:
    read = read_table(as_workbook(*[[["apa pun"]]] * 8, TABLE))
    assert (read.beside.sheet, len(read.beside.other_sheets)) == ("Lembar8", 8)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", NoHeader),
        (b"\r\n" * 50, NoHeader),
        (b"halo dunia", NoHeader),
        (as_csv([TABLE[0]]), NothingToRegister),
        (as_csv(TABLE) + "Merk “palsu”".encode("cp1252"), NotUnicode),
        (b"Merk;Tipe;Nomor Seri\n\xff", NotUnicode),
        (as_csv(TABLE) + b'"Samsung;A15\r\n', BrokenTable),
        (as_csv(TABLE) + b'"Sam"sung;A15\r\n', BrokenTable),
        (as_csv(TABLE) + b"\x00\x01", NotATable),
        (b"\xff\xfe\x00", NotATable),
        (b"\x00\x01\xff", NotATable),
        (b"\x89PNG\r\n\x1a\n", NotATable),
        (b"%PDF-1.7", NotATable),
        (b'{"rows": []}', NotATable),
        (bytes.fromhex("d0cf11e0a1b11ae1"), OldWorkbook),
        (bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), EncryptedWorkbook),
        (b"<html><table><tr><td>Jenis</td></tr></table></html>", WebPage),
        (b"\xef\xbb\xbf \r\n<!DOCTYPE html>", WebPage),
        ("<table>".encode("utf-16"), WebPage),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', WebPage),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", WebPage),
        (b"PK\x03\x04 not really", Unreadable),
        (b"x" * (tables.BYTES_MAX + 1), FileTooLarge),
        (as_csv([[*TABLE[0], *[""] * 300], [*TABLE[1], *["x"] * 300]]), TooManyColumns),
        (as_csv([TABLE[0], *[["x"]] * (tables.ROWS_MAX + 1)]), TooManyRows),
        (as_workbook([["Tahun"]]), NoHeader),
        (as_csv([["x" * 200_000]]), BrokenTable),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "file",  # the same in every worker
)
def test_what_cannot_be_read_is_refused_with_its_reason(content: bytes, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as refused:
        read_table(content)
    assert "{" not in str(refused.value)


def test_the_row_that_is_no_text_is_named() -> None:
    with pytest.raises(NotUnicode) as refused:
        read_table(as_csv(TABLE) + b"\xe9\r\n")
    assert refused.value.facts == {"row": 4}


# Hostile workbooks -----------------------------------------------------------------------------------------------


def a_workbook_with(sheet: bytes) -> bytes:
    """A workbook whose only sheet holds this XML."""
    types = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
    book = b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'
    relations = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("xl/workbook.xml", book)
        archive.writestr("xl/_rels/workbook.xml.rels", relations)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return file.getvalue()


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def far_apart() -> bytes:
    """Two cells at opposite corners: 17 thousand million cells between them."""
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return a_workbook_with(SHEET.format(cells).encode())


def a_bomb() -> bytes:
    return a_workbook_with(SHEET.format("<!--" + "0" * (60 << 20) + "-->").encode())


def a_lie() -> bytes:
    """A bomb whose directory says that it is small."""
    bomb = bytearray(a_bomb())
    honest = struct.pack("<I", len(SHEET.format("<!--" + "0" * (60 << 20) + "-->")))
    while (at := bomb.find(honest)) >= 0:
        bomb[at : at + 4] = struct.pack("<I", 1000)
    return bytes(bomb)


def many_parts() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(3000):
            archive.writestr(f"xl/{number}.xml", "")
    return file.getvalue()


def truncated() -> bytes:
    return as_workbook(TABLE)[:-40]


def encrypted() -> bytes:
    content = bytearray(as_workbook(TABLE))
    at = -1
    while (at := content.find(b"PK\x01\x02", at + 1)) >= 0:
        content[at + 8] |= 1
    return bytes(content)


def billion_laughs() -> bytes:
    entities = (
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
        + "]>"
    )
    return a_workbook_with(
        (entities + SHEET.format('<row r="1"><c r="A1" t="inlineStr"><is><t>&i;</t></is></c></row>')).encode()
    )


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("make", "refusals"),
    [
        (far_apart, (TooDemanding, Unreadable, NoHeader)),
        (a_bomb, (Unpacked,)),
        (a_lie, (Unpacked, Unreadable, NoHeader)),
        (many_parts, (Unpacked,)),
        (truncated, (Unreadable,)),
        (encrypted, (Unreadable,)),
        (billion_laughs, (Unreadable, NoHeader)),
        (lambda: a_workbook_with(b"<no xml"), (Unreadable, NoHeader)),
        (lambda: a_workbook_with(b""), (Unreadable, NoHeader)),
    ],
    ids=["far apart", "bomb", "lie", "many parts", "truncated", "encrypted", "billion laughs", "no xml", "empty"],
)
def test_a_hostile_workbook_is_refused_and_takes_nothing_down(
    make: Callable[[], bytes], refusals: tuple[type[Refusal], ...]
) -> None:
    with pytest.raises(refusals):
        read_table(make())
