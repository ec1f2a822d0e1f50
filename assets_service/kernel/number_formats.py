"""What a sheet shows of a number: its number format applied, as far as the format is understood. Runs inside the sandbox.

A format gives the number itself (grouping and currency are only its dress), the text that is shown (padded with zeros, with
other signs around or between the digits), a day, or `Unshown`: then nobody can say from the file what a person sees.
"""

import re
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: "$#,##0", 6: "$#,##0", 7: "$#,##0.00", 8: "$#,##0.00", 9: "0%",
    10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 14: "dd/mm/yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "dd/mm/yyyy h:mm", 37: "#,##0;-#,##0",
    38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00", 41: '#,##0;-#,##0;"-"', 42: '$#,##0;-$#,##0;"-"',
    43: '#,##0.00;-#,##0.00;"-"', 44: '$#,##0.00;-$#,##0.00;"-"', 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss",
    48: "##0.0E+0", 49: "@",
} | dict.fromkeys((*range(27, 37), *range(50, 59)), "yyyy/mm/dd")  # fmt: skip

_SIGN = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]|general|am/pm|a/p|e[+-]|.', re.IGNORECASE | re.DOTALL)
_IN_TIMES = re.compile(r'\[[hms]+\]|h+|m+|s+|am/pm|a/p|"[^"]*"|\\.|_.|.', re.IGNORECASE)
_ELAPSED = re.compile(r"^\[(h+|m+|s+)\]$", re.IGNORECASE)
_NOT_SHOWN = re.compile(r"^\[(?!\$|[<>=]|dbnum|h+\]|m+\]|s+\])", re.IGNORECASE)  # a colour
_CONDITION = re.compile(r"\[[<>=]|\[dbnum", re.IGNORECASE)  # a choice by the number, or digits of other scripts
_DRESS = re.compile(r"^[\s.,()+\-–]*(rp|idr|usd|[$€£¥])?[\s.,()+\-–]*$", re.IGNORECASE)
_PLACES = "0#?"  # each is filled with a digit
_WHOLE_NUMBER = {"general", "@"}
_LAST_DAY = date(9999, 12, 31)
_DAY_ZERO = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
_GENERAL_DIGITS = 10
_DECIMALS_MAX = 12
_EXACT_MAX = 10**15  # in a longer number the digits are lost already

Number = int | float
Signs = tuple[str, ...]  # a section of a format, cut into what each part of it stands for


class Day(NamedTuple):
    iso: str


class Unshown(NamedTuple):
    """The format that is not understood."""

    code: str


Shown = Number | str | Day | Unshown | None


class _UnclearError(Exception):
    """What a person sees cannot be said."""


def shown(value: Number, code: str, *, is_1904: bool = False) -> Shown:
    """What the sheet shows of a number with this format."""
    try:
        sections = _sections(code)
        section = _section_for(value, sections)
        if _is_moment(section):
            return _moment(value, section, is_1904=is_1904)
        if any(sign.upper() in {"E+", "E-"} for sign in section):
            return f"{value:.{_decimals(section)}E}"
        if not any(sign in _PLACES for sign in section):
            return _without_places(value, section)
        return _number(abs(value), section, is_negative=value < 0, says_so=len(sections) == 1)
    except _UnclearError:
        return Unshown(code)


def shown_text(text: str, code: str) -> str | Unshown:
    """What the sheet shows of a text with this format: signs may stand around it."""
    sections = _sections(code)
    if "@" not in sections[-1]:
        return Unshown(code) if len(sections) > 3 else text  # noqa: PLR2004 - the fourth is for texts
    return "".join(text if sign == "@" else _literal(sign) for sign in sections[-1])


@lru_cache(maxsize=256)
def _sections(code: str) -> tuple[Signs, ...]:
    sections: list[list[str]] = [[]]
    for sign in _SIGN.findall(code):
        if sign == ";":
            sections.append([])
        elif not _NOT_SHOWN.match(sign):
            sections[-1].append(sign)
    return tuple(map(tuple, sections))


def _section_for(value: Number, sections: tuple[Signs, ...]) -> Signs:
    """The part of the format for this number: the second is for those below zero, the third for zero."""
    if any(_CONDITION.match(sign) for section in sections for sign in section):
        raise _UnclearError
    if value < 0 and len(sections) > 1:
        if not {"-", "("} & set("".join(map(_literal, sections[1]))):
            raise _UnclearError  # it hides that the number is below zero
        return sections[1]
    return sections[2] if value == 0 and len(sections) > 2 else sections[0]  # noqa: PLR2004 - the third


def _literal(sign: str) -> str:
    """The text that stands for itself; of a place, a fill or a gap none."""
    if sign[0] == '"':
        return sign.strip('"')
    if sign[0] == "\\":
        return sign[1:]
    if sign[0] == "[":
        return sign[2:-1].partition("-")[0] if sign.startswith("[$") else ""
    return "" if sign[0] in "_*" or sign in "0#?.,%@" else sign


def _decimals(section: Signs) -> int:
    """How many places stand right behind the point."""
    if "." not in section:
        return 0
    behind = section[section.index(".") + 1 :]
    end = next((place for place, sign in enumerate(behind) if sign not in _PLACES), len(behind))
    return min(end, _DECIMALS_MAX)


