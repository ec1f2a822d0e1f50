"""Who acts, when, through which door, with which rights: what every command needs and every entry keeps."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Role(StrEnum):
    """A right at an office, good for that office and all below it. An auditor can never write."""

    ADMIN = "admin"
    LOGISTICS = "logistics"
    HEAD = "head"
    AUDITOR = "auditor"


WRITERS = (Role.ADMIN, Role.LOGISTICS, Role.HEAD)


class Door(StrEnum):
    """The face through which an act came in."""

    PAGE = "page"
    API = "api"
    OUTBOX = "outbox"
    IMPORT = "import"
    CLI = "cli"


class Right(Struct, frozen=True):
    """`role` in the subtree under `path` (`/00/81/`)."""

    role: Role
    path: str


class Stamp(Struct, frozen=True, kw_only=True):
    """One act. `at` is the server's clock; `claimed_at` the device's, kept as claimed. A stranger has no actor."""

    actor_id: int | None
    actor: str
    rights: tuple[Right, ...]
    at: datetime
    door: Door
    action_id: str
    claimed_at: datetime | None = None

    @property
    def is_known(self) -> bool:
        return self.actor_id is not None or self.door is Door.CLI

    def has(self, *roles: Role) -> bool:
        """Whether any of the roles is held anywhere."""
        return any(right.role in roles for right in self.rights)

    def may(self, path: str, *roles: Role) -> bool:
        """Whether any of the roles is held at the office with this path, or above it."""
        return any(right.role in roles and path.startswith(right.path) for right in self.rights)

    def belongs_to(self, path: str) -> bool:
        """Whether a writing role is held at this very office: the receiver confirms, nobody above for it."""
        return any(right.path == path and right.role in WRITERS for right in self.rights)

    def scopes(self, *roles: Role) -> tuple[str, ...]:
        """The topmost paths in which any of the roles (all, when none is named) is held."""
        paths = sorted({right.path for right in self.rights if not roles or right.role in roles})
        return tuple(path for path in paths if not any(path != top and path.startswith(top) for top in paths))
