"""R10: what a spreadsheet makes of our files. Opened in LibreOffice, no payload becomes a formula and no digit is lost."""

import csv
import io
import os
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from assets_service.exports.delimited import Flavour
from assets_service.exports.verify import verify_file
from assets_service.kernel.db import Database
from assets_service.kernel.formulas import unguarded
from tests import build
from tests.exports.build_exports import a_file

HOW = "no LibreOffice: apt-get install libreoffice-calc-nogui"
# Each would show 2, an error or a link where it ran.
PAYLOADS = [
    "=1+1",
    "+1+1",
    "-1+3",
    "@SUM(1;1)",
    '=HYPERLINK("http://x.example")',
    "=cmd|' /C calc'!A0",
    "'=1+1",
    "\t=1+1",
    "=1+1;=1+1",
    '"=1+1',
    "＝1+1",
    "＋1+1",
    "－1+3",
    "＠SUM(1;1)",
    "\u200b=1+1",
    "\u2060\u00ad=1+1",
    "\u3000=1+1",
    "x;=1+1",
    "x,=1+1",
    'x;"=1+1"',
    "x; =1+1;+1+1",
    "x;\u200b=1+1",
    "x\n=1+1",
]
BOTH = ",;"  # as somebody might choose who does not know by which the file is divided
SHOWN = "csv:Text - txt - csv (StarCalc):44,34,UTF8,1,,0,false,true,false"  # each cell as it looks on the screen


@pytest.fixture(scope="session")
def soffice() -> str:
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(HOW)
    return found or pytest.skip(HOW)


def opened(soffice: str, path: Path, *, delimiter: str | None = None) -> list[list[str]]:
    """The file as LibreOffice shows it to a person who wants numbers, dates and formulas recognised."""
    shown = converted(soffice, path, SHOWN, delimiter)
    return list(csv.reader(io.StringIO(shown.read_text(encoding="utf-8"), newline="")))


def formulas_in(soffice: str, path: Path, *, delimiter: str) -> list[str]:
    """What LibreOffice takes for formulas when the file is divided at these signs."""
    book = openpyxl.load_workbook(converted(soffice, path, "xlsx:Calc MS Excel 2007 XML", delimiter))
    return [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def converted(soffice: str, path: Path, form: str, delimiter: str | None) -> Path:
    profile = f"-env:UserInstallation=file://{path.parent}/profile"
    signs = "/".join(str(ord(sign)) for sign in delimiter or "")
    read_as = [f"--infilter=CSV:{signs},34,76,1,,1057,false,true,false,false,0,true"] if delimiter else []
    out = path.parent / "shown"
    command = [soffice, profile, "--headless", *read_as, "--convert-to", form, "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    [made] = out.iterdir()
    return made


@pytest.mark.timeout(600)
def test_without_its_guard_a_payload_runs(tmp_path: Path, soffice: str) -> None:
    (tmp_path / "bare.csv").write_text("a,b\n=1+1,'=1+1\n")
    assert opened(soffice, tmp_path / "bare.csv", delimiter=",")[1] == ["2", "'=1+1"]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("delimiter", [",", ";", BOTH])
def test_without_its_guards_a_file_runs_at_either_sign(tmp_path: Path, soffice: str, delimiter: str) -> None:
    (tmp_path / "bare.csv").write_text("a,b\nx;=1+1,=2+2\n")
    assert formulas_in(soffice, tmp_path / "bare.csv", delimiter=delimiter) != []


@pytest.mark.timeout(600)
@pytest.mark.parametrize("flavour", list(Flavour))
@pytest.mark.parametrize("delimiter", [",", ";", "\t", BOTH])
def test_no_payload_becomes_a_formula_at_whatever_sign_the_file_is_divided(
    db: Database, tmp_path: Path, soffice: str, flavour: Flavour, delimiter: str
) -> None:
    a_fleet_of_payloads(db)
    a_file(db, tmp_path / "a.csv", flavour=flavour)
    assert formulas_in(soffice, tmp_path / "a.csv", delimiter=delimiter) == []


def a_fleet_of_payloads(db: Database) -> dict[str, tuple[str | None, ...]]:
    """By each device's serial: what its cells hold."""
    with db.writing() as session:
        build.roster(session)
        devices = [
            build.a_device(session, brand=f"{text}{n}"[:60], model=text, note=text) for n, text in enumerate(PAYLOADS)
        ]
        return {device.serial: (device.brand, device.model, device.note, device.imei1) for device in devices}


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("name", "delimiter", "flavour"),
    [("a.xlsx", None, Flavour.RFC4180), ("a.csv", ",", Flavour.RFC4180), ("a.csv", ";", Flavour.EXCEL_ID)],
)
def test_no_payload_becomes_a_formula(
    db: Database, tmp_path: Path, soffice: str, name: str, delimiter: str | None, flavour: Flavour
) -> None:
    wanted = a_fleet_of_payloads(db)
    a_file(db, tmp_path / name, flavour=flavour)

    heading, *rows = opened(soffice, tmp_path / name, delimiter=delimiter)
    places = [heading.index(word) for word in ("Nomor Seri", "Merk", "Tipe", "Keterangan", "IMEI 1")]
    shown = {}
    for row in rows:
        if not row[0].startswith("#"):
            serial, *cells = (unguarded(row[place]) if delimiter else row[place].removeprefix("'") for place in places)
            shown[serial] = tuple(cells)
    if delimiter == ",":  # an IMEI without a mark is a number to a spreadsheet: that is what the other flavour is for
        wanted = {serial: cells[:3] for serial, cells in wanted.items()}
        shown = {serial: cells[:3] for serial, cells in shown.items()}
    assert shown == wanted


@pytest.mark.timeout(600)
def test_a_workbook_saved_again_by_libreoffice_still_verifies(db: Database, tmp_path: Path, soffice: str) -> None:
    with db.writing() as session:
        build.roster(session)
        build.a_device(session, note="=1+1\nbaris kedua", nup=3, value=3_250_000, uakpb="115010199412345000KD")
    a_file(db, tmp_path / "a.xlsx")
    out = tmp_path / "again"
    command = [
        soffice,
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
    ]
    subprocess.run(
        [*command, "--outdir", str(out), str(tmp_path / "a.xlsx")], check=True, capture_output=True, timeout=240
    )
    assert verify_file(out / "a.xlsx").holds, verify_file(out / "a.xlsx").sentence
