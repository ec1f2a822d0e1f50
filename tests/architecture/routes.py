"""The routes of the app, each with who answers it."""

from collections.abc import Iterator

from litestar import Litestar
from litestar.handlers import BaseRouteHandler


def calls(app: Litestar) -> Iterator[tuple[str, BaseRouteHandler]]:
    """Each `METHOD /path/{name:type}` and who answers it."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", None) or [route.route_handler]:  # type: ignore[union-attr]  # ASGI routes have one
            for method in sorted(getattr(handler, "http_methods", {"GET"}) - {"OPTIONS"}):
                yield f"{method} {route.path}", handler
