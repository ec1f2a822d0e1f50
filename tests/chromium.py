"""The system's Chromium, on a phone's screen, with no way out."""

import ctypes
import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Route, sync_playwright

PHONE = (390, 844)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
HOW = "no Chromium, or no libatomic, which Playwright's driver loads. As root: apt-get install chromium libatomic1"


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where it is. Skips without one; where CI is true, that fails."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        found = None
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(HOW)
    return found or pytest.skip(HOW)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Ends with its file: Playwright keeps an event loop running in the thread, where other tests want to run theirs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, served: str) -> Iterator[Page]:
    """A new phone at the served address. At the end: nothing was asked of another host, no script broke.

    For a desk: `page.set_viewport_size({"width": 1280, "height": 800})`.
    """
    width, height = PHONE
    context = browser.new_context(
        base_url=served,
        viewport={"width": width, "height": height},
        locale="id-ID",
        timezone_id="Asia/Jakarta",
        service_workers="block",  # Playwright's routes do not see what a worker asks for; tests/offline has its own phone
    )
    page = context.new_page()
    wrongs: list[str] = []

    def stay_here(route: Route, request: Request) -> None:
        if request.url.startswith((served, "data:", "blob:")):
            route.continue_()
        else:
            wrongs.append(f"asked for {request.url}")
            route.abort()

    def listen(message: ConsoleMessage) -> None:
        # Chromium reports each 4xx as an error of its own; refusals are what many tests want to see.
        if message.type == "error" and "Failed to load resource" not in message.text:
            wrongs.append(f"console: {message.text}")

    context.route("**/*", stay_here)
    page.on("console", listen)
    page.on("pageerror", lambda error: wrongs.append(f"script: {error}"))
    yield page
    context.close()
    assert not wrongs
