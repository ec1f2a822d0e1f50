"""Exports over HTTP and on pages: scope, refusals, what is recorded, streams that let go."""

import json
from collections.abc import AsyncGenerator, Callable, Generator
from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from assets_service.access.stamp import Role
from assets_service.custody.events import ExtraResolved
from assets_service.custody.models import Shipment
from assets_service.exports.asks import Asked
from assets_service.exports.delimited import PART_BYTES
from assets_service.exports.files import Format, inventory_parts, ledger_parts, write_inventory, write_ledger
from assets_service.exports.streaming import streamed
from assets_service.exports.verify import verify_file
from assets_service.kernel.db import Database
from assets_service.ledger.commands import record
from assets_service.ledger.models import Entry
from tests import build, loops
from tests.custody.build_custody import a_box
from tests.exports.build_exports import DAYS, a_lived_in_fleet
from tests.labelling.build_labelling import Desk
from tests.labelling.test_stocks import SHEET as A_STOCK
from tests.programmes.build_programmes import a_programme

Client = TestClient[Litestar]
API = "/api/v1/exports/"
TYPES = {
    "inventory.csv": "text/csv; charset=utf-8",
    "inventory.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "inventory.jsonl": "application/jsonl",
    "inventory.pdf": "application/pdf",
    "ledger.jsonl": "application/jsonl",
}


@pytest.fixture
def signed_in(db: Database) -> Callable[[Role, str], dict[str, str]]:
    """Headers of somebody with this role there, in a country to which everything has happened."""
    with db.writing() as session:
        a_lived_in_fleet(session)

    def headers(role: Role, at: str) -> dict[str, str]:
        with db.writing() as session:
            return build.bearer(build.a_token(session, build.a_person(session, at=at, role=role)))

    return headers


@pytest.fixture(autouse=True)
def late(clock: Callable[[], object]) -> None:
    clock.at = build.later(days=40)  # type: ignore[attr-defined]  # the still clock


SignedIn = Callable[[Role, str], dict[str, str]]


@pytest.mark.parametrize("name", list(TYPES))
def test_each_file_comes_as_what_it_is_under_a_name_that_says_what_it_is(
    client: Client, signed_in: SignedIn, name: str
) -> None:
    answer = client.get(API + name, headers=signed_in(Role.AUDITOR, "00"))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == TYPES[name]
    kind = name.partition(".")[0].replace("inventory", "inventaris")
    assert (
        answer.headers["content-disposition"] == f'attachment; filename="{kind}-2026-12-30.{name.rpartition(".")[2]}"'
    )
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.content) > 500


@pytest.mark.parametrize("name", list(TYPES))
def test_a_stranger_gets_nothing(client: Client, name: str) -> None:
    assert client.get(API + name).status_code == 401


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("as_of=2027-01-01", "/as_of"),
        ("as_of=soon", "/as_of"),
        ("office=31", "/office"),
        ("office=99", "/office"),
        ("edition=secret", "/edition"),
        ("flavour=excel-xx", "/flavour"),
        ("flag=sleepy", "/flag"),
        ("kind=fridge", "/kind"),
        ("condition=new", "/condition"),
        ("presence=here", "/presence"),
        ("due=later", "/due"),
        ("q=" + "1" * 121, "/q"),
        ("as_of=" + "1" * 41, "/as_of"),
    ],
)
def test_a_wrong_question_names_its_field(client: Client, signed_in: SignedIn, query: str, pointer: str) -> None:
    answer = client.get(f"{API}inventory.csv?{query}", headers=signed_in(Role.HEAD, "81.02"))
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert "Jakarta" not in answer.text


