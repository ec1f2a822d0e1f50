"""The label's page: who sees what, and what a scan writes."""

import re
from html import escape
from urllib.parse import quote, unquote

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.devices import queries as register
from assets_service.devices.models import Condition, Device, LabelCode
from assets_service.inspections import commands as inspections
from assets_service.inspections.asks import NewCheck
from assets_service.kernel.db import Database
from assets_service.ledger import queries as ledger
from assets_service.photos.reading import Picture
from tests import build
from tests.inspections.build_inspections import a_photo

Web = TestClient[Litestar]
ENGLISH = {"Cookie": "lang=en"}
RETURN = "This is state property, entrusted to Bawaslu."
FORMS = ("ubah", "penghapusan", "riwayat", "periksa", "pemeriksaan", "pemegang", "hilang")
UNKNOWN = "is not known, or its device is not one that you can see."


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


def test_somebody_of_another_office_learns_no_more_than_that_the_code_is_not_known(
    client: Web, code: str, db: Database
) -> None:
    who = as_(db, at="31.71", role=Role.HEAD)
    known, unknown = (client.get(f"/D/{each}", headers=who) for each in (code, "ZZZZZZZZ"))
    assert known.status_code == unknown.status_code == 404
    assert body_of(known.text).replace(code, "ZZZZZZZZ") == body_of(unknown.text)
    assert UNKNOWN in known.text
    assert "R9SECRET" not in known.text


@pytest.mark.parametrize("typed", ["ZZZZZZZZ", "7K3M", "%3Cb%3E"])
def test_a_mistyped_code_is_said_to_be_unknown_and_can_be_mended(
    client: Web, code: str, db: Database, typed: str
) -> None:
    """To who is signed in; how to return a device is for finders."""
    page = client.get(f"/d/{typed}", headers=as_(db, at="81.02", role=Role.HEAD))
    assert page.status_code == 404
    assert UNKNOWN in page.text
    assert f'name="kode" type="text" value="{escape(unquote(typed))}"' in page.text
    assert RETURN not in page.text
    assert f'href="/d/{quote(unquote(typed))}/temuan"' in page.text, "they may have found a device all the same"
    assert code


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


def test_a_scan_looks_the_device_up_once(client: Web, code: str, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    who = as_(db, at="81.02", role=Role.HEAD)
    client.get(f"/D/{code}", headers=who)  # the first scan writes
    by_label, asked = register.by_label, list[str]()

    def counting(session: Session, code: str, stamp: Stamp) -> Device | None:
        asked.append(code)
        return by_label(session, code, stamp)

    monkeypatch.setattr(register, "by_label", counting)
    assert "R9SECRET" in client.get(f"/D/{code}", headers=who).text
    assert asked == [code]


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
    assert UNKNOWN in client.get("/D/B1ANK000", headers=as_(db, at="81.02", role=Role.HEAD)).text
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


def test_the_page_shows_every_code_that_leads_to_the_device_and_its_latest_picture(
    client: Web, code: str, db: Database
) -> None:
    with db.writing() as session:
        device = register.by_code(session, code, build.system())
        session.add(LabelCode(code="B1ANK000", made_at=build.NOON, device_id=device.id, claimed_at=build.NOON))
        ani = build.a_person(session, at="81.02", role=Role.HEAD)
        for number, name in enumerate(("a" * 64, "b" * 64, "c" * 64)):
            at = build.stamp(session, ani, at=build.later(hours=number))
            a_photo(session, Picture(name, 640, 480, 1000), at)
            inspections.check(
                session, device, NewCheck(condition=Condition.GOOD, photos=[name][: number < 2]), stamp=at
            )
    page = client.get(f"/d/{code}", headers=as_(db, at="81.02", role=Role.HEAD)).text
    assert "B1AN K000" in page
    assert f'<img src="/berkas/kecil/{"b" * 64}.jpg"' in page, "of the newest check that has one"
    assert 'aria-label="QR of the label"' in page


def test_the_tab_names_the_device_and_the_way_back_stands_above_its_name(client: Web, code: str, db: Database) -> None:
    who = as_(db, at="81.02", role=Role.ADMIN)
    named = f"{code[:4]} {code[4:]}"
    for path in ("/d/{}", *(f"/perangkat/{{}}/{form}" for form in FORMS)):
        page = client.get(path.format(code), headers=who).text
        title = re.search("<title>(.*?)</title>", page)
        assert title is not None
        assert named in title[1], path
        assert 0 < page.index('class="crumbs"') < page.index("<h1>"), path


def test_the_history_has_the_newest_first_and_names_people(client: Web, code: str, db: Database) -> None:
    with db.writing() as session:
        device = register.by_code(session, code, build.system())
        ani = build.a_person(session, "Ani Rahail", at="81.02", role=Role.HEAD, username="kepala.8102")
        inspections.check(session, device, NewCheck(condition=Condition.GOOD), stamp=build.stamp(session, ani))
    for path in (f"/d/{code}", f"/perangkat/{code}/riwayat"):
        page = client.get(path, headers=as_(db, at="81.02", role=Role.HEAD)).text
        assert page.index("Checked on") < page.index("Registered at"), path
        assert "Ani Rahail" in page, path
        assert "kepala.8102" not in page, path
