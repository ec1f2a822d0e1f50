"""Every select of flags. A flag is one fact about a device: true now, or at the end of the local day where the device is.

Every flag is written twice: as a clause, for lists and counts, and in Python, for a device already loaded. A test holds
the two against each other over thousands of devices and moments.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.devices.models import Condition, Device, Presence
from assets_service.devices.queries import visible_to
from assets_service.flags.errors import NoSuchFlag
from assets_service.inspections.queries import Due, before_local_day, due_states, is_due_as
from assets_service.kernel.clock import local_date
from assets_service.kernel.errors import invalid
from assets_service.offices.models import Office
from assets_service.offices.queries import Area, in_scope


class Flag(StrEnum):
    """The kinds of flags, in the order in which a logistics office would work them off."""

    LOST = "lost"
    NOT_FOUND = "not_found"
    ONE_SIDED = "one_sided"
    LOAN_OVERDUE = "loan_overdue"
    LATE = "late"
    UNOPENED = "unopened"
    UNCONFIRMED = "unconfirmed"
    OVERDUE = "overdue"
    NEVER_CHECKED = "never_checked"
    UNASSIGNED = "unassigned"
    UNDELIVERED = "undelivered"
    DAMAGED = "damaged"
    UNLABELLED = "unlabelled"
    UNBOOKED = "unbooked"


class AtOffice(Struct):
    """How many devices bear each flag at an office, or in a province with all its offices."""

    code: str
    name: str
    counts: dict[Flag, int]


Clause = Callable[[datetime], ColumnElement[bool]]
Test = Callable[[Device, datetime], bool]

_at_office = Device.presence == Presence.PRESENT
_in_use = Device.presence != Presence.WRITTEN_OFF
UNOPENED_AFTER = timedelta(days=3)  # since the parcel lies at its receiver
_DAMAGED = (Condition.LIGHT, Condition.HEAVY)


class Flags:
    """Works out the flags, given how many days a shipment may wait for its receipt."""

    kinds = tuple(flag.value for flag in Flag)

    def __init__(self, unconfirmed_after_days: int) -> None:
        self.patience_days = unconfirmed_after_days
        patience = timedelta(days=unconfirmed_after_days)
        self._clauses: dict[Flag, Clause] = {
            Flag.LOST: lambda _: Device.presence == Presence.LOST,
            Flag.NOT_FOUND: lambda _: Device.presence == Presence.NOT_FOUND,
            Flag.ONE_SIDED: lambda _: and_(_in_use, Device.one_sided),
            Flag.LOAN_OVERDUE: lambda at: and_(_in_use, before_local_day(Device.return_due_on, at)),
            Flag.LATE: lambda at: and_(Device.arrived_at.is_(None), before_local_day(Device.expected_on, at)),
            Flag.UNOPENED: lambda at: Device.arrived_at <= at - UNOPENED_AFTER,
            Flag.UNCONFIRMED: lambda at: Device.sent_at <= at - patience,
            Flag.OVERDUE: lambda at: and_(_at_office, is_due_as(Due.OVERDUE, at)),
            Flag.NEVER_CHECKED: lambda at: and_(_at_office, is_due_as(Due.NEVER, at)),
            Flag.UNASSIGNED: lambda _: and_(_at_office, Device.holder_id.is_(None)),
            Flag.UNDELIVERED: lambda _: and_(_at_office, Device.received_at.is_(None)),
            Flag.DAMAGED: lambda _: and_(_in_use, Device.condition.in_(_DAMAGED)),
            Flag.UNLABELLED: lambda _: and_(_at_office, Device.label_attached_at.is_(None)),
            Flag.UNBOOKED: lambda _: and_(_in_use, Device.nup.is_(None)),
        }
        self._tests: dict[Flag, Test] = {
            Flag.LOST: lambda device, _: device.presence is Presence.LOST,
            Flag.NOT_FOUND: lambda device, _: device.presence is Presence.NOT_FOUND,
            Flag.ONE_SIDED: lambda device, _: device.presence is not Presence.WRITTEN_OFF and device.one_sided,
            Flag.LOAN_OVERDUE: lambda device, at: (
                device.presence is not Presence.WRITTEN_OFF and _is_over(device.return_due_on, device, at)
            ),
            Flag.LATE: lambda device, at: device.arrived_at is None and _is_over(device.expected_on, device, at),
            Flag.UNOPENED: lambda device, at: (
                device.arrived_at is not None and device.arrived_at <= at - UNOPENED_AFTER
            ),
            Flag.UNCONFIRMED: lambda device, at: device.sent_at is not None and device.sent_at <= at - patience,
            Flag.OVERDUE: lambda device, at: Due.OVERDUE in due_states(device, at),
            Flag.NEVER_CHECKED: lambda device, at: Due.NEVER in due_states(device, at),
            Flag.UNASSIGNED: lambda device, _: device.presence is Presence.PRESENT and device.holder_id is None,
            Flag.UNDELIVERED: lambda device, _: device.presence is Presence.PRESENT and device.received_at is None,
            Flag.DAMAGED: lambda device, _: (
                device.presence is not Presence.WRITTEN_OFF and device.condition in _DAMAGED
            ),
            Flag.UNLABELLED: lambda device, _: device.presence is Presence.PRESENT and device.label_attached_at is None,
            Flag.UNBOOKED: lambda device, _: device.presence is not Presence.WRITTEN_OFF and device.nup is None,
        }

    def clause(self, kind: str, at: datetime) -> ColumnElement[bool]:
        """Devices that bear this flag at `at`. Raises `Invalid` for an unknown kind."""
        try:
            return self._clauses[Flag(kind)](at)
        except ValueError:
            raise invalid("flag", "{it} is not one of the choices.", it=kind) from None

    def of(self, _session: Session, devices: list[Device], at: datetime) -> dict[int, list[str]]:
        """Each device's flags, by its id, without a query: the devices come with their offices."""
        return {
            device.id: [flag.value for flag, holds in self._tests.items() if holds(device, at)] for device in devices
        }

    def counts(self, session: Session, stamp: Stamp, *, area: Area | None = None) -> dict[Flag, int]:
        """How many devices in scope bear each flag, in one pass."""
        found = _in(visible_to(stamp), area)
        row = session.execute(found.with_only_columns(*self._sums(list(Flag), stamp.at))).one()
        return dict(zip(Flag, (int(number) for number in row), strict=True))

    def counts_by_office(
        self, session: Session, stamp: Stamp, flag: Flag | None = None, *, area: Area | None = None
    ) -> list[AtOffice]:
        """Offices in scope with devices that bear the flag (any, when none is named), the most first."""
        wanted = [flag] if flag else list(Flag)
        places = session.execute(select(Office.id, Office.code, Office.name).where(in_scope(stamp)))
        return _ranked(self._counted(session, stamp, wanted, area), places, wanted)

    def counts_by_province(
        self, session: Session, stamp: Stamp, flag: Flag | None = None, *, area: Area | None = None
    ) -> list[AtOffice]:
        """The same by province, each with all its offices; an office whose province is out of scope counts for itself."""
        wanted = [flag] if flag else list(Flag)
        seen = session.execute(select(Office.id, Office.code, Office.name).where(in_scope(stamp))).all()
        names = {code: name for _, code, name in seen}
        tops = ((office_id, code[:2] if code[:2] in names else code) for office_id, code, _ in seen)
        places = ((office_id, top, names[top]) for office_id, top in tops)
        return _ranked(self._counted(session, stamp, wanted, area), places, wanted)

    def _counted(self, session: Session, stamp: Stamp, wanted: list[Flag], area: Area | None) -> dict[int, list[int]]:
        """Per office id, how many of its devices bear each flag: one pass over the devices, whatever is asked."""
        # The expression keeps SQLite from walking the devices office by office, which reads each page many times.
        office_id = Device.office_id + 0
        found = _in(visible_to(stamp), area)
        if len(wanted) == 1:
            found = found.where(self._clauses[wanted[0]](stamp.at))
        rows = session.execute(found.with_only_columns(office_id, *self._sums(wanted, stamp.at)).group_by(office_id))
        return {office: [int(number) for number in numbers] for office, *numbers in rows}

    def _sums(self, wanted: list[Flag], at: datetime) -> list[ColumnElement[int]]:
        return [func.coalesce(func.sum(case((self._clauses[flag](at), 1), else_=0)), 0) for flag in wanted]