@pytest.mark.parametrize(
    ("role", "at", "offices"),
    [
        (Role.AUDITOR, "00", {"00", "81.02"}),
        (Role.LOGISTICS, "00", {"00", "81.02"}),
        (Role.AUDITOR, "81", {"00", "81.02"}),  # the national office's, since it is on its way to them
        (Role.HEAD, "81.02", {"00", "81.02"}),
        (Role.HEAD, "81.72", set()),
        (Role.ADMIN, "31", set()),
    ],
)
def test_everybody_takes_what_lies_in_their_scope(
    client: Client, signed_in: SignedIn, role: Role, at: str, offices: set[str]
) -> None:
    headers = signed_in(role, at)
    for query in ("", "?as_of=2026-12-30"):
        lines = [
            json.loads(line) for line in client.get(f"{API}inventory.jsonl{query}", headers=headers).text.splitlines()
        ]
        assert {line["office"] for line in lines[1:-1]} == offices
        assert {line["bound_for"] for line in lines[1:-1] if line["office"] == "00"} <= (
            {None, "81.02"} if at == "00" else {"81.02"}
        )


def test_a_province_takes_the_chains_of_its_own_offices_persons_and_devices(
    client: Client, signed_in: SignedIn
) -> None:
    headers = signed_in(Role.AUDITOR, "81")
    text = client.get(f"{API}ledger.jsonl", headers=headers).text
    lines = [json.loads(line) for line in text.splitlines()]
    subjects = {line["subject"] for line in lines[1:-1]}
    assert {subject for subject in subjects if subject.startswith("office/")} == {
        "office/81",
        "office/81.02",
        "office/81.72",
    }
    assert sum("/" not in subject for subject in subjects) == 4  # three at 81.02 and one on its way there
    assert len(subjects) == lines[-1]["subjects"]
    assert '"Dewi' not in text


def test_a_province_takes_the_chains_of_its_shipments_runs_and_stocks_and_of_every_programme(
    client: Client, signed_in: SignedIn, db: Database
) -> None:
    with db.writing() as session:
        a_programme(session)
        for number in session.scalars(select(Shipment.id)):
            told = ExtraResolved(shipment=f"PK-2026-{number:06d}", code_read="?", remark="not ours")
            record(session, told, subject=f"shipment/{number}", stamp=build.system())
        elsewhere = build.a_device(session, at="31")
        to_jakarta = a_box(session, [build.a_device(session)], build.system(), to="31")
        told = ExtraResolved(shipment=to_jakarta.number, code_read="?", remark="not ours")
        record(session, told, subject=f"shipment/{to_jakarta.id}", stamp=build.system())
        desk = Desk(client, build.a_token(session, build.a_person(session, at="00", role=Role.LOGISTICS)))
    desk.post("/label-sheets", {"office": "81", "stock": "tj-107"})
    desk.post("/label-sheets", {"devices": [elsewhere.code], "stock": "tj-107"})
    for place in ("81", "31"):
        assert desk.post("/label-stocks", A_STOCK | {"name": f"own-{place}", "office": place}).status_code == 201

    def seen_from(at: str) -> set[str]:
        text = client.get(f"{API}ledger.jsonl", headers=signed_in(Role.AUDITOR, at)).text
        subjects = {json.loads(line).get("subject", "") for line in text.splitlines()}
        return {
            subject for subject in subjects if subject.startswith(("shipment/", "label-run/", "stock/", "programme/"))
        }

    assert seen_from("81") == {"shipment/1", "shipment/2", "label-run/1", "stock/1", "programme/PPID-2024"}
    assert seen_from("31") == {"shipment/3", "label-run/2", "stock/2", "programme/PPID-2024"}
    assert seen_from("62") == {"programme/PPID-2024"}


