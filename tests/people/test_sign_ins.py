"""A sign-in, and with it a role, can be given later; a role needs a sign-in, and says so."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.people import commands
from assets_service.people.asks import NewPerson
from tests.build import a_person, roster, system
from tests.people.build_people import browser, caller

Client = TestClient[Litestar]
PASSWORD = "kuda baterai stapler benar"


@pytest.fixture
def umar(db: Database) -> int:
    """Somebody of Maluku Tenggara who only holds devices."""
    with db.writing() as session:
        roster(session)
        a_person(session, "Ani", at="81.02", username="ani")
        return commands.add(session, NewPerson(name="Umar", office="81.02"), stamp=system()).id


def test_a_sign_in_is_given_later_and_then_a_role(client: Client, db: Database, umar: int) -> None:
    admin, person = caller(db, Role.ADMIN, "81"), f"/api/v1/persons/{umar}"
    role = {"role": "head", "office": "81.02"}
    early = client.post(f"{person}/grants", json=role, headers=admin)
    assert (early.status_code, early.json()["type"]) == (409, "urn:assets:no-sign-in")
    given = client.put(f"{person}/sign-in", json={"username": "Umar.Tual", "password": PASSWORD}, headers=admin)
    assert given.status_code == 200
    assert (given.json()["username"], given.json()["can_sign_in"]) == ("umar.tual", True)
    assert client.post(f"{person}/grants", json=role, headers=admin).status_code == 201
    signed_in = client.post("/api/v1/session", json={"username": "umar.tual", "password": PASSWORD})
    assert signed_in.status_code == 201


@pytest.mark.parametrize(
    ("asked", "status", "pointer"),
    [
        ({"username": "ani"}, 409, "/username"),
        ({"username": "a.n.i"}, 409, "/username"),  # could be taken for the other
        ({"username": "system"}, 400, "/username"),
        ({"username": "umar", "password": "short"}, 400, "/password"),
        ({"password": PASSWORD}, 400, "/username"),
    ],
)
def test_a_sign_in_that_cannot_be_is_refused_at_its_field(
    client: Client, db: Database, umar: int, asked: dict[str, Any], status: int, pointer: str
) -> None:
    answer = client.put(f"/api/v1/persons/{umar}/sign-in", json=asked, headers=caller(db, Role.ADMIN, "81"))
    assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (status, [pointer])


def test_who_signs_in_already_is_given_no_other_name(client: Client, db: Database, umar: int) -> None:
    admin, path = caller(db, Role.ADMIN, "81"), f"/api/v1/persons/{umar}/sign-in"
    assert client.put(path, json={"username": "umar"}, headers=admin).json()["can_sign_in"] is False
    again = client.put(path, json={"username": "umar2"}, headers=admin)
    assert (again.status_code, again.json()["type"]) == (409, "urn:assets:has-sign-in")


def test_nobody_is_added_with_a_role_and_no_sign_in(client: Client, db: Database, umar: int) -> None:
    assert umar
    asked = {"name": "Budi", "office": "81.02", "role": "head"}
    answer = client.post("/api/v1/persons", json=asked, headers=caller(db, Role.ADMIN, "81"))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/username")


def test_the_page_offers_what_is_missing(client: Client, db: Database, umar: int) -> None:
    admin, path = browser(db, Role.ADMIN, "81"), f"/orang/{umar}"
    before = client.get(path, headers=admin).text
    assert (f'action="{path}/masuk"' in before, f'action="{path}/peran"' in before) == (True, False)
    assert f'href="{path}/penonaktifan"' in before, "a holder without a sign-in can be ended"
    sent = client.post(f"{path}/masuk", data={"username": "umar"}, headers=admin, follow_redirects=False)
    assert (sent.status_code, sent.headers["location"]) == (303, path)
    english = admin | {"Cookie": admin["Cookie"].replace("lang=id", "lang=en")}
    after = client.get(path, headers=english).text
    assert (f'action="{path}/masuk"' in after, f'action="{path}/peran"' in after) == (False, True)
    assert "Cannot sign in yet" in after
