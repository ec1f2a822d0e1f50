"""axe finds nothing on any page, on a phone by day and on a desk by night; nor are targets too small, or pages too wide."""

from typing import Any, cast

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.programmes import commands as programmes
from assets_service.programmes.asks import NewProgramme
from tests import build
from tests.browser.hands import DESK, PHONE, sign_in, somebody
from tests.custody.build_custody import a_box

pytestmark = pytest.mark.page_alone

# WCAG 2.2 AA, and what axe itself holds to be good practice.
ASKED = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
PAGES = (
    *("/", "/pindai", "/perangkat", "/perangkat/baru", "/pengiriman", "/pengiriman/baru", "/pemeriksaan"),
    *("/pemeriksaan/jadwal", "/tanda", "/tanda/unassigned", "/kantor", "/kantor/81", "/program", "/label"),
    *("/label?device={device}", "/label/temuan", "/impor", "/ekspor", "/ledger", "/orang", "/orang/1", "/akun"),
    *("/d/{device}", "/d/ZZZZZZZZ", "/perangkat/{device}/periksa", "/perangkat/{device}/ubah"),
    *("/perangkat/{device}/riwayat", "/perangkat/{device}/pemegang", "/pengiriman/{box}"),
)
SMALL_PHONE = ViewportSize(width=320, height=640)
SEEN_BY = {
    Role.HEAD: ("/", "/pengiriman/{box}/terima", "/pengiriman/{box}", "/saya", "/d/{device}", "/kantor/81.02"),
    Role.AUDITOR: ("/", "/ledger", "/ekspor", "/perangkat", "/pemeriksaan"),
    Role.LOGISTICS: ("/", "/pengiriman/baru", "/perangkat/baru", "/impor", "/label", "/tanda"),
}
OPEN = ("/masuk", "/publik", "/d/{device}")


@pytest.fixture
def things(db: Database) -> dict[str, str]:
    with db.writing() as session:
        build.roster(session)
        programmes.add(session, NewProgramme(code="PPID", name="PPID"), stamp=build.system())
        device, sent = (build.a_device(session) for _ in range(2))
        box = a_box(session, [sent], build.stamp(session, build.a_person(session, role=Role.LOGISTICS)))
        return {"device": device.code, "box": str(box.id)}


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
WIDER = "document.documentElement.scrollWidth > innerWidth"


def found_on(page: Page, path: str) -> list[str]:
    page.goto(path)
    page.evaluate(AXE_SCRIPT)
    result = cast("dict[str, Any]", page.evaluate("asked => axe.run(document, asked)", ASKED))
    found = [f"{one['id']} {node['target']}" for one in result["violations"] for node in one["nodes"]]
    found += [f"small: {one}" for one in page.evaluate(SMALL)]
    found += ["wider than the screen"] if page.evaluate(WIDER) else []
    return [f"{path}: {each}" for each in found]


@pytest.mark.parametrize("night", [False, True], ids=["phone by day", "desk by night"])
def test_axe_finds_nothing(page: Page, db: Database, things: dict[str, str], *, night: bool) -> None:
    somebody(db, "rahma", at="00", role=Role.ADMIN)
    page.emulate_media(color_scheme="dark" if night else "light")
    page.set_viewport_size(DESK if night else PHONE)
    found = [wrong for path in OPEN for wrong in found_on(page, path.format_map(things))]
    sign_in(page, "rahma")
    found += [wrong for path in PAGES for wrong in found_on(page, path.format_map(things))]
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
