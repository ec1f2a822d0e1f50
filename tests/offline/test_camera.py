"""The camera reads labels without network, once it has read one with it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import films
from tests.browser.test_scanner import FIRST_READ_MS, Film, browser, camera, film, film_path
from tests.offline.line import Line

__all__ = ["browser", "camera", "film", "film_path"]  # a browser whose camera plays a film

pytestmark = pytest.mark.page_alone


def test_a_phone_that_was_made_ready_reads_a_label_without_network(
    phone: Page, line: Line, world: dict[str, str], film: Film
) -> None:
    phone.goto("/siap")
    phone.locator("[data-check=camera] [data-do]").click()
    expect(phone.locator("[data-check=camera]")).to_have_attribute("data-ready", "true", timeout=FIRST_READ_MS)
    line.cut()
    film(films.WAYS["straight"](films.label(line.address, world["code"])))
    phone.goto("/pindai")
    phone.locator("[data-view=home] [data-start]").click()
    expect(phone.locator("[data-view=device]")).to_be_visible(timeout=FIRST_READ_MS)
    expect(phone.locator("[data-facts]")).to_contain_text("R9TX60009AB")
