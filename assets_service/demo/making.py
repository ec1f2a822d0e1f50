"""What one making of the fleet needs: who acts, which day it is, and dice that always fall the same."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from msgspec import structs
from uuid_utils import uuid7

from assets_service.access.stamp import Right, Role, Stamp
from assets_service.offices.models import Office
from assets_service.people.models import Person


class Making:
    """One making of the fleet. Its time runs forward, as it did for a real fleet."""

    def __init__(self, system: Stamp, progress: Callable[[int], None]) -> None:
        self.system = system
        self.progress = progress
        self.random = Random(2024)  # noqa: S311 - believable, not secret
        self.now = system.at
        self.registered = 0

    def ago(self, **span: float) -> datetime:
        return self.now - timedelta(**span)

    def stamp(self, at: datetime) -> Stamp:
        return structs.replace(self.system, at=at, action_id=str(uuid7()))

    def acting(self, person: Person, place: Office, at: datetime) -> Stamp:
        """The stamp of an office's head, who confirms, names holders and checks."""
        return structs.replace(
            self.stamp(min(at, self.now)),
            actor_id=person.id,
            account=person.username or "-",
            rights=(Right(Role.HEAD, place.path),),
        )
