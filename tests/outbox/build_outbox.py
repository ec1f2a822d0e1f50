"""A phone in a basement, for the tests of this room: what it did without network, and how it hands that in."""

import json
from datetime import datetime
from itertools import count
from typing import Any
from uuid import uuid4

from litestar import Litestar
from litestar.testing import TestClient
from msgspec import Struct, field
from sqlalchemy import select
from sqlalchemy.orm import Session
from uuid_utils import uuid7

from assets_service.access.stamp import Role, Stamp
from assets_service.custody import commands as custody
from assets_service.custody.asks import NewShipment
from assets_service.custody.models import Shipment
from assets_service.devices.models import Device
from assets_service.kernel.db import Database
from assets_service.ledger.models import Entry
from assets_service.people.models import Person
from tests import build
from tests.build import NOON
from tests.inspections.build_inspections import iso

Client = TestClient[Litestar]
SEEN_MIN = 30  # how many minutes ago everything was done, unless a test says otherwise


class Hand(Struct):
    """Somebody with a phone."""

    client: Client
    db: Database
    person: int
    headers: dict[str, str]
    phone: str = field(default_factory=lambda: str(uuid4()))
    numbers: Any = field(default_factory=lambda: count(1))

    def act(self, kind: str, **facts: Any) -> dict[str, Any]:
        """One act, the next in the phone's order."""
        plain = {
            "id": str(uuid7()),
            "type": kind,
            "payload": {},
            "observed_at": iso(build.later(minutes=-SEEN_MIN)),
            "elapsed_ms": SEEN_MIN * 60_000,
            "sequence": facts.pop("sequence", None) or next(self.numbers),
        }
        return {name: value for name, value in (plain | facts).items() if value is not None}

    def send(self, *acts: Any, status: int = 200, **facts: Any) -> Any:
        """The whole answer to a batch."""
        body = {"phone": self.phone, "schema": 1, "actions": list(acts)} | facts
        headers = self.headers | {"Content-Type": "application/json"}
        answer = self.client.post("/api/v1/actions", content=json.dumps(body), headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    def hand_in(self, *acts: Any, **facts: Any) -> list[dict[str, Any]]:
        answers: list[dict[str, Any]] = self.send(*acts, **facts)["actions"]
        return answers

    def statuses(self, *acts: Any, **facts: Any) -> list[str]:
        return [each["status"] for each in self.hand_in(*acts, **facts)]


class World(Struct):
    """A regency with its head and a device; a head of another province with hers; a box on its way to the regency."""

    head: Hand
    other: Hand
    code: str
    foreign: str
    boxed: list[str]
    box: int
    ani: int

    def check(self, **facts: Any) -> dict[str, Any]:
        return self.head.act("check", **{"device": self.code, "payload": {"condition": "good"}} | facts)

    def hold(self, person: int | None = None, **facts: Any) -> dict[str, Any]:
        return self.head.act("holder", **{"device": self.code, "payload": {"person": person or self.ani}} | facts)

    def receipt(self, *codes: str, **facts: Any) -> dict[str, Any]:
        lines = [{"device": code, "outcome": "received"} for code in codes or self.boxed]
        return self.head.act("receipt", **{"shipment": self.box, "payload": {"lines": lines}} | facts)

    def arrival(self, **facts: Any) -> dict[str, Any]:
        return self.head.act("arrival", **{"shipment": self.box, "payload": {"seal_intact": True}} | facts)


def a_hand(client: Client, db: Database, person: Person, session: Session) -> Hand:
    return Hand(client, db, person.id, build.bearer(build.a_token(session, person)))


def a_world(client: Client, db: Database) -> World:
    with db.writing() as session:
        before = build.later(days=-10)
        build.roster(session)
        siti = build.a_person(session, "Siti", at="81.02", role=Role.HEAD, when=before)
        tono = build.a_person(session, "Tono", at="62.71", role=Role.HEAD, when=before)
        ani = build.a_person(session, "Ani", at="81.02", when=before)
        mine = build.a_device(session, at="81.02", when=before)
        foreign = build.a_device(session, at="62.71", when=before)
        boxed = [build.a_device(session, when=before) for _ in range(3)]
        box = a_box(session, boxed, build.system(build.later(days=-5)))
        return World(
            a_hand(client, db, siti, session),
            a_hand(client, db, tono, session),
            mine.code,
            foreign.code,
            [each.code for each in boxed],
            box.id,
            ani.id,
        )


def a_box(session: Session, devices: list[Device], by: Stamp, to: str = "81.02") -> Shipment:
    codes = [device.code for device in devices]
    return custody.create(session, NewShipment(to_office=to, devices=codes, send=True), stamp=by)


def entries_of(db: Database, action_id: str) -> list[Entry]:
    with db.reading() as session:
        found = select(Entry).where(Entry.action_id == action_id).order_by(Entry.seq)
        return list(session.scalars(found))


def version_of(db: Database, code: str) -> int:
    with db.reading() as session:
        return session.scalars(select(Device.version).where(Device.code == code)).one()


def device_of(db: Database, code: str) -> Device:
    with db.reading() as session:
        return session.scalars(select(Device).where(Device.code == code)).one()


def shipment_version(db: Database, box: int) -> int:
    with db.reading() as session:
        return session.scalars(select(Shipment.version).where(Shipment.id == box)).one()


def at(moment: datetime) -> str:
    return iso(moment)


__all__ = ["NOON"]
