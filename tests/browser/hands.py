"""What a person does in the browser: who they are, how they sign in, what they tap."""

import re
import time

from playwright.sync_api import Page, ViewportSize, expect

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests import build

PASSWORD = "hujan-turun-di-tual-81"
DESK = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)


def somebody(db: Database, username: str, *, at: str, role: Role) -> None:
    with db.writing() as session:
        person = build.a_person(session, username.title(), at=at, role=role, username=username)
        build.a_password(session, person, PASSWORD)


def sign_in(page: Page, username: str) -> None:
    page.context.clear_cookies()
    page.goto("/masuk")
    tell_who(page, username)
    expect(page).to_have_url(re.compile(r"/$"))


def tell_who(page: Page, username: str) -> None:
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")


def choose(page: Page, name: str, value: str) -> None:
    """A big radio is tapped on its words."""
    page.locator(f"label:has(input[name='{name}'][value='{value}'])").click()


def press_main(page: Page) -> None:
    page.locator("main form button[type=submit], main form button:not([type])").last.click()


def wait_until(page: Page, expression: str, *, within_s: float = 20) -> None:
    """Until the page says so. Playwright's `wait_for_function` asks a second time by `eval`, which our policy refuses."""
    until = time.monotonic() + within_s
    while not page.evaluate(expression):
        assert time.monotonic() < until, expression
        page.wait_for_timeout(50)
