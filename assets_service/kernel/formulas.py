"""Text that no spreadsheet takes for a formula, whatever sign it is told to divide a line at; and back again.

A `'` goes before whatever could begin a formula: at the start of a text, and inside it after each sign at which some
program divides a line, since a comma's file may be opened at its semicolons. What cannot be seen is looked through.
"""

import re

_SIGNS = "=+\\-@＝＋－＠﹦﬩﹢﹣﹫⁼⁺⁻₌₊₋−"
# Spaces, signs without a width, and the quotes of a text that a wrong division has cut open.
_LOOKED_THROUGH = (
    r"\s\"\x00-\x20\x7f-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    r"\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    r"\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_COULD_BEGIN_ONE = f"[{_LOOKED_THROUGH}]*[{_SIGNS}']"
_AT_START = re.compile(_COULD_BEGIN_ONE)
_INSIDE = re.compile(f"(?<=[,;\\t\\r\\n])(?={_COULD_BEGIN_ONE})")
_GUARD_INSIDE = re.compile(f"(?<=[,;\\t\\r\\n])'(?={_COULD_BEGIN_ONE})")


def guarded(text: str) -> str:
    """The text with a `'` wherever a formula could begin."""
    return f"'{guarded_inside(text)}" if _AT_START.match(text) else guarded_inside(text)


def guarded_inside(text: str) -> str:
    """The same for a text whose start is guarded in another way."""
    return _INSIDE.sub("'", text)


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return unguarded_inside(text).removeprefix("'")


def unguarded_inside(text: str) -> str:
    """What `guarded_inside` was given."""
    return _GUARD_INSIDE.sub("", text)
