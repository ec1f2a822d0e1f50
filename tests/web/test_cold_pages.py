"""What a phone on a poor line loads the first time: the page scanned to, the page to type a code into, the receipt."""

import re
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.web.stylesheet import STYLESHEETS
from tests import build
from tests.custody.build_custody import a_box
from tests.people.build_people import browser

COLD_BYTES_MAX = 35_000  # at 50 kbit/s and 800 ms there and back: within some four seconds
SCANNER_BYTES_MAX = 15_000
SCANNING_BYTES_MAX = 50_000


@pytest.fixture
def pages(db: Database) -> dict[str, str]:
    with db.writing() as session:
        build.roster(session)
        sender = build.stamp(session, build.a_person(session, at="00", role=Role.LOGISTICS))
        box = a_box(session, [build.a_device(session) for _ in range(50)], sender)
        own = build.a_device(session, at="81.02").code
    return {"scan": "/pindai", "device": f"/d/{own}", "receipt": f"/pengiriman/{box.id}/terima"}


@pytest.mark.parametrize("name", ["scan", "device", "receipt"])
def test_a_cold_page_with_all_it_loads_is_small(
    client: TestClient[Litestar], db: Database, pages: dict[str, str], name: str
) -> None:
    who = browser(db, Role.HEAD, "81.02") | {"Accept-Encoding": "gzip"}
    html = client.get(pages[name], headers=who)
    assert html.status_code == 200
    loads = {path.partition("#")[0] for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', html.text)}
    assert not [path for path in loads if "htmx" in path]
    replies = [html, *(client.get(path, headers=who) for path in sorted(loads))]
    assert len(loads) > 3
    assert sum(int(reply.headers["content-length"]) for reply in replies) <= COLD_BYTES_MAX


def classes_of(folder: Path) -> set[str]:
    return {name for file in folder.glob("*.css") for name in re.findall(r"\.([a-z][\w-]*)", file.read_text())}


def test_a_page_without_the_second_stylesheet_needs_nothing_of_it(
    client: TestClient[Litestar], db: Database, pages: dict[str, str]
) -> None:
    mine = browser(db, Role.HEAD, "81.02")
    of_lists = classes_of(STYLESHEETS["lists.css"]) - classes_of(STYLESHEETS["app.css"])
    assert {"tiles", "coverage"} <= of_lists
    for path, who in [
        *((path, mine) for path in pages.values()),
        (pages["device"], {}),
        ("/masuk", {}),
        ("/d/ZZZZZZZZ", {}),
    ]:
        html = client.get(path, headers=who).text
        assert ("app.css" in html, "lists.css" in html, "<table" in html) == (True, False, False), path
        used = {name for said in re.findall(r'class="([^"]*)"', html) for name in said.split()}
        assert sorted(used & of_lists) == [], path


def test_the_scanner_is_light(client: TestClient[Litestar], db: Database, pages: dict[str, str]) -> None:
    """What is ours of it, all pages together; and the scan page with all of it, without the library that reads pictures."""
    who = browser(db, Role.LOGISTICS, "00") | {"Accept-Encoding": "gzip"}
    html = client.get(pages["scan"], headers=who)
    texts = html.text + client.get("/perangkat/baru", headers=who).text
    ours = set(re.findall(r'"(/static/scanner[^"]+)"', texts))
    assert len(ours) == 5
    sizes = {path: int(client.get(path, headers=who).headers["content-length"]) for path in ours}
    assert sum(sizes.values()) <= SCANNER_BYTES_MAX
    loads = {path.partition("#")[0] for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', html.text)}
    page = [int(client.get(path, headers=who).headers["content-length"]) for path in loads]
    assert int(html.headers["content-length"]) + sum(page) + sum(sizes.values()) <= SCANNING_BYTES_MAX
    assert not [path for path in loads if "zxing" in path]