def _is_over(day: date | None, device: Device, at: datetime) -> bool:
    """Whether the day lies before today, where the device is answered for."""
    return day is not None and day < local_date(at, device.office.timezone)


def _ranked(
    counted: dict[int, list[int]], places: Iterable[tuple[int, str, str]], wanted: list[Flag]
) -> list[AtOffice]:
    """The offices or provinces by how much there is to do; those with nothing are left out."""
    sums: dict[tuple[str, str], list[int]] = {}
    for office_id, code, name in places:
        if numbers := counted.get(office_id):
            so_far = sums.get((code, name), [0] * len(wanted))
            sums[code, name] = [a + b for a, b in zip(so_far, numbers, strict=True)]
    ranked = sorted(sums.items(), key=lambda place: (-sum(place[1]), place[0]))
    return [
        AtOffice(code, name, dict(zip(wanted, numbers, strict=True)))
        for (code, name), numbers in ranked
        if any(numbers)
    ]


def flag_named(kind: str) -> Flag:
    """The flag of this name. Raises `NoSuchFlag`, which lists those there are."""
    try:
        return Flag(kind)
    except ValueError:
        raise NoSuchFlag(kind=kind[:40], kinds=", ".join(Flag)) from None


def _in(found: Select[Device], area: Area | None) -> Select[Device]:
    return found if area is None else found.where(area.holds(Device.office_id))
