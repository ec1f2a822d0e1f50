"""Who a token stands for."""

from datetime import datetime, timedelta
from hashlib import sha256

from msgspec import Struct
from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import Session

from assets_service.access.stamp import Right, Stamp
from assets_service.offices.models import Office
from assets_service.people.models import Grant, Person
from assets_service.signing_in.models import SignIn, Throttle


class SignedIn(Struct):
    """The person a token stands for, and their rights."""

    sign_in_id: int
    person_id: int
    username: str
    is_demo: bool
    rights: tuple[Right, ...]
    seen_at: datetime


_by_token = (
    select(SignIn.id, SignIn.seen_at, Person.id, Person.username, Person.is_demo, Grant.role, Office.path)
    .join(Person, Person.id == SignIn.person_id)
    .outerjoin(Grant, (Grant.person_id == Person.id) & Grant.ended_at.is_(None))
    .outerjoin(Office, Office.id == Grant.office_id)
    .where(
        SignIn.token_hash == bindparam("token_hash"),
        SignIn.epoch == Person.sign_in_epoch,
        SignIn.revoked_at.is_(None),
        SignIn.expires_at > bindparam("at", type_=SignIn.expires_at.type),
        SignIn.seen_at > bindparam("idle_since", type_=SignIn.seen_at.type),
        Person.is_active,
    )
)


def hashed(text: str) -> str:
    """What is kept of a token, and of a name under which tries are counted."""
    return sha256(text.encode()).hexdigest()


def tries(session: Session, key: str, at: datetime, window: timedelta) -> int:
    """How many are counted under the key in the window that is open."""
    counted = select(Throttle.tries).where(Throttle.key == hashed(key), Throttle.since > at - window)
    return session.scalar(counted) or 0


def by_token(session: Session, token: str, _stamp: Stamp) -> SignIn | None:
    """The session that the token once stood for, whether or not it has ended."""
    return session.scalar(select(SignIn).where(SignIn.token_hash == hashed(token)))


def is_device(session: Session, device: str) -> bool:
    """Whether somebody has signed in from this device before."""
    return session.scalar(select(SignIn.id).where(SignIn.device_hash == hashed(device)).limit(1)) is not None


def is_device_of(session: Session, device: str, username: str) -> bool:
    """Whether this person has signed in from this device before."""
    found = select(SignIn.id).join(Person, Person.id == SignIn.person_id).where(Person.username == username)
    return session.scalar(found.where(SignIn.device_hash == hashed(device)).limit(1)) is not None


def signed_in(connection: Connection, token: str, at: datetime, *, idle_days: int) -> SignedIn | None:
    """The session, its person and every right with its path, in one query; None for a token that stands for nobody.

    A session that was not seen for `idle_days` is over.
    """
    bound = {"token_hash": hashed(token), "at": at, "idle_since": at - timedelta(days=idle_days)}
    rows = connection.execute(_by_token, bound).all()
    if not rows:
        return None
    sign_in_id, seen_at, person_id, username, is_demo, _, _ = rows[0]
    rights = tuple(Right(role, path) for *_, role, path in rows if role is not None)
    return SignedIn(sign_in_id, person_id, username or "", is_demo, rights, seen_at)
