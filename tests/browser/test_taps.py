"""What a thumb taps after it typed is what it meant: nothing moves away under it, and no bar comes over it."""

import pytest
from playwright.sync_api import Locator, Page, expect

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests import build
from tests.browser.hands import PHONE, opened, sign_in, somebody

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
