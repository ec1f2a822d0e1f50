"""What is printed: a shipment as one packing slip, of the label page its sheet alone; and who is offered to print."""

from io import BytesIO
from typing import Any

import pypdf
import pytest
from playwright.sync_api import Page, expect

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests import build
from tests.browser.hands import sign_in, somebody, wait_until
from tests.custody.build_custody import a_box
from tests.labelling.build_labelling import addresses_in

pytestmark = pytest.mark.page_alone

BOOKED: dict[str, Any] = {"kode_barang": "3100102009", "nup": 17, "uakpb": "115010000000000000AA"}


@pytest.fixture
def box(page: Page, db: Database) -> tuple[int, str]:
    """The number of a shipment of eight devices, and the IMEI of the first of them."""
    with db.writing() as session:
        build.roster(session)
        sender = build.stamp(session, build.a_person(session, at="00", role=Role.LOGISTICS))
        devices = [build.a_device(session, **(BOOKED if number == 0 else {})) for number in range(8)]
        made = a_box(session, devices, sender, accessories=["charger", "cable"]).id, devices[0].imei1 or ""
    somebody(db, "dewi", at="00", role=Role.LOGISTICS)
    sign_in(page, "dewi")
    return made


def printed(page: Page) -> pypdf.PdfReader:
    return pypdf.PdfReader(BytesIO(page.pdf(format="A4")))


def test_a_shipment_is_one_packing_slip(page: Page, box: tuple[int, str]) -> None:
    number, imei = box
    page.goto(f"/pengiriman/{number}")
    (sheet,) = printed(page).pages
    text = " ".join(sheet.extract_text().split())
    for wanted in (f"{imei[:8]} {imei[8:14]} {imei[14:]}", "3.10.01.02.009 · 17", "Tanda tangan", "Pengisi daya"):
        assert wanted in text
    for unwanted in ("Batalkan pengiriman", "Menunggu konfirmasi", "Hari ini"):
        assert unwanted not in text
    assert addresses_in(page.pdf(format="A4")) == [f"{page.url}"]


def test_of_the_label_page_only_the_sheet_is_printed(page: Page, box: tuple[int, str]) -> None:
    del box
    page.goto("/label?way=office&office=00&stock=l7160")
    expect(page.locator("#preview img")).to_be_visible()
    wait_until(page, "document.querySelector('#preview img').complete")
    (sheet,) = printed(page).pages
    assert sheet.extract_text().strip() == ""
    assert len(addresses_in(page.pdf(format="A4"))) == 8


def test_to_print_is_offered_where_a_script_can_do_it(page: Page, box: tuple[int, str]) -> None:
    page.goto(f"/pengiriman/{box[0]}")
    for paper in ("", "roll"):
        expect(page.locator(f"[data-print='{paper}']")).to_be_visible()
        page.evaluate("window.print = () => { window.isPrinted = document.documentElement.dataset.paper }")
        page.locator(f"[data-print='{paper}']").click()
        assert page.evaluate("window.isPrinted") == paper


def test_on_a_roll_the_packing_slip_is_as_narrow_as_the_paper(page: Page, box: tuple[int, str]) -> None:
    number, imei = box
    page.goto(f"/pengiriman/{number}")
    page.evaluate("document.documentElement.dataset.paper = 'roll'")
    (sheet, *_) = pypdf.PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert round(float(sheet.mediabox.width) / 72 * 25.4) == 80
    assert imei[:8] in sheet.extract_text()
