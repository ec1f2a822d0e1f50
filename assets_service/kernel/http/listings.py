"""Lists, a page at a time: a cursor names the last row that was shown."""

import base64
import binascii
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any, Generic, TypeVar, cast

import msgspec
from litestar.params import QueryParameter
from msgspec import UNSET, Struct, UnsetType

from assets_service.kernel import fields
from assets_service.kernel.errors import Refusal, invalid

T = TypeVar("T")

LIMIT_MAX = 500
NUMBER_MAX = 2**63 - 1  # what a database can compare with

Limit = Annotated[int, QueryParameter(ge=1, le=LIMIT_MAX, required=False)]
Cursor = Annotated[str | None, QueryParameter(max_length=1000, required=False)]


class Listing(Struct, Generic[T]):
    """One page of a list: `next_cursor` is null on the last; `total` counts all pages."""

    items: list[T]
    next_cursor: str | None
    total: int
    prev_cursor: str | None | UnsetType = UNSET  # only where a list can be turned back


def cursor_after(key: object) -> str:
    """The cursor of the page that begins after the row with this sort key."""
    return base64.urlsafe_b64encode(msgspec.json.encode([key])).decode().rstrip("=")


def read_cursor(cursor: str | None, kind: type[T]) -> T | None:
    """The sort key inside a cursor. Raises `Invalid` for a cursor that we did not make."""
    if cursor is None:
        return None
    try:
        raw = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        (key,) = fields.read(raw, tuple[kind])  # type: ignore[valid-type]  # a type made of the caller's
    except (binascii.Error, ValueError, msgspec.MsgspecError, Refusal):
        key = None
    if key is None or any(isinstance(part, int) and abs(part) > NUMBER_MAX for part in _parts(key)):
        raise invalid("cursor", "This is not a cursor that a list gave.")
    return cast("T", key)


def _parts(key: object) -> Iterator[object]:
    """The single values of a sort key, however it is nested."""
    if isinstance(key, tuple):
        for part in key:
            yield from _parts(part)
    else:
        yield key


def listing(
    rows: Sequence[Any], total: int, limit: int, *, view: Callable[[Any], T], key: Callable[[Any], object]
) -> Listing[T]:
    """One page of views. `rows` holds up to `limit + 1` rows: the last one only shows that there is a next page."""
    more = len(rows) > limit
    kept = rows[:limit]
    return Listing([view(row) for row in kept], cursor_after(key(kept[-1])) if more else None, total)


def turned(
    rows: Sequence[Any],
    total: int,
    limit: int,
    *,
    view: Callable[[Any], T],
    key: Callable[[Any], object],
    backwards: bool,
    is_first: bool,
) -> Listing[T]:
    """One page of a list that can be turned both ways. `backwards`: the rows stand before the page one came from, nearest first.

    `is_first`: nothing was named that the page stands beyond.
    """
    more = len(rows) > limit
    kept = list(reversed(rows[:limit])) if backwards else rows[:limit]
    has_next, has_prev = (True, more) if backwards else (more, not is_first)
    return Listing(
        [view(row) for row in kept],
        cursor_after(key(kept[-1])) if kept and has_next else None,
        total,
        cursor_after(key(kept[0])) if kept and has_prev else None,
    )
