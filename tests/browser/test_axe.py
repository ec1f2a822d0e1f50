"""axe finds nothing on any page, on a phone by day and on a desk by night; nor are targets too small, or pages too wide."""

from typing import Any, cast

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize, expect

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.programmes import commands as programmes
from assets_service.programmes.asks import NewProgramme
from tests import build
from tests.browser.boxes import in_each_state
from tests.browser.hands import DESK, PHONE, choose, settled, sign_in, somebody

pytestmark = pytest.mark.page_alone

# WCAG 2.2 AA, and what axe itself holds to be good practice.
ASKED = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
PAGES = (
    *("/", "/pindai", "/perangkat", "/perangkat/baru", "/pengiriman", "/pengiriman/baru", "/pemeriksaan"),
    *("/pemeriksaan/jadwal", "/tanda", "/tanda/unassigned", "/kantor", "/kantor/81", "/program", "/label"),
    *("/label?device={device}", "/label/temuan", "/impor", "/ekspor", "/ledger", "/orang", "/orang/1", "/akun"),
    *("/d/{device}", "/d/ZZZZZZZZ", "/perangkat/{device}/periksa", "/perangkat/{device}/ubah"),
    *("/perangkat/{device}/riwayat", "/perangkat/{device}/pemegang", "/pengiriman/{draft}", "/pengiriman/{sent}"),
    *("/pengiriman/{arrived}", "/pengiriman/{partly}", "/pengiriman/{closed}", "/pengiriman/{cancelled}"),
    *("/pengiriman/{lent}", "/pengiriman/{closed}/penerimaan/{receipt}", "/pengiriman/daftar"),
    *("/pengiriman/daftar?from_office=00&to_office=81.02", "/penyelesaian", "/penyelesaian?state=settled"),
    *("/kantor/81.02/serah-terima", "/kantor/81.02/serah-terima?leaver={holder}", "/program/PPID/distribusi"),
    *("/perangkat/pemegang?device={kept}&device={gone}", "/perangkat/{kept}/pemegang", "/perangkat/{kept}/hilang"),
    *("/perangkat/{gone}/ditemukan", "/orang/{holder}", "/orang/{holder}/penonaktifan", "/orang/{holder}/kantor"),
    *("/orang/{nobody}", "/saya"),
)
RECEIVING = (
    *("/pengiriman/{sent}", "/pengiriman/{sent}/tiba", "/pengiriman/{sent}/terima", "/pengiriman/{partly}/terima"),
    *("/pengiriman/{arrived}", "/pengiriman/{closed}/penerimaan/{receipt}", "/penyelesaian", "/saya"),
    *("/kantor/81.02/serah-terima?leaver={holder}", "/perangkat/{kept}/pemegang", "/orang/{holder}"),
)
SMALL_PHONE = ViewportSize(width=320, height=640)
SEEN_BY = {
    Role.HEAD: ("/", *RECEIVING, "/d/{device}", "/kantor/81.02"),
    Role.AUDITOR: ("/", "/ledger", "/ekspor", "/perangkat", "/pemeriksaan"),
    Role.LOGISTICS: ("/", "/pengiriman/baru", "/pengiriman", "/perangkat/baru", "/impor", "/label", "/tanda"),
}
OPEN = ("/masuk", "/publik", "/d/{device}")


@pytest.fixture
def things(db: Database) -> dict[str, str]:
    with db.writing() as session:
        build.roster(session)
        programmes.add(session, NewProgramme(code="PPID", name="PPID"), stamp=build.system())
        return in_each_state(session) | {"device": build.a_device(session).code}


