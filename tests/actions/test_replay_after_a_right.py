"""A replay tells its sender what was answered then, also when the right has gone since (decision 0020)."""

from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.people import commands, queries
from tests.build import a_person, a_role, a_token, bearer, roster, system
from tests.people.build_people import caller
from tests.replay.world import head_of

Client = TestClient[Litestar]
NEW = {"name": "Budi", "office": "81.02", "username": "budi.r", "nip": "198001012005011001"}


class Sender:
    """An administrator of Maluku, and perhaps of Jakarta, who adds somebody in Maluku."""

    def __init__(self, client: Client, db: Database, *, also_at: str | None) -> None:
        self.client, self.db = client, db
        self.key = str(uuid4())
        with db.writing() as session:
            roster(session)
            person = a_person(session, at="31", role=Role.ADMIN if also_at else None)
            a_role(session, person, Role.ADMIN, at="81")
            self.id = person.id
        self.first = self.send()
        with db.writing() as session:
            held = next(
                grant for grant in queries.by_id(session, self.id, system()).grants if grant.office.code == "81"
            )
            commands.end_grant(session, queries.locked_grant(session, self.id, held.id, system()), stamp=system())

    @property
    def headers(self) -> dict[str, str]:
        with self.db.writing() as session:
            return bearer(a_token(session, queries.by_id(session, self.id, system())))

    def send(self, headers: dict[str, str] | None = None) -> tuple[int, str, bool]:
        headers = headers or self.headers
        reply = self.client.post("/api/v1/persons", json=NEW, headers=headers | {"Idempotency-Key": self.key})
        return reply.status_code, reply.text, "idempotency-replayed" in reply.headers


def test_the_sender_is_told_again_and_nothing_is_done(client: Client, db: Database) -> None:
    sender = Sender(client, db, also_at="31")
    before = head_of(db)
    assert sender.send() == (201, sender.first[1], True)
    assert head_of(db) == before
    with db.reading() as session:
        added = queries.by_username(session, "budi.r")
        assert added
    assert client.get(f"/api/v1/persons/{added.id}", headers=sender.headers).status_code == 404


def test_nobody_else_is_told(client: Client, db: Database) -> None:
    sender = Sender(client, db, also_at="31")
    status, said, _ = sender.send(caller(db, Role.ADMIN, "00"))
    assert (status, "Budi" in said) == (409, False)


@pytest.mark.parametrize("role", [None, Role.AUDITOR])
def test_who_could_do_it_nowhere_any_more_is_not_told(client: Client, db: Database, role: Role | None) -> None:
    sender = Sender(client, db, also_at=None)
    if role:
        with db.writing() as session:
            a_role(session, queries.locked(session, sender.id, system()), role, at="00")
    status, said, _ = sender.send()
    assert (status, "Budi" in said) == (403, False)
