"""Persons and their roles: who may see and change whom, and what never leaks."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Forbidden, Invalid
from assets_service.ledger import queries as ledger
from assets_service.ledger.commands import digest_of
from assets_service.ledger.models import Entry, KeptName
from assets_service.people import commands, passwords, queries
from assets_service.people.asks import AmendPerson, NewPerson
from assets_service.people.errors import AuditorsNeverWrite, NoSuchPerson, OwnPassword, OwnRole, UsernameTaken
from assets_service.people.models import Person
from tests.build import NOON, a_password, a_person, a_role, office, roster, stamp, system
from tests.people.build_people import caller

Client = TestClient[Litestar]
NIP = "198001012005011001"


@pytest.fixture
def target(db: Database) -> int:
    """Somebody of Maluku Tenggara with a role and a NIP."""
    with db.writing() as session:
        roster(session)
        person = a_person(session, "Rahanyamtel", at="81.02", role=Role.HEAD, username="target")
        commands.amend(session, person, AmendPerson(nip=NIP, title="Ketua"), stamp=system())
        return person.id


SEES, CHANGES, NEITHER = {200}, {200, 201, 204}, {404}
# role, where → what reading the person answers, and what every change of them answers.
WHO = {
    (Role.ADMIN, "00"): (SEES, CHANGES),
    (Role.ADMIN, "81"): (SEES, CHANGES),
    (Role.ADMIN, "81.02"): (SEES, CHANGES),
    (Role.ADMIN, "81.72"): (NEITHER, NEITHER),
    (Role.ADMIN, "31"): (NEITHER, NEITHER),
    (Role.LOGISTICS, "00"): (SEES, {403}),
    (Role.LOGISTICS, "81.02"): (SEES, {403}),
    (Role.LOGISTICS, "81.72"): (NEITHER, {403}),
    (Role.HEAD, "81.02"): (SEES, {403}),
    (Role.HEAD, "81.72"): (NEITHER, {403}),
    (Role.AUDITOR, "00"): (SEES, {403}),
    (Role.AUDITOR, "81.72"): (NEITHER, {403}),
    (None, "81.02"): (NEITHER, {403}),
}
CHANGES_OF: list[tuple[str, str, dict[str, Any] | None]] = [
    ("PATCH", "", {"title": "Koordinator"}),
    ("PUT", "/password", {"password": "another pass phrase"}),
    ("POST", "/grants", {"role": "logistics", "office": "81.02"}),
    ("DELETE", "/grants/{grant}", None),
    ("PUT", "/deactivation", None),
    ("DELETE", "/deactivation", None),
]


def test_who_sees_and_who_changes_a_person(client: Client, db: Database, target: int) -> None:
    with db.reading() as session:
        grant = queries.by_id(session, target, system()).grants[0].id
    for (role, at), (seen, changed) in WHO.items():
        who = caller(db, role, at)
        reply = client.get(f"/api/v1/persons/{target}", headers=who)
        assert reply.status_code in seen, (role, at)
        for method, path, body in CHANGES_OF:
            with db.reading() as session:
                before = ledger.head(session)
            reply = client.request(
                method, f"/api/v1/persons/{target}{path.format(grant=grant)}", json=body, headers=who
            )
            assert reply.status_code in changed, (role, at, method, path)
            if reply.status_code >= 400:
                assert "Rahanyamtel" not in reply.text
                with db.reading() as session:
                    assert ledger.head(session) == before, (role, at, method, path)


def test_a_list_holds_the_scope_and_no_other(client: Client, db: Database, target: int) -> None:
    del target
    for at, seen in {"00": True, "81": True, "81.02": True, "81.72": False, "31": False}.items():
        who = caller(db, Role.HEAD, at)
        for query in ("", "?q=rahanyam", "?q=target"):
            found = client.get(f"/api/v1/persons{query}", headers=who).json()
            assert any(person["name"] == "Rahanyamtel" for person in found["items"]) is seen, (at, query)
            assert found["total"] == len(found["items"])


def test_a_person_without_a_role_sees_themselves_alone(client: Client, db: Database, target: int) -> None:
    del target
    who = caller(db, None, "81.02")
    assert client.get("/api/v1/me", headers=who).json()["grants"] == []
    assert client.get("/api/v1/persons", headers=who).json()["total"] == 1


@pytest.mark.parametrize(
    ("role", "at", "shown"),
    [
        (Role.ADMIN, "00", NIP),
        (Role.ADMIN, "81.02", NIP),
        (Role.LOGISTICS, "00", "••••••••••••••1001"),
        (Role.HEAD, "81.02", "••••••••••••••1001"),
        (Role.AUDITOR, "00", "••••••••••••••1001"),
    ],
)
def test_a_nip_is_whole_only_to_who_administers_the_person(
    client: Client, db: Database, target: int, role: Role, at: str, shown: str
) -> None:
    assert client.get(f"/api/v1/persons/{target}", headers=caller(db, role, at)).json()["nip"] == shown


def test_no_name_no_nip_and_no_password_ever_enters_the_ledger(session: Session) -> None:
    roster(session)
    person = a_person(session, "Siti Aminah", username="siti")
    commands.amend(session, person, AmendPerson(nip=NIP), stamp=system())
    a_password(session, person, "a long pass phrase")
    told = session.scalars(select(Entry.body).where(Entry.subject == f"person/{person.id}")).all()
    [kept] = session.scalars(select(KeptName).where(KeptName.subject == f"person/{person.id}"))
    name, username = digest_of(kept), digest_of(kept, "siti")
    assert told == [
        f'{{"name_sha256":"{name}","office":"00","person":{person.id},"username_sha256":"{username}"}}',
        f'{{"fields":["nip"],"person":{person.id}}}',
        f'{{"person":{person.id}}}',
    ]


def test_pages_of_persons_follow_by_name(client: Client, db: Database, target: int) -> None:
    del target
    with db.writing() as session:
        for name in ("Ani", "Ani", "Budi", "Citra"):
            a_person(session, name, at="81.02")
    who = caller(db, Role.AUDITOR, "00")
    seen: list[tuple[str, int]] = []
    cursor: str | None = ""
    while cursor is not None:
        found = client.get(f"/api/v1/persons?office=81&limit=2{cursor and f'&cursor={cursor}'}", headers=who).json()
        seen += [(person["name"], person["id"]) for person in found["items"]]
        cursor = found["next_cursor"]
    assert seen == sorted(seen)
    assert [name for name, _ in seen] == ["Ani", "Ani", "Budi", "Citra", "Rahanyamtel"]


# Adding ----------------------------------------------------------------------------------------------------------

NEW: dict[str, Any] = {
    "name": "Budi",
    "office": "81.02",
    "username": "Budi.R",
    "role": "head",
    "password": "a long pass phrase",
}


def test_somebody_added_can_sign_in_with_their_role(client: Client, db: Database, target: int) -> None:
    del target
    made = client.post("/api/v1/persons", json=NEW, headers=caller(db, Role.ADMIN, "81"))
    assert (made.status_code, made.headers["location"]) == (201, f"/api/v1/persons/{made.json()['id']}")
    signed = client.post("/api/v1/session", json={"username": "budi.r", "password": NEW["password"]})
    assert [(g["role"], g["office"]["code"]) for g in signed.json()["person"]["grants"]] == [("head", "81.02")]


@pytest.mark.parametrize(
    ("changed", "status", "pointers"),
    [
        ({"office": "31"}, 400, ["/office"]),
        ({"office": "99"}, 400, ["/office"]),
        ({"username": "TARGET"}, 409, ["/username"]),
        ({"username": "a b"}, 400, ["/username"]),
        ({"username": "a"}, 400, ["/username"]),
        ({"nip": "123"}, 400, ["/nip"]),
        ({"name": "  "}, 400, ["/name"]),
        ({"role": "king"}, 400, ["/role"]),
        ({"password": "short"}, 400, ["/password"]),
        ({"username": None}, 400, ["/username"]),
        ({"is_active": False}, 400, ["/is_active"]),
        ({"grants": []}, 400, ["/grants"]),
        ({"password_hash": "x"}, 400, ["/password_hash"]),
        ({"id": 1}, 400, ["/id"]),
    ],
)
def test_who_cannot_be_added(
    client: Client, db: Database, target: int, changed: dict[str, Any], status: int, pointers: list[str]
) -> None:
    del target
    reply = client.post("/api/v1/persons", json=NEW | changed, headers=caller(db, Role.ADMIN, "81"))
    assert reply.status_code == status
    assert [error["pointer"] for error in reply.json()["errors"]] == pointers
    with db.reading() as session:
        assert queries.by_username(session, "budi.r") is None


def test_two_persons_cannot_share_a_username(session: Session) -> None:
    roster(session)
    a_person(session, username="siti")
    with pytest.raises(UsernameTaken, match="siti"):
        commands.add(session, NewPerson(name="Other", office="00", username=" SITI "), stamp=system())


# Roles -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "given"), [(Role.AUDITOR, Role.HEAD), (Role.HEAD, Role.AUDITOR), (Role.ADMIN, Role.AUDITOR)]
)
def test_an_auditor_has_no_other_role(session: Session, held: Role, given: Role) -> None:
    roster(session)
    person = a_person(session, role=held)
    with pytest.raises(AuditorsNeverWrite):
        a_role(session, person, given, at="31")


def test_two_who_give_an_auditors_and_a_writers_role_at_once_cannot_both(db: Database) -> None:
    with db.writing() as session:
        roster(session)
        person_id = a_person(session).id
    start = Barrier(2)

    def give(role: Role) -> str:
        with db.writing() as session:
            if not db.is_sqlite:  # there one writer waits at the door
                start.wait(10)
            person = queries.locked(session, person_id, system())
            a_role(session, person, role, at="00")
        return str(role)

    def give_or_not(role: Role) -> str:
        try:
            return give(role)
        except AuditorsNeverWrite:
            return "refused"

    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(give_or_not, (Role.AUDITOR, Role.HEAD)))
    assert ended.count("refused") == 1


def test_an_auditor_may_audit_two_provinces(session: Session) -> None:
    roster(session)
    person = a_person(session, role=Role.AUDITOR, at="31")
    a_role(session, person, Role.AUDITOR, at="81")
    assert stamp(session, person).scopes() == ("/00/31/", "/00/81/")


def test_the_same_role_twice_is_one(session: Session) -> None:
    roster(session)
    person = a_person(session, role=Role.HEAD, at="81.02")
    before = ledger.count(session, f"person/{person.id}")
    a_role(session, person, Role.HEAD, at="81.02")
    assert len(person.grants) == 1
    assert ledger.count(session, f"person/{person.id}") == before


def test_a_role_that_has_ended_can_be_given_again(session: Session) -> None:
    roster(session)
    person = a_person(session, role=Role.HEAD, at="81.02")
    commands.end_grant(session, person.grants[0], stamp=system())
    commands.end_grant(session, person.grants[0], stamp=system())  # ending it again changes nothing
    assert queries.rights_of(session, person.id) == ()
    a_role(session, person, Role.HEAD, at="81.02")
    assert [right.role for right in queries.rights_of(session, person.id)] == [Role.HEAD]
    assert [entry.kind for entry in ledger.history(session, f"person/{person.id}")] == [
        "people.added", "people.role_granted", "people.role_ended", "people.role_granted",
    ]  # fmt: skip


def test_nobody_gives_a_role_where_they_have_no_say(session: Session) -> None:
    roster(session)
    admin, person = a_person(session, role=Role.ADMIN, at="81"), a_person(session, at="81.02")
    a_role(session, admin, Role.HEAD, at="00")  # sees the whole country
    by = stamp(session, admin)
    for at in ("00", "31"):
        with pytest.raises(Forbidden):
            a_role(session, person, Role.HEAD, at=at, by=by)


TAKING_OVER: list[Callable[[Session, Person, Stamp], None]] = [
    lambda session, boss, by: a_password(session, boss, "a long pass phrase", by=by),
    lambda session, boss, by: commands.amend(session, boss, AmendPerson(name="Other"), stamp=by),
    lambda session, boss, by: a_role(session, boss, Role.HEAD, at="81.02", by=by),
    lambda session, boss, by: commands.deactivate(session, boss, stamp=by),
    lambda session, boss, by: commands.reactivate(session, boss, stamp=by),
]


@pytest.mark.parametrize("take_over", TAKING_OVER)
def test_nobody_takes_over_an_account_with_rights_above_their_own(
    session: Session, take_over: Callable[[Session, Person, Stamp], None]
) -> None:
    roster(session)
    admin = a_person(session, role=Role.ADMIN, at="81")
    boss = a_person(session, at="81.02")
    a_role(session, boss, Role.ADMIN, at="00")
    by = stamp(session, admin)
    with pytest.raises(Forbidden):
        take_over(session, boss, by)


def test_nobody_gives_a_role_or_a_password_to_themselves(session: Session) -> None:
    roster(session)
    admin = a_person(session, role=Role.ADMIN, at="00")
    by = stamp(session, admin)
    with pytest.raises(OwnRole):
        a_role(session, admin, Role.HEAD, at="81.02", by=by)
    with pytest.raises(OwnPassword):
        a_password(session, admin, "a long pass phrase", by=by)
    a_role(session, admin, Role.HEAD, at="81.02", by=stamp(session, a_person(session, role=Role.ADMIN, at="00")))


def test_who_cannot_sign_in_has_no_password(session: Session) -> None:
    roster(session)
    holder = commands.add(session, NewPerson(name="Holder", office="81.02"), stamp=system())
    with pytest.raises(Invalid) as refused:
        a_password(session, holder, "a long pass phrase")
    assert refused.value.problems[0].pointer == "/username"


def test_what_changes_nothing_is_not_told(session: Session) -> None:
    roster(session)
    person = a_person(session, "Ani")
    before = ledger.head(session)
    commands.amend(session, person, AmendPerson(name="Ani"), stamp=system())
    commands.reactivate(session, person, stamp=system())
    assert ledger.head(session) == before
    commands.deactivate(session, person, stamp=system())
    after = ledger.head(session)
    commands.deactivate(session, person, stamp=system())
    assert ledger.head(session) == after != before


def test_a_holder_is_named_from_the_scope_and_active(session: Session) -> None:
    roster(session)
    head = stamp(session, a_person(session, role=Role.HEAD, at="81.02"))
    here, gone, elsewhere = (a_person(session, at=at) for at in ("81.02", "81.02", "81.72"))
    commands.deactivate(session, gone, stamp=system())
    assert queries.named(session, here.id, head, "person") is here
    for person in (gone, elsewhere):
        with pytest.raises(Invalid):
            queries.named(session, person.id, head, "person")
    with pytest.raises(NoSuchPerson):
        queries.by_id(session, elsewhere.id, head)
    assert here in queries.candidates(session, office(session, "81.02").id)
    assert gone not in queries.candidates(session, office(session, "81.02").id)


def test_demonstration_persons_are_known_as_such(session: Session) -> None:
    roster(session)
    a_person(session)
    assert not queries.demo_can_sign_in(session)
    asked = NewPerson(name="Demo", office="00", username="demo")
    demo = commands.add(session, asked, is_demo=True, stamp=system())
    assert not queries.demo_can_sign_in(session)
    a_password(session, demo, "a long pass phrase")
    assert queries.demo_can_sign_in(session)
    commands.deactivate(session, demo, stamp=system(NOON))
    assert not queries.demo_can_sign_in(session)
    assert queries.count(session) == 2


@pytest.mark.parametrize("kept", [None, "", "plain text", "$argon2id$broken"])
def test_nothing_that_is_no_hash_lets_anybody_in(kept: str | None) -> None:
    assert not passwords.matches("nobody has this password", kept)


def test_a_change_of_a_person_may_name_the_version_it_was_made_of(client: Client, db: Database, target: int) -> None:
    who, path = caller(db, Role.ADMIN, "81"), f"/api/v1/persons/{target}"
    tag = client.get(path, headers=who).headers["etag"]
    first = client.patch(path, json={"title": "A"}, headers=who | {"If-Match": tag})
    assert first.status_code == 200
    assert first.headers["etag"] != tag
    stale = client.patch(path, json={"title": "B"}, headers=who | {"If-Match": tag})
    assert (stale.status_code, stale.json()["type"]) == (409, "urn:assets:version-changed")
    assert client.get(path, headers=who).json()["title"] == "A"
