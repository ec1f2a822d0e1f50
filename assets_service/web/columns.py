"""Which columns of a list a reader wants to see: ticked in the list's filters, kept in a cookie of their browser."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response

COOKIE = "columns"
NAMES_MAX = 200  # characters
_YEAR_SECONDS = 365 * 24 * 60 * 60


def columns_wanted(request: Request[Any, Any, Any], known: Sequence[str], usual: Sequence[str]) -> list[str]:
    """The columns named in the address, else those kept in the cookie, else the usual ones; in the order of `known`."""
    asked = request.query_params.getall("columns", [])
    kept = request.cookies.get(COOKIE, "")[:NAMES_MAX].split(".")
    wanted = asked or [name for name in kept if name in known] or usual
    return [name for name in known if name in wanted]


def keep_columns(response: Response[Any], columns: Sequence[str]) -> None:
    response.set_cookie(COOKIE, ".".join(columns), max_age=_YEAR_SECONDS, samesite="lax", httponly=True)
