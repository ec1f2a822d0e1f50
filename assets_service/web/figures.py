"""How moments, numbers and identifiers look on a page, in the reader's language and the office's time zone.

Moments are stored in UTC and shown in the zone of the reader's office (WIB, WITA or WIT), with the zone's letters.
"""

import math
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import TIMEDELTA_UNITS, format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal, format_percent

from assets_service.web.language import LOCALES, phrase, translate

NATIONAL_ZONE = "Asia/Jakarta"
ZONE_LETTERS = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}

Unit = Literal["year", "month", "day", "hour", "minute", "second"]
_CLOCK: tuple[tuple[Unit, int], ...] = (("hour", 3600), ("minute", 60), ("second", 1))
_DAY_SECONDS = 24 * 3600


def day(value: date | datetime, *, lang: str, zone: str) -> str:
    """A day, like 22 Nov 2026. A moment is taken in the zone first, for its day may differ there."""
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(zone)).date()
    return format_date(value, "d MMM y", locale=LOCALES[lang])


def long_day(value: date | datetime, *, lang: str, zone: str) -> str:
    """A day with its weekday, like Minggu, 22 November 2026."""
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(zone)).date()
    return format_date(value, "EEEE, d MMMM y", locale=LOCALES[lang])


def moment(value: datetime, *, lang: str, zone: str) -> str:
    """A moment, like 22 Nov 2026, 11.15 WIT."""
    text = format_datetime(value, "d MMM y, HH.mm", tzinfo=ZoneInfo(zone), locale=LOCALES[lang])
    return f"{text} {ZONE_LETTERS.get(zone, zone)}"


def distance(value: date | datetime, *, lang: str, zone: str, now: datetime) -> str:
    """How far away, like 3 hari yang lalu or 11 bulan lagi: what is not over is not counted, nor is 330 days a year."""
    count, unit = _apart(value, now, zone)
    if not count:
        return translate(lang, phrase("today") if unit == "day" else phrase("just now"))
    apart = timedelta(seconds=count * dict(TIMEDELTA_UNITS)[unit])
    # With no threshold that can be reached, Babel takes the unit it is given.
    return format_timedelta(apart, unit, threshold=math.inf, add_direction=True, locale=LOCALES[lang])


def _apart(value: date | datetime, now: datetime, zone: str) -> tuple[int, Unit]:
    """How many of the largest unit, negative in the past: of the clock within a day, else of the local calendar."""
    today = now.astimezone(ZoneInfo(zone)).date()
    if isinstance(value, datetime):
        seconds = int((value - now).total_seconds())
        for unit, length in _CLOCK:
            if length <= abs(seconds) < _DAY_SECONDS:
                return int(seconds / length), unit
        if abs(seconds) < _DAY_SECONDS:
            return 0, "second"
        value = value.astimezone(ZoneInfo(zone)).date()
    first, last = sorted((value, today))
    sign = 1 if value == last else -1
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    if months >= 12:  # noqa: PLR2004 - a year's months
        return sign * (months // 12), "year"
    return (sign * months, "month") if months else (sign * (last - first).days, "day")


def number(value: float | Decimal, *, lang: str) -> str:
    """A number: 1.067 in Indonesian, 1,067 in English."""
    return format_decimal(value, locale=LOCALES[lang])


def percent(value: float, *, lang: str) -> str:
    """A share between 0 and 1 in percent, like 95%."""
    return format_percent(value, locale=LOCALES[lang])


def rupiah(value: float | Decimal, *, lang: str) -> str:
    """Whole rupiah, like Rp12.500.000."""
    return f"Rp{format_decimal(round(value), locale=LOCALES[lang])}"


def imei(value: str) -> str:
    """An IMEI in its parts, like 35693803 564380 9, so that two people can compare it by reading aloud."""
    return f"{value[:8]} {value[8:14]} {value[14:]}" if len(value) == 15 else value  # noqa: PLR2004 - an IMEI's length


def label_code(value: str) -> str:
    """A label code as it is printed, like 7K3M 9QXA."""
    return f"{value[:4]} {value[4:]}" if len(value) == 8 else value  # noqa: PLR2004 - a label code's length


def kode_barang(value: str) -> str:
    """An item code with its dots, like 3.10.01.02.009."""
    if len(value) != 10:  # noqa: PLR2004 - a kode barang's length
        return value
    return ".".join((value[0], value[1:3], value[3:5], value[5:7], value[7:]))
