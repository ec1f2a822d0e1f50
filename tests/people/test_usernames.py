"""Nobody's username can be taken for another's, or for the system's."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Invalid
from assets_service.people import commands
from assets_service.people.asks import NewPerson
from assets_service.people.errors import UsernameTaken, UsernameTooLike
from tests.build import a_person, roster, system
from tests.people.build_people import caller

ALIKE = [
    *(("kepala.8102", "kepala8102"), ("kepala.8102", "kepala-8l02"), ("kepala.8102", "KEPALA_81O2")),
    *(("admin", "a.d.m.i.n"), ("admin", "adrnin"), ("wahyu", "vvahyu"), ("dodo", "d0d0"), ("ilham", "i1ham")),
]


@pytest.mark.parametrize(("held", "wished"), ALIKE)
def test_one_that_looks_like_anothers_is_refused(session: Session, held: str, wished: str) -> None:
    roster(session)
    a_person(session, username=held)
    with pytest.raises(UsernameTooLike, match=wished.casefold()) as refused:
        commands.add(session, NewPerson(name="Other", office="00", username=wished), stamp=system())
    assert refused.value.problems[0].pointer == "/username"


def test_one_that_is_held_is_taken(session: Session) -> None:
    roster(session)
    a_person(session, username="siti")
    with pytest.raises(UsernameTaken):
        commands.add(session, NewPerson(name="Other", office="00", username="Siti"), stamp=system())


@pytest.mark.parametrize(("held", "other"), [("kepala.8101", "kepala.8102"), ("siti", "siti2"), ("ana", "ani")])
def test_one_that_looks_different_is_free(session: Session, held: str, other: str) -> None:
    roster(session)
    assert a_person(session, username=held).id != a_person(session, username=other).id


@pytest.mark.parametrize("username", ["system", "System", "sy.stem", "sistem", "SISTEM-", "-", "..", "stranger"])
def test_what_the_ledger_calls_nobody_is_nobodys(session: Session, username: str) -> None:
    roster(session)
    with pytest.raises(Invalid) as refused:
        commands.add(session, NewPerson(name="Other", office="00", username=username), stamp=system())
    assert refused.value.problems[0].pointer == "/username"


def test_a_refusal_says_it_at_the_field(client: TestClient[Litestar], db: Database) -> None:
    with db.writing() as session:
        roster(session)
        a_person(session, username="siti.r")
    admin = caller(db, Role.ADMIN, "00")
    for username, status in {"system": 400, "s1ti.r": 201, "sit1.r": 201, "sitir": 409, "siti-r": 409}.items():
        reply = client.post("/api/v1/persons", json={"name": "B", "office": "00", "username": username}, headers=admin)
        assert reply.status_code == status, username
        if status != 201:
            assert [error["pointer"] for error in reply.json()["errors"]] == ["/username"]
