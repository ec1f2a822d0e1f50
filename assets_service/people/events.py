"""What happened to persons. No NIP and no password ever enters the ledger."""

from assets_service.ledger.events import Event


class PersonAdded(Event, frozen=True, tag="people.added"):
    person: int
    username: str | None
    office: str


class PersonAmended(Event, frozen=True, tag="people.amended"):
    """Which fields changed; their values stay out of the ledger."""

    person: int
    fields: list[str]


class RoleGranted(Event, frozen=True, tag="people.role_granted"):
    person: int
    role: str
    office: str


class RoleEnded(Event, frozen=True, tag="people.role_ended"):
    person: int
    role: str
    office: str


class PasswordChanged(Event, frozen=True, tag="people.password_changed"):
    person: int


class PersonDeactivated(Event, frozen=True, tag="people.deactivated"):
    person: int


class PersonReactivated(Event, frozen=True, tag="people.reactivated"):
    person: int
