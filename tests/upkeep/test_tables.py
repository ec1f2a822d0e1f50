"""Every table is held against the ledger: what was changed behind its back is named by row and column."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import Column, Enum, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import migrations
from assets_service.access.stamp import Role
from assets_service.custody import commands as custody
from assets_service.custody.asks import Transfer
from assets_service.devices import queries as device_queries
from assets_service.devices.events import DeviceRetired
from assets_service.devices.models import Kind
from assets_service.imports import batches
from assets_service.imports import commands as imports
from assets_service.imports.asks import DeviceFile
from assets_service.inspections import commands as inspections
from assets_service.inspections.asks import SetPolicy
from assets_service.kernel.db import Database, Record
from assets_service.ledger.commands import record
from assets_service.ledger.events import Event
from assets_service.offices import commands as offices
from assets_service.offices.asks import AmendOffice
from assets_service.openness import commands as openness
from assets_service.openness.asks import NewGrade
from assets_service.openness.models import Grade
from assets_service.people import commands as people
from assets_service.people.asks import NewPerson, NewSignIn
from assets_service.people.events import RoleEnded
from assets_service.people.models import Grant
from assets_service.photos.reading import PHOTOS
from assets_service.schedules.models import CheckRule
from assets_service.settings import Settings
from assets_service.upkeep.tables import compare
from assets_service.upkeep.tables.untold import COLUMNS, TABLES
from assets_service.upkeep.verify import verify
from tests import build
from tests.exports.build_exports import UAKPB, a_lived_in_fleet
from tests.imports.build_imports import a_row, a_table, as_csv
from tests.inspections.build_inspections import a_picture
from tests.labelling.build_labelling import Desk
from tests.labelling.test_stocks import SHEET as A_STOCK
from tests.programmes.build_programmes import ALLOCATION, a_programme

migrations.load_models()
EVERY = {table.name: table for table in Record.metadata.sorted_tables}


def test_every_column_is_replayed_or_said_to_be_untold() -> None:
    assert set(EVERY) == set(TABLES) | set(COLUMNS)
    assert not set(TABLES) & set(COLUMNS)
    assert {name: set(untold) - set(EVERY[name].c.keys()) for name, untold in COLUMNS.items()} == {
        name: set() for name in COLUMNS
    }


@pytest.fixture
def world(db: Database, client: TestClient[Litestar], clock: Any) -> Database:
    """Something of everything that can happen."""
    with db.writing() as session:
        fleet = a_lived_in_fleet(session)
        a_programme(session, allocation=ALLOCATION[:2])
        offices.amend(session, build.office(session, "81.02"), AmendOffice(head_name="Budi"), stamp=build.system())
        for grade in (Grade.FAIRLY, Grade.NEARLY):  # corrected, so that two rows tell of one year
            asked = NewGrade(year=2024, grade=grade, source="Anugerah 2024")
            openness.grade(session, build.office(session, "81.02"), asked, stamp=build.system())
        inspections.set_policy(session, SetPolicy(rule=CheckRule.MONTHS, months=3, office="81"), stamp=build.system())
        clerk = build.a_person(session, "Rini", at="81.02", role=Role.HEAD)
        build.a_password(session, clerk, "rahasia sekali 2026")
        left = build.a_person(session, "Tono", at="81", role=Role.LOGISTICS)
        people.end_grant(
            session, session.scalars(select(Grant).where(Grant.person_id == left.id)).one(), stamp=build.system()
        )
        people.deactivate(session, left, stamp=build.system())
        holder = people.add(session, NewPerson(name="Umar", office="81.02"), stamp=build.system())
        people.give_sign_in(session, holder, NewSignIn(username="umar"), None, stamp=build.system())
        custody.transfer(session, holder, Transfer(office="81"), stamp=build.system())
        printer = build.a_person(session, "Dedi", at="00", role=Role.LOGISTICS)
        desk, head = (Desk(client, build.a_token(session, somebody)) for somebody in (printer, clerk))
        spare = build.a_device(session)
        for number in range(2):
            file = as_csv(a_table(a_row()))
            report = imports.register(session, DeviceFile(file), batches.read(file), stamp=build.system())
            if number:
                made = device_queries.locked_import(session, report.number or 0, build.system())
                imports.undo(session, made, stamp=build.system())
        codes = {name: device.code for name, device in fleet.items()} | {"spare": spare.code}
    clock.at = build.later(days=20)
    desk.post("/label-stocks", A_STOCK)
    assert desk.post("/label-sheets", {"devices": [codes["kept"]], "stock": "tj-107"}).status_code == 200
    consigned = {
        "courier": "JNE",
        "waybill": "JNE 81",
        "parcels": 1,
        "weight_g": 900,
        "seal_no": "S1",
        "accessories": ["charger", "cable"],
    }
    sending = {"to_office": "81.02", "devices": [codes["kept"]], "send": True} | consigned
    box = desk.post("/shipments", sending).json()["id"]
    parcel = client.post(
        "/api/v1/photos",
        files={"file": ("b.jpg", a_picture(size=(9, 9)), "image/jpeg")},
        headers=build.bearer(head.token),
    )
    arrived = {
        "seal_intact": False,
        "brought_by": "Kurir",
        "waybill": "JNE 81",
        "note": "Basah",
        "photos": [parcel.json()["id"]],
    }
    assert head.put(f"/shipments/{box}/arrival", arrived).status_code < 300
    assert desk.post(f"/shipments/{box}/notes", {"note": "Sudah di Tual"}).status_code < 300
    assert desk.put("/routes", {"from_office": "00", "to_office": "81.02", "days": 9}).status_code < 300
    lost = desk.post("/shipments", {"to_office": "31", "devices": [codes["spare"]], "send": True}).json()["id"]
    assert desk.put(f"/shipments/{lost}/cancellation", {"note": "Salah alamat"}).status_code < 300
    outcome = {"outcome": "received_with_notes", "condition": "light", "note": "Retak"}
    lines = [
        {"device": codes["kept"], **outcome},
        {"device": "ASING 1", "outcome": "received"},
        {"device": codes["spare"], "outcome": "received"},
    ]
    received = head.put(f"/shipments/{box}/receipt", {"lines": lines})
    assert received.status_code < 300, received.text
    with db.writing() as session:
        officer, second = (
            build.a_person(session, name, at=at, role=role)
            for name, at, role in (("Oka", "00", Role.ADMIN), ("Ira", "81.02", Role.HEAD))
        )
        oka, ira = (Desk(client, build.a_token(session, each)) for each in (officer, second))
        shut, gone = build.a_person(session, "Evi", at="81.02"), build.a_person(session, "Eko", at="81.02")
        witnesses = [build.a_person(session, name, at="81.02").id for name in ("Ani", "Adi")]
        tablet = build.a_device(session, kind=Kind.TABLET, nup=9, uakpb=UAKPB, kode_barang="3100102009")
        for _ in range(2):  # one of them is the national office's own share
            build.a_device(session, kind=Kind.TABLET, programme="PPID-2024")
        offices.amend(
            session, build.office(session, "31"), AmendOffice(uakpb=UAKPB.replace("KD", "KP")), stamp=build.system()
        )
    found = [each["id"] for each in oka.get("/differences").json()["items"] if each["kind"] == "extra"]
    settled = oka.put(f"/shipments/{box}/findings/{found[0]}/resolution", {"note": "Milik Tual"})
    assert settled.status_code < 300, settled.text
    first = head.get(f"/shipments/{box}/receipts").json()["items"][0]["id"]
    mended = {
        "device": codes["kept"],
        "outcome": "received",
        "condition": "light",
        "note": "Tergores saja",
        "accessories": ["charger"],
    }
    assert ira.put(f"/receipts/{first}/correction", {"reason": "Tertukar", "lines": [mended]}).status_code < 300
    signed = {"name": "Rini", "position": "Kepala", "strokes": [[[1, 2], [3, 4]]]}
    lent = {"to_office": "81.02", "devices": [tablet.code], "send": True, "movement": "loan", "return_on": "2027-01-30"}
    loan = desk.post("/shipments", lent).json()["id"]
    taken = {"lines": [{"device": tablet.code, "outcome": "received"}], "signature": signed}
    assert head.put(f"/shipments/{loan}/receipt", taken).status_code < 300
    back = head.post("/shipments", {"to_office": "00", "devices": [tablet.code], "send": True}).json()["id"]
    national = build.bearer(printer_head(db))
    assert (
        client.put(f"/api/v1/shipments/{back}/receipt", json={"lines": taken["lines"]}, headers=national).status_code
        < 300
    )
    moved = desk.post(
        "/shipments", {"to_office": "31", "devices": [tablet.code], "send": True, "movement": "transfer"}
    ).json()["id"]
    assert (
        client.put(
            f"/api/v1/shipments/{moved}/receipt",
            json={"lines": taken["lines"]},
            headers=build.bearer(printer_head(db, "31")),
        ).status_code
        < 300
    )
    assert head.put(f"/devices/{codes['kept']}/holder", {"person": shut.id}).status_code < 300
    succession = {
        "leaver": shut.id,
        "successor": gone.id,
        "cause": "died",
        "witnesses": witnesses,
        "lines": [{"device": codes["kept"], "condition": "light", "note": "Tergores"}],
    }
    followed = ira.put("/offices/81.02/succession", succession)
    assert followed.status_code < 300, followed.text
    assert ira.put(f"/persons/{shut.id}/clearance", {}).status_code < 300
    handed = oka.post("/distributions", {"programme": "PPID-2024", "office": "31"})
    assert handed.status_code < 300, handed.text
    undone = client.delete(f"/api/v1/distributions/{handed.json()['id']}", headers=build.bearer(oka.token))
    assert undone.status_code < 300, undone.text
    photo = client.post(
        "/api/v1/photos", files={"file": ("a.jpg", a_picture(), "image/jpeg")}, headers=build.bearer(head.token)
    ).json()
    check = {
        "condition": "heavy",
        "note": "Pecah",
        "label_present": True,
        "photos": [photo["id"]],
        "checklist": {"screen": "problem"},
    }
    checked = head.post(f"/devices/{codes['kept']}/checks", check)
    assert checked.status_code < 300, checked.text
    for code in (codes["kept"], "ZZZZZZZZ"):
        client.post(
            f"/d/{code}/temuan", data={"message": "Saya menemukan ini", "contact": "08123", "action_id": str(uuid4())}
        )
    return db


def printer_head(db: Database, at: str = "00") -> str:
    with db.writing() as session:
        return build.a_token(session, build.a_person(session, "Nia", at=at, role=Role.HEAD))


def found_in(session: Session) -> list[str]:
    said: list[str] = []
    compare(session, say=said.append)
    return said


def test_what_the_product_did_is_what_its_ledger_tells(world: Database) -> None:
    with world.reading() as session:
        assert found_in(session) == []
        empty = [name for name in COLUMNS if not session.execute(select(EVERY[name]).limit(1)).first()]
    assert empty == []  # else the test below would see nothing


def told_columns() -> list[tuple[str, str]]:
    return [
        (name, column)
        for name in COLUMNS
        for column in [each.name for each in EVERY[name].c]
        if column not in COLUMNS[name]
    ]


@pytest.mark.timeout(300)
def test_whatever_column_is_changed_is_named(world: Database) -> None:
    """One column of one row after another, each change undone again."""
    if not world.is_sqlite:
        pytest.skip("PostgreSQL holds its CHECKs; the same comparison is made there, and some of it is tested below")
    missed = [place for place in told_columns() if not is_named_when_changed(world, *place)]
    assert missed == []


def is_named_when_changed(db: Database, table: str, column: str) -> bool:
    with db.engine.connect() as connection, connection.begin() as everything, Session(connection) as session:
        session.execute(text("PRAGMA ignore_check_constraints = ON"))
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
        rows = EVERY[table]
        found = session.execute(select(rows).order_by(rows.c[column].is_(None), *rows.primary_key)).mappings()
        row = next(row for row in found if is_told(table, row))
        changed(session, table, row, column)
        said = found_in(session)
        everything.rollback()
    is_key = EVERY[table].c[column].primary_key or column in {"code", "imei", "device_id", "run_id", "version"}
    return any(f"{table}, " in one and (is_key or f", {column}: " in one or "row" in one) for one in said)


def is_told(table: str, row: Any) -> bool:
    """Labels not yet handed out, or printed for no device, and blank codes are nobody's yet."""
    if table == "printed_labels":
        return row["issued_at"] is not None and row["device_id"] is not None
    return table != "label_codes" or row["device_id"] is not None


