"""Proving who one is. A password is judged outside any transaction: it takes long, and a writer would wait."""

from litestar.datastructures import Cookie
from msgspec import structs

from assets_service.kernel.db import Database
from assets_service.kernel.errors import invalid
from assets_service.ledger.stamp import Stamp
from assets_service.people import commands, queries
from assets_service.people.door import COOKIE
from assets_service.people.errors import WrongPassword
from assets_service.people.models import Person
from assets_service.people.passwords import matches
from assets_service.people.schemas import Credentials, SessionView, person_view
from assets_service.settings import Settings


def open_session(
    db: Database, settings: Settings, credentials: Credentials, *, stamp: Stamp, device_label: str
) -> SessionView:
    """Sign in. Raises `TooMany` and `WrongPassword`; an unknown name is refused like a wrong password."""
    username = credentials.username.strip().casefold()
    with db.reading() as session:
        person = queries.by_username(session, username)
    if not _proves(db, person, f"sign-in:{username}", credentials.password, stamp=stamp) or person is None:
        raise WrongPassword
    with db.writing() as session:
        token, row = commands.sign_in(
            session, person.id, device_label=device_label, at=stamp.at, days=settings.session_days
        )
    return SessionView(token, row.expires_at, person_view(person, structs.replace(stamp, actor_id=person.id)))


def confirm_password(db: Database, password: str, *, stamp: Stamp) -> None:
    """The person who is signed in knows their password. Raises `TooMany` and `Invalid`."""
    with db.reading() as session:
        person = queries.by_id(session, stamp.actor_id or 0, stamp)
    if not _proves(db, person, f"sign-in:{person.username}", password, stamp=stamp):
        raise invalid("current_password", "This is not your password.")


def session_cookie(settings: Settings, token: str | None) -> Cookie:
    """HttpOnly; sent along only from our own pages. None ends it."""
    return Cookie(
        key=COOKIE,
        value=token or "",
        max_age=settings.session_days * 86400 if token else 0,
        httponly=True,
        samesite="lax",
        secure=settings.is_https,
        path="/",
    )


def _proves(db: Database, person: Person | None, key: str, password: str, *, stamp: Stamp) -> bool:
    """Counted before it is judged, so that no try is free."""
    with db.writing() as session:
        commands.count_try(session, key, at=stamp.at)
    if not matches(password, person.password_hash if person and person.is_active else None):
        return False
    with db.writing() as session:
        commands.forget_tries(session, key)
    return True
