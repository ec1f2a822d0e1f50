"""Back after a refused form leads to the form as it was refused, never to the browser's own error page."""

import re

import pytest
from playwright.sync_api import Page, expect

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests import build
from tests.browser.hands import PASSWORD, press_main, sign_in, somebody, tell_who


@pytest.fixture(autouse=True)
def _rahma(db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
    somebody(db, "rahma", at="00", role=Role.ADMIN, has_password=True)


def go_and_come_back(page: Page) -> None:
    page.locator(".brand").click()
    page.wait_for_load_state()
    page.go_back()


@pytest.mark.parametrize(
    ("form", "field", "typed"),
    [
        ("/perangkat/baru", "imei1", "12"),
        ("/orang/baru", "nip", "12"),
        ("/impor", "", ""),
    ],
)
def test_a_refused_form_is_there_again(page: Page, form: str, field: str, typed: str) -> None:
    sign_in(page, "rahma")
    page.goto(form)
    page.evaluate("document.querySelector('main form').noValidate = true")
    if field:
        page.fill(f"[name={field}]", typed)
    press_main(page)
    expect(page.locator(".problems")).to_be_visible()
    go_and_come_back(page)
    expect(page.locator(".problems")).to_be_visible()
    if field:
        expect(page.locator(f"[name={field}]")).to_have_value(typed)
    page.reload()
    expect(page.locator(".problems")).to_be_visible()


def test_a_wrong_password_is_gone_back_to_after_the_right_one(page: Page) -> None:
    page.goto("/masuk")
    page.fill("input[name=username]", "rahma")
    page.fill("input[name=password]", PASSWORD + "!")
    page.press("input[name=password]", "Enter")
    expect(page.locator(".problems")).to_be_visible()
    tell_who(page, "rahma")
    expect(page).to_have_url(re.compile(r"/$"))
    page.go_back()
    expect(page.locator("input[name=username]")).to_have_value("rahma")


def test_a_form_whose_session_had_ended_is_gone_back_to(page: Page) -> None:
    sign_in(page, "rahma")
    page.goto("/perangkat/baru")
    page.context.clear_cookies()
    page.evaluate("document.querySelector('main form').noValidate = true")
    press_main(page)
    expect(page.locator("input[name=password]")).to_be_visible()
    page.locator(".brand").click()
    expect(page).to_have_url(re.compile("/masuk"))
    page.go_back()
    expect(page.locator("input[name=carried]")).to_have_count(1)
