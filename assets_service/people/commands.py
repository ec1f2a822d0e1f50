"""Every write of persons: adding, granting, ending. Of a password only its hash comes here."""

from msgspec import UNSET
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.kernel.errors import Forbidden, Invalid, answered
from assets_service.kernel.fields import changes, refuse_misfits
from assets_service.kernel.spelling import searchable
from assets_service.ledger.commands import digest_of, keep_name, record
from assets_service.ledger.events import Event
from assets_service.ledger.models import KeptName
from assets_service.ledger.queries import first_name
from assets_service.offices.models import Office
from assets_service.offices.queries import named as named_office
from assets_service.people import queries
from assets_service.people.asks import AmendPerson, NewGrant, NewPassword, NewPerson, NewSignIn
from assets_service.people.errors import (
    NO_USERNAME,
    AuditorsNeverWrite,
    HasSignIn,
    NoSignIn,
    OwnPassword,
    OwnRole,
    UsernameTaken,
    UsernameTooLike,
)
from assets_service.people.events import (
    PasswordChanged,
    PersonAdded,
    PersonAmended,
    PersonDeactivated,
    PersonMoved,
    PersonReactivated,
    RoleEnded,
    RoleGranted,
    SignInGiven,
)
from assets_service.people.models import Grant, Person
from assets_service.people.passwords import weaknesses
from assets_service.people.usernames import likeness

SEARCH_LENGTH_MAX = 400


def add(
    session: Session, ask: NewPerson, password_hash: str | None = None, *, stamp: Stamp, is_demo: bool = False
) -> Person:
    """Add somebody of an office, with their role and their password if they have any."""
    office = answered(
        lambda: named_office(session, ask.office, stamp, "office"),
        lambda: refuse_misfits(ask),
        lambda: _refuse_taken(session, ask.username),
    )
    _must_administer(stamp, office)
    person = Person(
        name=ask.name.strip(),
        search=search_text(ask.name, ask.username),
        username=ask.username.strip().casefold() if ask.username else None,
        username_likeness=likeness(ask.username) if ask.username else None,
        title=ask.title,
        nip=ask.nip,
        office_id=office.id,
        office=office,
        is_demo=is_demo,
        added_at=stamp.at,
        grants=[],
    )
    session.add(person)
    session.flush()
    kept = _keep_name(session, person, stamp)
    told = PersonAdded(
        person=person.id,
        office=office.code,
        name_sha256=digest_of(kept),
        username_sha256=digest_of(kept, person.username) if person.username else None,
    )
    _record(session, person, told, stamp)
    if ask.role:
        _give(session, person, ask.role, office, stamp)
    if password_hash:
        _keep_password(session, person, password_hash, stamp)
    return person


def amend(session: Session, person: Person, ask: AmendPerson, *, stamp: Stamp) -> None:
    """Change somebody's name, title or NIP. Raises `Forbidden`."""
    _must_administer_person(stamp, person)
    changed = {field: value for field, value in changes(ask).items() if getattr(person, field) != value}
    if not changed:
        return
    for field, value in changed.items():
        setattr(person, field, value)
    person.search = search_text(person.name, person.username)
    person.version += 1
    name = digest_of(_keep_name(session, person, stamp)) if "name" in changed else UNSET
    _record(session, person, PersonAmended(person=person.id, fields=sorted(changed), name_sha256=name), stamp)


def search_text(name: str, username: str | None) -> str:
    return " ".join(searchable(each) for each in (name, username or ""))[:SEARCH_LENGTH_MAX]


def grant(session: Session, person: Person, ask: NewGrant, *, stamp: Stamp) -> None:
    """Give a role at an office and all below it; it ends the person's sessions, for rights count from the next sign-in.

    Raises `Invalid`, `Forbidden`, `OwnRole`, `NoSignIn`, `AuditorsNeverWrite`.
    """
    office = named_office(session, ask.office, stamp, "office")
    _must_administer(stamp, office)
    _must_administer_person(stamp, person)
    if stamp.actor_id == person.id:
        raise OwnRole
    if person.username is None:
        raise NoSignIn(name=person.name)
    held = queries.roles_of(session, person.id)
    if held and (ask.role is Role.AUDITOR) != (held == {Role.AUDITOR}):
        raise AuditorsNeverWrite
    if not any(_is_open(each, ask.role, office) for each in person.grants):
        _give(session, person, ask.role, office, stamp)


def _is_open(held: Grant, role: Role, office: Office) -> bool:
    return held.ended_at is None and held.role is role and held.office_id == office.id


def _give(session: Session, person: Person, role: Role, office: Office, stamp: Stamp) -> None:
    by_id = stamp.actor_id
    session.add(
        Grant(person=person, role=role, office_id=office.id, office=office, granted_at=stamp.at, granted_by_id=by_id)
    )
    person.version += 1
    _end_sign_ins(person)
    _record(session, person, RoleGranted(person=person.id, role=role, office=office.code), stamp)