OTHERS: dict[type, Callable[[Any], Any]] = {
    bool: lambda value: not value,
    int: lambda value: (value or 0) + 1_000_003,
    datetime: lambda value: (value or build.NOON) + timedelta(days=1),
    date: lambda value: (value or build.NOON.date()) + timedelta(days=1),
    str: lambda value: f"Z{(value or '')[:-1]}Z",
    dict: lambda _: {"screen": "ok", "battery": "problem"},
}


def others(session: Session, column: Column[Any], value: Any) -> list[Any]:
    """Values that this column could have and does not; another row may have one of them already."""
    for key in column.foreign_keys:
        if key.column.name == "id":
            return [*session.scalars(select(key.column).where(key.column != (value or 0))), 10**6]
    if column.name == "password_hash":
        return [None]  # of a secret only that there is one is told
    if isinstance(column.type, Enum):
        return [word for word in column.type.enums if word != value]
    return [OTHERS.get(column.type.python_type, OTHERS[dict])(value)]


def changed(session: Session, table: str, row: Any, column: str) -> None:
    rows = EVERY[table]
    this = update(rows).where(*(key == row[key.name] for key in rows.primary_key))
    for value in others(session, rows.c[column], row[column]):
        try:
            with session.begin_nested():
                session.execute(this.values({column: value}))
        except IntegrityError:
            continue
        return
    pytest.fail(f"{table}.{column} could not be changed")


