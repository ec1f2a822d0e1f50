"""Persons on the wire. A NIP carries birth date and sex: shown whole only to who administers the person."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from assets_service.kernel.errors import FieldProblem
from assets_service.kernel.fields import Line, Name, OfficeCode, Wire
from assets_service.ledger.stamp import Role, Stamp
from assets_service.offices.schemas import OfficeRef, office_ref
from assets_service.people.errors import NO_USERNAME
from assets_service.people.models import Grant, Person
from assets_service.people.passwords import LENGTH_MAX, LENGTH_MIN

Username = Annotated[str, Meta(min_length=2, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$(?!\n)")]
Nip = Annotated[str, Meta(pattern=r"^[0-9]{18}$(?!\n)")]
Password = Annotated[str, Meta(max_length=LENGTH_MAX)]
ChosenPassword = Annotated[str, Meta(min_length=LENGTH_MIN, max_length=LENGTH_MAX)]


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
    password: ChosenPassword | None = None
    role: Role | None = None

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        if said.get("password") and not said.get("username"):
            yield NO_USERNAME


class AmendPerson(Wire):
    name: Name | UnsetType = UNSET
    title: Line | None | UnsetType = UNSET
    nip: Nip | None | UnsetType = UNSET


class NewGrant(Wire):
    role: Role
    office: OfficeCode


class NewPassword(Wire):
    password: ChosenPassword


class OwnPassword(Wire):
    """Whoever finds an open browser does not yet know the password."""

    current_password: Password
    password: ChosenPassword


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
