"""Somebody leaves their office, or altogether: first what they hold is handed on."""

from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.custody import queries
from assets_service.custody.asks import Leaving, NewHolder, Transfer
from assets_service.custody.commands.holding import hold
from assets_service.custody.errors import StillHolds
from assets_service.devices.identifiers import grouped
from assets_service.kernel.errors import Forbidden, answered, invalid
from assets_service.kernel.fields import refuse_misfits
from assets_service.offices.queries import named as named_office
from assets_service.people import commands as people
from assets_service.people.models import Person
from assets_service.people.queries import locked_named, may_administer


def deactivate(session: Session, person: Person, ask: Leaving, *, stamp: Stamp) -> None:
    """Keep somebody from signing in and from holding devices. Raises `Forbidden`, `StillHolds`, `Invalid`."""
    _must_administer(stamp, person)
    refuse_misfits(ask)
    _hand_on(session, person, ask, stamp)
    people.deactivate(session, person, stamp=stamp)


def transfer(session: Session, person: Person, ask: Transfer, *, stamp: Stamp) -> None:
    """Make somebody one of another office. Raises `Forbidden`, `StillHolds`, `Invalid`."""
    _must_administer(stamp, person)
    office = answered(lambda: named_office(session, ask.office, stamp, "office"), lambda: refuse_misfits(ask))
    if office.id != person.office_id:
        _hand_on(session, person, ask, stamp)
    people.move(session, person, office, stamp=stamp)


def _hand_on(session: Session, person: Person, ask: Leaving, stamp: Stamp) -> None:
    """Give each device that the person holds to their successor, or to nobody; a lost one stays theirs to answer for."""
    if ask.successor is not None:
        _must_succeed(session, person, ask.successor, stamp)
    held = queries.locked_of_holder(session, person)
    if held and ask.successor is None and not ask.release:
        raise StillHolds(name=person.name, codes=", ".join(grouped(device.code) for device in held))
    if held and ask.release and not ask.reason:
        raise invalid("reason", "Say why nobody holds them next.")
    for device in held:
        hold(session, device, NewHolder(person=ask.successor, note=ask.reason), stamp=stamp)


def _must_succeed(session: Session, person: Person, successor_id: int, stamp: Stamp) -> None:
    """Refuse who cannot hold what the person holds. Raises `Invalid`."""
    successor = locked_named(session, successor_id, stamp, "successor")
    if successor.id == person.id:
        raise invalid("successor", "Name somebody else.")
    if successor.office_id != person.office_id:
        raise invalid(
            "successor", "{name} does not belong to {office}.", name=successor.name, office=person.office.name
        )


def _must_administer(stamp: Stamp, person: Person) -> None:
    """Refuse who may not do this before they are told what the person holds. Raises `Forbidden`."""
    if not may_administer(stamp, person):
        raise Forbidden
