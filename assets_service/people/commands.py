"""Every write of persons: adding, granting, ending, and signing in and out."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from assets_service.kernel.errors import Forbidden, Invalid, TooMany, invalid
from assets_service.ledger.commands import record
from assets_service.ledger.stamp import Role, Stamp
from assets_service.offices.models import Office
from assets_service.people import queries
from assets_service.people.errors import NO_USERNAME, AuditorsNeverWrite, UsernameTaken
from assets_service.people.events import (
    PasswordChanged,
    PersonAdded,
    PersonAmended,
    PersonDeactivated,
    PersonReactivated,
    RoleEnded,
    RoleGranted,
)
from assets_service.people.models import Grant, Person, SignIn, Throttle
from assets_service.people.passwords import LENGTH_MIN, hash_password

TRIES_MAX = 10
TRIES_WINDOW = timedelta(minutes=5)
SEEN_EVERY = timedelta(minutes=5)


def subject(person: Person) -> str:
    return f"person/{person.id}"


def add(
    session: Session,
    *,
    name: str,
    office: Office,
    stamp: Stamp,
    username: str | None = None,
    title: str | None = None,
    nip: str | None = None,
    is_demo: bool = False,
) -> Person:
    """Raises `Forbidden` and `UsernameTaken`."""
    _must_administer(stamp, office)
    username = username.strip().casefold() if username else None
    check_username(session, username)
    person = Person(
        name=name.strip(),
        username=username,
        title=title,
        nip=nip,
        office_id=office.id,
        office=office,
        is_demo=is_demo,
        added_at=stamp.at,
        grants=[],
    )
    session.add(person)
    session.flush()
    record(
        session,
        PersonAdded(person=person.id, username=username, office=office.code),
        subject=subject(person),
        stamp=stamp,
    )
    return person


def check_username(session: Session, username: str | None) -> None:
    """Raises `UsernameTaken`."""
    if username and queries.by_username(session, username.strip().casefold()):
        raise UsernameTaken(username=username.strip().casefold())


def amend(session: Session, person: Person, changes: dict[str, str | None], *, stamp: Stamp) -> None:
    """Name, title, NIP. Raises `Forbidden`."""
    _must_administer(stamp, person.office)
    _lock(session, person)
    changed = [field for field, value in changes.items() if getattr(person, field) != value]
    if not changed:
        return
    for field in changed:
        setattr(person, field, changes[field])
    person.version += 1
    record(session, PersonAmended(person=person.id, fields=sorted(changed)), subject=subject(person), stamp=stamp)


def grant(session: Session, person: Person, role: Role, office: Office, *, stamp: Stamp) -> Grant:
    """Raises `Forbidden` and `AuditorsNeverWrite`. Ends the person's sessions: rights count from the next sign-in."""
    _must_administer(stamp, office)
    _lock(session, person)
    held = queries.auditors_and_writers(session, person.id)
    if held and (role is Role.AUDITOR) != (held == {Role.AUDITOR}):
        raise AuditorsNeverWrite
    for existing in person.grants:
        if existing.ended_at is None and existing.role is role and existing.office_id == office.id:
            return existing
    made = Grant(person=person, role=role, office_id=office.id, office=office, granted_at=stamp.at)
    session.add(made)
    end_sessions(session, person, at=stamp.at)
    record(session, RoleGranted(person=person.id, role=role, office=office.code), subject=subject(person), stamp=stamp)
    return made


def end_grant(session: Session, person: Person, held: Grant, *, stamp: Stamp) -> None:
    _must_administer(stamp, held.office)
    _lock(session, person)
    session.refresh(held, ["ended_at"])
    if held.ended_at:
        return
    held.ended_at = stamp.at
    end_sessions(session, person, at=stamp.at)
    record(
        session,
        RoleEnded(person=person.id, role=held.role, office=held.office.code),
        subject=subject(person),
        stamp=stamp,
    )


