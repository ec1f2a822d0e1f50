"""What a thumb taps after it typed is what it meant: nothing moves away under it, and no bar comes over it."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from assets_service.access.stamp import Role
from assets_service.custody.models import Difference, Shipment
from assets_service.kernel.db import Database
from tests import build
from tests.browser.hands import PHONE, opened, settled, sign, sign_in, somebody
from tests.custody.build_custody import a_box

pytestmark = pytest.mark.page_alone

HELD_MS = 120  # how long a mouse, or a slow thumb, is down


@pytest.fixture
def codes(page: Page, db: Database) -> list[str]:
    """Devices of the national office, whose logistics staff has opened the page that sends."""
    with db.writing() as session:
        build.roster(session)
        codes = [build.a_device(session).code for _ in range(3)]
    somebody(db, "dewi", at="00", role=Role.LOGISTICS)
    page.set_viewport_size(PHONE)
    sign_in(page, "dewi")
    opened(page, "/pengiriman/baru")
    return codes


def press(page: Page, where: Locator) -> None:
    """Down, a while, up, where it was seen when the thumb came down."""
    place = where.bounding_box()
    assert place, "it is seen"
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(HELD_MS)
    page.mouse.up()


def accessory(page: Page, code: str, *, from_bottom: int) -> Locator:
    """The box of an accessory, scrolled to this far above the window's lower edge."""
    box = page.locator(f"label:has(input[name=accessories][value={code}])")
    place = box.bounding_box()
    assert place, "it is seen"
    page.evaluate("([top, above]) => scrollBy(0, top - (innerHeight - above))", [place["y"], from_bottom])
    return box


@pytest.mark.parametrize("from_bottom", [400, 130], ids=["in the middle", "where the bar stands"])
def test_a_box_is_ticked_by_the_tap_that_ends_the_typing(page: Page, codes: list[str], from_bottom: int) -> None:
    page.fill("textarea[name=devices]", "\n".join(codes))
    press(page, accessory(page, "cable", from_bottom=from_bottom))
    expect(page.locator("input[name=accessories][value=cable]")).to_be_checked()
    expect(page.locator(".reads li.good .match")).to_have_count(len(codes))


def test_five_devices_with_one_short_and_one_damaged_are_confirmed_by_hand_in_fifteen_taps(
    page: Page, db: Database
) -> None:
    """From the shipment's page to "confirmed", nothing scanned: the camera saves a tap for each device it reads."""
    with db.writing() as session:
        build.roster(session)
        sender = build.stamp(session, build.a_person(session, at="00", role=Role.LOGISTICS))
        box = a_box(session, [build.a_device(session) for _ in range(5)], sender, accessories=["charger"])
        *good, damaged, short = [line.device.code for line in box.lines]
        number = box.id
    somebody(db, "yosefina", at="81.02", role=Role.HEAD)
    page.set_viewport_size(PHONE)
    sign_in(page, "yosefina")
    opened(page, f"/pengiriman/{number}")
    taps: list[str] = []

    def tap(what: str, where: Locator) -> None:
        where.click()
        taps.append(what)

    def choose(code: str, field: str, value: str) -> None:
        tap(f"{field} {value}", page.locator(f"label:has(input[name='lines.{code}.{field}'][value='{value}'])"))

    def pick(code: str, reason: str) -> None:
        """The list is opened, and one of its lines tapped."""
        page.select_option(f"select[name='lines.{code}.reason']", reason)
        taps.extend(["open the reasons", reason])

    tap("confirm what arrived", page.locator(f"a[href='/pengiriman/{number}/terima']"))
    settled(page)
    for code in [*good, damaged]:
        choose(code, "outcome", "received")
    tap("condition, reason and note", page.locator(f"[data-line='{damaged}'] summary"))
    choose(damaged, "condition", "light")
    pick(damaged, "damaged_on_the_way")
    choose(short, "outcome", "short")
    pick(short, "not_packed")
    tap("look it over", page.locator("button[name=review][value=true]"))
    sign(page)
    taps.append("sign")
    tap("confirm", page.locator("main form .go .main"))

    expect(page).to_have_url(re.compile(r"/pengiriman/\d+$"))
    expect(page.locator(".lead .badge")).to_have_text("Selesai")
    assert len(taps) == 15
    with db.reading() as session:
        assert session.get_one(Shipment, number).state == "closed"
        assert set(session.scalars(select(Difference.kind))) == {"short", "damaged"}
