"""Which devices somebody may see, and what is loaded with each."""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, joinedload

from assets_service.access.stamp import Stamp
from assets_service.devices.models import Device
from assets_service.kernel.spelling import searchable
from assets_service.offices.models import Office
from assets_service.offices.queries import narrowed, narrowed_once
from assets_service.people.models import Person

SEEN_BY = (Device.office_id, Device.bound_for_id)  # the offices that may see a device
WORDS_MAX = 8  # words of a search that count


class Flagging(Protocol):
    """What the register needs to know of flags, which are worked out in a room above it."""

    kinds: tuple[str, ...]

    def clause(self, kind: str, at: datetime) -> ColumnElement[bool]:
        """A clause for the devices that bear this flag at `at`. Raises `Invalid` for an unknown kind."""

    def of(self, session: Session, devices: list[Device], at: datetime) -> dict[int, list[str]]:
        """Each device's flags, by its id."""


IS_REGISTERED = Device.withdrawn_at.is_(None)  # a withdrawn device is for nobody to see, count or find


def visible_to(stamp: Stamp) -> Select[Device]:
    """A select of the devices that an office in scope answers for or is about to receive."""
    return narrowed(select(Device).where(IS_REGISTERED), stamp, *SEEN_BY)


def seen_once(found: Any, stamp: Stamp) -> Any:
    """The same for a select that is built only once, and that begins with `IS_REGISTERED`."""
    return narrowed_once(found, stamp, *SEEN_BY)


_OFFICE = (Office.code, Office.name, Office.path, Office.timezone)
_WHOLE = (  # built once: making options costs more than the query they are for
    joinedload(Device.office).load_only(*_OFFICE),
    joinedload(Device.bound_for).load_only(*_OFFICE),
    joinedload(Device.holder).load_only(Person.name),
)


def whole(found: Select[Device]) -> Select[Device]:
    """The same select, also loading what a view shows: office, destination, holder."""
    return found.options(*_WHOLE)


def words_of(q: str | None) -> list[str]:
    """What is searched for, word by word, as `Device.search` is written."""
    words = [searchable(word) for word in (q or "").split()[:WORDS_MAX]]
    return [word for word in words if word]
