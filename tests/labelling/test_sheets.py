"""Sheets: what is asked, what comes out, what is refused; versions of a device's label."""

import errno
import os
import threading
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
import zxingcpp
from litestar import Litestar
from litestar.testing import TestClient
from msgspec import structs
from PIL import Image
from sqlalchemy import func, select

from assets_service.access.stamp import Role
from assets_service.app import create_app
from assets_service.devices import commands as devices
from assets_service.devices.asks import DeviceRow, Retirement
from assets_service.devices.models import Kind
from assets_service.devices.queries import by_code
from assets_service.kernel.db import Database
from assets_service.kernel.store import Store
from assets_service.labelling.models import PrintedLabel, PrintRun
from assets_service.labelling.queries import is_superseded
from assets_service.labelling.texts import Prefix
from assets_service.people.queries import by_id
from assets_service.settings import Settings
from labels import sheet_pdf
from tests.build import a_device, a_person, a_role, a_token, device_facts, later, system
from tests.clock import StillClock
from tests.labelling.build_labelling import BASE, Desk, a_country, a_desk, addresses_in, devices_at, problems


def runs(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(PrintRun)) or 0


# One label -------------------------------------------------------------------------------------------------------


def test_one_label_comes_in_four_formats(desk: Desk, db: Database) -> None:
    (code,) = devices_at(db, "81.02", 1)
    formats = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf", "zpl": "application/zpl"}
    for ending, media_type in formats.items():
        answer = desk.get(f"/devices/{code}/label.{ending}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == media_type
        assert len(answer.content) > 500


@pytest.mark.parametrize("stock", ["tj-121", "l4736", "roll-30x20"])
def test_the_qr_is_the_short_address_in_capitals(desk: Desk, db: Database, stock: str) -> None:
    (code,) = devices_at(db, "81.02", 1)
    png = desk.get(f"/devices/{code}/label.png", stock=stock).content
    (found,) = zxingcpp.read_barcodes(np.array(Image.open(BytesIO(png)).convert("L")))
    assert found.text == BASE + code


def test_png_has_the_dots_of_the_printer_asked_for(desk: Desk, db: Database) -> None:
    (code,) = devices_at(db, "81.02", 1)
    widths = {
        dpi: Image.open(BytesIO(desk.get(f"/devices/{code}/label.png", stock="roll-50x30", dpi=dpi).content)).width
        for dpi in (203, 300, 600)
    }
    assert widths == {203: 400, 300: 591, 600: 1181}


def test_a_label_is_found_by_any_code_that_leads_to_the_device(desk: Desk, db: Database) -> None:
    (code,) = devices_at(db, "81.02", 1)
    assert desk.get(f"/devices/{code.lower()}/label.svg").content == desk.get(f"/devices/{code}/label.svg").content


@pytest.mark.parametrize("query", [{"stock": "nothing"}, {"dpi": 20}, {"dpi": "many"}, {"stock": "x" * 41}])
def test_a_label_that_cannot_be_drawn_is_refused_with_its_field(
    desk: Desk, db: Database, query: dict[str, Any]
) -> None:
    (code,) = devices_at(db, "81.02", 1)
    answer = desk.get(f"/devices/{code}/label.png", **query)
    assert answer.status_code == 400
    assert problems(answer) == [f"/{next(iter(query))}"]


def test_a_printer_too_coarse_for_the_stock_is_told_so(desk: Desk, db: Database) -> None:
    (code,) = devices_at(db, "81.02", 1)
    answer = desk.get(f"/devices/{code}/label.png", stock="l4731", dpi=203)
    assert answer.status_code == 400
    assert problems(answer) == ["/stock"]


# Sheets ----------------------------------------------------------------------------------------------------------


def test_every_label_of_a_sheet_is_read_back(desk: Desk, db: Database) -> None:
    codes = devices_at(db, "81.02", 13)
    answer = desk.post("/label-sheets", {"devices": codes, "stock": "tj-121", "start": 3})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert addresses_in(answer.content) == sorted(BASE + code for code in codes)


def test_a_print_is_kept_with_who_when_and_what(desk: Desk, db: Database) -> None:
    codes = devices_at(db, "81.02", 2)
    answer = desk.post("/label-sheets", {"devices": codes, "stock": "l7160"})
    run = desk.get(answer.headers["content-location"].removeprefix("/api/v1")).json()
    assert run["state"] == "done"
    assert (run["labels"], run["drawn"], run["stock"], run["draft"]) == (2, 2, "l7160", False)
    assert run["office"]["code"] == "81.02"
    assert desk.get(f"/label-runs/{run['id']}/file").content == answer.content
    history = desk.get(f"/devices/{codes[0]}/history").json()["items"]
    assert history[-1]["kind"] == "labelling.printed"
    assert history[-1]["body"] == {
        "run": run["id"],
        "code": codes[0],
        "stock": "l7160",
        "reason": None,
        "label_version": 1,
        "label_attached_at": None,
    }


def test_an_office_means_all_below_it(desk: Desk, db: Database) -> None:
    here, beside, elsewhere = (devices_at(db, office, 2) for office in ("81.02", "81.72", "31.71"))
    answer = desk.post("/label-sheets", {"office": "81", "stock": "roll-50x30"})
    read = addresses_in(answer.content)
    assert read == sorted(BASE + code for code in here + beside)
    assert not {BASE + code for code in elsewhere} & set(read)


def test_a_flag_and_what_was_never_printed_narrow_an_office(desk: Desk, db: Database) -> None:
    codes = devices_at(db, "81.02", 3)
    assert desk.post("/label-sheets", {"devices": codes[:1], "stock": "tj-121"}).status_code == 200
    answer = desk.post("/label-sheets", {"office": "81.02", "unprinted": True, "flag": "unlabelled", "stock": "tj-121"})
    assert addresses_in(answer.content) == sorted(BASE + code for code in codes[1:])
    again = desk.post("/label-sheets", {"office": "81.02", "unprinted": True, "stock": "tj-121"})
    assert (again.status_code, problems(again)) == (400, ["/office"])
    assert desk.post("/label-sheets", {"office": "81.02", "flag": "shiny", "stock": "tj-121"}).status_code == 400


def test_a_shipment_is_printed_whole(desk: Desk, db: Database) -> None:
    codes = devices_at(db, "00", 3)
    sent = desk.post("/shipments", {"to_office": "81.02", "devices": codes[:2]}).json()
    answer = desk.post("/label-sheets", {"shipment": sent["id"], "stock": "tj-121"})
    assert addresses_in(answer.content) == sorted(BASE + code for code in codes[:2])
    foreign = desk.post("/label-sheets", {"shipment": 999, "stock": "tj-121"})
    assert (foreign.status_code, problems(foreign)) == (400, ["/shipment"])


def test_what_one_import_registered_is_printed_whole(desk: Desk, db: Database) -> None:
    with db.writing() as session:
        rows = [DeviceRow(row=row, kind=Kind.SMARTPHONE, office="81.02", **device_facts()) for row in (2, 3)]
        made = devices.register_each(session, rows, stamp=system(), file_sha256="0" * 64)
        codes, number = [device.code for device in made], made[0].import_id
    devices_at(db, "81.02", 1)
    answer = desk.post("/label-sheets", {"imported": number, "stock": "tj-121"})
    assert addresses_in(answer.content) == sorted(BASE + code for code in codes)


CODES = ["7K3M9QWX", "7K3M9QWY"]
REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    ({"stock": "nothing", "devices": CODES}, ["/stock", "/devices/0", "/devices/1"]),
    ({"stock": "../etc", "devices": CODES}, ["/stock"]),
    ({"devices": CODES}, ["/stock"]),
    ({"stock": "tj-121"}, ["/devices"]),
    ({"stock": "tj-121", "devices": []}, ["/devices"]),
    ({"stock": "tj-121", "devices": CODES}, ["/devices/0", "/devices/1"]),
    ({"stock": "tj-121", "devices": ["no code"]}, ["/devices/0"]),
    ({"stock": "tj-121", "devices": ["\u202e7K3M9QWX", "📱"]}, ["/devices/0", "/devices/1"]),
    ({"stock": "tj-121", "devices": ["7K3M9QWX"] * 10_001}, ["/devices"]),
    ({"stock": "tj-121", "devices": CODES, "office": "00"}, ["/devices", "/office"]),
    ({"stock": "tj-121", "office": "99"}, ["/office"]),
    ({"stock": "tj-121", "office": "31"}, ["/office"]),
    ({"stock": "tj-121", "office": "81.02", "start": 11}, ["/start"]),
    ({"stock": "tj-121", "office": "81.02", "start": 0}, ["/start"]),
    ({"stock": "roll-50x30", "office": "81.02", "start": 2}, ["/start"]),
    ({"stock": "tj-121", "office": "81.02", "offset_x_mm": 16}, ["/offset_x_mm"]),
    ({"stock": "tj-121", "office": "81.02", "offset_y_mm": -15}, ["/offset_y_mm"]),
    ({"stock": "l7160", "office": "81.02", "scale": 1.1}, ["/scale"]),
    ({"stock": "tj-121", "office": "81.02", "scale": 2}, ["/scale"]),
    ({"stock": "tj-121", "office": "81.02", "printer": "mine"}, ["/printer"]),
    ({"stock": "tj-121", "office": "81.02", "reason": ""}, ["/reason"]),
    ({"stock": "tj-121", "imported": 999}, ["/imported"]),
]


