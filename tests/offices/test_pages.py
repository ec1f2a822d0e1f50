"""Offices as pages, with their coverage, and the programmes behind it."""

from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.ledger import queries as ledger
from tests.build import NOON, a_device, office, roster
from tests.people.build_people import browser
from tests.programmes.build_programmes import a_programme

Client = TestClient[Litestar]


@pytest.fixture
def country(db: Database) -> Database:
    with db.writing() as session:
        roster(session)
        a_programme(session)
        a_device(session, at="81.02", programme="PPID-2024").received_at = NOON
    return db


def send(client: Client, path: str, who: dict[str, str], **fields: str) -> tuple[int, str, str]:
    reply = client.post(path, data=fields | {"action_id": str(uuid4())}, headers=who, follow_redirects=False)
    return reply.status_code, reply.headers.get("location", ""), reply.text


def linked(text: str) -> set[str]:
    """Offices that the main part of a page links to."""
    body = text[text.index("<main") :]
    return {part.split('"')[0].split("?")[0] for part in body.split('href="/kantor/')[1:]}


@pytest.mark.parametrize(
    ("at", "query", "shown"),
    [
        ("00", "", {"00", "31", "62", "73", "81"}),
        ("81", "", {"81", "81.02", "81.72"}),
        ("81.02", "", {"81.02"}),
        ("00", "?q=palangkaraya", {"62.71"}),
        ("00", "?q=81.02", {"81.02"}),
        ("00", "?q=nowhere", set()),
        ("81", "?q=palangkaraya", set()),
        ("00", "?q=&program=PPID-2024", {"00", "31", "62", "73", "81"}),
    ],
)
def test_the_list_shows_the_top_of_the_scope_or_what_was_searched(
    client: Client, country: Database, at: str, query: str, shown: set[str]
) -> None:
    page = client.get(f"/kantor{query}", headers=browser(country, Role.HEAD, at))
    assert (page.status_code, linked(page.text)) == (200, shown)


def test_an_office_shows_what_it_is_entitled_to_and_what_came(client: Client, country: Database) -> None:
    text = client.get("/kantor/81.02", headers=browser(country, Role.AUDITOR, "00", lang="en")).text
    assert "1 received, 1 registered, 1 entitled" in text
    assert "0 received, 0 registered, 1 entitled" in text
    assert "Galaxy A15" in text
    above = client.get("/kantor/81", headers=browser(country, Role.AUDITOR, "00")).text
    assert {"81.02", "81.72", "00"} <= linked(above)
    assert "Galaxy A15" not in above


@pytest.mark.parametrize(
    ("role", "at", "read", "amend"),
    [
        (Role.ADMIN, "81", 200, 200),
        (Role.ADMIN, "31", 404, 404),
        (Role.LOGISTICS, "81.02", 200, 403),
        (Role.HEAD, "81.72", 404, 403),
        (Role.AUDITOR, "00", 200, 403),
    ],
)
def test_who_reads_and_who_mends_an_office(
    client: Client, country: Database, role: Role, at: str, read: int, amend: int
) -> None:
    who = browser(country, role, at)
    shown = client.get("/kantor/81.02", headers=who)
    assert shown.status_code == read
    assert ("/kantor/81.02/ubah" in shown.text) is (amend == 200)
    form = client.get("/kantor/81.02/ubah", headers=who)
    assert form.status_code == amend
    for page in (shown, form):
        assert page.status_code == 200 or "Maluku Tenggara" not in page.text
    names = {"name": "Kei", "office_name": "Bawaslu Kei"}
    assert send(client, "/kantor/81.02/ubah", who, **names)[0] == (303 if amend == 200 else amend)


def test_an_office_is_mended_once_per_version(client: Client, country: Database) -> None:
    who = browser(country, Role.ADMIN, "81")
    form = {"name": "Kei", "office_name": "Bawaslu Kei", "head_name": "Siti", "version": '"1"'}
    assert send(client, "/kantor/81.02/ubah", who, **form)[:2] == (303, "/kantor/81.02")
    status, _, shown = send(client, "/kantor/81.02/ubah", who, **form | {"head_name": "Budi"})
    assert (status, 'value="Budi"' in shown) == (409, True)
    assert "&#34;2&#34;" in shown  # sent again, it is a change of what is there now
    assert send(client, "/kantor/81.02/ubah", who, **form | {"head_name": "", "version": '"2"'})[0] == 303
    with country.reading() as session:
        assert office(session, "81.02").head_name is None


def test_a_bad_field_of_an_office_is_named_and_the_rest_kept(client: Client, country: Database) -> None:
    who = browser(country, Role.ADMIN, "81")
    status, _, shown = send(client, "/kantor/81.02/ubah", who, name="Kei", office_name="", uakpb="12")
    assert status == 400
    assert 'id="f-office_name-problem"' in shown
    assert 'id="f-uakpb-problem"' in shown
    assert 'value="Kei"' in shown


# Programmes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "at", "status"),
    [(Role.ADMIN, "00", 303), (Role.ADMIN, "81", 403), (Role.LOGISTICS, "00", 403), (Role.AUDITOR, "00", 403)],
)
def test_the_national_office_sets_what_others_are_entitled_to(
    client: Client, country: Database, role: Role, at: str, status: int
) -> None:
    who = browser(country, role, at)
    shown = client.get("/program", headers=who)
    assert shown.status_code == 200
    assert ('action="/program"' in shown.text) is (status == 303)
    assert send(client, "/program", who, code="PPID-2026", name="Baru")[0] == status
    assert send(client, "/program/PPID-2024", who, **{"tablet.ri": "2", "smartphone.kota": ""})[0] == status
    with country.reading() as session:
        assert ledger.count(session, "programme/PPID-2024") == 2 + (status == 303)


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/program", {"code": "PPID-2024", "name": "Lagi"}, 409),
        ("/program", {"code": "a b", "name": ""}, 400),
        ("/program/nope", {"tablet.ri": "1"}, 404),
        ("/program/PPID-2024", {"tablet.ri": "many"}, 400),
        ("/program/PPID-2024", {"tablet.ri": "1001"}, 400),
        ("/program/PPID-2024", {"tablet.ri": "-1"}, 400),
    ],
)
def test_what_a_programme_cannot_be_is_said_on_its_page(
    client: Client, country: Database, path: str, fields: dict[str, str], status: int
) -> None:
    refused = send(client, path, browser(country, Role.ADMIN, "00"), **fields)
    assert (refused[0], "PPID-2024" in refused[2]) == (status, True)
