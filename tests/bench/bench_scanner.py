"""What the scanner reads, and how soon: `python tests/bench/bench_scanner.py`.

Chromium's fake camera films each stock's label as it may lie (straight, tilted, slanted, blurred, dark, under a lamp); zxing-wasm
reads it in the page. Told are the share that was read within ten seconds, and the time from the camera's first picture to the read.
"""

import os
import sys
import tempfile
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[2]))

from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as NotReadError

from assets_service.signing_in.door import COOKIE
from labels import STOCKS
from tests.bench.bench_http import fleet, served
from tests.browser import films
from tests.chromium import CHROMIUM, QUIET

CODE = "7K3M9QWX"
WAIT_MS = 10_000
# The page tells when its camera gave the first picture; the read is known by the answer's arrival.
CLOCK = """addEventListener("playing", () => { window.first ??= performance.now() }, true);
new MutationObserver(() => { if (document.querySelector("[data-said]")?.textContent) window.read ??= performance.now() })
  .observe(document, { subtree: true, childList: true, characterData: true });"""


def measured(page: Page) -> float | None:
    """Milliseconds from the camera's first picture to the read; None if nothing was read."""
    page.goto("/pengiriman/baru")
    page.locator("html[data-ready]").wait_for(state="attached")
    page.click("[data-start]")
    try:
        page.locator(".reads li").first.wait_for(timeout=WAIT_MS)
    except NotReadError:
        return None
    return float(page.evaluate("window.read - window.first"))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url, film = f"sqlite:///{folder}/bench.db", Path(folder) / "film.mjpeg"
        _, sender, _, _ = fleet(url)
        environ = os.environ | {
            "ASSETS_DATABASE_URL": url,
            "ASSETS_DATA_DIR": folder,
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        films.film(films.on_table(films.label("http://127.0.0.1", CODE), share=0.1), film)
        fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
        with served("assets_service.server:app", "granian", environ) as port, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=next(f"/usr/bin/{name}" for name in CHROMIUM if Path(f"/usr/bin/{name}").exists()),
                args=[*QUIET, *fake, f"--use-file-for-fake-video-capture={film}"],
            )
            address = f"http://127.0.0.1:{port}"
            context = browser.new_context(base_url=address, viewport={"width": 390, "height": 844})
            context.add_cookies([{"name": COOKIE, "value": sender, "url": address}])
            page = context.new_page()
            page.add_init_script(CLOCK)
            for way, filmed in films.WAYS.items():
                took = []
                for stock in STOCKS:
                    films.film(filmed(films.label(address, CODE, stock)), film)
                    took.append(measured(page))
                read = [each for each in took if each is not None]
                missed = [stock for stock, each in zip(STOCKS, took, strict=True) if each is None]
                middle = f"median {median(read):5.0f} ms, longest {max(read):5.0f} ms" if read else "none"
                print(
                    f"{way:10} {len(read):2} of {len(took)} read, {middle}  {'not: ' + ', '.join(missed) if missed else ''}"
                )
            browser.close()


if __name__ == "__main__":
    main()
