"""A phone's large photo goes over a slow line small and upright; without scripts it goes as it is."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests import build
from tests.browser.hands import choose, press_main, sign_in, somebody

pytestmark = pytest.mark.page_alone

ORIENTATION = 0x0112
SIDEWAYS = 6  # to be turned to the right


@pytest.fixture
def code(db: Database) -> str:
    with db.writing() as session:
        build.roster(session)
        code = build.a_device(session, at="81.02").code
    somebody(db, "yosefina", at="81.02", role=Role.HEAD)
    return code


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Four megabytes that lie on their side: red on the left, which is up."""
    noise = Image.effect_noise((4000, 3000), 60)
    picture = Image.merge("RGB", (noise, noise, noise))
    picture.paste("red", (0, 0, 1000, 3000))
    exif = Image.Exif()
    exif[ORIENTATION] = SIDEWAYS
    sent = tmp_path / "IMG_0001.JPG"
    picture.save(sent, "JPEG", quality=90, exif=exif)
    assert sent.stat().st_size > 4_000_000
    return sent


# The form's photo as it goes out; a window keeps its name when it goes on to another page.
WEIGH = """addEventListener("formdata", ({formData}) => {
  const photo = formData.get("photo_device");
  if (photo) window.name = `${photo.type} ${photo.size}`;
})"""


def keep_a_check(page: Page, photo: Path, code: str) -> None:
    sign_in(page, "yosefina")
    page.goto(f"/perangkat/{code}/periksa")
    choose(page, "condition", "good")
    page.set_input_files("input[name=photo_device]", photo)
    press_main(page)  # at once, faster than the photo is made small
    expect(page).to_have_url(re.compile(f"/d/{code}$"))


def stored(page: Page, code: str) -> Image.Image:
    page.goto(f"/perangkat/{code}/pemeriksaan")
    address = page.locator("a[href^='/berkas/'], img[src^='/berkas/']").first
    at = address.get_attribute("href") or address.get_attribute("src") or ""
    return Image.open(BytesIO(page.request.get(at).body()))


def is_red(pixel: Any) -> bool:
    red, green, blue = pixel
    return bool(red > 180 and green < 80 and blue < 80)


def test_a_large_photo_is_made_small_before_it_is_sent(page: Page, code: str, photo: Path) -> None:
    page.add_init_script(WEIGH)
    keep_a_check(page, photo, code)
    kind, size = page.evaluate("window.name").split()
    assert kind == "image/jpeg"
    assert 0 < int(size) < photo.stat().st_size / 2
    kept = stored(page, code)
    assert kept.size == (1500, 2000)
    assert is_red(kept.getpixel((750, 100)))
    assert not is_red(kept.getpixel((750, 1900)))


def test_without_scripts_it_goes_as_it_is(browser: Browser, served: str, code: str, photo: Path) -> None:
    context = browser.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    keep_a_check(page, photo, code)
    kept = stored(page, code)
    assert kept.size == (1500, 2000)
    assert is_red(kept.getpixel((750, 100)))
    context.close()