@pytest.mark.parametrize(("body", "named"), REFUSED, ids=lambda value: str(value)[:60])
@pytest.mark.parametrize("path", ["/label-sheets", "/label-runs"])
def test_what_cannot_be_printed_is_refused_by_its_field_and_nothing_is_kept(
    desk: Desk, db: Database, path: str, body: dict[str, Any], named: list[str]
) -> None:
    devices_at(db, "81.02", 1)
    answer = desk.post(path, body)
    assert answer.status_code == 400
    assert problems(answer) == named
    assert runs(db) == 0


def test_a_hundred_thousand_codes_are_too_many_to_read(desk: Desk) -> None:
    assert desk.post("/label-sheets", {"stock": "tj-121", "devices": ["7K3M9QWX"] * 100_000}).status_code == 413


def test_a_device_named_twice_is_named(desk: Desk, db: Database) -> None:
    (code,) = devices_at(db, "81.02", 1)
    answer = desk.post("/label-sheets", {"stock": "tj-121", "devices": [code, code.lower()]})
    assert (answer.status_code, problems(answer)) == (400, ["/devices/1"])


def test_more_than_ten_thousand_devices_of_an_office_are_too_many(
    desk: Desk, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    devices_at(db, "81.02", 3)
    monkeypatch.setattr("assets_service.labelling.commands.choosing.LABELS_MAX", 2)
    answer = desk.post("/label-sheets", {"stock": "tj-121", "office": "81"})
    assert (answer.status_code, problems(answer)) == (400, ["/office"])


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("asked", ["devices", "office"])
def test_a_foreign_device_is_not_drawn_and_not_named(db: Database, client: TestClient[Litestar], asked: str) -> None:
    (mine,), (foreign,) = devices_at(db, "81.02", 1), devices_at(db, "31.71", 1)
    neighbour = a_desk(db, client, at="81")
    body = {"devices": [mine, foreign]} if asked == "devices" else {"office": "31.71"}
    answer = neighbour.post("/label-sheets", body | {"stock": "tj-121"})
    assert answer.status_code == 400
    assert problems(answer) == (["/devices/1"] if asked == "devices" else ["/office"])
    assert "Jakarta" not in answer.text
    assert neighbour.get(f"/devices/{foreign}/label.png").status_code == 404
    assert runs(db) == 0


def test_a_device_on_its_way_here_is_not_ours_to_print_yet(
    desk: Desk, db: Database, client: TestClient[Litestar]
) -> None:
    codes = devices_at(db, "00", 1)
    desk.post("/shipments", {"to_office": "81.02", "devices": codes, "send": True})
    receiver = a_desk(db, client, at="81.02")
    assert receiver.get(f"/devices/{codes[0]}/label.png").status_code == 200
    assert receiver.post("/label-sheets", {"devices": codes, "stock": "tj-121"}).status_code == 403


def test_a_device_written_off_gets_no_label(desk: Desk, db: Database) -> None:
    codes = devices_at(db, "81.02", 2)
    with db.writing() as session:
        device = by_code(session, codes[0], system())
        devices.retire(session, device, Retirement(reason="SK Penghapusan"), stamp=system())
    answer = desk.post("/label-sheets", {"devices": codes, "stock": "tj-121"})
    assert (answer.status_code, problems(answer)) == (400, ["/devices/0"])
    office = desk.post("/label-sheets", {"office": "81.02", "stock": "tj-121"})
    assert addresses_in(office.content) == [BASE + codes[1]]


def test_the_same_action_prints_once_and_gives_the_same_file(desk: Desk, db: Database) -> None:
    body = {"devices": devices_at(db, "81.02", 2), "stock": "tj-121"}
    key = str(uuid4())
    first, second = (desk.post("/label-sheets", body, Idempotency_Key=key) for _ in range(2))
    assert first.content == second.content
    assert second.headers["Idempotency-Replayed"] == "true"
    assert runs(db) == 1


def test_a_disk_that_is_full_is_told_truly_and_the_same_sent_again_goes_on(
    desk: Desk, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"devices": devices_at(db, "81.02", 2), "stock": "tj-121"}
    key = str(uuid4())

    def full(*_: object) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as disk:
        disk.setattr(Store, "put", full)
        refused = [desk.post("/label-sheets", body, Idempotency_Key=key) for _ in range(2)]
    assert [answer.status_code for answer in refused] == [503, 503]
    assert all("Belum ada label yang dikeluarkan" in answer.json()["detail"] for answer in refused)
    assert refused[0].headers["retry-after"] == "30"
    done = desk.post("/label-sheets", body, Idempotency_Key=key)
    assert done.status_code == 200
    assert addresses_in(done.content) == sorted(BASE + code for code in body["devices"])
    again = desk.post("/label-sheets", body, Idempotency_Key=key)
    assert again.content == done.content
    assert runs(db) == 1


def test_no_sample_is_drawn_while_others_wait_to_write(
    desk: Desk, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = devices_at(db, "81.02", 1)
    waited: list[bool] = []

    def somebody_writes() -> None:
        with db.writing() as session:
            session.execute(select(1))

    def drawn(*args: Any, **how: Any) -> bytes:
        other = threading.Thread(target=somebody_writes)
        other.start()
        other.join(timeout=10)
        waited.append(other.is_alive())
        return sheet_pdf(*args, **how)

    monkeypatch.setattr("assets_service.labelling.commands.choosing.sheet_pdf", drawn)
    assert desk.post("/label-runs", {"devices": codes, "stock": "tj-121"}).status_code == 202
    assert desk.post("/label-blanks", {"count": 1, "office": "81.02", "stock": "tj-121"}).status_code == 202
    assert waited == [False, False]


@pytest.mark.usefixtures("drawn_by_the_worker")
def test_a_long_sheet_is_drawn_by_a_worker_and_waited_for(desk: Desk, db: Database) -> None:
    codes = devices_at(db, "81.02", 3)
    answer = desk.post("/label-sheets", {"devices": codes, "stock": "tj-121"})
    assert addresses_in(answer.content) == sorted(BASE + code for code in codes)


@pytest.mark.usefixtures("drawn_by_the_worker")
def test_a_long_sheet_whose_drawing_fails_is_told_as_what_it_is(
    desk: Desk, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Store, "put", full)
    answer = desk.post("/label-sheets", {"devices": devices_at(db, "81.02", 3), "stock": "tj-121"})
    assert answer.status_code == 503


@pytest.fixture
def drawn_by_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assets_service.labelling.printing.INLINE_MAX", 0)


ROLES = [
    (Role.ADMIN, True),
    (Role.LOGISTICS, True),
    (Role.HEAD, False),
    (Role.AUDITOR, False),
    (None, False),
]
WRITES: list[tuple[str, Callable[[str], dict[str, Any]], int]] = [
    ("/label-sheets", lambda code: {"devices": [code], "stock": "tj-121"}, 200),
    ("/label-runs", lambda code: {"devices": [code], "stock": "tj-121"}, 202),
    ("/label-blanks", lambda _: {"count": 1, "office": "81.02", "stock": "tj-121"}, 202),
    (
        "/label-stocks",
        lambda _: {"name": "own", "title": "Own", "office": "81.02", "label_width_mm": 50, "label_height_mm": 25},
        201,
    ),
]


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(("role", "may"), ROLES)
@pytest.mark.parametrize(("path", "body", "status"), WRITES, ids=lambda value: str(value)[:20])
def test_who_may_print(
    db: Database,
    client: TestClient[Litestar],
    role: Role | None,
    may: bool,
    path: str,
    body: Callable[[str], dict[str, Any]],
    status: int,
) -> None:
    (code,) = devices_at(db, "81.02", 1)
    somebody = a_desk(db, client, role, at="81.02")
    answer = somebody.post(path, body(code))
    assert answer.status_code == (status if may else 403)
    if status == 202 and may:
        assert somebody.ended(answer.json()["id"])["state"] == "done"
    if not may:
        assert runs(db) == 0


def two_hats(db: Database, client: TestClient[Litestar]) -> Desk:
    """Prints in Jakarta, is head in Maluku Tenggara."""
    with db.writing() as session:
        person = a_person(session, at="31", role=Role.LOGISTICS)
        a_role(session, by_id(session, person.id, system()), Role.HEAD, at="81.02")
        return Desk(client, a_token(session, person))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/label-sheets", {"office": "81.02"}),
        ("/label-blanks", {"office": "81.02", "count": 1}),
        (
            "/label-stocks",
            {"office": "81.02", "name": "own", "title": "Own", "label_width_mm": 50, "label_height_mm": 25},
        ),
    ],
)
def test_the_right_to_print_holds_only_where_it_was_granted(
    desk: Desk, db: Database, client: TestClient[Litestar], path: str, body: dict[str, Any]
) -> None:
    devices_at(db, "81.02", 1)
    run_id = desk.post("/label-runs", {"office": "81.02", "stock": "tj-121", "draft": True}).json()["id"]
    desk.ended(run_id)
    somebody = two_hats(db, client)
    if path != "/label-stocks":
        body = body | {"stock": "tj-121"}
    assert somebody.post(path, body).status_code == 403
    assert somebody.put(f"/label-runs/{run_id}/cancellation").status_code == 403
    assert runs(db) == 1