def test_who_took_what_is_recorded_before_the_first_byte(client: Client, signed_in: SignedIn, db: Database) -> None:
    headers = signed_in(Role.AUDITOR, "81")
    file = client.get(f"{API}inventory.jsonl?edition=public&office=81.02&as_of=2026-12-01", headers=headers)
    client.get(f"{API}ledger.jsonl", headers=headers)
    with db.reading() as session:
        told = list(session.execute(select(Entry.kind, Entry.body, Entry.subject).order_by(Entry.seq.desc()).limit(2)))
    assert [entry.kind for entry in told] == ["exports.ledger_taken", "exports.inventory_taken"]
    body = json.loads(told[1].body)
    rows = len(file.text.splitlines()) - 2
    assert body == {
        "format": "jsonl",
        "edition": "public",
        "under": "81.02",
        "rows": rows,
        "as_of": "2026-12-01T16:59:59.999999Z",
    }
    assert told[1].subject.startswith("person/")


def test_a_refused_export_records_nothing(client: Client, signed_in: SignedIn, db: Database) -> None:
    headers = signed_in(Role.HEAD, "81.02")
    client.get(f"{API}inventory.csv?office=31", headers=headers)
    with db.reading() as session:
        assert not session.scalar(select(Entry.seq).where(Entry.kind == "exports.inventory_taken"))


def test_the_head_of_the_ledger_is_the_newest_entry(client: Client, signed_in: SignedIn, db: Database) -> None:
    headers = signed_in(Role.HEAD, "81.02")
    with db.reading() as session:
        newest = session.execute(select(Entry.seq, Entry.hash).order_by(Entry.seq.desc()).limit(1)).one()
    assert client.get("/api/v1/ledger/head", headers=headers).json() == {
        "seq": newest.seq,
        "hash": newest.hash,
        "seal": None,
        "cosigned": None,
    }


@pytest.fixture
def large(db: Database) -> Database:
    """Enough for several parts of every format."""
    with db.writing() as session:
        build.roster(session)
        for _ in range(100):
            build.a_device(session, note="x" * 2000)
    return db


@pytest.mark.parametrize("form", [Format.CSV, Format.JSONL, None])
def test_a_reader_who_leaves_lets_the_snapshot_go(large: Database, form: Format | None) -> None:
    parts = (
        inventory_parts(large, build.system(), Asked(), form, unconfirmed_after_days=DAYS)
        if form
        else ledger_parts(large, build.system())
    )
    assert PART_BYTES < len(next(parts)) < 2 * PART_BYTES  # parts, not the whole
    assert large.engine.pool.checkedout() == 1  # type: ignore[attr-defined]  # a QueuePool counts
    parts.close()
    assert large.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["inventory.csv", "inventory.jsonl", "ledger.jsonl"])
def test_a_file_of_many_parts_arrives_whole(client: Client, large: Database, tmp_path: Path, name: str) -> None:
    with large.writing() as session:
        headers = build.bearer(build.a_token(session, build.a_person(session, role=Role.AUDITOR)))
    answer = client.get(API + name, headers=headers)
    (tmp_path / name).write_bytes(answer.content)
    assert len(answer.content) > 2 * PART_BYTES
    assert verify_file(tmp_path / name).holds


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.xlsx", "a.pdf", "ledger.jsonl"])
def test_progress_is_told_and_ends_at_the_whole(large: Database, tmp_path: Path, name: str) -> None:
    told: list[int] = []
    if name.startswith("ledger"):
        rows = write_ledger(large, tmp_path / name, build.system(), progress=told.append)
    else:
        rows = write_inventory(
            large, tmp_path / name, build.system(), unconfirmed_after_days=DAYS, progress=told.append
        )
        assert rows == 100
    assert told == sorted(told)
    assert told[-1] == rows


def test_a_fault_in_the_middle_is_no_end() -> None:
    def parts() -> Generator[bytes]:
        yield b"first"
        raise ValueError("Litestar would take this for the end")

    async def read() -> list[bytes]:
        stream = streamed(parts(), media_type="text/csv", filename="a.csv").iterator
        assert isinstance(stream, AsyncGenerator)
        return [part async for part in stream]

    with pytest.raises(ValueError, match="for the end"):
        loops.run(read())


# Pages -----------------------------------------------------------------------------------------------------------


