"""Sending an office more than its share is allowed, and never unnoticed."""

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.custody.models import LineState
from assets_service.devices.models import Kind
from assets_service.kernel.db import Database
from tests import build
from tests.custody.build_custody import RECEIVER, a_box, both, confirm
from tests.people.build_people import browser
from tests.programmes.build_programmes import a_programme

Client = TestClient[Litestar]


@pytest.fixture
def store(db: Database) -> list[str]:
    """Three tablets in the store, of which Maluku Tenggara is to get one; it has none yet."""
    with db.writing() as session:
        build.roster(session)
        a_programme(session)
        return [build.a_device(session, kind=Kind.TABLET, programme="PPID-2024").code for _ in range(3)]


def beyond(number: int, sending: int) -> list[dict[str, object]]:
    told = {"programme": "PPID-2024", "kind": "tablet", "entitled": 1, "sending": sending, "beyond": number}
    return [told] if number else []


@pytest.mark.parametrize(("sent", "more"), [(1, 0), (2, 1), (3, 2)])
@pytest.mark.parametrize("send", [True, False])
def test_the_answer_to_a_program_warns(
    client: Client, db: Database, store: list[str], sent: int, more: int, *, send: bool
) -> None:
    with db.writing() as session:
        logistics = build.bearer(build.a_token(session, build.a_person(session, role=Role.LOGISTICS)))
    body = {"to_office": RECEIVER, "devices": store[:sent], "send": send}
    made = client.post("/api/v1/shipments", json=body, headers=logistics)
    assert (made.status_code, made.json()["beyond_share"]) == (201, beyond(more, sent))
    again = client.get(f"/api/v1/shipments/{made.json()['id']}", headers=logistics).json()
    assert again["beyond_share"] == beyond(more, sent)


def test_what_the_office_has_and_what_is_on_its_way_count_and_what_has_ended_warns_nobody(
    client: Client, db: Database
) -> None:
    with db.writing() as session:
        who = both(session)
        a_programme(session)
        has, coming, next_one = (build.a_device(session, kind=Kind.TABLET, programme="PPID-2024") for _ in range(3))
        of_none = build.a_device(session, kind=Kind.TABLET)
        first = a_box(session, [has], who.sender)
        confirm(session, first, who.receiver, **{has.code: LineState.RECEIVED})
        second = a_box(session, [coming], who.sender)
        third = a_box(session, [next_one], who.sender, send=False)
        other = a_box(session, [of_none], who.sender)
        numbers = [first.id, second.id, third.id, other.id]
        head = build.bearer(build.a_token(session, who.head))
        logistics = build.bearer(build.a_token(session, build.a_person(session, role=Role.LOGISTICS)))
    told = [client.get(f"/api/v1/shipments/{id_}", headers=logistics).json()["beyond_share"] for id_ in numbers]
    assert told == [[], beyond(1, 1), beyond(1, 1), []]
    assert client.get(f"/api/v1/shipments/{second.id}", headers=head).json()["beyond_share"] == beyond(1, 1)


def test_a_page_asks_once_and_keeps_what_was_typed(client: Client, db: Database, store: list[str]) -> None:
    who = browser(db, Role.LOGISTICS, "00")
    form = {"to_office": "81.02 Maluku Tenggara", "devices": "\n".join(store), "purpose": "Distribusi", "send": "true"}
    who["Cookie"] += "; lang=en"
    asked = client.post("/pengiriman/baru", data=form, headers=who)
    assert asked.status_code == 409
    assert "Tablets: 2 of 3 are more than its share of 1 (PPID-2024)." in asked.text
    assert 'name="beyond_share"' in asked.text
    assert "Distribusi" in asked.text
    sent = client.post("/pengiriman/baru", data=form | {"beyond_share": "true"}, headers=who, follow_redirects=False)
    assert sent.status_code == 303
    page = client.get(sent.headers["location"], headers=who).text
    assert "Tablets: 2 of 3 are more than its share of 1 (PPID-2024)." in page


@pytest.mark.parametrize(("number", "send"), [(1, "true"), (3, "false")])
def test_a_page_asks_nothing_of_a_share_and_of_a_draft(
    client: Client, db: Database, store: list[str], number: int, send: str
) -> None:
    who = browser(db, Role.LOGISTICS, "00")
    form = {"to_office": RECEIVER, "devices": "\n".join(store[:number]), "send": send}
    who["Cookie"] += "; lang=en"
    made = client.post("/pengiriman/baru", data=form, headers=who, follow_redirects=False)
    assert made.status_code == 303
    page = client.get(made.headers["location"], headers=who).text
    assert bool(re.search("are more than its share", page)) is (number > 1)


def test_the_same_form_sent_again_is_answered_as_before(client: Client, db: Database, store: list[str]) -> None:
    who = browser(db, Role.LOGISTICS, "00")
    form = {"to_office": RECEIVER, "devices": store[0], "send": "true", "action_id": build.system().action_id}
    first, second = (client.post("/pengiriman/baru", data=form, headers=who, follow_redirects=False) for _ in "12")
    assert first.headers["location"] == second.headers["location"]
