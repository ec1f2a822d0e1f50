"""Bars that stay in sight (top, tabs, the foot of a form) never lie over what has the focus, nor over each other."""

import pytest
from playwright.sync_api import Page, ViewportSize

from assets_service.access.stamp import Role
from assets_service.custody.asks import NewHolder
from assets_service.custody.commands import hold
from assets_service.kernel.db import Database
from assets_service.programmes import commands as programmes
from assets_service.programmes.asks import NewProgramme
from tests import build
from tests.browser.hands import sign_in, somebody
from tests.custody.build_custody import a_box

pytestmark = pytest.mark.page_alone

SIZES = {
    "a phone": ViewportSize(width=390, height=844),
    "a small phone": ViewportSize(width=320, height=640),
    "a phone at 200 %": ViewportSize(width=195, height=422),
}
STOPS_MAX = 160
SCANNER_IS_THERE = "() => [...document.querySelectorAll('[data-scanner]')].every((one) => !one.hidden)"
# What has the focus: where it lies outside the window, or which other thing lies over its middle or a corner of it.
COVERED = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const { left, right, top, bottom } = at.getBoundingClientRect();
  const fits = bottom - top < innerHeight / 3;
  const called = `${at.tagName} ${at.name || at.textContent.trim().slice(0, 30)}`;
  if (fits && (top < -1 || bottom > innerHeight + 1)) return { called, by: "the window's edge" };
  const inset = 3;
  const points = fits
    ? [[(left + right) / 2, (top + bottom) / 2], [left + inset, top + inset], [right - inset, bottom - inset]]
    : [[(left + right) / 2, (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2]];
  const bars = [...document.querySelectorAll(".top, .tabs, .go, .picked")].filter((bar) => !bar.contains(at));
  for (const [x, y] of points) {
    const over = document.elementFromPoint(Math.min(Math.max(x, 0), innerWidth - 1), y);
    const bar = bars.find((one) => one.contains(over));
    if (bar) return { called, by: bar.className };
  }
  return { called, by: "" };
}"""
# Pairs of bars that lie over each other.
CROSSED = """() => {
  const bars = [...document.querySelectorAll(".top, .tabs, .tabs a, .tabs .icon, .go")].filter((bar) => bar.checkVisibility());
  const places = bars.map((bar) => [bar, bar.getBoundingClientRect()]);
  return places.flatMap(([one, a]) => places
    .filter(([other, b]) => one !== other && !one.contains(other) && !other.contains(one) && one.matches(".go, .top")
      && !other.matches(".go, .top") && a.top < b.bottom - 1 && b.top < a.bottom - 1 && a.left < b.right && b.left < a.right)
    .map(([other]) => `${one.className} over ${other.outerHTML.slice(0, 60)}`));
}"""

WIDER = """() => document.documentElement.scrollWidth > innerWidth && [...document.querySelectorAll("main *")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1).map((one) => `${one.tagName}.${one.className}`).slice(0, 4).join(" ")"""


@pytest.fixture
def at(page: Page, db: Database) -> dict[str, str]:
    """Where the pages with bars are, for the head of an office that awaits a box."""
    with db.writing() as session:
        build.roster(session)
        sender = build.stamp(session, build.a_person(session, at="00", role=Role.LOGISTICS))
        box = a_box(session, [build.a_device(session) for _ in range(2)], sender)
        devices = [build.a_device(session, at="81.02") for _ in range(3)]
        own = [device.code for device in devices]
        holder = build.a_person(session, "Umar", at="81.02")
        hold(session, devices[0], NewHolder(person=holder.id), stamp=sender)
        programmes.add(session, NewProgramme(code="PPID", name="PPID"), stamp=build.system())
    somebody(db, "yosefina", at="81.02", role=Role.ADMIN)
    sign_in(page, "yosefina")
    return {
        "receipt": f"/pengiriman/{box.id}/terima",
        "check": f"/perangkat/{own[0]}/periksa",
        "register": "/perangkat/baru",
        "list": "/perangkat?office=81.02",
        "send": f"/pengiriman/baru?device={own[0]}",
        "schedule": "/pemeriksaan/jadwal",
        "grades": "/kantor/81.02/keterbukaan",
        "person": "/orang/1",
        "shipment": f"/pengiriman/{box.id}",
        "arrival": f"/pengiriman/{box.id}/tiba",
        "succession": f"/kantor/81.02/serah-terima?leaver={holder.id}",
        "holder": f"/perangkat/{own[0]}/pemegang",
        "leave": f"/orang/{holder.id}/penonaktifan",
        "hand out": "/program/PPID/distribusi",
    }


def test_every_control_is_seen_when_the_tab_key_comes_to_it(page: Page, at: dict[str, str]) -> None:
    wrong = []
    for size, window in SIZES.items():
        page.set_viewport_size(window)
        for name, path in at.items():
            page.goto(path)
            page.wait_for_function(SCANNER_IS_THERE)  # it is shown once its script has come, and moves what is below
            page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true })")
            wrong += [f"{size}, {name}: {what}" for what in _tabbed_through(page)]
    assert not wrong, "\n".join(wrong)


def _tabbed_through(page: Page) -> list[str]:
    """What is wrong at each control, from the first to the last."""
    wrong: list[str] = []
    for stop in range(STOPS_MAX):
        page.keyboard.press("Tab")
        found = page.evaluate(COVERED)
        if found is None:
            assert stop > 10, "the page has controls"
            break
        wrong += [f"{found['called']}: {found['by']}"] if found["by"] else []
    wrong += page.evaluate(CROSSED)
    if wide := page.evaluate(WIDER):
        wrong.append(f"wider than the window: {wide}")
    return wrong