BEHIND: dict[str, tuple[str, str]] = {
    "devices edited": (
        "UPDATE devices SET condition = 'heavy', note = 'x' WHERE condition = 'good'",
        "condition: the table says heavy, the ledger good.",
    ),
    "a device moved to another office": (
        "UPDATE devices SET office_id = (SELECT id FROM offices WHERE code = '31') WHERE bound_for_id IS NULL",
        "office_id: the table says 31, the ledger 00.",
    ),
    "a right given": (
        """INSERT INTO grants (person_id, role, office_id, granted_at) SELECT max(persons.id), 'admin',
           (SELECT id FROM offices WHERE code = '00'), '2026-11-20 00:00:00' FROM persons""",
        "admin 00 0: the ledger does not tell of this row.",
    ),
    "a right given back": (
        "UPDATE grants SET ended_at = NULL",
        "ended_at: the table says nothing, the ledger 2026-11-20",
    ),
    "a person made": (
        """INSERT INTO persons (username, name, search, office_id, is_active, is_demo, sign_in_epoch, version, added_at)
           SELECT 'tamu', 'Tamu', 'tamu', office_id, is_active, is_demo, 0, 1, added_at FROM persons WHERE id = 1""",
        "the ledger tells nothing of this row.",
    ),
    "checks deleted": ("DELETE FROM check_photos", "this row is missing."),
    "a shipment reopened": ("UPDATE shipments SET purpose = 'x'", "purpose: the table says x, the ledger nothing."),
}


