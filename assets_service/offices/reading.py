"""The one reader of what names an office: its code as spreadsheets and people write it, or its name with the words around it."""

import re
from functools import lru_cache
from typing import NamedTuple

from assets_service.kernel.spelling import plain, searchable
from assets_service.offices.models import NATIONAL, Level

_CODE = re.compile(r"^'?(\d{2})(?:[.,\- ]?(\d{2}))?\.?(?!\W*\d)(?=$|[ :;/(–—-]|, )")
_AROUND = re.compile(
    r"^(?:(?:kantor|sekretariat|bawaslu|panwaslih|panwaslu|badan pengawas pemilihan umum)\b[.,:]? ?)+", re.IGNORECASE
)
_KINDS = (
    (Level.REGENCY, re.compile(r"^(?:kabupaten|kab)\b[.:]? ?", re.IGNORECASE)),
    (Level.CITY, re.compile(r"^(?:kotamadya|kodya|kota)\b[.:]? ?", re.IGNORECASE)),
    (Level.PROVINCE, re.compile(r"^(?:provinsi|propinsi|prov|prop|daerah khusus ibu ?kota|daerah khusus|dki|dkj|daerah istimewa|d\.? ?i\b)\.?:? ?", re.IGNORECASE)),
)  # fmt: skip
_ADMINISTRATIVE = re.compile(r"^(?:administrasi|adm)\b\.? ?", re.IGNORECASE)
_ISLANDS = re.compile(r"\bkep\b\.?", re.IGNORECASE)
_TURNED = re.compile(r"^(.+), ?([^,]+)$")  # "Maluku Tenggara, Kabupaten", as lists sort it
_SHORT = {
    "republikindonesia": "ri", "indonesia": "ri", "pusat": "ri", "nasional": "ri",
    "sumut": "sumaterautara", "sumbar": "sumaterabarat", "sumsel": "sumateraselatan", "babel": "kepulauanbangkabelitung",
    "bangkabelitung": "kepulauanbangkabelitung", "kepri": "kepulauanriau", "jabar": "jawabarat", "jateng": "jawatengah",
    "jatim": "jawatimur", "jogja": "yogyakarta", "jogjakarta": "yogyakarta", "ntb": "nusatenggarabarat",
    "ntt": "nusatenggaratimur", "kalbar": "kalimantanbarat", "kalteng": "kalimantantengah", "kalsel": "kalimantanselatan",
    "kaltim": "kalimantantimur", "kaltara": "kalimantanutara", "sulut": "sulawesiutara", "sulteng": "sulawesitengah",
    "sulsel": "sulawesiselatan", "sultra": "sulawesitenggara", "sulbar": "sulawesibarat", "malut": "malukuutara",
}  # fmt: skip
_ALWAYS_PROVINCES: dict[str, tuple[str, Level | None]] = {
    "diy": ("yogyakarta", Level.PROVINCE), "dki": ("jakarta", Level.PROVINCE), "dkj": ("jakarta", Level.PROVINCE),
}  # fmt: skip


class Named(NamedTuple):
    """What a text may name: the office with a code, or those with a name, of one level if the text says it."""

    code: str | None = None
    name: str = ""  # without its kind, case, blanks and signs
    level: Level | None = None
    whole: str = ""  # the same with its kind


@lru_cache(maxsize=4096)
def read_office(text: str) -> Named:
    """The code, or the name without the words that say what it is: `8102`, `Kab. Maluku Tenggara`, `BAWASLU KOTA TUAL`."""
    said = plain(text)
    if code := _CODE.match("00" if said == "0" else said):
        return Named(f"{code[1]}.{code[2]}" if code[2] else code[1])
    bare = _AROUND.sub("", said)
    if bare != said and not searchable(bare):
        return Named(NATIONAL)  # "Bawaslu" alone
    if (turned := _TURNED.match(bare)) and _kind_of(turned[2])[0] and not searchable(_kind_of(turned[2])[1]):
        bare = f"{turned[2]} {turned[1]}"
    level, rest = _kind_of(bare)
    if level is Level.PROVINCE:
        rest = _kind_of(rest)[1]  # Provinsi DKI Jakarta
    name = searchable(_ISLANDS.sub("kepulauan", _ADMINISTRATIVE.sub("", rest)))
    whole = searchable(bare)
    name, level = _ALWAYS_PROVINCES.get(whole, (_SHORT.get(name, name), level))
    return Named(None, name, level, whole)


class Choices(list[tuple[str, str]]):
    """Code and name of each office that can be chosen, in the order of the tree."""

    def meant(self, text: object) -> str | None:
        """The code of the one that the text means, however it is written; None when none or several fit."""
        read = read_office(str(text or ""))
        if read.code:
            return next((code for code, _ in self if code == read.code), None)
        whole = [code for code, name in self if read.whole and read.whole == searchable(name)]
        alike = whole or [code for code, name in self if is_called(name, None if "." in code else Level.PROVINCE, read)]
        return alike[0] if len(alike) == 1 else None


def is_called(name: str, level: Level | None, read: Named) -> bool:
    """Whether an office with this name and level (where its name does not say it) is the one that was read."""
    own = read_office(name)
    return bool(read.name) and (
        read.whole == own.name or (read.name == own.name and read.level in {None, level or own.level})
    )


def _kind_of(text: str) -> tuple[Level | None, str]:
    """The level that the first word says, and what follows it."""
    for level, word in _KINDS:
        if found := word.match(text):
            return level, text[found.end() :]
    return None, text
