"""Files people really have (`cases/`, each made from a public report with other details), and the right answer to each."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from assets_service.devices.models import Condition
from assets_service.imports import batches
from assets_service.imports.batches import Report
from assets_service.imports.errors import EncryptedWorkbook, WebPage
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Refusal
from assets_service.offices import commands as offices
from tests import build

CASES = Path(__file__).parent / "cases"
IMEI, OTHER_IMEI = "352780550406459", "358422088526912"


class Right(Struct):
    """The right answer: how many rows, which cells are refused, and what the first rows hold."""

    rows: int
    refused: list[tuple[int, str]] = []
    first: list[dict[str, Any]] = []


def serials(*each: str) -> list[dict[str, Any]]:
    return [{"serial": serial} for serial in each]


NOTHING = dict.fromkeys(("imei1", "imei2", "kode_barang", "nup", "acquired_on", "value", "office", "note"))

RIGHT = {
    "fully-quoted.csv": Right(2, first=serials("H3M88NP7NB", "H30VTM6WAG")),
    "first-field-quoted.csv": Right(1, first=[{"brand": "Samsung, Inc", "serial": "H3H517K75R"}]),
    "error-value-first-column.csv": Right(4, [(3, "Kode Kantor"), (5, "Kode Kantor")]),
    "error-cell-first-column.xlsx": Right(2, [(3, "Kode Kantor")]),
    "error-cell-as-serial.xlsx": Right(1, [(2, "Nomor Seri"), (2, "Keterangan")]),
    "error-values.csv": Right(1, [(2, "Merk"), (2, "Nomor Seri"), (2, "Keterangan")]),
    "hash-numbering.csv": Right(3, first=serials("H31P0QYXZ4", "H3E2S7VE3A", "H3TDTCGQ9M")),
    "two-sheets.xlsx": Right(2, first=serials("H3J9B0ZDXB", "H35XZXNMC1")),
    "hidden-first-sheet.xlsx": Right(3, first=serials("H3N5GRVBJJ", "H3GAASHK8H", "H3V85JHSGJ")),
    "filtered-row.xlsx": Right(3, first=serials("H3RRYG0YQT", "H31P0QYXZ4", "H3E2S7VE3A")),
    "far-rows.xlsx": Right(4, first=serials("H3J9B0ZDXB", "H35XZXNMC1", "H3N5GRVBJJ", "H3GAASHK8H")),
    "last-row.xlsx": Right(3, first=serials("H3V85JHSGJ", "H3RRYG0YQT", "H31P0QYXZ4")),
    "1904-general-number.xlsx": Right(1, first=[{"acquired_on": date(2024, 12, 31)}]),
    "zero-padded-format.xlsx": Right(
        3, [(4, "Kode Kantor"), (4, "Kondisi")], serials("0004049864", "R905831082", "FCS5XGZ0VG")
    ),
    "equals-quoted-serial.csv": Right(1, first=serials("0012345678")),
    "equals-quoted-text.csv": Right(1, first=[{"serial": "0012345678", "imei1": "358922061594803", "note": "baru"}]),
    "dashes.csv": Right(1, first=[{"serial": "H3ATMKQK32", "condition": Condition.GOOD} | NOTHING]),
    "siman-dashes.csv": Right(
        2, first=[{"nup": 12, "imei1": None, "value": 3_499_000, "kode_register": "ABCDEF0123456789ABCDEF0123456789"}]
    ),
    "na-serial.csv": Right(1, [(2, "Nomor Seri")]),
    "imei-slash.csv": Right(1, first=[{"imei1": IMEI, "imei2": None}]),
    "imei-prefix.csv": Right(1, first=[{"imei1": IMEI, "imei2": None}]),
    "imei-two.csv": Right(1, first=[{"imei1": IMEI, "imei2": OTHER_IMEI}]),
    "siman-grouped-heading.xlsx": Right(
        1, first=[{"value": 3_499_000, "acquired_on": date(2024, 12, 31), "serial": "H3YDVCVEZW"}]
    ),
    "zero-width-serial.csv": Right(1, first=serials("R9TXH3C72V2E31")),
    "zero-width-brand.csv": Right(4, first=[{"brand": "Samsung"}] * 4),
}
REFUSED = {"html-as-xls.xls": WebPage, "password-protected.xlsx": EncryptedWorkbook}


MORE = [
    {
        "code": code,
        "level": "kota",
        "name": name,
        "office_name": name,
        "parent_code": code[:2],
        "timezone": "Asia/Jakarta",
    }
    for code, name in (("31.72", "Jakarta Utara"), ("31.73", "Jakarta Barat"), ("81.03", "Maluku Tengah"))
]


@pytest.fixture
def country(db: Database) -> Database:
    with db.writing() as session:
        build.roster(session)
        offices.add_each(session, MORE, stamp=build.system())
    return db


def checked(db: Database, content: bytes) -> Report:
    with db.reading() as session:
        return batches.check(session, batches.read(content), stamp=build.system())


def case(name: str) -> bytes:
    return (CASES / name).read_bytes()


def test_every_case_has_its_right_answer() -> None:
    assert {file.name for file in CASES.iterdir()} == RIGHT.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", RIGHT)
def test_the_file_is_read_as_it_should_be(country: Database, name: str) -> None:
    right, report = RIGHT[name], checked(country, case(name))
    assert (report.rows, [(error.row, error.column) for error in report.errors]) == (right.rows, right.refused)
    for row, expected in zip(report.first, right.first, strict=False):
        assert {field: getattr(row, field) for field in expected} == expected
    assert len(report.first) >= len(right.first)


@pytest.mark.parametrize("name", REFUSED)
def test_the_file_is_refused_with_what_to_do(name: str) -> None:
    with pytest.raises(Refusal) as refused:
        batches.read(case(name))
    assert type(refused.value) is REFUSED[name]
    assert "save" in str(refused.value).lower()


@pytest.mark.parametrize("name", [name for name, right in RIGHT.items() if name.startswith("error")])
def test_an_error_value_is_called_one(country: Database, name: str) -> None:
    assert {error.msgid for error in checked(country, case(name)).errors} == {
        "{it} is an error value of the spreadsheet and not a value. Write what belongs here."
    }


def test_what_is_not_read_and_what_nobody_sees_is_said(country: Database) -> None:
    told = {name: checked(country, case(name)).beside for name in RIGHT if name.endswith("xlsx")}
    others = {
        name: [(each.name, each.is_hidden, each.has_table) for each in beside.other_sheets]
        for name, beside in told.items()
    }
    assert {name: sheets for name, sheets in others.items() if sheets} == {
        "two-sheets.xlsx": [("Jakarta", False, True)],
        "hidden-first-sheet.xlsx": [("lama", True, True)],
    }
    assert told["hidden-first-sheet.xlsx"].sheet == "Data"
    assert {name: beside.hidden_rows for name, beside in told.items() if beside.hidden_rows} == {"filtered-row.xlsx": 1}


def test_rows_behind_twenty_thousand_blank_lines_are_read(country: Database) -> None:
    row = "Tablet,Samsung,Galaxy Tab A9+,BL00000"
    text = f"Jenis,Merk,Tipe,Nomor Seri\n{row}1\n" + ",,,\n" * 20_100 + f"{row}2\n"
    assert [row.serial for row in checked(country, text.encode()).first] == ["BL000001", "BL000002"]
