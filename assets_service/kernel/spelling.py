"""Text as it is meant, however it was typed, scanned or copied."""

import re
import unicodedata

_BLANKS = re.compile(r"\s+")
_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}  # letters and digits of an East Asian keyboard
_NOISE = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """The text in one Unicode form, without signs that nobody sees, each run of blanks one blank."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(sign for sign in narrow(unicodedata.normalize("NFC", text)) if not _is_unseen(sign))
    return _BLANKS.sub(" ", text).strip()


def narrow(text: str) -> str:
    """The text with the wide letters, digits and signs of an East Asian keyboard as plain ones."""
    return text if text.isascii() else text.translate(_WIDE)


def searchable(text: str) -> str:
    """The text without case, blanks, signs and accents, so that "Toli-Toli", "tolitoli" and "TOLI TOLI" are one name."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return _NOISE.sub("", text).casefold()


def _is_unseen(sign: str) -> bool:
    """Whether it is a format or control character (zero width, byte order mark, direction, FNC1) and no blank."""
    return unicodedata.category(sign) in {"Cf", "Cc"} and not sign.isspace()
