"""A phone's camera reads our labels in the page. The camera is a film of a label that we drew; what reads it is zxing-wasm.

Chromium on Linux has no `BarcodeDetector`: that it comes first, where there is one, is shown with a stub.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from labels import STOCKS, LabelText, png
from tests import build
from tests.browser.hands import sign_in, somebody
from tests.chromium import QUIET

STUB = """window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() { return [{ rawValue: %r }]; }
};"""
NO_CAMERA = "Object.defineProperty(navigator, 'mediaDevices', { value: undefined });"


@pytest.fixture
def code(db: Database) -> str:
    with db.writing() as session:
        build.roster(session)
        code = build.a_device(session, at="81.02").code
    somebody(db, "yosefina", at="81.02", role=Role.HEAD)
    return code


@pytest.fixture
def label(served: str, code: str) -> Image.Image:
    """The label as a phone sees it: a little tilted, on a grey table."""
    text = LabelText(url=f"{served}/D/{code}.1".upper(), code=code, institution="Bawaslu")
    drawn = Image.open(BytesIO(png(text, STOCKS["tj-121"]))).convert("RGB")
    drawn.thumbnail((520, 380))
    table = Image.new("RGB", (640, 480), "gray")
    table.paste(drawn, ((640 - drawn.width) // 2, (480 - drawn.height) // 2))
    return table.rotate(7, fillcolor="gray", resample=Image.Resampling.BICUBIC)


@pytest.fixture
def browser(chromium: str, label: Image.Image, tmp_path: Path) -> Iterator[Browser]:
    """With a camera that films the label."""
    frame = BytesIO()
    label.save(frame, "JPEG", quality=90)
    film = tmp_path / "label.mjpeg"
    film.write_bytes(frame.getvalue() * 4)
    camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    with sync_playwright() as playwright:
        args = [*QUIET, *camera, f"--use-file-for-fake-video-capture={film}"]
        browser = playwright.chromium.launch(executable_path=chromium, args=args)
        yield browser
        browser.close()


def test_the_camera_reads_a_label_or_a_photo_and_opens_nothing_foreign(
    page: Page, code: str, label: Image.Image, tmp_path: Path
) -> None:
    sign_in(page, "yosefina")
    of_the_device = re.compile(rf"/D/{code}")
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))

    page.goto("/pindai")
    expect(page.locator("[data-start]")).to_be_visible()
    assert not [url for url in loaded if "zxing" in url]
    page.click("[data-start]")
    expect(page).to_have_url(of_the_device, timeout=60_000)
    assert [url for url in loaded if url.partition("?")[0].endswith("zxing_reader.wasm")]

    photo = tmp_path / "photo.png"
    label.save(photo)
    page.add_init_script(NO_CAMERA)
    page.goto("/pindai")
    page.set_input_files("[data-photo] input", photo)
    expect(page).to_have_url(of_the_device, timeout=60_000)


@pytest.mark.parametrize(
    "foreign", ["https://contoh.example/D/7K3M9QWX.1", "javascript:alert(1)", "A" * 4096, "WIFI:S:x;P:y;;"]
)
@pytest.mark.usefixtures("code")
def test_a_foreign_code_is_said_to_be_foreign(page: Page, foreign: str) -> None:
    sign_in(page, "yosefina")
    page.add_init_script(STUB % foreign)
    page.goto("/pindai")
    page.click("[data-start]")
    expect(page.locator("[data-said]")).to_contain_text("sistem lain")
    expect(page).to_have_url(re.compile("/pindai$"))
    page.click("[data-stop]")
    expect(page.locator("[data-start]")).to_be_focused()


def test_the_browser_s_own_reader_comes_first(page: Page, served: str, code: str) -> None:
    sign_in(page, "yosefina")
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.add_init_script(STUB % f"{served}/D/{code}.1".upper())
    page.goto("/pindai")
    page.click("[data-start]")
    expect(page).to_have_url(re.compile(rf"/D/{code}"))
    assert not [url for url in loaded if "zxing" in url]
