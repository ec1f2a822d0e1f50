"""Static files: served from this package, cached for a year, named in pages with a hash of their content."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from litestar import Router
from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

STATIC = Path(__file__).parent / "static"


@cache
def asset(name: str) -> str:
    """Return the address of a static file; a changed file has a new address, so a cache is never stale.

    Raises FileNotFoundError for a name that is not there: a page with a broken link should fail in a test.
    """
    digest = sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"


def static_files() -> Router:
    """Serve ``/static``."""
    year_seconds = 365 * 24 * 60 * 60
    return create_static_files_router(
        path="/static",
        directories=[STATIC],
        cache_control=CacheControlHeader(public=True, max_age=year_seconds, immutable=True),
    )
