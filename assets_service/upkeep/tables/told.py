"""What the ledger tells of one row, and when a row agrees with it."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from msgspec import Struct

from assets_service.ledger.chain import name_of, salt_of
from assets_service.ledger.events import Event
from assets_service.people.usernames import likeness

Key = tuple[str, object]  # the table, and what tells its rows apart among those of one chain
Told = dict[Key, dict[str, Any]]  # by column, as the table names it; offices by their codes, shipments by their numbers


class Said(Struct, frozen=True):
    """One entry as the replay needs it. `after` is the time of the entry before it in its chain."""

    event: Event
    at: datetime
    actor_id: int | None
    door: str
    action_id: str
    after: datetime | None

    @property
    def moment(self) -> "At":
        return At(self.at, may_be_earlier=self.at == self.after)


class At(Struct, frozen=True):
    """The time of an entry. A clock that was set back leaves an earlier one in the row than in the chain."""

    at: datetime
    may_be_earlier: bool = False

    def agrees(self, value: Any) -> bool:
        return value == self.at or (self.may_be_earlier and value is not None and value < self.at)

    def __str__(self) -> str:
        return str(self.at)


class OneOf(Struct, frozen=True):
    """The ledger leaves open which of these it is."""

    values: tuple[Any, ...]

    def agrees(self, value: Any) -> bool:
        return value in self.values

    def __str__(self) -> str:
        return " or ".join(str(value) for value in self.values)


class Hashed(Struct, frozen=True):
    """The ledger tells the SHA-256 of the text in the row."""

    sha256: str

    def agrees(self, value: Any) -> bool:
        return value is not None and sha256(str(value).encode()).hexdigest() == self.sha256

    def __str__(self) -> str:
        return "another"


class Something(Struct, frozen=True):
    """The ledger tells that there is a value, and not which."""

    def agrees(self, value: Any) -> bool:
        return value is not None

    def __str__(self) -> str:
        return "something"


class Digested(Struct, frozen=True):
    """The ledger tells a digest of the name. The row shows salt and name, a line each; without a salt the name may be anything: it was blanked."""

    digest: str
    part: str = "name"

    def agrees(self, value: Any) -> bool:
        salt, _, name = (value or "").partition("\n")
        return value is not None and (not salt or name_of(salt_of(salt, self.part), name, self.part) == self.digest)

    def __str__(self) -> str:
        return "another"


class Blankable(Digested, frozen=True):
    """The same of a kept name, which may be blanked itself."""

    def agrees(self, value: Any) -> bool:
        return value is None or super().agrees(value)


class Likeness(Struct, frozen=True):
    """Of a username in the row, likeness and username, a line each, it is the likeness."""

    def agrees(self, value: Any) -> bool:
        kept, _, username = (value or "").partition("\n")
        return value is not None and kept == likeness(username)

    def __str__(self) -> str:
        return "another"


def agrees(told: Any, value: Any) -> bool:
    return bool(
        told.agrees(value) if isinstance(told, At | OneOf | Something | Hashed | Digested | Likeness) else told == value
    )
