"""Who may call a route at all. Every route declares one (`policy=`, or `act=` whose policy it is) or the app does not start.

A policy is only the first gate: which office, device or person is meant is decided by the query (404) and the command (403).
"""

from msgspec import Struct

from assets_service.access.stamp import WRITERS, Role, Stamp
from assets_service.kernel.errors import Forbidden, SignInNeeded


class Policy(Struct, frozen=True):
    """Who may call a route: holders of any of `roles`; everybody signed in if there are none; strangers too if `is_public`."""

    roles: frozenset[Role] = frozenset()
    is_public: bool = False

    def check(self, stamp: Stamp) -> None:
        """Refuse a caller whom this policy keeps out. Raises `SignInNeeded` and `Forbidden`."""
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
AUDITORS = may(Role.ADMIN, Role.AUDITOR)
RECEIVERS = may(*WRITERS)  # whoever may write at all