def test_an_address_too_long_for_the_stock_is_refused_before_anything_is_kept(
    settings: Settings, db: Database, clock: StillClock
) -> None:
    a_country(db)
    devices_at(db, "81.02", 1)
    long = structs.replace(settings, base_url=f"https://{'a' * 44}.go.id")
    with TestClient(create_app(long, db=db, clock=clock)) as client:
        desk = a_desk(db, client)
        answer = desk.post("/label-sheets", {"office": "81.02", "stock": "l4731"})
        assert (answer.status_code, problems(answer)) == (400, ["/stock"])
        assert runs(db) == 0
        assert desk.post("/label-sheets", {"office": "81.02", "stock": "tj-121"}).status_code == 200


# Versions --------------------------------------------------------------------------------------------------------


def test_printing_again_needs_a_reason_and_supersedes_the_old_label(
    desk: Desk, db: Database, clock: StillClock
) -> None:
    (code,) = devices_at(db, "81.02", 1)
    body: dict[str, Any] = {"devices": [code], "stock": "tj-121"}
    assert addresses_in(desk.post("/label-sheets", body).content) == [BASE + code]
    assert desk.put(f"/devices/{code}/label-attachment", {}).json()["label_attached_at"] == "2026-11-20T05:00:00Z"

    refused = desk.post("/label-sheets", body)
    assert (refused.status_code, problems(refused)) == (400, ["/reason"])

    clock.at = later(days=1)
    again = desk.post("/label-sheets", body | {"reason": "The label is torn"})
    assert addresses_in(again.content) == [f"{BASE}{code}.2"]
    device = desk.get(f"/devices/{code}").json()
    assert (device["label_version"], device["label_attached_at"]) == (2, None)
    entry = desk.get(f"/devices/{code}/history").json()["items"][-1]
    assert entry["body"]["label_version"] == 2
    assert entry["body"]["label_attached_at"] is None
    assert entry["body"]["reason"] == "The label is torn"


