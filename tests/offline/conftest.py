"""A phone with its workers, behind a line that fails when a test says so."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests import build
from tests.browser.hands import PHONE, sign_in, somebody
from tests.custody.build_custody import a_box
from tests.offline.line import Line

WORKS = "navigator.serviceWorker.ready.then(() => !!navigator.serviceWorker.controller)"


@pytest.fixture
def line(served: str) -> Iterator[Line]:
    line = Line(served)
    yield line
    line.close()


@pytest.fixture
def world(db: Database) -> dict[str, str]:
    """Maluku Tenggara with its head, a device, a person, and a box on its way to it."""
    with db.writing() as session:
        build.roster(session)
        build.a_person(session, "Ani Rumthe", at="81.02")
        code = build.a_device(session, at="81.02", serial="R9TX60009AB").code
        boxed = [build.a_device(session) for _ in range(3)]
        codes = " ".join(each.code for each in boxed)
        box = a_box(session, boxed, build.stamp(session, build.a_person(session, role=Role.LOGISTICS)))
        number = str(box.id)
    somebody(db, "yosefina", at="81.02", role=Role.HEAD)
    somebody(db, "markus", at="81.02", role=Role.HEAD)
    return {"code": code, "box": number, "boxed": codes}


@pytest.fixture
def context(browser: Browser, line: Line) -> Iterator[BrowserContext]:
    """A new phone. At the end no script broke."""
    context = browser.new_context(base_url=line.address, viewport=PHONE, locale="id-ID", timezone_id="Asia/Jayapura")
    context.grant_permissions(["camera"])
    wrongs: list[str] = []
    context.on("weberror", lambda error: wrongs.append(str(error.error)))
    yield context
    line.cut()
    context.close()
    assert wrongs == []


@pytest.fixture
def phone(context: BrowserContext, world: dict[str, str]) -> Page:
    """Yosefina's, who opened the app once with network."""
    assert world["code"]
    page = context.new_page()
    sign_in(page, "yosefina")
    opened_once(page)
    return page


def opened_once(page: Page) -> None:
    page.goto("/pindai")
    page.evaluate(WORKS)
    page.goto("/pindai/luring")
    expect(page.locator("[data-age]")).to_contain_text(re.compile(r"^\d+ perangkat"), timeout=20_000)
