"""Flags as pages."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.flags.pages import WHAT_TO_DO
from assets_service.flags.queries import Flag
from assets_service.kernel.db import Database
from tests import build


@pytest.fixture
def auditor(db: Database) -> dict[str, str]:
    with db.writing() as session:
        build.roster(session)
        for place in ("81.02", "81.02", "73.71"):
            build.a_device(session, at=place)
        person = build.a_person(session, role=Role.AUDITOR)
        return build.bearer(build.a_token(session, person)) | {"Accept-Language": "en"}


def test_each_flag_says_how_many_and_what_to_do(client: TestClient[Litestar], auditor: dict[str, str]) -> None:
    text = client.get("/tanda", headers=auditor).text
    assert '<a class="number warn" href="/tanda/unassigned"><b>3</b><span>No holder yet</span></a>' in text
    assert "Name the person who uses it; usually the PPID officer." in text
    assert "None: Lost, Not found" in text
    there = client.get("/tanda?office=81", headers=auditor).text
    assert 'href="/tanda/unassigned?office=81"><b>2</b>' in there
    assert client.get("/tanda?office=73.71&x=y", headers=auditor).status_code == 200
    assert "Nothing is flagged." in client.get("/tanda?office=62", headers=auditor).text


def test_no_flag_lacks_its_advice() -> None:
    assert WHAT_TO_DO.keys() == set(Flag)


@pytest.mark.parametrize("flag", list(Flag))
def test_every_flag_has_its_list(client: TestClient[Litestar], auditor: dict[str, str], flag: Flag) -> None:
    answer = client.get(f"/tanda/{flag}", headers=auditor)
    assert answer.status_code == 200
    assert client.get(f"/tanda/{flag}?office=81", headers=auditor).status_code == 200


def test_a_list_says_where_most_of_them_are(client: TestClient[Litestar], auditor: dict[str, str]) -> None:
    text = client.get("/tanda/unassigned", headers=auditor).text
    assert text.index("Maluku <b>2</b>") < text.index("Sulawesi Selatan <b>1</b>")
    narrowed = client.get("/tanda/unassigned?office=73", headers=auditor).text
    assert "Kota Makassar" in narrowed
    assert "Maluku Tenggara</a>" not in narrowed


def test_an_unknown_flag_is_not_found(client: TestClient[Litestar], auditor: dict[str, str]) -> None:
    answer = client.get("/tanda/sleepy", headers=auditor)
    assert answer.status_code == 404
    assert "There is no flag" in answer.text
    assert client.get("/tanda/overdue?office=99", headers=auditor).status_code == 400


def test_a_stranger_is_sent_to_sign_in(client: TestClient[Litestar]) -> None:
    answer = client.get("/tanda/lost", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/masuk?next=/tanda/lost")
