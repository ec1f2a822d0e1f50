"""Programmes and their allocation rules: the national office's to set."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role
from assets_service.devices.models import Kind
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Invalid
from assets_service.ledger import queries as ledger
from assets_service.offices.models import Level
from assets_service.programmes import commands, queries
from assets_service.programmes.asks import NewAllocation
from tests.build import a_person, a_token, bearer, roster, system
from tests.programmes.build_programmes import a_programme, entitled

NEW = {
    "code": "PPID-2026",
    "name": "Alat Penunjang Kerja PPID 2026",
    "allocation": [{"kind": "tablet", "level": "ri", "quantity": 2}],
}


def token(db: Database, role: Role, at: str) -> dict[str, str]:
    with db.writing() as session:
        return bearer(a_token(session, a_person(session, at=at, role=role)))


@pytest.fixture
def country(db: Database) -> Database:
    with db.writing() as session:
        roster(session)
        a_programme(session)
    return db


@pytest.mark.parametrize(
    ("role", "at", "status"),
    [
        (Role.ADMIN, "00", 201),
        (Role.ADMIN, "81", 403),
        (Role.LOGISTICS, "00", 403),
        (Role.HEAD, "00", 403),
        (Role.AUDITOR, "00", 403),
    ],
)
def test_only_administrators_of_the_national_office_add_programmes(
    client: TestClient[Litestar], country: Database, role: Role, at: str, status: int
) -> None:
    may = token(country, role, at)
    reply = client.post("/api/v1/programmes", json=NEW, headers=may)
    assert reply.status_code == status
    set_ = client.put("/api/v1/programmes/PPID-2024/allocation", json={"allocation": []}, headers=may)
    assert set_.status_code == (200 if status == 201 else 403)
    known = [one["code"] for one in client.get("/api/v1/programmes", headers=may).json()["items"]]
    assert known == (["PPID-2024", "PPID-2026"] if status == 201 else ["PPID-2024"])


def test_a_programme_tells_its_rule(client: TestClient[Litestar], country: Database) -> None:
    admin = token(country, Role.ADMIN, "00")
    made = client.post("/api/v1/programmes", json=NEW, headers=admin)
    assert client.get(made.headers["location"], headers=admin).json() == made.json() == NEW


def test_the_rule_is_replaced_as_a_whole(client: TestClient[Litestar], country: Database) -> None:
    admin = token(country, Role.ADMIN, "00")
    rule = [{"kind": "smartphone", "level": "kota", "quantity": 3}]
    reply = client.put("/api/v1/programmes/PPID-2024/allocation", json={"allocation": rule}, headers=admin)
    assert reply.json()["allocation"] == rule
    assert client.get("/api/v1/programmes/PPID-2024", headers=admin).json()["allocation"] == rule


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"code": "", "name": " "}, ["/code", "/name"]),
        ({"code": "a b", "name": "A"}, ["/code"]),
        (NEW | {"allocation": [{"kind": "car", "level": "ri", "quantity": 1}]}, ["/allocation/0/kind"]),
        (NEW | {"allocation": [{"kind": "tablet", "level": "ri", "quantity": -1}]}, ["/allocation/0/quantity"]),
        (NEW | {"allocation": [{"kind": "tablet", "level": "ri", "quantity": 1001}]}, ["/allocation/0/quantity"]),
        (NEW | {"allocation": [{"kind": "tablet", "level": "ri", "quantity": 2**70}]}, ["/allocation/0/quantity"]),
        (NEW | {"allocation": [{"kind": "tablet", "level": "ri"}]}, ["/allocation/0/quantity"]),
        (NEW | {"allocation": [{"kind": "tablet", "level": "ri", "quantity": 1}] * 2}, ["/allocation/1"]),
        (NEW | {"allocation": [{"kind": "tablet", "level": "ri", "quantity": 1}] * 101}, ["/allocation"]),
        (NEW | {"id": 1}, ["/id"]),
    ],
)
def test_every_bad_field_of_a_programme_is_named(
    client: TestClient[Litestar], country: Database, body: dict[str, Any], pointers: list[str]
) -> None:
    reply = client.post("/api/v1/programmes", json=body, headers=token(country, Role.ADMIN, "00"))
    assert reply.status_code == 400
    assert [error["pointer"] for error in reply.json()["errors"]] == pointers


def test_a_code_is_taken_once(client: TestClient[Litestar], country: Database) -> None:
    reply = client.post(
        "/api/v1/programmes", json=NEW | {"code": "PPID-2024"}, headers=token(country, Role.ADMIN, "00")
    )
    assert (reply.status_code, reply.json()["type"]) == (409, "urn:assets:programme-exists")


@pytest.mark.parametrize("path", ["/api/v1/programmes/nope", "/api/v1/programmes/nope/allocation"])
def test_an_unknown_programme_is_not_there(client: TestClient[Litestar], country: Database, path: str) -> None:
    admin = token(country, Role.ADMIN, "00")
    reply = (
        client.put(path, json={"allocation": []}, headers=admin)
        if path.endswith("allocation")
        else client.get(path, headers=admin)
    )
    assert reply.status_code == 404


def test_every_change_of_the_rule_is_told_once(session: Session) -> None:
    roster(session)
    programme = a_programme(session, allocation=[])
    one = NewAllocation(allocation=entitled(Kind.TABLET, Level.NATIONAL))
    commands.set_allocation(session, programme, one, stamp=system())
    commands.set_allocation(session, programme, one, stamp=system())
    commands.set_allocation(session, programme, NewAllocation(allocation=[]), stamp=system())
    told = ledger.history(session, "programme/PPID-2024")
    assert [(entry.kind, entry.body) for entry in told] == [
        ("programmes.added", '{"code":"PPID-2024","name":"Alat Penunjang Kerja PPID 2024"}'),
        ("programmes.allocation_set", '{"allocation":{"tablet":{"ri":1}}}'),
        ("programmes.allocation_set", '{"allocation":{}}'),
    ]


def test_a_refused_rule_leaves_no_programme(db: Database) -> None:
    with db.writing() as session:
        roster(session)
    twice = entitled(Kind.TABLET, Level.NATIONAL) * 2
    with pytest.raises(Invalid), db.writing() as session:
        a_programme(session, allocation=twice)
    with db.reading() as session:
        assert queries.choices(session) == []
        assert ledger.count(session, "programme/PPID-2024") == 0
