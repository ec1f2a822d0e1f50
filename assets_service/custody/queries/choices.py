"""What can be chosen from: accessories by kind of device, reasons of differences, days by route."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from math import ceil
from statistics import median, quantiles

from msgspec import Struct
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from assets_service.custody.errors import NoSuchChoice
from assets_service.custody.models import (
    Accessory,
    Arrival,
    DifferenceKind,
    DifferenceReason,
    Route,
    Shipment,
    ShipmentLine,
)
from assets_service.devices.models import Kind
from assets_service.ledger.commands import lock_chain
from assets_service.offices.models import Office

DAYS = 14  # on the road between any two offices, until somebody says otherwise
LAST_SHIPMENTS = 200  # of a route, from which its days are proposed
_ENOUGH_FOR_NINE_OF_TEN = 2


def accessories(session: Session, *, is_offered: bool = True) -> dict[Kind, list[Accessory]]:
    """The accessories of each kind of device, in their order."""
    found = select(Accessory).order_by(Accessory.kind, Accessory.position, Accessory.code)
    if is_offered:
        found = found.where(Accessory.is_offered)
    by_kind: dict[Kind, list[Accessory]] = {kind: [] for kind in Kind}
    for row in session.scalars(found):
        by_kind[row.kind].append(row)
    return by_kind


def reasons(session: Session, *, is_offered: bool = True) -> list[DifferenceReason]:
    """Why something may differ, in the order of the list."""
    found = select(DifferenceReason).order_by(DifferenceReason.position, DifferenceReason.code)
    return list(session.scalars(found.where(DifferenceReason.is_offered) if is_offered else found))


def reasons_for(session: Session, kind: DifferenceKind) -> dict[str, DifferenceReason]:
    """Those of the list that fit a kind of difference, by their codes."""
    return {row.code: row for row in reasons(session) if kind in row.fits}


def names_of_choices(session: Session) -> tuple[dict[str, str], dict[str, str]]:
    """What accessories and reasons are called, by their codes; also those that are offered no more."""
    called = {row.code: row.name for rows in accessories(session, is_offered=False).values() for row in rows}
    return called, {row.code: row.name for row in reasons(session, is_offered=False)}


def locked_accessory(session: Session, kind: str, code: str, _stamp: object) -> Accessory:
    """The accessory to be saved, or a new one that is not kept yet. Raises `NoSuchChoice` for no kind of device."""
    if kind not in set(Kind):
        raise NoSuchChoice
    lock_chain(session, "list/accessories")  # two who add the same entry do it one after the other
    found = session.get(Accessory, (Kind(kind), code))
    return found or Accessory(kind=Kind(kind), code=code, name="", position=-1, is_offered=True)


def locked_reason(session: Session, code: str, _stamp: object) -> DifferenceReason:
    """The reason to be saved, or a new one that is not kept yet."""
    lock_chain(session, "list/reasons")
    found = session.get(DifferenceReason, code)
    return found or DifferenceReason(code=code, name="", fits=[], needs_note=False, position=-1, is_offered=True)


def last_place(session: Session, kind: type[Accessory] | type[DifferenceReason]) -> int:
    return session.scalar(select(func.coalesce(func.max(kind.position), 0))) or 0


class Took(Struct, frozen=True):
    """How long earlier shipments of a route took, in whole days: half of them at most `median`, nine of ten at most `most`."""

    shipments: int
    median: int
    most: int


def routes(session: Session) -> list[Route]:
    """Every route that somebody has set; the one between any two offices first."""
    both = joinedload(Route.from_office), joinedload(Route.to_office)
    return list(session.scalars(select(Route).options(*both).order_by(Route.from_id, Route.to_id).limit(1000)))


def route(session: Session, from_id: int | None, to_id: int | None) -> Route | None:
    return session.scalar(
        select(Route)
        .where(Route.from_id.is_(from_id) if from_id is None else Route.from_id == from_id)
        .where(Route.to_id.is_(to_id) if to_id is None else Route.to_id == to_id)
    )


def days_of(session: Session, from_id: int, to_ids: Iterable[int]) -> dict[int, int]:
    """How many days a parcel may take from one office to each of the others."""
    wanted = set(to_ids)
    here = or_(Route.from_id.is_(None), (Route.from_id == from_id) & Route.to_id.in_(wanted))
    known = {row.to_id: row.days for row in session.scalars(select(Route).where(here))}
    usual = known.get(None, DAYS)
    return {to_id: known.get(to_id, usual) for to_id in wanted}


def expected_day(session: Session, sender: Office, to: Office, sent_on: date) -> date:
    """The day by which a parcel sent on that day should be at the receiver."""
    return sent_on + timedelta(days=days_of(session, sender.id, [to.id])[to.id])


def took(session: Session, from_id: int, to_id: int) -> Took | None:
    """What the latest shipments from one office to another took until they arrived, or until the first of it was received."""
    first = select(func.min(ShipmentLine.closed_at)).where(ShipmentLine.shipment_id == Shipment.id).scalar_subquery()
    there = func.coalesce(Arrival.arrived_at, first)
    rows = session.execute(
        select(Shipment.sent_at, Arrival.arrived_at, first)
        .outerjoin(Arrival, Arrival.shipment_id == Shipment.id)
        .where(Shipment.from_id == from_id, Shipment.to_id == to_id, Shipment.state == "closed", there.is_not(None))
        .order_by(Shipment.id.desc())
        .limit(LAST_SHIPMENTS)
    )
    spans = [(sent, arrived or received) for sent, arrived, received in rows]
    return took_of([(there - sent).total_seconds() / 86_400 for sent, there in spans if sent and there])


def took_of(days: Sequence[float]) -> Took | None:
    """The same of durations in days, rounded up to whole ones."""
    if not days:
        return None
    ninth = quantiles(days, n=10, method="inclusive")[-1] if len(days) >= _ENOUGH_FOR_NINE_OF_TEN else days[0]
    return Took(len(days), max(1, ceil(median(days))), max(1, ceil(ninth)))
