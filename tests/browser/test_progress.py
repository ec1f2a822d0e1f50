"""A file on its way says how far it is, and the form it came from stays readable."""

import re

import pytest
from playwright.sync_api import Page, expect

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests import build
from tests.browser.hands import press_main, sign_in, somebody

pytestmark = pytest.mark.page_alone

ROWS = "".join(f"tablet,Samsung,A9,UJI{number:05},81\n" for number in range(1500))


def test_an_upload_and_an_export_say_how_far_they_are(page: Page, db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
        build.a_device(session)
    somebody(db, "dewi", at="00", role=Role.LOGISTICS)
    sign_in(page, "dewi")
    page.goto("/impor")
    table = f"jenis,merek,tipe,nomor seri,kode kantor\n{ROWS}".encode()
    page.set_input_files("input[name=file]", {"name": "a.csv", "mimeType": "text/csv", "buffer": table})
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    line = {"offline": False, "latency": 20, "downloadThroughput": 400_000, "uploadThroughput": 60_000}
    slow.send("Network.emulateNetworkConditions", line)
    press_main(page)
    expect(page.locator(".progressing")).to_have_text(re.compile(r"Mengirim: [1-9]\d? %"))
    assert page.locator("main form").evaluate("form => getComputedStyle(form).opacity") == "1"
    expect(page.locator("h1")).to_have_text("Berkas sudah benar")

    page.goto("/ekspor")
    with page.expect_download() as taken:
        page.locator("[formaction$='inventaris.csv']").click()
    assert taken.value.suggested_filename.startswith("inventaris-")
    expect(page.locator(".progressing")).to_have_text("Berkas sudah diunduh: 100 %")
