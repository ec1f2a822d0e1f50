"""A form comes back to a phone with what is wrong with it."""

from playwright.sync_api import Page, expect

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests import build
from tests.browser.hands import PHONE, press_main, sign_in, somebody


def test_the_list_of_problems_names_each_field_and_leads_to_it(page: Page, db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
    somebody(db, "dewi", at="00", role=Role.LOGISTICS)
    page.set_viewport_size(PHONE)
    sign_in(page, "dewi")
    page.goto("/perangkat/baru")
    page.evaluate("document.querySelector('main form').noValidate = true")
    page.fill("input[name=imei1]", "12")
    press_main(page)

    problems = page.locator(".problems")
    expect(problems).to_be_focused()
    for named in ("Jenis: ", "Merek: ", "Tipe: ", "Nomor seri: ", "IMEI 1: "):
        expect(problems.locator("a", has_text=named)).to_have_count(1)
    problems.locator("a", has_text="Nomor seri: ").click()
    expect(page.locator("input[name=serial]")).to_be_in_viewport()
