"""Who may call a route at all. Every route declares one (`policy=` beside its path) or the app does not start.

A policy is only the first gate: which office, device or person is meant is decided by the query (404) and the command (403).
"""

from collections.abc import Iterable

from litestar import Litestar
from litestar.handlers import BaseRouteHandler
from litestar.routes.base import BaseRoute
from msgspec import Struct

from assets_service.kernel.errors import Forbidden, SignInNeeded
from assets_service.ledger.stamp import WRITERS, Role, Stamp


class Policy(Struct, frozen=True):
    """`roles` empty: everybody signed in. `is_public`: strangers too."""

    roles: frozenset[Role] = frozenset()
    is_public: bool = False

    def check(self, stamp: Stamp) -> None:
        """Raises `SignInNeeded` and `Forbidden`."""
        if self.is_public:
            return
        if not stamp.is_known:
            raise SignInNeeded
        if self.roles and not stamp.has(*self.roles):
            raise Forbidden


def may(*roles: Role) -> Policy:
    return Policy(frozenset(roles))


PUBLIC = Policy(is_public=True)
SIGNED_IN = Policy()
ADMINS = may(Role.ADMIN)
REGISTRARS = may(Role.ADMIN, Role.LOGISTICS)
RECEIVERS = may(*WRITERS)  # whoever may write at all


class NoPolicyError(Exception):
    """A route was added without saying who may call it."""


def policy_of(handler: BaseRouteHandler) -> Policy | None:
    found = handler.opt.get("policy")
    return found if isinstance(found, Policy) else None


def check_policies(app: Litestar) -> None:
    """Raises `NoPolicyError` naming every route that forgot its policy."""
    missing = [f"{route.path} ({handler})" for route, handler in _handlers(app) if policy_of(handler) is None]
    if missing:
        raise NoPolicyError("No policy declared for: " + ", ".join(missing))


def _handlers(app: Litestar) -> Iterable[tuple[BaseRoute, BaseRouteHandler]]:
    for route in app.routes:
        for handler in getattr(route, "route_handlers", None) or [route.route_handler]:  # type: ignore[union-attr]
            if getattr(handler, "http_methods", None) != {"OPTIONS"}:
                yield route, handler
