"""The worker, the shell and the manifest as the server gives them."""

import json

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from msgspec import structs

from assets_service.app import create_app
from assets_service.kernel.db import Database
from assets_service.settings import Settings
from assets_service.web.icons import ICONS, colours, icon
from assets_service.web.shell import kept, page_in
from assets_service.web.static_files import static_file

Client = TestClient[Litestar]


def test_the_version_follows_whatever_is_kept() -> None:
    assert kept(14).version == kept(14).version
    assert kept(14).version != kept(15).version  # which the page says


def test_a_script_is_kept_with_all_that_it_imports() -> None:
    names = {address.partition("?")[0].removeprefix("/static/") for address in kept(14).files}
    assert {"shell.js", "queue.js", "pocket-store.js", "scanner.js", "scanner-camera.js", "app.css"} <= names
    assert b'from "./' not in static_file("queue.js").content


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_shell_is_the_same_for_everybody_and_not_asked_for_twice(client: Client, lang: str) -> None:
    first = client.get(f"/pindai/luring/{lang}", headers={"Accept-Encoding": "identity"})
    assert first.content == page_in(lang, 14)
    again = client.get(f"/pindai/luring/{lang}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "set-cookie" not in first.headers


def test_there_is_no_shell_in_another_language(client: Client) -> None:
    assert client.get("/pindai/luring/fr").status_code == 404


def test_the_switch_serves_a_worker_that_removes_itself(settings: Settings, db: Database) -> None:
    off = structs.replace(settings, is_offline_on=False)
    with TestClient(create_app(off, db=db), base_url="http://127.0.0.1") as client:
        answer = client.get("/sw.js")
    assert answer.content == static_file("worker-off.js").content
    assert (answer.headers["service-worker-allowed"], answer.headers["cache-control"]) == ("/", "public, no-cache")


def test_the_manifest_names_icons_that_are_there(client: Client) -> None:
    manifest = json.loads(client.get("/manifest.webmanifest").content)
    assert (manifest["start_url"], manifest["scope"]) == ("/pindai", "/")
    assert manifest["short_name"] == "Perangkat PPID"
    assert {each.get("purpose", "any") for each in manifest["icons"]} == {"any", "maskable"}
    for each in manifest["icons"]:
        assert client.get(each["src"]).headers["content-type"] == each["type"]


@pytest.mark.parametrize("name", ICONS)
def test_an_icon_is_the_mark_as_it_is_drawn_today(name: str) -> None:
    side, share, is_full = ICONS[name]
    drawn = icon(side, share, is_full=is_full)
    assert {"#10312f", "#e9a23b"} == colours()
    assert static_file(name).content.startswith(b"\x89PNG")
    assert drawn.size == (side, side)
    assert (drawn.getchannel("A").getpixel((0, 0)) == 255) is is_full  # a corner
