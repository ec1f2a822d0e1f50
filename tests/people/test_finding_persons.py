"""A person is found as their name is said, whatever signs stand in it."""

import pytest
from sqlalchemy.orm import Session

from assets_service.people import commands, queries
from assets_service.people.asks import AmendPerson
from tests.build import a_person, roster, system


def found(session: Session, q: str) -> list[str]:
    rows, total = queries.search(session, system(), q=q, limit=10)
    assert total == len(rows)
    return [person.name for person in rows]


NAMES = ("Ma'ruf Amin", "José Ximenes", "Siti  Nurhaliza, S.H.", "I Gusti-Ngurah Rai", "Nur Aini")


@pytest.mark.parametrize(
    ("q", "name"),
    [
        ("ma'ruf", "Ma'ruf Amin"),
        ("Ma’ruf Amin", "Ma'ruf Amin"),
        ("MARUF", "Ma'ruf Amin"),
        ("amin maruf", "Ma'ruf Amin"),
        ("jose", "José Ximenes"),
        ("Jose\u0301 ximenes", "José Ximenes"),
        ("siti nurhaliza", "Siti  Nurhaliza, S.H."),
        (" Siti   Nurhaliza ", "Siti  Nurhaliza, S.H."),
        ("sitinurhaliza", "Siti  Nurhaliza, S.H."),
        ("sh", "Siti  Nurhaliza, S.H."),
        ("gusti ngurah", "I Gusti-Ngurah Rai"),
        ("nur-aini", "Nur Aini"),
        ("nur.aini", "Nur Aini"),
    ],
)
def test_search_forgives_apostrophes_blanks_and_accents(session: Session, q: str, name: str) -> None:
    roster(session)
    for number, each in enumerate(NAMES):
        a_person(session, each, username=f"person{number}")
    assert name in found(session, q)


@pytest.mark.parametrize("q", ["%", "_", "--", "' OR 1=1"])
def test_signs_alone_find_nobody(session: Session, q: str) -> None:
    roster(session)
    a_person(session, "Ani")
    assert found(session, q) == []


def test_a_person_is_found_by_the_new_name_and_not_the_old(session: Session) -> None:
    roster(session)
    person = a_person(session, "Ani", username="pegawai1")
    commands.amend(session, person, AmendPerson(name="Rahmawati"), stamp=system())
    session.flush()
    assert (found(session, "ani"), found(session, "rahmawati"), found(session, "pegawai 1")) == (
        [],
        ["Rahmawati"],
        ["Rahmawati"],
    )
