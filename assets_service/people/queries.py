"""Every select of persons."""

from datetime import datetime
from hashlib import sha256

from msgspec import Struct
from sqlalchemy import Connection, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from assets_service.kernel.errors import invalid
from assets_service.ledger.stamp import Right, Role, Stamp
from assets_service.offices.models import Office
from assets_service.offices.queries import scoped, within
from assets_service.people.errors import NoSuchPerson
from assets_service.people.models import Grant, Person, SignIn


class SignedIn(Struct):
    """Who a token stands for."""

    sign_in_id: int
    person_id: int
    username: str
    rights: tuple[Right, ...]
    seen_at: datetime


_by_token = (
    select(SignIn.id, SignIn.seen_at, Person.id, Person.username, Grant.role, Office.path)
    .join(Person, Person.id == SignIn.person_id)
    .outerjoin(Grant, (Grant.person_id == Person.id) & Grant.ended_at.is_(None))
    .outerjoin(Office, Office.id == Grant.office_id)
    .where(
        SignIn.token_hash == bindparam("token_hash"),
        SignIn.revoked_at.is_(None),
        SignIn.expires_at > bindparam("at", type_=SignIn.expires_at.type),
        Person.is_active,
    )
)


def token_hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def signed_in(connection: Connection, token: str, at: datetime) -> SignedIn | None:
    """One query: the session, its person, every right with its path."""
    rows = connection.execute(_by_token, {"token_hash": token_hash(token), "at": at}).all()
    if not rows:
        return None
    sign_in_id, seen_at, person_id, username, _, _ = rows[0]
    rights = tuple(Right(role, path) for *_, role, path in rows if role is not None)
    return SignedIn(sign_in_id, person_id, username or "", rights, seen_at)


def rights_of(session: Session, person_id: int) -> tuple[Right, ...]:
    rows = session.execute(
        select(Grant.role, Office.path)
        .join(Office, Office.id == Grant.office_id)
        .where(Grant.person_id == person_id, Grant.ended_at.is_(None))
    )
    return tuple(Right(role, path) for role, path in rows)


def visible_to(stamp: Stamp) -> Select[Person]:
    """Persons of the offices in scope, and oneself."""
    return select(Person).where(or_(scoped(Person.office_id, stamp), Person.id == (stamp.actor_id or 0)))


def _whole(found: Select[Person]) -> Select[Person]:
    return found.options(joinedload(Person.office), selectinload(Person.grants).joinedload(Grant.office))


def by_id(session: Session, person_id: int, stamp: Stamp) -> Person:
    """Raises `NoSuchPerson`, also for somebody outside the scope."""
    found = session.scalar(_whole(visible_to(stamp).where(Person.id == person_id)))
    if found is None:
        raise NoSuchPerson
    return found


def locked(session: Session, person_id: int, stamp: Stamp) -> Person:
    """The person to be changed, their row locked. Raises `NoSuchPerson`."""
    person = by_id(session, person_id, stamp)
    session.refresh(person, ["name", "title", "nip", "is_active", "version"], with_for_update=True)
    return person


def named(session: Session, person_id: int, stamp: Stamp, field: str) -> Person:
    """The active person a field names. Raises `Invalid`."""
    found = session.scalar(_whole(visible_to(stamp).where(Person.id == person_id, Person.is_active)))
    if found is None:
        raise invalid(field, "There is no such person that you can see.")
    return found


def by_username(session: Session, username: str) -> Person | None:
    return session.scalar(_whole(select(Person).where(Person.username == username.strip().casefold())))


def search(
    session: Session,
    stamp: Stamp,
    *,
    q: str | None = None,
    office_path: str | None = None,
    after: tuple[str, int] | None = None,
    limit: int,
) -> tuple[list[Person], int]:
    """Persons by name, one more than `limit` when there are more, and how many in all."""
    found = visible_to(stamp)
    if q:
        found = found.where(
            or_(Person.name.icontains(q, autoescape=True), Person.username.icontains(q, autoescape=True))
        )
    if office_path:
        found = found.where(Person.office_id.in_(select(Office.id).where(within(office_path))))
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    if after:
        name, person_id = after
        found = found.where((Person.name > name) | ((Person.name == name) & (Person.id > person_id)))
    return list(session.scalars(_whole(found.order_by(Person.name, Person.id).limit(limit + 1)))), total


def candidates(session: Session, office_id: int) -> list[Person]:
    """Who may hold a device of this office: its active persons."""
    return list(
        session.scalars(
            select(Person).where(Person.office_id == office_id, Person.is_active).order_by(Person.name).limit(200)
        )
    )


def auditors_and_writers(session: Session, person_id: int) -> set[Role]:
    return set(session.scalars(select(Grant.role).where(Grant.person_id == person_id, Grant.ended_at.is_(None))))


def demo_can_sign_in(session: Session) -> bool:
    demo = select(func.count()).where(Person.is_demo, Person.is_active, Person.password_hash.is_not(None))
    return bool(session.scalar(demo))


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Person)) or 0