def test_the_page_counts_before_it_gives(client: Client, signed_in: SignedIn) -> None:
    headers = signed_in(Role.AUDITOR, "00") | {"accept-language": "en"}
    assert "8 devices" in client.get("/ekspor", headers=headers).text
    assert "3 devices" in client.get("/ekspor?office=81", headers=headers).text
    assert "0 devices" in client.get("/ekspor?as_of=2026-11-01", headers=headers).text
    assert "1 device" in client.get("/ekspor?flag=lost", headers=headers).text


@pytest.mark.parametrize(
    "query", ["office=99", "as_of=2099-01-01", "edition=x", "as_of=<script>", "flag=<script>", "kind=x"]
)
def test_the_page_says_what_is_wrong_with_the_question(client: Client, signed_in: SignedIn, query: str) -> None:
    answer = client.get(f"/ekspor?{query}", headers=signed_in(Role.HEAD, "81.02"))
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert "<script>" not in answer.text.partition("<main")[2]


@pytest.mark.parametrize(
    "name",
    ["inventaris.xlsx", "inventaris.csv", "inventaris-excel.csv", "inventaris.jsonl", "inventaris.pdf", "ledger.jsonl"],
)
def test_every_file_the_page_offers_is_there(client: Client, signed_in: SignedIn, name: str) -> None:
    assert client.get(f"/ekspor/{name}", headers=signed_in(Role.HEAD, "81.02")).status_code == 200


def test_no_other_file_is(client: Client, signed_in: SignedIn) -> None:
    assert client.get("/ekspor/inventaris.doc", headers=signed_in(Role.HEAD, "81.02")).status_code == 404


@pytest.mark.parametrize(
    ("role", "at", "status", "may_check"),
    [
        (Role.AUDITOR, "00", 200, True),
        (Role.ADMIN, "00", 200, True),
        (Role.AUDITOR, "81", 200, False),
        (Role.HEAD, "81.02", 403, False),
        (Role.LOGISTICS, "00", 403, False),
    ],
)
def test_the_ledger_page_is_for_who_audits(
    client: Client, signed_in: SignedIn, role: Role, at: str, status: int, *, may_check: bool
) -> None:
    headers = signed_in(role, at) | {"accept-language": "en"}
    answer = client.get("/ledger/periksa", headers=headers)
    assert answer.status_code == status
    assert ("chains hold" in answer.text) == may_check
    if at == "81":
        assert "office/31" not in answer.text


def test_the_ledger_page_names_what_broke(client: Client, signed_in: SignedIn, db: Database) -> None:
    headers = signed_in(Role.AUDITOR, "00") | {"accept-language": "en"}
    with db.writing() as session:
        trigger = "DROP TRIGGER entries_refuse_update" if db.is_sqlite else "ALTER TABLE entries DISABLE TRIGGER ALL"
        session.connection().exec_driver_sql(trigger)
        session.connection().exec_driver_sql("UPDATE entries SET actor = 'nobody' WHERE subject = 'office/81.02'")
        if not db.is_sqlite:
            session.connection().exec_driver_sql("ALTER TABLE entries ENABLE TRIGGER ALL")
    for lang, said in (
        ("en", "The chain Office 81.02 is broken at entry 1: its content was changed."),
        ("id", "Rantai Kantor 81.02 tidak utuh pada entri 1: isinya sudah diubah."),
    ):
        assert said in client.get("/ledger/periksa", headers=headers | {"accept-language": lang}).text


def test_the_ledger_page_turns(client: Client, signed_in: SignedIn) -> None:
    headers = signed_in(Role.AUDITOR, "00")
    first: httpx.Response = client.get("/ledger", headers=headers)
    assert "cursor=" not in first.text  # everything fits one page here
    assert client.get("/ledger?cursor=WzVd", headers=headers).status_code == 200
    assert client.get("/ledger?cursor=nonsense", headers=headers).status_code == 400
