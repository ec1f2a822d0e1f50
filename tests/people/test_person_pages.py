"""Persons and one's own account as pages."""

import re
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.ledger import queries as ledger
from assets_service.people import commands, queries
from assets_service.people.asks import AmendPerson
from tests.build import COOKIE, a_password, a_person, a_role, roster, system
from tests.people.build_people import browser

Client = TestClient[Litestar]
PASSWORD = "a long pass phrase"


@pytest.fixture
def target(db: Database) -> int:
    with db.writing() as session:
        roster(session)
        person = a_person(session, "Rahanyamtel", at="81.02", role=Role.HEAD, username="target")
        a_password(session, person, PASSWORD)
        return person.id


def send(client: Client, path: str, who: dict[str, str], **fields: str) -> tuple[int, str, str]:
    """Status, where to, and what the page says."""
    reply = client.post(path, data=fields | {"action_id": str(uuid4())}, headers=who, follow_redirects=False)
    return reply.status_code, reply.headers.get("location", ""), reply.text


def test_who_reads_which_page(client: Client, db: Database, target: int) -> None:
    pages = ("/orang", "/orang/baru", f"/orang/{target}", "/akun")
    for (role, at), said in {
        (Role.ADMIN, "00"): (200, 200, 200, 200),
        (Role.ADMIN, "31"): (200, 200, 404, 200),
        (Role.HEAD, "81.02"): (200, 403, 200, 200),
        (Role.AUDITOR, "00"): (200, 403, 200, 200),
        (None, "81.72"): (200, 403, 404, 200),
    }.items():
        who = browser(db, role, at)
        replies = [client.get(page, headers=who) for page in pages]
        assert tuple(reply.status_code for reply in replies) == said, (role, at)
        if said[2] == 404:
            assert not any("Rahanyamtel" in reply.text for reply in replies), (role, at)


def test_only_who_may_change_a_person_is_shown_how(client: Client, db: Database, target: int) -> None:
    for role, may in ((Role.ADMIN, True), (Role.HEAD, False), (Role.AUDITOR, False)):
        shown = client.get(f"/orang/{target}", headers=browser(db, role, "81")).text
        assert (f'action="/orang/{target}/sandi"' in shown, "/akhir" in shown) == (may, may), role


def test_a_person_goes_the_whole_way(client: Client, db: Database, target: int) -> None:
    del target
    who = browser(db, Role.ADMIN, "81")
    status, to, _ = send(
        client, "/orang/baru", who, name="Budi", office="81.72", username="budi", password=PASSWORD, role="head"
    )
    assert status == 303
    assert client.get(to, headers=who).status_code == 200
    assert client.get("/orang?q=bud", headers=who).text.count("Budi") >= 1
    assert send(client, to, who, name="Budi R", title="Ketua", nip="")[:2] == (303, to)
    assert send(client, f"{to}/peran", who, role="logistics", office="81.72")[:2] == (303, to)
    person = int(to.rsplit("/", 1)[1])
    with db.reading() as session:
        grants = {grant.role: grant.id for grant in queries.by_id(session, person, system()).grants}
    assert send(client, f"{to}/peran/{grants[Role.HEAD]}/akhir", who)[:2] == (303, to)
    assert send(client, f"{to}/sandi", who, password="another pass phrase")[:2] == (303, to)
    assert send(client, f"{to}/penonaktifan", who)[:2] == (303, to)
    assert send(client, f"{to}/pengaktifan", who)[:2] == (303, to)
    with db.reading() as session:
        budi = queries.by_id(session, person, system())
        told = [entry.kind.removeprefix("people.") for entry in ledger.history(session, f"person/{person}")]
    assert (budi.name, budi.title, budi.nip, budi.is_active) == ("Budi R", "Ketua", None, True)
    assert told == [
        "added", "role_granted", "password_changed", "amended", "role_granted", "role_ended", "password_changed",
        "deactivated", "reactivated",
    ]  # fmt: skip


def test_a_refused_form_keeps_what_was_typed_and_names_each_field(client: Client, db: Database, target: int) -> None:
    del target
    who = browser(db, Role.ADMIN, "81")
    status, _, shown = send(
        client, "/orang/baru", who, name="Budi <b>", office="81.72", username="b", nip="12", password="secret"
    )
    assert status == 400
    assert 'value="Budi &lt;b&gt;"' in shown
    assert re.search(r'<option value="81.72" selected>', shown)
    assert {
        field for field in ("name", "office", "username", "nip", "password") if f'id="f-{field}-problem"' in shown
    } == {"username", "nip", "password"}
    assert "secret" not in shown
    status, _, shown = send(client, "/orang/baru", who, name="Budi", office="81.72", username="TARGET")
    assert (status, 'value="TARGET"' in shown) == (409, True)


