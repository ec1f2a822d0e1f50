"""Boxes on their way, for the tests of this room."""

import json
from typing import Any

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.custody import commands, queries
from assets_service.custody.asks import NewReceipt, NewShipment, ReceiptLine
from assets_service.custody.models import LineState, Outcome, Shipment
from assets_service.custody.queries import Shares
from assets_service.devices.models import Device
from assets_service.ledger.models import Entry
from assets_service.people.models import Person
from assets_service.programmes.queries import beyond_share
from tests import build

SENDER, RECEIVER = "00", "81.02"
SHARES = Shares(beyond_share)


class Both(Struct):
    """Who sends from the national office, and the head of a regency who receives."""

    sender: Stamp
    receiver: Stamp
    head: Person


def both(session: Session) -> Both:
    build.roster(session)
    logistics = build.a_person(session, "Dewi", at=SENDER, role=Role.LOGISTICS)
    head = build.a_person(session, "Siti", at=RECEIVER, role=Role.HEAD)
    return Both(build.stamp(session, logistics), build.stamp(session, head), head)


def a_box(
    session: Session, devices: list[Device], by: Stamp, *, to: str = RECEIVER, send: bool = True, **facts: Any
) -> Shipment:
    codes = [device.code for device in devices]
    return commands.create(session, NewShipment(to_office=to, devices=codes, send=send, **facts), stamp=by)


def confirm(session: Session, box: Shipment, by: Stamp, **outcomes: ReceiptLine | LineState) -> None:
    """`confirm(…, **{code: LineState.RECEIVED})`."""
    said = [each if isinstance(each, ReceiptLine) else _plainly(code, each) for code, each in outcomes.items()]
    commands.receive(session, queries.locked(session, box.id, by), NewReceipt(lines=said), stamp=by)


def _plainly(code: str, state: LineState) -> ReceiptLine:
    return ReceiptLine(device=code, outcome=Outcome(state), note="as told" if state in NEED_A_NOTE else None)


NEED_A_NOTE = {LineState.DECLINED, LineState.RECEIVED_WITH_NOTES, LineState.SHORT}


def kinds_told(session: Session, subject: str) -> list[str]:
    told = select(Entry.kind).where(Entry.subject == subject).order_by(Entry.subject_seq)
    return list(session.scalars(told))


def last_told(session: Session, subject: str) -> dict[str, Any]:
    """What the newest entry says."""
    newest = select(Entry.body).where(Entry.subject == subject).order_by(Entry.subject_seq.desc()).limit(1)
    said: dict[str, Any] = json.loads(session.scalars(newest).one())
    return said
