"""What offices are entitled to beside what has arrived."""

from datetime import datetime

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role
from assets_service.devices.models import Device, Kind, Presence
from assets_service.kernel.db import Database
from assets_service.programmes import queries
from assets_service.programmes.queries import Count, Coverage
from tests.build import NOON, a_device, a_person, a_token, bearer, office, roster, stamp, system
from tests.programmes.build_programmes import a_programme


@pytest.fixture
def country(session: Session) -> Session:
    roster(session)
    a_programme(session)
    return session


def covered(session: Session, code: str = "00", **narrowed: str) -> dict[str, Coverage]:
    head = a_person(session, at=code, role=Role.HEAD)
    return {office.code: office for office in queries.coverage(session, stamp(session, head), **narrowed)}


def put(device: Device, *, received_at: datetime | None = None, presence: Presence = Presence.PRESENT) -> None:
    """As custody would leave it."""
    device.received_at, device.presence = received_at, presence


def test_every_office_is_entitled_by_its_level(country: Session) -> None:
    found = covered(country)
    assert {code: (office.own[Kind.TABLET].entitled, office.own[Kind.SMARTPHONE].entitled) for code, office in found.items()} == {
        "00": (1, 0), "31": (1, 0), "31.71": (1, 1), "62": (1, 0), "62.71": (1, 1), "73": (1, 0), "73.71": (1, 1),
        "81": (1, 0), "81.02": (1, 1), "81.72": (1, 1),
    }  # fmt: skip


def test_a_province_sums_its_offices_and_the_country_its_provinces(country: Session) -> None:
    put(a_device(country, at="81.02", programme="PPID-2024"), received_at=NOON)
    put(a_device(country, at="81.72", programme="PPID-2024"))
    found = covered(country)
    assert found["81"].own[Kind.SMARTPHONE] == Count(0, 0, 0)
    assert found["81"].subtree == {Kind.TABLET: Count(3, 0, 0), Kind.SMARTPHONE: Count(2, 2, 1)}
    assert found["00"].subtree == {Kind.TABLET: Count(10, 0, 0), Kind.SMARTPHONE: Count(5, 2, 1)}
    assert found["00"].total == Count(15, 2, 1)


def test_a_device_on_its_way_counts_once_and_where_it_is_going(country: Session) -> None:
    device = a_device(country, at="00", programme="PPID-2024")
    device.presence, device.bound_for_id, device.sent_at = Presence.IN_TRANSIT, office(country, "81.02").id, NOON
    device.received_at = NOON  # the sender had received it
    found = covered(country)
    assert (found["00"].own[Kind.SMARTPHONE].registered, found["81.02"].own[Kind.SMARTPHONE]) == (0, Count(1, 1, 0))
    assert found["00"].subtree[Kind.SMARTPHONE] == Count(5, 1, 0)


def given(session: Session, number: int, *, at: str, kind: Kind, programme: str = "PPID-2024") -> None:
    """Devices that the office has received."""
    for _ in range(number):
        put(a_device(session, at=at, kind=kind, programme=programme), received_at=NOON)


def test_an_office_with_more_than_its_share_covers_for_none_that_has_nothing(country: Session) -> None:
    for kind in Kind:
        given(country, 3, at="81.02", kind=kind)
    found = covered(country)
    assert found["81.02"].own == dict.fromkeys(Kind, Count(1, 1, 1, surplus=2))
    assert found["81"].subtree == {Kind.TABLET: Count(3, 1, 1, surplus=2), Kind.SMARTPHONE: Count(2, 1, 1, surplus=2)}
    assert found["00"].total == Count(15, 2, 2, surplus=4)


def test_what_is_on_its_way_beyond_the_share_is_surplus_too(country: Session) -> None:
    given(country, 1, at="81.02", kind=Kind.TABLET)
    coming = a_device(country, kind=Kind.TABLET, programme="PPID-2024")
    coming.presence, coming.bound_for_id, coming.sent_at = Presence.IN_TRANSIT, office(country, "81.02").id, NOON
    assert covered(country)["81.02"].own[Kind.TABLET] == Count(1, 1, 1, surplus=1)


def test_more_of_one_programme_covers_for_no_other(country: Session) -> None:
    a_programme(country, "PPID-2026")
    given(country, 2, at="81.02", kind=Kind.TABLET, programme="PPID-2026")
    assert covered(country)["81.02"].own[Kind.TABLET] == Count(2, 1, 1, surplus=1)


def test_the_store_has_no_surplus_but_what_is_not_distributed_yet(country: Session) -> None:
    for _ in range(4):
        a_device(country, at="00", kind=Kind.TABLET, programme="PPID-2024")
    count = covered(country)["00"].own[Kind.TABLET]
    assert count == Count(1, 1, 0, undistributed=3)


