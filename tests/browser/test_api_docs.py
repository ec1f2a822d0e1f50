"""The API's page is under the same strict rules as the rest, and still shows every call."""

import httpx
from playwright.sync_api import Page, expect


def test_the_apis_page_shows_its_calls_under_the_same_rules_as_the_rest(page: Page, served: str) -> None:
    """The fixture sees what the browser refuses to run, load or style."""
    rules = [httpx.get(f"{served}{path}").headers["content-security-policy"] for path in ("/docs", "/masuk")]
    assert rules[0] == rules[1]
    page.goto("/docs")
    expect(page.locator(".opblock").first).to_be_visible()
    page.locator(".opblock-summary").first.click()
    expect(page.locator(".opblock.is-open .opblock-body").first).to_be_visible()