# What a finger must hit and is smaller: not links in running text, nor what lies off the screen until it has the focus.
SMALL = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .map((one) => one.matches("[type=radio], [type=checkbox]") ? one.closest("label") || one : one)
  .filter((one) => {
    const { width, height: own } = one.getBoundingClientRect();
    const [style, after] = [getComputedStyle(one), getComputedStyle(one, "::after")];
    const height = after.position === "absolute" ? Math.max(own, parseFloat(after.height)) : own;
    return one.checkVisibility({ visibilityProperty: true }) && style.display !== "inline" && !one.matches(".skip, [type=hidden]")
      && width && (width < 43.5 || height < 43.5);
  })
  .map((one) => `${one.tagName} ${(one.textContent.trim() || one.name).slice(0, 30)}`)"""
# What leaves its card at the side, and buttons in which a word is cut in two.
OUT = """() => [...document.querySelectorAll("main .card")].flatMap((card) => {
  const edge = card.getBoundingClientRect().right + 1;
  return [...card.querySelectorAll("*")].filter((one) => one.checkVisibility() && !one.closest(".scroll, svg, .hush")
    && one.getBoundingClientRect().width && one.getBoundingClientRect().right + parseFloat(getComputedStyle(card).paddingRight) > edge);
})
  .filter((one) => !one.closest(".go, canvas"))
  .map((one) => `${one.tagName} ${one.textContent.trim().slice(0, 30)}`)"""
CUT = """() => [...document.querySelectorAll("main :is(a.button, button, summary.button, .segment span)")].filter((one) => {
  if (!one.checkVisibility()) return false;
  one.style.overflowWrap = "normal";
  const isCut = one.scrollWidth > one.clientWidth + 1;
  one.style.overflowWrap = "";
  return isCut;
}).map((one) => one.textContent.trim().slice(0, 30))"""
WIDER = "document.documentElement.scrollWidth > innerWidth"


def found_on(page: Page, path: str) -> list[str]:
    page.goto(path)
    return found_here(page, path)


def found_here(page: Page, called: str) -> list[str]:
    """What is wrong of the page that stands there, with all that can be opened open."""
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true })")
    page.evaluate(AXE_SCRIPT)
    result = cast("dict[str, Any]", page.evaluate("asked => axe.run(document, asked)", ASKED))
    found = [f"{one['id']} {node['target']}" for one in result["violations"] for node in one["nodes"]]
    found += [f"small: {one}" for one in page.evaluate(SMALL)]
    found += [f"out of its card: {one}" for one in page.evaluate(OUT)]
    found += [f"cut: {one}" for one in page.evaluate(CUT)]
    found += ["wider than the screen"] if page.evaluate(WIDER) else []
    return [f"{called}: {each}" for each in found]


def found_on_review(page: Page, shipment: str) -> list[str]:
    """A receipt is looked over: one device received, one damaged, one missing, one on no line."""
    page.goto(f"/pengiriman/{shipment}/terima")
    page.fill("textarea[name=codes]", "ZZZZZZZZ")
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true })")
    first, second, third = (line.get_attribute("data-line") for line in page.locator("[data-line]").all())
    for code, outcome in [(first, "received"), (second, "received"), (third, "short")]:
        choose(page, f"lines.{code}.outcome", outcome)
    choose(page, f"lines.{second}.condition", "light")
    page.select_option(f"select[name='lines.{second}.reason']", "damaged_on_the_way")
    page.select_option(f"select[name='lines.{third}.reason']", "not_packed")
    page.locator("button[name=review][value=true]").click()
    settled(page)
    expect(page.locator("[data-pad]")).to_be_visible()
    return found_here(page, "the review")


@pytest.mark.parametrize("night", [False, True], ids=["phone by day", "desk by night"])
def test_axe_finds_nothing(page: Page, db: Database, things: dict[str, str], *, night: bool) -> None:
    somebody(db, "rahma", at="00", role=Role.ADMIN)
    page.emulate_media(color_scheme="dark" if night else "light")
    page.set_viewport_size(DESK if night else PHONE)
    found = [wrong for path in OPEN for wrong in found_on(page, path.format_map(things))]
    sign_in(page, "rahma")
    found += [wrong for path in PAGES for wrong in found_on(page, path.format_map(things))]
    assert found == []


@pytest.mark.parametrize("night", [False, True], ids=["phone by day", "desk by night"])
def test_nor_where_a_head_receives(page: Page, db: Database, things: dict[str, str], *, night: bool) -> None:
    somebody(db, "yosefina", at="81.02", role=Role.HEAD)
    page.emulate_media(color_scheme="dark" if night else "light")
    page.set_viewport_size(DESK if night else PHONE)
    sign_in(page, "yosefina")
    found = [wrong for path in RECEIVING for wrong in found_on(page, path.format_map(things))]
    found += found_on_review(page, things["sent"])
    assert found == []


@pytest.mark.parametrize(("role", "at"), [(Role.HEAD, "81.02"), (Role.AUDITOR, "00"), (Role.LOGISTICS, "81")])
def test_nor_on_a_small_phone_in_english_for_those_with_other_rights(
    page: Page, db: Database, things: dict[str, str], role: Role, at: str
) -> None:
    somebody(db, "yosefina", at=at, role=role)
    page.set_viewport_size(SMALL_PHONE)
    sign_in(page, "yosefina")
    page.goto("/bahasa/en")
    found = [wrong for path in SEEN_BY[role] for wrong in found_on(page, path.format_map(things))]
    assert found == []
