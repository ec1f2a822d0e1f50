"""A person signs in with a real browser, on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from assets_service.access.stamp import Role
from assets_service.devices.models import Device
from assets_service.inspections.models import Check
from assets_service.kernel.db import Database
from tests.browser.hands import PHONE, choose, press_main, sign_in, somebody, tell_who
from tests.build import a_device, roster
from tests.inspections.build_inspections import a_picture


def test_a_head_signs_in_and_comes_back_to_the_page_asked_for(page: Page, db: Database) -> None:
    with db.writing() as session:
        roster(session)
    somebody(db, "ani", at="81.02", role=Role.HEAD, has_password=True)
    page.goto("/akun")
    expect(page).to_have_url(re.compile(r"/masuk\?next="))
    tell_who(page, "ani")
    expect(page).to_have_url(re.compile("/akun$"))


@pytest.fixture
def device(page: Page, db: Database) -> str:
    """The code of a device whose office's head has opened the page to check it, on a phone."""
    with db.writing() as session:
        roster(session)
        code = a_device(session, at="81.02").code
    somebody(db, "ani", at="81.02", role=Role.HEAD, has_password=True)
    page.set_viewport_size(PHONE)
    sign_in(page, "ani")
    page.goto(f"/perangkat/{code}/periksa")
    choose(page, "condition", "light")
    page.fill("textarea[name=note]", "layar retak & kusam")
    return code


def checks_of(db: Database, code: str) -> list[str | None]:
    with db.reading() as session:
        return list(session.scalars(select(Check.note).join(Device).where(Device.code == code)))


def test_what_was_typed_before_the_session_ended_is_sent_after_signing_in_again(
    page: Page, db: Database, device: str
) -> None:
    page.context.clear_cookies()
    press_main(page)
    expect(page.locator(".notice.good")).to_be_visible()
    tell_who(page, "ani")
    expect(page.locator("form[action$='/periksa']")).to_be_visible()
    assert checks_of(db, device) == [], "not before it is asked for"
    press_main(page)
    expect(page).to_have_url(re.compile(f"/d/{device}$"))
    assert checks_of(db, device) == ["layar retak & kusam"]


def test_a_photo_sent_after_the_session_ended_is_sent_again_by_loading_the_page_again(
    page: Page, db: Database, device: str
) -> None:
    page.set_input_files("input[name=photos]", {"name": "1.jpg", "mimeType": "image/jpeg", "buffer": a_picture()})
    page.context.clear_cookies()
    press_main(page)
    with page.context.expect_page() as opened:
        page.locator("a[target=_blank]").click()
    tell_who(opened.value, "ani")
    expect(opened.value).to_have_url(re.compile(r"/$"))
    page.locator("[data-reload]").click()
    expect(page).to_have_url(re.compile(f"/d/{device}$"))
    assert checks_of(db, device) == ["layar retak & kusam"]
