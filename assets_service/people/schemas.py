"""Persons on the wire. A NIP carries birth date and sex: shown whole only to who administers the person."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from assets_service.kernel.fields import Line, Name, OfficeCode, Wire
from assets_service.ledger.stamp import Role, Stamp
from assets_service.offices.schemas import OfficeRef, office_ref
from assets_service.people.models import Grant, Person
from assets_service.people.passwords import LENGTH_MAX

Username = Annotated[str, Meta(min_length=2, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Nip = Annotated[str, Meta(pattern=r"^\d{18}$")]
Password = Annotated[str, Meta(max_length=LENGTH_MAX)]


class PersonRef(Struct):
    """A person inside another answer."""

    id: int
    name: str


class GrantView(Struct):
    id: int
    role: Role
    office: OfficeRef
    granted_at: datetime


class PersonView(Struct):
    id: int
    username: str | None
    name: str
    title: str | None
    nip: str | None
    office: OfficeRef
    is_active: bool
    grants: list[GrantView]


class Credentials(Wire):
    username: Annotated[str, Meta(max_length=60)]
    password: Password


class SessionView(Struct):
    token: str
    expires_at: datetime
    person: PersonView


class NewPerson(Wire):
    name: Name
    office: OfficeCode
    username: Username | None = None
    title: Line | None = None
    nip: Nip | None = None
    password: Password | None = None
    role: Role | None = None


class AmendPerson(Wire):
    name: Name | UnsetType = UNSET
    title: Line | None | UnsetType = UNSET
    nip: Nip | None | UnsetType = UNSET


class NewGrant(Wire):
    role: Role
    office: OfficeCode


class NewPassword(Wire):
    password: Password


class OwnPassword(Wire):
    """Whoever finds an open browser does not yet know the password."""

    current_password: Password
    password: Password


def person_ref(person: Person | None) -> PersonRef | None:
    return PersonRef(person.id, person.name) if person else None


def grant_view(grant: Grant) -> GrantView:
    return GrantView(grant.id, grant.role, office_ref(grant.office), grant.granted_at)


def person_view(person: Person, stamp: Stamp) -> PersonView:
    return PersonView(
        id=person.id,
        username=person.username,
        name=person.name,
        title=person.title,
        nip=_nip(person, stamp),
        office=office_ref(person.office),
        is_active=person.is_active,
        grants=[grant_view(grant) for grant in person.grants if grant.ended_at is None],
    )


def _nip(person: Person, stamp: Stamp) -> str | None:
    if person.nip is None or stamp.may(person.office.path, Role.ADMIN) or stamp.actor_id == person.id:
        return person.nip
    return f"{'•' * 14}{person.nip[-4:]}"
