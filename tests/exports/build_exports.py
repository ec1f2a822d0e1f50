"""A fleet to which everything has happened, and inventories of it as lists."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.custody import commands as custody
from assets_service.custody.asks import Loss, NewHolder
from assets_service.custody.models import LineState
from assets_service.devices import commands as devices
from assets_service.devices.asks import AmendDevice, Retirement
from assets_service.devices.models import Condition, Device, Kind
from assets_service.exports import inventory as inventories
from assets_service.exports.asks import Asked
from assets_service.exports.columns import Row, columns_of
from assets_service.exports.files import write_inventory
from assets_service.flags.queries import Flags
from assets_service.inspections import commands as inspections
from assets_service.inspections.asks import NewCheck
from assets_service.kernel.db import Database
from tests import build
from tests.custody.build_custody import a_box, both, confirm

DAYS = 14
UAKPB = "115010199412345000KD"


def a_lived_in_fleet(session: Session) -> dict[str, Device]:
    """One device for each thing that can have happened to it, over forty days from `NOON`."""
    people = both(session)
    sender, receiver = people.sender, people.receiver

    def day(number: int, by: Stamp) -> Stamp:
        return Stamp(
            actor_id=by.actor_id, account=by.account, rights=by.rights, at=build.later(days=number), door=by.door, action_id=by.action_id
        )  # fmt: skip

    fleet = {name: build.a_device(session, by=sender) for name in ("kept", "sent", "here", "held", "short", "lost")}
    fleet["booked"] = build.a_device(
        session, kind=Kind.TABLET, by=sender, nup=7, uakpb=UAKPB, kode_barang="3.10.01.02.009",
        acquired_on=date(2024, 9, 5), value=4_500_000, note="=1+1",
    )  # fmt: skip
    fleet["retired"] = build.a_device(session, at="81.02", by=build.system())
    box = a_box(session, [fleet["here"], fleet["held"], fleet["short"]], day(1, sender))
    confirm(
        session, box, day(3, receiver),
        **{fleet["here"].code: LineState.RECEIVED, fleet["held"].code: LineState.RECEIVED, fleet["short"].code: LineState.SHORT},
    )  # fmt: skip
    a_box(session, [fleet["sent"]], day(4, sender))
    custody.hold(session, fleet["held"], NewHolder(person=people.head.id), stamp=day(5, receiver))
    inspections.check(
        session,
        fleet["held"],
        NewCheck(condition=Condition.LIGHT, note="Retak", label_present=True),
        stamp=day(6, receiver),
    )
    custody.report_loss(session, fleet["lost"], Loss(reason="Tertinggal di bus"), stamp=day(7, sender))
    devices.amend(session, fleet["booked"], AmendDevice(note="Layar baru", nup=8), stamp=day(8, sender))
    devices.retire(
        session,
        fleet["retired"],
        Retirement(reason="SK terbit", decision_no="SK-1"),
        stamp=build.system(build.later(days=9)),
    )
    return fleet


def rows_of(db: Database, stamp: Stamp, **asked: Any) -> list[Row]:
    with inventories.opened(db, Asked(**asked), stamp, Flags(DAYS)) as inventory:
        return list(inventory)


def facts_of(db: Database, stamp: Stamp, **asked: Any) -> dict[str, dict[str, Any]]:
    """Each device of the inventory, by its code, as name and value."""
    wanted = Asked(**asked)
    names = [column.name for column in columns_of(wanted.edition)]
    rows = [dict(zip(names, row, strict=True)) for row in rows_of(db, stamp, **asked)]
    return {row["code"]: row for row in rows}


def a_file(db: Database, path: Path, *, stamp: Stamp | None = None, **asked: Any) -> bytes:
    write_inventory(db, path, stamp or build.system(build.later(days=40)), unconfirmed_after_days=DAYS, **asked)
    return path.read_bytes()


def somebody(session: Session, role: Role, at: str, *, when: datetime | None = None) -> Stamp:
    return build.stamp(session, build.a_person(session, at=at, role=role), at=when or build.later(days=40))
