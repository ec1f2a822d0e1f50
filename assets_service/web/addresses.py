"""Addresses on this site: the one a page is at, and the ones it may send a browser on to."""

from typing import Any
from urllib.parse import urlencode

from litestar import Request


def local(address: str | None, *, default: str = "/") -> str:
    """The address if it stays on this site, else `default`: a `next` from outside is never followed elsewhere."""
    if not address or not address.startswith("/") or address.startswith("//"):
        return default
    # Browsers read a backslash as a slash and drop control characters, so both could lead away.
    if "\\" in address or not address.isascii() or any(character < "!" for character in address):
        return default
    return address


_PLACING = frozenset(
    {"cursor", "before", "at", "sort", "columns"}
)  # where in a list and how it is shown, not what of it


class Here:
    """The address of this page with parts of its query changed: `here(cursor=None, q="…")`."""

    def __init__(self, path: str, query: list[tuple[str, str]]) -> None:
        self._path = path
        self._query = query

    def __call__(self, **changes: object) -> str:
        kept = [(name, value) for name, value in self._query if name not in changes]
        query = kept + [(name, str(value)) for name, value in changes.items() if value is not None]
        return f"{self._path}?{urlencode(query)}" if query else self._path

    @property
    def is_narrowed(self) -> bool:
        """Whether the address asks for some of a list and not for all of it."""
        return any(value.strip() for name, value in self._query if name not in _PLACING)

    def get(self, name: str, default: str = "") -> str:
        return next((value for each, value in reversed(self._query) if each == name), default)


def address_of(request: Request[Any, Any, Any]) -> Here:
    return Here(request.url.path, [(name, str(value)) for name, value in request.query_params.multi_items()])
