"""Every table held against the ledger: what the chains tell, replayed, beside the rows that stand there.

Both sides are streamed in the order of the chains' subjects, so that memory stays as it is however large the fleet.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from importlib import import_module
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, case, exists, func, select
from sqlalchemy.orm import Session

import assets_service
from assets_service.custody.models import LineState, Receipt, Shipment, ShipmentLine, ShipmentState, number_of
from assets_service.ledger import queries as ledger
from assets_service.ledger.events import event_named
from assets_service.ledger.models import Entry
from assets_service.offices.models import Office
from assets_service.upkeep.tables import devices, others, streams
from assets_service.upkeep.tables.streams import Beside
from assets_service.upkeep.tables.told import Digested, Likeness, Said, Told, agrees

Tell = Callable[[str], None]
REPLAYS = {
    "": devices.replay
} | others.REPLAYS  # by what stands before the / of a subject; before a device's code, nothing


def compare(session: Session, *, say: Tell) -> None:
    """Compare every table with the ledger; `say` gets one sentence for each row and column that differs."""
    _load_events()
    with ExitStack() as opened:
        _compare_chains(session, opened, say)
    for table, subject in streams.without_a_chain(session):
        say(f"{table}, {subject}: the ledger tells nothing of this row.")
    _compare_ends(session, say)


def _load_events() -> None:
    """Import every room's events: a kind that nobody imported would be unknown."""
    house = Path(next(iter(assets_service.__path__)))
    for events in sorted(house.glob("*/events.py")):
        import_module(f"{house.name}.{events.parent.name}.events")


def _compare_chains(session: Session, opened: ExitStack, say: Tell) -> None:
    offices = {id_: code for id_, code in session.execute(select(Office.id, Office.code))}  # noqa: C416 - a Row is no pair to dict()
    beside: dict[str, list[Beside]] = {}
    for subject, chain in groupby(ledger.by_subject(session), key=attrgetter("subject")):
        sort, _, name = subject.rpartition("/")
        if sort not in REPLAYS:
            say(f"{subject}: no chain of ours has such a name.")
            continue
        if sort not in beside:
            beside[sort] = streams.of_sort(sort) if sort else streams.of_devices()
            for each in beside[sort]:
                each.open(session, offices)
                opened.callback(each.close)
        try:
            told = REPLAYS[sort](name, _heard(session, chain))
        except (msgspec.MsgspecError, LookupError, TypeError, ValueError) as error:
            say(f"{subject}: its entries do not make sense together ({type(error).__name__}: {error}).")
            continue
        _compare_chain(subject, told, beside[sort], say)


def _heard(session: Session, chain: Iterator[Entry]) -> Iterator[Said]:
    before: datetime | None = None
    for entry in chain:
        event = msgspec.json.decode(entry.body, type=event_named(entry.kind))
        at, before = entry.at, max(before, entry.at) if before else entry.at
        sort, _, number = entry.actor.rpartition("/")
        yield Said(event, at, int(number) if sort else None, entry.door, entry.action_id, before)
        session.expunge(entry)


def _compare_chain(subject: str, told: Told, beside: list[Beside], say: Tell) -> None:
    for each in beside:
        for key, row in each.of(subject):
            expected = told.pop((each.table, key), None)
            place = f"{each.table}, {_place(subject, key)}"
            if expected is None:
                say(f"{place}: the ledger does not tell of this row.")
                continue
            for column in [name for name, value in expected.items() if not agrees(value, row[name])]:
                say(f"{place}, {column}: {_difference(row[column], expected[column])}")
    for table, key in told:
        say(f"{table}, {_place(subject, key)}: this row is missing.")


def _compare_ends(session: Session, say: Tell) -> None:
    """A shipment's state and end are those of its lines, which the devices' chains tell."""
    lines = select(ShipmentLine.id).where(ShipmentLine.shipment_id == Shipment.id)
    is_open = exists(lines.where(ShipmentLine.state == LineState.OPEN))
    called_back = exists(lines.where(ShipmentLine.state == LineState.CANCELLED))
    state = case(
        (is_open & Shipment.sent_at.is_(None), ShipmentState.DRAFT.value),
        (is_open, ShipmentState.SENT.value),
        (called_back, ShipmentState.CANCELLED.value),
        else_=ShipmentState.CLOSED.value,
    )
    is_by_other, ended_at = _ends_of(lines)
    is_wrong = {
        "state": Shipment.state != state,
        "closed_at": Shipment.closed_at.is_distinct_from(case((~is_open, ended_at))),
        "closed_by_id": (~is_open & is_by_other) | (is_open & Shipment.closed_by_id.is_not(None)),
    }
    for column, condition in is_wrong.items():
        for id_, made_at in session.execute(select(Shipment.id, Shipment.created_at).where(condition)):
            say(f"shipments, {number_of(id_, made_at)}, {column}: the table says other than its lines do.")


def _ends_of(lines: Select[int]) -> tuple[ColumnElement[bool], ColumnElement[datetime]]:
    """Whether another ended the shipment than its row says, and when it ended: with the last of its lines.

    A line that was corrected has a later end of its own. Then it is the last of the receipts that correct nothing, unless
    the sender called the rest back.
    """
    mine, plain = ShipmentLine.shipment_id == Shipment.id, Receipt.corrects_id.is_(None)
    receipts = select(Receipt.id).where(Receipt.shipment_id == Shipment.id)
    was_corrected = exists(receipts.where(~plain))
    was_called_back = exists(lines.where(ShipmentLine.state == LineState.CANCELLED))
    by_line = select(func.max(ShipmentLine.closed_at)).where(mine)
    called_back = by_line.where(ShipmentLine.state == LineState.CANCELLED)
    by_receipt = select(func.max(Receipt.at)).where(Receipt.shipment_id == Shipment.id, plain)
    ended_at = case(
        (was_corrected & was_called_back, called_back.scalar_subquery()),
        (was_corrected, by_receipt.scalar_subquery()),
        else_=by_line.scalar_subquery(),
    )
    same_line = lines.where(ShipmentLine.closed_by_id.is_not_distinct_from(Shipment.closed_by_id))
    same_receipt = receipts.where(Receipt.by_id.is_not_distinct_from(Shipment.closed_by_id), plain)
    by_same = case(
        (was_corrected & ~was_called_back, exists(same_receipt.where(Receipt.at == Shipment.closed_at))),
        else_=exists(same_line.where(ShipmentLine.closed_at == Shipment.closed_at)),
    )
    return ~by_same, ended_at


def _place(subject: str, key: object) -> str:
    """The chain, and which of its rows where it tells of several."""
    name = subject.rpartition("/")[2]
    which = [str(part) for part in (key if isinstance(key, tuple) else (key,))]
    return subject if which == [name] else f"{subject}, {' '.join(which)}"


def _difference(value: Any, expected: Any) -> str:
    if isinstance(expected, Digested | Likeness):
        return "this is not the name of which the ledger holds a digest."
    return f"the table says {_shown(value)}, the ledger {_shown(expected)}."


def _shown(value: Any) -> str:
    return "nothing" if value is None else str(value)[:80]
