"""The shell opens where there is no network, and knows the device whose label was scanned."""

import gzip
import json
import re

import httpx
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from assets_service.devices.models import Device
from assets_service.kernel.db import Database
from assets_service.web.static_files import FOR_EVER
from tests.offline.line import Line

pytestmark = pytest.mark.page_alone

SHELL_BYTES_MAX = 60_000


def test_every_address_lands_in_the_shell_without_network(phone: Page, line: Line, world: dict[str, str]) -> None:
    line.cut()
    for path in ("/", "/pindai", "/pengiriman", "/pindai/luring"):
        phone.goto(path)
        expect(phone.locator("[data-net]")).to_have_text("Tanpa jaringan")
        expect(phone.locator("[data-view=home]")).to_be_visible()
    for path in (f"/D/{world['code']}.1", f"/d/{world['code']}", f"/pindai?kode={world['code']}"):
        phone.goto(path)
        expect(phone.locator("h1")).to_have_text("Samsung Galaxy A15")
        expect(phone.locator("[data-facts]")).to_contain_text("R9TX60009AB")
    phone.locator("[data-language]").click()
    expect(phone.locator("[data-net]")).to_have_text("No network")
    phone.goto("/pengiriman")
    expect(phone.locator("h1")).to_have_text("Scan")
    expect(phone.locator("[data-net]")).to_have_text("No network")


def test_who_waits_on_a_line_that_says_nothing_is_given_the_shell(
    phone: Page, line: Line, world: dict[str, str]
) -> None:
    line.is_deaf = True
    phone.goto(f"/d/{world['code']}", timeout=8000)
    expect(phone.locator("[data-view=device]")).to_be_visible()


def test_a_label_scanned_with_network_is_attached_though_a_worker_stands_between(
    phone: Page, db: Database, world: dict[str, str]
) -> None:
    """The browser's own request says that a person looks; one that a worker made would not."""
    phone.goto(f"/D/{world['code']}.1")
    expect(phone.locator("h1")).to_contain_text("Samsung")
    with db.reading() as session:
        device = session.scalars(select(Device).where(Device.code == world["code"])).one()
        assert device.label_attached_at is not None


def test_what_is_kept_on_a_phone_is_light_and_about_nobody(served: str) -> None:
    """As it travels, without the library that reads pictures, which is kept once a camera has needed it."""
    with httpx.Client(base_url=served, headers={"Accept-Encoding": "gzip"}) as client:
        worker = client.get("/sw.js")
        kept = json.loads(worker.text.partition("=")[2].partition(";\n")[0])
        addresses = [*kept["pages"].values(), *kept["files"]]
        sizes = {address: int(client.get(address).headers["content-length"]) for address in addresses}
        forever = {client.get(address).headers["cache-control"] for address in addresses}
    assert {re.sub(r"\?.*", "", path) for path in addresses} >= {
        "/pindai/luring/id",
        "/static/app.css",
        "/static/queue.js",
    }
    assert forever == {FOR_EVER}
    assert sum(sizes.values()) + len(gzip.compress(worker.content)) <= SHELL_BYTES_MAX, sizes
    assert "zxing_reader.wasm" in "".join(kept["later"])
