"""The shell: the page that a phone opens without network, the worker that keeps it there, and the app's manifest.

Nothing of it is about a person: what a phone knows of its own stays in its own store (`static/pocket-store.js`).
"""

import re
from functools import cache
from hashlib import sha256
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from assets_service.kernel.errors import NotFound
from assets_service.kernel.http import language_of
from assets_service.settings import Settings
from assets_service.web.language import LANGUAGES, translate
from assets_service.web.static_files import ASK_AGAIN, DIGEST_LENGTH, FOR_EVER, asset, static_file
from assets_service.web.templating import templates
from assets_service.web.words import TONES, WORDS

ADDRESS = "/pindai/luring"
_STATIC = re.compile(r"/static/([\w@./-]+)\?v=[0-9a-f]{12}")
_SPOKEN = ("presence", "condition", "offline_act")


class Kept(Struct):
    """What the worker keeps: the page of each language, the files that those load, and what it keeps once it was asked for."""

    version: str
    pages: dict[str, str]
    files: list[str]
    later: list[str]


@cache
def page_in(lang: str, pocket_days: int) -> bytes:
    """The page in a language; it shows nothing until its scripts ask the phone's own store."""
    words = {family: {value: translate(lang, word) for value, word in WORDS[family].items()} for family in _SPOKEN}
    html = (
        templates(lang)
        .get_template("shell.html")
        .render(
            lang=lang,
            path=ADDRESS,
            me=None,
            words=words,
            tones={family: TONES[family] for family in ("presence", "condition")},
            pocket_days=pocket_days,
            languages=LANGUAGES,
            keeps_offline=False,
            navigation=[],
            notice=None,
            refusal=None,
            problems={},
            kept={},
            placed=[],
        )
    )
    return html.encode()


@cache
def kept(pocket_days: int) -> Kept:
    """All that the page needs, found where it is named: in the page, and in the scripts that it loads."""
    pages = {lang: page_in(lang, pocket_days) for lang in LANGUAGES}
    named, found = [content.decode() for content in pages.values()], dict[str, str]()
    while named:
        for address in _STATIC.finditer(named.pop()):
            if address[0] not in found:
                found[address[0]] = address[1]
                if address[1].endswith(".js") and not address[1].startswith("vendor/"):
                    named.append(static_file(address[1]).content.decode())
    addresses = {lang: f"{ADDRESS}/{lang}?v={_digest(content)}" for lang, content in pages.items()}
    files = sorted(address for address, name in found.items() if not name.startswith("vendor/"))
    later = sorted(address for address, name in found.items() if name.startswith("vendor/"))
    parts = [*addresses.values(), *files, *later, asset("worker.js")]
    return Kept(_digest("\n".join(parts).encode()), addresses, files, later)


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()[:DIGEST_LENGTH]


@get([ADDRESS, "/siap"], include_in_schema=False, sync_to_thread=False)
def shell(request: Request[Any, Any, Any], settings: NamedDependency[Settings]) -> Response[bytes]:
    """The shell in the reader's language; `/siap` asks it whether this phone is ready for a journey."""
    return _answer(
        request, page_in(language_of(request), settings.pocket_days), "text/html", {"vary": "Cookie, Accept-Language"}
    )


@get(ADDRESS + "/{lang:str}", include_in_schema=False, sync_to_thread=False)
def shell_in(
    lang: FromPath[str], request: Request[Any, Any, Any], settings: NamedDependency[Settings]
) -> Response[bytes]:
    """The shell in one language, as the worker keeps it."""
    if lang not in LANGUAGES:
        raise NotFound
    content = page_in(lang, settings.pocket_days)
    is_this_one = request.query_params.get("v") == _digest(content)
    return _answer(request, content, "text/html", {"cache-control": FOR_EVER} if is_this_one else {})


@get("/sw.js", include_in_schema=False, sync_to_thread=False)
def worker(request: Request[Any, Any, Any], settings: NamedDependency[Settings]) -> Response[bytes]:
    """The worker with the list of what it keeps; where the shell is switched off, one that removes itself."""
    if settings.is_offline_on:
        names = msgspec.json.encode(kept(settings.pocket_days))
        content = b"const KEPT = " + names + b";\n" + static_file("worker.js").content
    else:
        content = static_file("worker-off.js").content
    return _answer(request, content, "text/javascript", {"service-worker-allowed": "/"})


@get("/manifest.webmanifest", include_in_schema=False, sync_to_thread=False)
def manifest(request: Request[Any, Any, Any]) -> Response[bytes]:
    """What the installed app is called and looks like."""
    pictures = [
        {"src": asset("icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": asset("icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {"src": asset("icon-maskable.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        {"src": asset("favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
    ]
    lang = language_of(request)
    named = templates(lang).from_string
    content = {
        "id": "/pindai",
        "name": named('{{ _("PPID Devices") }} Bawaslu').render(),
        "short_name": named('{{ _("PPID Devices") }}').render(),
        "lang": lang,
        "start_url": "/pindai",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f3f5f4",
        "theme_color": "#0e4f55",
        "icons": pictures,
    }
    return _answer(
        request, msgspec.json.encode(content), "application/manifest+json", {"vary": "Cookie, Accept-Language"}
    )


def _answer(
    request: Request[Any, Any, Any], content: bytes, media_type: str, headers: dict[str, str]
) -> Response[bytes]:
    mark = f'W/"{_digest(content)}"'
    headers = {"cache-control": ASK_AGAIN, "etag": mark} | headers
    if mark in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