def test_refusals_come_on_the_persons_own_page(client: Client, db: Database, target: int) -> None:
    who = browser(db, Role.ADMIN, "81")
    said = {
        "name": send(client, f"/orang/{target}", who, name=""),
        "version": send(client, f"/orang/{target}", who, name="B", version='"9"'),
        "auditor": send(client, f"/orang/{target}/peran", who, role="auditor", office="81.02"),
        "elsewhere": send(client, f"/orang/{target}/peran", who, role="head", office="31"),
        "no role": send(client, f"/orang/{target}/peran", who, office="81.02"),
        "grant": send(client, f"/orang/{target}/peran/999/akhir", who),
        "password": send(client, f"/orang/{target}/sandi", who, password="short"),
    }
    assert {what: status for what, (status, _, _) in said.items()} == {
        "name": 400, "version": 409, "auditor": 409, "elsewhere": 400, "no role": 400, "grant": 404, "password": 400,
    }  # fmt: skip
    assert all("Rahanyamtel" in shown for _, _, shown in said.values())


def test_nobody_changes_a_person_out_of_sight(client: Client, db: Database, target: int) -> None:
    who = browser(db, Role.ADMIN, "31")
    with db.reading() as session:
        before = ledger.head(session)
    for path in ("", "/peran", "/peran/1/akhir", "/sandi", "/penonaktifan", "/pengaktifan"):
        status, _, shown = send(
            client, f"/orang/{target}{path}", who, name="A", role="head", office="31", password=PASSWORD
        )
        assert (status, "Rahanyamtel" in shown) == (404, False), path
    with db.reading() as session:
        assert ledger.head(session) == before


def test_who_would_take_over_a_greater_account_is_told(client: Client, db: Database, target: int) -> None:
    with db.writing() as session:
        boss = queries.by_id(session, target, system())
        a_role(session, boss, Role.ADMIN, at="00")
    who = browser(db, Role.ADMIN, "81")
    for path in ("/penonaktifan", "/pengaktifan"):
        assert send(client, f"/orang/{target}{path}", who)[0] == 403, path
    assert send(client, f"/orang/{target}", who, name="Other")[0] == 403
    assert send(client, f"/orang/{target}/peran", who, role="logistics", office="81.02")[0] == 403
    shown = client.get(f"/orang/{target}", headers=who).text
    assert ("/sandi" in shown, f"/orang/{target}/peran" in shown) == (False, False)


def test_ones_own_page_offers_neither_a_role_nor_a_password_to_set(client: Client, db: Database) -> None:
    with db.writing() as session:
        roster(session)
    who = browser(db, Role.ADMIN, "00")
    myself = client.get("/api/v1/me", headers=who).json()["id"]
    shown = client.get(f"/orang/{myself}", headers=who).text
    assert ('href="/akun"' in shown, f'"/orang/{myself}/peran"' in shown, "/sandi" in shown) == (True, False, False)
    assert send(client, f"/orang/{myself}/peran", who, role="head", office="81.02")[0] == 403


def test_ones_own_password(client: Client, target: int) -> None:
    del target
    reply = client.post(
        "/masuk",
        data={"username": "target", "password": PASSWORD},
        headers={"Sec-Fetch-Site": "same-origin"},
        follow_redirects=False,
    )
    client.cookies.clear()
    cookie = next(one for one in reply.headers.get_list("set-cookie") if one.startswith(f"{COOKIE}="))
    who = {"Cookie": cookie.split(";")[0], "Sec-Fetch-Site": "same-origin"}
    wrong = send(client, "/akun/sandi", who, current_password="not this", password="another pass phrase")
    assert (wrong[0], 'id="f-current_password-problem"' in wrong[2]) == (400, True)
    assert send(client, "/akun/sandi", who, current_password=PASSWORD, password="another pass phrase")[:2] == (
        303,
        "/masuk",
    )
    client.cookies.clear()
    assert client.get("/akun", headers=who, follow_redirects=False).status_code == 303


def test_whoever_is_signed_in_need_not_sign_in(client: Client, db: Database, target: int) -> None:
    del target
    who = browser(db, Role.HEAD, "81.02")
    reply = client.get("/masuk?next=/perangkat", headers=who, follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (303, "/perangkat")


def test_nothing_in_a_name_runs(client: Client, db: Database, target: int) -> None:
    del target
    evil = "<script>alert(1)</script>{{7*7}}"
    with db.writing() as session:
        person = a_person(session, evil, at="81.02", username="evil")
        commands.amend(session, person, AmendPerson(title='"><img src=x onerror=alert(1)>'), stamp=system())
        person_id = person.id
    who = browser(db, Role.ADMIN, "00")
    for path in ("/orang", f"/orang/{person_id}", "/orang?q=" + "%3Cscript%3E"):
        shown = client.get(path, headers=who).text
        assert "<script>alert" not in shown, path
        assert "<img src=x" not in shown, path
        assert "{{7*7}}" in shown or path.endswith("3E"), path
