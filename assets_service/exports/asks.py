"""What an inventory is asked for."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct, field, structs
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.devices.models import Condition, Kind, Presence
from assets_service.exports.columns import Edition
from assets_service.flags.queries import Flag
from assets_service.kernel.clock import end_of_local_day, local_date
from assets_service.kernel.errors import invalid
from assets_service.kernel.fields import Wire
from assets_service.offices import queries as offices
from assets_service.web.figures import NATIONAL_ZONE

FIRST_YEAR = 2000  # nothing is older; and the year 1 cannot be told in every zone


class ToCheck(StrEnum):
    """Why a device is to be checked, as `inspections.queries.Due` has it; or for any of these reasons."""

    OVERDUE = "overdue"
    SOON = "soon"
    NEVER = "never"
    ANY = "any"


class Chosen(Wire):
    """By what an inventory is narrowed besides its offices: the filters of the lists of devices, and of what is due."""

    kind: Kind | None = None
    condition: Condition | None = None
    presence: Presence | None = None
    flag: Flag | None = None
    due: ToCheck | None = None
    q: Annotated[str, Meta(max_length=120)] | None = None

    def said(self) -> dict[str, str]:
        """The filters that are set."""
        return {name: str(value) for name, value in structs.asdict(self).items() if value}


class Form(Wire):
    """The edition, the day and whether proofs are wanted, as a page asks for them."""

    edition: Edition = Edition.INTERNAL
    as_of: Annotated[str, Meta(max_length=40)] | None = None
    proofs: bool = False


class Asked(Struct, frozen=True, kw_only=True):
    """What an inventory is asked for. `under` is an office's code; `alone`: without the offices below it.

    `as_of` is the last moment that counts; None means the register as it is. `with_proofs`: a ZIP that holds them too.
    """

    edition: Edition = Edition.INTERNAL
    as_of: datetime | None = None
    under: str | None = None
    alone: bool = False
    chosen: Chosen = field(default_factory=Chosen)
    with_proofs: bool = False

    def settled(self, session: Session, stamp: Stamp) -> "Asked":
        """The same with its office's code, however the office was written. Raises `Invalid`."""
        if self.under is None:
            return self
        return structs.replace(self, under=offices.named(session, self.under, stamp, "office").code)


def read_as_of(text: str | None, now: datetime) -> datetime | None:
    """The moment that a text names: a moment, or a day, which ends at midnight in WIB.

    Raises `Invalid` for anything else and for the future.
    """
    if not text:
        return None
    instant = _instant(text, now)
    if instant is None or instant.year < FIRST_YEAR or instant.tzinfo is None:
        raise invalid("as_of", "Write a day like 2026-11-22 or a moment like 2026-11-22T08:30:00Z.")
    if instant > now:
        raise invalid("as_of", "{it} has not come yet.", it=text)
    return instant


def _instant(text: str, now: datetime) -> datetime | None:
    """The moment; for a day its last one, for today the present one; None for anything else."""
    try:
        if len(text) != len("2026-11-22"):
            return datetime.fromisoformat(text)
        day = date.fromisoformat(text)
        if day == local_date(now, NATIONAL_ZONE):
            return now
        return end_of_local_day(day, NATIONAL_ZONE) - timedelta(microseconds=1)
    except (ValueError, OverflowError):
        return None
