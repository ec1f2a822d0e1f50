"""A file becomes devices: all of them or none, by the register's own rule, and custody is never touched."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import func, select

from assets_service.access.stamp import Role
from assets_service.devices.models import Condition, Device, Kind, LabelCode
from assets_service.exports.columns import COLUMNS
from assets_service.exports.delimited import Flavour
from assets_service.imports import batches
from assets_service.imports.errors import UploadGone
from assets_service.imports.template import as_csv as template_csv
from assets_service.imports.template import as_workbook as template_workbook
from assets_service.imports.uploads import UPLOADS, Uploads
from assets_service.kernel.db import Database
from assets_service.kernel.store import Store
from assets_service.ledger import queries as ledger
from assets_service.ledger.models import Entry
from assets_service.programmes import commands as programmes
from assets_service.programmes.asks import NewProgramme
from migrations import upgrade
from tests import build
from tests.exports.build_exports import a_file, rows_of
from tests.imports.build_imports import a_row, a_table, as_csv, as_workbook, import_file

Client = TestClient[Litestar]
SignedIn = Callable[[Role, str], dict[str, str]]
API = "/api/v1/imports"


@pytest.fixture
def signed_in(db: Database) -> SignedIn:
    with db.writing() as session:
        build.roster(session)

    def headers(role: Role, at: str) -> dict[str, str]:
        with db.writing() as session:
            return build.bearer(build.a_token(session, build.a_person(session, at=at, role=role)))

    return headers


def sent(content: bytes, **fields: str) -> dict[str, Any]:
    return {"files": {"file": ("perangkat.csv", content)}, "data": fields}


def errors_of(answer: Any) -> list[tuple[int, str]]:
    return [(error["row"], error["column"]) for error in answer.json()["errors"]]


def count(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Device)) or 0


def head(db: Database) -> int:
    with db.reading() as session:
        return ledger.head(session).seq


@pytest.mark.parametrize("form", [as_csv, as_workbook])
def test_a_file_is_registered_row_by_row(
    client: Client, signed_in: SignedIn, db: Database, form: Callable[..., bytes]
) -> None:
    first = a_row(
        Tanggal_Perolehan="05/09/2024",
        Nilai_Perolehan="Rp 3.250.000",
        Kondisi="Rusak Ringan",
        Keterangan="Retak",
        Pemegang="Ani",
        Foto="",
    )
    tablet = a_row(Jenis="Tablet", IMEI_1=None, Kode_Kantor="31", NUP="3", Kode_Satker="115010199412345000KD")
    answer = client.post(API, headers=signed_in(Role.LOGISTICS, "00"), **sent(form(a_table(first, tablet))))

    assert answer.status_code == 201
    assert answer.json() == {
        "rows": 2,
        "created": 2,
        "errors": [],
        "errors_total": 0,
        "ignored": ["Pemegang", "Foto"],
        "dry_run": False,
        "id": answer.json()["id"],
        "sheet": None if form is as_csv else "Lembar0",
        "not_read": {"above_header": 0, "remarks": 0, "columns": [], "sheets": []},
        "hidden_rows": 0,
        "hidden_columns": [],
        "first": answer.json()["first"],
    }
    shown = [(row["row"], row["serial"], row["office"], row["value"]) for row in answer.json()["first"]]
    assert shown == [(2, first["Nomor Seri"], "81.02", 3_250_000), (3, tablet["Nomor Seri"], "31", None)]
    with db.reading() as session:
        made = list(session.scalars(select(Device).order_by(Device.id)))
        phone, pad = made
        assert (phone.kind, phone.serial, phone.imei1, phone.value) == (
            Kind.SMARTPHONE,
            first["Nomor Seri"],
            first["IMEI 1"],
            3_250_000,
        )
        assert (phone.condition, phone.note, str(phone.acquired_on), phone.holder_id) == (
            Condition.LIGHT,
            "Retak",
            "2024-09-05",
            None,
        )
        assert (pad.kind, pad.kode_barang, pad.nup, pad.office_id) == (
            Kind.TABLET,
            "3100102009",
            3,
            build.office(session, "31").id,
        )
        told = list(
            session.execute(select(Entry.kind, Entry.door, Entry.action_id).order_by(Entry.seq.desc()).limit(3))
        )
        assert [entry.kind for entry in told] == ["imports.file_registered", "devices.registered", "devices.registered"]
        assert {entry.door for entry in told} == {"import"}
        assert len({entry.action_id for entry in told}) == 1
        assert {code.device_id for code in session.scalars(select(LabelCode))} == {phone.id, pad.id}


def test_a_dry_run_says_the_same_and_registers_nothing(client: Client, signed_in: SignedIn, db: Database) -> None:
    headers, before = signed_in(Role.LOGISTICS, "00"), head(db)
    answer = client.post(API, headers=headers, **sent(as_csv(a_table(a_row(), a_row())), dry_run="true"))
    assert answer.status_code == 200
    assert (answer.json()["rows"], answer.json()["created"], answer.json()["dry_run"]) == (2, 0, True)
    assert (count(db), head(db)) == (0, before)


@pytest.mark.parametrize("dry_run", ["true", "false"])
def test_every_bad_cell_is_named_by_row_and_column_and_nothing_is_registered(
    client: Client, signed_in: SignedIn, db: Database, dry_run: str
) -> None:
    headers = signed_in(Role.LOGISTICS, "81")
    with db.writing() as session:
        taken = build.a_device(session, at="31", serial="SUDAH ADA")
    good = a_row()
    table = a_table(
        good,
        a_row(IMEI_1="3,56938E+14", Kondisi="Hilang"),
        a_row(IMEI_1="356938035643800", Kode_Kantor="31", Nilai_Perolehan="murah"),
        a_row(Merk=None, Tanggal_Perolehan="31/31/2024", NUP="x"),
        a_row(Nomor_Seri="sudah-ada", IMEI_1=taken.imei1),
        a_row(Nomor_Seri=good["Nomor Seri"], IMEI_1=good["IMEI 1"]),
        a_row(Jenis="Mobil", IMEI_1=None),
        a_row(Program="TIDAK-ADA", Kode_Barang="12", Kode_Satker="x"),
        a_row(Tipe="x" * 81, IMEI_1=None, Keterangan="y" * 2001),
        a_row(Jenis=None),
    )
    answer = client.post(API, headers=headers | {"accept-language": "en"}, **sent(as_csv(table), dry_run=dry_run))

    assert sorted(errors_of(answer)) == sorted([
        (3, "IMEI 1"), (3, "Kondisi"),
        (4, "IMEI 1"), (4, "Kode Kantor"), (4, "Nilai Perolehan"),
        (5, "Merk"), (5, "Tanggal Perolehan"), (5, "NUP"),
        (6, "Nomor Seri"), (6, "IMEI 1"),
        (7, "Nomor Seri"), (7, "IMEI 1"),
        (8, "Jenis"),
        (9, "Program"), (9, "Kode Barang"), (9, "Kode Satker"),
        (10, "Tipe"), (10, "IMEI 1"), (10, "Keterangan"),
        (11, "Jenis"),
    ])  # fmt: skip
    said = {(error["row"], error["column"]): error["message"] for error in answer.json()["errors"]}
    assert said[7, "Nomor Seri"] == "Row 2 has the same."
    assert said[6, "IMEI 1"] == "Another device already has this."
    assert said[4, "Kode Kantor"] == "There is no office 31 that you can see."
    assert "Jakarta" not in answer.text
    assert count(db) == 1
    if dry_run == "false":
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["title"] == "Nothing was registered"
        assert (answer.json()["created"], answer.json()["rows"], answer.json()["errors_total"]) == (0, 10, 20)
        assert answer.json()["errors"][0]["pointer"].startswith("/rows/3/")


def test_one_bad_row_among_a_thousand_registers_none(db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
    rows = [a_row() for _ in range(1067)]
    rows[500]["IMEI 1"] = "1"
    refused = import_file(db, as_csv(a_table(*rows)), dry_run=False, stamp=build.system())
    assert [(error.row, error.column) for error in refused.errors] == [(502, "IMEI 1")]
    assert count(db) == 0
    rows[500]["IMEI 1"] = build.an_imei()
    done: list[int] = []
    made = import_file(db, as_csv(a_table(*rows)), dry_run=False, stamp=build.system(), progress=done.append)
    assert (made.created, count(db), done) == (1067, 1067, [1067])
    with db.reading() as session:
        assert ledger.verify(session).broken is None


def test_no_more_than_a_thousand_errors_are_told_and_all_are_counted(db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
    report = import_file(
        db, as_csv(a_table(*[a_row(IMEI_1="1", NUP="x") for _ in range(600)])), dry_run=True, stamp=build.system()
    )
    assert (len(report.errors), report.errors_total) == (batches.ERRORS_MAX, 1200)


def test_a_row_of_no_known_kind_is_checked_for_all_the_rest(db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
        build.a_device(session, brand="Samsung", serial="R9TAKEN")
    first, second = build.an_imei(), build.an_imei()
    rows = [
        a_row(IMEI_1=first),
        a_row(Jenis="", IMEI_1=first, Kode_Kantor="99"),
        a_row(Jenis="Kulkas", IMEI_1="1"),
        a_row(Jenis="", IMEI_1=second, Nomor_Seri="R9TAKEN", Program="tidak ada"),
    ]
    report = import_file(db, as_csv(a_table(*rows)), dry_run=True, stamp=build.system())
    assert {(error.row, error.column) for error in report.errors} == {
        (3, "Jenis"), (3, "IMEI 1"), (3, "Kode Kantor"),
        (4, "Jenis"), (4, "IMEI 1"),
        (5, "Jenis"), (5, "Nomor Seri"), (5, "Program"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("headings", "errors"),
    [
        ("Merk;Tipe", [("Nomor Seri", "This column is needed."), ("Jenis", "This column is needed.")]),
        ("Jenis;Merk;Nomor Seri", [("Tipe", "This column is needed.")]),
        ("Jenis;Merk;Tipe;Nomor Seri;Merek", [("Merek", "The column Merk says the same. Keep one of them.")]),
    ],
)
def test_a_header_that_cannot_serve_is_refused_before_its_rows(
    db: Database, headings: str, errors: list[tuple[str, str]]
) -> None:
    with db.writing() as session:
        build.roster(session)
    report = import_file(db, f"\n{headings}\na;b;c;d\n".encode(), dry_run=False, stamp=build.system())
    assert [(error.row, error.column, error.message) for error in report.errors] == [(2, *error) for error in errors]


def test_a_file_of_simans_tells_the_kind_by_the_items_name_or_code(db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
        programmes.add(session, NewProgramme(code="PPID-2024", name="Alat"), stamp=build.system())
    imei = build.an_imei()
    text = (
        "Jenis BMN,Kode Satker,Kode Barang,NUP,Nama Barang,Merk,Tipe,Kondisi,Tanggal Perolehan,Nilai Perolehan,Serial Number,IMEI,Program\n"
        f"PERALATAN DAN MESIN,115010199412345000KD,'3060201004,1,Telephone Mobile,Samsung,A15,Baik,2024-09-05,3250000.0,S1,'{imei},PPID-2024\n"
        "PERALATAN DAN MESIN,115010199412345000KD,3.10.01.02.009,1.0,Tablet Layar,Samsung,Tab,Baik,45540,4500000,S2,,\n"
        "PERALATAN DAN MESIN,115010199412345000KD,3.10.01.01.001,2,Lap Top,Asus,X,Baik,,,S3,,\n"
    )
    report = import_file(db, text.encode(), dry_run=True, stamp=build.system())
    assert [(error.row, error.column) for error in report.errors] == [(4, "Nama Barang")]
    made = import_file(db, text.rpartition("PERALATAN")[0].encode(), dry_run=False, stamp=build.system())
    assert made.created == 2
    with db.reading() as session:
        assert [str(kind) for kind in session.scalars(select(Device.kind).order_by(Device.serial))] == [
            "smartphone",
            "tablet",
        ]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.HEAD])
def test_who_may_not_register_may_not_import(client: Client, signed_in: SignedIn, db: Database, role: Role) -> None:
    headers = signed_in(role, "00")
    assert client.post(API, headers=headers, **sent(as_csv(a_table(a_row())))).status_code == 403
    assert client.get("/impor", headers=headers).status_code == 403
    assert count(db) == 0


@pytest.mark.usefixtures("signed_in")
def test_one_office_only_where_one_registers(client: Client, db: Database) -> None:
    """A head at the national office sees everything but registers only where they are logistics."""
    with db.writing() as session:
        person = build.a_person(session, at="00", role=Role.HEAD)
        build.a_role(session, person, Role.LOGISTICS, at="81")
        headers = build.bearer(build.a_token(session, person)) | {"accept-language": "en"}
    table = a_table(a_row(Kode_Kantor="31"), a_row(Kode_Kantor="81.72"), a_row(Kode_Kantor=None))
    answer = client.post(API, headers=headers, **sent(as_csv(table)))
    assert [(error["row"], error["message"]) for error in answer.json()["errors"]] == [
        (2, "You cannot register devices for this office.")
    ]
    answer = client.post(API, headers=headers, **sent(as_csv([table[0], *table[2:]])))
    assert answer.json()["created"] == 2
    with db.reading() as session:
        offices = session.scalars(select(Device.office_id).order_by(Device.id)).all()
        assert list(offices) == [
            build.office(session, "81.72").id,
            build.office(session, "81").id,
        ]  # left out: the topmost of one's own


def test_custody_columns_are_named_as_ignored_and_change_nothing(
    client: Client, signed_in: SignedIn, db: Database
) -> None:
    row = a_row(
        Pemegang="1",
        Keberadaan="Hilang",
        Tanggal_Diterima="01/01/2024",
        Kode_Kantor_Tujuan="31",
        Kode_Label="AAAAAAAA",
        holder="1",
        received_at="2024-01-01",
        presence="lost",
    )
    answer = client.post(API, headers=signed_in(Role.LOGISTICS, "00"), **sent(as_csv(a_table(row))))
    assert answer.json()["ignored"] == [
        "Pemegang",
        "Keberadaan",
        "Tanggal Diterima",
        "Kode Kantor Tujuan",
        "Kode Label",
        "holder",
        "received at",
        "presence",
    ]
    with db.reading() as session:
        [device] = session.scalars(select(Device))
        assert (device.presence, device.holder_id, device.received_at, device.bound_for_id) == (
            "present",
            None,
            None,
            None,
        )
        assert device.code != "AAAAAAAA"


def test_the_same_action_registers_once_though_its_envelope_differs(
    client: Client, signed_in: SignedIn, db: Database
) -> None:
    content, headers = as_csv(a_table(a_row())), signed_in(Role.LOGISTICS, "00") | {"idempotency-key": str(uuid4())}
    first = client.post(API, headers=headers, **sent(content))
    again = client.post(API, headers=headers, **sent(content))  # another boundary
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == first.json()
    other = client.post(API, headers=headers, **sent(as_csv(a_table(a_row()))))
    assert other.status_code == 409
    assert count(db) == 1


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"data": {"dry_run": "true"}}, "/file"),
        ({"files": [("file", ("a", b"x")), ("file", ("b", b"y"))]}, "/file"),
        ({"files": {"file": ("a", b"x")}, "data": {"dry_run": "maybe"}}, "/dry_run"),
        ({"files": {"file": ("a", b"x")}, "data": {"office": "81"}}, "/office"),
        ({"files": {"file": ("a", b"x"), "berkas": ("b", b"y")}}, "/berkas"),
    ],
)
def test_a_form_of_another_shape_names_its_field(
    client: Client, signed_in: SignedIn, fields: dict[str, Any], pointer: str
) -> None:
    answer = client.post(API, headers=signed_in(Role.LOGISTICS, "00"), **fields)
    assert answer.status_code in {400, 415}
    if answer.status_code == 400:
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_file_of_more_than_ten_megabytes_is_too_large(client: Client, signed_in: SignedIn) -> None:
    headers = signed_in(Role.LOGISTICS, "00")
    assert client.post(API, headers=headers, **sent(b"x" * (11 << 20))).status_code == 413
    assert client.post(API, headers=headers, **sent(b"x" * ((10 << 20) + 1))).status_code == 413


def test_what_is_no_table_is_a_problem_with_a_reason(client: Client, signed_in: SignedIn) -> None:
    headers = signed_in(Role.LOGISTICS, "00") | {"accept-language": "en"}
    assert client.post(API, headers=headers, **sent(b"\x89PNG")).status_code == 415
    assert "Merk, Tipe and Nomor Seri" in client.post(API, headers=headers, **sent(b"halo")).json()["detail"]
    assert client.post(API, headers=headers | {"content-type": "application/json"}, content=b"{}").status_code == 415


@pytest.mark.parametrize("cell", ["{{7*7}}", "<script>alert(1)</script>", "{0}", "%s", "\x07"])
def test_payloads_in_cells_are_shown_as_they_are(client: Client, signed_in: SignedIn, cell: str) -> None:
    table = as_csv(a_table(a_row(Kondisi=cell, Kode_Kantor=cell, **{cell.replace("_", "-"): "1"})))
    headers = signed_in(Role.LOGISTICS, "00")
    assert client.post(API, headers=headers, **sent(table)).status_code == 400
    page = client.post("/impor", headers=headers, **sent(table))
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "49" not in page.text.partition("<table")[2].partition("</table>")[0]


# There and back --------------------------------------------------------------------------------------------------

STATED = [place for place, column in enumerate(COLUMNS) if column.name not in {"code", "flags"}]


def stated(rows: list[Any]) -> list[Any]:
    return [[row[place] for place in STATED] for row in rows]


@pytest.mark.parametrize(
    ("name", "flavour"), [("a.csv", Flavour.RFC4180), ("a.csv", Flavour.EXCEL_ID), ("a.xlsx", Flavour.RFC4180)]
)
def test_an_export_registers_the_same_devices_in_an_empty_system(
    db: Database, bare_database_url: str, tmp_path: Path, name: str, flavour: Flavour
) -> None:
    with db.writing() as session:
        build.roster(session)
        for text in (
            "=1+1",
            "'=1+1",
            "'",
            "''x",
            "-x",
            '="001"',
            'a;b,c\td"e\nf',
            "+62 812",
            "@x",
            "1.0",
            "1E+5",
            "# bukan komentar",
            "Ünï 😀",
            "＝1+1",
            "x;=1+1",
            "x,'=1+1",
            "x;''y",
            "baris\n- dua;@z",
            'x; "＋1',
        ):
            build.a_device(
                session,
                note=text,
                model=text.replace("\n", " ").replace("\t", " "),
                brand="=b" + text[:3].strip(),
                at="81.02",
                value=1_234,
            )
        build.a_device(session, kind=Kind.TABLET, uakpb="115010199412345000KD", nup=5, serial="0012300", at="62.71")
    content = a_file(db, tmp_path / name, flavour=flavour)
    upgrade(bare_database_url)
    empty = Database(bare_database_url)
    try:
        with empty.writing() as session:
            build.roster(session)
        report = import_file(empty, content, dry_run=False, stamp=build.system())
        assert report.errors == []
        assert report.created == 20
        assert stated(rows_of(empty, build.system())) == stated(rows_of(db, build.system()))
        again = import_file(
            empty, a_file(empty, tmp_path / f"again-{name}", flavour=flavour), dry_run=True, stamp=build.system()
        )
        assert again.errors_total >= 13  # they are all there already
    finally:
        empty.close()


# Pages -----------------------------------------------------------------------------------------------------------


def test_the_page_checks_first_and_registers_when_told(client: Client, signed_in: SignedIn, db: Database) -> None:
    headers = signed_in(Role.LOGISTICS, "81") | {"accept-language": "en"}
    assert "Check the file" in client.get("/impor", headers=headers).text
    checked = client.post("/impor", headers=headers, **sent(as_csv(a_table(a_row(), a_row())), action_id=str(uuid4())))
    assert checked.status_code == 200
    assert "2 devices can be registered." in checked.text
    assert count(db) == 0

    upload = checked.text.partition('name="upload" value="')[2].partition('"')[0]
    said = {"upload": upload, "action_id": str(uuid4())}
    for _ in range(2):  # a second tap
        done = client.post("/impor/daftar", headers=headers, data=said, follow_redirects=False)
        assert (done.status_code, done.headers["location"].rpartition("/")[0]) == (303, "/impor")
    assert count(db) == 2

    late = client.post("/impor/daftar", headers=headers, data=said | {"action_id": str(uuid4())})
    assert late.status_code == 400
    assert "Another device already has this." in late.text


def test_the_page_shows_what_to_correct_and_offers_nothing_else(client: Client, signed_in: SignedIn) -> None:
    headers = signed_in(Role.LOGISTICS, "81") | {"accept-language": "en"}
    page = client.post("/impor", headers=headers, **sent(as_csv(a_table(a_row(IMEI_1="3,56938E+14")))))
    assert "1 cell must be corrected" in page.text
    assert "3,56938E+14 is a rounded number" in page.text
    assert 'name="upload"' not in page.text


@pytest.mark.parametrize("upload", ["", "../../etc/passwd", "0" * 64, "x" * 64])
def test_a_file_that_is_not_kept_here_must_be_chosen_again(client: Client, signed_in: SignedIn, upload: str) -> None:
    answer = client.post(
        "/impor/daftar", headers=signed_in(Role.LOGISTICS, "81") | {"accept-language": "en"}, data={"upload": upload}
    )
    assert answer.status_code == 400
    assert "no longer kept here" in answer.text


def test_what_nobody_said_yes_to_is_gone_after_a_day(tmp_path: Path) -> None:
    uploads = Uploads(Store(tmp_path, UPLOADS))
    old, new = uploads.keep(b"old"), uploads.keep(b"new")
    [file] = tmp_path.rglob(old)
    os.utime(file, (0, 0))
    uploads.keep(b"another")
    assert uploads.read(new) == b"new"
    with pytest.raises(UploadGone):
        uploads.read(old)


def test_the_page_refuses_what_is_no_table(client: Client, signed_in: SignedIn) -> None:
    answer = client.post(
        "/impor", headers=signed_in(Role.LOGISTICS, "81") | {"accept-language": "en"}, **sent(b"\x89PNG")
    )
    assert answer.status_code == 415
    assert "neither a CSV nor an XLSX" in answer.text


@pytest.mark.parametrize("name", ["templat.csv", "templat.xlsx"])
def test_the_empty_file_is_a_table_whose_examples_are_not_read(
    client: Client, signed_in: SignedIn, db: Database, name: str
) -> None:
    headers = signed_in(Role.LOGISTICS, "00") | {"accept-language": "en"}
    content = client.get(f"/impor/{name}", headers=headers).content
    assert content[:20] == (template_csv() if name.endswith("csv") else template_workbook())[:20]
    answer = client.post(API, headers=headers, **sent(content))
    assert answer.json()["detail"] == "There is no row under the header."
    if name.endswith("csv"):
        text = content.decode("utf-8-sig").replace("# ", "")
        report = import_file(db, text.encode(), dry_run=True, stamp=build.system())
        assert (report.rows, report.errors, report.ignored) == (2, [], [])  # the examples themselves are right


def test_the_openapi_text_tells_of_the_file(client: Client) -> None:
    text = client.get("/schema/openapi.json").json()
    body = text["paths"]["/api/v1/imports"]["post"]["requestBody"]
    assert list(body["content"]["multipart/form-data"]["schema"]["properties"]) == ["file", "dry_run"]
    assert json.dumps(text).count("inventory.csv") == 1