@pytest.mark.parametrize("change", BEHIND)
def test_what_was_changed_by_sql_is_named(world: Database, change: str) -> None:
    statement, sentence = BEHIND[change]
    with world.writing() as session:
        session.execute(text(statement))
    with world.reading() as session:
        assert any(sentence in one for one in found_in(session))


def test_a_clock_that_was_set_back_is_no_difference(db: Database) -> None:
    """The chain's time is the later of two; the row keeps what the clock said."""
    with db.writing() as session:
        build.roster(session, at=build.later(hours=2))
        clerk = build.a_person(session, "Rini", when=build.later(hours=2))
        build.a_role(session, clerk, Role.HEAD, at="00")
    with db.reading() as session:
        assert [one for one in found_in(session) if "granted_at" in one] == []


def test_a_photo_s_file_that_is_gone_or_changed_is_named(world: Database, settings: Settings) -> None:
    photo = min((settings.files_dir / PHOTOS).glob("??/??/*"))

    def said() -> list[str]:
        found: list[str] = []
        verify(world, settings, say=found.append)
        return found

    assert said() == []
    photo.write_bytes(b"another picture")
    assert said() == [f"photos, {photo.name}: its file is missing, or is no longer what was stored."]
    photo.unlink()
    assert said() == [f"photos, {photo.name}: its file is missing, or is no longer what was stored."]


@pytest.mark.parametrize(
    ("subject", "event", "sentence"),
    [
        ("attic/1", RoleEnded(person=1, role="admin", office="00"), "no chain of ours has such a name."),
        ("person/1", RoleEnded(person=1, role="auditor", office="31"), "its entries do not make sense together"),
        (
            "7K3M9QXA",
            DeviceRetired(reason="x", decision_no=None, presence="lost"),
            "devices, 7K3M9QXA: this row is missing.",
        ),
    ],
)
def test_well_hashed_nonsense_is_named_and_the_rest_still_compared(
    db: Database, subject: str, event: Event, sentence: str
) -> None:
    with db.writing() as session:
        device = a_lived_in_fleet(session)["kept"]
        device.note = "edited behind the ledger's back"
        record(session, event, subject=subject, stamp=build.system())
    with db.reading() as session:
        said = found_in(session)
    assert any((f"{subject}: " in one and sentence in one) or sentence == one for one in said)
    assert any(f"devices, {device.code}, note: " in one for one in said)
