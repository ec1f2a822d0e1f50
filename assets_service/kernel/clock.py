"""Time. Moments are stored in UTC; a due day ends at the end of the local day of the office that holds the device."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

ZONE_LETTERS = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
ZONES = tuple(ZONE_LETTERS)


def utc_now() -> datetime:
    return datetime.now(UTC)


def local_date(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def end_of_local_day(day: date, zone: str) -> datetime:
    """The first instant, in UTC, that no longer belongs to `day` in `zone`."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)


def wall_clock(at: datetime, zone: str) -> str:
    """The moment as the clock on an office's wall shows it: `26-11-2026 08:15 WIT`."""
    return f"{at.astimezone(ZoneInfo(zone)):%d-%m-%Y %H:%M} {ZONE_LETTERS[zone]}"


def rfc3339(at: datetime) -> str:
    """The moment in UTC with microseconds and a Z: the one form that the ledger hashes."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
