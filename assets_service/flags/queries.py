"""Each flag is one clause over a device's facts: true now, at the end of the local day where the device is."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from assets_service.devices.models import Condition, Device, Presence
from assets_service.devices.queries import visible_to
from assets_service.kernel.clock import ZONES, local_date
from assets_service.kernel.errors import invalid
from assets_service.ledger.stamp import Stamp
from assets_service.offices.models import Office
from assets_service.offices.queries import within


class Flag(StrEnum):
    """In the order in which a logistics office would work them off."""

    LOST = "lost"
    NOT_FOUND = "not_found"
    UNCONFIRMED = "unconfirmed"
    OVERDUE = "overdue"
    UNASSIGNED = "unassigned"
    UNDELIVERED = "undelivered"
    DAMAGED = "damaged"
    UNLABELLED = "unlabelled"
    UNBOOKED = "unbooked"


Clause = Callable[[datetime], ColumnElement[bool]]

_at_office = Device.presence == Presence.PRESENT
_in_use = Device.presence != Presence.WRITTEN_OFF


class Flags:
    """The clauses, given how many days a shipment may wait for its receipt."""

    def __init__(self, unconfirmed_after_days: int) -> None:
        self._patience = timedelta(days=unconfirmed_after_days)
        self._clauses: dict[Flag, Clause] = {
            Flag.LOST: lambda _: Device.presence == Presence.LOST,
            Flag.NOT_FOUND: lambda _: Device.presence == Presence.NOT_FOUND,
            Flag.UNCONFIRMED: lambda at: Device.sent_at < at - self._patience,
            Flag.OVERDUE: _overdue,
            Flag.UNASSIGNED: lambda _: and_(_at_office, Device.holder_id.is_(None)),
            Flag.UNDELIVERED: lambda _: and_(_at_office, Device.received_at.is_(None)),
            Flag.DAMAGED: lambda _: and_(_in_use, Device.condition.in_((Condition.LIGHT, Condition.HEAVY))),
            Flag.UNLABELLED: lambda _: and_(_at_office, Device.label_attached_at.is_(None)),
            Flag.UNBOOKED: lambda _: and_(_in_use, Device.nup.is_(None)),
        }

    def clause(self, kind: str, at: datetime) -> ColumnElement[bool]:
        """Devices that bear this flag at `at`. Raises `Invalid` for an unknown kind."""
        try:
            return self._clauses[Flag(kind)](at)
        except ValueError:
            raise invalid("flag", "{it} is not one of the choices.", it=kind) from None

    def of(self, session: Session, devices: list[Device], at: datetime) -> dict[int, list[str]]:
        """Each device's flags, by its id, in one query."""
        if not devices:
            return {}
        labelled = [clause(at).label(flag.value) for flag, clause in self._clauses.items()]
        rows = session.execute(
            select(Device.id, *labelled).where(Device.id.in_([device.id for device in devices]))
        )
        return {row[0]: [flag.value for flag, holds in zip(Flag, row[1:], strict=True) if holds] for row in rows}

    def counts(self, session: Session, stamp: Stamp, *, office_path: str | None = None) -> dict[Flag, int]:
        """How many devices in scope bear each flag, in one pass."""
        sums = [func.coalesce(func.sum(case((clause(stamp.at), 1), else_=0)), 0) for clause in self._clauses.values()]
        found = _in_subtree(visible_to(stamp), office_path)
        row = session.execute(found.with_only_columns(*sums)).one()
        return dict(zip(Flag, (int(number) for number in row), strict=True))

    def counts_by_office(self, session: Session, stamp: Stamp, flag: Flag) -> list[Row[Office, int]]:
        """Offices with devices that bear the flag, the most first."""
        number = func.count(Device.id)
        return list(
            session.execute(
                visible_to(stamp)
                .join(Office, Office.id == Device.office_id)
                .where(self._clauses[flag](stamp.at))
                .with_only_columns(Office, number)
                .group_by(Office.id)
                .order_by(number.desc(), Office.code)
                .limit(600)
            ).all()
        )


def _overdue(at: datetime) -> ColumnElement[bool]:
    """The due day is over where the device is, or nobody ever checked it."""
    today = case(
        {zone: local_date(at, zone) for zone in ZONES},
        value=select(Office.timezone).where(Office.id == Device.office_id).correlate(Device).scalar_subquery(),
    )
    return and_(_at_office, or_(Device.check_due_on.is_(None), Device.check_due_on < today))


def _in_subtree(found: Select[Device], path: str | None) -> Select[Device]:
    if path is None:
        return found
    return found.where(Device.office_id.in_(select(Office.id).where(within(path))))
