"""Every select of persons."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, bindparam, false, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from assets_service.access.stamp import MACHINE, WRITERS, Asker, Door, Right, Role, Stamp
from assets_service.kernel.clock import wall_clock
from assets_service.kernel.db import lock_each
from assets_service.kernel.db.orders import Key
from assets_service.kernel.errors import NotFound, invalid
from assets_service.kernel.spelling import searchable
from assets_service.ledger.models import Entry
from assets_service.ledger.queries import Names, kept_names, mentioned_in
from assets_service.offices.models import Office
from assets_service.offices.queries import Area, scoped
from assets_service.people.errors import NoSuchPerson
from assets_service.people.models import Grant, Person
from assets_service.people.orders import ORDERS, Order
from assets_service.people.usernames import likeness

WORDS_MAX = 8  # of a search
_GIVER = aliased(Person)
_WRITING = (
    select(Grant.granted_at, Grant.granted_by_id, _GIVER.office_id)
    .outerjoin(_GIVER, _GIVER.id == Grant.granted_by_id)
    .where(Grant.person_id == bindparam("person"), Grant.office_id == bindparam("office"))
    .where(Grant.ended_at.is_(None), Grant.role.in_(WRITERS))
)


def rights_of(session: Session, person_id: int) -> tuple[Right, ...]:
    rows = session.execute(
        select(Grant.role, Office.path)
        .join(Office, Office.id == Grant.office_id)
        .where(Grant.person_id == person_id, Grant.ended_at.is_(None))
    )
    return tuple(Right(role, path) for role, path in rows)


def stamp_of(session: Session, asker: Asker, *, at: datetime) -> Stamp:
    """The stamp of somebody who asked earlier, with the rights they have now: none if they were deactivated since."""
    rights: tuple[Right, ...] = ()
    if asker.actor_id is None:
        rights = MACHINE if asker.door is Door.CLI else ()
    elif session.scalar(select(Person.is_active).where(Person.id == asker.actor_id)):
        rights = rights_of(session, asker.actor_id)
    return Stamp(
        actor_id=asker.actor_id,
        account=asker.account,
        rights=rights,
        at=at,
        door=asker.door,
        action_id=asker.action_id,
    )


def visible_to(stamp: Stamp) -> Select[Person]:
    """A select of the persons of offices in scope, and of oneself."""
    return select(Person).where(or_(scoped(Person.office_id, stamp), Person.id == (stamp.actor_id or 0)))


def _whole(found: Select[Person]) -> Select[Person]:
    return found.options(joinedload(Person.office), selectinload(Person.grants).joinedload(Grant.office))


def by_id(session: Session, person_id: int, stamp: Stamp) -> Person:
    """The person with this number. Raises `NoSuchPerson`, also for somebody outside the scope."""
    found = session.scalar(_whole(visible_to(stamp).where(Person.id == person_id)))
    if found is None:
        raise NoSuchPerson
    return found


def locked(session: Session, person_id: int, stamp: Stamp) -> Person:
    """The person to be changed, their row locked before it is read. Raises `NoSuchPerson`."""
    lock_each(session, Person, Person.id == person_id)
    return by_id(session, person_id, stamp)


def locked_self(session: Session, stamp: Stamp) -> Person:
    """The person who acts, their own row locked. Raises `NoSuchPerson`."""
    return locked(session, stamp.actor_id or 0, stamp)


def locked_grant(session: Session, person_id: int, grant_id: int, stamp: Stamp) -> Grant:
    """The person's grant to be ended, the person's row locked. Raises `NoSuchPerson` and `NotFound`."""
    person = locked(session, person_id, stamp)
    held = next((each for each in person.grants if each.id == grant_id), None)
    if held is None:
        raise NotFound
    set_committed_value(held, "person", person)
    return held


def named(session: Session, person_id: int, stamp: Stamp, field: str) -> Person:
    """The active person a field names. Raises `Invalid`."""
    found = session.scalar(_whole(visible_to(stamp).where(Person.id == person_id, Person.is_active)))
    if found is None:
        raise invalid(field, "There is no such person that you can see.")
    return found


def locked_named(session: Session, person_id: int, stamp: Stamp, field: str) -> Person:
    """The same, their row locked: they cannot be deactivated, or moved to another office, before this act has ended."""
    lock_each(session, Person, Person.id == person_id)
    return named(session, person_id, stamp, field)


def names_in(session: Session, entries: Iterable[Entry], stamp: Stamp) -> Names:
    """What the offices and persons that the entries speak of were called; a person outside the scope has no name."""
    mentioned = mentioned_in(entries)
    offices = session.execute(select(Office.code, Office.name).where(Office.code.in_(mentioned.offices)))
    seen = session.scalars(visible_to(stamp).where(Person.id.in_(mentioned.persons)).with_only_columns(Person.id))
    subjects = [*(f"person/{person_id}" for person_id in seen), *(f"office/{code}" for code in mentioned.offices)]
    return Names(
        offices={code: name for code, name in offices},  # noqa: C416 - a Row is no pair to dict()
        spells=kept_names(session, subjects),
    )


def by_username(session: Session, username: str) -> Person | None:
    return session.scalar(_whole(select(Person).where(Person.username == username.strip().casefold())))


def numbered(session: Session, person_id: int) -> Person | None:
    return session.scalar(_whole(select(Person).where(Person.id == person_id)))


def username_of_likeness(session: Session, username: str) -> str | None:
    """The existing username that is this one or could be taken for it; None if there is none."""
    return session.scalar(select(Person.username).where(Person.username_likeness == likeness(username)))


def may_administer(stamp: Stamp, person: Person) -> bool:
    """Whether the stamp may administer the person: of its offices, and without a right where the stamp has none."""
    places = [person.office, *(held.office for held in person.grants if held.ended_at is None)]
    return all(stamp.may(place.path, Role.ADMIN) for place in places)


def search(
    session: Session,
    stamp: Stamp,
    *,
    q: str | None = None,
    area: Area | None = None,
    order: Order = Order.NAME,
    beyond: Key | None = None,
    limit: int,
) -> tuple[list[Person], int]:
    """The visible persons in this order beyond the one with this key, one more than `limit` when there are more, and how many there are in all."""
    found = visible_to(stamp)
    if q and q.strip():
        words = [word for word in map(searchable, q.split()[:WORDS_MAX]) if word]
        found = found.where(*(Person.search.contains(word, autoescape=True) for word in words) if words else [false()])
    if area:
        found = found.where(area.holds(Person.office_id))
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    found = ORDERS.sorted(found.join(Office, Office.id == Person.office_id), order, beyond=beyond)
    return list(session.scalars(_whole(found.limit(limit + 1)))), total


def candidates(session: Session, office_id: int) -> list[Person]:
    """The persons who may hold a device of this office: its active ones."""
    return list(
        session.scalars(
            select(Person).where(Person.office_id == office_id, Person.is_active).order_by(Person.name).limit(200)
        )
    )


def names(session: Session, person_ids: Iterable[int | None]) -> Names:
    """What these persons were called, in scope or not: who acted on a shipment is part of what one may see of it."""
    subjects = {f"person/{person_id}" for person_id in person_ids if person_id is not None}
    return Names(spells=kept_names(session, subjects)) if subjects else Names()


def who_and_when(session: Session, person_id: int | None, at: datetime | None, zone: str) -> dict[str, str]:
    """The facts of a refusal that says who was first, and when by the clock on that office's wall."""
    name = names(session, [person_id]).then(f"person/{person_id}", at) if at else None
    return {"name": name or "–", "time": wall_clock(at, zone) if at else "–"}


class Given(NamedTuple):
    """A right that somebody holds: when it was given, by whom, and of which office that person is."""

    at: datetime
    by_id: int | None
    by_office_id: int | None


def writing_grants(session: Session, person_id: int, office_id: int) -> list[Given]:
    """The rights to write that the person holds at this very office."""
    rows = session.connection().execute(_WRITING, {"person": person_id, "office": office_id})
    return [Given(*row) for row in rows]


def roles_of(session: Session, person_id: int) -> set[Role]:
    return set(session.scalars(select(Grant.role).where(Grant.person_id == person_id, Grant.ended_at.is_(None))))


def demo_can_sign_in(session: Session) -> bool:
    demo = select(func.count()).where(Person.is_demo, Person.is_active, Person.password_hash.is_not(None))
    return bool(session.scalar(demo))


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Person)) or 0
