"""Some replays need a real browser: the same one, with no way out."""

from tests.browser.conftest import browser, chromium, page

__all__ = ["browser", "chromium", "page"]
