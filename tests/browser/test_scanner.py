"""The scanner in every page that takes a code: the camera, a photo, a gun, a hand.

What reads is zxing-wasm, for real. Chromium on Linux has no `BarcodeDetector`, no lamp and no zoom: those are shown with stubs.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from axe_playwright_python.base import AXE_SCRIPT
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from sqlalchemy import select
from stdnum import luhn

from assets_service.access.stamp import Role
from assets_service.devices.models import Device, Import, LabelCode
from assets_service.imports.commands import undo
from assets_service.kernel.db import Database
from labels import STOCKS
from tests import build
from tests.browser import films
from tests.browser.hands import PHONE, opened, sign_in, somebody
from tests.chromium import QUIET
from tests.custody.build_custody import a_box
from tests.imports.build_imports import a_row, a_table, as_csv, import_file
from tests.soak import SOAK

pytestmark = pytest.mark.page_alone

Film = Callable[[films.Picture], None]
STUB = """window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() { return [{ rawValue: %r, boundingBox: new DOMRect(0, 0, 9, 9) }]; }
};"""
NO_CAMERA = "Object.defineProperty(navigator, 'mediaDevices', { value: undefined });"
SMALL = """() => [...document.querySelectorAll("main :is(a.button, button, input, summary), .top a, .top summary")]
  .filter((one) => one.checkVisibility() && one.type !== "hidden" && one.getBoundingClientRect().height < 47.5)
  .map((one) => `small: ${one.outerHTML.slice(0, 60)}`)"""
NOTHING = films.on_table(Image.new("RGB", (9, 9), "white"), share=0.1)
FIRST_READ_MS = 60_000  # how long to wait for it, on a machine that does other things too


@pytest.fixture(scope="module")
def film_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("camera") / "film.mjpeg"


@pytest.fixture(scope="module")
def camera(chromium: str, film_path: Path) -> Iterator[Browser]:
    """A browser whose camera plays the film that lies there when it is started."""
    films.film(NOTHING, film_path)
    fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=[*QUIET, *fake, f"--use-file-for-fake-video-capture={film_path}"]
        )
        yield browser
        browser.close()


@pytest.fixture
def browser(camera: Browser, film_path: Path) -> Browser:
    """Its camera sees nothing until a test shows it something."""
    films.film(NOTHING, film_path)
    return camera


@pytest.fixture
def film(film_path: Path) -> Film:
    return lambda seen: films.film(seen, film_path)


@pytest.fixture
def codes(db: Database, page: Page) -> list[str]:
    """Three devices of Maluku Tenggara, whose head is signed in at a phone."""
    with db.writing() as session:
        build.roster(session)
        codes = [build.a_device(session, at="81.02", serial=f"R9TX60009{place}").code for place in range(3)]
    somebody(db, "yosefina", at="81.02", role=Role.HEAD)
    page.set_viewport_size(PHONE)
    sign_in(page, "yosefina")
    return codes


def at_logistics(db: Database, page: Page) -> None:
    somebody(db, "amir", at="00", role=Role.LOGISTICS)
    sign_in(page, "amir")


def start(page: Page, path: str) -> None:
    opened(page, path)
    page.click("[data-start]")


def gun(page: Page, text: str, end: str = "") -> None:
    """A scanner gun: signs in a burst, then Enter, Tab or nothing."""
    page.keyboard.type(text)
    if end:
        page.keyboard.press(end)


def violations(page: Page, *, enhanced: bool = False) -> list[str]:
    """What axe finds; `enhanced`: with contrast as WCAG asks it of level AAA, 7:1."""
    page.evaluate(AXE_SCRIPT)
    rules = {"target-size": {"enabled": True}, "color-contrast-enhanced": {"enabled": enhanced}}
    result = page.evaluate("asked => axe.run(document, asked)", {"resultTypes": ["violations"], "rules": rules})
    return [f"{one['id']} {node['target']}" for one in result["violations"] for node in one["nodes"]]


def on_device(code: str) -> re.Pattern[str]:
    return re.compile(rf"/[dD]/{code}")


# The camera ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "way", ["straight", "tilted", *(["slanted", "blurred", "dark", "glaring"] if SOAK > 1 else ["dark"])]
)
def test_the_camera_reads_a_label_however_it_lies(
    page: Page, served: str, codes: list[str], film: Film, way: str
) -> None:
    film(films.WAYS[way](films.label(served, codes[0])))
    start(page, "/pindai")
    expect(page).to_have_url(on_device(codes[0]), timeout=FIRST_READ_MS)


@pytest.mark.parametrize("stock", list(STOCKS) if SOAK > 1 else ["l4731"])
def test_the_camera_reads_the_smallest_label(page: Page, served: str, codes: list[str], film: Film, stock: str) -> None:
    film(films.label(served, codes[0], stock, share=0.7))
    start(page, "/pindai")
    expect(page).to_have_url(on_device(codes[0]), timeout=FIRST_READ_MS)


def test_two_labels_in_a_frame_are_two_devices_to_send_and_the_last_is_taken_back(
    page: Page, db: Database, served: str, codes: list[str], film: Film
) -> None:
    at_logistics(db, page)
    film(films.beside(films.label(served, codes[0]), films.label(served, codes[1])))
    start(page, "/pengiriman/baru")
    field = page.locator("textarea[name=devices]")
    expect(page.locator("[data-count]")).to_have_text("2 dibaca", timeout=FIRST_READ_MS)
    expect(page.locator(".reads li.good")).to_have_count(2)
    expect(field).to_have_value(re.compile(rf"^({codes[0]}\n{codes[1]}|{codes[1]}\n{codes[0]})\n$"))
    page.click("[data-stop]")
    expect(page.locator("[data-start]")).to_be_focused()
    newest = page.locator(".reads li").first.inner_text()
    page.click("[data-undo]")
    expect(page.locator(".reads li")).to_have_count(1)
    left = field.input_value().strip()
    assert f"{left[:4]} {left[4:]}" not in newest
    taken_back = next(code for code in codes[:2] if code != left)
    field.focus()
    gun(page, taken_back, "Enter")  # and may be read again
    expect(page.locator(".reads li.good")).to_have_count(2)


def test_the_makers_box_fills_a_form_only_when_it_is_told_to(
    page: Page, db: Database, codes: list[str], film: Film
) -> None:
    imei, serial = "356938035643809", "R9TX6000ABC"
    with db.writing() as session:
        known = session.scalars(select(Device).where(Device.code == codes[0])).one()
        assert known.imei1
        of_same_type = known.imei1[:8] + "9" * 6
        of_same_type += luhn.calc_check_digit(of_same_type)
    at_logistics(db, page)
    bars, squares = zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.DataMatrix
    film(films.makers_box([(serial, bars), (of_same_type, bars), (imei, squares), ("8806095360218", bars)]))
    start(page, "/perangkat/baru")
    expect(page.locator(".reads li")).to_have_count(4, timeout=FIRST_READ_MS)
    expect(page.locator("[data-count]")).to_have_text("3 dibaca")
    assert page.input_value("input[name=serial]") == ""
    page.click("[data-only]")
    expect(page.locator(".reads li:visible")).to_have_count(1)
    expect(page.locator(".reads li:visible")).to_contain_text("8806095360218")
    expect(page.locator("[data-proposed]")).to_contain_text(known.model)
    page.click("[data-fill]")
    assert page.input_value("input[name=serial]") == serial
    assert {page.input_value("input[name=imei1]"), page.input_value("input[name=imei2]")} == {imei, of_same_type}
    assert page.input_value("input[name=model]") == known.model
    expect(page).to_have_url(re.compile("/perangkat/baru$"))


def test_without_a_camera_a_photo_is_read_on_the_phone(
    page: Page, served: str, codes: list[str], tmp_path: Path
) -> None:
    photo = tmp_path / "photo.png"
    films.label(served, codes[0]).save(photo)
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.add_init_script(NO_CAMERA)
    opened(page, "/pindai")
    assert not [url for url in loaded if "zxing" in url]  # a megabyte is fetched when it is needed
    page.set_input_files("[data-photo] input", photo)
    expect(page).to_have_url(on_device(codes[0]), timeout=FIRST_READ_MS)
    assert {"index.js", "zxing_reader.wasm"} <= {url.partition("?")[0].rpartition("/")[2] for url in loaded}


def test_the_browser_s_own_reader_comes_first(page: Page, served: str, codes: list[str]) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.add_init_script(STUB % f"{served}/D/{codes[0]}.1".upper())
    start(page, "/pindai")
    expect(page).to_have_url(on_device(codes[0]))
    assert not [url for url in loaded if "zxing" in url]


def test_lamp_zoom_and_a_waking_screen_where_the_phone_has_them(page: Page, codes: list[str]) -> None:
    assert codes
    page.add_init_script(
        """MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true, zoom: { min: 1, max: 4, step: 0.5 } });
        window.asked = [];
        MediaStreamTrack.prototype.applyConstraints = async ({ advanced: [one] }) => void window.asked.push(one);
        navigator.wakeLock.request = async () => ({ release: async () => void window.asked.push("asleep") });"""
    )
    start(page, "/pindai")
    page.click("[data-light]")
    expect(page.locator("[data-light]")).to_have_attribute("aria-pressed", "true")
    page.locator("[data-zoom] input").fill("2.5")
    page.click("[data-stop]")
    expect(page.locator("[data-start]")).to_be_focused()
    assert page.evaluate("window.asked") == [{"torch": True}, {"zoom": 2.5}, "asleep"]


def test_the_page_of_a_device_offers_the_next_scan(page: Page, served: str, codes: list[str], film: Film) -> None:
    page.goto(f"/d/{codes[0]}")
    film(films.label(served, codes[1]))
    page.get_by_role("link", name="Pindai berikutnya").click()
    expect(page).to_have_url(on_device(codes[1]), timeout=FIRST_READ_MS)


# Foreign and unknown ---------------------------------------------------------------------------------------------

FOREIGN = (
    "https://contoh.example/D/7K3M9QWX.1",
    "https://contoh.example/menang",
    "javascript:alert(1)",
    "A" * 4096,
    "WIFI:S:x;P:y;;",
    "<script>alert(1)</script>",
)


def test_a_foreign_code_is_called_foreign_and_never_opened(
    page: Page, db: Database, served: str, codes: list[str]
) -> None:
    assert codes
    at_logistics(db, page)
    elsewhere: list[str] = []
    page.on(
        "request",
        lambda request: None if request.url.startswith((served, "blob:", "data:")) else elsewhere.append(request.url),
    )
    page.add_init_script("window.said = [];" + STUB.replace("%r", "window.seen ?? ''"))
    for path in ("/pindai", "/pengiriman/baru"):
        for foreign in FOREIGN:
            opened(page, path)
            page.evaluate("text => { window.seen = text }", foreign)
            page.click("[data-start]")
            expect(page.locator("[data-said]")).to_contain_text("sistem lain")
            expect(page).to_have_url(re.compile(f"{path}$"))
    assert elsewhere == []


@pytest.mark.parametrize("unknown", ["7K3M9QWX", "JNE0123456789012", "8806095360218"])
def test_what_is_no_device_of_ours_stays_in_sight_with_its_reason(
    page: Page, db: Database, codes: list[str], unknown: str
) -> None:
    at_logistics(db, page)
    opened(page, "/pengiriman/baru")
    page.locator("textarea[name=devices]").focus()
    gun(page, unknown, "Enter")
    gun(page, codes[0], "Enter")
    expect(page.locator(".reads li.bad")).to_contain_text(unknown)
    expect(page.locator(".reads li.bad [data-why]")).to_contain_text("Tidak ada perangkat")
    expect(page.locator(".reads li.good")).to_contain_text(f"{codes[0][:4]} {codes[0][4:]}")
    expect(page.locator("[data-only] b")).to_have_text("1")
    expect(page.locator("textarea[name=devices]")).to_have_value(f"{codes[0]}\n")


def test_a_withdrawn_device_and_one_of_another_office_are_unknown_like_any_other(
    page: Page, db: Database, codes: list[str]
) -> None:
    with db.writing() as session:
        strange = build.a_device(session, at="31").code
    import_file(
        db, as_csv(a_table(a_row(Nomor_Seri="R9WITHDRAWN", Kode_Kantor="81.02"))), dry_run=False, stamp=build.system()
    )
    with db.writing() as session:
        undo(session, session.scalars(select(Import)).one(), stamp=build.system())
    answers = []
    for read in (strange, "R9WITHDRAWN", "7K3M9QWX"):
        reply = page.request.get(f"/pindai/cocok?kode={read}")
        answers.append((reply.status, reply.text().replace(read, "")))
    assert answers[0] == answers[1] == answers[2]
    assert codes[0] in page.request.get(f"/pindai/cocok?kode={codes[0]}").text()


# Whoever uses it ---------------------------------------------------------------------------------------------------


def test_pages_that_scan_suit_everybody(page: Page, db: Database, codes: list[str]) -> None:
    """With a list of reads: axe finds nothing; on the scan page contrast is 7:1 and a thumb has 48 px; all is reached by keyboard."""
    opened(page, "/pindai")
    assert [*violations(page, enhanced=True), *page.evaluate(SMALL)] == []
    page.keyboard.press("Tab")
    expect(page.locator("[data-start]")).to_be_focused()
    at_logistics(db, page)
    for path in ("/pengiriman/baru", "/perangkat/pemegang", "/label?way=devices", "/perangkat/baru"):
        opened(page, path)
        field = page.locator("[data-scanner]").first.get_attribute("data-into") or ""
        if "cameraOnly" not in page.evaluate("Object.keys(document.querySelector('[data-scanner]').dataset)"):
            page.locator(f"#{field}").focus()
            for read in (codes[0], "7K3M9QWX"):
                gun(page, read, "Enter")
            expect(page.locator(".reads li")).to_have_count(2)
        assert violations(page) == [], path


def test_a_holder_is_named_for_what_was_scanned(page: Page, codes: list[str]) -> None:
    opened(page, "/perangkat/pemegang")
    page.focus("textarea[name=devices]")
    for code in codes[:2]:
        gun(page, code, "Enter")
    expect(page.locator(".reads li.good")).to_have_count(2)
    page.get_by_role("button", name="Pilih pemegang").click()
    expect(page.locator("main li a.device")).to_have_count(2)
    opened(page, "/perangkat/pemegang?devices=7K3M9QWX")
    expect(page.locator(".problems")).to_contain_text("7K3M9QWX")
    expect(page.locator("textarea[name=devices]")).to_have_value("7K3M9QWX\n")  # a line of its own for the next read


def test_a_blank_label_is_claimed_for_what_was_scanned(page: Page, db: Database, codes: list[str]) -> None:
    at_logistics(db, page)
    with db.writing() as session:
        session.add(LabelCode(code="0ABCDEFG", made_at=build.NOON))
    opened(page, "/d/0ABCDEFG")
    page.focus("input[name=device]")
    gun(page, codes[0])
    expect(page.locator("[data-under]")).to_contain_text(f"{codes[0][:4]} {codes[0][4:]}")
    expect(page).to_have_url(re.compile("/d/0ABCDEFG$"))  # shown, and not yet sent


# A gun, a hand ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["Enter", "Tab", ""])
def test_a_gun_may_end_with_enter_with_tab_or_with_nothing(page: Page, served: str, codes: list[str], end: str) -> None:
    opened(page, "/pindai")
    page.focus("#f-kode")
    gun(page, f"{served}/D/{codes[0]}.1".upper(), end)
    expect(page).to_have_url(on_device(codes[0]))


def test_what_a_hand_types_is_shown_before_it_counts(page: Page, codes: list[str]) -> None:
    opened(page, "/pindai")
    for typed in (codes[0], "R9TX600090", "600090"):
        page.locator("#f-kode").fill("")
        page.locator("#f-kode").press_sequentially(typed, delay=60)
        expect(page.locator("[data-under]")).to_contain_text(f"{codes[0][:4]} {codes[0][4:]}")
    expect(page).to_have_url(re.compile("/pindai$"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(on_device(codes[0]))


def test_two_reads_glued_together_are_two(page: Page, db: Database, served: str, codes: list[str]) -> None:
    at_logistics(db, page)
    opened(page, "/pengiriman/baru")
    page.focus("textarea[name=devices]")
    gun(page, f"{served}/D/{codes[0]}.1{served}/D/{codes[1]}.1".upper(), "Enter")
    expect(page.locator("textarea[name=devices]")).to_have_value(f"{codes[0]}\n{codes[1]}\n")


def test_a_gun_on_another_layout_is_told_how_to_be_set(page: Page, codes: list[str]) -> None:
    opened(page, "/pindai")
    page.focus("#f-kode")
    gun(page, f"HTTPSÖ--ASET.BAWASLU.GO.ID-D-{codes[0]}:1", "Enter")
    expect(page.locator("[data-said]")).to_contain_text("susunan English (US)")
    expect(page).to_have_url(re.compile("/pindai$"))


def test_what_the_network_could_not_match_is_kept_and_sent(page: Page, db: Database, codes: list[str]) -> None:
    at_logistics(db, page)
    opened(page, "/pengiriman/baru")
    page.route("**/pindai/cocok*", lambda route: route.abort())
    page.focus("textarea[name=devices]")
    gun(page, codes[0], "Enter")
    expect(page.locator(".reads li.good [data-why]")).to_contain_text("belum dicocokkan")
    expect(page.locator("textarea[name=devices]")).to_have_value(f"{codes[0]}\n")


def test_a_line_that_is_removed_while_it_is_matched_takes_no_other_with_it(
    page: Page, db: Database, codes: list[str]
) -> None:
    at_logistics(db, page)
    opened(page, "/pengiriman/baru")
    held: list[Route] = []
    page.route("**/pindai/cocok*", lambda route: held.append(route))  # noqa: PLW0108 - Playwright looks into it
    field = page.locator("textarea[name=devices]")
    field.focus()
    gun(page, codes[0], "Enter")
    expect(page.locator(".reads li")).to_have_count(1)
    field.fill(f"{codes[1]}\n")
    for route in held:
        route.continue_()
    expect(page.locator(".reads li")).to_have_count(0)
    expect(field).to_have_value(f"{codes[1]}\n")


def test_a_receipt_counts_what_was_scanned_of_what_is_expected(page: Page, db: Database, codes: list[str]) -> None:
    with db.writing() as session:
        sender = build.stamp(session, build.a_person(session, at="00", role=Role.LOGISTICS))
        sent = [build.a_device(session) for _ in range(3)]
        box = a_box(session, sent, sender)
        here = [device.code for device in sent]
    opened(page, f"/pengiriman/{box.id}/terima")
    page.focus("textarea[name=codes]")
    for code in (here[0], here[1], codes[0]):
        gun(page, code, "Enter")
    expect(page.locator("[data-count]")).to_have_text("2 dari 3 dibaca")
    expect(page.locator(".reads li.warn")).to_contain_text("berlebih")
    expect(page.locator(f"input[name='lines.{here[1]}.outcome'][value=received]")).to_be_checked()
    page.click("[data-undo]")  # the extra
    page.click("[data-undo]")
    expect(page.locator(f"input[name='lines.{here[1]}.outcome'][value=received]")).not_to_be_checked()
    expect(page.locator("textarea[name=codes]")).to_have_value("")
    expect(page.locator("[data-count]")).to_have_text("1 dari 3 dibaca")


# The shapes ------------------------------------------------------------------------------------------------------


def shaped(page: Page, expression: str, given: Any) -> Any:
    return page.evaluate(
        f"async (given) => {{ const shapes = await import('/static/scanner-shapes.js'); return ({expression}); }}",
        given,
    )


def test_a_read_is_known_by_its_shape(page: Page, served: str, codes: list[str]) -> None:
    assert codes
    page.goto("/akun")
    kinds = {
        f"{served}/D/7K3M9QWX.1": "label", f"{served}/d/7k3m9qwx": "label", "https://lama.example/D/7K3M9QWX": "elsewhere",
        f"{served}/kantor/81": "foreign", "https://lama.example/D/OILU1234": "foreign", "ftp://x/D/7K3M9QWX": "foreign", "tel:+62": "foreign",
        "7K3M 9QWX": "number", "356938035643809": "number", "S/N: R9TX6000937": "number", "3.10.01.02.009.12": "number", "R9_A+1#2": "number", "R9 <b>": "foreign",
    }  # fmt: skip
    assert shaped(page, "given.map((one) => shapes.kindOf(one))", list(kinds)) == list(kinds.values())
    glued = {
        "HTTPS://A.ID/D/7K3M9QWX.1HTTPS://A.ID/D/7K3M9QWA.1": ["HTTPS://A.ID/D/7K3M9QWX.1", "HTTPS://A.ID/D/7K3M9QWA.1"],
        "352780550406459358422088526912": ["352780550406459", "358422088526912"],
        "]Q17K3M9QWX": ["7K3M9QWX"], "]C0R9TX1]C0R9TX2": ["R9TX1", "R9TX2"], "A;B\nC": ["A", "B", "C"], "352780550406458358422088526912": ["352780550406458358422088526912"],
    }  # fmt: skip
    assert shaped(page, "given.map(shapes.split)", list(glued)) == list(glued.values())
    whole = {
        f"{served}/D/7K3M9QWX.1": True,
        f"{served}/D/7K3M9QWX": False,
        "7k3m9qwx": True,
        "7K3M9QW": False,
        "356938035643809": True,
        "R9TX6000937": False,
    }
    assert shaped(page, "given.map(shapes.isWhole)", list(whole)) == list(whole.values())
    imeis = {"356938035643809": True, "356938035643800": False, "000000000000000": False, "35693803564380": False}
    assert shaped(page, "given.map(shapes.isImei)", list(imeis)) == list(imeis.values())
    mangled = {
        "HTTPSÖ--ASET.BAWASLU.GO.ID-D-7K3M9QWX:1": True, "dyyloSzzaset.id.lonhz@eu": True, "https>&&host&d&7k3m9qwx": True,
        "HTTPS://ASET.GO.ID/D/7K3M9QWX": False, "R9TX60009371234567890": False, "352780550406459358422088526912": False,
    }  # fmt: skip
    assert shaped(page, "given.map(shapes.isMangled)", list(mangled)) == list(mangled.values())
