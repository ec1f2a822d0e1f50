"""What can be chosen from: how long a route may take, accessories, reasons of differences."""

from functools import partial

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from assets_service.access.stamp import ADMINS, REGISTRARS, Stamp
from assets_service.custody import queries
from assets_service.custody.asks import NewAccessory, NewReason, NewRoute
from assets_service.custody.events import AccessorySaved, ReasonSaved, RouteSet
from assets_service.custody.models import (
    Accessory,
    DifferenceReason,
    Route,
)
from assets_service.kernel.errors import Forbidden, Gathering, invalid
from assets_service.kernel.fields import refuse_misfits
from assets_service.ledger.commands import lock_chain, record
from assets_service.offices.models import Office
from assets_service.offices.queries import any_named, named

_TOP = "/00/"
POSITIONS = 10  # between two entries of a list


def set_route(session: Session, ask: NewRoute, *, stamp: Stamp) -> Route:
    """Say how many days a parcel may take; it counts for what is sent from now on. Raises `Forbidden`, `Invalid`."""
    refuse_misfits(ask)
    asked = Gathering()
    sender = asked.ask(partial(named, session, ask.from_office, stamp, "from_office")) if ask.from_office else None
    to = asked.ask(partial(any_named, session, ask.to_office, "to_office")) if ask.to_office else None
    asked.refuse()
    if not stamp.may(sender.path if sender else _TOP, *(REGISTRARS if sender else ADMINS)):
        raise Forbidden
    name = _name(sender, to)
    lock_chain(session, name)  # two who set the same route at once do it one after the other
    found = queries.route(session, sender.id if sender else None, to.id if to else None)
    if found and found.days == ask.days:
        return _with_offices(found, sender, to)
    if found is None:
        found = Route(from_id=sender.id if sender else None, to_id=to.id if to else None)
        session.add(found)
    found.days, found.set_at, found.set_by_id = ask.days, stamp.at, stamp.actor_id
    session.flush()
    told = RouteSet(from_office=sender.code if sender else None, to_office=to.code if to else None, days=ask.days)
    record(session, told, subject=name, stamp=stamp)
    return _with_offices(found, sender, to)


def _name(sender: Office | None, to: Office | None) -> str:
    return f"route/{sender.code}-{to.code}" if sender and to else "route/any"


def _with_offices(found: Route, sender: Office | None, to: Office | None) -> Route:
    set_committed_value(found, "from_office", sender)
    set_committed_value(found, "to_office", to)
    return found


def save_accessory(session: Session, found: Accessory, ask: NewAccessory, *, stamp: Stamp) -> None:
    """Save what may be packed with a device of a kind; the same again changes nothing. Raises `Forbidden`, `Invalid`."""
    _must_edit(stamp, found.code)
    if found.position >= 0 and (found.name, found.is_offered) == (ask.name, ask.offered):
        return
    found.name, found.is_offered = ask.name, ask.offered
    if found.position < 0:
        found.position = queries.last_place(session, Accessory) + POSITIONS
        session.add(found)
    session.flush()
    told = AccessorySaved(device_kind=found.kind, code=found.code, name=found.name, offered=found.is_offered)
    record(session, told, subject="list/accessories", stamp=stamp)


def save_reason(session: Session, found: DifferenceReason, ask: NewReason, *, stamp: Stamp) -> None:
    """Save why something may differ; the same again changes nothing. Raises `Forbidden`, `Invalid`."""
    _must_edit(stamp, found.code)
    said = (ask.name, list(ask.fits), ask.needs_note, ask.offered)
    if found.position >= 0 and said == (found.name, found.fits, found.needs_note, found.is_offered):
        return
    found.name, found.fits, found.needs_note, found.is_offered = ask.name, list(ask.fits), ask.needs_note, ask.offered
    if found.position < 0:
        found.position = queries.last_place(session, DifferenceReason) + POSITIONS
        session.add(found)
    session.flush()
    told = ReasonSaved(
        code=found.code, name=found.name, fits=found.fits, needs_note=found.needs_note, offered=found.is_offered
    )
    record(session, told, subject="list/reasons", stamp=stamp)


def _must_edit(stamp: Stamp, code: str) -> None:
    """Refuse who may not edit the country's lists, and a code that is no word. Raises `Forbidden`, `Invalid`."""
    if not stamp.may(_TOP, *ADMINS):
        raise Forbidden
    if not (code.isascii() and code.replace("_", "").isalnum() and code == code.lower() and len(code) <= 40):  # noqa: PLR2004 - the column's width
        raise invalid("code", "Write the code in small letters, digits and underscores.")
