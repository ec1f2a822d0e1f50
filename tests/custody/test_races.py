"""Many at once: one effect, and every loser gets an answer."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import func, select

from assets_service.access.stamp import Role
from assets_service.custody.models import Difference, LineState, Shipment, ShipmentLine
from assets_service.devices.models import Device
from assets_service.kernel.db import Database
from assets_service.ledger import queries as ledger
from assets_service.ledger.models import Entry
from tests import build

COPIES = 50
Client = TestClient[Litestar]
Call = Callable[[int], Any]


def at_once(times: int, call: Call) -> list[Any]:
    barrier = Barrier(times)

    def one(number: int) -> Any:
        barrier.wait()
        return call(number)

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(one, range(times)))


@pytest.fixture
def codes(db: Database) -> list[str]:
    with db.writing() as session:
        build.roster(session)
        return [build.a_device(session).code for _ in range(3)]


def a_token(db: Database, name: str, at: str, role: Role) -> dict[str, str]:
    with db.writing() as session:
        return build.bearer(build.a_token(session, build.a_person(session, name, at=at, role=role)))


def told(db: Database, kind: str) -> int:
    with db.reading() as session:
        assert ledger.verify(session).broken is None
        return session.scalar(select(func.count()).where(Entry.kind == kind)) or 0


def send(client: Client, sender: dict[str, str], codes: list[str]) -> int:
    body = {"to_office": "81.02", "devices": codes, "send": True}
    answer = client.post("/api/v1/shipments", json=body, headers=sender)
    assert answer.status_code == 201
    return int(answer.json()["id"])


def test_of_two_who_confirm_at_once_one_wins_and_the_other_learns_who(
    client: Client, db: Database, codes: list[str]
) -> None:
    box = send(client, a_token(db, "Dewi", "00", Role.LOGISTICS), codes[:1])
    heads = [a_token(db, name, "81.02", Role.HEAD) for name in ("Siti", "Ahmad")]
    body = {"lines": [{"device": codes[0], "outcome": "received"}]}

    answers = at_once(2, lambda n: client.put(f"/api/v1/shipments/{box}/receipt", json=body, headers=heads[n]))

    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert (won.status_code, lost.status_code) == (200, 409)
    assert won.json()["closed_by"]["name"] in lost.json()["detail"]
    assert "20-11-2026 14:00 WIT" in lost.json()["detail"]
    assert told(db, "custody.received") == 1


def test_a_device_is_sent_once_however_many_try(client: Client, db: Database, codes: list[str]) -> None:
    sender = a_token(db, "Dewi", "00", Role.LOGISTICS)

    def one(number: int) -> int:
        body = {"to_office": ("81.02", "73")[number % 2], "devices": codes[:: (-1) ** number], "send": True}
        return int(client.post("/api/v1/shipments", json=body, headers=sender).status_code)

    assert Counter(at_once(16, one)) == {201: 1, 409: 15}
    assert told(db, "custody.sent") == 3


def test_sender_and_receiver_cannot_both_have_their_way(client: Client, db: Database, codes: list[str]) -> None:
    sender, head = a_token(db, "Dewi", "00", Role.LOGISTICS), a_token(db, "Siti", "81.02", Role.HEAD)
    for code in codes:
        box = send(client, sender, [code])
        received = {"lines": [{"device": code, "outcome": "received"}]}
        calls: tuple[Callable[[], Any], Callable[[], Any]] = (
            lambda box=box: client.put(f"/api/v1/shipments/{box}/cancellation", json={}, headers=sender),  # type: ignore[misc]  # bound now
            lambda box=box, body=received: client.put(f"/api/v1/shipments/{box}/receipt", json=body, headers=head),  # type: ignore[misc]  # bound now
        )

        statuses = [answer.status_code for answer in at_once(2, lambda n, calls=calls: calls[n]())]  # type: ignore[misc]  # bound now

        assert sorted(statuses) == [200, 409]
    assert told(db, "custody.received") + told(db, "custody.cancelled") == 3


WRITES = {
    "send": ("POST", "/shipments", {"to_office": "81.02", "devices": ["{code}"], "send": True}),
    "dispatch": ("PUT", "/shipments/{draft}/dispatch", {}),
    "cancel": ("PUT", "/shipments/{draft}/cancellation", {}),
    "receive": ("PUT", "/shipments/{box}/receipt", {"lines": [{"device": "{sent}", "outcome": "received"}, {"device": "PENS", "outcome": "received"}]}),
    "hold": ("PUT", "/devices/{code}/holder", {"person": None}),
    "lose": ("PUT", "/devices/{code}/loss", {"reason": "stolen"}),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITES)
def test_50_copies_of_a_write_have_one_effect_and_one_answer(
    client: Client, db: Database, codes: list[str], name: str
) -> None:
    with db.writing() as session:
        person = build.a_person(session, "Dewi", at="00", role=Role.LOGISTICS)
        build.a_person(session, at="81.02")
        token = build.bearer(build.a_token(session, person))
        grants = build.a_person(session, "Siti", at="81.02", role=Role.HEAD)
        head = build.bearer(build.a_token(session, grants))
    names = {
        "code": codes[0],
        "sent": codes[1],
        "box": send(client, token, codes[1:2]),
        "draft": client.post(
            "/api/v1/shipments", json={"to_office": "81.02", "devices": codes[2:]}, headers=token
        ).json()["id"],
    }
    method, path, body = WRITES[name]
    with db.reading() as session:
        before = ledger.head(session).seq
    once = (head if name == "receive" else token) | {"Idempotency-Key": str(uuid4())}

    answers = at_once(
        COPIES,
        lambda _: client.request(method, "/api/v1" + path.format(**names), json=filled(body, names), headers=once),
    )

    # A copy that comes while the first is under way is told to ask again; every other gets the first's answer.
    done = [answer for answer in answers if answer.status_code != 409]
    assert done
    assert len({answer.content for answer in done}) == 1
    assert {answer.status_code for answer in done} == ({201} if name == "send" else {200})
    assert all("carried out at this moment" in answer.text for answer in answers if answer.status_code == 409)
    with db.reading() as session:
        effects = {"hold": 0, "receive": 3}.get(name, 1)
        assert ledger.head(session).seq - before == effects or db.is_sqlite is False
        assert session.scalar(select(func.count()).where(Entry.seq > before)) == effects
        assert (session.scalar(select(func.count()).select_from(Difference)) or 0) == (name == "receive")
        open_twice = (
            select(ShipmentLine.device_id)
            .where(ShipmentLine.state == LineState.OPEN)
            .group_by(ShipmentLine.device_id)
            .having(func.count() > 1)
        )
        assert session.scalars(open_twice).all() == []
        assert (session.scalar(select(func.count()).select_from(Shipment)) or 0) == (3 if name == "send" else 2)
        assert (session.scalar(select(func.count()).select_from(Device)) or 0) == 3


def filled(body: Any, names: dict[str, Any]) -> Any:
    if isinstance(body, str):
        return body.format(**names)
    if isinstance(body, list):
        return [filled(each, names) for each in body]
    return {key: filled(value, names) for key, value in body.items()} if isinstance(body, dict) else body
