"""How moments, numbers and identifiers look on a page, in the reader's language and the office's time zone.

Moments are stored in UTC and shown in the zone of the reader's office (WIB, WITA or WIT), with the zone's letters.
"""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal, format_percent

from assets_service.web.language import LOCALES

NATIONAL_ZONE = "Asia/Jakarta"
ZONE_LETTERS = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


def day(value: date | datetime, *, lang: str, zone: str) -> str:
    """22 Nov 2026; a moment is first carried into the zone, for its day may differ there."""
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(zone)).date()
    return format_date(value, "d MMM y", locale=LOCALES[lang])


def long_day(value: date | datetime, *, lang: str, zone: str) -> str:
    """Minggu, 22 November 2026."""
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(zone)).date()
    return format_date(value, "EEEE, d MMMM y", locale=LOCALES[lang])


def moment(value: datetime, *, lang: str, zone: str) -> str:
    """22 Nov 2026, 11.15 WIT."""
    text = format_datetime(value, "d MMM y, HH.mm", tzinfo=ZoneInfo(zone), locale=LOCALES[lang])
    return f"{text} {ZONE_LETTERS.get(zone, zone)}"


def distance(value: date | datetime, *, lang: str, zone: str, now: datetime) -> str:
    """3 hari yang lalu, dalam 2 minggu; a due day is counted from the local day, a moment from now."""
    if isinstance(value, datetime):
        return format_timedelta(value - now, add_direction=True, locale=LOCALES[lang])
    today = now.astimezone(ZoneInfo(zone)).date()
    difference = datetime.combine(value, time(), UTC) - datetime.combine(today, time(), UTC)
    return format_timedelta(difference, granularity="day", add_direction=True, locale=LOCALES[lang])


def number(value: float | Decimal, *, lang: str) -> str:
    """1.067 in Indonesian, 1,067 in English."""
    return format_decimal(value, locale=LOCALES[lang])


def percent(value: float, *, lang: str) -> str:
    """95% of a share between 0 and 1."""
    return format_percent(value, locale=LOCALES[lang])


def rupiah(value: float | Decimal, *, lang: str) -> str:
    """Rp 12.500.000; whole Rupiah, as the property books keep them."""
    return f"Rp\N{NO-BREAK SPACE}{format_decimal(round(value), locale=LOCALES[lang])}"


def imei(value: str) -> str:
    """35693803 564380 9: type, serial and check digit, so that two people can compare by reading aloud."""
    return f"{value[:8]} {value[8:14]} {value[14:]}" if len(value) == 15 else value  # noqa: PLR2004 - an IMEI's length


def label_code(value: str) -> str:
    """7K3M 9QXA: the label's eight characters as they are printed."""
    return f"{value[:4]} {value[4:]}" if len(value) == 8 else value  # noqa: PLR2004 - a label code's length


def kode_barang(value: str) -> str:
    """3.10.01.02.009: the property code with its dots."""
    if len(value) != 10:  # noqa: PLR2004 - a kode barang's length
        return value
    return ".".join((value[0], value[1:3], value[3:5], value[5:7], value[7:]))
