"""What narrows a list without loading the page again."""

import re

from playwright.sync_api import Page, expect

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests.browser.hands import sign_in, somebody
from tests.build import a_device, roster


def test_a_list_narrows_while_one_types_and_other_pages_load_no_htmx(page: Page, db: Database) -> None:
    with db.writing() as session:
        roster(session)
        wanted, other = (a_device(session).code for _ in range(2))
    somebody(db, "dewi", at="00", role=Role.LOGISTICS)
    sign_in(page, "dewi")

    opened = page.goto("/perangkat")
    assert opened
    assert opened.all_headers()["content-encoding"] == "gzip", "a browser on its own site is sent compressed pages"
    page.evaluate("window.isTheSamePage = true")
    expect(page.locator(f"#results a[href='/d/{other}']")).not_to_have_count(0)
    page.fill("input[name=q]", wanted)
    expect(page.locator(f"#results a[href='/d/{other}']")).to_have_count(0)
    expect(page.locator(f"#results a[href='/d/{wanted}']")).not_to_have_count(0)
    expect(page).to_have_url(re.compile(f"q={wanted}"))
    assert page.evaluate("window.isTheSamePage")

    page.goto("/akun")
    assert page.evaluate("typeof window.htmx") == "undefined"


def test_figures_beside_a_form_follow_what_is_chosen_in_it(page: Page, db: Database) -> None:
    """How many filters are set, how many sheets a start takes, how many devices a file would hold."""
    with db.writing() as session:
        roster(session)
        for _ in range(13):
            a_device(session, at="81.02")
    somebody(db, "dewi", at="00", role=Role.ADMIN)
    sign_in(page, "dewi")

    page.goto("/pemeriksaan?state=never")
    expect(page.locator("#filters-set")).to_have_text("1")
    page.select_option("select[name=office]", "81")
    expect(page.locator("#filters-set")).to_have_text("2")
    page.select_option("select[name=state]", "overdue")
    expect(page.locator("#results")).to_contain_text("Tidak ada yang cocok")

    page.goto("/label?way=office&office=81.02&stock=tj-121&start=1#printing")
    expect(page.locator("#sheets")).to_contain_text("2 lembar")
    page.locator("input[name=start][value='9']").check(force=True)
    expect(page.locator("#sheets")).to_contain_text("3 lembar")

    page.goto("/ekspor")
    expect(page.locator("#counted")).to_contain_text("13")
    page.select_option("select[name=office]", "73")
    expect(page.locator("#counted")).to_contain_text("0")
    with page.expect_download() as downloading:
        page.get_by_role("button", name="JSONL").click()
    assert downloading.value.path().read_text().count("\n") == 2, "a header and a trailer: what stood in the form"
