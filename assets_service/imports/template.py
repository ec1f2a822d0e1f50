"""An empty device file to fill in. Its two example rows begin with `# `, so that nobody registers them by leaving them in."""

import csv
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter

HEADINGS = (
    "Jenis", "Merk", "Tipe", "Nomor Seri", "IMEI 1", "IMEI 2", "Kode Barang", "NUP", "Kode Satker",
    "Kode Register", "Tanggal Perolehan", "Nilai Perolehan", "Kode Kantor", "Kondisi", "Program", "Keterangan",
)  # fmt: skip
EXAMPLES = (
    ("# Tablet", "Samsung", "Galaxy Tab A9+", "R52W70ABCDE", "", "", "3100102009", "1", "", "",
     "05/09/2024", "4500000", "81", "Baik", "", "Contoh; baris yang diawali # dan spasi tidak dibaca"),
    ("# Ponsel Pintar", "Samsung", "Galaxy A15", "R58T30FGHJK", "490154203237518", "", "3060201004", "1", "", "",
     "05/09/2024", "3250000", "81.02", "Rusak Ringan", "", "Contoh; hapus kedua baris ini"),
)  # fmt: skip
_TEXT = {"Nomor Seri", "IMEI 1", "IMEI 2", "Kode Barang", "Kode Satker", "Kode Register", "Kode Kantor", "Program"}
_ROWS_MAX = 20_000


def as_csv() -> bytes:
    """The template as CSV with semicolons and a byte order mark, as an Indonesian Excel opens and saves it."""
    table = StringIO()
    writer = csv.writer(table, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for row in EXAMPLES:
        marked = (
            f"'{cell}" if heading in _TEXT and cell else cell for heading, cell in zip(HEADINGS, row, strict=True)
        )
        writer.writerow(marked)
    return table.getvalue().encode("utf-8-sig")


def as_workbook() -> bytes:
    """The template as XLSX; identifiers are formatted as text before anybody types them, so that no IMEI is rounded."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False})
    sheet = book.add_worksheet("Perangkat")
    text = book.add_format({"num_format": "@"})
    forms: dict[str, Any] = dict.fromkeys(_TEXT, text) | {
        "Tanggal Perolehan": book.add_format({"num_format": "dd/mm/yyyy"}),
        "Nilai Perolehan": book.add_format({"num_format": '"Rp"#,##0'}),
    }
    bold = book.add_format({"bold": True, "bg_color": "#E8EAED", "border": 1})
    soft = book.add_format({"italic": True, "font_color": "#70757A", "num_format": "@"})
    for number, heading in enumerate(HEADINGS):
        sheet.set_column(number, number, 18, forms.get(heading))
        sheet.write_string(0, number, heading, bold)
        for place, row in enumerate(EXAMPLES, 1):
            sheet.write_string(place, number, row[number], soft)
    sheet.freeze_panes(1, 0)
    choices = {"Jenis": ["Tablet", "Ponsel Pintar"], "Kondisi": ["Baik", "Rusak Ringan", "Rusak Berat"]}
    for heading, words in choices.items():
        number = HEADINGS.index(heading)
        sheet.data_validation(len(EXAMPLES) + 1, number, _ROWS_MAX, number, {"validate": "list", "source": words})
    book.close()
    return file.getvalue()
