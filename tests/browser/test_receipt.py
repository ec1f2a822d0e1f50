"""A box is opened on a phone: a gun, or a thumb, reads one label after the other."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from assets_service.custody.models import Shipment
from assets_service.kernel.db import Database
from assets_service.ledger.stamp import Role
from tests import build
from tests.browser.hands import PHONE, choose, press_main, sign_in, somebody
from tests.custody.build_custody import a_box

STRANGE = "ZZZZZZZZ"


@pytest.fixture
def codes(page: Page, db: Database) -> list[str]:
    """Three devices in a box on its way to Maluku Tenggara, whose head has opened the page that confirms."""
    with db.writing() as session:
        build.roster(session)
        sender = build.stamp(session, build.a_person(session, at="00", role=Role.LOGISTICS))
        devices = [build.a_device(session, serial=f"R5CX1{number}") for number in range(3)]
        box = a_box(session, devices, sender)
        codes = [device.code for device in devices]
    somebody(db, "yosefina", at="81.02", role=Role.HEAD)
    page.set_viewport_size(PHONE)
    sign_in(page, "yosefina")
    page.goto(f"/pengiriman/{box.id}/terima")
    return codes


def outcome(page: Page, code: str, value: str) -> Locator:
    return page.locator(f"input[name='lines.{code}.outcome'][value='{value}']")


def scan(page: Page, read: str) -> None:
    page.locator("textarea[name=codes]").press_sequentially(read)
    page.locator("textarea[name=codes]").press("Enter")


def test_each_label_read_marks_its_device_however_it_is_read(page: Page, codes: list[str]) -> None:
    by_address, by_hand, by_serial = codes
    scan(page, f"HTTPS://ASET.EXAMPLE.GO.ID/D/{by_address}.2")
    scan(page, f"{by_hand[:4].lower()} {by_hand[4:]}")
    scan(page, "r5cx12")
    for code in (by_address, by_hand, by_serial):
        expect(outcome(page, code, "received")).to_be_checked()
    expect(page.locator("textarea[name=codes]")).to_have_value("")
    expect(page.locator("[data-said]")).to_contain_text("r5cx12")
    press_main(page)
    expect(page).to_have_url(re.compile(r"/pengiriman/\d+$"))
    expect(page.locator(".notice.good").first).to_be_visible()


def test_what_is_on_no_line_stays_in_the_box_and_becomes_a_finding(page: Page, codes: list[str], db: Database) -> None:
    scan(page, codes[0])
    scan(page, STRANGE)
    expect(page.locator("textarea[name=codes]")).to_have_value(f"{STRANGE}\n")
    expect(page.locator("[data-said].warn")).to_contain_text(STRANGE)
    press_main(page)
    expect(page.locator("main")).to_contain_text(STRANGE)
    with db.reading() as session:
        box = session.get_one(Shipment, int(page.url.rsplit("/", 1)[1]))
        assert (box.state, box.version) == ("sent", 2)  # two devices still wait


def test_a_note_is_asked_for_where_one_is_needed(page: Page, codes: list[str]) -> None:
    line = page.locator(f"[data-line='{codes[0]}']")
    expect(line.locator("details")).not_to_have_attribute("open", "")
    choose(page, f"lines.{codes[0]}.outcome", "declined")
    expect(line.locator("textarea")).to_be_visible()
    press_main(page)
    expect(
        page.locator(f"[data-line='{codes[0]}'] .problem, [data-line='{codes[0]}'] [aria-invalid=true]").first
    ).to_be_visible()
    expect(outcome(page, codes[0], "declined")).to_be_checked()
