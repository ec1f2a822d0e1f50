"""A box is opened on a phone: a gun, or a thumb, reads one label after the other."""

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from assets_service.access.stamp import Role
from assets_service.custody.models import Difference, Receipt, Shipment
from assets_service.devices.models import Device, LabelCode
from assets_service.kernel.db import Database
from tests import build
from tests.browser.hands import PHONE, choose, opened, press_main, settled, sign, sign_in, somebody, wait_until
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
    opened(page, f"/pengiriman/{box.id}/terima")
    return codes


def outcome(page: Page, code: str, value: str) -> Locator:
    return page.locator(f"input[name='lines.{code}.outcome'][value='{value}']")


def scan(page: Page, read: str) -> None:
    page.locator("textarea[name=codes]").press_sequentially(read)
    page.locator("textarea[name=codes]").press("Enter")


def look_over(page: Page) -> None:
    page.locator("button[name=review][value=true]").click()


def confirm(page: Page) -> None:
    """What arrived is looked over before it counts."""
    look_over(page)
    expect(page.locator("h1")).to_have_text("Sudah benar?")
    sign(page)
    press_main(page)


def test_each_label_read_marks_its_device_however_it_is_read(page: Page, codes: list[str]) -> None:
    by_address, by_hand, by_serial = codes
    scan(page, f"HTTPS://ASET.EXAMPLE.GO.ID/D/{by_address}.2")
    scan(page, f"{by_hand[:4].lower()} {by_hand[4:]}")
    scan(page, "r5cx12")
    for code in (by_address, by_hand, by_serial):
        expect(outcome(page, code, "received")).to_be_checked()
    expect(page.locator("textarea[name=codes]")).to_have_value("")
    expect(page.locator("[data-said]")).to_contain_text("r5cx12")
    confirm(page)
    expect(page).to_have_url(re.compile(r"/pengiriman/\d+$"))
    expect(page.locator(".notice.good").first).to_be_visible()


def test_what_is_on_no_line_stays_in_the_box_and_becomes_a_finding(page: Page, codes: list[str], db: Database) -> None:
    scan(page, codes[0])
    scan(page, STRANGE)
    expect(page.locator("textarea[name=codes]")).to_have_value(f"{STRANGE}\n")
    expect(page.locator("[data-said].warn")).to_contain_text(STRANGE)
    confirm(page)
    expect(page).to_have_url(re.compile(r"/pengiriman/\d+$"))
    expect(page.locator("main")).to_contain_text(STRANGE)
    with db.reading() as session:
        box = session.get_one(Shipment, int(page.url.rsplit("/", 1)[1]))
        assert (box.state, box.version) == ("sent", 2)  # two devices still wait


def test_a_note_is_asked_for_where_one_is_needed(page: Page, codes: list[str]) -> None:
    line = page.locator(f"[data-line='{codes[0]}']")
    expect(line.locator("details")).not_to_have_attribute("open", "")
    choose(page, f"lines.{codes[0]}.outcome", "declined")
    expect(line.locator("textarea")).to_be_visible()
    look_over(page)
    expect(
        page.locator(f"[data-line='{codes[0]}'] .problem, [data-line='{codes[0]}'] [aria-invalid=true]").first
    ).to_be_visible()
    expect(outcome(page, codes[0], "declined")).to_be_checked()
    expect(page.locator(".problems li").first).to_contain_text(f"{codes[0][:4]} {codes[0][4:]}")


def test_nothing_is_recorded_before_it_was_looked_over_and_it_can_be_changed(
    page: Page, codes: list[str], db: Database
) -> None:
    box = int(page.url.split("/")[-2])
    scan(page, codes[0])
    page.locator("button[value=scanned]").click()
    expect(page.locator("main")).to_contain_text("Menunggu konfirmasi 2")
    with db.reading() as session:
        assert session.get_one(Shipment, box).version == 1
    page.locator("button[name=again]").click()
    expect(page.locator("h1")).to_have_text("Konfirmasi penerimaan")
    expect(outcome(page, codes[0], "received")).to_be_checked()
    confirm(page)
    expect(page).to_have_url(re.compile(r"/pengiriman/\d+$"))


def test_who_draws_nothing_has_signed_nothing_though_the_page_knows_their_name(
    page: Page, codes: list[str], db: Database
) -> None:
    scan(page, codes[0])
    look_over(page)
    settled(page)
    expect(page.locator("input[name=signed_name]")).to_have_value("Yosefina")
    press_main(page)
    expect(page).to_have_url(re.compile(r"/pengiriman/\d+$"))
    with db.reading() as session:
        assert session.execute(select(Receipt.signed_name, Receipt.strokes)).all() == [(None, None)]


