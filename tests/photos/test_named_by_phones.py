"""A phone names its photos by the bytes that it sent, before it knows what they become here."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import func, select

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.photos import commands
from assets_service.photos.models import Photo
from tests import build
from tests.inspections.build_inspections import a_picture
from tests.people.build_people import caller

Client = TestClient[Litestar]
SENT = a_picture()
NAME = sha256(SENT).hexdigest()


@pytest.fixture
def head(db: Database) -> dict[str, str]:
    with db.writing() as session:
        build.roster(session)
    return caller(db, Role.HEAD, "81.02")


def put(client: Client, who: dict[str, str], sent: bytes = SENT, name: str = NAME) -> tuple[int, dict[str, object]]:
    answer = client.put(f"/api/v1/photos/{name}", content=sent, headers=who)
    return answer.status_code, answer.json()


def rows(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Photo)) or 0


def test_a_photo_is_new_once_and_the_same_from_then_on(client: Client, db: Database, head: dict[str, str]) -> None:
    first, again = put(client, head), put(client, head, name=NAME.upper())
    assert (first[0], again[0]) == (201, 200)
    assert first[1] == again[1]
    assert first[1]["id"] != NAME  # what is kept is a picture of ours
    assert rows(db) == 1


def test_whose_bytes_have_another_hash_is_told_so_and_nothing_is_kept(
    client: Client, db: Database, head: dict[str, str]
) -> None:
    status, refused = put(client, head, name="0" * 64)
    assert (status, refused["errors"][0]["pointer"]) == (400, "/sha256")  # type: ignore[index]
    assert put(client, head, sent=SENT[:-1])[0] == 400
    assert rows(db) == 0


@pytest.mark.parametrize(
    ("sent", "status"),
    [(b"", 415), (b"no picture", 415), (SENT[:200], 400)],
    ids=["nothing", "no picture", "half a picture"],
)
def test_what_is_no_picture_is_none_under_its_own_hash_either(
    client: Client, head: dict[str, str], sent: bytes, status: int
) -> None:
    assert put(client, head, sent, sha256(sent).hexdigest())[0] == status


def test_nobody_learns_what_another_has_sent(client: Client, db: Database, head: dict[str, str]) -> None:
    assert put(client, head)[0] == 201
    assert put(client, caller(db, Role.HEAD, "81.02"))[0] == 201
    assert put(client, caller(db, Role.AUDITOR, "00"))[0] == 403


@pytest.mark.parametrize(
    ("sends", "kept"),
    [
        (put, timedelta(days=90)),
        (
            lambda client, who: client.post("/api/v1/photos", files={"file": ("a.jpg", SENT)}, headers=who),
            timedelta(days=7),
        ),
    ],
    ids=["by a phone", "for a form"],
)
def test_a_photo_waits_for_its_act(
    client: Client,
    db: Database,
    head: dict[str, str],
    sends: Callable[[Client, dict[str, str]], object],
    kept: timedelta,
) -> None:
    sends(client, head)
    with db.writing() as session:
        assert commands.sweep(session, at=build.NOON + kept) == []
        assert len(commands.sweep(session, at=build.NOON + kept + timedelta(seconds=1))) == 1
    assert rows(db) == 0


def test_an_action_id_changes_nothing_about_it(client: Client, head: dict[str, str]) -> None:
    with_key = head | {"Idempotency-Key": str(uuid4())}
    assert put(client, with_key)[0] == put(client, with_key)[0] == 201  # the same answer to the same request
    assert put(client, head)[0] == 200
