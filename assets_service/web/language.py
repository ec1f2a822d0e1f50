"""Two languages: Indonesian first, English one tap away.

English sentences are the message ids, so English needs no catalogue. ``phrase("…")`` marks a sentence in Python for the
translators where it is written; ``translate`` turns it into the reader's language where it is shown.
"""

import re
from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any

from litestar.connection import ASGIConnection

LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}
COOKIE = "lang"
CATALOGUES = Path(__file__).parent / "translations"

# Where Babel's names for days, months and separators come from; British order (22 Nov 2026) reads like the Indonesian.
LOCALES = {"id": "id", "en": "en_GB"}

_NAMED = re.compile(r"\{(\w+)\}")


def phrase(sentence: str) -> str:
    """Mark an English sentence for translation and return it as it is."""
    return sentence


@cache
def catalogue(lang: str) -> NullTranslations:
    """Load the translations into ``lang``; English, or a language we do not have, answers with the message ids themselves."""
    path = CATALOGUES / lang / "LC_MESSAGES" / "messages.mo"
    if not path.is_file():
        return NullTranslations()
    with path.open("rb") as file:
        return GNUTranslations(file)


def translate(lang: str, msgid: str, /, **facts: object) -> str:
    """Say ``msgid`` in ``lang`` and fill its ``{names}``, e.g. ``translate("id", refusal.message, **refusal.facts)``.

    A sentence whose facts do not fit is shown unfilled: a text must never turn a refusal into a crash.
    """
    if not msgid:
        return ""  # gettext answers the empty id with its own header
    sentence = catalogue(lang).gettext(msgid)
    if not facts:
        return sentence
    if why := facts.get("why"):  # a sentence too
        facts |= {"why": catalogue(lang).gettext(str(why))}
    try:
        # Names alone: `str.format` would also take widths (`{a:>999999999}`) and attributes from a forged notice.
        return _NAMED.sub(lambda found: str(facts[found[1]]), sentence)
    except KeyError:
        return sentence


def negotiate(cookies: Mapping[str, str], accept_language: str, *, default: str = "id") -> str:
    """Choose a language: the one tapped before, else the browser's first that we speak, else ``default``."""
    if (chosen := cookies.get(COOKIE)) in LANGUAGES:
        return str(chosen)
    wishes: list[tuple[float, str]] = []
    for wish in accept_language[:200].split(","):
        tag, _, quality = wish.strip().partition(";q=")
        lang = tag.strip().lower().split("-")[0]
        if lang in LANGUAGES:
            wishes.append((_quality(quality), lang))
    if not wishes:
        return default
    return max(wishes, key=lambda wish: wish[0])[1]


def language_of(connection: ASGIConnection[Any, Any, Any, Any], *, default: str = "id") -> str:
    """Return the language this reader wants."""
    return negotiate(connection.cookies, connection.headers.get("accept-language", ""), default=default)


def _quality(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
