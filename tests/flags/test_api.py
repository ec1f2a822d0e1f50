"""Flags over HTTP."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.flags.queries import Flag
from assets_service.kernel.db import Database
from tests import build

KINDS = {flag.value for flag in Flag}


@pytest.fixture
def auditor(db: Database) -> dict[str, str]:
    with db.writing() as session:
        build.roster(session)
        for place in ("81.02", "81.02", "73.71"):
            build.a_device(session, at=place)
        return build.bearer(build.a_token(session, build.a_person(session, role=Role.AUDITOR)))


def test_counts_name_every_kind(client: TestClient[Litestar], auditor: dict[str, str]) -> None:
    counts = client.get("/api/v1/flags", headers=auditor).json()
    assert counts.keys() == KINDS
    assert (counts["unassigned"], counts["never_checked"], counts["overdue"], counts["lost"]) == (3, 3, 0, 0)
    assert client.get("/api/v1/flags?office=81", headers=auditor).json()["unassigned"] == 2


def test_counts_by_office_and_province(client: TestClient[Litestar], auditor: dict[str, str]) -> None:
    by_office = client.get("/api/v1/flags?by=office&kind=unassigned", headers=auditor).json()["by_office"]
    assert by_office == [
        {"code": "81.02", "name": "Kabupaten Maluku Tenggara", "counts": {"unassigned": 2}},
        {"code": "73.71", "name": "Kota Makassar", "counts": {"unassigned": 1}},
    ]
    by_province = client.get("/api/v1/flags?by=province", headers=auditor).json()["by_province"]
    assert [(place["code"], place["counts"]["never_checked"]) for place in by_province] == [("81", 2), ("73", 1)]
    assert by_province[0]["counts"].keys() == KINDS


def test_a_flag_lists_its_devices_page_by_page(client: TestClient[Litestar], auditor: dict[str, str]) -> None:
    first = client.get("/api/v1/flags/unassigned?limit=2", headers=auditor).json()
    assert (len(first["items"]), first["total"]) == (2, 3)
    rest = client.get(f"/api/v1/flags/unassigned?limit=2&cursor={first['next_cursor']}", headers=auditor).json()
    assert rest["next_cursor"] is None
    codes = [device["code"] for device in first["items"] + rest["items"]]
    assert len(set(codes)) == 3
    assert all("unassigned" in device["flags"] for device in first["items"])
    assert client.get("/api/v1/flags/unassigned?office=73", headers=auditor).json()["total"] == 1
    assert client.get("/api/v1/devices?flag=unassigned", headers=auditor).json()["total"] == 3


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/flags/sleepy", 404),
        ("/api/v1/devices?flag=sleepy", 400),
        ("/api/v1/flags?by=planet", 400),
        ("/api/v1/flags?kind=sleepy", 400),
        ("/api/v1/flags?office=99", 400),
        ("/api/v1/flags/overdue?office=99", 400),
        ("/api/v1/flags/overdue?cursor=x", 400),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_sentence(
    client: TestClient[Litestar], auditor: dict[str, str], path: str, status: int
) -> None:
    answer = client.get(path, headers=auditor)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_a_stranger_counts_nothing(client: TestClient[Litestar]) -> None:
    assert client.get("/api/v1/flags").status_code == 401
    assert client.get("/api/v1/flags/lost").status_code == 401
