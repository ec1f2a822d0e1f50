"""What is shown: persons."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.actions.act import Tools
from assets_service.ledger.queries import Names
from assets_service.offices.views import OfficeRef, office_ref
from assets_service.people.models import Grant, Person


class PersonRef(Struct):
    """A person as part of another answer."""

    id: int
    name: str


class GrantView(Struct):
    id: int
    role: Role
    office: OfficeRef
    granted_at: datetime


class PersonView(Struct):
    """A person. Who has a username and cannot sign in has no password yet, or was deactivated."""

    id: int
    username: str | None
    name: str
    title: str | None
    nip: str | None
    office: OfficeRef
    is_active: bool
    can_sign_in: bool
    grants: list[GrantView]
    version: int


def person_ref(person: Person | None) -> PersonRef | None:
    return PersonRef(person.id, person.name) if person else None


def person_then(person_id: int | None, at: datetime | None, names: Names) -> PersonRef | None:
    """The person under the name that they bore at that time; under their number where it is not kept any more."""
    if person_id is None or at is None:
        return None
    return PersonRef(person_id, names.then(f"person/{person_id}", at) or f"#{person_id}")


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
        can_sign_in=person.is_active and person.password_hash is not None,
        grants=[grant_view(grant) for grant in person.grants if grant.ended_at is None],
        version=person.version,
    )


def person_result(_session: Session, person: Person, stamp: Stamp, _tools: Tools) -> PersonView:
    return person_view(person, stamp)


def _nip(person: Person, stamp: Stamp) -> str | None:
    if person.nip is None or stamp.may(person.office.path, Role.ADMIN) or stamp.actor_id == person.id:
        return person.nip
    return f"{'•' * 14}{person.nip[-4:]}"