def _number(value: Number, section: Signs, *, is_negative: bool, says_so: bool) -> Shown:
    if "/" in section:
        raise _UnclearError  # a fraction
    if value >= _EXACT_MAX:
        return -value if is_negative else value
    last = max(place for place, sign in enumerate(section) if sign in _PLACES or sign == ".")
    if value and "," in section[last + 1 : last + 2]:
        raise _UnclearError  # shown in thousands
    point = section.index(".") if "." in section else len(section)
    whole, decimals = section[:point], _decimals(section)
    exact = Decimal(repr(value)) * 100 ** section.count("%")
    digits, _, fraction = f"{exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):f}".partition(".")
    if _is_plain(section, whole, digits):
        minus = "-" if is_negative and (digits + fraction).strip("0") else ""
        found = int(minus + digits)
        return f"{minus}{digits}.{fraction}" if decimals else found if found or "0" in whole else None
    if "," in whole:
        raise _UnclearError
    text = _filled(whole, digits) + (
        "." + _behind_point(section[point + 1 :], fraction) if point < len(section) else ""
    )
    return f"-{text}" if is_negative and says_so else text


def _is_plain(section: Signs, whole: Signs, digits: str) -> bool:
    """Whether what is shown is the number in its usual form, whatever is its dress."""
    places = [place for place, sign in enumerate(section) if sign in _PLACES]
    before, inside, behind = section[: places[0]], section[places[0] : places[-1] + 1], section[places[-1] + 1 :]
    is_dressed = all(_DRESS.match("".join(map(_literal, part))) for part in (before, behind))
    return is_dressed and "%" not in section and len(digits) >= whole.count("0") and not any(map(_literal, inside))


def _filled(whole: Signs, digits: str) -> str:
    """The digits put into their places from the right; what is left over stands before the first of them."""
    left = list(digits.lstrip("0"))
    first = next(place for place, sign in enumerate(whole) if sign in _PLACES)
    found: list[str] = []
    for place in range(len(whole) - 1, -1, -1):
        if whole[place] not in _PLACES:
            found.append("%" if whole[place] == "%" else _literal(whole[place]))
        elif left:
            found.append("".join(left) if place == first else left.pop())
        else:
            found.append(whole[place].strip("#?"))
    return "".join(reversed(found))


def _behind_point(signs: Signs, fraction: str) -> str:
    left = iter(fraction)
    return "".join(next(left, "") if sign in _PLACES else "%" if sign == "%" else _literal(sign) for sign in signs)


def _without_places(value: Number, section: Signs) -> Shown:
    """A format without places for digits: the number as it is (`General`), or one text whatever the number is."""
    text = "".join("" if sign.lower() in _WHOLE_NUMBER else _literal(sign) for sign in section).strip()
    if any(sign.lower() in _WHOLE_NUMBER for sign in section):
        number = _general(value)
        around = (str(number) if sign.lower() in _WHOLE_NUMBER else _literal(sign) for sign in section)
        return number if _DRESS.match(text) else "".join(around)
    if value and not text:
        raise _UnclearError  # it is hidden
    return (0 if not value and _DRESS.match(text) else text) if text else None  # accountants write zero as a dash


def _general(value: Number) -> Number:
    """The number as a cell without a format shows it: ten digits, of which a sum in a sheet often spoils the last ones."""
    return value if isinstance(value, int) or value.is_integer() else float(f"{value:.{_GENERAL_DIGITS}g}")


def _is_moment(section: Signs) -> bool:
    return any(sign in "ymdhsbYMDHSB" or _ELAPSED.match(sign) for sign in section)


def _moment(value: Number, section: Signs, *, is_1904: bool) -> Day | str:
    """The day, or for a format that shows only a time of day the text of it."""
    if not 0 <= value <= (_LAST_DAY - _DAY_ZERO[is_1904]).days + 1:
        raise _UnclearError  # no calendar has it
    letters = {sign.strip("[]")[0].lower() for sign in section if sign in "ymdhsbYMDHSB" or _ELAPSED.match(sign)}
    if not letters & set("ydb") and letters & set("hs"):
        return _time(value, section)
    return Day(min(_LAST_DAY, _DAY_ZERO[is_1904] + timedelta(days=int(value))).isoformat())


def _time(value: Number, section: Signs) -> str:
    seconds = round(value * 86_400)
    has_noon = any(sign.lower() in {"am/pm", "a/p"} for sign in section)
    hour = seconds // 3600 % 24
    of_day = {"h": (hour % 12 or 12) if has_noon else hour, "m": seconds // 60 % 60, "s": seconds % 60}
    elapsed = {"h": seconds // 3600, "m": seconds // 60, "s": seconds}
    found = []
    for sign in _IN_TIMES.findall("".join(section)):
        letter = sign.strip("[]").lower()
        if letter in {"am/pm", "a/p"}:
            found.append("PM" if hour >= 12 else "AM")  # noqa: PLR2004 - noon
        elif letter[:1] in of_day:
            found.append(f"{(elapsed if sign[0] == '[' else of_day)[letter[0]]:0{len(letter)}d}")
        else:
            found.append(sign if sign in ".,:" else _literal(sign))
    return "".join(found)
