"""The security log: who came in or was turned away, who got rights, what left the house; and never a secret."""

from collections.abc import Iterator
from contextvars import copy_context
from typing import Any

import pytest
import structlog
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.kernel import security
from assets_service.kernel.db import Database
from assets_service.signing_in.commands import TRIES_MAX
from tests.build import a_password, a_person, roster
from tests.replay.world import caller

PASSWORD = "a long pass phrase"
Client = TestClient[Litestar]
Lines = list[dict[str, Any]]


@pytest.fixture
def logged() -> Iterator[Lines]:
    with structlog.testing.capture_logs() as lines:
        yield lines  # type: ignore[misc]  # plain dictionaries


@pytest.fixture
def siti(db: Database) -> int:
    with db.writing() as session:
        roster(session)
        person = a_person(session, "Siti", at="81.02", role=Role.HEAD, username="siti")
        a_password(session, person, PASSWORD)
        return person.id


def watched(lines: Lines) -> list[tuple[str, object, object]]:
    """What, whose account, which person; of the lines with an address, as all of this log have."""
    return [(line["event"], line["account"], line["person"]) for line in lines if "address" in line]


def test_who_comes_in_and_who_does_not(client: Client, siti: int, logged: Lines) -> None:
    def sign_in(username: str, password: str) -> None:
        client.post("/api/v1/session", json={"username": username, "password": password})

    sign_in("Siti", PASSWORD)
    sign_in("siti", "not this one")
    sign_in("my password by mistake", PASSWORD)
    first, second, third = watched(logged)
    assert [first, second] == [("signed in", "siti", siti), ("sign-in failed", "siti", siti)]
    assert (third[0], str(third[1])[:7], third[2]) == ("sign-in failed", "nobody/", None)
    for _ in range(TRIES_MAX):
        sign_in("siti", "not this one")
    assert watched(logged)[-1] == ("sign-in refused: too many tries", "siti", siti)
    told = str(logged)
    assert not [secret for secret in (PASSWORD, "not this one", "my password", "testclient") if secret in told]


def test_rights_and_exports_are_told_once_they_stand(client: Client, siti: int, db: Database, logged: Lines) -> None:
    admin = caller(db, Role.ADMIN, "00")
    logged.clear()
    given = client.post(f"/api/v1/persons/{siti}/grants", json={"role": "logistics", "office": "81.02"}, headers=admin)
    assert given.status_code == 201
    refused = client.post(f"/api/v1/persons/{siti}/grants", json={"role": "auditor", "office": "81.02"}, headers=admin)
    assert refused.status_code == 409
    assert client.get("/api/v1/exports/inventory.csv", headers=admin).status_code == 200
    lines = [line for line in logged if "address" in line]
    assert [line["event"] for line in lines] == ["people.role_granted", "exports.inventory_taken"]
    assert lines[0]["subject"] == f"person/{siti}"
    assert '"role":"logistics"' in lines[0]["said"]
    assert {line["person"] for line in lines} != {None}


def test_an_address_is_the_same_all_day_and_means_nothing() -> None:
    def hidden(scope: dict[str, Any], secret: str = "ours") -> str:
        def note() -> None:
            security.came_from(scope, secret=secret)
            security.note("x")

        with structlog.testing.capture_logs() as lines:
            copy_context().run(note)  # as a request has its own: what it remembers ends with it
        return str(lines[0]["address"])

    def asked(peer: str, *forwarded: bytes) -> dict[str, Any]:
        return {"client": (peer, 1), "headers": [(b"x-forwarded-for", each) for each in forwarded]}

    here = hidden(asked("10.0.0.1"))
    assert here == hidden(asked("10.0.0.1", b"1.2.3.4"))  # whoever is not on this machine may not name another
    assert here == hidden(asked("127.0.0.1", b"1.2.3.4, 10.0.0.1"))
    assert here not in {hidden(asked("10.0.0.2")), hidden(asked("127.0.0.1")), hidden(asked("10.0.0.1"), "theirs")}
    assert "10.0.0.1" not in here
