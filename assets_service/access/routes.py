"""Every route says who may call it: the app does not start with one that does not."""

from collections.abc import Iterable

from litestar import Litestar
from litestar.handlers import BaseRouteHandler
from litestar.routes.base import BaseRoute

from assets_service.access.policy import PUBLIC, Policy


class NoPolicyError(Exception):
    """A route was added without saying who may call it."""


def policy_of(handler: BaseRouteHandler) -> Policy | None:
    """The route's own, or that of its act; Litestar's answer to OPTIONS, which it adds to each path, says only which methods there are."""
    if getattr(handler, "http_methods", None) == {"OPTIONS"}:
        return PUBLIC
    act = handler.opt.get("act")
    found = handler.opt.get("policy") or (act.who if act else None)
    return found if isinstance(found, Policy) else None


def check_policies(app: Litestar) -> None:
    """Refuse to start an app with a route that has no policy. Raises `NoPolicyError` naming every such route."""
    missing = [f"{route.path} ({handler})" for route, handler in _handlers(app) if policy_of(handler) is None]
    if missing:
        raise NoPolicyError("No policy declared for: " + ", ".join(missing))


def _handlers(app: Litestar) -> Iterable[tuple[BaseRoute, BaseRouteHandler]]:
    for route in app.routes:
        for handler in getattr(route, "route_handlers", None) or [route.route_handler]:  # type: ignore[union-attr]
            yield route, handler
