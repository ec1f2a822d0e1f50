"""One device the whole way, through the pages, in a real browser: a phone in Tual, a desk in Jakarta."""

import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from assets_service.access.stamp import Role
from assets_service.exports.verify import verify_file
from assets_service.kernel.db import Database
from assets_service.ledger.queries import verify
from tests import build
from tests.browser.hands import DESK, PHONE, choose, press_main, sign, sign_in, somebody


def test_one_device_goes_the_whole_way_through_the_pages(page: Page, db: Database, tmp_path: Path) -> None:
    with db.writing() as session:
        build.roster(session)
    somebody(db, "dedi", at="00", role=Role.LOGISTICS)
    somebody(db, "yosefina", at="81.02", role=Role.HEAD)
    somebody(db, "bambang", at="00", role=Role.AUDITOR)
    imei = build.an_imei()

    # registered, at a desk; a wrong IMEI keeps what was typed
    page.set_viewport_size(DESK)
    sign_in(page, "dedi")
    page.goto("/perangkat/baru")
    choose(page, "kind", "smartphone")
    page.fill("input[name=brand]", "Samsung")
    page.fill("input[name=model]", "Galaxy A15")
    page.fill("input[name=serial]", "R5CX10")
    page.fill("input[name=imei1]", imei[:-1] + str((int(imei[-1]) + 1) % 10))
    press_main(page)
    expect(page.locator("#f-imei1-problem")).to_be_visible()
    expect(page.locator("input[name=serial]")).to_have_value("R5CX10")
    page.fill("input[name=imei1]", imei)
    press_main(page)
    expect(page).to_have_url(re.compile(r"/d/[0-9A-Z]{8}$"))
    code = page.url[-8:]

    # found by what a gun or a thumb types
    page.goto("/pindai")
    page.locator("input[name=kode]").fill(imei)
    page.locator("input[name=kode]").press("Enter")
    expect(page).to_have_url(re.compile(f"/d/{code}$"))

    # its label, by the one next step
    page.locator(".acts.next a.main").click()
    expect(page.locator("#preview img")).to_be_visible()
    press_main(page)
    expect(page).to_have_url(re.compile(r"/label/cetak/\d+$"))

    # sent, by the next one
    page.goto(f"/d/{code}")
    page.locator(".acts.next a.main").click()
    expect(page.locator("textarea[name=devices]")).to_have_value(re.compile(code))
    page.select_option("select[name=to_office]", "81.02")
    page.locator("button[name=send][value=true]").click()
    expect(page).to_have_url(re.compile(r"/pengiriman/\d+$"))

    # confirmed on arrival, on a phone, by the receiver
    page.set_viewport_size(PHONE)
    sign_in(page, "yosefina")
    page.goto(f"/D/{code}")
    page.locator(".acts.next a.main").click()
    expect(page).to_have_url(re.compile(r"/terima"))
    choose(page, f"lines.{code}.outcome", "received")
    press_main(page)
    expect(page.locator("h1")).to_have_text("Sudah benar?")
    sign(page)
    press_main(page)
    expect(page.locator(".notice.good").first).to_be_visible()

    # checked, with a photo, by the next step; held
    photo = tmp_path / "layar.jpg"
    Image.new("RGB", (800, 600), "teal").save(photo)
    page.goto(f"/D/{code}")
    page.locator(".acts.next a.main").click()
    expect(page).to_have_url(re.compile("/periksa$"))
    choose(page, "identity_matches", "true")
    choose(page, "label_present", "true")
    choose(page, "condition", "good")
    page.set_input_files("input[name=photo_device]", photo)
    press_main(page)
    expect(page).to_have_url(re.compile(f"/d/{code}$"))
    page.goto(f"/d/{code}")
    page.locator(".acts.next a.main").click()
    expect(page).to_have_url(re.compile("/pemegang$"))
    page.locator("label:has(input[name=person])").first.click()
    press_main(page)
    expect(page).to_have_url(re.compile(f"/d/{code}"))
    expect(page.locator("a.flag")).to_have_count(1)  # only: not in the state property books yet

    # exported and proven, at the auditor's desk
    page.set_viewport_size(DESK)
    sign_in(page, "bambang")
    page.goto("/tanda")
    expect(page.locator("main")).to_be_visible()
    page.goto("/ekspor")
    with page.expect_download() as taken:
        page.locator("[formaction$='inventaris.xlsx']").click()
    inventory = tmp_path / "inventaris.xlsx"
    taken.value.save_as(inventory)
    assert verify_file(inventory).holds
    page.goto("/ledger/periksa")
    expect(page.locator(".notice.good")).to_be_visible()
    with db.reading() as session:
        assert verify(session).broken is None


def test_every_page_fits_a_phone_and_a_desk_in_both_languages(page: Page, db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
        code = build.a_device(session).code
    somebody(db, "rahma", at="00", role=Role.ADMIN)
    sign_in(page, "rahma")
    for path in (
        "/", "/pindai", f"/d/{code}", "/perangkat", "/perangkat/baru", f"/perangkat/{code}/riwayat", "/pengiriman",
        "/pengiriman/baru", "/pemeriksaan", f"/perangkat/{code}/periksa", "/tanda", "/tanda/overdue", "/kantor", "/kantor/81",
        "/label", "/impor", "/ekspor", "/ledger", "/orang", "/akun",
    ):  # fmt: skip
        for language, size in (("id", PHONE), ("en", DESK)):
            page.set_viewport_size(size)
            page.goto(f"/bahasa/{language}?back={path}")
            expect(page.locator("html")).to_have_attribute("lang", language)
            expect(page.locator("h1")).to_be_visible()
            wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wider <= 0, f"{path} is {wider} px too wide at {size['width']} px"
