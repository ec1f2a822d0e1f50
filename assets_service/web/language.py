"""Two languages: Indonesian first, English one tap away.

English sentences are the message ids, so English needs no catalogue. `phrase("…")` marks a sentence in Python for the
translators where it is written; `translate` turns it into the reader's language where it is shown.
"""

import re
from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any, Protocol

from babel.numbers import format_decimal

from assets_service.kernel.errors import Msgid

LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}
FIRST = "id"
_OTHER_CODES = {"in": "id", "ind": "id", "eng": "en"}  # "in" is what Java and old Androids call Indonesian
COOKIE = "lang"
CATALOGUES = Path(__file__).parent / "translations"

# Where Babel's names for days, months and separators come from; British order (22 Nov 2026) reads like the Indonesian.
LOCALES = {"id": "id", "en": "en_GB"}

SLOT = re.compile(r"\{(\w+)\}")


class Reader(Protocol):
    """The parts of a request that tell its reader's language."""

    @property
    def cookies(self) -> Mapping[str, str]: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def url(self) -> Any: ...


def phrase(sentence: str) -> str:
    """Mark an English sentence for translation and return it as it is."""
    return sentence


@cache
def catalogue(lang: str) -> NullTranslations:
    """Load the translations into `lang`; English, or a language we do not have, answers with the message ids themselves."""
    path = CATALOGUES / lang / "LC_MESSAGES" / "messages.mo"
    if not path.is_file():
        return NullTranslations()
    with path.open("rb") as file:
        return GNUTranslations(file)


def translate(lang: str, msgid: str, /, **facts: object) -> str:
    """Say `msgid` in `lang` and fill its `{names}`, e.g. `translate("id", refusal.message, **refusal.facts)`; `why` is a msgid too.

    A sentence whose facts do not fit is shown unfilled: a text must never turn a refusal into a crash.
    """
    if not msgid:
        return ""  # gettext answers the empty id with its own header
    sentence = catalogue(lang).gettext(msgid)
    if "why" in facts:
        facts |= {"why": translate(lang, str(facts.pop("why")), **facts)}
    try:
        # Names alone: `str.format` would also take widths (`{a:>999999999}`) and attributes from a forged notice.
        return SLOT.sub(lambda found: _shown(facts[found[1]], lang), sentence)
    except KeyError:
        return sentence


def _shown(fact: object, lang: str) -> str:
    """A measure with its decimal comma or point, a msgid in the language; all else as it is."""
    if isinstance(fact, float):
        return format_decimal(fact, locale=LOCALES[lang])
    return catalogue(lang).gettext(fact) if isinstance(fact, Msgid) else str(fact)


def negotiate(cookies: Mapping[str, str], accept_language: str, *, default: str, is_program: bool = False) -> str:
    """Choose a language: the one tapped before, else Indonesian if it is wished for first, else `default`.

    A browser says English because somebody sold it so; only a program that asks for English means it.
    """
    if (chosen := cookies.get(COOKIE)) in LANGUAGES:
        return str(chosen)
    wished = _wished(accept_language)
    return wished if wished and (wished == FIRST or is_program) else default


def language_of(connection: Reader, *, default: str) -> str:
    """The language this reader wants; `default` is the installation's, for a reader who has said nothing."""
    wishes, headers = connection.headers.get("accept-language", ""), connection.headers
    is_program = "authorization" in headers or (
        connection.url.path.startswith(("/api/", "/ledger/")) and "sec-fetch-site" not in headers
    )
    return negotiate(connection.cookies, wishes, default=default, is_program=is_program)


def _wished(accept_language: str) -> str | None:
    """The first of the wished languages that we speak."""
    wishes: list[tuple[float, str]] = []
    for wish in accept_language[:200].split(","):
        tag, _, quality = wish.replace(" ", "").partition(";q=")
        spoken = re.split("[-_]", tag.lower())[0]
        lang = _OTHER_CODES.get(spoken, spoken)
        if lang in LANGUAGES and _quality(quality) > 0:
            wishes.append((_quality(quality), lang))
    return max(wishes, key=lambda wish: wish[0])[1] if wishes else None


def _quality(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
