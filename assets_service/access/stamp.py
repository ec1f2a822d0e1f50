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
REGISTRARS = (Role.ADMIN, Role.LOGISTICS)
ADMINS = (Role.ADMIN,)


class Door(StrEnum):
    """The face through which an act came in."""

    PAGE = "page"
    API = "api"
    OUTBOX = "outbox"
    LINK = "link"
    FILE = "file"
    IMPORT = "import"
    CLI = "cli"


class Right(Struct, frozen=True):
    """A role that a person holds at the office with this `path` (`/00/81/`) and at all offices below it."""

    role: Role
    path: str


class Stamp(Struct, frozen=True, kw_only=True):
    """Who acts, with which rights, when and through which door.

    `at` is the server's time; `claimed_at` the time that the caller's device claims, `seen_at` the same put right by what is
    known of its clock, for what was done earlier than it is handed in. A stranger has no `actor_id`.
    `account` is the username for people's eyes, `system` on the machine itself, `-` for a stranger.
    """

    actor_id: int | None
    account: str
    rights: tuple[Right, ...]
    at: datetime
    door: Door
    action_id: str
    claimed_at: datetime | None = None
    seen_at: datetime | None = None

    @property
    def actor(self) -> str:
        """Who acts, as the ledger says it for ever: a number, since names and usernames change and may have to be forgotten."""
        return self.account if self.actor_id is None else f"person/{self.actor_id}"

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
        """Whether a writing role is held at this very office. A role above it is not enough: only the receiver itself confirms."""
        return any(right.path == path and right.role in WRITERS for right in self.rights)

    def scopes(self, *roles: Role) -> tuple[str, ...]:
        """The paths of the topmost offices at which any of the roles is held; any role counts when none is named."""
        paths = sorted({right.path for right in self.rights if not roles or right.role in roles})
        return tuple(path for path in paths if not any(path != top and path.startswith(top) for top in paths))

    @property
    def asker(self) -> "Asker":
        """Who asks for what is done later."""
        return Asker(self.actor_id, self.account, self.door, self.action_id)


class Asker(Struct, frozen=True):
    """Whoever asked for work that is done later. Without rights: those of the moment when it is done decide."""

    actor_id: int | None
    account: str
    door: Door
    action_id: str


MACHINE = (Right(Role.ADMIN, "/"), Right(Role.LOGISTICS, "/"))  # the rights of whoever has the machine itself
