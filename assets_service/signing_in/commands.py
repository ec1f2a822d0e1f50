"""Every write of sign-ins: opening and ending sessions, and counting tries."""

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.kernel import rows, security
from assets_service.kernel.db import delete_some, locking
from assets_service.kernel.errors import TooMany
from assets_service.people.commands import replace_password
from assets_service.people.models import Person
from assets_service.signing_in import queries
from assets_service.signing_in.asks import Attempt, OwnPassword
from assets_service.signing_in.models import SignIn, Throttle

TRIES_MAX = 10
TRIES_WINDOW = timedelta(minutes=5)
COUNTED_FOR_MAX = timedelta(hours=1)  # the longest window: an older count counts nothing
FORGOTTEN_AT_ONCE = 20  # old counts that go with each new try, so that there are never many
SEEN_EVERY = timedelta(minutes=5)


class Proven(NamedTuple):
    """Whose password was right, what counts the tries, how long the session lasts, and whom the security log names."""

    person: Person
    counted_as: str
    days: int
    who: dict[str, object]


class NewSignIn(NamedTuple):
    """A session that was opened just now; of `token` and `device` only the hashes are kept."""

    token: str
    row: SignIn
    person: Person
    device: str


def count_try(
    session: Session, key: str, *, at: datetime, most: int = TRIES_MAX, window: timedelta = TRIES_WINDOW
) -> int:
    """Count one try under this key before it is judged. Returns the how manieth of the window it is. Raises `TooMany`."""
    delete_some(session, Throttle, Throttle.since < at - COUNTED_FOR_MAX, most=FORGOTTEN_AT_ONCE)
    hashed = queries.hashed(key)
    rows.add_once(session, Throttle, {"key": hashed, "tries": 0, "since": at})
    row = session.scalars(locking(select(Throttle).where(Throttle.key == hashed), Throttle)).one()
    if not row.since <= at < row.since + window:  # over, or begun by a clock that has been set back since
        row.tries, row.since = 0, at
    if row.tries >= most:
        raise TooMany(seconds=max(1, int((row.since + window - at).total_seconds())))
    row.tries += 1
    return row.tries


def forget_tries(session: Session, key: str) -> None:
    session.execute(update(Throttle).where(Throttle.key == queries.hashed(key)).values(tries=0))


def open_session(session: Session, attempt: Attempt, proven: Proven, *, stamp: Stamp) -> NewSignIn:
    """Open a session for who proved to be somebody, and remember the device as one of theirs."""
    forget_tries(session, proven.counted_as)
    browser = attempt.browser
    is_known = browser.device is not None and queries.is_device(session, browser.device)
    device = browser.device if browser.device and is_known else secrets.token_urlsafe(32)
    token, row = sign_in(
        session, proven.person, device_label=browser.label, at=stamp.at, days=proven.days, device=device
    )
    security.note_once_committed(session, "signed in", **proven.who)
    return NewSignIn(token, row, proven.person, device)


def sign_in(
    session: Session, person: Person, *, device_label: str, at: datetime, days: int, device: str | None = None
) -> tuple[str, SignIn]:
    """Open a session with a new token, of which only the hash is kept."""
    token = secrets.token_urlsafe(32)
    row = SignIn(
        token_hash=queries.hashed(token),
        person_id=person.id,
        epoch=person.sign_in_epoch,
        device_label=device_label[:120],
        device_hash=queries.hashed(device) if device else None,
        created_at=at,
        seen_at=at,
        expires_at=at + timedelta(days=days),
    )
    session.add(row)
    return token, row


def sign_out(_session: Session, row: SignIn | None, *, stamp: Stamp) -> None:
    """End the session, unless it has ended by itself."""
    if row and row.revoked_at is None:
        row.revoked_at = stamp.at


def change_password(session: Session, person: Person, ask: OwnPassword, password_hash: str, *, stamp: Stamp) -> None:
    """One's own, the present one proven beforehand; ends all one's sessions."""
    replace_password(session, person, ask.password, password_hash, stamp=stamp)


def touch(session: Session, sign_in_id: int, *, at: datetime) -> None:
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=at))
