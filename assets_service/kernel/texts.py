"""Text as people see it: what has no width is taken out of it, so that texts that look alike are alike."""

import re
from unicodedata import normalize

_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_BLANKS = re.compile(
    "[\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]"
)  # each looks like a space and is another sign


_LINE_ENDS = re.compile("[\u2028\u2029]")  # of a line and of a paragraph


def seen(text: str) -> str:
    """The text without signs that nobody sees, with plain spaces and line ends, and with each accent on its letter (NFC)."""
    if text.isascii():
        return text
    return normalize("NFC", _BLANKS.sub(" ", _LINE_ENDS.sub("\n", _UNSEEN.sub("", text))))