def test_what_was_drawn_stays_when_something_else_is_refused(page: Page, codes: list[str], db: Database) -> None:
    scan(page, codes[0])
    look_over(page)
    sign(page)
    page.fill("input[name=signed_name]", "")
    press_main(page)
    expect(page.locator(".problems")).to_contain_text("siapa yang menandatangani")
    settled(page)
    drawn = page.locator("input[name=strokes]").input_value()
    assert len(json.loads(drawn)[0]) > 3
    page.fill("input[name=signed_name]", "Rini")
    press_main(page)
    expect(page).to_have_url(re.compile(r"/pengiriman/\d+$"))
    with db.reading() as session:
        assert session.execute(select(Receipt.signed_name, Receipt.strokes)).all() == [("Rini", drawn)]


def test_a_box_with_one_short_and_one_damaged_takes_few_taps(page: Page, codes: list[str], db: Database) -> None:
    """The labels are read by a gun or the camera; every tap besides is counted."""
    taps = 0

    def tap(where: Locator) -> None:
        nonlocal taps
        where.click()
        taps += 1

    def label(code: str, field: str, value: str) -> Locator:
        return page.locator(f"label:has(input[name='lines.{code}.{field}'][value='{value}'])")

    good, damaged, short = codes
    scan(page, good)
    scan(page, damaged)
    expect(page.locator("[data-count-of=received]")).to_have_text("2")
    tap(page.locator(f"[data-line='{damaged}'] summary"))
    tap(label(damaged, "condition", "light"))
    page.select_option(f"select[name='lines.{damaged}.reason']", "damaged_on_the_way")
    tap(label(short, "outcome", "short"))
    page.select_option(f"select[name='lines.{short}.reason']", "not_packed")
    taps += 4  # each list is opened, and one of its lines tapped
    expect(page.locator("[data-count-of=short]")).to_have_text("1")
    tap(page.locator("button[name=review][value=true]"))
    sign(page)
    taps += 1
    press_main(page)
    taps += 1
    expect(page).to_have_url(re.compile(r"/pengiriman/\d+$"))
    assert taps <= 20
    with db.reading() as session:
        told = session.execute(select(Difference.kind, Difference.reason).order_by(Difference.kind)).all()
        assert [tuple(each) for each in told] == [("damaged", "damaged_on_the_way"), ("short", "not_packed")]
        (receipt,) = session.scalars(select(Receipt)).all()
        assert receipt.signed_name == "Yosefina"
        assert len(json.loads(receipt.strokes or "[]")[0]) > 3
    page.locator("a", has_text="Penerimaan PK-").click()
    expect(page.locator("svg.strokes path")).to_have_count(1)


def test_a_label_claimed_later_and_an_imei_mark_their_device_too(page: Page, codes: list[str], db: Database) -> None:
    with db.writing() as session:
        device = session.scalars(select(Device).where(Device.code == codes[1])).one()
        session.add(LabelCode(code="0ABCDEFG", device_id=device.id, claimed_at=build.NOON, made_at=build.NOON))
        imei = device.imei1
    page.reload()
    settled(page)
    scan(page, "https://aset.example.go.id/D/0abcdefg")
    expect(outcome(page, codes[1], "received")).to_be_checked()
    choose(page, f"lines.{codes[1]}.outcome", "")
    scan(page, f"IMEI: {imei}")
    expect(outcome(page, codes[1], "received")).to_be_checked()


def test_what_is_typed_outlives_the_network_and_is_sent_when_it_is_back(page: Page, codes: list[str]) -> None:
    form = page.url
    scan(page, codes[0])
    choose(page, f"lines.{codes[1]}.outcome", "declined")
    page.fill(f"textarea[name='lines.{codes[1]}.note']", "bukan untuk kami")
    page.context.set_offline(True)
    look_over(page)
    expect(page.locator("form [data-unsent]")).to_contain_text("Belum terkirim")
    page.context.set_offline(False)  # what waited is sent, to be looked over
    expect(page.locator("h1")).to_have_text("Sudah benar?")
    page.reload()
    settled(page)
    expect(page.locator("h1")).to_have_text("Sudah benar?")
    opened(page, form)
    expect(page.locator(f"textarea[name='lines.{codes[1]}.note']")).to_have_value("bukan untuk kami")
    expect(outcome(page, codes[0], "received")).to_be_checked()
    confirm(page)
    expect(page).to_have_url(re.compile(r"/pengiriman/\d+$"))
    wait_until(page, "localStorage.length === 0")  # what was sent is kept no longer
