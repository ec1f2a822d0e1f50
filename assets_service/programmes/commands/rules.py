"""Every write of programmes: the national office's alone."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.kernel.errors import Forbidden, Gathering
from assets_service.kernel.fields import refuse_misfits
from assets_service.ledger.commands import record
from assets_service.programmes import queries
from assets_service.programmes.asks import Entitlement, NewAllocation, NewProgramme
from assets_service.programmes.errors import ProgrammeExists
from assets_service.programmes.events import AllocationSet, ProgrammeAdded
from assets_service.programmes.models import Allocation, Programme


def subject(code: str) -> str:
    return f"programme/{code}"


def add(session: Session, ask: NewProgramme, *, stamp: Stamp) -> Programme:
    """Add a programme, with its entitlement if that is known already.

    Raises `Forbidden`, `ProgrammeExists`, `Invalid`.
    """
    _must_be_national(stamp)
    asked = Gathering()
    if queries.exists(session, ask.code):
        asked.add(ProgrammeExists(code=ask.code))
    asked.ask(lambda: refuse_misfits(ask))
    asked.refuse()
    programme = Programme(code=ask.code, name=ask.name.strip(), added_at=stamp.at, allocations=[])
    session.add(programme)
    record(session, ProgrammeAdded(code=ask.code, name=programme.name), subject=subject(ask.code), stamp=stamp)
    _allocate(session, programme, ask.allocation, stamp)
    return programme


def set_allocation(session: Session, programme: Programme, ask: NewAllocation, *, stamp: Stamp) -> None:
    """Replace the whole entitlement: a kind and level that is not named entitles nobody. Raises `Forbidden` and `Invalid`."""
    _must_be_national(stamp)
    refuse_misfits(ask)
    _allocate(session, programme, ask.allocation, stamp)


def _allocate(session: Session, programme: Programme, allocation: Iterable[Entitlement], stamp: Stamp) -> None:
    quantities = {(each.kind, each.level): each.quantity for each in allocation}
    before = {(held.kind, held.level): held for held in programme.allocations}
    after = dict.fromkeys(before, 0) | quantities
    if after == {key: held.quantity for key, held in before.items()}:
        return
    for (kind, level), quantity in after.items():
        if held := before.get((kind, level)):
            held.quantity = quantity
        else:
            programme.allocations.append(Allocation(kind=kind, level=level, quantity=quantity))
    told: dict[str, dict[str, int]] = {}
    for (kind, level), quantity in quantities.items():
        told.setdefault(kind, {})[level] = quantity
    record(session, AllocationSet(allocation=told), subject=subject(programme.code), stamp=stamp)


def _must_be_national(stamp: Stamp) -> None:
    if not queries.may_set(stamp):
        raise Forbidden