def test_a_reason_is_kept_only_for_what_is_printed_again(desk: Desk, db: Database) -> None:
    codes = devices_at(db, "81.02", 2)
    desk.post("/label-sheets", {"devices": codes[:1], "stock": "tj-121"})
    answer = desk.post("/label-sheets", {"devices": codes, "stock": "tj-121", "reason": "torn"})
    assert addresses_in(answer.content) == sorted([f"{BASE}{codes[0]}.2", BASE + codes[1]])
    reasons = [desk.get(f"/devices/{code}/history").json()["items"][-1]["body"]["reason"] for code in codes]
    assert reasons == ["torn", None]


def test_an_old_label_still_finds_its_device(desk: Desk, db: Database) -> None:
    (code,) = devices_at(db, "81.02", 1)
    for reason in (None, "torn", "torn again"):
        desk.post("/label-sheets", {"devices": [code], "stock": "tj-121", "reason": reason})
    for scanned in (f"https://old-host.example/D/{code}", f"{BASE}{code}.2", f"{code}.3"):
        assert desk.get("/lookup", id=scanned).json()["code"] == code


@pytest.mark.parametrize(
    ("newest", "scanned", "is_old"),
    [(1, None, False), (1, 1, False), (2, None, True), (2, 1, True), (2, 2, False), (2, 3, False)],
)
def test_a_label_is_old_when_a_newer_one_was_printed(
    newest: int, scanned: int | None, is_old: bool, db: Database
) -> None:
    a_country(db)
    with db.writing() as session:
        device = a_device(session)
        device.label_version = newest
        assert is_superseded(device, scanned) is is_old
        assert is_superseded(device, scanned, code=device.code) is is_old
        assert not is_superseded(device, scanned, code="7K3M9QWX")


