"""Proving who one is. A password is judged outside any transaction: it takes long, and a writer would wait.

Tries are counted per account: at a device that has signed in as this person before by itself, at all others together, so
that a stranger who guesses shuts out strangers only; and a proof of one's own password, by who is signed in, by itself.
"""

import sys
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.actions.act import Tools
from assets_service.kernel import security
from assets_service.kernel.db import Database
from assets_service.kernel.errors import TooMany, invalid
from assets_service.people import queries as people
from assets_service.people.models import Person
from assets_service.people.passwords import hash_password, matches
from assets_service.settings import Settings
from assets_service.signing_in import commands, queries
from assets_service.signing_in.asks import Attempt, Browser, OwnPassword
from assets_service.signing_in.errors import OnlyHere, WrongPassword

# Who tries many accounts a little each, from one network, goes slowly from then on; devices known to somebody do not.
SPRAYED_MAX = 100  # accounts at which a try failed
SPRAYED_WINDOW = commands.COUNTED_FOR_MAX
SLOWED_MAX = 10  # tries
SLOWED_WINDOW = timedelta(minutes=1)


def proven(attempt: Attempt, stamp: Stamp, tools: Tools) -> commands.Proven:
    """Who proved to be somebody; an unknown name is refused like a wrong password, in words, steps and time.

    Raises `TooMany`, `WrongPassword` and `OnlyHere`.
    """
    db, settings = tools[Database], tools[Settings]
    username = attempt.credentials.username.strip().casefold()
    with db.reading() as session:
        person = people.by_username(session, username)
        key = _counted_as(session, username, attempt.browser)
    who = _watched(settings, username, person)
    is_stranger = key == _of_strangers(username)
    tries = _count(db, key, attempt.browser.network if is_stranger else None, stamp, who)
    if not _is_right(attempt.credentials.password, person, who) or person is None:
        if is_stranger and tries == 1:
            _note_sprayed(db, attempt.browser.network, stamp)
        raise WrongPassword
    if person.is_demo and not attempt.browser.is_here:
        raise OnlyHere
    return commands.Proven(person, key, settings.session_days, who)


def own_password(ask: OwnPassword, stamp: Stamp, tools: Tools) -> str:
    """The new password's hash, once the present one is proven. Raises `TooMany` and `Invalid`."""
    db = tools[Database]
    with db.reading() as session:
        person = people.by_id(session, stamp.actor_id or 0, stamp)
    key, who = f"own/{person.id}", {"account": person.username, "person": person.id}
    _count(db, key, None, stamp, who)
    if not _is_right(ask.current_password, person, who):
        raise invalid("current_password", "This is not your password.")
    with db.writing() as session:
        commands.forget_tries(session, key)
    return hash_password(ask.password)


def _counted_as(session: Session, username: str, browser: Browser) -> str:
    if browser.device and queries.is_device_of(session, browser.device, username):
        return f"sign-in/{username}/{queries.hashed(browser.device)}"
    return _of_strangers(username)


def _of_strangers(username: str) -> str:
    return f"sign-in:{username}"


def _count(db: Database, key: str, network: str | None, stamp: Stamp, who: Mapping[str, object]) -> int:
    """Count the try before it is judged, so that none is free; `network` of a device that is not known. Raises `TooMany`."""
    try:
        with db.writing() as session:
            if (
                network is not None
                and queries.tries(session, _sprayed(network), stamp.at, SPRAYED_WINDOW) >= SPRAYED_MAX
            ):
                commands.count_try(session, f"slowed/{network}", at=stamp.at, most=SLOWED_MAX, window=SLOWED_WINDOW)
            return commands.count_try(session, key, at=stamp.at)
    except TooMany:
        security.note("sign-in refused: too many tries", **who)
        raise


def _is_right(password: str, person: Person | None, who: Mapping[str, object]) -> bool:
    if matches(password, person.password_hash if person and person.is_active else None):
        return True
    security.note("sign-in failed", **who)
    return False


def _note_sprayed(db: Database, network: str, stamp: Stamp) -> None:
    """One more account at which a try from this network failed."""
    with db.writing() as session:
        commands.count_try(session, _sprayed(network), at=stamp.at, most=sys.maxsize, window=SPRAYED_WINDOW)


def _sprayed(network: str) -> str:
    return f"sprayed/{network}"


def _watched(settings: Settings, username: str, person: Person | None) -> dict[str, object]:
    """Whom the security log names. What nobody is called may be a password typed into the wrong field."""
    if person is None:
        return {"account": f"nobody/{security.pseudonym(username, secret=settings.secret_key)}", "person": None}
    return {"account": username, "person": person.id}
