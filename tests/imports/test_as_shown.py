"""A cell is what the sheet shows: whatever column it stands in, whatever program wrote it, or it is refused by its place."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from assets_service.imports import batches, cells
from assets_service.imports.batches import Batch
from assets_service.imports.headings import NAMES
from assets_service.imports.tables import read_table
from tests.imports.build_imports import a_row, a_table, as_csv, as_workbook

Make = Callable[[list[list[Any]]], bytes]
BOTH = pytest.mark.parametrize("form", [as_csv, as_workbook])
HEADINGS = [heading for heading, _ in NAMES.values()]
HEADER = ["Jenis", "Merk", "Tipe", "Nomor Seri", "Kode Kantor"]
ROW = ["Tablet", "Samsung", "Galaxy Tab A9+", "R52WA0HX7QB", "81.02"]
WORDS_FOR_NOTHING = (
    "-", "–", "—", "--", " - ", "'-", '="-"', "9999-12-31", "9999-12-31 00:00:00", "31/12/9999", "Belum berlokasi", "BELUM BERLOKASI",
    "Tidak Ada Inputan", "tidak ada  inputan", "belum psp", "Belum PSP", "\u200b", "\ufeff-", "－",
)  # fmt: skip
ERROR_VALUES = (
    "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#n/a", " #N/A ", "#SPILL!", "#CALC!", "########",
    "＃N/A", "#NILAI!", "#NAMA?", "#ANGKA!", "#N/D", "#NV", "#WERT!", "#BEZUG!", "#¡VALOR!", "#¿NOMBRE?", "#NÚM!", "Err:502", "Galat:504",
)  # fmt: skip


def refused(batch: Batch) -> list[tuple[int, str]]:
    return [(error.row, error.column) for error in batch.errors]


def a_row_with(heading: str, cell: Any) -> dict[str, Any]:
    """A valid row of a file with all columns, in which this one has the cell."""
    return dict.fromkeys(HEADINGS) | a_row() | {heading: cell}


@BOTH
def test_a_word_for_nothing_is_nothing_in_every_column(form: Make) -> None:
    needed = {"Jenis": "Tablet", "Merk": "Samsung", "Tipe": "Tab", "Nomor Seri": "R1"}
    batch = batches.read(form(a_table(*[dict.fromkeys(HEADINGS, word) | needed for word in WORDS_FOR_NOTHING])))
    assert batch.errors == []
    for (_, read), word in zip(batch.understood, WORDS_FOR_NOTHING, strict=True):
        kept = {field for field, value in read.items() if value is not None}
        assert kept == {"kind", "brand", "model", "serial"}, word


@BOTH
def test_where_something_is_needed_nothing_is_not_enough(form: Make) -> None:
    needed = ["Merk", "Tipe", "Nomor Seri"]
    batch = batches.read(form(a_table(*[a_row_with(heading, "-") for heading in needed])))
    assert refused(batch) == list(enumerate(needed, 2))


@BOTH
def test_an_error_value_is_refused_in_every_column(form: Make) -> None:
    cells = [(heading, error) for error in ERROR_VALUES for heading in HEADINGS]
    batch = batches.read(form(a_table(*[a_row_with(*cell) for cell in cells])))
    said = [found for found in batch.errors if found.msgid.startswith("{it} is an error value")]
    assert [(found.column, found.facts["it"]) for found in said] == [
        (heading, error.strip()) for heading, error in cells
    ]
    assert [found.row for found in said] == list(range(2, len(cells) + 2))


def test_an_error_cell_is_refused_in_every_column() -> None:
    book = openpyxl.load_workbook(BytesIO(as_workbook(a_table(*[a_row_with(heading, None) for heading in HEADINGS]))))
    for place in range(len(HEADINGS)):
        cell = book.worksheets[0].cell(place + 2, place + 1)
        cell.value, cell.data_type = "#REF!", "e"
    batch = batches.read(saved(book))
    said = [found for found in batch.errors if found.msgid.startswith("{it} is an error value")]
    assert [(found.row, found.column) for found in said] == list(enumerate(HEADINGS, 2))


def saved(book: openpyxl.Workbook) -> bytes:
    file = BytesIO()
    book.save(file)
    return file.getvalue()


Formatted = tuple[str, Any, str | None]  # heading, value, number format


def formatted(*cells: Formatted, **options: Any) -> Batch:
    """A workbook with a valid row for each of the cells, which stands in it; read."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True} | options)
    sheet = book.add_worksheet()
    for place, heading in enumerate(HEADINGS):
        sheet.write_string(0, place, heading)
    for number, (heading, value, code) in enumerate(cells, 1):
        for place, plain in enumerate(a_row_with("IMEI 1", None).values()):
            sheet.write(number, place, "Tablet" if plain == "Ponsel Pintar" else plain)
        form = book.add_format({"num_format": code}) if code else None
        if isinstance(value, str) and value.startswith("="):
            sheet.write_formula(number, HEADINGS.index(heading), value, form, "ab")
        else:
            sheet.write(number, HEADINGS.index(heading), value, form)
    book.close()
    return batches.read(file.getvalue())