def end_grant(session: Session, held: Grant, *, stamp: Stamp) -> None:
    """End a role, and with it the person's sessions. Raises `Forbidden`."""
    _must_administer(stamp, held.office)
    if held.ended_at:
        return
    held.ended_at = stamp.at
    held.person.version += 1
    _end_sign_ins(held.person)
    told = RoleEnded(person=held.person.id, role=held.role, office=held.office.code)
    _record(session, held.person, told, stamp)


def set_password(session: Session, person: Person, ask: NewPassword, password_hash: str, *, stamp: Stamp) -> None:
    """Give somebody a password, as their administrator, and end all their sessions.

    Raises `Forbidden`, `OwnPassword`, `Invalid`.
    """
    _must_administer_person(stamp, person)
    if stamp.actor_id == person.id:
        raise OwnPassword
    replace_password(session, person, ask.password, password_hash, stamp=stamp)


def replace_password(session: Session, person: Person, password: str, password_hash: str, *, stamp: Stamp) -> None:
    """Keep a new password and end all sessions of the person.

    Raises `Invalid` for a weak one, and for somebody without a username.
    """
    problems = list(weaknesses(password, person.username))
    if person.username is None:
        problems.insert(0, NO_USERNAME)
    if problems:
        raise Invalid(*problems)
    _keep_password(session, person, password_hash, stamp)


def give_sign_in(session: Session, person: Person, ask: NewSignIn, password_hash: str | None, *, stamp: Stamp) -> None:
    """Let somebody sign in who only held devices. Raises `Forbidden`, `HasSignIn`, `Invalid`, `UsernameTaken`, `UsernameTooLike`."""
    _must_administer_person(stamp, person)
    if person.username is not None:
        raise HasSignIn(name=person.name, username=person.username)
    answered(lambda: refuse_misfits(ask), lambda: _refuse_taken(session, ask.username))
    person.username, person.username_likeness = ask.username.strip().casefold(), likeness(ask.username)
    person.version += 1
    kept = first_name(session, subject(person))
    digest = digest_of(kept, person.username) if kept and kept.salt else None
    _record(session, person, SignInGiven(person=person.id, username_sha256=digest), stamp)
    if password_hash:
        _keep_password(session, person, password_hash, stamp)


def move(session: Session, person: Person, office: Office, *, stamp: Stamp) -> None:
    """Make somebody one of another office; `custody` sees to the devices that they hold. Raises `Forbidden`."""
    _must_administer_person(stamp, person)
    _must_administer(stamp, office)
    if person.office_id == office.id:
        return
    told = PersonMoved(person=person.id, from_office=person.office.code, office=office.code)
    person.office_id, person.office = office.id, office
    person.version += 1
    _record(session, person, told, stamp)


def _keep_password(session: Session, person: Person, password_hash: str, stamp: Stamp) -> None:
    person.password_hash = password_hash
    _end_sign_ins(person)
    _record(session, person, PasswordChanged(person=person.id), stamp)


def deactivate(session: Session, person: Person, *, stamp: Stamp) -> None:
    """Keep somebody from signing in and from holding devices; `custody` sees to those they hold. Raises `Forbidden`."""
    _must_administer_person(stamp, person)
    if person.is_active:
        person.is_active = False
        person.version += 1
        _end_sign_ins(person)
        _record(session, person, PersonDeactivated(person=person.id), stamp)


def reactivate(session: Session, person: Person, *, stamp: Stamp) -> None:
    """Let somebody who was deactivated sign in and hold devices again. Raises `Forbidden`."""
    _must_administer_person(stamp, person)
    if not person.is_active:
        person.is_active = True
        person.version += 1
        _record(session, person, PersonReactivated(person=person.id), stamp)


def _refuse_taken(session: Session, username: str | None) -> None:
    """Refuse a username that somebody has, or that looks like theirs. Raises `UsernameTaken` and `UsernameTooLike`."""
    found = queries.username_of_likeness(session, username) if username else None
    if username is None or found is None:
        return
    username = username.strip().casefold()
    raise UsernameTaken(username=username) if found == username else UsernameTooLike(username=username)


def _must_administer(stamp: Stamp, office: Office) -> None:
    if not stamp.may(office.path, Role.ADMIN):
        raise Forbidden


def _must_administer_person(stamp: Stamp, person: Person) -> None:
    """Refuse who would take over an account with rights above their own. Raises `Forbidden`."""
    if not queries.may_administer(stamp, person):
        raise Forbidden


def _end_sign_ins(person: Person) -> None:
    """End all sessions of the person. The database counts, since two may end them at the same moment."""
    person.sign_in_epoch = Person.sign_in_epoch + 1


def _keep_name(session: Session, person: Person, stamp: Stamp) -> KeptName:
    kept = keep_name(session, subject(person), person.name, at=stamp.at)
    assert kept, "everybody is called something"
    return kept


def subject(person: Person) -> str:
    return f"person/{person.id}"


def _record(session: Session, person: Person, event: Event, stamp: Stamp) -> None:
    record(session, event, subject=subject(person), stamp=stamp)
