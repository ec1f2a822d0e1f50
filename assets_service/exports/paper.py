"""PDF: the inventory as a list to print and sign. A4 landscape, the header on every page, pages numbered."""

from pathlib import Path

from fpdf import FPDF

from assets_service.exports.columns import Edition, Row, wording
from assets_service.exports.errors import TooManyForPaper
from assets_service.exports.inventory import Inventory, Progress
from assets_service.exports.particulars import told
from labels import fonts
from labels.fonts import face, printable

ROWS_MAX = 10_000
_FONT = "NotoSans"
_FONT_FILES = Path(fonts.__file__).with_name("fonts")
_SIZE_PT = 7.0
_MM_PER_PT = 25.4 / 72
_LINE_MM = 5.0
_MARGIN_MM = 10.0
_TOP_MM = 22.0
_BOTTOM_MM = 196.0
_PADDING_MM = 0.8

# heading, width in mm, the columns shown in it
_PRINTED: dict[Edition, tuple[tuple[str, float, tuple[str, ...]], ...]] = {
    Edition.INTERNAL: (
        ("Kode Barang", 20, ("kode_barang",)),
        ("NUP", 9, ("nup",)),
        ("Merk/Tipe", 40, ("brand", "model")),
        ("Nomor Seri", 30, ("serial",)),
        ("IMEI 1", 25, ("imei1",)),
        ("Kode Label", 18, ("code",)),
        ("Kantor", 52, ("office_name",)),
        ("Kondisi", 19, ("condition",)),
        ("Keberadaan", 24, ("presence",)),
        ("Pemegang", 31, ("holder",)),
    ),
    Edition.PUBLIC: (
        ("Nama Barang", 34, ("kind",)),
        ("Merk/Tipe", 60, ("brand", "model")),
        ("Perolehan", 24, ("acquired_on",)),
        ("Kantor", 90, ("office_name",)),
        ("Kondisi", 28, ("condition",)),
        ("Keberadaan", 32, ("presence",)),
    ),
}
_NUMBER_MM = 9.0
_IN_HEADER = ("Keadaan per", "Kantor", "Saringan", "Diekspor pada")


def write_paper(inventory: Inventory, path: Path, progress: Progress | None = None) -> None:
    """Write the PDF. Raises `TooManyForPaper`."""
    refuse_too_many(inventory.count)
    sheet = _Sheet(inventory)
    sheet.add_page()
    for number, row in enumerate(inventory, 1):
        sheet.put(number, row)
        if progress and number % 100 == 0:
            progress(number)
    sheet.close_with_particulars()
    sheet.output(str(path))
    if progress:
        progress(inventory.rows)


def refuse_too_many(count: int) -> None:
    """Refuse more devices than a paper holds. Raises `TooManyForPaper`: nobody reads more pages, and a PDF is built in memory."""
    if count > ROWS_MAX:
        raise TooManyForPaper(most=ROWS_MAX, count=count)


class _Sheet(FPDF):
    def __init__(self, inventory: Inventory) -> None:
        super().__init__(orientation="landscape", unit="mm", format="A4")
        self._inventory = inventory
        places = {column.name: place for place, column in enumerate(inventory.columns)}
        self._shown = [
            (heading, width, [(wording(inventory.columns[places[name]]), places[name]) for name in names])
            for heading, width, names in _PRINTED[inventory.asked.edition]
        ]
        self._is_table = True
        self.set_auto_page_break(auto=False)
        self.set_creation_date(inventory.stamp.at)
        self.set_title("Inventaris perangkat PPID")
        self.set_lang("id")
        self.add_font(_FONT, fname=_FONT_FILES / "NotoSans-Regular.ttf")
        self.add_font(_FONT, "B", fname=_FONT_FILES / "NotoSans-Bold.ttf")
        self.set_font(_FONT, size=_SIZE_PT)

    def header(self) -> None:
        said = dict(told(self._inventory.particulars()))
        self.set_font(_FONT, "B", 11)
        self.text(_MARGIN_MM, 11, "Inventaris perangkat PPID")
        self.set_font(_FONT, "", _SIZE_PT)
        self.text(
            _MARGIN_MM,
            15,
            _fitted(
                " · ".join(f"{label}: {said[label]}" for label in _IN_HEADER if label in said),
                self.epw - 2 * _PADDING_MM,
            ),
        )
        if self._is_table:
            self.set_font(_FONT, "B", _SIZE_PT)
            self.set_fill_color(232, 234, 237)
            self.rect(_MARGIN_MM, _TOP_MM - 4, self.epw, _LINE_MM, style="F")
            x = _MARGIN_MM
            for heading, width, _ in [("No", _NUMBER_MM, None), *self._shown]:
                self.text(x + _PADDING_MM, _TOP_MM - 0.6, heading)
                x += width
            self.set_font(_FONT, "", _SIZE_PT)
        self.set_y(_TOP_MM + _LINE_MM - 1)

    def footer(self) -> None:
        self.set_font(_FONT, "", _SIZE_PT)
        self.set_xy(_MARGIN_MM, 200)
        self.cell(self.epw, 4, f"Halaman {self.page_no()} dari {{nb}}", align="R")

    def put(self, number: int, row: Row) -> None:
        if self.y > _BOTTOM_MM:
            self.add_page()
        y = self.y
        self.text(_MARGIN_MM + _PADDING_MM, y, str(number))
        x = _MARGIN_MM + _NUMBER_MM
        for _, width, columns in self._shown:
            text = " ".join(str(worded(row[place])) for worded, place in columns if row[place] is not None)
            if text:
                self.text(x + _PADDING_MM, y, _fitted(text, width - 2 * _PADDING_MM))
            x += width
        self.set_draw_color(218, 220, 224)
        self.line(_MARGIN_MM, y + 1.4, _MARGIN_MM + self.epw, y + 1.4)
        self.y = y + _LINE_MM

    def close_with_particulars(self) -> None:
        self._is_table = False
        self.add_page()
        self.set_font(_FONT, "B", 9)
        self.text(_MARGIN_MM, self.y, "Keterangan")
        for label, value in told(self._inventory.particulars()):
            self.y += 6
            self.set_font(_FONT, "B", 8)
            self.text(_MARGIN_MM, self.y, label)
            self.set_font(_FONT, "", 8)
            self.text(_MARGIN_MM + 45, self.y, printable(value))


def _fitted(text: str, width_mm: float) -> str:
    """The text cut so that it stays in its column."""
    line = printable(text)
    most = width_mm / (_SIZE_PT * _MM_PER_PT)
    regular = face(bold=False)
    if regular.width(line) <= most:
        return line
    while line and regular.width(line) + regular.width("…") > most:
        line = line[:-1]
    return line.rstrip() + "…"