def test_a_draft_is_marked_and_counts_as_no_print(desk: Desk, db: Database) -> None:
    (code,) = devices_at(db, "81.02", 1)
    body = {"devices": [code], "stock": "tj-121"}
    drafts = [desk.post("/label-sheets", body | {"draft": True}) for _ in range(2)]
    assert [draft.status_code for draft in drafts] == [200, 200]
    kinds = [entry["kind"] for entry in desk.get(f"/devices/{code}/history").json()["items"]]
    assert kinds == ["devices.registered"]
    final = desk.post("/label-sheets", body)
    assert addresses_in(final.content) == [BASE + code]
    assert drawing_of(final.content) != drawing_of(drafts[0].content)


def drawing_of(pdf: bytes) -> bytes:
    """The page's own commands."""
    stream = pdf.split(b"stream\n")[-1] if b"/FlateDecode" not in pdf else b""
    return stream or zlib.compress(pdf)


# Base URL --------------------------------------------------------------------------------------------------------


@pytest.fixture
def local_desk(settings: Settings, db: Database, clock: StillClock) -> Any:
    """The same installation before somebody gave it its public address."""
    a_country(db)
    app = create_app(structs.replace(settings, base_url="http://127.0.0.1:8000"), db=db, clock=clock)
    with TestClient(app) as client:
        yield a_desk(db, client)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/label-sheets", {"office": "81.02"}),
        ("/label-runs", {"office": "81.02"}),
        ("/label-blanks", {"office": "81.02", "count": 2}),
    ],
)
def test_nothing_is_printed_for_good_while_the_address_is_local(
    local_desk: Desk, db: Database, path: str, body: dict[str, Any]
) -> None:
    devices_at(db, "81.02", 2)
    answer = local_desk.post(path, body | {"stock": "tj-121"})
    assert answer.status_code == 409
    assert '"draft": true' in answer.json()["detail"]
    assert "http://127.0.0.1:8000" in answer.json()["detail"]
    assert runs(db) == 0
    drafted = local_desk.post(path, body | {"stock": "tj-121", "draft": True})
    assert drafted.status_code in {200, 202}
    if drafted.status_code == 202:
        assert local_desk.ended(drafted.json()["id"])["state"] == "done"


