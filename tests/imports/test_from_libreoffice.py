"""Files that another program made: typed as CSV, kept as ODS, saved as XLSX by LibreOffice, with what it makes of the cells on the way."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import select

from assets_service.devices.models import Device
from assets_service.imports.errors import NotATable
from assets_service.kernel.db import Database
from tests import build
from tests.imports.build_imports import import_file

HOW = "no LibreOffice: apt-get install libreoffice-calc-nogui"


@pytest.fixture(scope="session")
def soffice() -> str:
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(HOW)
    return found or pytest.skip(HOW)


def saved_as(soffice: str, path: Path, ending: str, *, read_as: str | None = None) -> Path:
    command = [soffice, f"-env:UserInstallation=file://{path.parent}/profile", "--headless"]
    command += [f"--infilter={read_as}"] if read_as else []
    subprocess.run(
        [*command, "--convert-to", ending, "--outdir", str(path.parent), str(path)],
        check=True,
        capture_output=True,
        timeout=240,
    )
    return path.with_suffix(f".{ending}")


@pytest.mark.timeout(600)
def test_a_workbook_saved_by_libreoffice_is_imported(db: Database, tmp_path: Path, soffice: str) -> None:
    """Its IMEIs became numbers, its days dates, its offices 81.02 a number: nothing is lost."""
    imei = build.an_imei()
    (tmp_path / "a.csv").write_text(
        "Daftar perangkat PPID;;;;;;;;;\n"
        "Jenis;Merk;Tipe;Nomor Seri;IMEI 1;Kode Barang;NUP;Kode Kantor;Tanggal Perolehan;Nilai Perolehan\n"
        f"Ponsel Pintar;Samsung;A15;R58T30FGHJK;{imei};3060201004;1;81.02;2024-09-05;3250000\n"
        "Tablet;Samsung;Tab A9;12345678;;3100102009;2;81;2024-09-05;4500000\n"
    )
    ods = saved_as(soffice, tmp_path / "a.csv", "ods", read_as="CSV:59,34,76,1,,2057,false,true,false,false,0,true")
    workbook = saved_as(soffice, ods, "xlsx")
    with db.writing() as session:
        build.roster(session)

    report = import_file(db, workbook.read_bytes(), dry_run=False, stamp=build.system())

    assert report.errors == []
    with db.reading() as session:
        phone, tablet = session.scalars(select(Device).order_by(Device.id))
        assert (phone.imei1, phone.kode_barang, phone.nup, str(phone.acquired_on), phone.value) == (
            imei,
            "3060201004",
            1,
            "2024-09-05",
            3_250_000,
        )
        assert (tablet.serial, tablet.office_id, phone.office_id) == (
            "12345678",
            build.office(session, "81").id,
            build.office(session, "81.02").id,
        )


@pytest.mark.timeout(600)
def test_libreoffices_own_format_is_refused_with_the_way_out(db: Database, tmp_path: Path, soffice: str) -> None:
    (tmp_path / "a.csv").write_text("Jenis,Merk,Tipe,Nomor Seri\nTablet,a,b,c\n")
    ods = saved_as(soffice, tmp_path / "a.csv", "ods")
    with pytest.raises(NotATable, match="Save as"):
        import_file(db, ods.read_bytes(), dry_run=True, stamp=build.system())