SHOWN: list[tuple[Formatted, str, Any]] = [
    (("Nomor Seri", 4049864, "0000000000"), "serial", "0004049864"),
    (("Nomor Seri", 5831082, '"R9"00000000'), "serial", "R905831082"),
    (("Nomor Seri", 4049864, "#,##0"), "serial", "4049864"),
    (("Nomor Seri", 4049864, "0.00"), "serial", "4049864"),
    (("Nomor Seri", True, None), "serial", "TRUE"),
    (("IMEI 1", 356938035643809, "0"), "imei1", "356938035643809"),
    (("IMEI 1", 356938035643809, "00-000000-000000-0"), "imei1", "35-693803-564380-9"),
    (("Kode Barang", 3100102009, r"0\.00\.00\.00\.000"), "kode_barang", "3.10.01.02.009"),
    (("NUP", 7, "000000"), "nup", 7),
    (("NUP", 7.4, "0"), "nup", 7),
    (("Kode Kantor", 81.02, "0.00"), "office", "81.02"),
    (("Kode Kantor", 8102, r"00\.00"), "office", "81.02"),
    (("Kode Kantor", 0.461805555555556, "hh.mm"), "office", "11.05"),
    (("Kode Kantor", 81.0199999999999, None), "office", "81.02"),
    (("Kode Kantor", 0, "00"), "office", "00"),
    (("Nilai Perolehan", 3499000, '"Rp"#,##0'), "value", 3_499_000),
    (("Nilai Perolehan", 3499000.4, '"Rp"#,##0'), "value", 3_499_000),
    (("Nilai Perolehan", 3499000, '_-"Rp"* #,##0.00_-'), "value", 3_499_000),
    (("Tanggal Perolehan", 45657, "dd/mm/yyyy"), "acquired_on", date(2024, 12, 31)),
    (("Tanggal Perolehan", 45657, None), "acquired_on", date(2024, 12, 31)),
    (("Tanggal Perolehan", 45657.5, "dd/mm/yyyy hh:mm"), "acquired_on", date(2024, 12, 31)),
    (("Tanggal Perolehan", 2958465, "yyyy-mm-dd"), "acquired_on", None),
    (("Keterangan", 0.5, "0%"), "note", "50%"),
    (("Keterangan", 7, '0" unit"'), "note", "7 unit"),
    (("Keterangan", "baru", '"kondisi "@'), "note", "kondisi baru"),
    (("Kode Register", 123456, "00000000"), "kode_register", "00123456"),
]


@pytest.fixture(scope="module")
def as_shown() -> Batch:
    return formatted(*(cell for cell, _, _ in SHOWN))


@pytest.mark.parametrize("place", range(len(SHOWN)))
def test_a_number_is_read_as_it_is_shown(as_shown: Batch, place: int) -> None:
    _, field, read = SHOWN[place]
    _, found = as_shown.understood[place]
    assert ([error for error in as_shown.errors if error.row == place + 2], found.get(field)) == ([], read)


OTHERWISE: list[Formatted] = [
    ("Nilai Perolehan", 3499000, "#,##0,"),
    ("Nilai Perolehan", 3.5, '0.0" juta"'),
    ("Nilai Perolehan", 0.5, "0%"),
    ("NUP", 0.5, "# ?/?"),
    ("NUP", 5, ";;;"),
    ("Kondisi", 1, '[=1]"Baik";"Rusak Berat"'),
    ("Nomor Seri", 356938035643809, "0.00E+00"),
    ("Nomor Seri", 45657, "dd/mm/yyyy"),
    ("Tanggal Perolehan", 0.5, "hh:mm"),
    ("Tanggal Perolehan", True, None),
    ("Kode Kantor", 3.37638888888889, "[h]:mm:ss"),
    ("Kode Kantor", True, None),
]


def test_a_number_that_shows_something_else_is_refused() -> None:
    places = [(number, heading) for number, (heading, _, _) in enumerate(OTHERWISE, 2)]
    assert refused(formatted(*OTHERWISE)) == places


def test_a_workbook_counts_its_days_as_it_says() -> None:
    written: list[tuple[Any, str | None]] = [
        (44195, None),
        (44195, "dd/mm/yyyy"),
        ("44195", None),
        (date(2024, 12, 31), "d-mmm-yy"),
    ]
    batch = formatted(*[("Tanggal Perolehan", *each) for each in written], date_1904=True)
    assert {found["acquired_on"] for _, found in batch.understood} == {date(2024, 12, 31)}


def test_a_formula_without_its_result_is_refused_and_one_with_it_is_read() -> None:
    book = openpyxl.load_workbook(BytesIO(as_workbook(a_table(a_row(Keterangan="x")))))
    place = next(cell.column for cell in book.worksheets[0][1] if cell.value == "Keterangan")
    book.worksheets[0].cell(2, place).value = '=CONCATENATE("a","b")'
    assert refused(batches.read(saved(book))) == [(2, "Keterangan")]
    [(_, found)] = formatted(("Keterangan", '=CONCATENATE("a","b")', None)).understood
    assert found["note"] == "ab"


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


