"""Each format: what it holds, that it can be verified, that nothing in it is a formula."""

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pypdfium2
import pytest

from assets_service.exports.columns import COLUMNS, Edition
from assets_service.exports.delimited import Flavour
from assets_service.exports.errors import TooManyForPaper
from assets_service.exports.files import write_inventory, write_ledger
from assets_service.exports.verify import verify_file
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Invalid
from assets_service.kernel.formulas import guarded, unguarded
from assets_service.ledger import queries as ledger
from tests import build
from tests.exports.build_exports import DAYS, a_file, a_lived_in_fleet

PAYLOADS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "=cmd|' /C calc'!A0", "'=1+1", "'", "''x", '="a"', "=1\n+1"]
EVERY = ["a.csv", "a.xlsx", "a.jsonl"]


@pytest.fixture
def fleet(db: Database) -> Database:
    with db.writing() as session:
        a_lived_in_fleet(session)
        for payload in PAYLOADS:
            build.a_device(session, note=f"{payload} ", model="=2+2", brand="@b")
    return db


def test_every_format_states_the_same_digest_of_the_same_rows(fleet: Database, tmp_path: Path) -> None:
    said = set()
    for name in EVERY:
        a_file(fleet, tmp_path / name)
        said.add(verify_file(tmp_path / name).sentence)
    a_file(fleet, tmp_path / "excel.csv", flavour=Flavour.EXCEL_ID)
    a_file(fleet, tmp_path / "then.jsonl", as_of="2026-12-30T05:00:00Z")
    said |= {verify_file(tmp_path / name).sentence for name in ("excel.csv", "then.jsonl")}

    assert len(said) == 1
    with fleet.reading() as session:
        assert ledger.head(session).hash in said.pop()


@pytest.mark.parametrize("edition", list(Edition))
@pytest.mark.parametrize("name", EVERY)
def test_a_file_as_written_holds(fleet: Database, tmp_path: Path, name: str, edition: Edition) -> None:
    a_file(fleet, tmp_path / name, edition=edition)
    assert verify_file(tmp_path / name).holds


def test_the_plain_csv_is_a_table_with_its_header_first_and_remarks_last(fleet: Database, tmp_path: Path) -> None:
    text = a_file(fleet, tmp_path / "a.csv").decode()
    rows = list(csv.reader(io.StringIO(text, newline="")))

    assert rows[0] == [column.heading for column in COLUMNS]
    assert {len(row) for row in rows} == {len(COLUMNS)}  # RFC 4180: as many fields in each line
    remarks = {row[0]: row[1] for row in rows if row[0].startswith("#")}
    assert remarks["# Jumlah baris"] == "19"
    assert remarks["# Diekspor oleh"] == "sistem"
    assert not any(row[0].startswith("#") for row in rows[: -len(remarks)])
    booked = next(row for row in rows if row[2] == "8")
    assert booked[:9] == [
        "115010199412345000KD",
        "3100102009",
        "8",
        "Tablet PC",
        "Samsung",
        "Galaxy A15",
        "Baik",
        "2024-09-05",
        "4500000",
    ]


def test_the_csv_for_excel_keeps_every_digit_of_an_identifier(fleet: Database, tmp_path: Path) -> None:
    raw = a_file(fleet, tmp_path / "a.csv", flavour=Flavour.EXCEL_ID)
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";"))

    assert raw.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in raw
    booked = next(row for row in rows if row[2] == "8")
    assert booked[:2] == ["'115010199412345000KD", "'3100102009"]
    assert booked[7:9] == ["05/09/2024", "4500000"]
    assert booked[14] == "'00"


@pytest.mark.parametrize("flavour", list(Flavour))
def test_no_cell_of_a_csv_begins_like_a_formula(fleet: Database, tmp_path: Path, flavour: Flavour) -> None:
    text = a_file(fleet, tmp_path / "a.csv", flavour=flavour).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=";" if flavour is Flavour.EXCEL_ID else ","):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_guard_comes_off_as_it_went_on(payload: str) -> None:
    assert unguarded(guarded(payload)) == payload
    assert guarded("plain") == "plain"