def test_one_label_is_drawn_as_a_draft_while_the_address_is_local(local_desk: Desk, db: Database) -> None:
    (code,) = devices_at(db, "81.02", 1)
    plain, draft = (local_desk.get(f"/devices/{code}/label.svg", draft=draft).content for draft in ("false", "true"))
    assert plain == draft


def test_a_reprint_carries_its_version_in_the_address() -> None:
    prefix = Prefix("https://aset.example.go.id")
    assert prefix.url("7K3M9QWX") == "HTTPS://ASET.EXAMPLE.GO.ID/D/7K3M9QWX"
    assert prefix.url("7K3M9QWX", 12) == "HTTPS://ASET.EXAMPLE.GO.ID/D/7K3M9QWX.12"


def test_names_in_other_scripts_still_make_a_readable_label(desk: Desk, db: Database) -> None:
    codes = devices_at(db, "81.02", 1, model="Galaxy 📱 \u202eجهاز" + "é" * 40)
    answer = desk.post("/label-sheets", {"devices": codes, "stock": "l4731"})
    assert addresses_in(answer.content) == [BASE + codes[0]]


def test_a_device_handed_out_in_two_versions_has_each_once(desk: Desk, db: Database) -> None:
    (code,) = devices_at(db, "81.02", 1)
    desk.post("/label-sheets", {"devices": [code], "stock": "tj-121"})
    desk.post("/label-sheets", {"devices": [code], "stock": "tj-121", "reason": "torn"})
    with db.reading() as session:
        issued = session.scalars(select(PrintedLabel.version).where(PrintedLabel.code == code)).all()
    assert sorted(issued) == [1, 2]
