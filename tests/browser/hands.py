"""What a person does in the browser: who they are, how they sign in, what they tap."""

import time
from datetime import UTC, datetime

from playwright.sync_api import Page, ViewportSize, expect

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.signing_in.door import COOKIE
from tests import build

PASSWORD = "hujan-turun-di-tual-81"
DESK = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)


_tokens: dict[str, str] = {}  # of the sign-in of everybody who was made


def somebody(db: Database, username: str, *, at: str, role: Role, has_password: bool = False) -> None:
    with db.writing() as session:
        person = build.a_person(session, username.title(), at=at, role=role, username=username)
        if has_password:
            build.a_password(session, person, PASSWORD)
        _tokens[username] = build.a_token(session, person, at=datetime.now(UTC))


def sign_in(page: Page, username: str) -> None:
    """Be signed in, on no page yet; the way there by the form (`tell_who`) has tests of its own and costs two seconds."""
    page.context.clear_cookies()
    page.context.add_cookies([{"name": COOKIE, "value": _tokens[username], "domain": "127.0.0.1", "path": "/"}])


def tell_who(page: Page, username: str) -> None:
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")


def choose(page: Page, name: str, value: str) -> None:
    """A big radio is tapped on its words."""
    page.locator(f"label:has(input[name='{name}'][value='{value}'])").click()


def sign(page: Page) -> None:
    """One stroke of a finger across the pad."""
    settled(page)
    pad = page.locator("[data-pad]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box, "the pad is seen"
    page.mouse.move(box["x"] + 20, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=5)
    page.mouse.move(box["x"] + box["width"] - 20, box["y"] + 20, steps=5)
    page.mouse.up()


def press_main(page: Page) -> None:
    page.locator("main form :is(button[type=submit], button:not([type])):visible").last.click()


def wait_until(page: Page, expression: str, *, within_s: float = 20) -> None:
    """Until the page says so. Playwright's `wait_for_function` asks a second time by `eval`, which our policy refuses."""
    until = time.monotonic() + within_s
    while not page.evaluate(expression):
        assert time.monotonic() < until, expression
        page.wait_for_timeout(50)


def opened(page: Page, path: str) -> None:
    """The page with the scripts that are fetched once it is seen."""
    page.goto(path)
    settled(page)


def settled(page: Page) -> None:
    expect(page.locator("html[data-ready]")).to_be_attached()