@pytest.mark.parametrize("entitled", range(3))
@pytest.mark.parametrize(
    "numbers", [(there, given, got) for there in range(4) for given in range(there + 1) for got in range(given + 1)]
)
def test_no_device_is_counted_twice_or_left_out(entitled: int, numbers: tuple[int, int, int]) -> None:
    count = queries.count_of(entitled, *numbers)
    assert count.registered + count.surplus + count.undistributed == numbers[0]
    assert 0 <= count.received <= count.registered <= count.entitled
    assert min(count.surplus, count.undistributed) >= 0


def test_what_is_written_off_or_of_no_programme_is_not_counted(country: Session) -> None:
    put(a_device(country, at="81.02", programme="PPID-2024"), presence=Presence.WRITTEN_OFF)
    a_device(country, at="81.02")
    assert covered(country)["81.02"].own[Kind.SMARTPHONE] == Count(1, 0, 0)


def test_one_programme_is_not_another(country: Session) -> None:
    a_programme(country, "PPID-2026")
    a_device(country, at="81.02", programme="PPID-2026")
    assert covered(country, programme="PPID-2024")["81.02"].own[Kind.SMARTPHONE] == Count(1, 0, 0)
    assert covered(country, programme="PPID-2026")["81.02"].own[Kind.SMARTPHONE] == Count(1, 1, 0)
    assert covered(country)["81.02"].own[Kind.SMARTPHONE] == Count(2, 1, 0)


@pytest.mark.parametrize(
    ("at", "seen"),
    [
        ("81", {"81", "81.02", "81.72"}),
        ("81.02", {"81.02"}),
        ("31", {"31", "31.71"}),
    ],
)
def test_coverage_shows_the_offices_in_scope_and_no_other(country: Session, at: str, seen: set[str]) -> None:
    a_device(country, at="62.71", programme="PPID-2024")
    assert covered(country, at).keys() == seen


def test_coverage_is_one_query_however_many_offices(country: Session) -> None:
    by = system()
    said: list[str] = []
    connection = country.connection()
    event.listen(connection, "before_cursor_execute", lambda _c, _cur, sql, *_: said.append(sql))
    assert len(queries.coverage(country, by)) == 10
    assert len(said) == 1


def test_the_public_sees_provinces_and_nothing_below(country: Session) -> None:
    a_device(country, at="81.02", programme="PPID-2024")
    found = {office.code: office for office in queries.coverage_of_country(country)}
    assert found.keys() == {"00", "31", "62", "73", "81"}
    assert found["81"].subtree[Kind.SMARTPHONE] == Count(2, 1, 0)


# Over HTTP -------------------------------------------------------------------------------------------------------


@pytest.fixture
def token(db: Database) -> str:
    with db.writing() as session:
        roster(session)
        a_programme(session)
        return a_token(session, a_person(session, at="00", role=Role.AUDITOR))


def _counts(entitled: int) -> dict[str, int]:
    return {"entitled": entitled, "registered": 0, "received": 0, "surplus": 0, "undistributed": 0}


def test_coverage_comes_in_pages_by_code(client: TestClient[Litestar], token: str) -> None:
    first = client.get("/api/v1/coverage?limit=8", headers=bearer(token)).json()
    rest = client.get(f"/api/v1/coverage?limit=8&cursor={first['next_cursor']}", headers=bearer(token)).json()
    assert (first["total"], len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (10, 8, 2, None)
    assert first["items"][0] == {
        "office": {"code": "00", "name": "Bawaslu RI"},
        "level": "ri",
        "parent": None,
        "kinds": {
            "smartphone": _counts(0),
            "tablet": _counts(1),
        },
        "subtree": {
            "smartphone": _counts(5),
            "tablet": _counts(10),
        },
    }


def test_coverage_below_one_office(client: TestClient[Litestar], token: str) -> None:
    found = client.get("/api/v1/coverage?parent=00", headers=bearer(token)).json()
    assert [row["office"]["code"] for row in found["items"]] == ["31", "62", "73", "81"]


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [("programme=nope", "/programme"), ("parent=99", "/parent"), ("cursor=x", "/cursor"), ("limit=0", "/limit")],
)
def test_what_coverage_cannot_be_asked(client: TestClient[Litestar], token: str, asked: str, pointer: str) -> None:
    reply = client.get(f"/api/v1/coverage?{asked}", headers=bearer(token))
    assert reply.status_code == 400
    assert [error["pointer"] for error in reply.json()["errors"]] == [pointer]


def test_a_parent_outside_the_scope_is_not_named(client: TestClient[Litestar], db: Database, token: str) -> None:
    del token
    with db.writing() as session:
        head = a_token(session, a_person(session, at="81.02", role=Role.HEAD))
    reply = client.get("/api/v1/coverage?parent=31", headers=bearer(head))
    assert reply.status_code == 400
    assert "Jakarta" not in reply.text
