"""Static files: for ever under their hash, asked for again without it, compressed, and nothing else can be reached."""

import gzip
import re
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.kernel.errors import NotFound
from assets_service.web.static_files import ASK_AGAIN, FOR_EVER, STATIC, asset, names, static_file
from assets_service.web.stylesheet import STYLES, STYLESHEETS, stylesheet
from assets_service.web.templating import TEMPLATES

Client = TestClient[Litestar]
HTMX = "vendor/htmx@2.0.11/htmx.min.js"
FIRST_LOAD_BYTES_MAX = 12_000  # two seconds at 50 kbit/s


@pytest.mark.parametrize("name", sorted(names()))
def test_every_file_is_served_under_its_address(client: Client, name: str) -> None:
    reply = client.get(asset(name))
    assert (reply.status_code, reply.headers["cache-control"]) == (200, FOR_EVER)
    assert reply.content == static_file(name).content
    assert reply.headers["content-type"].partition(";")[0] == static_file(name).media_type


@pytest.mark.parametrize("query", ["", "?v=", "?v=0123456789ab"])
def test_an_address_without_todays_hash_is_asked_for_again_each_time(client: Client, query: str) -> None:
    """Two versions may serve side by side: what one of them has must not be kept under the other's address."""
    first = client.get(f"/static/app.js{query}")
    assert (first.status_code, first.headers["cache-control"]) == (200, ASK_AGAIN)
    again = client.get(f"/static/app.js{query}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    changed = client.get(f"/static/app.js{query}", headers={"If-None-Match": 'W/"0123456789ab"'})
    assert (changed.status_code, changed.content) == (200, first.content)


def test_the_address_changes_with_the_content() -> None:
    digests = {name: asset(name).partition("?v=")[2] for name in names()}
    assert all(re.fullmatch("[0-9a-f]{12}", digest) for digest in digests.values())
    assert len(set(digests.values())) == len({static_file(name).content for name in names()})


@pytest.mark.parametrize("name", [*STYLESHEETS, "app.js", "icons.svg", HTMX])
def test_a_file_is_sent_compressed_to_who_accepts_it(client: Client, name: str) -> None:
    small = client.get(asset(name), headers={"Accept-Encoding": "br, gzip"})
    plain = client.get(asset(name), headers={"Accept-Encoding": "br"})
    assert (small.headers["content-encoding"], small.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert "content-encoding" not in plain.headers
    assert small.content == plain.content
    assert int(small.headers["content-length"]) == len(static_file(name).gzipped) < len(plain.content) / 2


def test_what_is_small_is_not_compressed(client: Client) -> None:
    assert "content-encoding" not in client.get(asset("favicon.svg"), headers={"Accept-Encoding": "gzip"}).headers


@pytest.mark.parametrize(
    "path",
    [
        "app.csss",
        "../words.py",
        "%2e%2e/words.py",
        "vendor",
        "vendor/",
        "",
        "styles/card.css",
        "%00",
        "app.js%00",
    ],
)
def test_nothing_else_can_be_reached(client: Client, path: str) -> None:
    assert client.get(f"/static/{path}").status_code == 404


def test_a_page_with_a_broken_link_fails() -> None:
    with pytest.raises(NotFound):
        asset("gone.js")


def test_templates_address_static_files_by_one_function() -> None:
    assert [file.name for file in TEMPLATES.rglob("*.html") if "/static/" in file.read_text()] == []


@pytest.mark.parametrize(("name", "folder"), STYLESHEETS.items())
def test_one_request_brings_the_whole_stylesheet(name: str, folder: Path) -> None:
    whole = stylesheet(name).decode()
    for file in sorted(folder.glob("*.css")):
        rules = re.sub(r"/\*.*?\*/", "", file.read_text(), flags=re.DOTALL)
        assert [line for line in rules.splitlines() if line.strip() not in whole] == [], file.name
    assert whole.startswith("@layer tokens, reset, ")
    assert "@import" not in whole


def test_every_rule_lies_in_a_layer_that_has_its_place_in_the_order() -> None:
    order = re.search(r"@layer ([^;{]+);", (STYLES / "layers.css").read_text())
    assert order
    layers = order[1].split(", ")
    for file in sorted([*STYLES.rglob("*.css"), *STATIC.glob("*.css")]):
        if file.name != "layers.css":
            above = re.fullmatch(r"/\* .+ \*/\n@layer (\w+) \{\n(  .*\n|\n)+\}\n", file.read_text())
            assert above, file.name
            assert above[1] in layers, file.name


def test_a_phones_first_page_is_small(client: Client) -> None:
    """The sign-in page with all it loads, as it travels."""
    html = client.get("/masuk", headers={"Accept-Encoding": "gzip"})
    loads = {path.partition("#")[0] for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', html.text)}
    assert {path.partition("?")[0] for path in loads} >= {"/static/app.css", "/static/app.js", "/static/icons.svg"}
    replies = [html, *(client.get(path, headers={"Accept-Encoding": "gzip"}) for path in loads)]
    assert sum(int(reply.headers["content-length"]) for reply in replies) < FIRST_LOAD_BYTES_MAX


LIVE = re.compile(r"\bhx-get=|parts\.filters\(")


@pytest.mark.parametrize("template", sorted(file.relative_to(TEMPLATES) for file in TEMPLATES.rglob("*.html")), ids=str)
def test_htmx_is_loaded_by_the_pages_that_use_it_and_no_other(template: Path) -> None:
    text = (TEMPLATES / template).read_text()
    if template.name not in {"parts.html", "layout.html"}:
        assert bool(LIVE.search(text)) is ("parts.live()" in text)


def test_only_what_is_served_lies_among_the_static_files() -> None:
    assert not list(STATIC.rglob("*.gz"))
    assert all(gzip.decompress(static_file(name).gzipped) == stylesheet(name) for name in STYLESHEETS)