def test_the_workbook_holds_text_numbers_and_dates_but_no_formula(fleet: Database, tmp_path: Path) -> None:
    a_file(fleet, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    sheet = book["Inventaris"]

    assert book.sheetnames == ["Inventaris", "Rekap", "Keterangan"]
    assert not [cell for each in book for row in each.iter_rows() for cell in row if cell.data_type == "f"]
    assert sheet.freeze_panes == "D2"
    assert sheet.auto_filter.ref == "A1:AD20"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.print_title_rows) == (
        "landscape",
        9,
        "$1:$1",
    )
    booked = next(row for row in sheet.iter_rows() if row[2].value == 8)
    assert (booked[1].value, booked[1].number_format) == ("3100102009", "@")
    assert (booked[7].value, booked[7].number_format) == (datetime(2024, 9, 5), "dd/mm/yyyy")  # noqa: DTZ001 - a cell has no zone
    assert (booked[8].value, booked[8].number_format) == (4_500_000, '"Rp"#,##0')
    totals = {row[0]: row[1:] for row in book["Rekap"].iter_rows(min_row=2, values_only=True)}
    assert totals["Bawaslu Kabupaten Maluku Tenggara"] == (2, 1, 0, 3)
    assert totals["Jumlah"] == (18, 1, 0, 19)
    told = dict(book["Keterangan"].iter_rows(values_only=True))
    assert told["Jumlah baris"] == "19"
    assert told["Keadaan per"] == "saat diekspor"


@pytest.mark.parametrize(("name", "who"), [("a.csv", b",sistem,"), ("a.jsonl", b'"system"')])
def test_the_public_edition_does_not_say_who_took_it(fleet: Database, tmp_path: Path, name: str, who: bytes) -> None:
    assert who in a_file(fleet, tmp_path / name)
    assert who not in a_file(fleet, tmp_path / name, edition=Edition.PUBLIC)


def test_json_lines_begin_with_a_header_and_end_with_a_trailer(fleet: Database, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in a_file(fleet, tmp_path / "a.jsonl").splitlines()]
    assert lines[0]["type"] == "header"
    assert lines[0]["columns"] == [column.name for column in COLUMNS] == list(lines[1])
    assert (lines[-1]["type"], lines[-1]["rows"]) == ("trailer", len(lines) - 2)


@pytest.mark.parametrize("edition", list(Edition))
def test_the_pdf_repeats_its_header_and_numbers_its_pages(db: Database, tmp_path: Path, edition: Edition) -> None:
    with db.writing() as session:
        build.roster(session)
        for _ in range(80):
            build.a_device(session, at="81.02", note="x", model="Nama model yang panjang sekali supaya harus dipotong")
    a_file(db, tmp_path / "a.pdf", edition=edition, as_of="2026-11-25")
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(tmp_path / "a.pdf")]

    assert len(pages) == 4
    assert all("Merk/Tipe" in page for page in pages[:3])
    assert all(f"Halaman {number} dari 4" in page for number, page in enumerate(pages, 1))
    assert "25/11/2026 23:59:59 WIB" in pages[0]
    assert "SHA-256 baris" in pages[3]
    assert ("IMEI 1" in pages[0]) == (edition is Edition.INTERNAL)
    assert not verify_file(tmp_path / "a.pdf").holds


