"""All that the app answers, as a test walks over it."""

import re
from collections.abc import Iterator

from litestar import Litestar
from litestar.handlers import BaseRouteHandler

SAMPLES = {"int": "1", "uuid": "00000000-0000-7000-8000-000000000000", "str": "1", "path": "1"}


def calls(app: Litestar) -> Iterator[tuple[str, BaseRouteHandler]]:
    """Each `METHOD /path/{name:type}` and who answers it."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", None) or [route.route_handler]:  # type: ignore[union-attr]  # ASGI routes have one
            for method in sorted(getattr(handler, "http_methods", {"GET"}) - {"OPTIONS"}):
                yield f"{method} {route.path}", handler


def filled(path: str, **values: object) -> str:
    """The path with the given values, and something harmless for the rest."""
    return re.sub(r"\{(\w+):(\w+)\}", lambda parameter: str(values.get(parameter[1], SAMPLES[parameter[2]])), path)
