"""A reader's language: the one tapped, else Indonesian if they wish for it first, else the installation's."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from msgspec import structs

from assets_service.settings import Settings


@pytest.fixture
def settings(settings: Settings, installed: str) -> Settings:
    return structs.replace(settings, lang=installed)


@pytest.mark.parametrize("installed", ["id", "en"])
@pytest.mark.parametrize(
    ("asked", "tapped", "page", "program"),  # page, program: what a browser reads, and what a program is answered
    [
        ("", None, "installed", "installed"),
        ("fr, de;q=0.8", None, "installed", "installed"),
        ("*", None, "installed", "installed"),
        ("", "xx", "installed", "installed"),
        ("en-GB,en;q=0.9,id;q=0.8", None, "installed", "en"),
        ("en-US", None, "installed", "en"),
        ("en; q=0.9", None, "installed", "en"),
        ("en;q=0", None, "installed", "installed"),
        ("id", None, "id", "id"),
        ("id-ID,id;q=0.9,en;q=0.8", None, "id", "id"),
        ("in-ID", None, "id", "id"),
        ("in_ID, en;q=0.5", None, "id", "id"),
        ("id;q=0.4, en;q=0.5", None, "installed", "en"),
        ("id", "en", "en", "en"),
        ("en", "id", "id", "id"),
    ],
)
def test_the_tap_decides_and_indonesian_is_first(
    client: TestClient[Litestar], installed: str, asked: str, tapped: str | None, page: str, program: str
) -> None:
    """`ASSETS_LANG`, on pages and in refusals alike. Browsers say English because they were sold so; programs mean it."""
    headers = {"Accept-Language": asked} | ({"Cookie": f"lang={tapped}"} if tapped else {})
    read, answered = (installed if lang == "installed" else lang for lang in (page, program))
    assert f'<html lang="{read}">' in client.get("/masuk", headers=headers).text
    said = {"en": "Please sign in.", "id": "Silakan masuk."}
    assert client.get("/api/v1/me", headers=headers).json()["detail"] == said[answered]
    of_a_page = client.get("/api/v1/me", headers=headers | {"Sec-Fetch-Site": "same-origin"})
    assert of_a_page.json()["detail"] == said[read]