def test_a_pdf_of_more_than_anybody_reads_is_refused(
    fleet: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assets_service.exports.paper.ROWS_MAX", 5)
    with pytest.raises(TooManyForPaper, match="would be 19"):
        a_file(fleet, tmp_path / "a.pdf")
    assert list(tmp_path.glob("a.pdf*")) == []  # nothing stands under the name until it is whole


def test_an_unknown_ending_is_refused(db: Database, tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        write_inventory(db, tmp_path / "a.doc", build.system(), unconfirmed_after_days=DAYS)


def changed(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(old, new, 1)


def without_line(number: int) -> Callable[[bytes], bytes]:
    return lambda content: b"".join(line for at, line in enumerate(content.splitlines(keepends=True)) if at != number)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
@pytest.mark.parametrize(
    ("tamper", "why"),
    [
        (changed(b"R9", b"R8"), "a row was changed"),
        (changed(b"4500000", b"4500001"), "a row was changed"),
        (without_line(2), "rows; "),
        (lambda content: content[: len(content) // 2].rpartition(b"\r\n" if b"\r\n" in content else b"\n")[0] + b"\n", "cut off"),
        (lambda _: b"", "cannot be read|no file of ours"),
        (lambda _: b"{}\n", "no file of ours"),
        (lambda _: b"[]\n", "no file of ours"),
        (lambda _: b"\xff\xfe\x00", "cannot be read"),
    ],
)  # fmt: skip
def test_a_changed_inventory_is_found_out(
    fleet: Database, tmp_path: Path, name: str, tamper: Callable[[bytes], bytes], why: str
) -> None:
    path = tmp_path / name
    path.write_bytes(tamper(a_file(fleet, path)))
    said = verify_file(path)
    assert not said.holds
    assert any(part in said.sentence for part in why.split("|")), said.sentence


def test_a_changed_workbook_is_found_out(fleet: Database, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    a_file(fleet, path)
    book = openpyxl.load_workbook(path)
    book.save(path)
    assert verify_file(path).holds  # saved again by another program, unchanged
    book["Inventaris"]["G2"] = "Rusak Berat"
    book.save(path)
    assert verify_file(path).sentence.startswith("BROKEN: a row was changed")
    del book["Keterangan"]
    book.save(path)
    assert "does not say its SHA-256" in verify_file(path).sentence
    path.write_bytes(b"PK\x03\x04 nothing")
    assert "cannot be read" in verify_file(path).sentence


def test_the_ledger_of_a_whole_country_verifies_without_a_database(fleet: Database, tmp_path: Path) -> None:
    written = write_ledger(fleet, tmp_path / "l.jsonl", build.system())
    said = verify_file(tmp_path / "l.jsonl")
    assert said.holds
    assert said.sentence.startswith(f"{written} entries in ")


def _entry(content: bytes) -> list[bytes]:
    return content.splitlines(keepends=True)


@pytest.mark.parametrize(
    ("tamper", "why"),
    [
        (lambda lines: [*lines[:3], lines[3].replace(b'"actor":"', b'"actor":"x'), *lines[4:]], "its content was changed"),
        (lambda lines: [lines[0], *[line for line in lines[1:] if b'"subject_seq":2' not in line]], "this entry is missing"),
        (lambda lines: [*lines[:5], *lines[6:]], "left out|replaced|missing"),
        (lambda lines: lines[:-1], "its trailer is missing"),
        (lambda lines: [*lines, lines[1]], "after the trailer"),
        (lambda lines: [lines[0], *lines[1:-1], lines[1], lines[-1]], "stands here twice"),
        (lambda lines: [lines[0], b"{]\n", *lines[2:]], "cannot be read"),
        (lambda lines: [lines[0], lines[1].replace(b'"prev_hash":"0', b'"prev_hash":"1'), *lines[2:]], "does not follow"),
    ],
)  # fmt: skip
def test_a_changed_ledger_names_its_first_broken_entry(
    fleet: Database, tmp_path: Path, tamper: Callable[[list[bytes]], list[bytes]], why: str
) -> None:
    path = tmp_path / "l.jsonl"
    write_ledger(fleet, path, build.system())
    path.write_bytes(b"".join(tamper(_entry(path.read_bytes()))))
    said = verify_file(path)
    assert not said.holds
    assert any(part in said.sentence for part in why.split("|")), said.sentence
