"""Blank labels: codes first, devices later, each code claimed once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from assets_service.devices import commands as devices
from assets_service.devices.asks import CodeClaim
from assets_service.devices.errors import CodeTaken
from assets_service.devices.models import LabelCode
from assets_service.devices.queries import blank as waiting_label
from assets_service.devices.queries import locked
from assets_service.kernel.db import Database
from assets_service.labelling.commands import blanks as blanks_
from assets_service.labelling.models import PrintedLabel
from tests.build import device_facts, system
from tests.labelling.build_labelling import BASE, Desk, a_desk, addresses_in, devices_at, problems


def blanks(desk: Desk, count: int, **how: Any) -> tuple[int, list[str]]:
    """A finished batch and its codes, as a phone reads them."""
    asked = desk.post("/label-blanks", {"count": count, "office": "81.02", "stock": "tj-107"} | how)
    run = desk.ended(asked.json()["id"])
    assert run["state"] == "done"
    read = addresses_in(desk.get(f"/label-runs/{run['id']}/file").content)
    return run["id"], [address.removeprefix(BASE) for address in read]


def test_a_batch_of_blanks_has_codes_that_lead_to_no_device_yet(desk: Desk, db: Database) -> None:
    run_id, codes = blanks(desk, 20)
    assert len(set(codes)) == 20
    with db.reading() as session:
        rows = session.scalars(select(LabelCode).where(LabelCode.code.in_(codes))).all()
        assert {(row.device_id, row.claimed_at, row.batch_id) for row in rows} == {(None, None, run_id)}
        assert all(waiting_label(session, code, system()) for code in codes)
        issued = session.scalars(select(PrintedLabel.code).where(PrintedLabel.issued_at.is_not(None))).all()
    assert sorted(issued) == codes
    assert desk.get("/lookup", id=codes[0]).status_code == 404


def test_a_draft_batch_keeps_no_code(desk: Desk, db: Database) -> None:
    _, codes = blanks(desk, 5, draft=True)
    with db.reading() as session:
        assert not session.scalars(select(LabelCode).where(LabelCode.code.in_(codes))).all()


def test_a_device_is_registered_with_a_blank_label(desk: Desk) -> None:
    _, (code,) = blanks(desk, 1)
    facts = device_facts()
    made = desk.post("/devices", facts | {"kind": "smartphone", "office": "81.02", "code": f"{BASE}{code}"})
    assert made.status_code == 201
    assert made.json()["code"] == code
    again = desk.post("/devices", device_facts() | {"kind": "smartphone", "office": "81.02", "code": code})
    assert again.status_code == 409
    # Its label stands: printing another one is printing again.
    reprint = desk.post("/label-sheets", {"devices": [code], "stock": "tj-121"})
    assert (reprint.status_code, problems(reprint)) == (400, ["/reason"])


def test_a_blank_label_is_put_on_a_registered_device(desk: Desk, db: Database) -> None:
    _, (blank,) = blanks(desk, 1)
    (code,) = devices_at(db, "81.02", 1)
    assert desk.post(f"/devices/{code}/codes", {"code": blank}).status_code == 201
    assert desk.get("/lookup", id=BASE + blank).json()["code"] == code


def test_fifty_claims_of_one_blank_have_one_winner(desk: Desk, db: Database) -> None:
    _, (blank,) = blanks(desk, 1)
    codes = devices_at(db, "81.02", 50)

    def claim(code: str) -> bool:
        try:
            with db.writing() as session:
                devices.claim_code(session, locked(session, code, system()), CodeClaim(code=blank), stamp=system())
        except CodeTaken:
            return False
        return True

    with ThreadPoolExecutor(50) as pool:
        won = list(pool.map(claim, codes))
    assert sum(won) == 1
    assert desk.get("/lookup", id=blank).json()["code"] == codes[won.index(True)]


def test_a_code_already_in_use_is_never_printed_blank(
    desk: Desk, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    (taken,) = devices_at(db, "81.02", 1)
    drawn = iter([taken, "7K3M9QWX", "7K3M9QWX", "7K3M9QWY"])
    monkeypatch.setattr(blanks_, "new_code", lambda: next(drawn))
    _, codes = blanks(desk, 2)
    assert codes == ["7K3M9QWX", "7K3M9QWY"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"count": 0}, ["/count"]),
        ({"count": 2001}, ["/count"]),
        ({"count": "many"}, ["/count"]),
        ({"stock": "nothing"}, ["/stock"]),
        ({"office": "99"}, ["/office"]),
        ({"start": 31}, ["/start"]),
        ({"codes": ["7K3M9QWX"]}, ["/codes"]),
    ],
)
def test_a_batch_that_cannot_be_made_is_refused_by_its_field(
    desk: Desk, body: dict[str, Any], named: list[str]
) -> None:
    answer = desk.post("/label-blanks", {"count": 5, "office": "81.02", "stock": "tj-107"} | body)
    assert (answer.status_code, problems(answer)) == (400, named)


def test_claiming_attaches_the_label_through_any_door(desk: Desk, db: Database) -> None:
    _, (one, other) = blanks(desk, 2)
    by_api, by_page = devices_at(db, "81.02", 2)
    made = desk.post(f"/devices/{by_api}/codes", {"code": one})
    assert made.json()["label_attached_at"] == "2026-11-20T05:00:00Z"
    assert desk.send(f"/label/{other}/perangkat", device=by_page).status_code == 303
    kinds = [
        [entry["kind"] for entry in desk.get(f"/devices/{code}/history").json()["items"]] for code in (by_api, by_page)
    ]
    assert kinds == [["devices.registered", "devices.code_claimed", "labelling.attached"]] * 2


def test_a_claimed_code_prints_the_labels_of_its_device(desk: Desk, db: Database) -> None:
    _, (blank,) = blanks(desk, 1)
    (code,) = devices_at(db, "81.02", 1)
    desk.post(f"/devices/{code}/codes", {"code": blank})
    twice = desk.post("/label-sheets", {"devices": [code, blank], "stock": "tj-121"})
    assert (twice.status_code, problems(twice)) == (400, ["/devices/1"])
    printed = desk.post("/label-sheets", {"devices": [f"{BASE}{blank}"], "stock": "tj-121"})
    assert addresses_in(printed.content) == [BASE + code]


@pytest.mark.parametrize(
    ("printed_for", "device_at", "claimer_at", "status"),
    [
        ("81.02", "81.02", "81.02", 201),
        ("81", "81.02", "81.02", 201),  # the province gave its regency a sheet
        ("81.02", "81.02", "00", 201),
        ("81.02", "81.72", "81", 409),
        ("81.02", "31.71", "00", 409),
        ("81.02", "31.71", "31", 404),  # nothing tells them that there is such a blank
    ],
)
def test_a_blank_is_claimed_for_a_device_of_the_office_it_was_printed_for(
    desk: Desk,
    db: Database,
    client: TestClient[Litestar],
    printed_for: str,
    device_at: str,
    claimer_at: str,
    status: int,
) -> None:
    _, (blank,) = blanks(desk, 1, office=printed_for)
    (code,) = devices_at(db, device_at, 1)
    claimer = a_desk(db, client, at=claimer_at)
    body = device_facts() | {"kind": "smartphone", "office": device_at, "code": blank}
    if status != 201:
        refused = claimer.post("/devices", body)
        assert refused.status_code == status
        assert ("Maluku" in refused.text) is (status == 409)
    assert claimer.post(f"/devices/{code}/codes", {"code": blank}).status_code == status
    with db.reading() as session:
        assert (session.get_one(LabelCode, blank).device_id is None) is (status != 201)


@pytest.mark.parametrize(
    ("at", "is_told"), [("81.02", True), ("81", True), ("00", True), ("81.72", False), ("31", False)]
)
def test_a_scanned_blank_is_shown_to_whom_it_was_printed_for(
    desk: Desk, db: Database, client: TestClient[Litestar], at: str, is_told: bool
) -> None:
    _, (blank,) = blanks(desk, 1)
    page = a_desk(db, client, at=at).see(f"/d/{blank}")
    assert page.status_code == (200 if is_told else 404)  # elsewhere it is a code that nobody knows
    assert (f"/label/{blank}/perangkat" in page.text) is is_told
