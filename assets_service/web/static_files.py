"""Static files: served from memory, compressed once, named in pages with a hash of their content.

What a script imports from beside it (`from "./queue.js"`) is served under the address with the hash too.

An address with the hash of what is served (`/static/app.js?v=3f9c…`) may be kept for ever. One without, or with the hash of
another version (two serve side by side during an upgrade), is asked for again each time, and answered 304 while it is the same.
"""

import gzip
import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from assets_service.kernel.compression import LENGTH_MIN, accepts_gzip
from assets_service.kernel.errors import NotFound
from assets_service.web.stylesheet import STYLESHEETS, stylesheet

STATIC = Path(__file__).parent / "static"
DIGEST_LENGTH = 12  # hexadecimal digits of the SHA-256
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"
MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
    ".txt": "text/plain",
    "": "text/plain",  # licences
}


_NEIGHBOUR = re.compile(rb'(\b(?:from|import) ?\(?)"\./([\w-]+\.js)"')


class StaticFile(Struct, frozen=True):
    """One file that is served; `gzipped` is empty where compressing would not make it smaller."""

    content: bytes
    gzipped: bytes
    media_type: str
    digest: str


@cache
def names() -> frozenset[str]:
    """All that is served; nothing else in any folder can be asked for."""
    return frozenset(
        {*STYLESHEETS} | {file.relative_to(STATIC).as_posix() for file in STATIC.rglob("*") if file.is_file()}
    )


@cache
def static_file(name: str) -> StaticFile:
    """Read and compressed when first asked for. Raises `NotFound`, and KeyError for an ending without a media type."""
    if name not in names():
        raise NotFound
    content = stylesheet(name) if name in STYLESHEETS else _addressed(STATIC / name)
    gzipped = gzip.compress(content, mtime=0) if len(content) >= LENGTH_MIN else b""
    digest = sha256(content).hexdigest()[:DIGEST_LENGTH]
    return StaticFile(content, gzipped, MEDIA_TYPES[Path(name).suffix], digest)


def _addressed(file: Path) -> bytes:
    """The file; of a script of ours with the addresses of its neighbours, so that no two versions meet in a page."""
    content = file.read_bytes()
    if file.parent != STATIC or file.suffix != ".js":
        return content
    return _NEIGHBOUR.sub(lambda found: found[1] + b'"' + asset(found[2].decode()).encode() + b'"', content)


def asset(name: str) -> str:
    """The address of a static file, for a template; a changed file has a new one, so a cache is never stale.

    Raises `NotFound` for a name that is not there: a page with a broken link fails in its test.
    """
    return f"/static/{name}?v={static_file(name).digest}"


@get("/static/{file_path:path}", include_in_schema=False, sync_to_thread=False)
def serve_static_file(
    request: Request[Any, Any, Any], file_path: FromPath[Path], v: FromQuery[str] = ""
) -> Response[bytes]:
    """Answer with a static file. Raises `NotFound`."""
    name = file_path.as_posix().lstrip("/")
    if name not in names():  # before the cache, which would keep every name that a stranger makes up
        raise NotFound
    file = static_file(name)
    headers = {
        "cache-control": FOR_EVER if v == file.digest else ASK_AGAIN,
        "etag": f'W/"{file.digest}"',  # weak: the same for the compressed bytes
        "vary": "Accept-Encoding",
    }
    if file.digest in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    if file.gzipped and accepts_gzip(request.headers.get("accept-encoding", "")):
        return Response(file.gzipped, media_type=file.media_type, headers=headers | {"content-encoding": "gzip"})
    return Response(file.content, media_type=file.media_type, headers=headers)
