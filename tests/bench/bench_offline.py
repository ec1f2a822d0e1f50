"""How soon a scan is answered without network: `python tests/bench/bench_offline.py`.

Chromium, a phone's screen, a list of hundreds of devices in the phone's store, no line. Told is the time from what the camera would hand over to the
device on the screen, and until the shell stands after a label's address was opened.
"""

import os
import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles

sys.path.insert(0, str(Path(__file__).parents[2]))

from playwright.sync_api import Page, sync_playwright

from assets_service.signing_in.door import COOKIE
from tests.bench.bench_http import fleet, served
from tests.chromium import CHROMIUM, QUIET
from tests.offline.line import Line

SCANS = 100
CODES = """() => new Promise((resolve) => {
  indexedDB.open("assets-phone").onsuccess = ({ target: { result: db } }) => {
    db.transaction("pocket").objectStore("pocket").get("list").onsuccess = ({ target: { result } }) => resolve(result.list.devices.code);
  };
})"""
SCAN = """(code) => new Promise((resolve) => {
  location.hash = "#pindai";
  const shown = () => document.querySelector("[data-view=device] [data-about]").textContent.replace(/ /g, "").startsWith(code)
    && !document.querySelector("[data-view=device]").hidden;
  requestAnimationFrame(() => setTimeout(() => {
    const began = performance.now();
    const look = () => (shown() ? resolve(performance.now() - began) : requestAnimationFrame(look));
    document.getElementById("f-kode").dispatchEvent(new CustomEvent("read", { cancelable: true, detail: { text: `${location.origin}/D/${code}.1` } }));
    requestAnimationFrame(look);
  }, 50));
})"""


def told(name: str, times: list[float]) -> None:
    print(
        f"{name:32} median {median(times):6.1f} ms   19 of 20 {quantiles(times, n=20)[-1]:6.1f} ms   worst {max(times):6.1f} ms"
    )


def opened(page: Page, code: str) -> float:
    """Milliseconds from the address to the device."""
    page.goto(f"/D/{code}.1")
    page.locator("[data-view=device]").wait_for()
    return float(page.evaluate("performance.now()"))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        _, token, _, _ = fleet(url)
        environ = os.environ | {
            "ASSETS_DATABASE_URL": url,
            "ASSETS_DATA_DIR": folder,
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        with served("assets_service.server:app", "granian", environ) as port, sync_playwright() as playwright:
            line = Line(f"http://127.0.0.1:{port}")
            browser = playwright.chromium.launch(
                executable_path=next(f"/usr/bin/{name}" for name in CHROMIUM if Path(f"/usr/bin/{name}").exists()),
                args=list(QUIET),
            )
            context = browser.new_context(base_url=line.address, viewport={"width": 390, "height": 844})
            context.add_cookies([{"name": COOKIE, "value": token, "domain": "127.0.0.1", "path": "/"}])
            page = context.new_page()
            page.goto("/pindai/luring")
            page.evaluate("navigator.serviceWorker.ready")
            page.wait_for_timeout(5000)
            codes = page.evaluate(CODES)
            print(f"{len(codes)} devices")
            line.cut()
            page.goto("/pindai/luring")
            page.wait_for_timeout(500)
            told("scan to device", [page.evaluate(SCAN, code) for code in codes[:: max(1, len(codes) // SCANS)]])
            told("address to device", [opened(page, code) for code in codes[:20]])
            browser.close()
            line.close()


if __name__ == "__main__":
    main()
