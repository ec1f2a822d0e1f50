"""Two who want different things of one device at the same moment: one effect, and the other learns who and when."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any, NamedTuple

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from assets_service.access.stamp import Role
from assets_service.custody.models import Difference
from assets_service.devices.models import Device
from assets_service.kernel.db import Database
from assets_service.ledger import queries as ledger
from assets_service.ledger.models import Entry
from assets_service.people.models import Person
from tests import build
from tests.custody.invariants import assert_lines_are_conserved, assert_one_office_answers
from tests.soak import times

ROUNDS = times(10)  # 200 in `make soak`
HEAD_STARTS = (0.0, 0.004, -0.004, 0.0, 0.06, -0.06)  # seconds by which the first goes before the second, or after
Client = TestClient[Litestar]
Headers = dict[str, str]
Call = Callable[[], Response]


class Duel(NamedTuple):
    """The statuses of both, whether they were under way at the same time, and what the loser was told."""

    statuses: tuple[int, int]
    overlapped: bool
    told: str


def duel(first: Call, second: Call, number: int) -> Duel:
    """Both at once; `number` of the round decides which of them goes a little before the other."""
    barrier, head_start = Barrier(2), HEAD_STARTS[number % len(HEAD_STARTS)]

    def one(call: Call, wait: float) -> tuple[float, float, Response]:
        barrier.wait()
        time.sleep(wait)
        begun = time.perf_counter()
        answer = call()
        return begun, time.perf_counter(), answer

    with ThreadPoolExecutor(2) as threads:
        waits = max(0.0, -head_start), max(0.0, head_start)
        (from1, to1, one1), (from2, to2, one2) = threads.map(one, (first, second), waits)
    told = " ".join(answer.json().get("detail", "") for answer in (one1, one2) if answer.status_code >= 400)
    return Duel((one1.status_code, one2.status_code), from1 < to2 and from2 < to1, told)


class World(NamedTuple):
    client: Client
    db: Database
    who: dict[str, Headers]

    def send(self) -> tuple[int, str]:
        """A shipment on its way, and its one device."""
        with self.db.writing() as session:
            code = build.a_device(session).code
        body = {"to_office": "81.02", "devices": [code], "send": True}
        return int(self.ask("POST", "/shipments", "Dewi", body).json()["id"]), code

    def ask(self, method: str, path: str, name: str, body: Any) -> Response:
        return self.client.request(method, f"/api/v1{path}", headers=self.who[name], json=body)

    def receive(self, box: int, name: str, code: str, **facts: Any) -> Response:
        line = {"device": code, "outcome": "received"} | facts
        return self.ask("PUT", f"/shipments/{box}/receipt", name, {"lines": [line]})

    def told(self, code: str) -> list[str]:
        with self.db.reading() as session:
            return list(session.scalars(select(Entry.kind).where(Entry.subject == code).order_by(Entry.subject_seq)))


@pytest.fixture
def world(client: Client, db: Database) -> Iterator[World]:
    seats = {
        "Dewi": ("00", Role.LOGISTICS), "Oka": ("00", Role.ADMIN), "Rani": ("00", Role.ADMIN),
        "Siti": ("81.02", Role.HEAD), "Ahmad": ("81.02", Role.HEAD),
    }  # fmt: skip
    with db.writing() as session:
        build.roster(session)
        who = {
            name: build.bearer(build.a_token(session, build.a_person(session, name, at=at, role=role)))
            for name, (at, role) in seats.items()
        }
    yield World(client, db, who)
    with db.reading() as session:
        assert ledger.verify(session).broken is None
        assert_one_office_answers(session, session.scalars(select(Device.code)).all())
        assert_lines_are_conserved(session)


def assert_fought(duels: list[Duel], outcomes: set[tuple[int, int]]) -> None:
    """They met, each could win, nothing else happened, and every loser was told who was first, and when."""
    assert {one.statuses for one in duels} == outcomes, Counter(one.statuses for one in duels)
    assert sum(one.overlapped for one in duels) >= len(duels) / 3
    for one in duels:
        if 409 in one.statuses:
            assert re.search(r"(Dewi|Oka|Rani|Siti|Ahmad).*20-11-2026 \d\d:00 WI[BT]", one.told), one.told


EITHER = {(200, 409), (409, 200)}


@pytest.mark.timeout(times(120))
def test_two_heads_confirm_one_device(world: World) -> None:
    duels = []
    for number in range(ROUNDS):
        box, code = world.send()
        siti, ahmad = (partial(world.receive, box, name, code) for name in ("Siti", "Ahmad"))
        duels.append(duel(siti, ahmad, number))
        assert world.told(code).count("custody.received") == 1
    assert_fought(duels, EITHER)


@pytest.mark.timeout(times(120))
def test_the_sender_calls_back_what_the_receiver_confirms(world: World) -> None:
    duels = []
    for number in range(ROUNDS):
        box, code = world.send()
        call_back = partial(world.ask, "PUT", f"/shipments/{box}/cancellation", "Dewi", {})
        duels.append(duel(call_back, partial(world.receive, box, "Siti", code), number))
        ended = Counter(world.told(code))
        assert ended["custody.received"] + ended["custody.cancelled"] == 1
    assert_fought(duels, EITHER)


@pytest.mark.timeout(times(120))
def test_two_officers_settle_one_difference(world: World) -> None:
    duels = []
    for number in range(ROUNDS):
        box, code = world.send()
        assert world.receive(box, "Siti", code, outcome="short", reason="not_packed").status_code == 200
        with world.db.reading() as session:
            found = session.scalars(select(Difference.id).order_by(Difference.id.desc())).first()
        found_it, lost_it = (
            partial(
                world.ask, "PUT", f"/differences/{found}/settlement", name, {"outcome": outcome, "reason": "not_packed"}
            )
            for name, outcome in (("Oka", "found"), ("Rani", "lost"))
        )
        duels.append(duel(found_it, lost_it, number))
        assert world.told(code).count("custody.settled") == 1
    assert_fought(duels, EITHER)


@pytest.mark.timeout(times(120))
def test_a_succession_and_a_hand_over_of_the_same_device(world: World) -> None:
    """Who is handed the device has it in the end: before the succession, which is then refused, or after it."""
    with world.db.writing() as session:
        umar, ani, budi = (build.a_person(session, name, at="81.02").id for name in ("Umar", "Ani", "Budi"))
    duels = []
    for number in range(ROUNDS):
        with world.db.writing() as session:
            code = build.a_device(session, at="81.02").code
        assert world.ask("PUT", f"/devices/{code}/holder", "Siti", {"person": umar}).status_code == 200
        body = {"leaver": umar, "successor": ani, "cause": "moved", "lines": [{"device": code}]}
        succeed = partial(world.ask, "PUT", "/offices/81.02/succession", "Siti", body)
        hand_over = partial(world.ask, "PUT", f"/devices/{code}/holder", "Ahmad", {"person": budi})
        duels.append(duel(succeed, hand_over, number))
        followed = ["custody.succeeded", "custody.held"] if duels[-1].statuses[0] == 200 else ["custody.held"]
        assert world.told(code)[2:] == followed
        with world.db.reading() as session:
            assert session.scalars(select(Device.holder_id).where(Device.code == code)).one() == budi
            assert session.get_one(Person, budi).is_active
    assert {one.statuses for one in duels} == {(200, 200), (409, 200)}
    assert sum(one.overlapped for one in duels) >= len(duels) / 3