@pytest.mark.parametrize("cell", ["=81.02", "=A1", " =1+1", '=CONCATENATE("a","b")', "=HYPERLINK(1)"])
def test_a_formula_in_a_csv_is_refused(cell: str) -> None:
    assert refused(batches.read(as_csv(a_table(a_row(Keterangan=quoted(cell)))))) == [(2, "Keterangan")]


MARKED = [
        ('="0012345678"', "0012345678"), ('= "0012345678"', "0012345678"), ('="a""b"', 'a"b'), ('=""', None), ('="\'1"', "'1"),
        ("'0012345678", "0012345678"), ("'=\"x\"", '="x"'), ("\u200b0012\u00ad345678\ufeff", "0012345678"), ("a\u00a0b", "a b"), ("e\u0301", "é"),
]  # fmt: skip


@BOTH
def test_marks_around_a_text_and_signs_that_nobody_sees_come_off(form: Make) -> None:
    written = [quoted(cell) if form is as_csv else cell for cell, _ in MARKED]
    batch = batches.read(form(a_table(*[a_row(Keterangan=cell, Merk=cell) for cell in written])))
    read = [(found.get("note"), found.get("brand")) for _, found in batch.understood]
    assert read == [(expected, expected) for _, expected in MARKED]


def test_formatted_and_escaped_text_is_read_whole() -> None:
    book = openpyxl.load_workbook(BytesIO(as_workbook(a_table(a_row(Keterangan="x", Tipe="Tab_x0041_9")))))
    place = next(cell.column for cell in book.worksheets[0][1] if cell.value == "Keterangan")
    book.worksheets[0].cell(2, place).value = CellRichText("Layar ", TextBlock(InlineFont(b=True), "retak"), "!")
    [(_, found)] = batches.read(saved(book)).understood
    assert (found["note"], found["model"]) == ("Layar retak!", "TabA9")


def test_a_cell_merged_downwards_stands_in_each_of_its_rows() -> None:
    table = a_table(a_row(), a_row(Kode_Kantor=None), a_row(Kode_Kantor=None), a_row(Kode_Kantor="31"))
    book = openpyxl.load_workbook(BytesIO(as_workbook(table)))
    book.worksheets[0].merge_cells("F2:F4")
    read = batches.read(saved(book))
    assert [found["office"] for _, found in read.understood] == ["81.02", "81.02", "81.02", "31"]


def test_hidden_rows_and_columns_are_read_and_said() -> None:
    book = openpyxl.load_workbook(BytesIO(as_workbook(a_table(a_row(), a_row(), a_row()))))
    book.worksheets[0].row_dimensions[3].hidden = True
    book.worksheets[0].column_dimensions["F"].hidden = True
    table = read_table(saved(book))
    assert len(table.rows) == 3
    assert (table.beside.hidden_rows, table.beside.hidden_columns) == (1, ["Kode Kantor"])


def test_what_stands_under_no_heading_is_said_by_its_column() -> None:
    table: list[list[Any]] = [[*HEADER, None, "Foto"], [*ROW, "12", "ada", "rusak sudut"], [*ROW, "", "", "lagi"]]
    for form, beyond in ((as_csv, [2, 3]), (as_workbook, [])):
        read = read_table(form(table))
        assert (read.beside.unheaded, read.header.ignored, list(read.shifted)) == (["F", "H"], ["Foto"], beyond)


@pytest.mark.parametrize("cell", ["Galaxy Tab; A9", "Rp3;500"])
def test_a_row_of_a_csv_with_more_cells_than_headings_is_refused(cell: str) -> None:
    """A sign that divides columns stands unquoted in it: what follows lies one column to the right of its heading."""
    moved = [cell if heading == "Tipe" else each for heading, each in zip(HEADER, ROW, strict=True)]
    batch = batches.read(as_csv([HEADER, ROW, moved]))
    assert refused(batch) == [(3, "F")]
    assert [number for number, _ in batch.understood] == [2]
    assert batches.read(as_csv([HEADER, moved], delimiter=",")).errors == []
    assert batches.read(as_csv([HEADER, [*ROW, "", " "]])).errors == []


def test_a_file_quoted_with_apostrophes_is_read_without_them() -> None:
    read = batches.read(as_csv([[f"'{cell}'" for cell in line] for line in (HEADER, ROW)]))
    assert read.errors == []
    assert read.understood[0][1]["serial"] == "R52WA0HX7QB"
    assert (cells.text("'=x'"), cells.text("x'"), cells.text("''x'")) == ("=x'", "x'", "'x'")  # a guard is no quotation


@pytest.mark.parametrize("cell", ["'#N/A", "'#REF!'", "＃N/A"])
def test_an_error_value_behind_an_apostrophe_is_one_too(cell: str) -> None:
    batch = batches.read(as_csv(a_table(*[a_row_with(heading, cell) for heading in HEADINGS])))
    assert refused(batch) == list(enumerate(HEADINGS, 2))


def test_a_line_separator_in_a_note_is_a_line_end() -> None:
    assert cells.text("retak\u2028di sudut\u2029kiri") == "retak\ndi sudut\nkiri"
