"""What somebody was called then: kept beside the ledger, which holds only digests of it, and blanked when the law says so."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role
from assets_service.custody.models import LineState
from assets_service.kernel.db import Database
from assets_service.ledger import queries as ledger
from assets_service.ledger.chain import name_of, salt_of
from assets_service.ledger.models import Entry, KeptName
from assets_service.ledger.queries import Spell
from assets_service.offices import commands as offices
from assets_service.offices.asks import AmendOffice
from assets_service.people import commands, queries
from assets_service.people.asks import AmendPerson
from assets_service.people.models import Person
from assets_service.upkeep.tables import compare
from tests import build
from tests.custody.build_custody import a_box, both, confirm, last_told

Client = TestClient[Litestar]


def spells(session: Session, subject: str) -> list[Spell]:
    return ledger.kept_names(session, [subject])[subject]


def renamed(session: Session, person: Person, name: str, **days: float) -> None:
    commands.amend(session, person, AmendPerson(name=name), stamp=build.system(build.later(**days)))
    session.flush()


def test_a_name_stands_until_the_next(session: Session) -> None:
    build.roster(session)
    person = build.a_person(session, "Siti Hasan")
    renamed(session, person, "Siti Aminah", days=3)
    subject = f"person/{person.id}"
    assert spells(session, subject) == [
        Spell("Siti Hasan", build.NOON, build.later(days=3)),
        Spell("Siti Aminah", build.later(days=3), None),
    ]
    names = queries.names(session, [person.id])
    asked = {days: names.then(subject, build.later(days=days)) for days in (-1, 0, 2.9, 3, 9)}
    assert asked == {-1: "Siti Hasan", 0: "Siti Hasan", 2.9: "Siti Hasan", 3: "Siti Aminah", 9: "Siti Aminah"}
    assert names.then("person/4711", build.NOON) is None


def test_a_clock_that_was_set_back_does_not_end_a_name_before_it_began(session: Session) -> None:
    build.roster(session)
    person = build.a_person(session, "Siti Hasan", when=build.later(days=1))
    renamed(session, person, "Siti Aminah", hours=1)
    assert [spell.since for spell in spells(session, f"person/{person.id}")] == [build.later(days=1)] * 2
    said: list[str] = []
    compare(session, say=said.append)
    assert said == []


def test_the_ledger_holds_a_digest_that_the_kept_name_and_its_salt_fit(session: Session) -> None:
    build.roster(session)
    person = build.a_person(session, "Siti Aminah", username="siti")
    told = last_told(session, f"person/{person.id}")
    kept = session.scalars(select(KeptName)).one()
    assert told["name_sha256"] == name_of(salt_of(kept.salt or "", "name"), "Siti Aminah")
    assert told["username_sha256"] == name_of(salt_of(kept.salt or "", "username"), "siti", "username")
    commands.amend(session, person, AmendPerson(title="Kepala"), stamp=build.system())
    assert last_told(session, f"person/{person.id}") == {"fields": ["title"], "person": person.id}


def test_an_office_s_head_is_kept_in_the_same_way(session: Session) -> None:
    build.roster(session)
    place = build.office(session, "81.02")
    for days, head in enumerate(("Budi", "Rini", None), 1):
        ask = AmendOffice(head_name=head, head_title="Ketua")
        offices.amend(session, place, ask, stamp=build.system(build.later(days=days)))
    assert [(name, until) for name, _, until in spells(session, "office/81.02")] == [
        ("Budi", build.later(days=2)),
        ("Rini", build.later(days=3)),
    ]
    assert last_told(session, "office/81.02") == {"head_name_sha256": None}
    names = queries.names_in(session, ledger.history(session, "office/81.02"), build.system())
    assert [names.then("office/81.02", build.later(days=days)) for days in (1, 2, 3)] == ["Budi", "Rini", None]


def test_no_name_and_no_username_is_anywhere_in_the_ledger(session: Session) -> None:
    people = both(session)
    device = build.a_device(session, by=people.sender)
    box = a_box(session, [device], people.sender)
    confirm(session, box, people.receiver, **{device.code: LineState.RECEIVED})
    admin = build.a_person(session, "Joko", role=Role.ADMIN)
    offices.amend(
        session, build.office(session, "81"), AmendOffice(head_name="Budi"), stamp=build.stamp(session, admin)
    )
    renamed(session, people.head, "Siti Aminah", days=1)
    everything = str([vars(entry) for entry in session.scalars(select(Entry))])
    called = {name for person in session.scalars(select(Person)) for name in (person.name, person.username)}
    assert not [name for name in (called | {"Siti", "Budi"}) if name and name in everything]
    assert f"person/{people.head.id}" in everything


def test_a_page_calls_people_as_they_were_called_when_it_happened(client: Client, db: Database) -> None:
    with db.writing() as session:
        people = both(session)
        device = build.a_device(session, by=people.sender)
        box = a_box(session, [device], people.sender)
        confirm(session, box, people.receiver, **{device.code: LineState.RECEIVED})
        renamed(session, people.head, "Siti Aminah", days=1)
        code, number, head = device.code, box.id, people.head.id
        reader = build.bearer(build.a_token(session, build.a_person(session, at="00", role=Role.AUDITOR)))

    received = client.get(f"/api/v1/devices/{code}/history", headers=reader).json()["items"][-1]
    assert (received["actor"], received["actor_name"]) == (f"person/{head}", "Siti")
    assert client.get(f"/api/v1/shipments/{number}", headers=reader).json()["closed_by"] == {"id": head, "name": "Siti"}
    assert f"Siti (#{head})" in client.get(f"/perangkat/{code}/riwayat", headers=reader).text
    assert client.get(f"/api/v1/persons/{head}", headers=reader).json()["name"] == "Siti Aminah"


def blank(session: Session, person: int) -> None:
    session.execute(update(KeptName).where(KeptName.subject == f"person/{person}").values(name=None, salt=None))
    session.execute(update(Person).where(Person.id == person).values(name="–", title=None, nip=None))


def test_a_name_that_was_blanked_breaks_nothing_and_is_shown_as_a_number(client: Client, db: Database) -> None:
    with db.writing() as session:
        people = both(session)
        device = build.a_device(session, by=people.sender)
        box = a_box(session, [device], people.sender)
        confirm(session, box, people.receiver, **{device.code: LineState.RECEIVED})
        code, number, head = device.code, box.id, people.head.id
        reader = build.bearer(build.a_token(session, build.a_person(session, at="00", role=Role.AUDITOR)))
        blank(session, head)
    said: list[str] = []
    with db.reading() as session:
        assert ledger.verify(session).broken is None
        compare(session, say=said.append)
    assert said == []
    received = client.get(f"/api/v1/devices/{code}/history", headers=reader).json()["items"][-1]
    assert (received["actor"], received["actor_name"]) == (f"person/{head}", None)
    shown = client.get(f"/api/v1/shipments/{number}", headers=reader).json()["closed_by"]
    assert shown == {"id": head, "name": f"#{head}"}
    assert "Siti" not in client.get(f"/perangkat/{code}/riwayat", headers=reader).text


CHANGED = "this is not the name of which the ledger holds a digest."
BEHIND: dict[str, tuple[str, str]] = {
    "a person renamed": ("UPDATE persons SET name = 'Orang Lain'", f"name: {CHANGED}"),
    "a username changed": ("UPDATE persons SET username = 'lain'", f"username: {CHANGED}"),
    "a username taken away": ("UPDATE persons SET username = NULL", f"username: {CHANGED}"),
    "the past renamed": ("UPDATE names SET name = 'Orang Lain'", f"name: {CHANGED}"),
    "a salt changed": ("UPDATE names SET salt = '00'", f"salt: {CHANGED}"),
    "a name longer than it stood": (
        "UPDATE names SET until = NULL",
        "until: the table says nothing, the ledger 2026-11-21",
    ),
    "a name taken out": ("DELETE FROM names WHERE number = 1", "1: this row is missing."),
    "a name put in": (
        "INSERT INTO names (subject, number, name, salt, since) SELECT subject, 3, 'x', salt, since FROM names WHERE number = 2",
        "3: the ledger does not tell of this row.",
    ),
}


@pytest.mark.parametrize("change", BEHIND)
def test_a_name_that_was_changed_by_sql_is_named(db: Database, change: str) -> None:
    statement, sentence = BEHIND[change]
    with db.writing() as session:
        build.roster(session)
        renamed(session, build.a_person(session, "Siti Hasan", username="siti"), "Siti Aminah", days=1)
    with db.writing() as session:
        session.execute(text(statement))
    said: list[Any] = []
    with db.reading() as session:
        compare(session, say=said.append)
    assert any(sentence in one for one in said), said
    assert "Orang Lain" not in str(said)
