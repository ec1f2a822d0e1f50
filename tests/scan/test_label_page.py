"""The label's page: who sees what, and what a scan writes."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.devices import queries as register
from assets_service.devices.models import LabelCode
from assets_service.kernel.db import Database
from assets_service.ledger import queries as ledger
from assets_service.ledger.stamp import Role
from tests import build

Web = TestClient[Litestar]
ENGLISH = {"Accept-Language": "en"}
RETURN = "This is state property, entrusted to Bawaslu."


@pytest.fixture
def code(db: Database) -> str:
    with db.writing() as session:
        build.roster(session)
        return build.a_device(session, at="81.02", serial="R9SECRET").code


def as_(db: Database, *, at: str, role: Role) -> dict[str, str]:
    with db.writing() as session:
        return ENGLISH | build.bearer(build.a_token(session, build.a_person(session, at=at, role=role)))


def attached(db: Database, code: str) -> bool:
    with db.reading() as session:
        return register.by_code(session, code, build.system()).label_attached_at is not None


def head(db: Database) -> int:
    with db.reading() as session:
        return ledger.head(session).seq


def body_of(text: str) -> str:
    """The page without what differs at each rendering: the form's action id and the language link's way back."""
    return "\n".join(line for line in text.splitlines() if "action_id" not in line and "/bahasa/" not in line)


@pytest.mark.parametrize("way", ["/d/", "/D/"])
def test_a_stranger_is_told_how_to_return_it_and_nothing_else(client: Web, code: str, db: Database, way: str) -> None:
    before = head(db)
    known = client.get(way + code, headers=ENGLISH)
    unknown = client.get(way + "ZZZZZZZZ", headers=ENGLISH)
    assert known.status_code == unknown.status_code == 200
    assert body_of(known.text).replace(code, "ZZZZZZZZ") == body_of(unknown.text)
    assert RETURN in known.text
    assert "R9SECRET" not in known.text
    assert head(db) == before


def test_head_is_answered_like_get_without_a_body(client: Web, code: str) -> None:
    answer = client.head(f"/d/{code}")
    assert (answer.status_code, answer.content) == (200, b"")


def test_somebody_of_another_office_learns_no_more_than_a_stranger(client: Web, code: str, db: Database) -> None:
    page = client.get(f"/D/{code}", headers=as_(db, at="31.71", role=Role.HEAD))
    assert page.status_code == 200
    assert RETURN in page.text
    assert "R9SECRET" not in page.text


@pytest.mark.parametrize(
    ("way", "at", "role", "version", "writes"),
    [
        ("/D/", "81.02", Role.HEAD, "", True),
        ("/D/", "81.02", Role.HEAD, ".1", True),
        ("/d/", "81.02", Role.HEAD, "", False),  # a link in a list
        ("/D/", "81", Role.LOGISTICS, "", False),  # not on site
        ("/D/", "81.02", Role.AUDITOR, "", False),
    ],
)
def test_the_first_scan_on_site_says_that_the_label_is_on_the_device(
    client: Web, code: str, db: Database, way: str, at: str, role: Role, version: str, writes: bool
) -> None:
    page = client.get(f"{way}{code}{version}", headers=as_(db, at=at, role=role))
    assert page.status_code == 200
    assert "R9SECRET" in page.text
    assert attached(db, code) is writes


@pytest.mark.parametrize("header", [{"Sec-Purpose": "prefetch"}, {"Sec-Fetch-Dest": "image"}])
def test_a_browser_fetching_by_itself_scans_nothing(
    client: Web, code: str, db: Database, header: dict[str, str]
) -> None:
    client.get(f"/D/{code}", headers=as_(db, at="81.02", role=Role.HEAD) | header)
    assert not attached(db, code)


def test_an_old_label_still_finds_the_device_and_says_that_it_is_old(client: Web, code: str, db: Database) -> None:
    with db.writing() as session:
        register.by_code(session, code, build.system()).label_version = 2
    who = as_(db, at="81.02", role=Role.HEAD)
    old, new, link = (client.get(way, headers=who).text for way in (f"/D/{code}", f"/D/{code}.2", f"/d/{code}"))
    assert "This is an old label." in old
    assert "This is an old label." not in new
    assert "This is an old label." not in link


def test_a_blank_label_asks_logistics_what_it_is_on(client: Web, code: str, db: Database) -> None:
    with db.writing() as session:
        session.add(LabelCode(code="B1ANK000", made_at=build.NOON))
    assert "A blank label" in client.get("/D/B1ANK000", headers=as_(db, at="00", role=Role.LOGISTICS)).text
    assert RETURN in client.get("/D/B1ANK000", headers=as_(db, at="81.02", role=Role.HEAD)).text
    assert RETURN in client.get("/D/B1ANK000", headers=ENGLISH).text
    assert code


@pytest.mark.parametrize(
    ("typed", "leads_to"),
    [
        ("{code}", "/d/{code}"),
        (" {lower} ", "/d/{code}"),
        ("R9SECRET", "/d/{code}"),
        ("HTTPS://OLD.HOST/D/{code}", "/D/{code}"),
        ("https://old.host/d/{lower}.2", "/D/{code}.2"),
    ],
)
def test_what_is_typed_or_gun_scanned_leads_to_the_device(
    client: Web, code: str, db: Database, typed: str, leads_to: str
) -> None:
    who = as_(db, at="81.02", role=Role.HEAD)
    kode = typed.format(code=code, lower=code.lower())
    answer = client.get("/pindai", params={"kode": kode}, headers=who, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == leads_to.format(code=code)


def test_what_is_not_found_stays_in_the_field(client: Web, code: str, db: Database) -> None:
    who = as_(db, at="81.02", role=Role.HEAD)
    answer = client.get("/pindai", params={"kode": "no such thing"}, headers=who)
    assert answer.status_code == 404
    assert 'value="no such thing"' in answer.text
    assert code


def test_scanning_needs_a_sign_in_and_comes_back_after_it(client: Web) -> None:
    answer = client.get("/pindai?kode=7K3M9QWX", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/masuk?next=/pindai%3Fkode%3D7K3M9QWX"


def test_the_holding_office_is_told_that_a_finder_wrote(client: Web, code: str, db: Database) -> None:
    message = {"message": "Ada di pasar", "contact": "0812"}
    assert client.post(f"/d/{code}/temuan", data=message, headers={"Sec-Fetch-Site": "same-origin"}).status_code < 400
    told = "1 finder has written about this device."
    assert told in client.get(f"/d/{code}", headers=as_(db, at="81.02", role=Role.HEAD)).text
    assert told not in client.get(f"/d/{code}", headers=as_(db, at="00", role=Role.AUDITOR)).text
    assert told not in client.get(f"/d/{code}", headers=ENGLISH).text
