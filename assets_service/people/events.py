"""What happened to persons. No name, no NIP and no password ever enters the ledger: of names it holds digests."""

from typing import Annotated

from msgspec import UNSET, UnsetType

from assets_service.ledger.events import Event, NameDigest, OfficeCode, PersonId, Words
from assets_service.web.language import phrase

Role = Annotated[str, Words(("role",))]


class PersonAdded(Event, frozen=True, tag="people.added"):
    """Somebody of the office, who can sign in if they have a username."""

    says = phrase("{person} added at {office}.")

    person: PersonId
    office: OfficeCode
    name_sha256: NameDigest
    username_sha256: NameDigest | None


class PersonAmended(Event, frozen=True, tag="people.amended"):
    """Which fields changed; their values stay out of the ledger."""

    says = phrase("Data of {person} edited: {fields}.")

    person: PersonId
    fields: Annotated[list[str], Words(("field",))]
    name_sha256: NameDigest | UnsetType = UNSET


class RoleGranted(Event, frozen=True, tag="people.role_granted"):
    """A right at the office and all below it."""

    is_watched = True
    says = phrase("{person} was given the role {role} at {office}.")

    person: PersonId
    role: Role
    office: OfficeCode


class RoleEnded(Event, frozen=True, tag="people.role_ended"):
    """The right ends."""

    is_watched = True
    says = phrase("The role {role} of {person} at {office} ended.")

    person: PersonId
    role: Role
    office: OfficeCode


class PasswordChanged(Event, frozen=True, tag="people.password_changed"):
    """By themselves or by an administrator: see the entry's actor."""

    is_watched = True
    says = phrase("The password of {person} was changed.")

    person: PersonId


class SignInGiven(Event, frozen=True, tag="people.sign_in_given"):
    """Somebody who only held devices has a username from now on. No digest of it where their first name was blanked, and its salt with it."""

    is_watched = True
    says = phrase("{person} was given a sign-in.")

    person: PersonId
    username_sha256: NameDigest | None


class PersonMoved(Event, frozen=True, tag="people.moved"):
    """To another office. Roles are given and ended by themselves."""

    says = phrase("{person} moved from {from_office} to {office}.")

    person: PersonId
    from_office: OfficeCode
    office: OfficeCode


class PersonDeactivated(Event, frozen=True, tag="people.deactivated"):
    """They can neither sign in nor hold a device from now on."""

    is_watched = True
    says = phrase("{person} deactivated.")

    person: PersonId


class PersonReactivated(Event, frozen=True, tag="people.reactivated"):
    """They may sign in and hold devices again."""

    is_watched = True
    says = phrase("{person} activated again.")

    person: PersonId
