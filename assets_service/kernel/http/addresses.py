"""Checks of a request's address before any query or file is asked for with it."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote_to_bytes
from uuid import UUID

from assets_service.kernel.errors import Malformed, NotFound, invalid

ROW_MAX = 2**31 - 1  # what both databases give a row as its number
PART_LENGTH_MAX = 300


def refuse_impossible_address(parts: Mapping[str, object]) -> None:
    """Refuse an address that none of ours can be, before a query or a file system is asked for it. Raises `NotFound`."""
    for part in parts.values():
        if isinstance(part, int) and not 0 < part <= ROW_MAX:
            raise NotFound
        if isinstance(part, str | Path) and (len(str(part)) > PART_LENGTH_MAX or not str(part).isprintable()):
            raise NotFound


def refuse_unreadable_query(query: bytes) -> None:
    """Refuse a query with NUL, which PostgreSQL cannot hold, or with bytes that are not UTF-8. Raises `Malformed`."""
    raw = unquote_to_bytes(query)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed(why="the query is not UTF-8 text.") from None
    if b"\x00" in raw:
        raise Malformed(why="the query has control characters.")


def read_uuid(text: str, where: str) -> str:
    """A UUID in its canonical form. Raises `Invalid`."""
    try:
        return str(UUID(text))
    except ValueError:
        raise invalid(where, "This is not a UUID.") from None