def set_password(session: Session, person: Person, password: str, *, stamp: Stamp) -> None:
    """Raises `Forbidden` and `Invalid`. Ends all sessions of the person."""
    if stamp.actor_id != person.id:
        _must_administer(stamp, person.office)
        _must_cover(stamp, person)
    if person.username is None:
        raise Invalid(NO_USERNAME)
    if len(password) < LENGTH_MIN:
        raise invalid("password", "At least {it} characters.", it=LENGTH_MIN)
    person.password_hash = hash_password(password)
    end_sessions(session, person, at=stamp.at)
    record(session, PasswordChanged(person=person.id), subject=subject(person), stamp=stamp)


def deactivate(session: Session, person: Person, *, stamp: Stamp) -> None:
    _must_administer(stamp, person.office)
    _must_cover(stamp, person)
    _lock(session, person)
    if person.is_active:
        person.is_active = False
        end_sessions(session, person, at=stamp.at)
        record(session, PersonDeactivated(person=person.id), subject=subject(person), stamp=stamp)


def reactivate(session: Session, person: Person, *, stamp: Stamp) -> None:
    _must_administer(stamp, person.office)
    _must_cover(stamp, person)
    _lock(session, person)
    if not person.is_active:
        person.is_active = True
        record(session, PersonReactivated(person=person.id), subject=subject(person), stamp=stamp)


def _lock(session: Session, person: Person) -> None:
    """Two who change one person stand in line, and the second sees what the first did."""
    session.refresh(person, ["name", "title", "nip", "is_active", "version"], with_for_update=True)


def _must_administer(stamp: Stamp, office: Office) -> None:
    if not stamp.may(office.path, Role.ADMIN):
        raise Forbidden


def _must_cover(stamp: Stamp, person: Person) -> None:
    """Nobody takes over an account with rights above their own."""
    for held in person.grants:
        if held.ended_at is None:
            _must_administer(stamp, held.office)


# Signing in ------------------------------------------------------------------------------------------------------


def count_try(session: Session, key: str, *, at: datetime, most: int = TRIES_MAX) -> None:
    """Count one try under this key before it is judged. Raises `TooMany`.

    Counted per account, never per address: mobile networks put thousands behind one address, and a header that says
    otherwise can be forged.
    """
    hashed = sha256(key.encode()).hexdigest()
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(dialect.insert(Throttle).values(key=hashed, tries=0, since=at).on_conflict_do_nothing())
    row = session.scalars(select(Throttle).where(Throttle.key == hashed).with_for_update()).one()
    if at - row.since >= TRIES_WINDOW:
        row.tries, row.since = 0, at
    if row.tries >= most:
        raise TooMany(seconds=max(1, int((row.since + TRIES_WINDOW - at).total_seconds())))
    row.tries += 1


def forget_tries(session: Session, key: str) -> None:
    hashed = sha256(key.encode()).hexdigest()
    session.execute(update(Throttle).where(Throttle.key == hashed).values(tries=0))


def sign_in(session: Session, person_id: int, *, device_label: str, at: datetime, days: int) -> tuple[str, SignIn]:
    """A new token at every sign-in; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    row = SignIn(
        token_hash=queries.token_hash(token),
        person_id=person_id,
        device_label=device_label[:120],
        created_at=at,
        seen_at=at,
        expires_at=at + timedelta(days=days),
    )
    session.add(row)
    return token, row


def sign_out(session: Session, token: str, *, at: datetime) -> None:
    session.execute(
        update(SignIn)
        .where(SignIn.token_hash == queries.token_hash(token), SignIn.revoked_at.is_(None))
        .values(revoked_at=at)
    )


def touch(session: Session, sign_in_id: int, *, at: datetime) -> None:
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=at))


def end_sessions(session: Session, person: Person, *, at: datetime) -> None:
    session.execute(
        update(SignIn).where(SignIn.person_id == person.id, SignIn.revoked_at.is_(None)).values(revoked_at=at)
    )
